from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.checks.tools import semgrep
from qualitygate.defaults import compile_any
from qualitygate.errors import ConfigError
from qualitygate.gate import judging
from qualitygate.gate.planning import open_gate
from qualitygate.gate.policy import _options_as_strict
from qualitygate.model import Verdict
from tests.support import make_repo, write

SELECT = 'lint.select = ["E7", "S", "PGH"]\n'
BASE = "def f(a, b):\n    if a == None:\n        return exec(a)\n    c = lambda: a\n    return b\n"


def judged(root: Path, before: str, after: str, *, touched: str = "") -> Verdict:
    settings = f"schema = 1\n[checks.ruff]\n{f'touched = {touched!r}' if touched else ''}\n"
    make_repo(root, {"qualitygate.toml": settings, "ruff.toml": SELECT, "a.py": before})
    write(root, {"a.py": after})
    gate = open_gate(root, TOOLS, compile_any)._replace(project=lambda root: Project())
    return judging.judge_worktree(gate)


def said(verdict: Verdict) -> tuple[list[str], list[str]]:
    assert verdict.undecided == ()
    return tuple([f"{f.rule[5:]}:{f.line}" for f in some] for some in (verdict.new, verdict.touched))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("edit", "touched"),
    [
        pytest.param(("a == None", "a.d == None"), ["E711:2"], id="the operand"),
        pytest.param(("a == None", "a == None and b"), ["E711:2"], id="what follows"),
        pytest.param(("if a == None", "while not b and a == None"), ["E711:2"], id="what goes before"),
        pytest.param(("c = lambda: a", "c = lambda: [a, a]"), ["E731:4"], id="the rest of the statement"),
        pytest.param(("c = lambda: a", "d = lambda: b"), ["E731:4"], id="both ends"),
    ],
)  # fmt: skip
def test_a_known_finding_whose_code_is_edited_is_touched(
    tmp_path: Path, edit: tuple[str, str], touched: list[str]
) -> None:
    verdict = judged(tmp_path / "r", BASE, BASE.replace(*edit))
    assert said(verdict) == ([], touched)
    assert verdict.status == "passed"
    assert all(finding in verdict.fingerprints for finding in verdict.touched)


def test_a_touched_finding_blocks_where_the_check_says_so(tmp_path: Path) -> None:
    verdict = judged(tmp_path / "r", BASE, BASE.replace("a == None", "a.d == None"), touched="new")
    assert said(verdict) == (["E711:2"], [])
    assert verdict.status == "failed"


def test_a_security_finding_whose_code_is_edited_is_new_unless_the_check_shows_it(tmp_path: Path) -> None:
    after = BASE.replace("exec(a)", "exec(b)")
    assert said(judged(tmp_path / "r", BASE, after)) == (["S102:3"], [])
    assert said(judged(tmp_path / "s", BASE, after, touched="show")) == ([], ["S102:3"])


def test_a_blanket_suppression_whose_line_is_edited_is_new(tmp_path: Path) -> None:
    before = "x = 1  # type: ignore\n"
    assert said(judged(tmp_path / "r", before, before.replace("1", "2 + f(1)"))) == (["PGH003:1"], [])


@pytest.mark.parametrize(
    ("edits", "new"),
    [
        pytest.param(
            [("a == None:", "a is None:"), ("    return b\n", "    if b == None:\n        return 1\n    return b\n")],
            ["E711:5"], id="elsewhere",
        ),
        pytest.param(
            [
                ("if a == None", "if a is None"),
                ("    c = lambda", "    if b == None:\n        b = 1\n    c = lambda"),
            ],
            ["E711:4"],
            id="right below",
        ),
        pytest.param(
            [("    if a == None:\n", "    if b == None:\n        pass\n    if a is None:\n")], ["E711:2"],
            id="in the line before",
        ),
    ],
)  # fmt: skip
def test_a_touched_finding_never_pays_for_a_swap(tmp_path: Path, edits: list[tuple[str, str]], new: list[str]) -> None:
    after = BASE
    for one in edits:
        after = after.replace(*one)
    verdict = judged(tmp_path / "r", BASE, after)
    assert said(verdict) == (new, [])
    assert verdict.fixed == 1


def test_an_edit_that_breaks_a_line_twice_is_touched_once_and_new_once(tmp_path: Path) -> None:
    verdict = judged(tmp_path / "r", BASE, BASE.replace("if a == None", "if a == None or b == None"))
    assert [len(found) for found in said(verdict)] == [1, 1]


def test_what_only_moves_or_is_formatted_anew_is_not_touched(tmp_path: Path) -> None:
    after = "x = 1\n\n\n" + BASE.replace("if a == None:", "if (\n        a\n        == None\n    ):").replace(
        "    return b", "    return  b"
    )
    assert said(judged(tmp_path / "r", BASE, after)) == ([], [])


def test_a_bad_value_of_touched_is_refused() -> None:
    with pytest.raises(ConfigError, match="show, new"):
        compile_any(b'schema = 1\n[checks.ruff]\ntouched = "hide"\n', {})


@pytest.mark.parametrize(
    ("old", "new", "judges_by"),
    [
        ("new", "", "new"),
        ("new", "show", "new"),
        ("", "show", ""),
        ("show", "", None),
        ("", "new", None),
        ("", "", None),
    ],
)
def test_a_change_that_lets_more_be_touched_is_judged_as_before(old: str, new: str, judges_by: str | None) -> None:
    strict = _options_as_strict({"touched": new} if new else {}, {"touched": old} if old else {})
    assert strict.get("touched") == judges_by


@pytest.mark.parametrize(
    ("rule", "is_grave"),
    [
        ({"severity": "ERROR"}, True),
        ({"severity": "WARNING", "metadata": {"category": "security"}}, True),
        ({"severity": "WARNING", "metadata": {"category": "style"}}, False),
        ({}, False),
    ],
)
def test_which_rules_of_semgrep_are_grave(rule: dict[str, object], is_grave: bool) -> None:
    assert semgrep.is_grave(rule) is is_grave
