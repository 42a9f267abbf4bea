from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from qualitygate.checks import tool_environment
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import ast_grep, semgrep
from qualitygate.checks.tools.semgrep_languages import language
from qualitygate.config import compile_policy
from qualitygate.defaults import compile_any
from qualitygate.errors import ConfigError
from qualitygate.inspection.frameworks import known_frameworks
from qualitygate.process import run, tool_env
from qualitygate.resources import data_dir
from qualitygate.rule_pack import Rule, compiled, documents, example, load_pack, load_rule, pack_names
from tests.support import write

PACK = load_pack()
RULES = pytest.mark.parametrize("rule", PACK, ids=[rule.id for rule in PACK])
OF_PYTHON = [rule for rule in PACK if rule.languages == ("python",)]
OF_NODE = [rule for rule in PACK if rule not in OF_PYTHON]
KINDS = [(rule, kind) for rule in PACK for kind in rule.tests]
TESTS = pytest.mark.parametrize(("rule", "kind"), KINDS, ids=[f"{rule.id}.{kind}" for rule, kind in KINDS])
PLAYBOOKS = Path(str(data_dir("playbooks")))
PYTHON_RULES = PLAYBOOKS / "python" / "rules"
NODE_RULES = PLAYBOOKS / "javascript" / "rules"


def marked(text: str, word: str, rule: str) -> set[int]:
    """The lines about which a test says something: those after its annotations."""
    annotation = re.compile(rf"(#|//|\{{/\*) {word}: {rule}( \*/\}})?")
    return {n + 1 for n, line in enumerate(text.splitlines(), 1) if annotation.fullmatch(line.strip())}


def file_of(rule: Rule) -> Path:
    return (PYTHON_RULES if rule in OF_PYTHON else NODE_RULES) / f"{rule.id}.yml"


def place_of(rule: Rule, kind: str, name: str = "it") -> str:
    """Where a file must lie for the rule to be about it."""
    if not rule.tests_only:
        return f"src/{name}.{kind}"
    return f"tests/test_{name}.py" if kind == "py" else f"src/{name}.test.{kind}"


def test_there_are_rules_and_each_file_is_one() -> None:
    assert (len(OF_PYTHON), len(OF_NODE)) == (20, 33)
    for folder, rules in ((PYTHON_RULES, OF_PYTHON), (NODE_RULES, OF_NODE)):
        files = {path.name for path in folder.iterdir()}
        kinds = {rule.id: (".yml", *([".fast.yml"] if rule.fast else [])) for rule in rules}
        tests = {f"{rule.id}.{kind}" for rule in rules for kind in rule.tests}
        assert files == {f"{name}{kind}" for name, found in kinds.items() for kind in found} | tests
    assert (len([rule for rule in OF_PYTHON if rule.fast]), len([rule for rule in OF_NODE if rule.fast])) == (11, 27)


@RULES
def test_a_rule_says_what_is_wrong_why_and_what_to_do_instead(rule: Rule) -> None:
    for text in (rule.message, rule.why, rule.instead):
        assert text == " ".join(text.split()) and not text.endswith(".")
        assert 15 < len(text) < 130
    if rule in OF_PYTHON:
        for code in (rule.wrong, rule.right):
            ast.parse(code)
    assert rule.languages in (("python",), ("javascript", "typescript"), ("typescript",))
    assert not {"fix", "fix-regex"} & set(rule.document), "semgrep mends files that do not parse into nonsense"


def test_a_framework_that_a_rule_names_is_one_that_inspect_finds() -> None:
    known = {framework.name for framework in known_frameworks()}
    assert {name for rule in PACK for name in rule.frameworks} == {"Express", "Next.js", "React"} <= known


@TESTS
def test_a_rule_has_a_test_with_both_kinds_of_line(rule: Rule, kind: str) -> None:
    text = rule.tests[kind]
    if kind == "py":
        ast.parse(text)
    assert marked(text, "ruleid", rule.id) and marked(text, "ok", rule.id)
    assert set(re.findall(r"(?:#|//|/\*) (?:ruleid|ok): (\S+)", text)) == {rule.id}


