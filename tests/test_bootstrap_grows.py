"""A second bootstrap: what can be set up by now joins the gate, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.cli import main
from tests.support import commit, git, make_environment, make_repo, write
from tests.test_bootstrap import FILES, state

_TESTED: dict[str, str | bytes | None] = {
    **FILES,
    ".gitignore": ".venv/\n",
    "shop/__init__.py": "",
    "conftest.py": "",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repo(tmp_path / "shop", _TESTED)
    monkeypatch.chdir(root)
    return root


def _bootstrap(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    code = main(["bootstrap", ".", "--trust", *more])
    said = capsys.readouterr()
    assert code == 0, said.err
    return said.out


def _without_environment(found: dict[str, tuple[int, bytes]]) -> dict[str, tuple[int, bytes]]:
    return {path: what for path, what in found.items() if not path.startswith(".venv/")}


def test_tests_join_once_there_is_an_environment(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(root)
    assert "pytest: tests run in the project's environment" in _bootstrap(capsys)
    first = (root / "qualitygate.toml").read_bytes()
    write(root, {"qualitygate.toml": first + b"\n# A remark of ours.\n"})
    commit(root, {})

    make_environment(root)
    said = _bootstrap(capsys)
    assert "qualitygate.toml is there: pytest can be set up now; all else in it stays as it is" in said
    assert "\n  ruff " not in said.partition("\nproof")[2], "what is there already is not proven again"
    assert "enforced now: ruff, " in said and ", pytest" in said
    second = (root / "qualitygate.toml").read_bytes()
    assert second.startswith(first + b"\n# A remark of ours.\n") and b"[checks.pytest]" in second
    assert git(root, "status", "--porcelain").split() == ["M", ".qualitygate/RULEBOOK.md", "M", "qualitygate.toml"]

    standing = state(root)
    assert "its checks are proven again, no file is changed" in _bootstrap(capsys)
    assert state(root) == standing

    write(root, {"qualitygate.toml": second.replace(b"\n# A remark of ours.\n", b"")})
    assert main(["undo", "."]) == 0
    assert _without_environment(state(root)) == before


def test_a_type_check_set_up_without_the_environment_is_not_left_so_in_silence(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the first bootstrap could not resolve stayed unresolved for good, and its false findings tolerated debt."""
    told = 'set environment = "project" in [checks.{}] of qualitygate.toml'
    check = '[checks.{}]\ntool = "mypy"\nenvironment = "{}"\n'
    write(root, {"qualitygate.toml": "schema = 1\n" + check.format("old", "none") + check.format("new", "project")})
    make_environment(root)
    said = _bootstrap(capsys)
    assert told.format("old") in said and told.format("new") not in said


