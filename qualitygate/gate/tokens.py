"""The significant tokens of a source file: what is left of it when a formatter has no say.

Layout, comments, brackets, commas and semicolons are dropped, strings and numbers are spelled in one
way. A lexer here never fails: a broken file only gives odd tokens, and gives the same ones every time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from qualitygate.frozen import NamedTuple

_SIZE_LIMIT = 4_000_000


class Lexed(NamedTuple):
    """A file as tokens. Token `i` covers the characters `starts[i]` to `ends[i]` of `text`.

    `breaks` are the indices of tokens that begin a logical line, `comments` are (start, end)
    and `lines` holds the offset at which each physical line starts.
    """

    text: str
    tokens: list[str]
    starts: list[int]
    ends: list[int]
    breaks: list[int]
    comments: list[tuple[int, int]]
    lines: list[int]

    def line(self, offset: int) -> int:
        """The line, from 1, that holds a character."""
        return bisect_right(self.lines, offset)

    def column(self, offset: int) -> int:
        """The column, from 1 and in characters, of a character in its line."""
        return offset - self.lines[self.line(offset) - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a place, moved back to the line's end where the column lies beyond it."""
        start = self.lines[line - 1]
        stop = self.lines[line] - 1 if line < len(self.lines) else len(self.text)
        return min(start + max(column, 1) - 1, max(stop, start))


def decode(data: bytes) -> str:
    """The text of a file whatever its encoding: UTF-8, with or without a mark, else Latin-1."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_NEWLINE = re.compile(r"\r\n|\n|\r")


def split_lines(text: str) -> list[str]:
    """Lines as tools count them: form feeds and Unicode separators end none."""
    return _NEWLINE.split(text)


def lex(path: str, data: bytes) -> Lexed | None:
    """The tokens of a file; None for a language that has no lexer here, or a very large file."""
    name = path.rsplit("/", 1)[-1]
    lexer = _LEXERS.get(name.rsplit(".", 1)[-1].lower()) if "." in name else None
    if lexer is None or len(data) > _SIZE_LIMIT:
        return None
    return lexer(decode(data))


# Strings never fail to match: one without its end stops at the line's end, or the file's, so that time stays linear.
_PYTHON = re.compile(
    r"""
    ([rbuftRBUFT]{0,2}(?:
        \"{3} [^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)* (?:\"{3}|\Z)
      | '{3} [^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)* (?:'{3}|\Z)
      | " [^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)* "?
      | ' [^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)* '?
    ))
    |([^\W\d]\w*)
    |(\r\n|\n|\r)
    |([,;])
    |([\[({])
    |([\])}])
    |(\#[^\r\n]*)
    |(0[xX][\da-fA-F_]+[lL]?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[a-zA-Z]?)
    |\\(?:\r\n|\n|\r)
    |(\*\*=?|//=?|>>=?|<<=?|->|:=|\.\.\.|[-+*/%@&|^=<>!]=?|[^\s\x00])
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING, _NAME, _LINE_END, _DROPPED, _OPEN, _CLOSE, _COMMENT, _NUMBER, _OPERATOR = range(1, 10)
# A line can begin with these in no bracket: an unclosed one is forgotten here, not at the end of the file.
_STATEMENTS = frozenset(("def", "class", "import", "return"))


def _python(text: str) -> Lexed:
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: list[int] = []
    comments: list[tuple[int, int]] = []
    lines = [0]
    strings: list[str] = []
    depth, fresh, line_fresh = 0, True, True
    for found in _PYTHON.finditer(text):
        kind = found.lastindex
        if kind is None or kind == _COMMENT:
            if kind:
                comments.append(found.span())
            else:
                lines.append(found.end())
            continue
        if kind == _STRING:
            word = found[0]
            lines.extend(found.start() + m.end() for m in _NEWLINE.finditer(word))
            if strings and not fresh:
                strings.append(word)
                ends[-1] = found.end()
                line_fresh = False
                continue
            if strings:
                tokens[-1] = _python_string(strings)
            strings = [word]
        elif kind == _LINE_END:
            lines.append(found.end())
            fresh, line_fresh = fresh or not depth, True
            continue
        else:
            if strings:
                tokens[-1] = _python_string(strings)
                strings = []
            if kind >= _DROPPED and kind <= _CLOSE:
                depth = depth + 1 if kind == _OPEN else max(depth - 1, 0) if kind == _CLOSE else depth
                fresh = fresh or (not depth and found[0] == ";")
                line_fresh = False
                continue
            word = found[0]
            if line_fresh and depth and word in _STATEMENTS:
                depth, fresh = 0, True
            elif kind == _NUMBER:
                word = _number(word)
        if fresh:
            breaks.append(len(tokens))
        fresh = line_fresh = False
        tokens.append(word)
        starts.append(found.start())
        ends.append(found.end())
    if strings:
        tokens[-1] = _python_string(strings)
    return Lexed(text, tokens, starts, ends, breaks, comments, lines)


_ESCAPED_QUOTE = re.compile(r"\\(['\"])")
_HEX = re.compile(r"\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})")
_BLANK_OR_QUOTE = re.compile(r"[\s'\"]+")


def _python_string(parts: list[str]) -> str:
    # Formatters requote, re-indent docstrings, join neighbours and tidy the fields of f-strings.
    prefixes, bodies = "", []
    for part in parts:
        quote = min(at for at in (part.find('"'), part.find("'")) if at >= 0)
        prefixes += part[:quote].lower()
        body = part[quote:]
        width = 3 if body[:3] in ('"""', "'''") else 1
        bodies.append(body[width:-width] if body.endswith(body[:width]) and len(body) >= 2 * width else body[width:])
    body = "".join(bodies)
    prefix = "".join(sorted(set(prefixes) - {"u"}))
    if "\\" in body:
        body = _ESCAPED_QUOTE.sub(r"\1", body)
        body = _HEX.sub(lambda m: m[0][:2] + m[0][2:].lower(), body)
    if "f" in prefix or "t" in prefix:
        body = _BLANK_OR_QUOTE.sub("", body)
    return f'{prefix}"{" ".join(body.split())}"'


def _number(word: str) -> str:
    word = word.lower()
    if word.startswith("."):
        return "0" + word
    return word + "0" if word.endswith(".") else word


def _javascript(text: str) -> Lexed:
    from qualitygate import javascript_tokens  # its patterns take longer to compile than most files to lex

    return Lexed(text, *javascript_tokens.lex(text, jsx=True))


def _typescript(text: str) -> Lexed:
    from qualitygate import javascript_tokens

    return Lexed(text, *javascript_tokens.lex(text, jsx=False))


_LEXERS: dict[str, Callable[[str], Lexed]] = {
    **dict.fromkeys(("py", "pyi", "pyw"), _python),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs", "tsx"), _javascript),
    **dict.fromkeys(("ts", "mts", "cts"), _typescript),
}
