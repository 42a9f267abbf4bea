"""What may happen to old debt without its being called new, and what may not pass for old: in Python and TypeScript.

Python is looked at by ruff and mypy, TypeScript by a check of this file; both are matched by tokens of their language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Finding, Report, Verdict
from tests.support import git, make_repo, policy, words, write

Files = Mapping[str, "str | None"]


class Tongue(NamedTuple):
    """One language: how a gate is opened, pieces of code, and what is wrong in them."""

    end: str
    settings: Mapping[str, str]
    open: Callable[[Path], Gate]
    top: str
    alpha: str
    beta: str
    gamma: str
    clean: str
    reformatted: str
    bad: str
    good: str
    debris: str
    other_debris: str
    equal: str
    import_: str
    use: str

    def module(self, *parts: str) -> str:
        return self.top + "\n\n".join(parts)

    def file(self, name: str) -> str:
        return f"{name}.{self.end}"

    @property
    def base(self) -> str:
        return self.module(self.alpha, self.beta, self.gamma)


PYTHON_SETTINGS = {
    "qualitygate.toml": "schema = 1\n[checks.ruff]\n",
    "ruff.toml": 'exclude = ["away"]\nlint.select = ["E711", "E722", "F401", "T201"]\n',
}


def open_real(root: Path) -> Gate:
    return open_gate(root, TOOLS, compile_any)._replace(project=lambda root: Project())


PYTHON = Tongue(
    end="py",
    settings=PYTHON_SETTINGS,
    open=open_real,
    top="import math\n\nmath.pi\n\n\n",
    alpha="""\
def alpha(rows, limit):
    total = 0
    for row in rows:
        if row == None:
            continue
        total += row
    print(total)
    return min(total, limit)
""",
    beta="""\
def beta(path):
    try:
        with open(path) as stream:
            return stream.read()
    except:
        return ""
""",
    gamma="""\
def gamma(names):
    joined = ", ".join(names)
    if joined != None:
        print(joined)
    return joined
""",
    clean="def clean(a, b):\n    return a + b\n",
    reformatted="""\
import math
math.pi
def alpha(
  rows,
  limit,
):
  total = 0
  for row in rows:
    if (
      row
      == None
    ):
      continue
    total += row
  print(
    total,
  )
  return min(total,
             limit)
def beta(path):
  try:
    with open(path) as stream: return stream.read()
  except:
    return ''
def gamma(names):
  joined = ', '.join(names)
  if joined != None: print(joined)
  return joined
""",
    bad="row == None",
    good="row is None",
    debris="    print(total)\n",
    other_debris="    print(limit)\n",
    equal="E711",
    import_="import re\n",
    use="re.compile('')\n",
)

TYPESCRIPT_RULES = {"equal": r"[!=]= (null)\b", "print": r"\b(console)\.log", "any": r": (any)\b"}


def look(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
    found = []
    for path in files:
        text = (Path(root) / path).read_bytes().decode()
        for number, line in enumerate(re.split(r"\r?\n", text), 1):
            for rule, pattern in TYPESCRIPT_RULES.items():
                for hit in re.finditer(pattern, line):
                    place = (number, hit.start(1) + 1, number, hit.end(1) + 1)
                    found.append(Finding("words", f"ts:{rule}", path, *place, f"{rule} in line {number}"))
            name = re.match(r"import (\w+) from", line)
            if name and len(re.findall(rf"\b{name[1]}\b", text)) == 1:
                found.append(Finding("words", "ts:unused", path, number, 8, number, 9, f"'{name[1]}' is not used"))
    return Report(tuple(found), len(files))


def typescript(**changed: Any) -> SimpleNamespace:
    return words(**{"look": look, "wants": lambda path: path.endswith(".ts"), **changed})


def open_fake(root: Path, tool: SimpleNamespace | None = None) -> Gate:
    return open_gate(root, {"words": tool or typescript()}, policy(options={"exclude": ["away"]}))


TYPESCRIPT = Tongue(
    end="ts",
    settings={"qualitygate.toml": "schema = 1\n"},
    open=open_fake,
    top='import * as fs from "node:fs";\n\nfs.sep;\n\n',
    alpha="""\
export function alpha(rows: number[], limit: number): number {
  let total = 0;
  for (const row of rows) {
    if (row == null) {
      continue;
    }
    total += row;
  }
  console.log(total);
  return Math.min(total, limit);
}
""",
    beta="""\
export function beta(path: any): string {
  try {
    return fs.readFileSync(path);
  } catch {
    return "";
  }
}
""",
    gamma="""\
