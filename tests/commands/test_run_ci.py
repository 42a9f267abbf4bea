from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate.cli import main
from qualitygate.commands import run_ci as module
from qualitygate.model import Verdict
from tests.ci_runner import pull_request
from tests.support import commit, git, make_environment, make_repo, write

MARKERS = "schema = 1\n[checks.markers]\n"
TESTS = MARKERS + '[checks.pytest]\nenvironment = "project"\n'
PASSES = "def test_a():\n    assert True\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repo(tmp_path / "r", {"qualitygate.toml": MARKERS, "a.py": "x = 1\n", ".gitignore": ".venv\n"})
    monkeypatch.chdir(root)
    return root


def as_request(root: Path, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head = git(root, "rev-parse", "HEAD")
    event = root.parent / "event.json"
    event.write_text(json.dumps(pull_request(7, base=base, head=head)))
    for name, value in (("ACTIONS", "true"), ("EVENT_NAME", "pull_request"), ("EVENT_PATH", str(event)), ("SHA", head)):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    monkeypatch.setenv("GITHUB_REF", "refs/pull/7/merge")


def judged(root: Path, *, trust: bool) -> Verdict:
    return module.run_ci(root, trust=trust, progress=lambda text: None)


def test_the_project_is_executed_only_where_it_is_trusted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(root)
    base = commit(root, {"qualitygate.toml": TESTS, "tests/test_a.py": PASSES})
    commit(root, {"tests/test_a.py": PASSES + "\n\ndef test_b():\n    assert False\n"})
    as_request(root, base, monkeypatch)
    stranger = judged(root, trust=False)
    assert (stranger.status, [check for check, _ in stranger.undecided]) == ("undecided", ["pytest"])
    trusted = judged(root, trust=True)
    assert (trusted.status, len(trusted.new)) == ("failed", 1)
    assert judged(root, trust=False).status == "undecided"  # nothing of the trust was kept


def test_new_tests_may_bring_the_settings_that_they_need(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(root)
    strict = "[pytest]\naddopts = --strict-markers\n"
    base = commit(root, {"qualitygate.toml": TESTS, "tests/test_a.py": PASSES, "pytest.ini": strict})
    marked = "import pytest\n\n\n@pytest.mark.odd\ndef test_b():\n    assert True\n"
    commit(root, {"tests/test_b.py": marked, "pytest.ini": strict + "markers =\n    odd: odd ones\n"})
    as_request(root, base, monkeypatch)
    verdict = judged(root, trust=True)
    assert (verdict.status, verdict.hidden) == ("passed", ())


def test_tools_that_only_base_asks_for_are_fetched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []
    monkeypatch.setattr(module, "make", lambda progress, packages: made.append(True))
    base = commit(root, {"qualitygate.toml": MARKERS + '[checks.semgrep]\nrules = ["swallowed-exception"]\n'})
    commit(root, {"qualitygate.toml": MARKERS})
    as_request(root, base, monkeypatch)
    verdict = judged(root, trust=False)
    assert made == [True]
    assert verdict.status == "undecided"  # it could not be had here, and nothing is taken for granted
    made.clear()
    base = git(root, "rev-parse", "HEAD")
    commit(root, {"a.py": "x = 2\n"})
    as_request(root, base, monkeypatch)
    assert (judged(root, trust=False).status, made) == ("passed", [])


def test_what_a_change_takes_from_our_own_rules_still_judges_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = MARKERS + "[checks.large-files]\nmax_kib = 1\n"
    base = commit(root, {"qualitygate.toml": long})
    commit(
        root, {"qualitygate.toml": long.replace("= 1\n", "= 9\n").replace("schema = 9", "schema = 1"), "b": "x" * 3000}
    )
    as_request(root, base, monkeypatch)
    verdict = judged(root, trust=False)
    assert verdict.status == "failed"
    assert {finding.path for finding in (*verdict.new, *verdict.hidden)} == {"b"}


def test_what_is_not_committed_is_not_judged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = git(root, "rev-parse", "HEAD")
    commit(root, {"a.py": "x = 2\n"})
    as_request(root, base, monkeypatch)
    write(root, {"a.py": "<<<<<<< a\n=======\n>>>>>>> b\n"})
    assert judged(root, trust=False).status == "passed"


def test_reports_are_written_beside_what_is_printed(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = git(root, "rev-parse", "HEAD")
    commit(root, {"a.py": "<<<<<<< a\n=======\n>>>>>>> b\n"})
    as_request(root, base, monkeypatch)
    out = root.parent
    assert main(["run", "--ci", "--write", f"junit={out / 'j.xml'}", "--write", f"json={out / 'v.json'}"]) == 1
    assert "::error file=a.py" in capsys.readouterr().out
    assert "<testsuites" in (out / "j.xml").read_text()
    assert json.loads((out / "v.json").read_text())["verdict"] == "failed"


@pytest.mark.parametrize(
    "options",
    [
        ["--ci", "--staged"],
        ["--ci", "--base", "HEAD"],
        ["--trust"],
        ["--write", "sarif"],
        ["--write", "nosuch=a"],
        ["--write", "json=no/such/folder/a.json"],
        ["--ci"],
    ],
)
def test_what_makes_no_sense_is_undecided(
    root: Path, options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    assert main(["run", *options]) == 2
    assert "error: " in capsys.readouterr().err


def test_ci_says_which_commit_brought_what_and_whose_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = git(root, "rev-parse", "HEAD")
    bad = commit(root, {"bad.txt": "<<<<<<< ours\n=======\n>>>>>>> theirs\n"}, "slip by")
    commit(root, {"b.txt": "b\n"})
    as_request(root, base, monkeypatch)
    verdict = judged(root, trust=False)
    told = f"3 of these came with {bad[:7]} (slip by) of Somebody <somebody@example.com>"
    assert (verdict.status, told in verdict.notes) == ("failed", True)
    assert verdict.carriers == ()  # no record of any machine was asked
