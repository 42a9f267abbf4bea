"""What a CI service says of the run it started: which change, onto which branch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple


class Event(NamedTuple):
    """`kind`: a change is `proposed` for `branch`, or was `pushed` to it.

    `heads` are the commits that may be checked out for it. `base` is the commit that the service names as the state
    before ("" for none: the branch is new). `source` is the tip of what is proposed, where the service may have merged
    it. `name` is what a person calls it (`pull request 7`), `default` the repository's main branch.
    """

    service: str
    kind: Literal["proposed", "pushed"]
    name: str
    heads: tuple[str, ...]
    base: str
    branch: str
    default: str
    source: str = ""


GITHUB, GITLAB = "GitHub Actions", "GitLab CI"


def read_event(env: Mapping[str, str]) -> Event:
    """The event of this run. Raises QualityGateError outside CI, and for an event that names no change."""
    if env.get("GITHUB_ACTIONS") == "true":
        return _github(env)
    if env.get("GITLAB_CI") == "true":
        return _gitlab(env)
    raise QualityGateError(
        "--ci was asked for, but neither GitHub Actions nor GitLab CI started this run",
        hint="elsewhere: `qualitygate run --range BASE..HEAD`",
    )


def _github(env: Mapping[str, str]) -> Event:
    name, document = env.get("GITHUB_EVENT_NAME", ""), _document(env.get("GITHUB_EVENT_PATH", ""))
    default = _text(document, "repository", "default_branch")
    sha = env.get("GITHUB_SHA", "")
    if name == "pull_request":
        request = ("pull_request",)
        source = _text(document, *request, "head", "sha")
        label = f"pull request {_text(document, *request, 'number') or _text(document, 'number')}".strip()
        branch = _text(document, *request, "base", "ref") or env.get("GITHUB_BASE_REF", "")
        base = _text(document, *request, "base", "sha")
        return _complete(Event(GITHUB, "proposed", label, (sha, source), base, branch, default, source))
    if name == "merge_group":
        group = ("merge_group",)
        branch = _text(document, *group, "base_ref").removeprefix("refs/heads/")
        heads = (sha, _text(document, *group, "head_sha"))
        base = _text(document, *group, "base_sha")
        return _complete(Event(GITHUB, "proposed", "merge queue", heads, base, branch, default))
    if name == "push" and env.get("GITHUB_REF", "").startswith("refs/heads/"):
        branch = env["GITHUB_REF"].removeprefix("refs/heads/")
        before = _not_zero(_text(document, "before"))
        return Event(GITHUB, "pushed", f"push to {branch}", (sha, _text(document, "after")), before, branch, default)
    if name == "pull_request_target":
        # Code of the proposer would run with the repository's secrets.
        raise QualityGateError(
            "the gate does not run for pull_request_target", hint="start it with `on: pull_request`, without secrets"
        )
    raise _no_change(GITHUB, name)


def _gitlab(env: Mapping[str, str]) -> Event:
    name, sha, default = (
        env.get("CI_PIPELINE_SOURCE", ""),
        env.get("CI_COMMIT_SHA", ""),
        env.get("CI_DEFAULT_BRANCH", ""),
    )
    if name == "merge_request_event":
        label = f"merge request {env.get('CI_MERGE_REQUEST_IID', '')}".strip()
        source = _not_zero(env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""))
        base = env.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")
        branch = env.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
        heads = (sha, source) if source else (sha,)
        return _complete(Event(GITLAB, "proposed", label, heads, base, branch, default, source))
    if name == "push" and env.get("CI_COMMIT_BRANCH"):
        branch, before = env["CI_COMMIT_BRANCH"], _not_zero(env.get("CI_COMMIT_BEFORE_SHA", ""))
        return Event(GITLAB, "pushed", f"push to {branch}", (sha,), before, branch, default)
    raise _no_change(GITLAB, name)


def _complete(event: Event) -> Event:
    if not event.base or not event.branch or not event.heads[0]:
        raise QualityGateError(
            f"{event.service} says {event.name}, but not which commits it is about",
            hint="do not change the variables and the event file that it sets",
        )
    return event


def _no_change(service: str, name: str) -> QualityGateError:
    return QualityGateError(
        f"{service} started this run for {name or 'no event'}, which names no change to judge",
        hint="run the gate for pull or merge requests and for pushes to a branch; "
        "to look at everything: `qualitygate run --commit HEAD --all-files`",
    )


def _document(path: str) -> Any:
    try:
        return json.loads(Path(path).read_bytes()) if path else {}
    except (OSError, ValueError, RecursionError) as exc:
        raise QualityGateError(f"the event file {path} cannot be read: {exc}", hint="do not change it") from None


def _text(document: Any, *keys: str) -> str:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return str(document) if isinstance(document, (str, int)) else ""


def _not_zero(commit: str) -> str:
    """A commit id, but for the one of zeros by which a service says that there was none."""
    return commit if commit.strip("0") else ""
