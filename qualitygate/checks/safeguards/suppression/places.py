"""What a file is: a test, what tests read, what is generated, what is not the project's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qualitygate.checks.safeguards.protocol import Pair
from qualitygate.checks.safeguards.suppression.matching import Stand
from qualitygate.globs import matches

_TEST = (
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e|type-?tests?|test-d|dtslint|cypress)/"
    r"|[._-](?:test|spec|test-d|cy)\.[cm]?[jt]sx?$"
)
_VENDORED = (
    r"(?:^|/)(?:_?vendor(?:ed|s)?|third[_-]?party|3rd-?party|node_modules|bower_components|site-packages|Pods|Godeps"
    r"|\.yarn)/"
)
_FIXTURE = (
    r"(?:^|/)(?:__fixtures__|__snapshots__|testdata|test[-_]fixtures"
    r"|(?:tests?|specs?|__tests__)/(?:[^/]+/)*(?:data|fixtures?|snapshots))/"
)
_GENERATED = (
    r"(?im)^[ \t]*(?:#|//|/\*|\*|--|<!--|;|\"\"\")[^\w@\n]{0,6}"
    r"(?:@generated\b|code generated .{0,80}do not edit|.{0,40}\bdo not edit\b"
    r"|<?auto-?generated\s*/?>"
    r"|(?:this file (?:was|is|has been) )?(?:auto-?\s?(?:matically )?)?generated (?:by|from|with)\b)"
)
_MARK = r"(?m)^[ \t]*(?!#)(\S+)[ \t]+(?:[^\n]*[ \t])?linguist-(?:generated|vendored)(?!=false|=0)(?:=true|=1)?(?:\s|$)"
_BESIDE = 40
"""Files of one folder that are asked how they begin."""
_FEW = 3
# As text: `re` keeps what it has compiled, and most changes need none of them.


def is_test(path: str) -> bool:
    """Whether a file is a test of JavaScript or TypeScript."""
    return re.search(_TEST, path) is not None


def is_habit(one: Stand, pair: Pair) -> bool:
    """Whether a directive for a whole file stands in half of base's files beside it, at least in three of them."""
    folder, _, name = one.path.rpartition("/")
    end = name.rpartition(".")[2]
    beside = [path for path in sorted(pair.base) if path.rpartition("/")[0] == folder and path.endswith(f".{end}")]
    beside = beside[:: max(len(beside) // _BESIDE, 1)][:_BESIDE]
    told = [(pair.base_facts(path) or {}).get("found", ()) for path in beside]
    same = [rows for rows in told if any(_is_same(one, row) for row in rows)]
    return len(same) >= max(_FEW, len(beside) / 2)


def _is_same(one: Stand, row: Sequence[Any]) -> bool:
    return row[:2] == [one.directive.name, one.scope] and {*one.codes} <= {*row[2]}


def foreign(paths: Iterable[str], before: Mapping[str, str], pair: Pair) -> frozenset[str]:
    """Those files of head that are no code of the project: by a folder, by base's `.gitattributes`, by their own word.

    What head itself says counts for a new file only: else a change could excuse what it does. `before`: the
    names that files had in base.
    """
    wanted = set(paths)
    marks = _marks(pair) if wanted else ()
    return frozenset(
        path
        for path in wanted
        if re.search(_VENDORED, path)
        or re.search(_FIXTURE, path)
        or matches(path, marks)
        or _is_generated(path, before.get(path, path), pair)
    )


def _is_generated(path: str, old: str, pair: Pair) -> bool:
    data = pair.read_base(old) if old in pair.base else pair.read_head(path)
    return re.search(_GENERATED, (data or b"")[:1500].decode("utf-8-sig", "replace")) is not None


def _marks(pair: Pair) -> tuple[str, ...]:
    """What the marks of base mean, as globs."""
    found = []
    for path in pair.base:
        if path != ".gitattributes" and not path.endswith("/.gitattributes"):
            continue
        text = (pair.read_base(path) or b"").decode("utf-8", "replace")
        for pattern in re.findall(_MARK, text):
            across = "" if "/" in pattern else "**/"
            found.append(path[: -len(".gitattributes")] + across + pattern.lstrip("/"))
    return tuple(found)
