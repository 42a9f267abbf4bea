"""One entry added to the `repos:` of `.pre-commit-config.yaml`, with every other byte as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualitygate.bootstrap.blocks import check_text, line_end
from qualitygate.bootstrap.yaml_events import (
    Events,
    behind,
    events_of,
    items_of,
    kind_of,
    last_index,
    pairs_of,
    root_of,
    signature,
)
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple

FILE = ".pre-commit-config.yaml"

_BOM = "\ufeff"
_SIZE_LIMIT = 1 << 18
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9./_+@-]*(?::[A-Za-z0-9./_+@-]+)*(?: [A-Za-z0-9][A-Za-z0-9./_+@-]*)*")
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))

Entry = Mapping[str, Any]
"""A `repo:` entry: strings, booleans, lists of strings, and `hooks`, a list of such tables."""


class _Place(NamedTuple):
    """Where text is inserted, what it is, and how much it replaces (the `[]` or `null` of an empty list)."""

    at: int
    text: str
    replaces: int = 0


def add_precommit_repo(data: bytes | None, repo_block: Entry, *, file: str = FILE) -> bytes:
    """The file with our entry at the end of `repos:`; unchanged when it holds one of our hook ids.

    The result is parsed: it must be what was there, and our entry. Raises ConfigError otherwise.
    """
    text = _decode(data or b"", file)
    events = events_of(text, file)
    if {hook["id"] for hook in repo_block["hooks"]} & set(_hook_ids(events)):
        return data or b""
    eol = line_end((data or b"").removeprefix(_BOM.encode())).decode()
    said = _with_final_newline(text)
    for place in _places(text, events, repo_block, file):
        after = text[: place.at] + place.text.replace("\n", eol) + text[place.at + place.replaces :]
        if _is_ours_added(said, after, repo_block):
            bom = _BOM if (data or b"").startswith(_BOM.encode()) else ""
            return (bom + after).encode("utf-8")
    raise ConfigError(
        f"{file}: has a shape to which an entry cannot be added safely",
        hint="add this to `repos:` by hand:\n" + _block([repo_block], 0, 2, 2),
    )


def names_service(data: bytes, *, file: str = FILE) -> bool:
    """Whether the file has settings for pre-commit.ci."""
    events = events_of(_decode(data, file), file)
    root = root_of(events)
    return root is not None and any(key == "ci" for key, _ in pairs_of(events, root))


def _decode(data: bytes, file: str) -> str:
    check_text(data, file=file)
    if len(data) > _SIZE_LIMIT:
        raise ConfigError(f"{file}: larger than {_SIZE_LIMIT // 1024} KiB")
    try:
        return data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8", hint="save the file in UTF-8") from None


def _hook_ids(events: Events) -> Iterator[str]:
    repos = _repos(events)
    for repo in items_of(events, repos) if repos is not None else ():
        yield from _ids_of_repo(events, repo)


def _ids_of_repo(events: Events, repo: int) -> Iterator[str]:
    for hooks in (value for key, value in pairs_of(events, repo) if key == "hooks"):
        for hook in items_of(events, hooks):
            for key, value in pairs_of(events, hook):
                if key == "id" and kind_of(events[value]) == "Scalar":
                    yield events[value].value


def _places(text: str, events: Events, entry: Entry, file: str) -> Iterator[_Place]:
    """Where the entry may go, the best place first."""
    root = root_of(events)
    if root is None or (kind_of(events[root]) == "Scalar" and events[root].value == ""):
        yield _Place(len(text), _on_new_line(text, len(text), "repos:\n" + _block([entry], 2, 2, 2)))
        return
    if kind_of(events[root]) != "MappingStart":
        raise ConfigError(f"{file}: must be a table with `repos:`", hint="run `pre-commit migrate-config`")
    repos = _repos(events)
    column, flow = events[root].start_mark.column, events[root].flow_style
    if repos is None:
        end = _end_of_line(text, last_index(events, behind(events, root)))
        key = " " * column + "repos:\n"
        yield _Place(end, _on_new_line(text, end, key + _block([entry], column + 2, 2, 2)))
    elif list(items_of(events, repos)):
        places = _behind_last_flow if events[repos].flow_style else _behind_last
        yield from places(text, events, repos, column, entry)
    elif flow and kind_of(events[repos]) == "SequenceStart":
        yield _Place(events[behind(events, repos) - 1].start_mark.index, json.dumps(entry, ensure_ascii=False))
    elif not flow:
        yield from _instead_of_nothing(text, events, repos, column, entry)


def _repos(events: Events) -> int | None:
    root = root_of(events)
    found = [value for key, value in pairs_of(events, root) if key == "repos"] if root is not None else []
    return found[0] if len(found) == 1 else None


def _behind_last(text: str, events: Events, repos: int, column: int, entry: Entry) -> Iterator[_Place]:
    items = list(items_of(events, repos))
    first = events[items[0]].start_mark
    lead = text[text.rfind("\n", 0, first.index) + 1 : first.index]
    if re.fullmatch(r" *- +", lead):
        dash = lead.index("-")
        offset = first.column - dash
    else:
        dash, offset = events[repos].start_mark.column, 2
    block = _block([entry], dash, offset, max(dash - column, 0))
    stop = behind(events, items[-1])
    end = _with_deeper_comments(text, _end_of_line(text, last_index(events, stop)), dash)
    yield _Place(end, _on_new_line(text, end, block))
    # Behind a block scalar that keeps its trailing empty lines (`|+`).
    raw = last_index(events, stop)
    yield _Place(raw, _on_new_line(text, raw, block))


def _behind_last_flow(text: str, events: Events, repos: int, column: int, entry: Entry) -> Iterator[_Place]:
    items = list(items_of(events, repos))
    yield _Place(last_index(events, behind(events, items[-1])), ", " + json.dumps(entry, ensure_ascii=False))


def _instead_of_nothing(text: str, events: Events, repos: int, column: int, entry: Entry) -> Iterator[_Place]:
    start, stop = events[repos].start_mark.index, events[behind(events, repos) - 1].end_mark.index
    if start == stop:  # a value that is not there is found on the next line
        start = stop = text.find(":", events[repos - 1].end_mark.index) + 1
    end = text.find("\n", stop) + 1 or len(text)
    comment = text[stop:end].strip()
    if not re.fullmatch(r"\[\s*\]|null|~|", text[start:stop]) or (comment and not comment.startswith("#")):
        return
    start = len(text[:start].rstrip(" "))
    block = "\n" + _block([entry], column + 2, 2, 2)
    kept = block if text[end - 1] == "\n" else block.removesuffix("\n")
    yield _Place(start, (f"  {comment}" if comment else "") + kept, end - start)


def _end_of_line(text: str, at: int) -> int:
    # A block scalar ends behind its last line break: step back to its content.
    while at and text[at - 1] in "\r\n \t":
        at -= 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _with_deeper_comments(text: str, at: int, column: int) -> int:
    """Behind the comment lines that follow and are indented further than the list: they belong to its last item."""
    while found := re.match(r"( *)#[^\n]*(?:\n|\Z)", text[at:]):
        if len(found[1]) <= column:
            break
        at += found.end()
    return at


def _on_new_line(text: str, at: int, block: str) -> str:
    """The block, with a line break before it instead of behind it where the line above has none."""
    if at and text[at - 1] != "\n":
        return "\n" + block.removesuffix("\n")
    return block


def _block(entries: Sequence[Entry], column: int, offset: int, below: int) -> str:
    """Block style: dashes at `column`, content `offset` further, dashes of inner lists `below` their key."""
    lines = []
    for entry in entries:
        lead = " " * column + "-" + " " * (offset - 1)
        for key, value in entry.items():
            if value and isinstance(value, (list, tuple)) and isinstance(value[0], Mapping):
                lines.append(f"{lead}{key}:\n{_block(value, column + offset + below, offset, below)}")
            else:
                lines.append(f"{lead}{key}: {_scalar(value)}\n")
            lead = " " * (column + offset)
    return "".join(lines)


def _scalar(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_ours_added(events: Events, after: str, entry: Entry) -> bool:
    """Whether the file now says what it said, and our entry behind the last item of `repos`."""
    try:
        now = events_of(after, FILE)
    except ConfigError:
        return False
    repos = _repos(now)
    items = list(items_of(now, repos)) if repos is not None else []
    return bool(items) and _says(now, items[-1], entry) and _is_less(events, now, items[-1])


def _is_less(events: Events, now: Events, item: int) -> bool:
    """Whether `events` say the same as `now` without that item of `repos`, which may have been the only one."""
    repos, had = _repos(now), _repos(events)
    if repos is None:
        return False
    if had is not None and list(items_of(events, had)):
        return signature(now, item, behind(now, item)) == signature(events)
    if len(list(items_of(now, repos))) != 1:
        return False
    rest = signature(now, repos - 1, behind(now, repos))
    if had is not None:
        return rest == signature(events, had - 1, behind(events, had))
    root = root_of(events)
    if root is None or kind_of(events[root]) == "Scalar":
        return len(list(pairs_of(now, 2))) == 1
    return rest == signature(events)


def is_cut(before: bytes | None, after: bytes, now: bytes, without: bytes) -> bool:
    """Whether `without` says what `now` says, less the entry by which `after` differs from `before`."""
    ours = set(_hook_ids(_parsed(after))) - set(_hook_ids(_parsed(before or b"")))
    events = _parsed(now)
    repos = _repos(events)
    items = [] if repos is None else [i for i in items_of(events, repos) if ours & set(_ids_of_repo(events, i))]
    return len(items) == 1 and _is_less(_with_final_newline(_decode(without, FILE)), events, items[0])


def _with_final_newline(text: str) -> Events:
    # What follows a block scalar at the very end ends its last line, which nobody wanted to leave open.
    return events_of(text if text.endswith("\n") else f"{text}\n", FILE)


def _parsed(data: bytes) -> Events:
    return events_of(_decode(data, FILE), FILE)


def _says(events: Events, at: int, value: Any) -> bool:
    """Whether the node at `at` is exactly this value."""
    if isinstance(value, Mapping):
        found = dict(pairs_of(events, at))
        return list(found) == list(value) and all(_says(events, found[key], value[key]) for key in value)
    if isinstance(value, (list, tuple)):
        items = list(items_of(events, at))
        return len(items) == len(value) and all(_says(events, *pair) for pair in zip(items, value, strict=True))
    event = events[at]
    if kind_of(event) != "Scalar":
        return False
    plain = not event.style
    if isinstance(value, str):
        return event.value == value and (not plain or _scalar(value) == value)
    return plain and event.value == json.dumps(value, ensure_ascii=False)
