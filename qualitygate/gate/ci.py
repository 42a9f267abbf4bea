"""Judge what a CI run is about. What counts are the settings of the base branch, whatever the change does to them."""

from __future__ import annotations

from qualitygate import git, git_history
from qualitygate.errors import GitError
from qualitygate.frozen import NamedTuple
from qualitygate.gate.base import Bases
from qualitygate.gate.carriers import carriers
from qualitygate.gate.ci_event import Event
from qualitygate.gate.judging import judge_against
from qualitygate.gate.planning import Gate
from qualitygate.gate.policy import FILE, PLACES, load
from qualitygate.gate.surroundings import version
from qualitygate.gate.trees import commit_tree
from qualitygate.git import Repo
from qualitygate.locations import CI_FILES
from qualitygate.model import Base, Tree, Verdict


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
    """Judge it as a commit is judged on that base: what its settings take away still judges it, or is hidden and fails.

    Where base has no settings yet, those of head count.
    """
    gate = gate._replace(everything=gate.everything or span.everything)
    head = commit_tree(gate.repo, span.head)._replace(origin=event.name)
    base = span.bases.nearest[0]
    verdict = judge_against(gate, gate.repo, head, span.bases)
    before = git.entries(gate.repo, base.tree)
    notes = [f"{event.service}, {event.name}: {span.head[:7]} is judged against {base.commit[:7]}, {base.why}"]
    if FILE not in before:
        notes.append(f"{base.commit[:7]} has no {FILE}: the settings that come with this change judge it")
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
