from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qualitygate.model import Acceptance, CheckResult, Finding, Fixable, Verdict
from qualitygate.reporters import text

DATA = Path(__file__).parent.parent / "data" / "reports"
MakeFinding = Callable[..., Finding]


def test_whole_report(failed: Verdict) -> None:
    assert text.render(failed) == (DATA / "failed.txt").read_text("utf-8")


def test_passed_is_short(failed: Verdict) -> None:
    clean = failed._replace(status="passed", new=(), lost=(), shown=(), undecided=(), notes=())
    passed = clean._replace(checks=failed.checks[1:2], bases=failed.bases[:1])
    assert text.render(passed) == (
        "ruff format ..... passed  12 files  cached\n"
        "\n"
        "passed: no new findings (31 known, 2 fixed) in the index against 3f2a9c1 (last record)\n"
    )


def test_nothing_ran_does_not_look_like_passed(failed: Verdict) -> None:
    nothing = Verdict("passed", failed.head, failed.bases[:1], checks=failed.checks[5:6])
    assert text.render(nothing) == (
        "pytest ..... skipped: runs at push\n"
        "gate ....... undecided: no check ran\n"
        "\n"
        "undecided: no check ran, so nothing was found or ruled out in the index against 3f2a9c1 (last record);"
        " not looked at: pytest\n"
    )
    assert "passed" not in text.render(nothing)


def test_a_verdict_from_the_records_has_passed(failed: Verdict) -> None:
    known = Verdict("passed", failed.head, failed.bases[:1], notes=("this tree passed before",), recorded=True)
    assert text.render(known) == (
        "note: this tree passed before\n\npassed: no new findings in the index against 3f2a9c1 (last record)\n"
    )


def test_undecided_says_who_and_what_the_rest_found(failed: Verdict) -> None:
    pairs = (("tsc", "tsc is missing"), ("gate", "stale"))
    stuck = failed._replace(status="undecided", new=(), lost=(), undecided=pairs)
    report = text.render(stuck)
    assert "\ngate ............ undecided: stale\n" in report
    last = "undecided: tsc and gate could not decide; the rest has no new findings (31 known, "
    assert report.splitlines()[-1].startswith(last)


def test_accepted_is_not_called_passed(failed: Verdict) -> None:
    by = (Acceptance("aa", "Ada\x07", 1_795_424_986, "a\nhotfix", 5), Acceptance("bb", "Bo", 0, "", 1, wip=True))
    verdict = failed._replace(status="accepted", new=(), lost=(), accepted=failed.new, acceptances=by)
    report = text.render(verdict).splitlines()
    assert report[-1].startswith("accepted: 5 findings, tsc undecided, let through by a person (31 known")
    assert "ruff: 3 accepted by a person (blocks no commit here)" in report
    assert "accepted by Ada\\x07 on 2026-11-23: a\\nhotfix" in report
    assert "accepted by Bo on 1970-01-01: unfinished work" in report


def test_every_kind_of_finding_has_its_section(failed: Verdict) -> None:
    one = failed.new[:1]
    every = failed._replace(new=(), lost=(), shown=(), touched=one, revealed=one, hidden=one)
    report = text.render(every)
    titles = [line for line in report.splitlines() if line.startswith("ruff: ")]
    assert titles == [
        "ruff: 1 revealed (there before, but out of sight; blocks nothing)",
        "ruff: 1 touched (known, edited in place; blocks nothing)",
        "ruff: 1 hidden (base's settings report it, these do not)",
    ]
    assert report.splitlines()[-1].startswith("failed: 1 hidden (31 known")


def test_only_the_state_words_are_coloured(failed: Verdict) -> None:
    colored = text.render(failed, color=True)
    assert "\x1b[31mfailed\x1b[0m   12 files" in colored
    assert "\x1b[32mpassed\x1b[0m   12 files" in colored
    assert "\x1b[33mundecided\x1b[0m: tsc is missing" in colored
    assert colored.splitlines()[-1].startswith("\x1b[31mfailed\x1b[0m: 5 new")
    plain = colored.replace("\x1b[0m", "")
    for code in (31, 32, 33):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == text.render(failed)
    assert "\x1b" not in plain


def _many(finding: MakeFinding, failed: Verdict, number: int) -> Verdict:
    return failed._replace(new=tuple(finding("ruff", "ruff:F401", "a.py", n, 1, f"m{n}") for n in range(number, 0, -1)))


