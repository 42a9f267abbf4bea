"""Where the comments and the strings of a text are, in every language that suppressions are looked for in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from qualitygate.frozen import NamedTuple

Span = tuple[int, int]


class Marked(NamedTuple):
    """Spans of a text, (start, end) in characters, in order: its comments, and what is no code besides them."""

    comments: list[Span]
    strings: list[Span]


class _Syntax(NamedTuple):
    """How a language writes what is no code; expressions of `re`, tried from left to right where one may begin.

    A string that is never closed ends with the line, or the file. `nested`: block comments hold block comments.
    `heredoc`: with the groups `dash` and `word`, the line that ends it.
    """

    comment: str
    string: str
    nested: bool = False
    heredoc: str = ""
    skip: str = ""


_BLOCK = r"/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)"
_SLASHES = rf"//[^\n]*|{_BLOCK}"
_DOUBLE = r'"(?:[^"\\\n]|\\(?:.|\Z))*"?'
_SINGLE = r"'(?:[^'\\\n]|\\(?:.|\Z))*'?"
_LONG_DOUBLE = r'"(?:[^"\\]|\\(?:.|\Z))*(?:"|\Z)'
_LONG_SINGLE = r"'(?:[^'\\]|\\(?:.|\Z))*(?:'|\Z)"
_CHARACTER = r"'(?:[^'\\\n]|\\[^\n][^'\n]{0,9})'"
_TRIPLE = r'"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)'
_RAW_TRIPLE = r'"""(?:[^"]|"(?!""))*(?:"""|\Z)'
_HASH = r"(?:^|(?<=[\s;|&(){}]))\#[^\n]*"
_HEREDOC = r"""<<(?P<dash>[-~]?)[ \t]*(?P<quote>['"\\]?)(?P<word>[A-Za-z_]\w*)(?:(?P=quote))?"""

_SYNTAXES: dict[str, _Syntax] = {
    "c": _Syntax(
        _SLASHES,
        rf'\bu?8?[LU]?R"(?P<mark>[^\s()\\]{{0,16}})\([\s\S]*?\)(?P=mark)"|{_DOUBLE}|{_CHARACTER}',
        skip=r"\b\d[\w']*",
    ),
    "go": _Syntax(_SLASHES, rf"`[^`]*(?:`|\Z)|{_DOUBLE}|{_CHARACTER}"),
    "rust": _Syntax(
        r"//[^\n]*|/\*", rf'\bb?c?r(?P<mark>\#*)"[\s\S]*?"(?P=mark)|{_LONG_DOUBLE}|{_CHARACTER}', nested=True
    ),
    "java": _Syntax(_SLASHES, rf"{_TRIPLE}|{_DOUBLE}|{_CHARACTER}"),
    "scala": _Syntax(_SLASHES, rf"{_TRIPLE}|'''[\s\S]*?(?:'''|\Z)|{_DOUBLE}|{_SINGLE}"),
    "kotlin": _Syntax(r"//[^\n]*|/\*", rf"{_RAW_TRIPLE}|{_DOUBLE}|{_CHARACTER}", nested=True),
    "swift": _Syntax(r"//[^\n]*|/\*", rf'(?P<mark>\#+)"[\s\S]*?"(?P=mark)|{_TRIPLE}|{_DOUBLE}', nested=True),
    "csharp": _Syntax(_SLASHES, rf'\$?@\$?"(?:[^"]|"")*(?:"|\Z)|{_RAW_TRIPLE}|{_DOUBLE}|{_CHARACTER}'),
    "php": _Syntax(
        rf"//(?:[^\n?]|\?(?!>))*|\#(?!\[)(?:[^\n?]|\?(?!>))*|{_BLOCK}",
        rf"\?>(?:[^<]|<(?!\?))*(?:<\?(?:php|=)?|\Z)|{_LONG_DOUBLE}|{_LONG_SINGLE}",
        heredoc=_HEREDOC.replace("<<", "<<<", 1),
    ),
    "ruby": _Syntax(
        r"^=begin\b[\s\S]*?(?:^=end\b|\Z)|(?:^|(?<=[\s;(){}\[\],]))\#(?!\{)[^\n]*",
        rf"^__END__\n[\s\S]*|{_LONG_DOUBLE}|{_LONG_SINGLE}|`[^`\n]*`?"
        r"|%[qQwWiIr]?(?:\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|(?P<mark>[|!/])[^\n]*?(?P=mark))"
        r"|(?<=[(,=~!|&{;])[ \t]*/(?![ \t*])(?:[^/\\\n]|\\.)*/|(?<=\bwhen )/(?:[^/\\\n]|\\.)*/|\?\#",
        heredoc=r"""<<(?P<dash>[-~])(?P<quote>['"`]?)(?P<word>[A-Za-z_]\w*)(?P=quote)|<<(?P<bare>[A-Z][A-Z_\d]+)\b""",
    ),
    "shell": _Syntax(
        _HASH, rf"\$'(?:[^'\\]|\\.)*(?:'|\Z)|'[^']*(?:'|\Z)|{_LONG_DOUBLE}", heredoc=r"(?<!<)" + _HEREDOC, skip=r"\\."
    ),
    "hcl": _Syntax(rf"\#[^\n]*|{_SLASHES}", _DOUBLE, heredoc=_HEREDOC),
    "dockerfile": _Syntax(r"^[ \t]*\#[^\n]*", r"(?!)", heredoc=_HEREDOC),
    "hash": _Syntax(r"(?:^|(?<=\s))[\#;][^\n]*", rf"{_TRIPLE}|'''[\s\S]*?(?:'''|\Z)|{_DOUBLE}|'[^'\n]*'"),
    "css": _Syntax(rf"(?:^|(?<=\s))//[^\n]*|{_BLOCK}", rf"{_DOUBLE}|{_SINGLE}"),
    "json": _Syntax(_SLASHES, _DOUBLE),
    "sql": _Syntax(
        rf"--[^\n]*|{_BLOCK}", r"'(?:[^']|'')*(?:'|\Z)|\"[^\"]*(?:\"|\Z)|(?P<mark>\$\w*\$)[\s\S]*?(?P=mark)"
    ),
    "html": _Syntax(r"<!--[\s\S]*?(?:-->|\Z)", r"(?!)"),
    "markdown": _Syntax(
        r"<!--[\s\S]*?(?:-->|\Z)|\{/\*[\s\S]*?(?:\*/\}|\Z)", r"(?P<mark>`+)(?!`)[\s\S]*?(?<!`)(?P=mark)(?!`)"
    ),
    "python": _Syntax(
        r"\#[^\n]*",
        rf"[rbuftRBUFT]{{0,2}}(?:{_TRIPLE}|'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)|{_DOUBLE}|{_SINGLE})",
    ),
}


@cache
def _compiled(language: str) -> re.Pattern[str]:
    syntax = _SYNTAXES[language]
    parts = [f"(?P<c>{syntax.comment})", f"(?P<s>{syntax.string})"]
    parts += [f"(?P<h>{syntax.heredoc})"] if syntax.heredoc else []
    parts += [f"(?P<skip>{syntax.skip})"] if syntax.skip else []
    return re.compile("|".join(parts), re.MULTILINE | re.DOTALL)


def mark(language: str, path: str, text: str) -> Marked:
    """The comments and strings of a text whose lines end in `\\n`; a broken one only gives odd spans."""
    if language in _OTHERWISE:
        return _OTHERWISE[language](path, text)
    return _by_table(language, text)


def _by_table(language: str, text: str, start: int = 0) -> Marked:
    syntax, pattern = _SYNTAXES[language], _compiled(language)
    found = Marked([], [])
    waiting: list[tuple[str, str]] = []
    at = start
    line_end = -1
    if language == "php":
        begin = text.find("<?")
        at = begin if begin >= 0 else len(text)
        found.strings.append((0, at))
    while True:
        match = pattern.search(text, at)
        if waiting and (match is None or match.start() > line_end):
            at = _after_heredocs(text, line_end, waiting, found)
            waiting = []
            continue
        if match is None or match.end() == match.start():
            return found
        kind = match.lastgroup  # of groups in one another the outer one closes last
        at = match.end()
        if kind == "c":
            if syntax.nested and match[0] == "/*":
                at = _end_of_nested(text, at)
            found.comments.append((match.start(), at))
        elif kind == "s":
            found.strings.append(match.span())
        elif kind == "h":
            if not waiting:
                line_end = text.find("\n", at)
                line_end = line_end if line_end >= 0 else len(text)
            groups = match.groupdict()
            waiting.append((groups.get("word") or groups["bare"] or "", groups.get("dash") or ""))


def _after_heredocs(text: str, line_end: int, waiting: list[tuple[str, str]], found: Marked) -> int:
    """Where code goes on; a word whose line never comes was no heredoc."""
    at = line_end
    for word, _ in waiting:
        end = re.compile(rf"\n[ \t]*{re.escape(word)}\b").search(text, at)
        if end is None:
            continue
        found.strings.append((at, end.end()))
        at = end.end()
    return at


def _end_of_nested(text: str, at: int) -> int:
    depth = 1
    for match in re.compile(r"/\*|\*/").finditer(text, at):
        depth += 1 if match[0] == "/*" else -1
        if not depth:
            return match.end()
    return len(text)


def line_starts(text: str) -> list[int]:
    """The offset of the first character of each line."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _python(path: str, text: str) -> Marked:
    """By the table, five times as fast as `tokenize`; that alone knows where an f-string with its own quotes ends."""
    found = _by_table("python", text)
    odd = (
        text[start:end] for start, end in found.strings if text[start : start + 2].lower().strip("rb\"'") in ("f", "t")
    )
    if any(part.count("{") != part.count("}") for part in odd):
        return _by_tokenize(text) or found
    return found


def _by_tokenize(text: str) -> Marked | None:
    import io
    import tokenize

    found = Marked([], [])
    starts = line_starts(text)
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type]
            start, end = (starts[row - 1] + column for row, column in (token.start, token.end))
            if name == "COMMENT":
                found.comments.append((start, end))
            elif name == "STRING":
                found.strings.append((start, end))
            elif name in ("FSTRING_START", "TSTRING_START"):
                opened.append(start)
            elif name in ("FSTRING_END", "TSTRING_END"):
                found.strings.append((opened.pop(), end))
    except (SyntaxError, tokenize.TokenError, IndexError):  # a text of another Python, or one that is not finished
        return None
    return found


def _javascript(path: str, text: str) -> Marked:
    from qualitygate import javascript_tokens

    row = javascript_tokens.lex(text, jsx=not path.endswith((".ts", ".mts", ".cts")))
    texts = zip(row.tokens, row.starts, row.ends, strict=True)
    return Marked(row.comments, [(start, end) for word, start, end in texts if word[:1] in ("'", '"', "`", "}")])


_SECTION = r"<(script|style)\b[^>]*>([\s\S]*?)</\1\s*>"


def _component(path: str, text: str) -> Marked:
    """A page with sections of JavaScript and of CSS; Astro's begins with one between dashes."""
    found = Marked([], [])
    sections = [(m.start(2), m.end(2), m[1] == "script") for m in re.finditer(_SECTION, text)]
    front = re.match(r"\s*---\n([\s\S]*?)\n---", text)
    if front:
        sections.insert(0, (front.start(1), front.end(1), True))
    for start, end, script in sections:
        part = text[start:end]
        inside = _javascript("x.ts", part) if script else _by_table("css", part)
        found.comments.extend((start + one, start + two) for one, two in inside.comments)
    blank = text
    for start, end, _ in sections:
        blank = blank[:start] + " " * (end - start) + blank[end:]
    found.comments.extend(_by_table("html", blank).comments)
    return Marked(sorted(found.comments), [])


def _yaml(path: str, text: str) -> Marked:
    """Comments begin after a blank; the lines of a block scalar, deeper than its key, are text."""
    found = Marked([], [])
    pattern = re.compile(
        r"(?P<c>(?:^|(?<=[ \t]))\#[^\n]*)"
        r"|(?P<s>(?:^|(?<=[\s\[{,:(]))(?:'(?:[^']|'')*(?:'|\Z)|\"(?:[^\"\\]|\\.)*(?:\"|\Z)))"
        r"|(?P<b>(?:^|(?<=[ \t]))[|>][-+\d]{0,2}(?=[ \t]*(?:$|\#)))",
        re.MULTILINE | re.DOTALL,
    )
    at = 0
    while match := pattern.search(text, at):
        at = match.end()
        if match["c"] is not None:
            found.comments.append(match.span())
        elif match["s"] is not None:
            found.strings.append(match.span())
        else:
            line = text.rfind("\n", 0, match.start()) + 1
            head = text[line : match.start()]
            indent = len(head) - len(head.lstrip(" "))
            body = text.find("\n", at)
            end = body if body >= 0 else len(text)
            comment = re.compile(r"[ \t]+(\#[^\n]*)").match(text, at)
            if comment:
                found.comments.append(comment.span(1))
            at = _end_of_block(text, end, indent)
            found.strings.append((end, at))
    return found


def _end_of_block(text: str, at: int, indent: int) -> int:
    while at < len(text):
        end = text.find("\n", at + 1)
        end = end if end >= 0 else len(text)
        line = text[at + 1 : end]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
            break
        at = end
    return at


def _markdown(path: str, text: str) -> Marked:
    """What stands in a fence, or is indented as code, is an example."""
    blank = list(text)
    strings = []
    for start, end in _examples(text):
        strings.append((start, end))
        blank[start:end] = ["\n" if character == "\n" else " " for character in text[start:end]]
    found = _by_table("markdown", "".join(blank))
    return Marked(found.comments, sorted([*strings, *found.strings]))


def _examples(text: str) -> Iterator[Span]:
    fence, start, at, empty = "", 0, 0, True
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        opens = re.match(r" {0,3}(?:[-*+] |\d+\. )?\s*(`{3,}|~{3,})", line)
        if fence:
            if bare.startswith(fence) and not bare.strip(fence[0]):
                yield start, at + len(line)
                fence = ""
        elif opens:
            fence, start = opens[1], at
        elif empty and line.startswith(("    ", "\t")) and bare:
            yield at, at + len(line)
        else:
            empty = not bare
        at += len(line)
    if fence:
        yield start, at


_OTHERWISE: dict[str, Callable[[str, str], Marked]] = {
    "python": _python,
    "javascript": _javascript,
    "component": _component,
    "yaml": _yaml,
    "markdown": _markdown,
}