export function gamma(names: string[]): string {
  const joined = names.join(", ");
  if (joined != null) {
    console.log(joined);
  }
  return joined;
}
""",
    clean="export function clean(a: number, b: number): number {\n  return a + b;\n}\n",
    reformatted="""\
import * as fs from 'node:fs'
fs.sep
export function alpha(
    rows: number[],
    limit: number,
): number {
    let total = 0
    for (const row of rows) {
        if (
            row
            == null
        ) { continue }
        total += row
    }
    console.log(
        total,
    )
    return Math.min(total, limit)
}
export function beta(
    path: any,
): string {
    try { return fs.readFileSync(path) } catch { return '' }
}
export function gamma(names: string[]): string {
    const joined = names.join(', ')
    if (joined != null) { console.log(joined) }
    return joined
}
""",
    bad="row == null",
    good="row === undefined",
    debris="  console.log(total);\n",
    other_debris="  console.log(limit);\n",
    equal="equal",
    import_='import unused from "re";\n',
    use="unused.compile();\n",
)
TONGUES = [pytest.param(PYTHON, id="python"), pytest.param(TYPESCRIPT, id="typescript")]
in_both = pytest.mark.parametrize("tongue", TONGUES)


def judged(root: Path, tongue: Tongue, base: Files, head: Files) -> Verdict:
    make_repo(root, {**tongue.settings, **base})
    write(root, {**{path: None for path in base if path not in head}, **head})
    return judging.judge_worktree(tongue.open(root))


def survives(root: Path, tongue: Tongue, base: Files, head: Files, known: int = 5) -> None:
    verdict = judged(root, tongue, base, head)
    assert (verdict.status, verdict.new, verdict.undecided) == ("passed", (), ())
    assert (verdict.known + len(verdict.touched), verdict.fixed) == (known, 0)


def new(verdict: Verdict) -> list[str]:
    assert verdict.undecided == ()
    assert verdict.status == ("failed" if verdict.new else "passed")
    return sorted(f"{f.rule.partition(':')[2]} {f.path}:{f.line}" for f in verdict.new)


def indented(text: str) -> str:
    return re.sub(r"(?m)^(?=.)", "    ", text)


# Survives


@in_both
def test_lines_inserted_above(tmp_path: Path, tongue: Tongue) -> None:
    file = tongue.file("a")
    survives(tmp_path / "r", tongue, {file: tongue.base}, {file: tongue.clean * 20 + tongue.base})


@in_both
def test_a_block_that_is_indented_anew(tmp_path: Path, tongue: Tongue) -> None:
    opening, end = ("if True:\n", "") if tongue is PYTHON else ("namespace N {\n", "}\n")
    file = tongue.file("a")
    survives(tmp_path / "r", tongue, {file: tongue.base}, {file: opening + indented(tongue.base) + end})


@in_both
def test_a_file_that_is_formatted_anew(tmp_path: Path, tongue: Tongue) -> None:
    file = tongue.file("a")
    survives(tmp_path / "r", tongue, {file: tongue.base}, {file: tongue.reformatted})
    survives(tmp_path / "s", tongue, {file: tongue.reformatted}, {file: tongue.base})


@in_both
def test_a_file_that_is_renamed(tmp_path: Path, tongue: Tongue) -> None:
    survives(tmp_path / "r", tongue, {tongue.file("a"): tongue.base}, {tongue.file("deep/b"): tongue.base})


@in_both
def test_a_file_that_is_renamed_and_a_third_of_it_edited(tmp_path: Path, tongue: Tongue) -> None:
    edited = tongue.base
    for old, fresh in (
        ("total = 0", "total = 100"),
        ("min(total", "max(total"),
        ('", "', '"; "'),
        ("total, limit)", "limit, total)"),
    ):
        assert old in edited
        edited = edited.replace(old, fresh)
    edited = edited.replace(tongue.gamma, "\n".join(f"extra{n} = {n}" for n in range(3)) + "\n\n\n" + tongue.gamma)
    survives(tmp_path / "r", tongue, {tongue.file("a"): tongue.base}, {tongue.file("b"): edited})


@in_both
def test_a_function_that_moves_to_another_file(tmp_path: Path, tongue: Tongue) -> None:
    base = {tongue.file("a"): tongue.base, tongue.file("b"): tongue.clean}
    head = {
        tongue.file("a"): tongue.module(tongue.beta, tongue.gamma),
        tongue.file("b"): f"{tongue.clean}\n\n{tongue.alpha}",
    }
    survives(tmp_path / "r", tongue, base, head)


@in_both
def test_a_file_that_is_split_in_two(tmp_path: Path, tongue: Tongue) -> None:
    head = {tongue.file("b"): tongue.module(tongue.alpha), tongue.file("c"): f"{tongue.beta}\n\n{tongue.gamma}"}
    survives(tmp_path / "r", tongue, {tongue.file("a"): tongue.base}, head)


@in_both
def test_two_functions_that_change_places(tmp_path: Path, tongue: Tongue) -> None:
    file = tongue.file("a")
    head = tongue.module(tongue.gamma, tongue.beta, tongue.alpha)
    survives(tmp_path / "r", tongue, {file: tongue.base}, {file: head})


@in_both
def test_a_file_that_is_copied_and_then_deleted(tmp_path: Path, tongue: Tongue) -> None:
    root = tmp_path / "r"
    base = {tongue.file("a"): tongue.base, tongue.file("z"): tongue.clean}
    head = {tongue.file("copy"): tongue.base, tongue.file("z"): tongue.clean}
    survives(root, tongue, base, head)


@in_both
def test_line_endings_that_are_converted(tmp_path: Path, tongue: Tongue) -> None:
    file = tongue.file("a")
    survives(tmp_path / "r", tongue, {file: tongue.base}, {file: tongue.base.replace("\n", "\r\n")})
    survives(tmp_path / "s", tongue, {file: tongue.base.replace("\n", "\r\n")}, {file: tongue.base})


@in_both
def test_an_upgrade_that_words_every_message_anew(
    tmp_path: Path, tongue: Tongue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What base had is remembered in the old words; the tree is edited, so that head is looked at anew."""
    root = make_repo(tmp_path / "r", {**tongue.settings, tongue.file("a"): tongue.base})
    write(root, {tongue.file("a"): "\n" + tongue.base})
    assert judging.judge_worktree(tongue.open(root)).known == 5
    write(root, {tongue.file("a"): "\n\n" + tongue.reformatted})

    def reworded(tool: Any, report: Report) -> Report:
        return report._replace(findings=tuple(f._replace(message=f"Please mind {f.rule}!") for f in report.findings))

    if tongue is PYTHON:
        parse = TOOLS["ruff"].parse
        monkeypatch.setattr(TOOLS["ruff"], "parse", lambda output, request: reworded(None, parse(output, request)))
        gate = tongue.open(root)
    else:
        gate = open_fake(root, typescript(look=lambda *args: reworded(None, look(*args))))
    verdict = judging.judge_worktree(gate)
    assert (verdict.status, verdict.known + len(verdict.touched)) == ("passed", 5)


