"""Conditions in languages with braces that always come out the same: `true || slow`, `!false`, `1 == 1`."""

from __future__ import annotations

_ALWAYS = frozenset(("true", "1", "[]", "{}"))
_NEVER = frozenset(("false", "0", "null", "undefined", "nil", '""', "''", "NaN"))
_EQUAL = {"==": True, "===": True, "<=": True, ">=": True, "!=": False, "!==": False, "<": False, ">": False}


def truth(words: list[str]) -> bool | None:
    """Whether these tokens hold whatever happens, or never (False); None where that depends."""
    words = _bare(words)
    for sign, deciding in (("||", True), ("&&", False)):
        parts = _split(words, sign)
        if len(parts) > 1:
            known = [truth(part) for part in parts]
            if deciding in known:
                return deciding
            return None if None in known else not deciding
    if words[:1] == ["!"]:
        inner = truth(words[1:])
        return None if inner is None else not inner
    if words[:1] == ["!!"]:
        return truth(words[1:])
    for sign, same in _EQUAL.items():
        left, right = (*_split(words, sign), [], [])[:2]
        if left and left == right and "(" not in left:
            return same
        if len(left) == len(right) == 1 and left[0].isdigit() and right[0].isdigit():
            return _of_numbers(int(left[0]), sign, int(right[0]))
    text = "".join(words)
    if text in _ALWAYS or (len(words) == 1 and len(text) > 2 and text[0] in "\"'`"):
        return True
    return False if text in _NEVER else None


def _of_numbers(left: int, sign: str, right: int) -> bool:
    less, equal = left < right, left == right
    return {"<": less, "<=": less or equal, ">": not less and not equal, ">=": not less}.get(
        sign, equal is sign.startswith("=")
    )


def _bare(words: list[str]) -> list[str]:
    """Without brackets around the whole."""
    while len(words) > 2 and words[0] == "(" and words[-1] == ")" and _closes_last(words):
        words = words[1:-1]
    return words


def _closes_last(words: list[str]) -> bool:
    depth = 0
    for at, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            return at == len(words) - 1
    return False


def _split(words: list[str], sign: str) -> list[list[str]]:
    """The parts between a sign that stands in no bracket."""
    parts: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if word == sign and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts
