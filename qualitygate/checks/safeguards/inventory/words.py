"""Texts of tests as words: what stays of them when layout and quotes do not count, and how alike two are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_DROPPED = frozenset("()[]{},;")


@lru_cache(maxsize=1)
def _pattern() -> Any:
    import re  # here, because most commits change no test

    return re.compile(
        r"""\#[^\n]*
        |[rRbBuUfF]{0,2}(\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
        |(\w+|[^\s\w])""",
        re.VERBOSE | re.DOTALL,
    )


def python_words(text: str) -> list[str]:
    """The words of a text in Python: no layout, no comments, one kind of quotes."""
    found = []
    for string, word in _pattern().findall(text):
        if word:
            found.append(word)
        elif string:
            bare = string.strip("\"'") if len(string) > 1 else string
            found.append('"' + " ".join(bare.split()) + '"')
    return found


def bare(words: Sequence[str]) -> list[str]:
    """Without brackets and separators, which formatters move."""
    return [word for word in words if word not in _DROPPED]


def skeleton(words: Sequence[str]) -> list[str]:
    """With every literal replaced by one sign: what two rows of one table have in common."""
    return ["#" if word[0] in "\"'`" or word[0].isdigit() else word for word in words]


def pairs(words: Sequence[str]) -> Counter[tuple[str, str]]:
    """How often each pair of neighbours occurs."""
    return Counter(zip(("", *words), (*words, ""), strict=True))


def contained(part: Counter[tuple[str, str]], whole: Counter[tuple[str, str]]) -> float:
    """How much of `part` occurs in `whole`, from 0 to 1."""
    size = part.total()
    return sum(min(count, whole[pair]) for pair, count in part.items() if pair in whole) / size if size else 0.0


def likeness(left: Counter[tuple[str, str]], right: Counter[tuple[str, str]]) -> float:
    """Dice's coefficient of two bags, from 0 to 1."""
    size = left.total() + right.total()
    if not size:
        return 1.0
    if len(right) < len(left):
        left, right = right, left
    return 2 * sum(min(count, right[pair]) for pair, count in left.items() if pair in right) / size