# Caught


@in_both
def test_one_that_is_added(tmp_path: Path, tongue: Tongue) -> None:
    file = tongue.file("a")
    head = tongue.base.replace(tongue.debris, tongue.other_debris + tongue.debris)
    assert len(new(judged(tmp_path / "r", tongue, {file: tongue.base}, {file: head}))) == 1


@in_both
def test_one_that_is_fixed_and_one_that_is_added(tmp_path: Path, tongue: Tongue) -> None:
    """At the same columns, in the same function: the sum is what it was."""
    file = tongue.file("a")
    first = "    total = 0\n" if tongue is PYTHON else "  let total = 0;\n"
    head = tongue.base.replace(tongue.debris, "").replace(first, first + tongue.other_debris)
    verdict = judged(tmp_path / "r", tongue, {file: tongue.base}, {file: head})
    assert (len(new(verdict)), verdict.fixed) == (1, 1)


@in_both
def test_one_that_is_fixed_and_its_text_added_elsewhere(tmp_path: Path, tongue: Tongue) -> None:
    base = {tongue.file("a"): tongue.base, tongue.file("b"): tongue.clean}
    copy = tongue.alpha.replace("alpha", "other")
    copy = copy.replace(tongue.debris, "")
    head = {
        tongue.file("a"): tongue.base.replace(tongue.bad, tongue.good),
        tongue.file("b"): f"{tongue.clean}\n\n{copy}",
    }
    verdict = judged(tmp_path / "r", tongue, base, head)
    assert [found.partition(":")[0] for found in new(verdict)] == [f"{tongue.equal} {tongue.file('b')}"]
    assert verdict.fixed == 1


@in_both
def test_a_bad_function_that_is_copied(tmp_path: Path, tongue: Tongue) -> None:
    file = tongue.file("a")
    copy = tongue.alpha.replace("alpha", "other")
    for number, head in enumerate(
        (tongue.base + "\n\n" + copy, tongue.module(copy, tongue.alpha, tongue.beta, tongue.gamma))
    ):
        assert len(new(judged(tmp_path / str(number), tongue, {file: tongue.base}, {file: head}))) == 2


