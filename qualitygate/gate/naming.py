"""Whether the ref that a tree's settings call trusted counts: a change cannot name what it is judged against."""

from __future__ import annotations

from pathlib import Path

from qualitygate import git
from qualitygate.errors import ConfigError
from qualitygate.gate import records
from qualitygate.gate.base import Trusted, trusted_ref
from qualitygate.gate.policy import FILE, PLACES, Compile, GatePolicy, load
from qualitygate.git import Repo


def vetted(repo: Repo, shared: Path, policy: GatePolicy, version: str, compile_: Compile) -> GatePolicy:
    """The policy with `gate.trusted` where that counts, else without it and with a note that says when it will.

    It counts where the branch that is trusted without it says the same, or has no settings yet. A branch of a remote
    may also say it itself: it moves by fetch and push alone. A branch of this clone, where there is no remote, counts
    while it stands on what has passed. One that is not here is left to whoever looks for it.
    """
    if not policy.trusted:
        return policy
    commit = git.rev_parse(repo, f"{policy.trusted}^{{commit}}")
    usual = trusted_ref(repo, "")
    if commit is None or (usual is not None and usual.commit == commit):
        return policy
    ref = git.symbolic_full_name(repo, policy.trusted)
    is_remote = ref.startswith("refs/remotes/")

    def says(at: str) -> str | None:
        return _named_at(repo, shared, at, version, compile_)

    if usual is None:
        # The current branch is never its own trusted ref, and has nothing to prove.
        if is_remote or ref == git.symbolic_ref(repo, "HEAD") or _has_passed(repo, shared, commit):
            return policy
    else:
        there = says(usual.commit)
        if there == policy.trusted or (is_remote and (there is None or says(commit) == policy.trusted)):
            return policy
    return policy._replace(trusted="", notes=(*policy.notes, _why(policy.trusted, usual)))


def _why(named: str, usual: Trusted | None) -> str:
    until = f"it stands on {usual.name}" if usual is not None else "that branch has passed the gate"
    return f"gate.trusted = {named!r} does not count before {until}"


def _named_at(repo: Repo, shared: Path, commit: str, version: str, compile_: Compile) -> str | None:
    """What the settings of a commit call trusted; None where it has none."""
    entries = git.entries_at(repo, git.tree_of(repo, commit), *PLACES)
    if FILE not in entries:
        return None
    try:
        return load(repo, shared, entries, version, compile_).trusted
    except ConfigError:
        return ""


def _has_passed(repo: Repo, shared: Path, commit: str) -> bool:
    start = records.adopted(shared)
    return (start is not None and start.commit == commit) or records.is_trusted(shared, git.tree_of(repo, commit))
