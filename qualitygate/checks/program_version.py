"""The version of a program that no package manager of ours knows: asked once, and remembered while it is the same."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from qualitygate.errors import ToolError
from qualitygate.locations import user_cache
from qualitygate.process import run, tool_env

_VERSION = re.compile(rb"\d+\.\d+(?:\.\d+)?(?:[-+.]?[A-Za-z0-9]+)*")


def program_version(executable: str, argv: tuple[str, ...]) -> str:
    """What the program says of itself; raises ToolError where that is no version."""
    real = os.path.realpath(executable)
    stat = os.stat(real)
    key = f"{executable} {real} {stat.st_size} {stat.st_mtime_ns} {' '.join(argv)}"
    place = Path(user_cache("qualitygate", "versions.json"))
    known = _known(place)
    # A shim (`cargo` is `rustup` by another name) may start something else tomorrow: it is asked each time.
    lasting = os.path.basename(real) == os.path.basename(executable)
    if lasting and key in known:
        return known[key]
    output = run([executable, *argv], env=tool_env(), timeout=20)
    found = _VERSION.search(output.stdout) or _VERSION.search(output.stderr)
    if output.code != 0 or found is None:
        raise ToolError(f"{executable} does not say its version", hint=f"see what `{executable} {' '.join(argv)}` says")
    version = found[0].decode("ascii")
    if lasting:
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, {**known, key: version})
    return version


def _known(place: Path) -> dict[str, str]:
    try:
        found = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(place: Path, known: dict[str, str]) -> None:
    work = place.with_name(f"{place.name}.{os.getpid()}")
    work.write_text(json.dumps(known), encoding="utf-8", errors="surrogateescape")
    os.replace(work, place)