@TESTS
def test_the_first_example_of_a_rule_stands_on_its_own(rule: Rule, kind: str) -> None:
    text = example(rule.id, rule.tests[kind], kind)
    assert marked(text, "ruleid", rule.id)
    if kind == "py":
        assert len(ast.parse(text).body) == 1
    else:  # what it opens it closes, so it can stand at the end of any file
        assert [text.count(sign) for sign in "({["] == [text.count(sign) for sign in ")}]"]


@pytest.mark.parametrize("rule", OF_PYTHON, ids=[rule.id for rule in OF_PYTHON])
def test_ruff_does_not_propose_the_same_already(rule: Rule) -> None:
    """A finding that two checks report is one too many: what the pack is for is what ruff leaves open."""
    settings = (data_dir("playbooks") / "python" / "playbook.toml").read_bytes().decode()
    codes = re.findall(r"^([A-Z]+\d+) = ", settings, re.MULTILINE)
    argv = [
        os.fspath(Path(sys.executable).with_name("ruff")),
        "check",
        "--isolated",
        "--output-format=json",
        f"--select=F,E9,{','.join(codes)}",
        "--no-cache",
    ]
    text = example(rule.id, rule.tests["py"])
    output = run([*argv, "--stdin-filename=a.py", "-"], env=tool_env(), stdin=text.encode(), timeout=60)
    lines = marked(text, "ruleid", rule.id)
    said = {row["code"]: row["location"]["row"] for row in json.loads(output.stdout)}
    assert not {code for code, line in said.items() if line in lines} - {"F841"}


def test_examples_are_whole_statements_with_their_comments() -> None:
    test = "import x\n\n\n# ruleid: a\nx.go()\n\n\ndef f():\n    # ruleid: b\n    x.go()\n\n\n# ok: a\nx.stop()\n"
    assert example("a", test) == "# ruleid: a\nx.go()\n"
    assert example("b", test) == "def f():\n    # ruleid: b\n    x.go()\n"
    assert example("c", test) == ""
    assert example("a", "# ruleid: a\nx.go(") == ""


def test_examples_in_other_languages_end_where_the_margin_and_an_empty_line_meet() -> None:
    test = "// ok: a\nx();\n\nfunction f() {\n  y();\n\n  // ruleid: a\n  z();\n}\n\n\n// ruleid: b\nz();\n"
    assert example("a", test, "ts") == "function f() {\n  y();\n\n  // ruleid: a\n  z();\n}\n"
    assert example("b", test, "ts") == "// ruleid: b\nz();\n"
    assert example("c", test, "ts") == ""
    assert example("a", "<p>\n  {/* ruleid: a */}\n  <b/>\n</p>\n", "tsx").count("\n") == 4


def test_a_name_that_two_playbooks_use_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for stack in ("go", "python"):
        write(tmp_path, {f"playbooks/{stack}/rules/same.yml": "rules: []", f"playbooks/{stack}/rules/{stack}.yml": ""})
    monkeypatch.setattr("qualitygate.rule_pack.data_dir", lambda name: tmp_path / name)
    with pytest.raises(ConfigError, match=r"playbooks/python/rules/same\.yml: another playbook has a rule"):
        pack_names()


def test_a_rule_for_a_language_that_no_file_is_read_as_is_refused(tmp_path: Path) -> None:
    text = (PYTHON_RULES / "swallowed-exception.yml").read_text()
    write(tmp_path, {"swallowed-exception.yml": text.replace("[python]", "[cobol]"), "swallowed-exception.py": ""})
    with pytest.raises(ConfigError, match="languages: `cobol` is none of python, javascript, typescript"):
        load_rule(tmp_path, "swallowed-exception")


def test_a_rule_needs_a_test_for_each_of_its_languages(tmp_path: Path) -> None:
    for kind in ("yml", "js"):
        name = f"buffer-by-constructor.{kind}"
        (tmp_path / name).write_bytes((NODE_RULES / name).read_bytes())
    with pytest.raises(ConfigError, match="has no test beside it for typescript"):
        load_rule(tmp_path, "buffer-by-constructor")


def test_a_fast_form_is_there_once_for_each_language_of_its_program() -> None:
    rules = {rule.id: [form["language"] for form in rule.fast] for rule in PACK}
    assert rules["swallowed-exception"] == ["python"]
    assert rules["swallowed-error"] == ["javascript", "typescript", "tsx"]
    assert rules["awaited-without-look"] == ["typescript", "tsx"]
    assert rules["html-from-variable"] == ["javascript", "tsx"], "what it looks for cannot stand in a .ts file"


