"""YAML as the parser's events: where things stand in the text, whatever aliases would make of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from qualitygate.errors import ConfigError

Events = Sequence[Any]
"""What ruamel's parser says of a file, in order; a node is named by the position of its first event."""

_DEPTH_LIMIT = 100


def events_of(text: str, file: str) -> Events:
    """The events of a file; raises ConfigError with its line when it is not YAML."""
    # Events, not values: aliases stay names, so that a file that multiplies them costs nothing.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    found, depth = [], 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            found.append(event)
            depth += _steps(event)
            if depth > _DEPTH_LIMIT:  # the parser's time grows with the square of it
                raise ConfigError(f"{file}: nested too deeply")
    except YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark is not None else file
        reason = getattr(exc, "problem", None) or str(exc).strip().splitlines()[0]
        raise ConfigError(f"{where}: not YAML: {reason}", hint="`pre-commit validate-config` says more") from None
    return found


def kind_of(event: Any) -> str:
    """`Scalar`, `Alias`, `MappingStart`, `SequenceEnd`, ..."""
    return str(type(event).__name__).removesuffix("Event")


def _steps(event: Any) -> int:
    kind = kind_of(event)
    return kind.endswith("Start") - kind.endswith("End")


def behind(events: Events, at: int) -> int:
    """The position behind the node that starts at `at`."""
    depth = 0
    while True:
        depth += _steps(events[at])
        at += 1
        if depth == 0:
            return at


def pairs_of(events: Events, at: int) -> Iterator[tuple[str, int]]:
    """The (key, position of the value) pairs of the mapping that starts at `at`; none for any other node."""
    if kind_of(events[at]) != "MappingStart":
        return
    at += 1
    while kind_of(events[at]) != "MappingEnd":
        value = behind(events, at)
        yield (events[at].value if kind_of(events[at]) == "Scalar" else ""), value
        at = behind(events, value)


def items_of(events: Events, at: int) -> Iterator[int]:
    """The positions of the items of the sequence that starts at `at`; none for any other node."""
    if kind_of(events[at]) != "SequenceStart":
        return
    at += 1
    while kind_of(events[at]) != "SequenceEnd":
        yield at
        at = behind(events, at)


def root_of(events: Events) -> int | None:
    """The position of the document's node, None in a file that holds nothing."""
    return 2 if len(events) > 2 and kind_of(events[2]) != "StreamEnd" else None


def last_index(events: Events, stop: int) -> int:
    """Behind the last character of content before position `stop`; block ends have none of their own."""
    for event in reversed(events[:stop]):
        kind = kind_of(event)
        if kind in ("Scalar", "Alias") or (kind.endswith("End") and event.end_mark.index > event.start_mark.index):
            return int(event.end_mark.index)
    return 0


def signature(events: Events, start: int = 0, stop: int = 0) -> list[tuple[Any, ...]]:
    """What the events say, without those from `start` to `stop` and without places."""
    names = ("value", "anchor", "tag", "implicit", "style")
    left = [*events[:start], *events[stop:]]
    return [(kind_of(event), *(str(getattr(event, name, None)) for name in names)) for event in left]
