from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.errors import QualityGateError
from qualitygate.gate.ci_event import Event, read_event
from tests.ci_runner import ZERO, pull_request, push

A, B, C = "a" * 40, "b" * 40, "c" * 40
GITLAB = {"GITLAB_CI": "true", "CI_COMMIT_SHA": A, "CI_DEFAULT_BRANCH": "main"}


def github(folder: Path, name: str, event: Any, ref: str = "refs/heads/main") -> Event:
    path = folder / "event.json"
    path.write_text(json.dumps(event))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}
    return read_event({**env, "GITHUB_SHA": C, "GITHUB_REF": ref})


def test_a_pull_request_names_its_branch_and_may_be_checked_out_merged_or_not(tmp_path: Path) -> None:
    event = github(tmp_path, "pull_request", pull_request(7, base=A, head=B))
    assert event == Event("GitHub Actions", "proposed", "pull request 7", (C, B), A, "main", "main", B)


def test_a_push_to_a_new_branch_has_no_base(tmp_path: Path) -> None:
    assert github(tmp_path, "push", push(A, C)).base == A
    assert github(tmp_path, "push", push(ZERO, C)).base == ""


@pytest.mark.parametrize(
    ("name", "ref", "said"),
    [
        ("pull_request_target", "refs/heads/main", "does not run for pull_request_target"),
        ("schedule", "refs/heads/main", "for schedule, which names no change"),
        ("push", "refs/tags/v1", "for push, which names no change"),
    ],
)
def test_an_event_that_is_no_change_is_refused(tmp_path: Path, name: str, ref: str, said: str) -> None:
    with pytest.raises(QualityGateError, match=said):
        github(tmp_path, name, {}, ref)


def test_outside_ci_nothing_is_guessed() -> None:
    with pytest.raises(QualityGateError, match="neither GitHub Actions nor GitLab CI"):
        read_event({"CI": "true"})


def test_a_merge_request_of_gitlab() -> None:
    request = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "4",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": B,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }
    plain = read_event({**GITLAB, **request})
    assert plain == Event("GitLab CI", "proposed", "merge request 4", (A,), B, "main", "main")
    # Merged results: what is checked out is a merge that GitLab made, and the source branch has its own tip.
    merged = read_event({**GITLAB, **request, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": C})
    assert (merged.heads, merged.source) == ((A, C), C)


def test_a_push_at_gitlab() -> None:
    run = {**GITLAB, "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}
    assert read_event({**run, "CI_COMMIT_BEFORE_SHA": B}).base == B
    assert read_event({**run, "CI_COMMIT_BEFORE_SHA": ZERO}).base == ""
    with pytest.raises(QualityGateError, match="names no change"):
        read_event({**GITLAB, "CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("head", "base", "sha", "x")), inner),
    max_leaves=10,
)
documents = st.dictionaries(
    st.sampled_from(("pull_request", "repository", "merge_group", "before", "after", "number")), json_values
)


@given(documents | json_values, st.sampled_from(("pull_request", "push", "merge_group", "other", "")))
def test_whatever_the_event_file_holds_it_is_an_event_or_an_error_for_people(document: Any, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            event = github(Path(folder), name, document)
        except QualityGateError as exc:
            assert exc.hint
        else:
            assert event.kind == "pushed" or (event.base and event.branch)


def test_an_event_file_that_is_no_json_is_an_error_for_people(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(b"\xff{")
    with pytest.raises(QualityGateError, match="cannot be read"):
        read_event({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(path)})