@pytest.mark.parametrize(
    ("text", "said"),
    (
        ("rules: [", "rules/a.yml: while parsing a flow node"),
        ("other: 1", "rules/a.yml: must hold a list `rules`"),
        ("rules: [{id: b}]", "rules/a.yml: must hold one rule, whose id is the name of the file"),
        ("rules: [{id: a}]", "rules/a.yml: severity: is missing"),
    ),
)
def test_a_bad_rule_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_rule(tmp_path, "a")
    assert caught.value.message.splitlines()[0] == said


def test_a_rule_without_a_test_is_refused(tmp_path: Path) -> None:
    (tmp_path / "swallowed-exception.yml").write_bytes((PYTHON_RULES / "swallowed-exception.yml").read_bytes())
    with pytest.raises(ConfigError, match="has no test beside it"):
        load_rule(tmp_path, "swallowed-exception")


def test_a_fast_form_holds_nothing_but_what_is_to_be_matched(tmp_path: Path) -> None:
    for kind in (".yml", ".py"):
        name = f"swallowed-exception{kind}"
        (tmp_path / name).write_bytes((PYTHON_RULES / name).read_bytes())
    (tmp_path / "swallowed-exception.fast.yml").write_text("rule: {pattern: pass}\nmessage: another\n")
    with pytest.raises(ConfigError, match=r"fast\.yml: must hold `rule`, and may hold `constraints` and `languages`"):
        load_rule(tmp_path, "swallowed-exception")


SETTINGS = b'schema = 1\n[checks.semgrep]\nrules = ["sql-from-text", "swallowed-exception"]\n'


def test_the_policy_holds_the_rules_themselves() -> None:
    """A rule that changes with an upgrade must change what is cached and recorded under it."""
    options = compile_any(SETTINGS, tools=("semgrep",))["checks"][0]["options"]
    assert [rule["id"] for rule in options["pack"]] == options["rules"] == ["sql-from-text", "swallowed-exception"]
    assert all("pattern" in json.dumps(rule) for rule in options["pack"])


def test_a_rule_that_nobody_knows_is_an_error_with_its_nearest_name() -> None:
    with pytest.raises(ConfigError) as caught:
        compile_any(SETTINGS.replace(b"sql-from-text", b"sql-from-txt"), tools=("semgrep",))
    assert caught.value.message == (
        "qualitygate.toml: checks.semgrep.rules: no rule is called `sql-from-txt`, did you mean `sql-from-text`?"
    )


def test_rules_are_an_option_of_semgrep_alone() -> None:
    with pytest.raises(ConfigError, match="`ruff` has no such option, only semgrep"):
        compile_policy(b'schema = 1\n[checks.ruff]\nrules = ["x"]', file="f", tools=("ruff",))
    assert compiled({"files": ["a"]}, file="f") == {"files": ["a"]}


