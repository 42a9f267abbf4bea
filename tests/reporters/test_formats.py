from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualitygate.model import Acceptance, CheckResult, Finding, Tree, Verdict
from qualitygate.output import Console
from qualitygate.reporters import github, junit, sarif
from qualitygate.reporters.verdict import FORMATS, show
from tests.support import with_ids

DATA = Path(__file__).parent.parent / "data"
MakeFinding = Callable[..., Finding]
SCHEMA = json.loads((DATA / "sarif" / "sarif-schema-2.1.0.json").read_text())
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


def fingerprint(finding: Finding) -> str:
    return f"{finding.line:012d}"


def sarif_log(verdict: Verdict) -> Any:
    log = json.loads(sarif.render(with_ids(verdict, fingerprint)))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    return log["runs"][0]


def suites(verdict: Verdict) -> ElementTree.Element:
    return ElementTree.fromstring(junit.render(with_ids(verdict, fingerprint)))


def passed(head: Tree) -> Verdict:
    return Verdict("passed", head, (), checks=(CheckResult("ruff", "ruff", "1", 3, "passed", False, 0.1),))


@pytest.mark.parametrize(
    ("name", "module"), (("failed.sarif", sarif), ("failed.github", github), ("failed.xml", junit))
)
def test_whole_output(failed: Verdict, name: str, module: Any) -> None:
    changed = failed._replace(on_changed_lines=frozenset(failed.new[:1]))
    assert module.render(with_ids(changed, fingerprint)) == (DATA / "reports" / name).read_text("utf-8")


@pytest.mark.parametrize("style", sorted(FORMATS))
def test_every_format_can_be_asked_for(failed: Verdict, style: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(Console(), failed, style)
    assert "F401" in capsys.readouterr().out


def test_sarif_says_that_an_undecided_run_did_not_succeed(failed: Verdict) -> None:
    run = sarif_log(failed._replace(new=(), lost=(), status="undecided"))
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "tsc could not decide" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert sarif_log(passed(failed.head))["invocations"][0]["executionSuccessful"] is True
    assert sarif_log(Verdict("passed", failed.head, ()))["invocations"][0]["executionSuccessful"] is False


def test_what_a_person_accepted_stays_visible_and_fails_nothing(failed: Verdict) -> None:
    by = (Acceptance("a" * 40, "Ann", 0, "released today", 1),)
    verdict = failed._replace(status="accepted", new=(), lost=(), accepted=failed.new[:1], acceptances=by)
    row = sarif_log(verdict)["results"][0]
    assert (row["level"], row["suppressions"][0]["justification"]) == ("warning", "Ann: released today")
    assert github.render(with_ids(verdict, fingerprint)).startswith("::warning file=src/views.py")
    assert suites(verdict).get("failures") == "0"


def test_sarif_levels_and_states(failed: Verdict) -> None:
    rows = {row["ruleId"]: (row["level"], row["baselineState"]) for row in sarif_log(failed)["results"]}
    assert rows["ruff:F401"] == ("error", "new")
    assert rows["tests:case"] == ("error", "absent")
    assert rows["house:legacy"] == ("note", "new")


@pytest.mark.parametrize(
    ("path", "uri"),
    (
        ("a b#c%d.py", "a%20b%23c%25d.py"),
        ("caf\u00e9.py", "caf%C3%A9.py"),
        ("bad\udcff.py", "bad%FF.py"),
        ("a:b.py", "a%3Ab.py"),
    ),
)
def test_paths_are_uris_in_sarif(failed: Verdict, finding: MakeFinding, path: str, uri: str) -> None:
    run = sarif_log(failed._replace(new=(finding("c", "c:r", path, 0, 0, "m"),), lost=(), shown=()))
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}}


def test_annotations_cannot_be_broken_out_of(failed: Verdict, finding: MakeFinding) -> None:
    odd = finding("c", "c:r", "a,b:c%.py", 3, 1, "100% wrong\n::error::other")
    lines = github.render(failed._replace(new=(odd,), lost=(), shown=(), notes=())).splitlines()
    assert lines[0] == (
        "::error file=a%2Cb%3Ac%25.py,title=c%3Ar,line=3,endLine=3,col=1::100%25 wrong\\n::error::other"
    )
    assert len(lines) == 3  # one finding, one check that is undecided, and the verdict


def test_what_stands_on_changed_lines_comes_first_and_more_than_github_shows_is_said(
    failed: Verdict, finding: MakeFinding
) -> None:
    many = tuple(finding("c", "c:r", f"{n:02d}.py", 1, 1, f"m{n}") for n in range(12))
    verdict = failed._replace(new=many, lost=(), shown=(), on_changed_lines=frozenset(many[-1:]))
    lines = github.render(with_ids(verdict, fingerprint)).splitlines()
    assert lines[0].endswith("::m11")
    assert lines[-1].endswith("; GitHub shows 10 of them, this log all")


def test_junit_counts_and_nothing_that_ran_is_no_green_suite(failed: Verdict) -> None:
    root = suites(failed)
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "10",
        "failures": "6",
        "errors": "1",
        "skipped": "1",
    }
    empty = suites(Verdict("passed", failed.head, ()))
    assert (empty.get("tests"), empty.get("errors")) == ("1", "1")
    green = suites(passed(failed.head))
    assert (green.get("tests"), green.get("failures"), green.get("errors")) == ("1", "0", "0")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(TEXT.filter(lambda text: "\0" not in text), TEXT, TEXT)
def test_any_text_gives_a_well_formed_report(failed: Verdict, path: str, rule: str, message: str) -> None:
    path = path.encode("utf-8", "replace").decode("utf-8") or "a"
    odd = Finding("c\x07", rule or "r", path, 2, 1, 3, 1, message, fix=message)
    verdict = failed._replace(new=(odd,), notes=(message,), undecided=((rule or "r", message),))
    sarif_log(verdict)
    suites(verdict)
    assert all(line.startswith("::") for line in github.render(with_ids(verdict, fingerprint)).splitlines())
