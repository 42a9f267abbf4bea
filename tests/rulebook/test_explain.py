from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate.cli import main
from qualitygate.config import parse_toml
from qualitygate.reporters.exemptions import without_exemptions
from tests.support import make_repo, write

GATE = """schema = 1
[checks.ruff]
tier = "edit"
[checks.mypy]
policy = "shown"
[checks.markers]
[checks.secrets]
"""
PYPROJECT = """[tool.ruff.lint]
select = ["F", "S113"]
ignore = ["F541"]
per-file-ignores = {"tests/**" = ["S"]}

[tool.mypy]
files = ["shop"]
disable_error_code = ["union-attr"]
"""
FILES: dict[str, str | bytes | None] = {
    "qualitygate.toml": GATE,
    "pyproject.toml": PYPROJECT,
    "shop/__init__.py": "import os\nimport sys\n",
    "shop/core.py": "import os\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repo(tmp_path / "shop", FILES)
    monkeypatch.chdir(root)
    return root


def asked(capsys: pytest.CaptureFixture[str], rule: str, *more: str, code: int = 0) -> str:
    assert main(["explain", rule, *more]) == code
    told = capsys.readouterr()
    return told.out if code == 0 else told.err


def document(capsys: pytest.CaptureFixture[str], rule: str) -> dict[str, object]:
    found = json.loads(asked(capsys, rule, "--json"))
    assert isinstance(found, dict)
    return found


PERSON = """ruff:F401: import that nobody uses (unused-import)

in force: check ruff, policy ratchet, tier edit

why: an unused import costs time, and hides what a module really needs
do: remove the import, or use it; in an `__init__.py` name what is meant to be exported in `__all__`

wrong:
    import os
    import sys

    print(sys.argv)

right:
    import sys

    print(sys.argv)

on disk now: 3 findings; those from before a change are tolerated

to turn it off, in pyproject.toml:
    [tool.ruff.lint]
    ignore = ["F401", "F541"]

to report what the check finds and block nothing, in qualitygate.toml:
    [checks.ruff]
    policy = "shown"

the change of qualitygate.toml that relaxes or removes a check is still judged by the check as it was
"""


@pytest.mark.live
def test_a_person_is_told_all_there_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, "ruff:F401") == PERSON


