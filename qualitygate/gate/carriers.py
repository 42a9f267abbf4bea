"""Which commits brought what blocks: those that no record stands for, between what is trusted and what is judged.

Asked only where something blocks and such commits are there, so that an ordinary commit pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from qualitygate import git, git_history
from qualitygate.gate import accept, records
from qualitygate.git import Repo
from qualitygate.git_history import Commit
from qualitygate.model import Base, Carrier, Finding, Tree

_MOST = 500
"""Commits that are looked through: what went past longer ago is found, and not told by whom."""
_ASKED = 20
"""Findings that git is asked about, one call each."""


def unrecorded(shared: Path, rows: Sequence[Commit]) -> list[Commit]:
    """Those that passed no gate here and were let through by nobody, in the same order."""
    return [
        row for row in rows if not records.is_trusted(shared, row.tree) and not accept.is_accepted(shared, row.tree)
    ]


def carriers(
    repo: Repo,
    shared: Path | None,
    reader: Repo,
    head: Tree,
    *,
    tips: Sequence[str],
    commit: str,
    bases: Sequence[Base],
    findings: Sequence[Finding],
) -> tuple[Carrier, ...]:
    """Per commit without a record what it brought of `findings`, newest commit first.

    `commit` is what `head` is the tree of; "" for what is not committed yet, on top of the commits `tips`.
    `reader` can read `head`. Without `shared` no record is read: all commits in between are asked about.
    """
    starts = (commit,) if commit else tuple(tips)
    stops = [base.commit for base in bases if base.commit]
    if not starts or set(starts) <= set(stops):
        return ()
    rows = git_history.history(repo, starts, stops, _MOST)
    rows = rows if shared is None else unrecorded(shared, rows)
    past = {row.id for row in rows}
    found: dict[str, list[Finding]] = {}
    for finding in findings[:_ASKED] if past else ():
        whose = _origin(repo, reader, head, finding, commit, past)
        if whose in past:
            found.setdefault(whose, []).append(finding)
    subjects = git_history.subjects(repo, list(found))
    return tuple(Carrier(row.id, subjects.get(row.id, ""), tuple(found[row.id])) for row in rows if row.id in found)


def _origin(repo: Repo, reader: Repo, head: Tree, finding: Finding, commit: str, past: Collection[str]) -> str:
    """The commit that the line of a finding is from; the last one that changed its file, where there is no line."""
    entry = head.entries.get(finding.path)
    if finding.line and finding.direction == "debt" and entry is not None and entry.is_file:
        content = None if commit else next(git.blobs(reader, [entry.blob]))[1]
        said = git_history.blame(repo, commit, finding.path, finding.line, content)
        if said is not None:
            return said
    rows = git_history.history(repo, [commit or "HEAD"], limit=_MOST, paths=[finding.path])
    return next((row.id for row in rows if row.id in past), "")
