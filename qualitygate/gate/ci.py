"""Judge what a CI run is about. What counts are the settings of the base branch, whatever the change does to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qualitygate import git, git_history, git_trees
from qualitygate.checks import traits
from qualitygate.checks.tool import is_config, settings_files
from qualitygate.errors import GitError
from qualitygate.gate.base import Bases
from qualitygate.gate.carriers import carriers
from qualitygate.gate.ci_event import Event
from qualitygate.gate.judging import judge_against
from qualitygate.gate.planning import Gate
from qualitygate.gate.policy import FILE, PLACES, GatePolicy, load
from qualitygate.gate.surroundings import version
from qualitygate.gate.trees import commit_tree
from qualitygate.git import Repo
from qualitygate.locations import CI_FILES, EXTENDED, FOLDER
from qualitygate.model import Base, Entry, Finding, Tree, Verdict


class Span(NamedTuple):
    """What is judged (a commit) against what. `everything`: nothing is older, so all files are looked at."""

    head: str
    bases: Bases
    everything: bool = False


def find_span(gate: Gate, event: Event) -> Span:
    """The commits that an event is about. Raises GitError, with the command that fetches it, for what is not here."""
    repo = gate.repo
    head = git.head_commit(repo)
    if head is None or head not in event.heads:
        raise GitError(
            f"{(head or 'nothing')[:7]} is checked out, which is not what {event.name} is about",
            hint=f"git checkout {event.heads[0]}",
        )
    return _proposed(repo, event, head) if event.kind == "proposed" else _pushed(gate, event, head)


def _proposed(repo: Repo, event: Event, head: str) -> Span:
    parents = git_history.parents(repo, head)
    if event.source and head != event.source and parents[1:] == [event.source]:
        # The service merged it into the branch as that is now, which may be newer than the event says.
        tip = parents[0]
        return Span(head, Bases((Base(_tree(repo, tip, event), tip, f"{event.branch}, which it was merged with"),)))
    _tree(repo, event.base, event)
    return Span(head, Bases(_meeting(repo, event.base, head, event.branch)))


def _pushed(gate: Gate, event: Event, head: str) -> Span:
    repo = gate.repo
    if not _is_trusted_branch(gate, event):
        tip = git.refs(repo, f"refs/remotes/origin/{event.default}")
        if not tip:
            raise GitError(
                f"origin/{event.default}, which {event.branch} is compared with, is not here",
                hint=f"git fetch origin +refs/heads/{event.default}:refs/remotes/origin/{event.default}",
            )
        return Span(head, Bases(_meeting(repo, next(iter(tip.values())), head, event.default)))
    if event.base:
        base = Base(_tree(repo, event.base, event), event.base, f"{event.branch} before the push")
        return Span(head, Bases((base,)))
    first = _adoption(repo, head)
    why = f"where {FILE} came in" if first != head else "itself: nothing was pushed before"
    return Span(head, Bases((Base(git.tree_of(repo, first), first, why),)), everything=True)


def _is_trusted_branch(gate: Gate, event: Event) -> bool:
    """Whether what stands on this branch is trusted: it is the main one, or the one that its settings name."""
    if event.branch == event.default or not event.default:
        return True
    before = git.rev_parse(gate.repo, f"{event.base}^{{tree}}") if event.base else None
    if before is None:
        return False
    # As the branch said before this push, which cannot make itself trusted.
    entries = git.entries_at(gate.repo, before, *PLACES)
    named = load(gate.repo, gate.state.shared, entries, version(), gate.compile).trusted
    return named.partition("/")[2] == event.branch


def _adoption(repo: Repo, head: str) -> str:
    """The first commit that had our settings: what stood there was taken as it was. Without any, the head itself."""
    if git.is_shallow(repo):
        raise GitError("history is cut off, and with it where the gate came in", hint="git fetch --unshallow")
    found = git_history.history(repo, [head], paths=[FILE], limit=100_000)
    return found[-1].id if found else head


def _meeting(repo: Repo, base: str, head: str, branch: str) -> tuple[Base, ...]:
    found = git_history.merge_bases(repo, base, head)
    if not found:
        if git.is_shallow(repo):
            raise GitError(f"history is cut off before it meets {branch}", hint="git fetch --unshallow")
        raise GitError(f"the change and {branch} have no common ancestor", hint=f"git rebase --onto origin/{branch}")
    return tuple(Base(git.tree_of(repo, commit), commit, f"merge base with {branch}") for commit in found)


def _tree(repo: Repo, commit: str, event: Event) -> str:
    tree = git.rev_parse(repo, f"{commit}^{{tree}}")
    if tree is None:
        fetch = "git fetch --unshallow" if git.is_shallow(repo) else f"git fetch origin {commit}"
        raise GitError(f"{commit[:7]}, which {event.name} is compared with, is not in this clone", hint=fetch)
    return tree


def judge_span(gate: Gate, event: Event, span: Span) -> Verdict:
    """Judge it by its own settings, as a commit is, and where it changes them by those of base as well.

    What only base's settings report is hidden, and fails. Where base has no settings yet, those of head alone count.
    """
    gate = gate._replace(everything=gate.everything or span.everything)
    head = commit_tree(gate.repo, span.head)._replace(origin=event.name)
    base = span.bases.nearest[0]
    verdict = judge_against(gate, gate.repo, head, span.bases)
    before = git.entries(gate.repo, base.tree)
    notes = [f"{event.service}, {event.name}: {span.head[:7]} is judged against {base.commit[:7]}, {base.why}"]
    changed = _changed_settings(gate, head, before)
    if FILE not in before:
        notes.append(f"{base.commit[:7]} has no {FILE}: the settings that come with this change judge it")
    elif changed:
        names = ", ".join(sorted(changed)[:5]) + (" ..." if len(changed) > 5 else "")
        notes.append(f"settings changed ({names}): those of {base.commit[:7]} judge this change as well")
        verdict = _under_base(gate, verdict, head, span.bases, changed)
    else:
        notes.append(f"the settings of {base.commit[:7]} are in force")
    edited = [path for path in CI_FILES if before.get(path) != head.entries.get(path) and path in before]
    notes += [f"this change edits {path}, which decides how this run is made: look at it yourself" for path in edited]
    notes += _brought_by(gate, head, span, verdict)
    return verdict._replace(notes=(*notes, *verdict.notes))


def _brought_by(gate: Gate, head: Tree, span: Span, verdict: Verdict) -> list[str]:
    """Which commits of the span brought what blocks, and whose they are; records of machines count for nothing here."""
    bases = span.bases.nearest
    found = carriers(
        gate.repo, None, gate.repo, head, tips=(), commit=span.head, bases=bases, findings=verdict.blocking
    )
    authors = git_history.authors(gate.repo, [one.commit for one in found])
    return [
        f"{len(one.findings)} of these came with {one.commit[:7]} ({one.subject}) of {authors.get(one.commit, '')}"
        for one in found
    ]


def _changed_settings(gate: Gate, head: Tree, before: Mapping[str, Entry]) -> dict[str, Entry | None]:
    """The settings that differ, as they are on base (None: not there)."""
    files = settings_files(gate.tools)
    policy = load(gate.repo, gate.state.shared, _of_policy(before), version(), gate.compile)
    named = {str(check.options["config_file"]) for check in policy.checks if check.options.get("config_file")}
    paths = {
        path
        for path in {*before, *head.entries}
        if is_config(path, files) or path == FILE or path in named or path.startswith(FOLDER)
    }
    return {path: before.get(path) for path in paths if before.get(path) != head.entries.get(path)}


def _of_policy(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    return {path: entry for path, entry in entries.items() if path == FILE or path.startswith(EXTENDED)}


def _under_base(gate: Gate, verdict: Verdict, head: Tree, bases: Bases, changed: Mapping[str, Entry | None]) -> Verdict:
    """The verdict, and what base's settings find in head besides."""
    blobs = dict(git.blobs(gate.repo, [entry.blob for entry in changed.values() if entry is not None]))
    files = {path: blobs[entry.blob] if entry else None for path, entry in changed.items()}
    reader, tree = git_trees.with_files(gate.repo, head.id, files, gate.state.worktree / "ci")
    mixed = Tree(tree, lambda: git.entries(reader, tree), head.origin)
    policy = load(reader, gate.state.shared, git.entries_at(reader, tree, *PLACES), version(), gate.compile)
    # New tests may need new settings to run at all, so those of base say nothing about them.
    only = tuple(check.name for check in policy.checks if traits.unit(gate.tools[check.tool]) != "test")
    if not only:
        return verdict
    also = judge_against(gate._replace(only=only, versions=_versions(gate, head, policy)), reader, mixed, bases)
    told = {_place(finding) for finding in verdict.new}
    hidden = tuple(finding for finding in also.new if _place(finding) not in told)
    open_ = dict(verdict.undecided)
    stuck = [(check, f"under base's settings: {why}") for check, why in also.undecided if check not in open_]
    failed = {finding.check for finding in hidden}
    checks = tuple(row._replace(state="failed") if row.check in failed else row for row in verdict.checks)
    status = "failed" if verdict.blocking or hidden else "undecided" if stuck else verdict.status
    return verdict._replace(
        status=status,
        hidden=hidden,
        checks=checks,
        undecided=(*verdict.undecided, *stuck),
        fingerprints={**also.fingerprints, **verdict.fingerprints},
        on_changed_lines=verdict.on_changed_lines | (also.on_changed_lines & frozenset(hidden)),
    )


def _versions(gate: Gate, head: Tree, base: GatePolicy) -> dict[str, str]:
    """The versions that head's settings ask for: a change that brings new tools is judged with these."""
    policy = load(gate.repo, gate.state.shared, _of_policy(head.entries), version(), gate.compile)
    tools = {check.name: check.tool for check in base.checks}
    return {check.name: check.version for check in policy.checks if tools.get(check.name) == check.tool}


def _place(finding: Finding) -> tuple[str, str, int, int, str]:
    return finding.rule, finding.path, finding.line, finding.column, finding.message
