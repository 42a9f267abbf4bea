"""Whether what a repository can make us execute may run here: granted per clone, kept outside the repository."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
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
) -> Mapping[str, tuple[str, ...]]:
    """Per tool that, started in `root`, would execute code of the repository: the files that make it, and that code."""
    inner = reading(root, read)
    found = {name: traits.executes(tool, inner) for name, tool in tools.items()}
    return {name: tuple(sorted({outward(root, path) for path in paths})) for name, paths in found.items() if paths}


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


def keys_of(entries: Entries, executed: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """What trust is keyed to: the content of the executable configuration of each tool.

    There is one key for what the project has installed, whatever else is executed.
    """
    named = {(), *executed.values()}
    return frozenset(digest("trust", [(p, entries[p].blob) for p in paths if p in entries]) for paths in named)


def command_keys(read: Callable[[str], bytes | None], tools: Mapping[str, Tool], root: str = "") -> frozenset[str]:
    """The same for the commands that checks of one folder run: their words, and the manifests that they lead to."""
    return keys_to_try(read, project_commands.of_tree(read, root)) if project_commands.TOOL in tools else frozenset()


def keys_to_try(read: Callable[[str], bytes | None], commands: Sequence[Stated]) -> frozenset[str]:
    """The same for some commands, be they in the settings or not; none for none."""
    return frozenset([digest("commands", sorted(project_commands.decides(read, commands).items()))] if commands else ())


def all_keys(
    read: Callable[[str], bytes | None], entries: Entries, tools: Mapping[str, Tool], root: str = ""
) -> frozenset[str]:
    """All that has to be trusted before these tools may be started in one folder of a tree."""
    return keys_of(entries, executable_configuration(read, tools, root)) | command_keys(read, tools, root)


def decisive(read: Callable[[str], bytes | None], tools: Mapping[str, Tool], root: str = "") -> frozenset[str]:
    """The files of a tree whose content decides what is executed when these tools are started in one folder."""
    found = {path for paths in executable_configuration(read, tools, root).values() for path in paths}
    if project_commands.TOOL in tools:
        found.update(project_commands.decides(read, project_commands.of_tree(read, root)))
    return frozenset(found)


def changed(
    read: Callable[[str], bytes | None], paths: Collection[str], before: Entries, after: Entries
) -> frozenset[str]:
    """The blobs of those files that are not as they were; what is empty executes nothing, and is everywhere."""
    new = [path for path in paths if path in after and after[path].is_file and before.get(path) != after[path]]
    return frozenset(after[path].blob for path in new if (read(path) or b"").strip())


def is_granted(repo: Repo, keys: frozenset[str]) -> bool:
    """Whether this clone was trusted with all of this executable configuration."""
    known = read_json(_path())
    return isinstance(known, dict) and keys <= set(known.get(os.fspath(repo.common_dir.resolve()), []))


def grant(repo: Repo, keys: frozenset[str]) -> None:
    """Trust this clone with this executable configuration."""
    known = read_json(_path())
    known = known if isinstance(known, dict) else {}
    here = known.setdefault(os.fspath(repo.common_dir.resolve()), [])
    if more := sorted(keys.difference(here)):
        here += more
        write_json(_path(), known)


def revoke(repo: Repo) -> None:
    """Trust nothing of this clone any more."""
    known = read_json(_path())
    if isinstance(known, dict) and known.pop(os.fspath(repo.common_dir.resolve()), None) is not None:
        write_json(_path(), known)
