"""From facts to a plan: which checks, with which settings. Trials on HEAD decide what fits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from qualitygate import git
from qualitygate.bootstrap import existing_trials, house_trials
from qualitygate.bootstrap.deciding import kept, mypy, plain, ruff, semgrep, tests
from qualitygate.bootstrap.deciding.ground import Ground
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.growing import NOTHING, TAKEN_OUT, Taken, Told, of_the_project, told
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.bootstrap.scopes import is_meant, known, narrowed, roots, slug
from qualitygate.checks import traits
from qualitygate.checks.scope import all_within
from qualitygate.checks.tool_environment import PINNED
from qualitygate.config import FILE_NAME
from qualitygate.errors import ToolError
from qualitygate.gate.surroundings import project_at
from qualitygate.playbook import Playbook, PlaybookCheck

_DECISIONS: Mapping[str, Callable[[Draft, Ground, PlaybookCheck], None]] = {
    "ruff": ruff.lint,
    "ruff-format": ruff.style,
    "mypy": mypy.decide,
    "pytest": tests.python,
    "semgrep": semgrep.decide,
    "kept-tests": kept.decide,
    "kept-types": kept.decide,
    **dict.fromkeys(("vitest", "jest", "mocha", "node-test"), tests.decide),
}
"""Tools for which it takes more than to try them; `deciding.plain` has all others."""


def compose(
    draft: Draft,
    ground: Ground,
    playbooks: Sequence[Playbook],
    progress: Callable[[str], None],
    taken: Taken = NOTHING,
) -> None:
    """Decide every check of the playbooks, in each folder it belongs to; `qualitygate.toml` is not yet in the draft.

    What the draft has already stays, and is not tried; what was `taken` out by somebody stays out.
    """
    names = of_the_project(git.entries(ground.scratch.gate.repo, ground.scratch.head))
    for playbook in playbooks:
        for check in playbook.checks:
            there = {one.tool for one in draft.checks}
            if not is_meant(check, ground.facts, there):
                continue
            places = roots(ground.scratch.tools[check.tool], known(ground.facts, check.known_as), names)
            tool = ground.scratch.tools[check.tool]
            for root in places:
                # What is going to be written is looked at, too: else only a second run would find it there.
                if not any(tool.wants(path) for path in all_within(root, (*names, *draft.edits, FILE_NAME))):
                    continue
                name = check.name if len(places) == 1 or not root else f"{check.name}-{slug(root)}"
                one = Told(check.tool, root)
                if any(kept.name == name or told(kept.tool, kept.options) == one for kept in draft.kept):
                    continue
                if taken.holds(name, one):
                    draft.leave_out(name, TAKEN_OUT)
                    continue
                here = ground._replace(facts=narrowed(ground.facts, root), playbook=playbook, root=root)
                progress(f"calibrating {name}")
                first = len(draft.steps)
                _decide(draft, here, check._replace(name=name))
                draft.steps[first:] = [_with_folder(step, root, names) for step in draft.steps[first:]]
    for standing in draft.kept:
        _without_environment(draft, ground, standing)
    draft.existing = existing_trials.settle(draft, ground, taken, progress)
    draft.house_rules = house_trials.settle(draft, ground, taken, progress)


def _with_folder(step: Step, root: str, names: Collection[str]) -> Step:
    """The decision as it reads among those for other folders; what is decided in one names its files from there."""
    if not root:
        return step
    named = step.evidence.split(";")[0].split(":")[0]
    evidence = f"{root}/{step.evidence}" if f"{root}/{named}" in names else step.evidence
    return step._replace(step=f"{step.step} in {root}", evidence=evidence)


def _without_environment(draft: Draft, ground: Ground, check: PlannedCheck) -> None:
    """Say of a check that looks without the project's environment that there is one by now: it stays as it is."""
    root = str(check.options.get("root", ""))
    if check.options.get("environment") == "none" and ground.scratch.project(root).environment is not None:
        mend = f'set environment = "project" in [checks.{check.name}] of {FILE_NAME}'
        draft.leave_out(f"imports in {check.name}", f"set up before there was an environment to use: {mend}")


def _decide(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    try:
        _DECISIONS.get(check.tool, plain.decide)(draft, ground, check)
    except ToolError as exc:  # one tool that is not here, or may not run, takes no other check along
        draft.leave_out(check.name, _reason(exc, ground, check))


def _reason(exc: ToolError, ground: Ground, check: PlaybookCheck) -> str:
    """Why a tool cannot run, and what has to be done before the next bootstrap."""
    tool = ground.scratch.tools[check.tool]
    if traits.ecosystem(tool) == "node" and ground.project.modules is None and tool.package not in PINNED:
        if not ground.scratch.trusted and project_at(ground.scratch.gate.repo, ground.root, ("node",)).modules:
            return "it runs from node_modules, whose programs are not trusted in this clone: bootstrap with --trust"
        if not _has_manifest(ground):
            return f"it runs from node_modules, and there is no package.json that could bring {tool.package} there"
        return f"it runs from node_modules: {_installing(ground)}, then bootstrap with --trust"
    hint = exc.hint.replace("`qualitygate install --trust`; to set the check up, ", "")
    said = f"{exc.message}; {hint}" if hint else exc.message
    return said.replace("`qualitygate install --trust`", "bootstrap with --trust")


def _has_manifest(ground: Ground) -> bool:
    """Whether the folder, or one above it, has what packages are installed from."""
    entries = git.entries(ground.scratch.gate.repo, ground.scratch.head)
    parts = ground.root.split("/") if ground.root else []
    return any("/".join((*parts[:n], "package.json")) in entries for n in range(len(parts) + 1))


_INSTALLING = {"npm": "npm install", "pnpm": "pnpm install", "yarn": "yarn install", "bun": "bun install"}


def _installing(ground: Ground) -> str:
    """The command that brings the packages which the manifests of the folder name."""
    names = [fact.name.removesuffix(" workspace") for fact in ground.facts.package_managers]
    return next((_INSTALLING[name] for name in names if name in _INSTALLING), "npm install")
