"""Which functions of the product a change touches, who calls them, and which of them only lost code.

By lines and indentation, so that it is the same in every language: good enough to tell whether a test has to do with
a change, and read only when a test lost something.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from qualitygate.frozen import NamedTuple

_WORD = r"[A-Za-z_$][\w$]{2,}"
_DEFINES = r"""(?x)\b(?:function\*?|class|interface|type|enum|fn|func|struct|trait|impl|def|fun|object|record|union
    |module|macro_rules!)\s+(?:\([^()]*\)\s*)?(?:self\.)?(?P<named>[\w$]+)
    |^\s*(?!self\.|this\.)(?:[\w.]+\.)(?P<member>[\w$]+)\s*=\s*(?=(?:async\s*)?(?:function\b|\(|\w+\s*=>))
    |^[\w.]+\.(?P<exported>[\w$]+)\s*=(?![=>])
    |\bdefine(?:Property|Getter)\w*\(\s*[\w.]+\s*,\s*['"](?P<property>[\w$]+)
    |^\s*(?:(?:export|default|async|public|private|protected|static|readonly|override|final|get|set)\s+)*
      (?P<method>[\w$]+)\s*(?:<[^<>]*>)?\([^()]*\)\s*(?::[^{;=]+)?\{\s*$
    |^\s*(?:(?:export|const|let|var|static|public|private|readonly)\s+)*(?P<arrow>[\w$]+)\s*(?::[^=]+)?[:=]\s*(?:async\s*)?
      (?:function\b|\([^()]*\)\s*(?::[^={]+)?=>|\w+\s*=>)
    |^(?:(?:export|pub|const|let|var|val|static)\s+)*(?P<value>[\w$]+)\s*(?::[^=]+)?:?=(?![=>])"""
_BLOCK = r"^\s*(?:if|for|while|switch|catch|else|return|match|case|try|with|do|elif|except|finally)\b"
_CLASS = r"^\s*(?:(?:export|default|abstract|pub|public|final)\s+)*(?:class|struct|impl|trait|interface|module)\b"
# As text: `re` keeps what it has compiled, and most changes of tests need none of them.
_REMARK = ("//", "/*", "*", "--", "<!--")
_FRAME = frozenset(("__init__", "__new__", "__call__", "constructor", "new", "init", "initialize", "__post_init__"))
_LEAST, _KEPT = 3, 3
_DEEP, _MOST_USERS = 2, 12
"""A name with more users than this says nothing about any of them: `get`, `close`, the class that all is about."""


class Part(NamedTuple):
    """How many words the change took out of one definition, and how many it put in.

    `ended`: what it took out said of itself that it is deprecated, so that what it did was to go.
    """

    removed: int
    added: int
    ended: bool = False

    @property
    def shrunk(self) -> bool:
        """Whether it lost code, and got next to none in its place, or code that was to go."""
        return self.removed >= _LEAST and (self.ended or self.added * _KEPT <= self.removed)


class Text(NamedTuple):
    """A file as lines: `code` without remarks, and the definitions that each stands in by name, the inner first."""

    code: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]


def words(text: str) -> frozenset[str]:
    """The names that a text holds, those in strings too."""
    return frozenset(re.findall(_WORD, text))


@lru_cache(maxsize=4096)
def read(text: str) -> Text:
    """Take a file apart."""
    code: list[str] = []
    names: list[tuple[str, ...]] = []
    open_: list[tuple[int, tuple[str, ...]]] = []
    quoted = ""
    for line in text.splitlines():
        stripped = line.strip()
        inside, quoted = quoted, _quoted(stripped, quoted)
        if inside or not stripped or stripped.startswith(_REMARK) or (stripped[0] == "#" and stripped[:2] != "#["):
            code.append("")
            names.append(())
            continue
        indent = len(line) - len(line.lstrip())
        closing = stripped[0] in ")]}"
        while open_ and (open_[-1][0] > indent or (open_[-1][0] == indent and not closing)):
            open_.pop()
        own = _own(line, indent, in_class=bool(open_ and open_[-1][1] and re.match(_CLASS, open_[-1][1][-1])))
        if own or re.match(_CLASS, line):
            open_.append((indent, (*own, line)))
        code.append(stripped.rstrip(";,"))
        names.append(tuple(name for _, (*found, _) in reversed(open_) for name in found))
    return Text(tuple(code), tuple(names))


def _quoted(line: str, quoted: str) -> str:
    for mark in ('"""', "'''"):
        if line.count(mark) % 2 and quoted in ("", mark):
            return "" if quoted else mark
    return quoted


def _own(line: str, indent: int, *, in_class: bool) -> tuple[str, ...]:
    if re.match(_BLOCK, line):
        return ()
    found = [name for match in re.finditer(_DEFINES, line) for name in match.groups() if name]
    if not found and in_class:
        found = [name for match in re.finditer(_DEFINES, line.strip()) for name in match.groups() if name]
    return tuple(name for name in found if len(name) >= _LEAST)


def _subjects(names: tuple[str, ...]) -> tuple[str, ...]:
    """The innermost definition; behind a constructor also what it constructs."""
    found = []
    for name in names:
        found.append(name)
        if name not in _FRAME and not name.startswith("__"):
            break
    return tuple(found)


def parts(base: Mapping[str, str], head: Mapping[str, str]) -> dict[str, Part]:
    """Each definition that the change touches, by its name. What moved, in a file or between files, is not touched."""
    removed, added = _lines(base.values()), _lines(head.values())
    gone, come = removed - added, added - removed
    found: dict[str, list[int]] = {}
    ended: set[str] = set()
    for texts, left, side in ((base.values(), gone, 0), (head.values(), come, 1)):
        for text in texts:
            for line, names in zip(*read(text), strict=True):
                if left[line] <= 0 or not line:
                    continue
                left[line] -= 1
                subjects = _subjects(names) or words(line)
                if side == 0 and "deprecat" in line.lower():
                    ended.update(subjects)
                for name in subjects:
                    found.setdefault(name, [0, 0])[side] += len(re.findall(_WORD, line))
    return {name: Part(counts[0], counts[1], name in ended) for name, counts in found.items()}


def definitions(texts: Mapping[str, str]) -> frozenset[str]:
    """The names of what these files define."""
    return frozenset(name for text in texts.values() for names in read(text).names for name in names)


def _lines(texts: Iterable[str]) -> Counter[str]:
    return Counter(line for text in texts for line in read(text).code if line)


def users_of(names: Iterable[str], texts: Iterable[str]) -> dict[str, set[str]]:
    """For each of these names the definitions that use it."""
    users: dict[str, set[str]] = {}
    wanted = set(names)
    for text in texts:
        _add_users(text, wanted, users)
    return users


def rare(names: Iterable[str], texts: Iterable[str]) -> frozenset[str]:
    """Those of these names that few definitions use."""
    users = users_of(names, texts)
    return frozenset(name for name in names if len(users.get(name, ())) <= _MOST_USERS)


def callers(names: Iterable[str], texts: Sequence[str], deep: int = _DEEP) -> frozenset[str]:
    """These names, and those of the definitions that use them, and so on, as long as few do."""
    found = {name for name in names if not name.startswith("__")}
    new = found
    for _ in range(deep):
        users = users_of(new, texts)
        new = {user for some in users.values() if len(some) <= _MOST_USERS for user in some} - found
        found = found | new
    return frozenset(found)


def _add_users(text: str, wanted: set[str], users: dict[str, set[str]]) -> None:
    if wanted.isdisjoint(words(text)):
        return
    for line, names in zip(*read(text), strict=True):
        used = wanted.intersection(re.findall(_WORD, line)) if line else ()
        for name in used:
            users.setdefault(name, set()).update(
                user for user in _subjects(names) if user != name and not user.startswith("__")
            )