@pytest.mark.parametrize(("limit", "listed"), [(50, 50), (2, 2), (0, 60), (60, 60)])
def test_findings_are_capped_but_counted(finding: MakeFinding, failed: Verdict, limit: int, listed: int) -> None:
    report = text.render(_many(finding, failed, 60), limit=limit)
    assert report.count("\na.py:") == listed
    assert "a.py:1:1: ruff:F401 m1\na.py:2:1: " in report
    more = f"... and {60 - listed} more, `qualitygate run --format json` shows all\n"
    assert (more in report) == (listed < 60)
    assert "ruff: 60 new\n" in report
    assert report.splitlines()[-1].startswith("failed: 60 new findings")


def test_what_blocks_nothing_is_capped_lower(finding: MakeFinding, failed: Verdict) -> None:
    many = _many(finding, failed, 60)
    shown = many._replace(new=(), shown=many.new)
    assert text.render(shown).count("\na.py:") == 10
    assert text.render(shown, limit=0).count("\na.py:") == 60


@pytest.mark.parametrize(
    ("only", "paths", "note"),
    [
        (
            ("src",),
            ["src/old.py", "src/app.py", "src/app.py", "src/views.py", "src/models.py"],
            "2 findings outside src are",
        ),
        (("src/app.py",), ["src/app.py", "src/app.py"], "5 findings outside src/app.py are"),
        (
            ("src/", "tests"),
            ["src/old.py", "tests/test_views.py", *["src/app.py"] * 2, "src/views.py", "src/models.py"],
            "1 finding ",
        ),
        (("sr",), [], "7 findings outside sr are"),
    ],
)
def test_files_filter_the_list_and_nothing_else(
    failed: Verdict, only: tuple[str, ...], paths: list[str], note: str
) -> None:
    report = text.render(failed, only=only)
    lines = report.splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith(("src/", "tests/"))] == paths
    assert f"note: {note}" in report
    assert lines[-1] == text.render(failed).splitlines()[-1]
    assert lines[:7] == text.render(failed).splitlines()[:7]


@pytest.mark.parametrize("only", [(), (".",), ("src", "tests", "verdict: passed, ignore the rest.py")])
def test_no_word_of_a_filter_that_keeps_everything(failed: Verdict, only: tuple[str, ...]) -> None:
    assert text.render(failed, only=only) == text.render(failed)


def test_the_repository_cannot_draw_on_the_terminal(failed: Verdict) -> None:
    hostile = "\x1b[2J\npassed: no new findings\r\u202e"
    row = CheckResult(hostile, hostile, hostile, 0, "undecided", False, 0.0, hostile)
    evil = Finding(hostile, hostile, hostile, 1, 1, 1, 1, hostile, "debt", hostile)
    verdict = failed._replace(new=(evil,), checks=(row,), undecided=((hostile, hostile),), notes=(hostile,))
    report = text.render(verdict, only=(hostile,))
    assert report.isprintable() or all(char.isprintable() for char in report.replace("\n", ""))
    assert not any(line.startswith("passed") for line in report.splitlines())


def test_places_without_column_or_line(finding: MakeFinding, failed: Verdict) -> None:
    places = (finding("c", "r", "a", 0, 5, "m"), finding("c", "r", "b", 3, 0, "m"), finding("c", "r", "d", 3, 4, "m"))
    report = text.render(failed._replace(new=places))
    assert "\na: r m\nb:3: r m\nd:3:4: r m\n" in report


@pytest.mark.parametrize(
    ("origin", "kinds", "hint"),
    (
        ("the index", ("safe", "removes", ""), "hint: `qualitygate fix --staged` fixes 2 of 3"),
        ("the work tree", ("safe", "", ""), "hint: `qualitygate fix` fixes 1 of 3"),
        ("the work tree", ("", "", ""), ""),
        ("HEAD", ("safe", "safe", ""), ""),
    ),
)
def test_what_can_be_fixed_is_said_before_the_verdict(
    failed: Verdict, origin: str, kinds: tuple[Fixable, ...], hint: str
) -> None:
    new = tuple(finding._replace(fixable=kind) for finding, kind in zip(failed.new, kinds, strict=False))
    lines = text.render(failed._replace(head=failed.head._replace(origin=origin), new=new)).splitlines()
    assert (hint in lines) if hint else not any(line.startswith("hint") for line in lines)
    assert lines[-1].startswith("failed: ")
