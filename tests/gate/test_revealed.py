from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging
from qualitygate.gate.planning import open_gate
from qualitygate.gate.revealing import blank
from qualitygate.model import Finding, Verdict
from tests.support import make_repo, write

RUFF = "schema = 1\n[checks.ruff]\n"
MYPY = "schema = 1\n[checks.mypy]\n"
SELECT = 'preview = true\nlint.select = ["F", "E7", "I", "S"]\n'

Files = dict[str, str]


def judged(root: Path, settings: str, base: Files, head: Files) -> Verdict:
    make_repo(root, {"qualitygate.toml": settings, "ruff.toml": SELECT, "mypy.ini": "[mypy]\n", **base})
    write(root, head)
    gate = open_gate(root, TOOLS, compile_any)._replace(project=lambda root: Project())
    return judging.judge_worktree(gate)


def places(found: tuple[Finding, ...]) -> list[str]:
    return sorted(f"{f.rule.partition(':')[2]} {f.path}:{f.line}" for f in found)


def said(verdict: Verdict) -> tuple[list[str], list[str]]:
    assert verdict.undecided == ()
    return places(verdict.new), places(verdict.revealed)


NOQA = "import os  # noqa: F401\nimport sys  # noqa\n\n\ndef f(a):\n    return a == None  # noqa: E711\n"


@pytest.mark.parametrize(
    ("before", "after", "revealed"),
    [
        pytest.param(NOQA, NOQA.replace("  # noqa: E711", ""), ["E711 a.py:6"], id="of one line"),
        pytest.param(NOQA, NOQA.replace("  # noqa: F401", ""), ["F401 a.py:1"], id="of an import"),
        pytest.param(
            "# ruff: noqa\nx = print == None\n", "x = print == None\n", ["E711 a.py:1"], id="of the file"
        ),
        pytest.param(
            "# flake8: noqa\nimport os\n", "# Copyright.\nimport os\n", ["F401 a.py:2"], id="of the file, for flake8"
        ),
        pytest.param(
            "# ruff: disable[E711]\nx = print == None\n# ruff: enable[E711]\n", "x = print == None\n", ["E711 a.py:1"],
            id="of a range",
        ),
        pytest.param(NOQA, NOQA.replace("# noqa: E711", "# noqa: F401"), ["E711 a.py:6"], id="for another rule"),
    ],
)  # fmt: skip
def test_removing_a_suppression_is_never_punished(tmp_path: Path, before: str, after: str, revealed: list[str]) -> None:
    verdict = judged(tmp_path / "r", RUFF, {"a.py": before}, {"a.py": after})
    assert said(verdict) == ([], revealed)
    assert verdict.status == "passed"


def test_what_is_new_beside_a_removed_suppression_is_new(tmp_path: Path) -> None:
    after = NOQA.replace("  # noqa: E711", "") + "\n\ndef g(b):\n    return b == None\n"
    assert said(judged(tmp_path / "r", RUFF, {"a.py": NOQA}, {"a.py": after})) == (["E711 a.py:10"], ["E711 a.py:6"])


def test_a_copy_of_what_is_still_suppressed_is_new(tmp_path: Path) -> None:
    after = NOQA + "\n\ndef g(a):\n    return a == None\n"
    assert said(judged(tmp_path / "r", RUFF, {"a.py": NOQA}, {"a.py": after})) == (["E711 a.py:10"], [])


def test_code_that_moves_to_another_file_without_its_suppression_is_revealed(tmp_path: Path) -> None:
    head = {
        "a.py": "import os  # noqa: F401\nimport sys  # noqa\n",
        "b.py": NOQA[NOQA.index("def") :].replace("  # noqa: E711", ""),
    }
    assert said(judged(tmp_path / "r", RUFF, {"a.py": NOQA}, head)) == ([], ["E711 b.py:2"])


def test_a_suppressed_line_that_is_edited_is_revealed_unless_it_is_about_security(tmp_path: Path) -> None:
    before = "def f(a):\n    return eval(a)  # noqa\n\n\ndef g(a):\n    return a == None  # noqa\n"
    after = "def f(a):\n    return eval(a + '1')\n\n\ndef g(a):\n    return a.b == None\n"
    assert said(judged(tmp_path / "r", RUFF, {"a.py": before}, {"a.py": after})) == (["S307 a.py:2"], ["E711 a.py:6"])


MANY = "import os\n\n\n" + "".join(f"def f{n}(a):\n    return a == None\n\n\n" for n in range(200))


def test_repairing_a_syntax_error_reveals_the_findings_of_unchanged_lines(tmp_path: Path) -> None:
    verdict = judged(tmp_path / "r", RUFF, {"a.py": "def (:\n" + MANY}, {"a.py": MANY})
    assert verdict.new == ()
    assert verdict.status == "passed"


