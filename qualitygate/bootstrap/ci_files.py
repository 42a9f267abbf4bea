"""Which CI services run the gate here, and the files that make them do it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qualitygate import git, git_config
from qualitygate.bootstrap.blocks import holds_block
from qualitygate.bootstrap.ci_environment import steps_for
from qualitygate.bootstrap.ci_render import Settings, is_ours, is_untouched, render_github, render_gitlab
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import Edit, set_block
from qualitygate.bootstrap.plan import Step
from qualitygate.bootstrap.yaml_events import events_of, items_of, kind_of, pairs_of, root_of
from qualitygate.config import parse_toml
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import base as bases_
from qualitygate.gate.surroundings import version
from qualitygate.git import Repo
from qualitygate.inspection.facts import Facts
from qualitygate.inspection.setup_commands import find_set_up
from qualitygate.locations import CI_FILES, GITHUB_WORKFLOW, GITLAB_CI, GITLAB_JOB, SETTINGS

AUTO, NONE = "auto", "none"
_INCLUDE = ("include:", f"  - local: /{GITLAB_JOB}")
_COMMENT = "# {}"
_PYTHONS = ("3.13", "3.12", "3.11", "3.10", "3.14")
_WHY = "{what} and pushes to {branch} are judged there too, by settings that the change itself cannot relax"


class Asked(NamedTuple):
    """The service that was asked for (`auto`: those that the repository uses), and whether a gate was here before."""

    service: str
    again: bool


def add_ci(draft: Draft, repo: Repo, facts: Facts, asked: Asked) -> None:
    """Add the CI files to the plan. Where a gate was here before, what is there and unedited is brought up to date."""
    if asked.service == NONE:
        return
    refresh = asked.again and asked.service == AUTO
    for name, place, path in (("github", _github, GITHUB_WORKFLOW), ("gitlab", _gitlab, GITLAB_JOB)):
        here = draft.read(path) is not None
        wanted = asked.service == name or (
            asked.service == AUTO and (here if refresh else bool(_uses(name, repo, facts)))
        )
        if wanted:
            place(draft, repo, _settings(draft, repo, facts), _uses(name, repo, facts) or "as asked", refresh)
    if asked.service == AUTO and not refresh and not any(_uses(name, repo, facts) for name in ("github", "gitlab")):
        draft.leave_out("CI", "neither GitHub nor GitLab is in sight here; `bootstrap --ci github` writes it")


def _uses(name: str, repo: Repo, facts: Facts) -> str:
    """What says that the repository is at this service; "" where nothing does."""
    services = {"github": "GitHub Actions", "gitlab": "GitLab CI"}
    fact = next((fact for fact in facts.ci if fact.name == services[name]), None)
    if fact is not None and any(path not in CI_FILES for path in fact.files):
        return next(path for path in fact.files if path not in CI_FILES)
    if name == "gitlab" and fact is not None and GITLAB_CI in fact.files:
        return GITLAB_CI
    if name == "github" and (repo.root / ".github").is_dir():
        return ".github is here"
    remotes = git_config.remotes(repo)
    return next((f"remote {remote}" for remote, url in remotes.items() if _host(url).startswith(f"{name}.")), "")


def _host(url: str) -> str:
    found = re.match(r"(?:[a-z+]+://)?(?:[^@/]*@)?([^/:]+)[:/]", url)
    return found[1].lower().removeprefix("ssh.") if found else ""


def _settings(draft: Draft, repo: Repo, facts: Facts) -> Settings:
    gate = parse_toml(draft.read(SETTINGS) or b"", file=SETTINGS).get("gate", {})
    branch = bases_.main_branch(repo, gate.get("trusted", "")) or bases_.current_branch(repo) or "main"
    steps = steps_for(draft.checks, find_set_up(repo, CI_FILES))
    return Settings(version(), branch, _python(facts), steps)


def _python(facts: Facts) -> str:
    def number(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", text)[:2])

    least, below = facts.min_runtime.get("python"), facts.min_runtime.get("python_max_exclusive")
    for candidate in _PYTHONS:
        enough = least is None or number(candidate) >= number(least.name)
        if enough and (below is None or number(candidate) < number(below.name)):
            return candidate
    return _PYTHONS[0]


def _github(draft: Draft, repo: Repo, settings: Settings, evidence: str, refresh: bool) -> None:
    if _put(draft, repo, GITHUB_WORKFLOW, render_github(settings), refresh):
        why = _WHY.format(what="pull requests", branch=settings.branch)
        draft.steps.append(Step(f"write {GITHUB_WORKFLOW}", why, _evidence(evidence, settings)))


def _gitlab(draft: Draft, repo: Repo, settings: Settings, evidence: str, refresh: bool) -> None:
    before = draft.read(GITLAB_CI)
    try:
        stages, includes = _read(before)
    except ConfigError as exc:
        draft.leave_out(GITLAB_CI, exc.message)
        return
    settings = settings._replace(stage="test" if not stages or "test" in stages else stages[0])
    if _put(draft, repo, GITLAB_JOB, render_gitlab(settings), refresh):
        why = _WHY.format(what="merge requests", branch=settings.branch)
        draft.steps.append(Step(f"write {GITLAB_JOB}", why, _evidence(evidence, settings)))
    if refresh or GITLAB_JOB not in draft.edits or GITLAB_JOB.encode("ascii") in (before or b""):
        return
    if includes and not holds_block(before or b"", _COMMENT):
        draft.leave_out(GITLAB_CI, f"it has an `include:` of its own; add to it: `- local: /{GITLAB_JOB}`")
        return
    after = set_block(before, _COMMENT, _INCLUDE, file=GITLAB_CI)
    draft.write(Edit(GITLAB_CI, before, after, kind="block"))
    draft.steps.append(Step(f"include it in {GITLAB_CI}", "GitLab reads that file only", "a marked block at its end"))


def _read(data: bytes | None) -> tuple[Sequence[str], bool]:
    """The stages that a `.gitlab-ci.yml` names, and whether it includes something."""
    if data is None:
        return (), False
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("it is not UTF-8") from None
    events = events_of(text, GITLAB_CI)
    root = root_of(events)
    if root is None:
        return (), False
    if kind_of(events[root]) != "MappingStart" or events[root].flow_style or events[root].start_mark.column:
        raise ConfigError("it has a shape to which nothing can be added safely")
    if sum(kind_of(event) == "DocumentStart" for event in events) > 1:
        raise ConfigError(f"it has several documents; add to the last one: include: [local: /{GITLAB_JOB}]")
    pairs = dict(pairs_of(events, root))
    items = items_of(events, pairs["stages"]) if "stages" in pairs else ()
    stages = [str(events[at].value) for at in items if kind_of(events[at]) == "Scalar"]
    return stages, "include" in pairs


def _put(draft: Draft, repo: Repo, path: str, data: bytes, refresh: bool) -> bool:
    """Write a file of ours, unless it is somebody's; returns whether that changes anything."""
    before = draft.read(path)
    if before is None and git.is_ignored(repo, path):
        draft.leave_out(path, "git ignores it")
        return False
    if before is not None and not is_untouched(before):
        if not refresh or not is_ours(before):
            why = "it was edited, and is left as it is" if is_ours(before) else "a file of that name is here; it stays"
            draft.leave_out(path, why)
        return False
    draft.write(Edit(path, before, data))
    return before != data


def _evidence(evidence: str, settings: Settings) -> str:
    parts = [evidence, *(f"the project is set up {steps.source}" for steps in settings.steps)]
    if "dev" in settings.version:
        parts.append(f"it installs version {settings.version}, which is not released yet")
    return "; ".join(parts)
