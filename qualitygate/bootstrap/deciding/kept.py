"""Checks of what must not get lost: they are for repositories in which there is something to lose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from qualitygate import git
from qualitygate.bootstrap.deciding import plain
from qualitygate.bootstrap.deciding.ground import Ground
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.safeguard_seeds import Read, Sown, lost_tests, lost_types
from qualitygate.playbook import PlaybookCheck

_AT_ONCE = 200
"""Files that are read in one go: most repositories have what is looked for among the first."""
_LOST: Mapping[str, tuple[Callable[[Iterable[str], Read], Iterator[Sown]], str]] = {
    "kept-tests": (lost_tests, "there is no test here that could get lost; once there are some, bootstrap again"),
    "kept-types": (
        lost_types,
        "no product code here has a type that could get lost; once some has, bootstrap again",
    ),
}


def decide(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """The check, where what it is proven by can be taken away from some file of HEAD."""
    find, why = _LOST[check.tool]
    if _is_there(ground, check, find):
        plain.decide(draft, ground, check)
    else:
        draft.leave_out(check.name, why)


def _is_there(ground: Ground, check: PlaybookCheck, find: Callable[[Iterable[str], Read], Iterator[Sown]]) -> bool:
    repo, tool = ground.scratch.gate.repo, ground.scratch.tools[check.tool]
    entries = git.entries(repo, ground.scratch.head)
    wanted = [path for path, entry in entries.items() if entry.is_file and tool.wants(path)]
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        contents = dict(git.blobs(repo, [entries[path].blob for path in some]))
        texts = {path: contents[entries[path].blob] for path in some}
        if next(find(some, texts.get), None) is not None:
            return True
    return False
