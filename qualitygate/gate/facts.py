"""What a check that compares two trees has read out of a file, kept per content: base's side is read once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from qualitygate.checks.safeguards.protocol import Comparer
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.model import Check, Entries

_PER_FOLDER = 64
"""256 folders of this many files bound the store at some 16,000."""


class Facts:
    """What `comparer` makes of the files of one tree.

    `data` gives the content of several paths at once; paths that are no regular file are not in it.
    """

    def __init__(
        self,
        check: Check,
        comparer: Comparer,
        shared: Path,
        entries: Entries,
        data: Callable[[Iterable[str]], Mapping[str, bytes]],
    ) -> None:
        self._comparer = comparer
        self._options = check.options
        self._entries = entries
        self._data = data
        self._shared = shared / "facts"
        self._key = digest(comparer.name, comparer.facts_version, dict(check.options))
        self._known: dict[str, Any] = {}

    def prepare(self, paths: Iterable[str]) -> None:
        """Read all of these in one go."""
        missing = []
        for path in paths:
            entry = self._entries.get(path)
            if path in self._known or entry is None or not entry.is_file:
                continue
            kept = read_json(self._place(path))
            if isinstance(kept, dict) and "facts" in kept:
                self._known[path] = kept["facts"]
            else:
                missing.append(path)
        for path, data in (self._data(missing) if missing else {}).items():
            self._known[path] = self._comparer.extract(path, data, self._options)
            self._keep(path)

    def __call__(self, path: str) -> Any:
        if path not in self._known:
            self.prepare((path,))
        return self._known.get(path)

    def _place(self, path: str) -> Path:
        key = digest(self._key, path, self._entries[path].blob)
        return self._shared / key[:2] / f"{key}.json"

    def _keep(self, path: str) -> None:
        place = self._place(path)
        try:
            write_json(place, {"facts": self._known[path]}, lasting=False)
            _prune(place.parent)
        except OSError:
            pass  # it costs time, not truth


def _prune(folder: Path) -> None:
    if len(os.listdir(folder)) > _PER_FOLDER:
        kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-_PER_FOLDER]:
            path.unlink(missing_ok=True)
