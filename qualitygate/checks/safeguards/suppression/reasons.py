"""Whether what stands beside a directive says why it is there."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_][\w'/.-]*")
_LETTERS, _LONG = 8, 5
# Words that say no more than that something is switched off.
_PLAIN = """
    todo fixme xxx hack temp temporary temporarily wip ignore ignored ignoring disable disabled suppress
    suppressed skip lint linter linting warning warnings error errors check checks rule rules this that it the
    a an is for now to fix later please here line needed reason reasons see above below and of in on off must
    be ok okay fine noqa because type types mypy ruff flake8 pylint eslint
"""
_FILLERS = frozenset(_PLAIN.split())
_NO_BLANKS = "\u2e80"
"""Above it are scripts that put no blanks between words."""
_LINK = re.compile(r"https?://\S+|#\d{2,}\b|\b[A-Z]{2,}-\d+\b")


def is_reason(text: str) -> bool:
    """Two words that are no fillers, or a long one beside some; or a link or number under which one can read on."""
    if _LINK.search(text) or sum(letter > _NO_BLANKS for letter in text) >= 4:
        return True
    words = _WORD.findall(text)
    telling = [word for word in words if word.lower().strip(".'/-") not in _FILLERS]
    letters = sum(len(word) for word in telling)
    return (
        (len(telling) >= 2 and letters >= _LETTERS)
        or (len(words) >= 3 and letters >= _LONG)
        or (len(words) == 2 and letters >= _LETTERS)
    )
