"""What one judgement asks git before it knows more, asked at once: a process costs more than its answer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from qualitygate.git import Repo, call
from qualitygate.git_objects import Known

_OF_GIT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")
_ELSEWHERE = (b"worktree", b"include", b"bare = true", b"bare=true")
"""What in the settings of a repository can make its work tree another one than the folder that holds `.git`."""


def with_answers(repo: Repo, names: Iterable[str]) -> Repo:
    """The repo with what git knows under these names (`HEAD^{commit}`, `<tree>:folder`), content included.

    Only for one judgement: what HEAD stands for is not asked again. Where git gives no answer to all of
    them (a partial clone would have to fetch), nothing is known, and each is asked when it is needed.
    """
    asked = list(dict.fromkeys(name for name in names if "\n" not in name))
    output = call(repo, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in asked).encode("ascii"))
    return repo._replace(known=_read(output.stdout, asked)) if output.code == 0 else repo


def _read(data: bytes, asked: list[str]) -> Mapping[str, Known]:
    found, at = {}, 0
    for name in asked:
        end = data.find(b"\n", at)
        if end < 0:
            return {}
        header = data[at:end].split(b" ")
        at = end + 1
        if len(header) != 3 or not header[2].isdigit():  # `NAME missing`, `NAME ambiguous`
            found[name] = Known("", "", b"")
            continue
        size = int(header[2])
        known = Known(header[0].decode("ascii"), header[1].decode("ascii"), data[at : at + size])
        found.update({name: known, known.id: known})
        at += size + 1
    return found


def repo_of_hook() -> Repo | None:
    """The repository whose git started us as its hook, if that needs no asking: the plain one in this folder.

    git runs hooks at the top of the work tree. It names any repository that it did not find there itself, and
    has refused one that belongs to somebody else. None where the least thing is otherwise.
    """
    index = os.environ.get("GIT_INDEX_FILE")
    top = os.getcwd()
    place = os.path.join(top, ".git")
    if not index or any(name in os.environ for name in _OF_GIT) or os.path.islink(place):
        return None
    try:
        if os.lstat(place).st_uid != os.geteuid() or os.path.lexists(os.path.join(place, "commondir")):
            return None
        with open(os.path.join(place, "config"), "rb") as file:
            settings = file.read().lower()
    except OSError:
        return None
    needed = all(os.path.exists(os.path.join(place, name)) for name in ("HEAD", "objects", "refs"))
    if not needed or any(word in settings for word in _ELSEWHERE):
        return None
    return Repo(root=Path(top), git_dir=Path(place), common_dir=Path(place), index_file=Path(top) / index)