def scan(folder: Path, rules: Path, paths: Sequence[str], *flags: str) -> tuple[list[tuple[str, str, int]], list[str]]:
    """What the engine finds: rule, path and line; and the kinds of its errors."""
    where = [
        ["CodeTarget", {"path": {"fpath": p, "ppath": f"/{p}"}, "analyzer": language(p), "products": ["sast"]}]
        for p in paths
    ]
    (folder / "targets.json").write_text(json.dumps(["Targets", where]))
    argv = [tool_environment.program("semgrep").executable, "-json_nodots", "-fast", "-j", "1", *flags]
    output = run([*argv, "-rules", str(rules), "-targets", "targets.json"], cwd=folder, env=tool_env(), timeout=120)
    said = json.loads(output.stdout)
    return (
        sorted((row["check_id"], row["path"], row["start"]["line"]) for row in said["results"]),
        [str(error) for error in (*said["errors"], *said["skipped_rules"])],
    )


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("flags", ((), ("-tree_sitter_only",)), ids=("first-parser", "second-parser"))
@RULES
def test_the_rule_finds_what_its_tests_say_and_no_more(tmp_path: Path, rule: Rule, flags: tuple[str, ...]) -> None:
    """A file with a `match` statement is read by the engine's second parser, where some patterns fit nothing."""
    places = {place_of(rule, kind): text for kind, text in rule.tests.items()}
    write(tmp_path, places)
    found, errors = scan(tmp_path, file_of(rule), [*places], *flags)
    assert not errors
    for place, text in places.items():
        assert {line for _, path, line in found if path == place} == marked(text, "ruleid", rule.id), place


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("rule", [rule for rule in PACK if rule.fast], ids=[rule.id for rule in PACK if rule.fast])
def test_the_fast_form_finds_the_same_lines(tmp_path: Path, rule: Rule) -> None:
    places = {place_of(rule, kind): text for kind, text in rule.tests.items()}
    others = {("src/it." if rule.tests_only else "tests/test_it.") + kind: text for kind, text in rule.tests.items()}
    write(tmp_path, {**places, **others})
    executable = tool_environment.program("ast-grep-cli").executable
    options = {"fast": list(rule.fast)}
    request = Request("semgrep", os.fspath(tmp_path), (*places, *others), executable, options, os.fspath(tmp_path))
    command = ast_grep.command(request)
    report = ast_grep.parse(run(command.argv, cwd=tmp_path, env=tool_env(command.env), timeout=60), request)
    assert (report.reason, report.looked_at) == ("", 2 * len(places))
    for place, text in places.items():
        found = {one.line for one in report.findings if one.path == place}
        assert found == marked(text, "ruleid", rule.id), place
    everywhere = "paths" not in rule.document
    assert {one.path for one in report.findings} == ({*places, *others} if everywhere else {*places})
    assert {(one.message, one.fix) for one in report.findings} == {(rule.message, rule.instead)}


