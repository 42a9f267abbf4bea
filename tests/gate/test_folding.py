"""Two checks that say the same of one line are heard once, and nothing passes for it."""

from __future__ import annotations

import json
from pathlib import Path

from qualitygate.checks.catalogue import TOOLS, used_by
from qualitygate.gate import judging
from qualitygate.gate.folding import folded, shown_once
from qualitygate.gate.planning import open_gate
from qualitygate.model import Finding, Verdict
from tests.support import git, make_repo, write

SWALLOWS = "def load(path):\n    try:\n        return open(path)\n    except Exception:\n        pass\n"


def finding(rule: str, line: int, end: int = 0, path: str = "a.py") -> Finding:
    return Finding("x", rule, path, line, 1, end or line, 1, "said")


def test_a_safeguard_that_a_rule_says_again_a_line_below_is_said_once() -> None:
    ours, tools = finding("handlers:empty-broad", 4), finding("semgrep:swallowed-exception", 5)
    assert folded([ours, tools]) == {ours: tools}
    whole = finding("semgrep:swallowed-error", 1, 6)
    assert folded([ours, whole]) == {ours: whole}


def test_what_stands_elsewhere_or_is_of_another_kind_stays() -> None:
    ours = finding("handlers:empty-broad", 4)
    for other in (
        finding("semgrep:swallowed-exception", 9),
        finding("semgrep:swallowed-exception", 3),
        finding("semgrep:swallowed-exception", 5, path="b.py"),
        finding("ruff:E722", 4),
        finding("ruff:BLE001", 4),
    ):
        assert folded([ours, other]) == {}, other


def test_one_finding_stands_for_one_other_only() -> None:
    first, second = finding("handlers:empty-broad", 4), finding("handlers:empty-broad", 6)
    only = finding("semgrep:swallowed-exception", 7)
    assert len(folded([first, second, only])) == 1


def test_an_ignore_without_a_code_is_told_by_the_check_that_also_asks_for_the_reason() -> None:
    ours, ruff = finding("suppression:blanket", 4), finding("ruff:PGH003", 4)
    assert folded([ours, ruff]) == {ruff: ours}


def test_a_condition_that_holds_is_said_by_the_runner_alone() -> None:
    static = finding("tests:skipped-conditionally", 4)._replace(name="tests/test_a.py::TestA::test_b")
    for name in ("tests/test_a.py::TestA::test_b", "tests/test_a.py"):
        told = finding("tests:not-run", 9)._replace(name=name)
        assert shown_once((static,), [told]) == ()
        assert shown_once((static, told), []) == (told,)
    other = finding("tests:not-run", 9)._replace(name="tests/test_a.py::TestA::test_bc")
    assert shown_once((static,), [other]) == (static,)
    whole = static._replace(name="tests/test_a.py")
    assert shown_once((whole,), [other]) == ()


def test_a_line_that_hides_files_is_no_setting_besides() -> None:
    ours, setting = finding("suppression:project-wide", 4), finding("settings:linter", 4)
    assert shown_once((setting,), [ours]) == ()
    assert shown_once((setting,), [ours._replace(line=5)]) == (setting,)


def judged(root: Path, select: str) -> Verdict:
    def document(data: bytes | None) -> dict[str, object]:
        row = {"policy": "ratchet", "tier": "commit", "version": "", "options": {}}
        checks = [{**row, "name": name, "tool": name} for name in ("ruff", "handlers", "suppressions")]
        return {"schema": 1, "gate": {"time_limit": 60}, "checks": checks, "source": "qualitygate.toml"}

    write(root, {"ruff.toml": f"lint.select = {json.dumps(select.split())}\n"})
    git(root, "add", "-A")
    return judging.judge_index(
        open_gate(root, used_by(TOOLS, ("ruff", "handlers", "suppressions")), document), record=False
    )


def test_in_the_gate_the_row_of_the_folded_check_is_red_all_the_same(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", "qualitygate.toml": "schema = 1\n"})
    write(root, {"a.py": "x = 1\n\n\n" + SWALLOWS})
    verdict = judged(root, "S110")
    assert (verdict.status, [one.rule for one in verdict.new]) == ("failed", ["ruff:S110"])
    assert {row.check: row.state for row in verdict.checks} == {
        "ruff": "failed",
        "handlers": "failed",
        "suppressions": "passed",
    }
    verdict = judged(root, "F")
    assert (verdict.status, [one.rule for one in verdict.new]) == ("failed", ["handlers:empty-broad"])


def test_a_rule_that_is_suppressed_folds_nothing(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", "qualitygate.toml": "schema = 1\n"})
    text = SWALLOWS.replace("Exception:", "Exception:  # noqa: S110")
    write(root, {"a.py": "x = 1\n\n\n" + text})
    assert "handlers:empty-broad" in {one.rule for one in judged(root, "S110").new}