@in_both
def test_a_bad_file_that_is_copied(tmp_path: Path, tongue: Tongue) -> None:
    base = {tongue.file("a"): tongue.base}
    assert len(new(judged(tmp_path / "r", tongue, base, {**base, tongue.file("b"): tongue.base}))) == 5


@in_both
def test_a_violation_on_a_line_that_nobody_touched(tmp_path: Path, tongue: Tongue) -> None:
    file, text = tongue.file("a"), tongue.import_ + tongue.base
    verdict = judged(tmp_path / "r", tongue, {file: text + tongue.use}, {file: text})
    assert [found.rpartition(":")[2] for found in new(verdict)] == ["1"]


@in_both
def test_a_second_one_on_the_same_line(tmp_path: Path, tongue: Tongue) -> None:
    file, word = tongue.file("a"), "or" if tongue is PYTHON else "||"
    head = tongue.base.replace(tongue.bad, f"{tongue.bad} {word} {tongue.bad.replace('row', 'limit')}")
    verdict = judged(tmp_path / "r", tongue, {file: tongue.base}, {file: head})
    assert (len(new(verdict)), verdict.known + len(verdict.touched)) == (1, 5)


@in_both
def test_a_bad_file_that_moves_to_where_nobody_looks(tmp_path: Path, tongue: Tongue) -> None:
    """In a folder that the settings leave out, with one violation more on its way."""
    more = tongue.base.replace(tongue.debris, tongue.other_debris + tongue.debris)
    away = tongue.file("away/a")
    verdict = judged(tmp_path / "r", tongue, {tongue.file("a"): tongue.base}, {away: more})
    assert (len(new(verdict)), {f.path for f in verdict.new}) == (6, {away})


@in_both
def test_a_bad_file_that_gets_a_name_nobody_looks_at(tmp_path: Path, tongue: Tongue) -> None:
    base = {tongue.file("a"): tongue.base, tongue.file("b"): tongue.clean}
    verdict = judged(tmp_path / "r", tongue, base, {"a.txt": tongue.base, tongue.file("b"): tongue.clean})
    assert (len(new(verdict)), {f.path for f in verdict.new}) == (5, {"a.txt"})


ODD = ("new\nline", "-d", "q\"'$(x)", "caf\udcff", "--config=x", "tab\t", "\u202eüber", " ")


@in_both
@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_a_bad_file_that_gets_an_odd_name_is_known(tmp_path: Path, tongue: Tongue, odd: str) -> None:
    """ruff lists its files line by line, as UTF-8: what it printed otherwise was taken for out of its sight."""
    root = tmp_path / "r"
    verdict = judged(root, tongue, {tongue.file("a"): tongue.base}, {tongue.file(f"{odd}/{odd}"): tongue.base})
    assert (verdict.status, verdict.new, verdict.known) == ("passed", (), 5)


@in_both
def test_the_last_file_of_a_check_that_gets_a_name_nobody_looks_at(tmp_path: Path, tongue: Tongue) -> None:
    verdict = judged(tmp_path / "r", tongue, {tongue.file("a"): tongue.base}, {"a.txt": tongue.base})
    assert len(new(verdict)) == 5


@in_both
def test_a_clean_file_may_go_where_nobody_looks(tmp_path: Path, tongue: Tongue) -> None:
    base = {tongue.file("a"): tongue.clean * 5, tongue.file("b"): tongue.clean}
    assert new(judged(tmp_path / "r", tongue, base, {"a.txt": tongue.clean * 5, tongue.file("b"): tongue.clean})) == []


def test_a_violation_by_editing_another_python_file(tmp_path: Path) -> None:
    tongue = PYTHON._replace(settings={"qualitygate.toml": "schema = 1\n[checks.mypy]\n", "mypy.ini": "[mypy]\n"})
    base = {"a.py": "from b import f\n\nx: int = f(1)\n", "b.py": "def f(a: int) -> int:\n    return a\n"}
    head = {**base, "b.py": "def f(a: int) -> str:\n    return str(a)\n"}
    assert new(judged(tmp_path / "r", tongue, base, head)) == ["assignment a.py:3"]