_NAMES = "import hashlib, json, jwt, os, pickle, random, requests, ssl, subprocess, time, urllib.request\n"
_FROM = {"time-without-zone": "from datetime import datetime, timezone\n"}


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
@RULES
def test_the_wrong_example_is_found_and_the_right_one_is_not(tmp_path: Path, rule: Rule) -> None:
    kind = next(kind for kind in ("py", "tsx", "ts") if kind in rule.tests)
    before = _FROM.get(rule.id, _NAMES) if kind == "py" else ""
    paths = [place_of(rule, kind, name) for name in ("wrong", "right")]
    write(tmp_path, {paths[0]: before + rule.wrong, paths[1]: before + rule.right})
    found, errors = scan(tmp_path, file_of(rule), paths)
    assert not errors
    assert {path for _, path, _ in found} == {paths[0]}


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
def test_which_files_a_rule_is_about(tmp_path: Path) -> None:
    code = "import time\nimport os\n\n\ndef f(x):\n    time.sleep(3)\n    os.system(f'ls {x}')\n"
    product = ["app.py", "src/app/core.py", "src/contest/latest.py", "testing.py"]
    tests = [
        "tests/a/helper.py",
        "test/x.py",
        "src/app/tests/test_core.py",
        "test_app.py",
        "app_test.py",
        "shop/tests.py",
        "tests.py",
    ]
    for path in (*product, *tests, "conftest.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(code)
    found, _ = scan(tmp_path, PYTHON_RULES / "shell-command-built.yml", [*product, *tests, "conftest.py"])
    assert {path for _, path, _ in found} == set(product)
    found, _ = scan(tmp_path, PYTHON_RULES / "sleep-in-test.yml", [*product, *tests])
    assert {path for _, path, _ in found} == set(tests)


@pytest.mark.slow
@pytest.mark.live
def test_the_engine_finds_what_the_stock_command_line_finds(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The short form is not a stable interface; this says whether it still means the same. On the rules' own tests,
    and on the sources of a package that is used everywhere."""
    import click

    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    place = tmp_path / "stock"
    for argv in (
        [sys.executable, "-m", "venv", str(place)],
        [os.fspath(place / "bin" / "python"), "-m", "pip", "install", "-q", f"semgrep=={tool_environment.SEMGREP}"],
    ):
        done = run(argv, env=tool_env(pip), timeout=600)
        assert done.code == 0, done.stderr.decode()
    repo = tmp_path / "repo"
    (repo / "rules").mkdir(parents=True)
    (repo / ".git").mkdir()
    for source in Path(click.__file__).parent.glob("*.py"):
        (repo / source.name).write_bytes(source.read_bytes())
    for rule in PACK:
        write(repo, {place_of(rule, kind, rule.id): text for kind, text in rule.tests.items()})
    write(repo, {"src/more.mjs": "new Buffer(1);\n", "src/more.cjs": "new Buffer(1);\n"})
    files = tuple(sorted(os.fspath(path.relative_to(repo)) for path in repo.rglob("*.*") if language(path.name)))
    options = {"pack": [rule.document for rule in PACK]}
    engine = tool_environment.program("semgrep").executable
    request = Request("semgrep", os.fspath(repo), files, engine, options, os.fspath(tmp_path / "cache"))
    command = semgrep.command(request)
    (tmp_path / "cache").mkdir()
    for path, data in command.files.items():
        Path(path).write_bytes(data)
    report = semgrep.parse(run(command.argv, cwd=repo, env=tool_env(command.env), timeout=300), request)
    assert (report.reason, report.looked_at) == ("", len(files))
    argv = [str(place / "bin" / "semgrep"), "scan", "--json", "--quiet", "--metrics=off", "--disable-version-check"]
    rules = [path for path in command.files if "rules-" in path]
    env = tool_env({"PATH": f"{place / 'bin'}:{os.environ['PATH']}", "SEMGREP_USER_AGENT_APPEND": "test"})
    stock = run([*argv, "--no-git-ignore", f"--config={rules[0]}", *files], cwd=repo, env=env, timeout=300)
    rows = json.loads(stock.stdout)["results"]
    there = [
        (row["check_id"].rpartition(".")[2], row["path"], row["start"]["line"], row["end"]["line"]) for row in rows
    ]
    here = [(f.rule.removeprefix("semgrep:"), f.path, f.line, f.end_line) for f in report.findings]
    assert sorted(here) == sorted(there)
    assert len(here) > 150
    assert {language(f.path) for f in report.findings} == {"python", "javascript", "typescript"}


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
def test_every_kind_of_file_is_read_with_elements_and_types_where_it_may_have_them(tmp_path: Path) -> None:
    """The stock command line leaves out `.mts` and `.cts`."""
    plain = ("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts")
    texts = {f"a.{kind}": "new Buffer(1);\n" for kind in plain}
    texts |= {f"b.{kind}": "const a = <b title={new Buffer(1)}>x</b>;\n" for kind in ("js", "jsx", "tsx")}
    texts |= {f"c.{kind}": "const a = <Old>b;\nnew Buffer(1);\n" for kind in ("ts", "mts", "cts")}
    texts["d.tsx"] = "const f = <T,>(x: T): T => x;\nconst a = <b>{new Buffer(1) as unknown}</b>;\n"
    write(tmp_path, texts)
    found, errors = scan(tmp_path, NODE_RULES / "buffer-by-constructor.yml", [*texts])
    assert not errors
    assert {path for _, path, _ in found} == {*texts}


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
def test_without_any_network_it_finds_the_same(tmp_path: Path) -> None:
    rule = PYTHON_RULES / "sql-from-text.yml"
    (tmp_path / "a.py").write_text((PYTHON_RULES / "sql-from-text.py").read_text())
    where = [["CodeTarget", {"path": {"fpath": "a.py", "ppath": "/a.py"}, "analyzer": "python", "products": ["sast"]}]]
    (tmp_path / "targets.json").write_text(json.dumps(["Targets", where]))
    engine = tool_environment.program("semgrep").executable
    apart = ["unshare", "--map-root-user", "--net"]
    if run([*apart, "true"], timeout=10).code != 0:
        pytest.skip("no network can be taken away here")
    argv = [*apart, engine, "-json_nodots", "-fast", "-j", "1", "-rules", str(rule), "-targets", "targets.json"]
    said = json.loads(run(argv, cwd=tmp_path, env=tool_env(), timeout=60).stdout)
    assert not said["errors"] and len(said["results"]) == 4


def test_own_rules_may_be_several_in_a_file() -> None:
    assert [rule["id"] for rule in documents(b"rules:\n- id: a\n- id: b\n", file="x.yml")] == ["a", "b"]
