"""Handlers that catch everything and do nothing: what goes wrong is never seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from qualitygate.checks.safeguards.caught import c_like, python, ruby
from qualitygate.checks.safeguards.caught.handler import Handler, handlers
from qualitygate.checks.safeguards.masked import JAVASCRIPT
from qualitygate.checks.safeguards.product import excused, generated
from qualitygate.checks.safeguards.protocol import Pair, Rule
from qualitygate.checks.tool import Reads
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Report

name = "handlers"
title = "errors handled"
scope: Literal["pair"] = "pair"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = ""
facts_version = 2

_PYTHON = (".py", ".pyi")
_WHY = "an error that is swallowed is found much later, far from its cause"
_FIX = "catch the exception that is meant and handle it, or let it through; where nothing is to be done, say why"
rules = (
    Rule("handlers:empty-broad", "block", "block", _WHY, _FIX, direction="debt"),
    Rule("handlers:empty-broad-reasoned", "show", "show", _WHY, _FIX, direction="debt"),
    Rule("handlers:empty-specific", "show", "show", _WHY, _FIX, direction="debt"),
    Rule("handlers:swallowed", "show", "show", _WHY, _FIX, direction="debt"),
)
_SAID = {
    "empty-broad": "any error is caught here, and nothing is done",
    "empty-broad-reasoned": "any error is caught here, and nothing is done, for a reason that is given",
    "empty-specific": "an error is caught here, and nothing is done",
    "swallowed": "any error is caught here, and looks like a result",
}


def wants(path: str) -> bool:
    """Source code of languages that catch exceptions."""
    return path.endswith((*_PYTHON, *JAVASCRIPT, *c_like.SUFFIXES, *ruby.SUFFIXES))


def extract(path: str, data: bytes, options: Mapping[str, Any]) -> Any:
    """The handlers of a file that do nothing, or only return."""
    if path.endswith(ruby.SUFFIXES):
        found: dict[str, Any] | list[Handler] = ruby.read(data)
    else:
        found = python.read(data) if path.endswith(_PYTHON) else c_like.read(path, data)
    facts = found if isinstance(found, dict) else {"handlers": [list(one) for one in found]}
    return {**facts, "generated": True} if generated(data) else facts


class _Placed(NamedTuple):
    path: str
    handler: Handler


def compare(pair: Pair, options: Mapping[str, Any]) -> Report:
    """Handlers of head that base has nowhere: neither with the same code before them, nor in the same function."""
    paths = sorted(path for path in pair.changed if wants(path))
    looked = len(paths)
    homes = {old: new for new, old in pair.renames.items()}
    foreign = {path for path in paths if excused(pair.head_facts(path), pair.base_facts(pair.renames.get(path, path)))}
    paths = [path for path in paths if path not in foreign and homes.get(path) not in foreign]
    base = [_Placed(homes.get(path, path), one) for path in paths for one in handlers(pair.base_facts(path))]
    head = [_Placed(path, one) for path in paths for one in handlers(pair.head_facts(path))]
    blind = {homes.get(path, path): path for path in paths if "unread" in (pair.base_facts(path) or {})}
    new = [one for one in _new(base, head) if one.path not in blind or not _stood(one, blind[one.path], pair)]
    return Report(tuple(_findings(new)), looked)


def _stood(one: _Placed, old: str, pair: Pair) -> bool:
    """Whether the handler stands word for word in base, which could not be parsed: it is revealed, not new."""
    rows = (pair.read_head(one.path) or b"").splitlines()[one.handler.line - 1 : one.handler.line + 1]
    return b"\n".join(row.rstrip() for row in rows) in b"\n".join(
        row.rstrip() for row in (pair.read_base(old) or b"").splitlines()
    )


def _new(base: list[_Placed], head: list[_Placed]) -> list[_Placed]:
    keys = (
        lambda one: (one.handler.kind, one.path, one.handler.where, one.handler.guarded),
        lambda one: (one.handler.kind, one.handler.guarded),
        lambda one: (one.handler.kind, one.path, one.handler.where),
        lambda one: (one.handler.kind, one.handler.where) if one.handler.where else None,
    )
    for key in keys:
        old = Counter(key(one) for one in base)
        new, used = [], Counter[Any]()
        for one in head:
            if key(one) is not None and old[key(one)] > used[key(one)]:
                used[key(one)] += 1
            else:
                new.append(one)
        rest = []
        for one in base:
            if used[key(one)] > 0:
                used[key(one)] -= 1
            else:
                rest.append(one)
        base, head = rest, new
    # A reason that is added to a handler that was there, or taken out of it, is told apart only now.
    return [one for one in head if one.handler.kind != "empty-broad-reasoned" or not _was_bare(base, one)]


def _was_bare(base: list[_Placed], one: _Placed) -> bool:
    return any(old.handler.kind == "empty-broad" and old.handler.guarded == one.handler.guarded for old in base)


def _findings(new: list[_Placed]) -> Iterator[Finding]:
    nth: Counter[str] = Counter()
    for path, handler in new:
        place = f"{path}::{handler.where}:{handler.kind}:{handler.guarded}"
        nth[place] += 1
        line, said = handler.line, f"`{handler.caught}`: {_SAID[handler.kind]}"
        yield Finding(name, f"handlers:{handler.kind}", path, line, 1, line, 1, said, name=f"{place}#{nth[place]}")
