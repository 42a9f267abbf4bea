"""`catalogue.json`, made from `catalogue.toml`: what tells in a moment that a text holds no directive."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """`directives`, rows as `directives.Directive`; `files`: by the names of files in which every line is one, the
    `tool`, the `kind`, and whether the lines are `paths`; `keywords`: per language what must be in a text, in small
    letters, for any to be; `digest`, which changes with the content.
    """
    with open(os.path.join(os.path.dirname(__file__), "catalogue.json"), encoding="utf-8") as stream:
        found: dict[str, Any] = json.load(stream)
    return found
