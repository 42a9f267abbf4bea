from __future__ import annotations

import json

import pytest

from qualitygate.commands.fix import Fixed
from qualitygate.model import CheckResult, Finding, Tree, Verdict
from qualitygate.reporters import fixes

CHECK = CheckResult("ruff", "ruff", "", 1, "passed", False, 0.1)
LEFT = Finding("ruff", "ruff:E711", "src/a.py", 3, 7, 3, 9, "Comparison to \x1b[31mNone")
PASSED = Verdict("passed", Tree("4b", {}, "the work tree"), (), checks=(CHECK,))
FAILED = PASSED._replace(status="failed", new=(LEFT._replace(line=9), LEFT), checks=(CHECK._replace(state="failed"),))
NOTHING = Fixed((), {}, (), (), (), "", (), b"", PASSED, staged=False, dry=False)
SOME = NOTHING._replace(
    files=("src/a.py", "src/b c.py"),
    fixed={("src/a.py", "ruff:E713"): 1, ("src/b c.py", "ruff:E713"): 2, ("src/a.py", "ruff-format:unformatted"): 1},
)


@pytest.mark.parametrize(
    ("result", "text", "code"),
    (
        (NOTHING, "nothing fixed\npassed: no new findings left in the work tree\n", 0),
        (
            SOME,
            'fixed 1 ruff-format:unformatted\nfixed 3 ruff:E713\nin src/a.py and "src/b c.py"\n'
            "passed: no new findings left in the work tree\n",
            0,
        ),
        (
            SOME._replace(dry=True, verdict=FAILED),
            'would fix 1 ruff-format:unformatted\nwould fix 3 ruff:E713\nin src/a.py and "src/b c.py"\n'
            "then failed: 2 new findings left in the work tree\n"
            "first: src/a.py:3:7: ruff:E711 Comparison to \\x1b[31mNone\n",
            1,
        ),
        (SOME._replace(dry=True), None, 1),
        (NOTHING._replace(dry=True), "nothing would be fixed\npassed: no new findings left in the work tree\n", 0),
        (
            NOTHING._replace(
                skipped=(("a.py", "it is read-only"),),
                refused=(("b.py", "ruff:UP006"),),
                partial=("c.py",),
                patch="/r/.git/qualitygate/patches/fix-1.patch",
                kept=(LEFT,),
                verdict=PASSED._replace(status="undecided", undecided=(("mypy", "no answer"),)),
            ),
            "nothing fixed\n"
            "skipped a.py: it is read-only\n"
            "not fixed b.py: what mends ruff:UP006 makes something else new\n"
            "not touched: c.py is staged only in part; to fix what is staged:"
            " git apply --cached /r/.git/qualitygate/patches/fix-1.patch\n"
            "kept: 1 name that is not used, the next edit may need it; when it is staged: qualitygate fix --staged\n"
            "undecided: mypy: no answer\n"
            "undecided: no new findings left in the work tree\n",
            2,
        ),
    ),
)
def test_what_was_done_what_was_not_and_what_is_left(result: Fixed, text: str | None, code: int) -> None:
    assert text is None or fixes.render(result) == text
    assert fixes.exit_code(result) == code


def test_a_diff_is_shown_as_it_is_but_for_what_a_terminal_would_obey() -> None:
    diff = b"--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-\tx\x1b[2J\r\n+\ty\xff\r\n"
    shown = fixes.render_diff(SOME._replace(diff=diff))
    assert shown == "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-\tx\\x1b[2J\r\n+\ty\ufffd\r\n"
    assert fixes.render_diff(NOTHING) == fixes.render(NOTHING)


def test_a_program_reads_what_was_done_and_what_was_not() -> None:
    result = SOME._replace(
        skipped=(("c.py", "it is \x1b read-only"),), refused=(("b.py", "ruff:UP006"),), kept=(LEFT,), verdict=FAILED
    )
    document = json.loads(fixes.render_json(result))
    assert (document["schema"], document["verdict"], document["written"], document["new"]) == (1, "failed", True, 2)
    assert document["files"] == ["src/a.py", "src/b c.py"]
    assert {"path": "src/b c.py", "rule": "ruff:E713", "count": 2} in document["fixed"]
    assert document["skipped"] == [{"path": "c.py", "reason": "it is \\x1b read-only"}]
    assert document["refused"] == [{"path": "b.py", "rule": "ruff:UP006"}]
    assert document["kept"] == [{"path": "src/a.py", "line": 3, "rule": "ruff:E711"}]
    assert json.loads(fixes.render_json(result._replace(dry=True)))["written"] is False
