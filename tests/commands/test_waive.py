from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.commands import waive
from qualitygate.errors import QualityGateError
from qualitygate.locations import WAIVERS
from qualitygate.reporters.waivers import render_list, render_written
from tests.support import make_repo, write

GATE = "schema = 1\n[checks.markers]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "r", {"qualitygate.toml": GATE, "a/b.py": ""})


def test_what_an_agent_asks_for_a_person_grants(root: Path) -> None:
    asked = waive.request(root, "tests:lost", "tests/test_a.py", reason="the  feature\nis gone", name="test_x")
    assert render_written(asked).startswith("asked for: tests:lost in tests/test_a.py test_x\nnext: commit")
    assert waive.list_waivers(root).requests == (asked.waiver,)
    done = waive.grant(root, "tests:lost", "tests/test_a.py", reason="", name="test_x")
    found = waive.list_waivers(root)
    assert (found.waivers, found.requests) == ((done.waiver,), ())
    assert done.waiver.reason == "the feature is gone"
    assert done.waiver.expires > found.today
    assert render_list(found).startswith(f"waived until {done.waiver.expires}: tests:lost in tests/test_a.py test_x (")


def test_what_stands_in_the_file_stays(root: Path) -> None:
    text = '# ours\nschema = 1\n\n[[request]]  # later\nrule = "a:b"\npath = "x"\nreason = "r"\n'
    write(root, {WAIVERS: text})
    waive.request(root, "c:d", "y", reason="s")
    assert (root / WAIVERS).read_text().startswith(text)
    assert [one.rule for one in waive.list_waivers(root).requests] == ["a:b", "c:d"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": ""}, "no reason was given"),
        ({"reason": "r", "expires": "soon"}, "'soon' is not a day"),
        ({"reason": "r", "expires": "2020-01-01"}, "2020-01-01 is not within the next 366 days"),
        ({"reason": "r", "expires": "2999-01-01"}, "2999-01-01 is not within"),
    ],
)
def test_a_waiver_that_makes_no_sense_writes_nothing(root: Path, given: dict[str, str], said: str) -> None:
    with pytest.raises(QualityGateError) as caught:
        waive.grant(root, "a:b", "x", **given)
    assert said in caught.value.message
    assert not (root / WAIVERS).exists()


def test_a_path_outside_the_repository_is_refused(root: Path) -> None:
    with pytest.raises(QualityGateError):
        waive.request(root, "a:b", "../x", reason="r")


def test_a_broken_file_is_not_written_over(root: Path) -> None:
    write(root, {WAIVERS: "[["})
    with pytest.raises(QualityGateError):
        waive.request(root, "a:b", "x", reason="r")
    assert (root / WAIVERS).read_text() == "[["


def test_an_agent_cannot_grant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    with pytest.raises(QualityGateError) as caught:
        waive.ask_a_person(terminal=True)
    assert caught.value.hint.startswith("qualitygate waive --request")


def test_without_a_terminal_nobody_can_grant() -> None:
    with pytest.raises(QualityGateError):
        waive.ask_a_person(terminal=False)


def test_nothing_is_waived_where_there_is_no_gate(tmp_path: Path) -> None:
    with pytest.raises(QualityGateError):
        waive.request(make_repo(tmp_path / "r", {"a": ""}), "a:b", "x", reason="r")
