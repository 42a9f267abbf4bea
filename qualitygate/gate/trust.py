"""Whether what a repository can make us execute may run here: granted per clone, kept outside the repository."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from qualitygate import git
from qualitygate.checks import project_commands, traits
from qualitygate.checks.project_commands import Stated
from qualitygate.checks.scope import outward, reading
from qualitygate.checks.tool import Tool, settings_files
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.git import Repo
from qualitygate.locations import user_state
from qualitygate.model import Entries


def _path() -> Path:
    return Path(user_state("qualitygate", "trust.json"))


def executable_configuration(
    read: Callable[[str], bytes | None], tools: Mapping[str, Tool], root: str = ""
) -> tuple[str, ...]:
    """The files that make a tool, started in `root`, execute code of the repository, and that code."""
    inner = reading(root, read)
    return tuple(sorted({outward(root, path) for tool in tools.values() for path in traits.executes(tool, inner)}))


def reader(repo: Repo, entries: Entries, tools: Mapping[str, Tool]) -> Callable[[str], bytes | None]:
    """Reads files of a tree; the settings files at its root in one git call."""
    settings = settings_files(tools)
    ids = {path: entry.blob for path, entry in entries.items() if path in settings and entry.is_file}
    data = dict(git.blobs(repo, ids.values()))

    def read(path: str) -> bytes | None:
        if path in ids:
            return data[ids[path]]
        entry = entries.get(path)  # a plugin that is a file of the tree
        return next(git.blobs(repo, [entry.blob]))[1] if entry is not None and entry.is_file else None

    return read


def digest_of(entries: Entries, paths: Sequence[str], commands: Sequence[tuple[str, str]] = ()) -> str:
    """What trust is keyed to: the content of the executable configuration, and what commands come to."""
    rows = [(path, entries[path].blob) for path in paths if path in entries]
    return digest("trust", rows, commands) if commands else digest("trust", rows)


def key_of(read: Callable[[str], bytes | None], entries: Entries, tools: Mapping[str, Tool], root: str = "") -> str:
    """The key for tools that are started in one folder of a tree."""
    return digest_of(entries, executable_configuration(read, tools, root), command_rows(read, tools, root))


def command_rows(
    read: Callable[[str], bytes | None], tools: Mapping[str, Tool], root: str = ""
) -> list[tuple[str, str]]:
    """What the commands that checks of one folder run come to."""
    return decides(read, project_commands.of_tree(read, root)) if project_commands.TOOL in tools else []


def decides(read: Callable[[str], bytes | None], commands: Sequence[Stated]) -> list[tuple[str, str]]:
    """What these commands come to in a tree: their words, and the content of the manifests that they lead to."""
    return sorted(project_commands.decides(read, commands).items())


def is_granted(repo: Repo, key: str) -> bool:
    """Whether this clone was trusted with exactly this executable configuration."""
    known = read_json(_path())
    return isinstance(known, dict) and key in known.get(os.fspath(repo.common_dir.resolve()), [])


def grant(repo: Repo, key: str) -> None:
    """Trust this clone with this executable configuration."""
    known = read_json(_path())
    known = known if isinstance(known, dict) else {}
    here = known.setdefault(os.fspath(repo.common_dir.resolve()), [])
    if key not in here:
        here.append(key)
        write_json(_path(), known)


def revoke(repo: Repo) -> None:
    """Trust nothing of this clone any more."""
    known = read_json(_path())
    if isinstance(known, dict) and known.pop(os.fspath(repo.common_dir.resolve()), None) is not None:
        write_json(_path(), known)
