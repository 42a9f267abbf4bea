"""What is known of one handler that does nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from qualitygate.frozen import NamedTuple


class Handler(NamedTuple):
    """One handler. `kind` is the end of its rule, `where` the function it stands in, `guarded` a digest of the code
    whose errors it catches, and `caught` how it begins."""

    kind: str
    line: int
    where: str
    guarded: str
    caught: str


def handlers(found: Mapping[str, Any] | None) -> tuple[Handler, ...]:
    """Back from JSON; of a file that is not there, or was not understood: none."""
    return tuple(Handler(*row) for row in (found or {}).get("handlers", ()))


def digest(code: str) -> str:
    """Of code without its layout."""
    return hashlib.sha256("".join(code.split()).encode("utf-8", "replace")).hexdigest()[:16]


def reasoned(comments: Iterable[str]) -> bool:
    """Whether one of these comments gives a reason: what it says besides directives has two words or more."""
    import re

    for comment in comments:
        text = re.sub(r"^[#/*\s]+|[*/\s]+$", "", comment)
        text = re.sub(
            r"(?i)(?:ruff:\s*)?noqa(?::\s*[A-Z]+\d+(?:[, ]+[A-Z]+\d+)*)?|type:\s*ignore(?:\[[^\]]*\])?"
            r"|pragma:?\s*no\s*(?:cover|branch)"
            r"|pylint:\s*disable=[\w, -]+|nosec(?:\s+B\d+)?|nosemgrep\S*|pyright:\s*ignore(?:\[[^\]]*\])?"
            r"|eslint-disable\S*(?:\s+[\w/@-]+(?:,\s*[\w/@-]+)*)?|istanbul ignore \w+|(?:v8|c8) ignore\b.*|@ts-\S+"
            r"|biome-ignore\s+\S+:?|(?:todo|fixme|xxx)\b:?",
            " ",
            text,
        )
        if len(re.findall(r"[^\W\d_]{2,}", text)) >= 2:
            return True
    return False
