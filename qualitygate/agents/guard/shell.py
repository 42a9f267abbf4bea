"""A shell command as the simple commands that it would run.

Words, operators, here-documents and substitutions, as POSIX.1-2017 (XCU chapter 2) and bash have them. Not a shell:
nothing is executed or looked up. What a substitution would give is unknown, except for git's own directories and
for variables that the same text sets.
"""

from __future__ import annotations

from qualitygate.frozen import NamedTuple

UNKNOWN = "\0"
"""Stands in a word for what only a shell could tell."""

KEYWORDS = frozenset(("if", "then", "else", "elif", "do", "while", "until", "!", "{", "}", "time", "coproc"))
"""Words after which a command begins anew, with assignments of its own."""

_SPACE = " \t\r"
_OPERATORS = ";&|"
_DEPTH = 12
_PLACES = {
    "git rev-parse --git-dir": ".git",
    "git rev-parse --absolute-git-dir": ".git",
    "git rev-parse --git-common-dir": ".git",
    "git rev-parse --git-path hooks": ".git/hooks",
    "git rev-parse --show-toplevel": ".",
    "pwd": ".",
}


class Unreadable(ValueError):
    """Not a command that can be split: a quote or bracket is never closed, or too many stand in each other."""


class Simple(NamedTuple):
    """One simple command: assignments before its words, its words, files that it is redirected to, and its input.

    `input` is the text of its here-documents and here-strings.
    """

    assignments: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    writes: tuple[str, ...]
    input: str = ""


def split(text: str) -> list[Simple]:
    """The simple commands of a text; one whose words hold a substitution comes after what is substituted.

    Raises Unreadable.
    """
    reader = _Reader(text, {}, 0)
    reader.read("")
    return [Simple(tuple(d.assignments), tuple(d.words), tuple(d.writes), "\n".join(d.inputs)) for d in reader.found]


class _Draft:
    def __init__(self) -> None:
        self.assignments: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.writes: list[str] = []
        self.inputs: list[str] = []