def test_what_is_new_beside_a_repaired_syntax_error_is_new(tmp_path: Path) -> None:
    after = MANY.replace("def f3(a):\n", "def f3(a, b):\n    if b == None:\n        return a\n")
    verdict = judged(tmp_path / "r", RUFF, {"a.py": "def (:\n" + MANY}, {"a.py": after})
    assert places(verdict.new) == ["E711 a.py:17"]


UNTYPED = "def f(a):\n    b = a + 1\n    return 1 + ''\n\n\ndef g(a):\n    return 2 + ''\n"


def test_annotating_a_function_is_never_punished(tmp_path: Path) -> None:
    after = UNTYPED.replace("def f(a):", "def f(a: str) -> int:")
    found = said(judged(tmp_path / "r", MYPY, {"a.py": UNTYPED}, {"a.py": after}))
    assert found == ([], ["operator a.py:2", "operator a.py:3"])


def test_what_is_new_in_a_function_that_is_annotated_is_new(tmp_path: Path) -> None:
    after = UNTYPED.replace("def f(a):", "def f(a: str) -> int:").replace(
        "    b = a + 1\n", "    b = a - 1\n    c: int = ''\n"
    )
    new, revealed = said(judged(tmp_path / "r", MYPY, {"a.py": UNTYPED}, {"a.py": after}))
    assert (new, revealed) == (["assignment a.py:3", "operator a.py:2"], ["operator a.py:4"])


def test_a_function_that_moves_in_its_file_and_is_annotated_is_revealed(tmp_path: Path) -> None:
    one, two = "def f():\n    a = 1\n    b = [a, a]\n    return 1 + ''\n", "def g(x):\n    y = x\n    return [y, y]\n"
    base, head = f"{one}\n\n{two}", f"{two}\n\n{one.replace('f():', 'f() -> object:')}"
    assert said(judged(tmp_path / "r", MYPY, {"a.py": base}, {"a.py": head})) == ([], ["operator a.py:9"])


def test_removing_a_type_ignore_is_never_punished(tmp_path: Path) -> None:
    base = "# mypy: ignore-errors\nx: int = ''\n"
    assert said(judged(tmp_path / "r", MYPY, {"a.py": base}, {"a.py": "x: int = ''\n"}))[0] == []
    base = "x: int = ''  # type: ignore[assignment]  # for now\n"
    found = said(judged(tmp_path / "s", MYPY, {"a.py": base}, {"a.py": "x: int = ''  # for now\n"}))
    assert found == ([], ["assignment a.py:1"])


def test_repairing_what_kept_the_type_checker_from_looking_at_all_is_never_punished(tmp_path: Path) -> None:
    base = {"a.py": "def (:\nx: int = ''\n", "b.py": "y: int = ''\n"}
    head = {"a.py": "x: int = ''\nz: int = ''\n", "b.py": "y: int = ''\n\n\ndef h() -> int:\n    return ''\n"}
    verdict = judged(tmp_path / "r", MYPY, base, head)
    assert said(verdict) == (["assignment a.py:2", "return-value b.py:5"], ["assignment a.py:1"])
    assert verdict.known == 1


def test_two_files_that_do_not_parse_are_both_repaired(tmp_path: Path) -> None:
    base = {"a.py": "def (:\nx: int = ''\n", "b.py": "class :\ny: int = ''\n"}
    head = {"a.py": "x: int = ''\n", "b.py": "y: int = ''\n"}
    assert said(judged(tmp_path / "r", MYPY, base, head))[0] == []


def test_nothing_is_paid_for_while_nothing_is_left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("looked behind suppressions")

    monkeypatch.setattr("qualitygate.gate.revealing._behind_masks", never)
    verdict = judged(tmp_path / "r", RUFF, {"a.py": NOQA}, {"a.py": "x = 1\n" + NOQA})
    assert verdict.status == "passed"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "x = 1  # noqa: E501 why\n", "x = 1  #     : E501 why\n"),
        ("a.py", "x = '# noqa'\n", "x = '# noqa'\n"),
        ("a.ts", "let x = '// noqa'; // noqa\r\n", "let x = '// noqa'; //     \r\n"),
        ("a.sh", "echo 1 # noqa\n", "echo 1 #     \n"),
        ("a.py", "\ufeffx = 'ä'  # noqa\n", "x = 'ä'  #     \n"),
    ],
)
def test_only_comments_are_blanked_and_every_column_stays(path: str, before: str, after: str) -> None:
    masks = TOOLS["ruff"].masks  # type: ignore[attr-defined]
    assert blank(path, before.encode(), masks) == after.encode()


def test_what_is_not_utf_8_stays_as_it_is() -> None:
    assert blank("a.py", b"x = '\xe4'  # noqa\n", TOOLS["ruff"].masks) == b"x = '\xe4'  #     \n"  # type: ignore[attr-defined]