def test_an_environment_that_is_not_trusted_is_not_to_be_made_again(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_environment(root)
    assert main(["bootstrap", ".", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert ".venv is used only after you agree: bootstrap --trust" in said and "python -m venv" not in said


def test_undo_of_two_runs_restores_what_was_before_the_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(root)
    _bootstrap(capsys)
    make_environment(root)
    assert "[checks.pytest]" not in (root / "qualitygate.toml").read_text()
    _bootstrap(capsys)
    assert "[checks.pytest]" in (root / "qualitygate.toml").read_text()
    assert main(["undo", "."]) == 0
    assert _without_environment(state(root)) == before


@pytest.mark.parametrize("clone", (False, True))
def test_a_check_that_a_person_took_out_stays_out(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clone: bool
) -> None:
    _bootstrap(capsys)
    commit(root, {})
    text = (root / "qualitygate.toml").read_text()
    head, _, tail = text.partition("[checks.secrets]\n")
    less = head + (tail.partition("\n\n")[2] if "\n\n" in tail else "")
    commit(root, {"qualitygate.toml": less})
    if clone:  # which has no journal
        git(root.parent, "clone", "-q", str(root), "copy")
        root = root.parent / "copy"
        monkeypatch.chdir(root)
    said = _bootstrap(capsys)
    assert "secrets: it stood in qualitygate.toml and was taken out" in said
    assert (root / "qualitygate.toml").read_text() == less
    assert "secrets" not in said.partition("enforced now:")[2].splitlines()[0]


def test_a_check_that_was_renamed_is_not_added_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _bootstrap(capsys)
    text = (root / "qualitygate.toml").read_text().replace("[checks.secrets]", "[checks.keys]")
    write(root, {"qualitygate.toml": text})
    assert "can be set up now" not in _bootstrap(capsys)
    assert (root / "qualitygate.toml").read_text() == text


def test_what_joins_and_cannot_be_proven_is_not_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Tests that import an installed copy stay green whatever happens to the code that is judged.
    commit(root, {"tests/test_core.py": "def test_it():\n    assert 2 + 2 == 4\n"})
    _bootstrap(capsys)
    make_environment(root)
    standing = state(root)
    said = _bootstrap(capsys)
    assert "pytest" in said.partition("left out")[2].partition("proof")[0]
    assert "pytest" not in said.partition("enforced now:")[2].splitlines()[0]
    assert "run the tests" not in said, "no step may promise what is left out"
    assert {path: what for path, what in state(root).items() if not path.startswith(".venv/")} == {
        path: what for path, what in standing.items() if not path.startswith(".venv/")
    }


def test_checks_written_inline_get_one_more(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(root, {"qualitygate.toml": 'schema = 1\n# Ours.\nchecks = { secrets = { tier = "push" } }\n'})
    said = _bootstrap(capsys)
    text = (root / "qualitygate.toml").read_text()
    assert "ruff" in said.partition("can be set up now")[0]
    assert text.startswith('schema = 1\n# Ours.\nchecks = { secrets = { tier = "push" }')
    assert text.count("secrets") == 1


def test_packages_that_are_here_and_not_trusted_are_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files: dict[str, str | bytes | None] = {
        "package.json": '{"devDependencies": {"eslint": "9"}}',
        "eslint.config.js": "module.exports = [];\n",
        "a.js": "const a = 1;\n\nmodule.exports = a;\n",
        ".gitignore": "node_modules/\n",
    }
    root = make_repo(tmp_path / "js", files)
    monkeypatch.chdir(root)
    assert main(["bootstrap", ".", "--no-install"]) == 0
    said = capsys.readouterr().out
    assert "eslint: it runs from node_modules: npm install, then bootstrap with --trust" in said
    assert "\nnot checked: JavaScript; eslint" in said
    assert main(["undo", "."]) == 0
    write(root, {"node_modules/eslint/package.json": '{"version": "9.0.0"}', "node_modules/.bin/eslint": "#!/bin/sh\n"})
    (root / "node_modules/.bin/eslint").chmod(0o755)
    capsys.readouterr()
    assert main(["bootstrap", ".", "--no-install"]) == 0
    said = capsys.readouterr().out
    assert "eslint: it runs from node_modules, whose programs are not trusted in this clone: bootstrap with" in said
    commit(root, {"qualitygate.toml": 'schema = 1\n[checks.eslint]\nenvironment = "project"\n'})
    write(root, {"a.js": "const a = 2;\n\nmodule.exports = a;\n"})
    assert main(["run"]) == 2
    told = capsys.readouterr().out
    assert "eslint was not looked for; " in told and "is not trusted in this clone" in told


def test_what_bootstrap_writes_itself_is_no_reason_for_more_checks_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A repository without any settings: those that are written are found there by a second run."""
    root = make_repo(tmp_path / "plain", {"README.md": "# Plain\n", "run.sh": "#!/bin/sh\necho a\n", ".github/x": ""})
    monkeypatch.chdir(root)
    said = _bootstrap(capsys)
    assert "syntax" in said.partition("enforced now: ")[2].splitlines()[0]
    commit(root, {})
    standing = state(root)
    assert "no file is changed" in _bootstrap(capsys)
    assert state(root) == standing
