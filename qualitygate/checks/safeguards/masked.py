"""Source text with its comments and strings blanked, so that what is left is code and every offset still holds."""

from __future__ import annotations

from collections.abc import Sequence

from qualitygate.frozen import NamedTuple

JAVASCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_TYPES_ONLY = (".ts", ".mts", ".cts")
_C_LIKE = r"""(//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))
|(\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\[^\n]{1,9}?)'|`[^`]*`)"""


class Masked(NamedTuple):
    """`code` is as long as the text; `comments` are (start, end)."""

    code: str
    comments: Sequence[tuple[int, int]]

    def line(self, offset: int) -> int:
        """The line, from 1, of a character."""
        return self.code.count("\n", 0, offset) + 1


def decode(data: bytes) -> str:
    """The text of a file whatever its encoding."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    out, at = [], 0
    for start, end in spans:
        out.append(text[at:start])
        out += ["\n" if sign == "\n" else " " for sign in text[start:end]]
        at = end
    out.append(text[at:])
    return "".join(out)


def javascript(path: str, text: str) -> Masked:
    """JavaScript and TypeScript. Quotes stay, what is between them goes."""
    from qualitygate import javascript_tokens

    row = javascript_tokens.lex(text, jsx=not path.endswith(_TYPES_ONLY))
    strings = [
        (start + 1, max(start + 1, end - 1))
        for word, start, end in zip(row.tokens, row.starts, row.ends, strict=True)
        if text[start] in "\"'`}" or (text[start] == "/" and len(word) > 2 and word != "/>")
    ]
    return Masked(_blank(text, sorted(strings + row.comments)), row.comments)


def c_like(text: str) -> Masked:
    """Any language whose comments begin with two slashes."""
    import re

    comments, spans = [], []
    for found in re.finditer(_C_LIKE, text, re.VERBOSE | re.DOTALL):
        start, end = found.span()
        if found[1] is not None:
            comments.append((start, end))
            spans.append((start, end))
        else:
            spans.append((start + 1, end - 1))
    return Masked(_blank(text, spans), comments)
