"""Tokens of languages with braces, with brackets and separators, and which bracket closes which."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from qualitygate.frozen import NamedTuple

_OPENING = frozenset(("(", "[", "{", "#["))
_PARTNERS = {")": "(", "]": "[", "}": "{"}
_STRINGS = {
    "go": r'"(?:[^"\\\n]|\\.)*"|`[^`]*`' + r"|'(?:[^'\\\n]|\\.[^'\n]*)'",
    "rust": r'b?r(?P<hashes>\#*)".*?"(?P=hashes)|b?"(?:[^"\\]|\\.)*"' + r"|b?'(?:[^'\\\n]|\\[^\n][^'\n]*)'|'\w+",
    "csharp": r'\$*"""(?:[^"\\]|\\.|"(?!""))*"""|(?:@\$?|\$@)"(?:[^"]|"")*"|\$?"(?:[^"\\\n]|\\.)*"'
    + r"|'(?:[^'\\\n]|\\.[^'\n]*)'",
    "jvm": r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`' + r"|'(?:[^'\\\n]|\\.[^'\n]*)'",
}


class Tokens(NamedTuple):
    """Words in their order; `partner[i]` is the index of the bracket that belongs to bracket `i`, else -1."""

    words: list[str]
    partner: list[int]
    lines: Sequence[int]


@lru_cache(maxsize=8)
def _pattern(language: str) -> Any:
    import re  # here, because most commits change no test

    return re.compile(
        rf"""(//[^\n]*|/\*.*?(?:\*/|\Z))|(\n)|(?:{_STRINGS[language]})|[\w$]+(?:\.\d\w*)?(?<!\.)
        |=>|->|:=|==|!=|<=|>=|&&|\|\||::|\.\.=?|\?\.|!!|\#\[|[^\s]""",
        re.VERBOSE | re.DOTALL,
    )


@lru_cache(maxsize=1)
def _comments() -> Any:
    import re

    return re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)


def paired(words: list[str], lines: Sequence[int]) -> Tokens:
    """With the partner of each bracket; one that has none is left alone."""
    partner = [-1] * len(words)
    stack: list[int] = []
    for at, word in enumerate(words):
        if word in _OPENING:
            stack.append(at)
        elif word in _PARTNERS:
            wanted = _PARTNERS[word]
            for depth in range(len(stack) - 1, max(-1, len(stack) - 4), -1):
                if words[stack[depth]][-1] == wanted:
                    partner[at], partner[stack[depth]] = stack[depth], at
                    del stack[depth:]
                    break
    return Tokens(words, partner, lines)


def again(source: str) -> Tokens:
    """From what `Case.source` keeps: one token a line."""
    words = source.split("\n") if source else []
    return paired(words, [0] * len(words))


def lex(text: str, language: str) -> Tokens:
    """Tokens of Go, Rust, Java or Kotlin. A `return` that ends its line is followed by a semicolon."""
    words: list[str] = []
    lines: list[int] = []
    line = 1
    for found in _pattern(language).finditer(text):
        word = found[0]
        if found[1] is not None:
            line += word.count("\n")
        elif word == "\n":
            line += 1
            if words and words[-1] == "return":
                words.append(";")
                lines.append(line)
        else:
            words.append(word if "\n" not in word else word.replace("\n", " "))
            lines.append(line)
            line += word.count("\n")
    return paired(words, lines)


def lex_javascript(text: str, *, jsx: bool) -> Tokens:
    """Tokens of JavaScript or TypeScript: those of the matcher's lexer, with what it drops put back between them."""
    from qualitygate import javascript_tokens

    row = javascript_tokens.lex(text, jsx=jsx)
    words: list[str] = []
    offsets: list[int] = []
    end = 0
    for word, start, after in zip((*row.tokens, ""), (*row.starts, len(text)), (*row.ends, len(text)), strict=True):
        if start > end:
            gap = text[end:start]
            if gap != " ":
                _put_back(gap, start, words, offsets)
        if word:
            words.append(word if "\n" not in word else word.replace("\n", " "))
            offsets.append(start)
        end = after
    return paired(words, _Lines(row.lines, offsets))


def _put_back(gap: str, start: int, words: list[str], offsets: list[int]) -> None:
    """Brackets and separators between two tokens; a semicolon where a line ends behind `return`."""
    if "/" in gap:
        gap = _comments().sub(" ", gap)
    for character in gap:
        if character in "()[]{},;":
            words.append(character)
            offsets.append(start)
        elif character == "\n" and words and words[-1] == "return":
            words.append(";")
            offsets.append(start)


class _Lines(Sequence[int]):
    """The line of each token, worked out when somebody asks."""

    def __init__(self, starts: list[int], offsets: list[int]) -> None:
        self.starts, self.offsets = starts, offsets

    def __len__(self) -> int:
        return len(self.offsets)

    def __getitem__(self, at: Any) -> Any:
        from bisect import bisect_right

        return bisect_right(self.starts, self.offsets[at])


def arguments(tokens: Tokens, opening: int) -> list[tuple[int, int]]:
    """The arguments between a bracket and its partner, as (first, end) of their tokens."""
    closing = tokens.partner[opening]
    if closing <= opening:
        return []
    found: list[tuple[int, int]] = []
    first = at = opening + 1
    while at < closing:
        word = tokens.words[at]
        if word == ",":
            found.append((first, at))
            first = at + 1
        elif tokens.partner[at] > at:
            at = tokens.partner[at]
        at += 1
    if first < closing:
        found.append((first, closing))
    return found


def text_between(tokens: Tokens, first: int, end: int) -> str:
    """Tokens as one text, without `await`."""
    return " ".join(word for word in tokens.words[first:end] if word != "await")


def source_between(tokens: Tokens, first: int, end: int) -> str:
    """As `again` reads it."""
    return "\n".join(tokens.words[first:end])


class Scope(NamedTuple):
    """A block that is open while tokens are walked: where it ends, what leads it, and since when it is dead."""

    end: int
    head: str


def is_literal(text: str) -> bool:
    """Whether a text is a number, a string, or a word for a constant, alone."""
    return text in ("true", "false", "null", "nil", "undefined", "None") or (
        " " not in text[:1] and bool(text) and (text[0].isdigit() or (text[0] in "\"'`" and text[-1] in "\"'`"))
    )