def test_a_violation_by_editing_another_typescript_file(tmp_path: Path) -> None:
    def resolve(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        found = []
        for path in files:
            for number, line in enumerate((Path(root) / path).read_text().splitlines(), 1):
                hit = re.match(r'import \{ (\w+) \} from "\./(\w+)"', line)
                if hit and not re.search(rf"export \w+ {hit[1]}\b", (Path(root) / f"{hit[2]}.ts").read_text()):
                    found.append(Finding("words", "ts:missing", path, number, 10, number, 11, f"no '{hit[1]}'"))
        return Report(tuple(found), len(files))

    tongue = TYPESCRIPT._replace(open=lambda root: open_fake(root, typescript(look=resolve, reads="tree")))
    base = {"a.ts": 'import { f } from "./b"\nf();\n', "b.ts": "export function f() {}\n"}
    assert new(judged(tmp_path / "r", tongue, base, {**base, "b.ts": "function f() {}\n"})) == ["missing a.ts:1"]


# Other tools, and many files at once


@in_both
def test_a_package_of_a_hundred_files_that_is_renamed(tmp_path: Path, tongue: Tongue) -> None:
    def files(package: str) -> dict[str, str]:
        return {
            tongue.file(f"{package}/m{n}"): tongue.base.replace("alpha", f"alpha_{n}").replace(
                "total", f"{package}_{n}"
            )
            for n in range(100)
        }

    survives(tmp_path / "r", tongue, files("old"), files("fresh"), known=500)


def test_flake8_that_is_replaced_by_ruff(tmp_path: Path) -> None:
    """A check that base did not have knows base's debt all the same: both trees are looked at."""
    base = {".flake8": "[flake8]\n", "a.py": PYTHON.base, "qualitygate.toml": "schema = 1\n[checks.markers]\n"}
    root = make_repo(tmp_path / "r", base)
    write(
        root,
        {
            **PYTHON_SETTINGS,
            "a.py": PYTHON.base.replace(PYTHON.debris, PYTHON.other_debris + PYTHON.debris),
            ".flake8": None,
        },
    )
    assert new(judging.judge_worktree(open_real(root))) == ["T201 a.py:12"]


def test_an_upgrade_that_names_its_settings_anew(tmp_path: Path) -> None:
    """As from ESLint 8 to 9: other settings, other defaults, the same code; base is looked at under the new ones."""

    def looked(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        report = look(root, files, options)
        strict = (Path(root) / "flat.cfg").exists()
        kept = (f for f in report.findings if strict or f.rule != "ts:any")
        return report._replace(findings=tuple(kept))

    tool = typescript(look=looked, config_files=("old.cfg", "flat.cfg"))
    root = make_repo(tmp_path / "r", {**TYPESCRIPT.settings, "old.cfg": "1\n", "a.ts": TYPESCRIPT.base})
    write(root, {"old.cfg": None, "flat.cfg": "2\n", "a.ts": "\n" + TYPESCRIPT.base})
    verdict = judging.judge_worktree(open_fake(root, tool))
    assert (new(verdict), verdict.known) == ([], 5)
    write(root, {"a.ts": TYPESCRIPT.base + TYPESCRIPT.beta.replace("beta", "delta")})
    assert len(new(judging.judge_worktree(open_fake(root, tool)))) == 1


def test_a_package_that_leaves_its_source_folder_keeps_the_debt_of_its_modules(tmp_path: Path) -> None:
    """mypy has kept what it said of a module, with the path that it had: a place that is gone was called new."""
    settings = {"qualitygate.toml": "schema = 1\n[checks.mypy]\n", "mypy.ini": "[mypy]\nmypy_path = src\n"}
    names = ("__init__", "m", "deep/__init__", "deep/m", "deep/n")
    code = {f"{name}.py": f'x: int = ""\n\n\ndef f{n}() -> int:\n    return ""\n' for n, name in enumerate(names)}
    root = make_repo(tmp_path / "r", {**settings, **{f"src/p/{path}": text for path, text in code.items()}})
    write(root, {"other.py": "y = 1\n"})
    assert judging.judge_worktree(open_real(root)).known == 10
    for place in ("p", "lib/p", "src/p"):
        git(root, "add", "-A")
        git(root, "commit", "-qm", "before")
        (found,) = root.glob("**/p/m.py")
        (root / place).parent.mkdir(exist_ok=True)
        found.parent.rename(root / place)
        write(root, {f"{place}/new.py": 'z: int = ""\n' if place == "p" else "z = 1\n"})
        write(root, {"other.py": f"y = '{place}'\n"})
        verdict = judging.judge_worktree(open_real(root))
        assert new(verdict) == (["assignment p/new.py:1"] if place == "p" else [])
        assert verdict.known == 10
