"""Judge files that an agent just edited: only those, in place, in the time that a keystroke may take.

Nothing is made a tree and nothing is laid out but base's side of these files. What depends on other
files waits for the commit, which judges the whole.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import takewhile
from pathlib import Path

from qualitygate import git
from qualitygate.checks import node_modules, scope, traits
from qualitygate.checks.catalogue import FAST
from qualitygate.checks.tool import Modules, Tool, settings_files
from qualitygate.gate import base as bases_
from qualitygate.gate import policy, trust
from qualitygate.gate.planning import Gate, around_checks
from qualitygate.gate.runner import judge_all
from qualitygate.gate.session import BaseTree, Session, open_session
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.gate.surroundings import Around, version
from qualitygate.git_diffs import FileDiff
from qualitygate.model import Base, Check, Entries, Entry, Status, Tree, Verdict

_LIMIT = 10.0
"""Seconds; an agent waits for this after each of its edits."""
_LINES = 2000
"""A change of more lines than this on both sides is one hunk: nothing is won by looking closer."""


class _Held:
    """Some files whose content is known, in a directory: the work tree, or one that is written when it is needed."""

    def __init__(self, files: Mapping[str, bytes], place: Path, there: Path | None = None) -> None:
        self._files = files
        self._place = place
        self._there = there

    def path(self) -> Path:
        if self._there is None:
            for name, data in self._files.items():
                target = self._place / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            self._there = self._place
        return self._there

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def beside(self, name: str) -> Path:
        # Caches outlive the directory, which belongs to one process.
        return self._place.parent / f"edit-{name}"

    def furnish(self, modules: Modules, roots: Sequence[Path]) -> None:
        # Head is the work tree itself, which has its own; what base's files need is what head's need.
        if self._there is None or self._there == self._place:
            node_modules.lay_out(modules, self.path(), (), roots)

    def altered(self, name: str, files: Mapping[str, bytes | None]) -> tuple[Entries, _Held]:
        held = {path: data for path, data in {**self._files, **files}.items() if data is not None}
        entries = {path: Entry("100644", git.blob_id(data)) for path, data in held.items()}
        return entries, _Held(held, self._place.with_name(f"{self._place.name}-{name}"))

    def narrowed(self, files: Iterable[str]) -> _Held:
        return self  # they are few

    def apart(self, name: str) -> _Held:
        return _Held(self._files, self._place.with_name(f"{self._place.name}-{name}"))


def judge_edit(gate: Gate, paths: Sequence[str]) -> Verdict:
    """What the checks of the edit tier say of these files on disk. Paths are relative to the root; never recorded.

    Those that are no regular file are left out; without any other no check runs. What the next edit may settle (a
    name that is not used yet) waits for the commit.
    """
    start = time.monotonic()
    root, place = gate.repo.root, gate.state.worktree / f"edit-{os.getpid()}"
    settings = policy.on_disk(root)
    held = {path: Entry("100644", git.blob_id(data)) for path, data in settings.items()}
    rules = policy.load(gate.repo, gate.state.shared, held, version(), gate.compile, settings)
    if rules.trusted:
        from qualitygate.gate.naming import vetted

        rules = vetted(gate.repo, gate.state.shared, rules, version(), gate.compile)
    forms = (_at_an_edit(check, gate.tools) for check in rules.checks)
    rules = rules._replace(checks=tuple(check for check in forms if check is not None))
    tools = {check.tool: (FAST if check.tool in FAST else gate.tools)[check.tool] for check in rules.checks}
    gate = gate._replace(tools=tools, tier="edit")
    names = settings_files(tools) | {*policy.PLACES}
    on_disk = {**settings, **dict(_on_disk(root, (*paths, *_settings(root, paths, names))))}
    entries = {path: Entry("100644", git.blob_id(data)) for path, data in on_disk.items()}
    head = Tree("", entries, "files just edited")
    edited = tuple(path for path in paths if path in on_disk)
    if not edited:
        return Verdict("undecided", head, (), notes=("there is no file of that name",))
    found = bases_.find(
        gate.repo, gate.state.shared, trusted=rules.trusted, parents=bases_.parents_of_next_commit(gate.repo)
    )
    session = open_session(gate, gate.repo, rules, _around(gate, on_disk, rules.checks), start + (gate.limit or _LIMIT))
    # Files on disk may change while a tool reads them: what was found there is never believed by a commit.
    session = session._replace(shared=session.shared / "edits")
    bases = [_base(session, base, head, on_disk, edited, place / str(number)) for number, base in enumerate(found.all)]
    try:
        return _for_now(session, judge_all(session, head, _Held(on_disk, place / "head", root), bases, ids=False))
    finally:
        if place.exists():
            import shutil  # it brings every compression with it

            shutil.rmtree(place, ignore_errors=True)


def _for_now(session: Session, verdict: Verdict) -> Verdict:
    """The verdict without what is not for now: checks without a file, and rules that the next edit may settle."""
    verdict = verdict._replace(checks=tuple(row for row in verdict.checks if row.state != "skipped"))
    unfinished = {rule for tool in session.tools.values() for rule in traits.unfinished_rules(tool)}
    new = tuple(finding for finding in verdict.new if finding.rule not in unfinished)
    if len(new) == len(verdict.new):
        return verdict
    failing = {finding.check for finding in (*new, *verdict.lost)}
    checks = tuple(
        row._replace(state="passed") if row.state == "failed" and row.check not in failing else row
        for row in verdict.checks
    )
    status: Status = "failed" if new or verdict.lost else "undecided" if verdict.undecided else "passed"
    return verdict._replace(status=status, new=new, checks=checks)


def _at_an_edit(check: Check, tools: Mapping[str, Tool]) -> Check | None:
    """The check as it runs now: by what stands in for its tool, where that one is for later. None where nothing does.

    The tools of the others are not even loaded.
    """
    if check.tier == "edit":
        return check
    form = traits.fast_form(tools[check.tool]) if check.options.get("fast") else ""
    return check._replace(tool=form, tier="edit", version="") if form else None


def _settings(root: Path, paths: Sequence[str], names: AbstractSet[str]) -> Iterator[str]:
    """Where settings for these files can stand: beside them, and in every folder above."""
    folders = {"/".join(path.split("/")[:n]) for path in paths for n in range(path.count("/") + 1)}
    for folder in sorted(folders):
        here = set(os.listdir(root / folder)) if (root / folder).is_dir() else set()
        yield from (f"{folder}/{name}".lstrip("/") for name in sorted(names & here))
    for top in sorted(name for name in names if name.endswith("/")):
        for folder, _, files in os.walk(root / top):
            yield from (os.path.relpath(os.path.join(folder, file), root) for file in sorted(files))


def _on_disk(root: Path, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for path in dict.fromkeys(paths):
        place = root / path
        if place.is_file() and not place.is_symlink():
            yield path, place.read_bytes()


def _around(gate: Gate, on_disk: Mapping[str, bytes], checks: Sequence[Check]) -> Around:
    """As for a commit, but what the settings execute is read from disk."""
    files = dict(on_disk)

    def read(path: str) -> bytes | None:
        if path not in files:
            files.update(_on_disk(gate.repo.root, (path,)))
        return files.get(path)

    def may_run(root: str) -> bool:
        executed = _executed(gate, root, read, on_disk)
        paths = {path for found in executed.values() for path in found}
        entries = {path: Entry("100644", git.blob_id(read(path) or b"")) for path in paths}
        keys = trust.keys_of(entries, executed) | trust.command_keys(read, gate.tools, root)
        return trust.is_granted(gate.repo, keys)

    return around_checks(gate, checks, may_run)


def _executed(
    gate: Gate, root: str, read: Callable[[str], bytes | None], on_disk: Mapping[str, bytes]
) -> Mapping[str, tuple[str, ...]]:
    # Parsing them costs more than all the rest of this, so it is done once per content.
    inner = scope.narrowed(root, on_disk)
    settings = sorted((path, git.blob_id(data)) for path, data in inner.items() if "/" not in path)
    known = gate.state.shared / "policy" / f"executes-{digest(version(), root, sorted(gate.tools), settings)}.json"
    found = read_json(known)
    if isinstance(found, dict):
        return {name: tuple(map(str, paths)) for name, paths in found.items()}
    executed = trust.executable_configuration(read, gate.tools, root)
    write_json(known, executed)
    return executed


def _base(
    session: Session, base: Base, head: Tree, on_disk: Mapping[str, bytes], edited: tuple[str, ...], place: Path
) -> BaseTree:
    """Base's side of these files, under the settings that are on disk."""
    before = git.contents(session.repo, base.tree, edited)
    # Settings that were not edited count as the same on both sides: they are there to be read, not to be judged.
    held = {**{path: data for path, data in on_disk.items() if path not in edited}, **before}
    entries: Entries = {path: Entry("100644", git.blob_id(data)) for path, data in held.items()}

    def diff(ignore_space: bool) -> list[FileDiff]:
        pairs = ((path, before[path], on_disk[path]) for path in edited if path in before)
        return [FileDiff("M", p, p, tuple(hunks(old, new, ignore_space=ignore_space))) for p, old, new in pairs]

    return BaseTree(
        base,
        Tree(base.tree, entries, base.why),
        head,
        settings_files(session.tools),
        lambda suffix, files, _: _Held({path: held[path] for path in files if path in held}, Path(f"{place}{suffix}")),
        diff,
    )


def hunks(old: bytes, new: bytes, *, ignore_space: bool = False) -> Iterator[tuple[int, int, int, int]]:
    """What changed between two texts, as `git diff -U0` counts it: old start, old count, new start, new count."""
    from difflib import SequenceMatcher

    a, b = ([b"".join(line.split()) if ignore_space else line for line in text.splitlines()] for text in (old, new))
    first = _same(zip(a, b, strict=False))
    a, b = a[first:], b[first:]
    last = _same(zip(reversed(a), reversed(b), strict=False))
    a, b = a[: len(a) - last], b[: len(b) - last]
    if len(a) > _LINES and len(b) > _LINES:
        rows: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(a), 0, len(b))]
    else:
        rows = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    for tag, old_from, old_to, new_from, new_to in rows:
        if tag != "equal":
            olds, news = old_to - old_from, new_to - new_from
            # A count of 0 stands after the line that is named.
            yield first + old_from + bool(olds), olds, first + new_from + bool(news), news


def _same(pairs: Iterable[tuple[bytes, bytes]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