class _Reader:
    """Goes through a text once. `variables` are those that the text itself has set."""

    def __init__(self, text: str, variables: dict[str, str], depth: int) -> None:
        if depth > _DEPTH:
            raise Unreadable("commands stand in each other too deeply")
        self.text = text
        self.at = 0
        self.found: list[_Draft] = []
        self._variables = variables
        self._depth = depth
        self._waiting: list[tuple[_Draft, str, bool, bool]] = []  # here-documents that begin after this line

    def read(self, closing: str) -> None:
        """Commands up to `closing`, or to the end of the text; the position is left behind it."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if closing and char == closing:
                self.at += 1
                return
            if char == "\n":
                self.at += 1
                self._here_documents()
            elif char in _SPACE + _OPERATORS + ")":  # a bracket alone ends a pattern of `case`
                self.at += 1
            elif char == "(":
                self.at += 1
                self._deeper(")")
            elif char == "#":
                self._comment()
            else:
                self._simple(closing)
        if closing:
            raise Unreadable(f"`{closing}` is missing")
        self._here_documents()

    def _deeper(self, closing: str) -> None:
        self._depth += 1
        if self._depth > _DEPTH:
            raise Unreadable("commands stand in each other too deeply")
        self.read(closing)
        self._depth -= 1

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _simple(self, closing: str) -> None:
        draft = _Draft()
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in _SPACE:
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            elif char == "#" and self.text[self.at - 1] in _SPACE:
                self._comment()
            elif char in "<>" or self.text.startswith("&>", self.at):
                self._redirection(draft)
            elif char in _OPERATORS + "\n()" or (closing and char == closing):
                if char == "(" and not self.text.startswith("()", self.at) and draft.words:
                    self.at += 1  # an array, or a pattern: what stands in it is no command of ours to understand
                    self._deeper(")")
                    continue
                break
            else:
                self._word(draft)
        if KEYWORDS.issuperset(draft.words):
            self._variables.update(draft.assignments)
        self.found.append(draft)

    def _word(self, draft: _Draft) -> None:
        start = self.at
        pieces, bare = self._pieces()
        name, equals, _ = self.text[start : self.at].partition("=")
        word = "".join(pieces)
        if equals and KEYWORDS.issuperset(draft.words) and name.rstrip("+").isidentifier():
            if self.text.startswith("(", self.at):  # NAME=(...)
                self.at += 1
                self._deeper(")")
            draft.assignments.append((name.rstrip("+"), word.partition("=")[2]))
        elif word.isdigit() and self.text[self.at : self.at + 1] in ("<", ">") and self.at > start:
            pass  # the number of what is redirected
        elif bare:
            draft.words += bare.split() if not word.strip() else word.split()
        else:
            draft.words.append(word)

    def _pieces(self) -> tuple[list[str], str]:
        """One word without its quotes; and, where a variable stands in it unquoted, what has to be split again."""
        pieces: list[str] = []
        bare = ""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in _SPACE + _OPERATORS + "\n()<>":
                break
            self.at += 1
            if char == "'":
                pieces.append(self._until("'"))
            elif char == '"':
                pieces.append(self._double_quoted())
            elif char == "\\":
                following = self.text[self.at : self.at + 1]
                self.at += 1
                pieces.append("" if following == "\n" else following)
            elif char == "$" and self.text.startswith("'", self.at):
                self.at += 1
                pieces.append(self._escaped())
            elif char in "$`":
                found = self._dollar() if char == "$" else self._backticks()
                bare += found
                pieces.append(found)
            else:
                pieces.append(char)
        return pieces, bare if " " in bare.strip() else ""

    def _until(self, quote: str) -> str:
        end = self.text.find(quote, self.at)
        if end < 0:
            raise Unreadable(f"a {quote} is never closed")
        found = self.text[self.at : end]
        self.at = end + 1
        return found

    def _double_quoted(self) -> str:
        pieces: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == '"':
                return "".join(pieces)
            if char == "\\" and self.text[self.at : self.at + 1] in tuple('$`"\\\n'):
                pieces.append(self.text[self.at].replace("\n", ""))
                self.at += 1
            elif char == "$":
                pieces.append(self._dollar())
            elif char == "`":
                pieces.append(self._backticks())
            else:
                pieces.append(char)
        raise Unreadable('a " is never closed')

    def _escaped(self) -> str:
        """The rest of `$'...'`, its escapes replaced."""
        pieces: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == "'":
                text = "".join(pieces)
                try:
                    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")
                except UnicodeDecodeError:
                    return text
            if char == "\\" and self.at < len(self.text):
                char += self.text[self.at]
                self.at += 1
            pieces.append(char)
        raise Unreadable("a ' is never closed")

    def _dollar(self) -> str:
        """What stands after a `$`: a variable, a substitution, arithmetic."""
        if self.text.startswith("((", self.at):
            end = self.text.find("))", self.at)
            if end >= 0:
                self.at = end + 2
                return UNKNOWN
        if self.text.startswith("(", self.at):
            self.at += 1
            start = self.at
            self._deeper(")")
            inner = " ".join(self.text[start : self.at - 1].split())
            return _PLACES.get(inner, UNKNOWN)
        if self.text.startswith("{", self.at):
            self.at += 1
            name = self._name()
            end = self.text.find("}", self.at)
            if end < 0:
                raise Unreadable("a ${ is never closed")
            rest, self.at = self.text[self.at : end], end + 1
            return self._value(name) if not rest else UNKNOWN + rest
        name = self._name()
        return self._value(name) if name else "$"

    def _name(self) -> str:
        start = self.at
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] == "_"):
            self.at += 1
        if self.at == start and self.text[start : start + 1] in tuple("@*#?$!-"):
            self.at += 1
        return self.text[start : self.at]

    def _value(self, name: str) -> str:
        if name == "GIT_DIR":
            return ".git"
        return self._variables.get(name, f"{UNKNOWN}{name}" if name in ("HOME", "XDG_STATE_HOME") else UNKNOWN)

    def _backticks(self) -> str:
        inner = self._until("`").replace("\\`", "`")
        reader = _Reader(inner, self._variables, self._depth + 1)
        reader.read("")
        self.found += reader.found
        return _PLACES.get(" ".join(inner.split()), UNKNOWN)

    def _redirection(self, draft: _Draft) -> None:
        rest = self.text[self.at : self.at + 3]
        if rest == "<<<":
            self.at += 3
            draft.inputs.append(self._operand())
        elif rest[:2] == "<<":
            self.at += 3 if rest == "<<-" else 2
            start = self.at
            end = self._operand()
            literal = self.text[start : self.at].strip() != end
            self._waiting.append((draft, end, rest == "<<-", literal))
        elif rest[:2] in ("<(", ">("):
            self.at += 2
            self._deeper(")")
            draft.words.append(UNKNOWN)
        elif rest[:2] in ("<&", ">&") and rest[2:3].isdigit():
            self.at += 3
        else:
            operator = next(o for o in ("&>>", "&>", ">>", ">|", ">&", "<>", "<&", ">", "<") if rest.startswith(o))
            self.at += len(operator)
            target = self._operand()
            if ">" in operator and target not in ("-", "/dev/null"):
                draft.writes.append(target)

    def _operand(self) -> str:
        while self.text[self.at : self.at + 1] in tuple(_SPACE):
            self.at += 1
        return "".join(self._pieces()[0])

    def _here_documents(self) -> None:
        waiting, self._waiting = self._waiting, []
        for draft, end, tabs, literal in waiting:
            lines = []
            while self.at < len(self.text):
                stop = self.text.find("\n", self.at)
                stop = len(self.text) if stop < 0 else stop
                line, self.at = self.text[self.at : stop], min(stop + 1, len(self.text))
                if (line.lstrip("\t") if tabs else line).rstrip("\r") == end:
                    break
                lines.append(line)
            draft.inputs.append("\n".join(lines))
            if not literal and any("`" in line or "$(" in line for line in lines):
                reader = _Reader("\n".join(lines).replace('"', '\\"') + '"', self._variables, self._depth + 1)
                reader._double_quoted()
                self.found += reader.found