@pytest.mark.live
@pytest.mark.parametrize("rule", ["F401", "F541", "S101", "mypy:union-attr", "mypy:arg-type", "password", "E902"])
def test_an_agent_is_told_what_to_do_and_no_way_round(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    text, data = asked(capsys, rule), asked(capsys, rule, "--json")
    assert "tell the person you work for" in text
    for said in (text, data):
        assert without_exemptions(said) == said
        for word in ("policy = ", "ignore = ", "disable_error_code", "pyproject", "tests/**", "turn it off", '"ways"'):
            assert word not in said


@pytest.mark.live
@pytest.mark.parametrize(
    ("rule", "full", "state", "why"),
    [
        ("unused-import", "ruff:F401", "in force", ""),
        ("f401", "ruff:F401", "in force", ""),
        ("F541", "ruff:F541", "not in force", "the settings in pyproject.toml do not switch it on"),
        ("invalid-syntax", "ruff:invalid-syntax", "in force", ""),
        ("union-attr", "mypy:union-attr", "not in force", "disabled in pyproject.toml"),
        ("arg-type", "mypy:arg-type", "in force", ""),
        (
            "no-untyped-def",
            "mypy:no-untyped-def",
            "not in force",
            "mypy looks for it only with `disallow_untyped_defs`",
        ),
        ("merge-marker", "builtin:merge-marker", "in force", ""),
        ("builtin:large-file", "builtin:large-file", "not in force", "no check runs large-files (qualitygate.toml)"),
        ("secrets:aws-access-key", "secrets:aws-access-key", "in force", ""),
        (
            "ruff-format:unformatted",
            "ruff-format:unformatted",
            "not in force",
            "no check runs ruff-format (qualitygate.toml)",
        ),
        ("pytest:failed", "pytest:failed", "not in force", "no check runs pytest (qualitygate.toml)"),
        (
            "mypy:truthy-bool",
            "mypy:truthy-bool",
            "not in force",
            "mypy looks for it only where `enable_error_code` names `truthy-bool`",
        ),
    ],
)
def test_whether_a_rule_is_in_force(
    root: Path, capsys: pytest.CaptureFixture[str], rule: str, full: str, state: str, why: str
) -> None:
    told = document(capsys, rule)
    assert (told["rule"], told["state"], told["why_not"]) == (full, state, why)


@pytest.mark.parametrize(
    ("rule", "near"),
    [("F8221", "ruff:F821"), ("mypy:name-define", "mypy:name-defined"), ("unused-imports", "ruff:F401")],
)
def test_a_rule_that_nobody_knows_is_an_error_with_near_names(
    root: Path, capsys: pytest.CaptureFixture[str], rule: str, near: str
) -> None:
    said = asked(capsys, rule, code=2)
    assert said.startswith(f"error: no rule is called `{rule}`\nhint: did you mean")
    assert f"`{near}`" in said


@pytest.mark.live
def test_strict_switches_on_what_needs_a_setting(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {"pyproject.toml": "[tool.mypy]\nstrict = true\n"})
    assert document(capsys, "no-untyped-def")["state"] == "in force"
    assert document(capsys, "unreachable")["state"] == "not in force"
    write(root, {"pyproject.toml": None, "qualitygate.toml": '[checks.mypy]\nflags = ["--strict"]\n' + "schema = 1\n"})
    write(root, {"qualitygate.toml": 'schema = 1\n[checks.mypy]\nflags = ["--strict"]\n'})
    assert document(capsys, "no-untyped-def")["state"] == "in force"


@pytest.mark.live
@pytest.mark.parametrize("rule", ["ruff:F401", "mypy:arg-type"])
def test_a_rule_is_off_once_a_person_wrote_what_was_told(
    root: Path, capsys: pytest.CaptureFixture[str], rule: str
) -> None:
    ways = document(capsys, rule)["ways"]
    assert isinstance(ways, list)
    off = ways[0]
    key, _, value = off["lines"][1].partition(" = ")
    text = (root / off["file"]).read_text()
    table, _, rest = text.partition(off["lines"][0] + "\n")
    kept = [line for line in rest.split("\n") if not line.startswith(f"{key} =")]
    (root / off["file"]).write_text("\n".join([table + off["lines"][0], f"{key} = {value}", *kept]))
    parse_toml((root / off["file"]).read_bytes(), file=off["file"])
    assert document(capsys, rule)["state"] == "not in force"


@pytest.mark.live
def test_where_settings_cannot_be_read_the_state_is_not_known(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {"pyproject.toml": "[tool.ruff.lint]\nselect = 1\n"})
    told = document(capsys, "F401")
    assert (told["state"], told["why_not"]) == ("not known", "ruff does not take its settings as they are")


@pytest.mark.live
def test_files_in_which_a_rule_does_not_hold_are_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "tier edit; not in tests/**\n" in asked(capsys, "S113")


@pytest.mark.live
def test_without_settings_of_ours_the_defaults_are_in_force(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {"qualitygate.toml": None})
    assert "in force: check ruff, policy ratchet, tier edit (playbook defaults)" in asked(capsys, "F401")


@pytest.mark.live
def test_nothing_is_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(root.rglob("*"))
    asked(capsys, "F401")
    assert sorted(root.rglob("*")) == before


RULES = """rules:
  - id: no-print
    message: say it through the log
    languages: [python]
    severity: ERROR
    pattern: print(...)
    metadata:
      instead: use `log.info`
"""


def test_rules_for_semgrep_of_ours_and_of_the_repository(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = '[checks.semgrep]\nrules = ["tls-unverified", "no-time-limit"]\n'
    write(root, {"qualitygate.toml": GATE + check, ".qualitygate/rules/log.yml": RULES})
    said = asked(capsys, "tls-unverified")
    assert said.startswith("semgrep:tls-unverified: the certificate of the other side is not checked\n")
    assert "in force: check semgrep, policy ratchet" in said
    assert 'rules = ["no-time-limit"]' in said
    assert "wrong:\n    context = ssl._create_unverified_context()\n" in said
    assert "not in force: `rules` of check semgrep does not name it" in asked(capsys, "semgrep:sleep-in-test")
    own = asked(capsys, "semgrep:no-print")
    assert "say it through the log" in own and "do: use `log.info`" in own
    assert ".qualitygate/rules/log.yml" in own
    write(root, {".qualitygate/rules/log.yml": "rules: [\n"})
    assert "no rule is called `no-print`" in asked(capsys, "no-print", code=2)


ESLINT = """#!/bin/sh
case "$*" in
  *--print-config=./a.js*) echo '{"rules": {"no-debugger": [2], "no-class-assign": ["off"]}}' ;;
  *) exit 2 ;;
esac
"""


def test_a_rule_of_eslint_is_in_force_only_where_eslint_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was said of every rule whose name we know, be it switched off or not."""
    files: dict[str, str | bytes | None] = {
        "qualitygate.toml": 'schema = 1\n[checks.eslint]\nenvironment = "project"\n',
        "eslint.config.js": "module.exports = [];\n",
        "a.js": "1;\n",
        ".gitignore": "node_modules/\n",
    }
    root = make_repo(tmp_path / "js", files)
    monkeypatch.chdir(root)
    assert "not known: ESLint runs from node_modules, which is not here" in asked(capsys, "eslint:no-debugger")
    installed = {"package.json": '{"version": "9.0.0"}', "bin.js": ESLINT}
    write(root, {f"node_modules/eslint/{path}": text for path, text in installed.items()})
    (root / "node_modules/.bin").mkdir()
    (root / "node_modules/eslint/bin.js").chmod(0o755)
    (root / "node_modules/.bin/eslint").symlink_to("../eslint/bin.js")
    assert "not known: ESLint runs from node_modules" in asked(capsys, "eslint:no-debugger"), "nobody agreed to run it"
    assert main(["install", "--trust"]) == 0
    capsys.readouterr()
    assert "in force: check eslint" in asked(capsys, "eslint:no-debugger")
    off = asked(capsys, "eslint:no-class-assign")
    assert "not in force: the project's settings for ESLint do not switch it on" in off
