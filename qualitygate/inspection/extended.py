"""The shared settings that a gate extends, as they are on disk."""

from __future__ import annotations

from qualitygate.config import FILE_NAME, parse_toml
from qualitygate.errors import ConfigError
from qualitygate.extension import join, read_lock
from qualitygate.inspection.facts import Broken, Extended
from qualitygate.inspection.sources import Sources
from qualitygate.locations import EXTENDED, LOCK


def extended(sources: Sources) -> tuple[Extended, ...]:
    """What is extended, the lowest first, with the keys that count; what cannot be read is noted as broken."""
    held = {path: text.encode() for path in sources.match(f"{EXTENDED}*") if (text := sources.text(path)) is not None}
    own = sources.text(FILE_NAME)
    if own is None or LOCK not in held:
        return ()
    try:
        raw = parse_toml(own.encode(), file=FILE_NAME)
        lock = read_lock(held[LOCK])
        origins = join(raw, lock, held).origins
    except ConfigError as exc:
        sources.broken.append(Broken(LOCK, 0, exc.message))
        return ()
    by_name = {copy.name: sorted(key for key, name in origins.items() if name == copy.name) for copy in lock.copies}
    return tuple(Extended(copy.name, copy.source, copy.commit, tuple(by_name[copy.name])) for copy in lock.copies)
