"""The significant tokens of JavaScript and TypeScript, with templates, regular expressions and JSX.

Where the grammar needs a parser to tell two readings apart, the likelier one is taken: the same text is
read the same way in both trees, which is all that matching needs.
"""

from __future__ import annotations

import re
from typing import Literal

from qualitygate.frozen import NamedTuple

Mode = Literal["code", "object", "paren", "template", "tag", "children"]


class Row(NamedTuple):
    """What `tokens.Lexed` holds, but for the text: see there."""

    tokens: list[str]
    starts: list[int]
    ends: list[int]
    breaks: list[int]
    comments: list[tuple[int, int]]
    lines: list[int]


# Strings never fail to match: one without its end stops at the line's end, or the file's, so that time stays linear.
_CODE = re.compile(
    r"""
    (//[^\r\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|\A\#![^\r\n]*)
    |("[^"\\\r\n]*(?:\\(?:\r\n|.|\Z)[^"\\\r\n]*)*"? | '[^'\\\r\n]*(?:\\(?:\r\n|.|\Z)[^'\\\r\n]*)*'?)
    |(`)
    |([$\#@\\]*[^\W\d][\w$]*|[$\#@][\w$]*)
    |(0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?)
    |([,;])
    |([\[({])
    |([\])}])
    |(=>|\*\*=|\?\?=|&&=|\|\|=|>>>=|<<=|>>=|===|!==|\.\.\.|\+\+|--|&&|\|\||\?\?|\?\.(?!\d)|\*\*|[-+*%&|^<>=!]=|[^\s])
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT, _STRING, _TICK, _NAME, _NUMBER, _DROPPED, _OPEN, _CLOSE, _OPERATOR = range(1, 10)
_REGEX = re.compile(r"/(?![*/])(?:\\[^\r\n]|\[(?:\\[^\r\n]|[^\]\\\r\n])*\]|[^/\\\[\r\n])+/[\w$]*")
_CHUNK = re.compile(r"[^`\\$]*(?:(?:\\.|\\\Z|\$(?!\{))[^`\\$]*)*(`|\$\{|\Z)", re.DOTALL)
_TAG = re.compile(r"<(?=[A-Za-z_$>])(?![A-Za-z_$][\w$]*\s*(?:,|extends\s))")
_IN_TAG = re.compile(
    r"(//[^\r\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))|(\"[^\"]*\"?|'[^']*'?)|(\{)|(/\s*>)|(>)|([\w$:.-]+)|([^\s])"
)
_TAG_COMMENT, _TAG_STRING, _TAG_OPEN, _TAG_EMPTY, _TAG_END = range(1, 6)
_SPACE = re.compile(r"\{\s*(?:\"\s+\"|'\s+')\s*\}")
_IN_TEXT = re.compile(r"(</)|(<)|(\{)|([^\s<{]+)")
_CLOSING, _OPENING, _BRACE = range(1, 4)
_PLAIN = re.compile(r"\"[A-Za-z_$][\w$]*\"")
_NEWLINE = re.compile(r"\r\n|\n|\r")
# After these a value is expected: `/` begins a regular expression there, and `<` may begin an element.
_BEFORE_VALUE = frozenset(
    (
        *("return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof"),
        *("yield", "await", "default", "extends"),
    )
)
_OPENS_VALUE = frozenset(("", "(", "[", "{", ",", ";", "block}", "=>", "..."))
_BLOCK_AFTER = frozenset(("else", "do", "try", "finally", "static"))
_CONTINUES = frozenset(
    (
        *(
            ".",
            "?.",
            "?",
            ":",
            "=",
            "=>",
            "==",
            "===",
            "!=",
            "!==",
            "+",
            "-",
            "*",
            "/",
            "%",
            "**",
            "<",
            ">",
            "<=",
            ">=",
        ),
        *("&&", "||", "??", "&", "|", "^", "+=", "-=", "*=", "/=", "||=", "&&=", "??="),
    )
)
_JOINS = _CONTINUES | {"in", "of", "instanceof", "as", "satisfies", "extends", "implements"}
_ENDLESS = _CONTINUES | _BEFORE_VALUE | {"const", "let", "var", "import", "export", "from", "async", "!", "~", "..."}


class _Lexer:
    """One text on its way to tokens; `modes` says what stands around the place that is read."""

    def __init__(self, text: str, *, jsx: bool) -> None:
        self.text = text
        self.jsx = jsx
        self.row = Row([], [], [], [], [], [0, *(found.end() for found in _NEWLINE.finditer(text))])
        self.modes: list[Mode] = ["code"]
        self.at = 0
        self.last = ""
        """The last token or bracket, which says whether a value is expected next."""
        self.keyed = False
        """Whether the last token is a string that stands where a key of an object may."""
        self.fresh = True
        """Whether the next token begins a statement, whatever line it stands on."""
        self.line = 0
        """How many line starts lie at or before the last token."""
        self.closing: list[bool] = []
        """For every tag that is open, whether it closes its element."""

    def run(self) -> Row:
        size = len(self.text)
        while self.at < size:
            mode = self.modes[-1]
            if mode == "template":
                self._template()
            elif mode == "tag":
                self._tag()
            elif mode == "children":
                self._children()
            else:
                self._code()
        return self.row

    def _add(self, start: int, end: int, word: str) -> None:
        row = self.row
        before = self.line
        while self.line < len(row.lines) and row.lines[self.line] <= start:
            self.line += 1
        if self.modes[-1] == "code" and (
            self.fresh or (self.line > before and word not in _JOINS and self.last not in _ENDLESS)
        ):
            row.breaks.append(len(row.tokens))
        self.fresh = self.keyed = False
        row.tokens.append(word)
        row.starts.append(start)
        row.ends.append(end)
        self.last = word
        self.at = end

    def _expects_value(self) -> bool:
        last = self.last
        if last in _OPENS_VALUE or last in _BEFORE_VALUE:
            return True
        ends = last in (")", "]", "}", "++", "--") or last[0] in "_$\"'`#@.\\>" or last[0] > "\x7f"
        return not ends and not last[0].isalnum()

    def _code(self) -> None:
        found = _CODE.search(self.text, self.at)
        if found is None:
            self.at = len(self.text)
            return
        start, end, kind = found.start(), found.end(), found.lastindex
        if kind == _COMMENT:
            self.row.comments.append((start, end))
            self.at = end
        elif kind == _STRING:
            key = self.last in ("{", ",")
            self._add(start, end, _string(found[0]))
            self.keyed = key
        elif kind == _TICK:
            self.at = start
            self.modes.append("template")
            self._chunk(start, start + 1)
        elif kind == _NUMBER:
            self._add(start, end, _number(found[0]))
        elif kind == _DROPPED:
            self.last, self.at = found[0], end
            self.fresh = self.fresh or (found[0] == ";" and self.modes[-1] == "code")
        elif kind == _OPEN:
            self._open(found[0], end)
        elif kind == _CLOSE:
            self._close(found[0], end)
        else:
            self._word(start, end, found[0])

    def _word(self, start: int, end: int, word: str) -> None:
        if word == "/" or word == "/=":
            regex = _REGEX.match(self.text, start) if self._expects_value() else None
            if regex is not None:
                self._add(start, regex.end(), regex[0])
                return
        elif word[0] == "<" and self.jsx and self._expects_value() and _TAG.match(self.text, start):
            self._add(start, start + 1, "<")
            self.modes.append("tag")
            self.closing.append(False)
            return
        elif word in ("|", "&") and self._expects_value():
            self.at = end  # formatters put one in front of the first type, too
            return
        elif word == ":" and self.keyed and _PLAIN.fullmatch(self.row.tokens[-1]):
            self.row.tokens[-1] = self.row.tokens[-1][1:-1]  # and take the quotes of keys away
        self._add(start, end, word)

    def _open(self, bracket: str, end: int) -> None:
        self.at = end
        mode: Mode = "paren"
        if bracket == "{":
            last = self.last
            block = last in ("", ")", ";", "{", "=>", "block}", ">") or last in _BLOCK_AFTER
            named = bool(last) and (last[0].isalnum() or last[0] in "_$") and last not in _BEFORE_VALUE
            mode = "code" if (block or named) and last != "import" and last != "export" else "object"
        self.modes.append(mode)
        self.fresh = mode == "code"
        self.last = bracket

    def _close(self, bracket: str, end: int) -> None:
        self.at = end
        mode = self.modes[-1]
        if len(self.modes) > 1:
            self.modes.pop()
        if bracket == "}" and self.modes[-1] == "template":
            self._chunk(end - 1, end)
            return
        if bracket == "}" and self.modes[-1] in ("tag", "children"):
            self.last = "}"
            return
        block = bracket == "}" and mode == "code"
        self.fresh = block and self.modes[-1] == "code"
        self.last = "block}" if block else bracket

    def _chunk(self, start: int, after: int) -> None:
        """A piece of a template: from its quote, or the end of an expression in it, to the next of either."""
        found = _CHUNK.match(self.text, after)
        end = found.end() if found is not None else len(self.text)
        self._add(start, end, " ".join(self.text[start:end].split()) or "`")
        if found is not None and found[1] == "${":
            self.modes.append("paren")
            self.last = "("
        else:
            self.modes.pop()
            self.last = "`"

    def _template(self) -> None:
        # Reached only where brackets do not pair: what follows is read as code again.
        self.modes.pop()

    def _tag(self) -> None:
        found = _IN_TAG.search(self.text, self.at)
        if found is None:
            self.at = len(self.text)
            return
        start, end, kind = found.start(), found.end(), found.lastindex
        if kind == _TAG_COMMENT:
            self.row.comments.append((start, end))
            self.at = end
        elif kind == _TAG_OPEN:
            self.modes.append("paren")
            self.last, self.at = "(", end
        elif kind in (_TAG_EMPTY, _TAG_END):
            self._add(start, end, "/>" if kind == _TAG_EMPTY else ">")
            self.modes.pop()
            if self.closing.pop():
                if self.modes[-1] == "children":
                    self.modes.pop()
            elif kind == _TAG_END:
                self.modes.append("children")
            self.last = "}"  # a value has ended
        else:
            self._add(start, end, f'"{found[0][1:-1]}"' if kind == _TAG_STRING else found[0])

    def _children(self) -> None:
        found = _IN_TEXT.search(self.text, self.at)
        if found is None:
            self.at = len(self.text)
            return
        start, end, kind = found.start(), found.end(), found.lastindex
        if kind in (_CLOSING, _OPENING):
            self._add(start, end, found[0])
            self.modes.append("tag")
            self.closing.append(kind == _CLOSING)
        elif kind == _BRACE:
            blank = _SPACE.match(self.text, start)
            if blank is not None:
                self.at = blank.end()
                return
            self.modes.append("paren")
            self.last, self.at = "(", end
        else:
            self._add(start, end, found[0])


def _string(word: str) -> str:
    quote = word[0]
    body = word[1:-1] if len(word) > 1 and word.endswith(quote) else word[1:]
    if "\\" in body:
        body = re.sub(r"\\(['\"])", r"\1", body)
    return f'"{body}"'


def _number(word: str) -> str:
    word = word.lower()
    if word.startswith(("0x", "0b", "0o")):
        return word
    mantissa, mark, power = word.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".") or "0"
    if mantissa.startswith("."):
        mantissa = "0" + mantissa
    return f"{mantissa}{mark}{power.lstrip('+')}"


def lex(text: str, *, jsx: bool) -> Row:
    """The tokens of a text. `jsx`: whether `<` may begin an element, as in all but `.ts`, `.mts` and `.cts`."""
    return _Lexer(text, jsx=jsx).run()
