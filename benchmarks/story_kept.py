"""Tests and types that are taken away: where they stand, and the file without them."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from benchmarks import story_languages
from benchmarks.story_ground import Ground
from benchmarks.story_languages import TEST_FILE, Hosts
from benchmarks.story_tree import Defect, Found

Way = Callable[[Ground], Iterator[Defect]]
Function = ast.FunctionDef | ast.AsyncFunctionDef

_FILES = 12
_EACH = 3
_SIMPLE = frozenset(("str", "int", "bool", "float", "bytes"))


class _Lost(NamedTuple):
    """A file without something, and what must be said of it: a line of the file as it is now, and a rule."""

    path: str
    data: bytes
    line: int
    rule: str


def _defect(ground: Ground, lost: _Lost) -> Defect:
    """What is put back has a comment more than before, so that there is something to commit."""
    before = (ground.root / lost.path).read_bytes()
    # On top it would move lines; at the end nothing stands in its way.
    sign = b"#" if lost.path.endswith((".py", ".rb")) else b"//"
    mended = before.rstrip() + b"\n\n" + (b"\n" if lost.path.endswith(".py") else b"") + sign + b" It is here again.\n"
    return Defect("", lost.path, lost.data, mended, Found(lost.path, lost.line, lost.rule))


def _parsed(data: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError):
        return None


def _first(node: Function) -> int:
    return min([node.lineno, *(mark.lineno for mark in node.decorator_list)])


def deleted_tests(ground: Ground) -> Iterator[Defect]:
    """Python files without one of their tests, which are functions at the margin."""
    for path in ground.tests[:_FILES]:
        data = (ground.root / path).read_bytes()
        tree = _parsed(data)
        lines = data.split(b"\n")
        body = tree.body if tree else []
        tests = [node for node in body if isinstance(node, Function) and node.name.startswith("test_")]
        inner = [node for node in tests[1:-1] if any(isinstance(one, ast.Assert) for one in node.body)]
        for node in inner[:_EACH] if b"\r" not in data else ():
            after = body[body.index(node) + 1]
            start, end = _first(node) - 1, (_first(after) if isinstance(after, Function) else after.lineno) - 1
            if any(line.strip() for line in lines[node.end_lineno or end : end]):
                continue  # what stands between them belongs to one of the two
            rest = b"\n".join([*lines[:start], *lines[end:]])
            yield _defect(ground, _Lost(path, rest, node.lineno, "tests:lost"))


_SKIPPED = (
    ((".go",), re.compile(rb"(?m)^func Test\w+\((\w+) \*testing\.T\) \{\n"), rb"\g<0>\t\1.Skip()\n"),
    ((".rs",), re.compile(rb"(?m)^([ \t]*)#\[test\]\n"), rb"\g<0>\1#[ignore]\n"),
)


def skipped_tests(ground: Ground) -> Iterator[Defect]:
    """Files of JavaScript with one test that is skipped."""
    hosts = ground.hosts
    for path in _with_tests(hosts)[:_FILES]:
        data = hosts.read(path)
        for call in [*story_languages.CALL.finditer(data)][:_EACH]:
            text = data[: call.end(1)] + b".skip" + data[call.end(1) :]
            yield _defect(ground, _Lost(path, text, data.count(b"\n", 0, call.start(1)) + 1, "tests:skipped"))


def _with_tests(hosts: Hosts) -> list[str]:
    tests = [path for path in hosts.of(*story_languages.SCRIPTS, tests=True) if TEST_FILE.search(path)]
    return [path for path in tests if story_languages.CALL.search(hosts.read(path))]


def ignored_tests(ground: Ground) -> Iterator[Defect]:
    """The same in other languages, each by its own word for it."""
    hosts = ground.hosts
    for kinds, test, instead in _SKIPPED:
        for path in hosts.of(*kinds, tests=True)[:_FILES]:
            data = hosts.read(path)
            for found in [*test.finditer(data)][:1]:
                text = data[: found.start()] + found.expand(instead) + data[found.end() :]
                name = 1 if kinds == (".rs",) else 0
                line = data.count(b"\n", 0, found.start()) + 1 + 2 * name
                yield _defect(ground, _Lost(path, text, line, "tests:skipped"))


def any_in_python(ground: Ground) -> Iterator[Defect]:
    """Functions that return nothing, and whose parameter may be anything now; first in files that know the word."""
    texts = [(path, (ground.root / path).read_bytes()) for path in ground.sources[: 4 * _FILES]]
    knowing = [(path, data, known) for path, data in texts for known in [_knows_any(data)] if known]
    for path, data, word in knowing:
        for line, text in _anythings(data, word):
            yield _defect(ground, _Lost(path, text, line, "types:any-annotation"))
    for path, data in texts[:_FILES]:
        for line, text in [*_anythings(data, b"Any")][:1] if not _knows_any(data) else ():
            for added, more in _importing_any(text):
                yield _defect(ground, _Lost(path, added, line + more, "types:any-annotation"))


def _knows_any(data: bytes) -> bytes:
    """What `Any` is called in a file; nothing where it is not known."""
    if re.search(rb"(?m)^from typing import [^\n]*\bAny\b|^    Any,\r?$", data):
        return b"Any"
    found = re.search(rb"(?m)^import typing(?: as (\w+))?\r?$", data)
    return (found[1] or b"typing") + b".Any" if found else b""


def _importing_any(data: bytes) -> Iterator[tuple[bytes, int]]:
    """The file with an import of it in each place where one can stand, and by how many lines the rest has moved."""
    own = re.search(rb"(?m)^from typing import ((?:\w+, )*\w+)$", data)
    if own:
        names = own[1].split(b", ")
        for at in range(len(names) + 1):
            more = b", ".join([*names[:at], b"Any", *names[at:]])
            yield data[: own.start(1)] + more + data[own.end(1) :], 0
        return
    for found in re.finditer(rb"(?m)^(?:import|from) ", data):
        yield data[: found.start()] + b"from typing import Any\n" + data[found.start() :], 1


def _anythings(data: bytes, word: bytes) -> Iterator[tuple[int, bytes]]:
    """The file with one parameter that may be anything, and the line of its function."""
    tree = _parsed(data)
    lines = data.split(b"\n")
    for node in _alone(tree) if tree else ():
        returns = node.returns
        quiet = isinstance(returns, ast.Constant) and returns.value is None
        if not quiet or any(b"ignore" in line for line in lines[node.lineno - 1 : node.end_lineno]):
            continue
        for arg in (*node.args.args, *node.args.kwonlyargs):
            note = arg.annotation
            if isinstance(note, ast.Name) and note.id in _SIMPLE and not _assigned(node, arg.arg):
                row = lines[note.lineno - 1]
                changed = row[: note.col_offset] + word + row[note.end_col_offset :]
                yield node.lineno, b"\n".join([*lines[: note.lineno - 1], changed, *lines[note.lineno :]])


def _alone(tree: ast.Module) -> list[Function]:
    """The functions of a file whose name no other has, and which nothing decorates."""
    found = [node for node in ast.walk(tree) if isinstance(node, Function)]
    names = Counter(node.name for node in found)
    return [
        node for node in found if names[node.name] == 1 and not node.decorator_list and not node.name.startswith("__")
    ]


def _assigned(node: Function, name: str) -> bool:
    """Whether the parameter goes into an attribute, whose type would then be another everywhere."""
    into = [one for one in ast.walk(node) if isinstance(one, ast.Assign)]
    kept = [one.value for one in into if any(isinstance(target, ast.Attribute) for target in one.targets)]
    return any(isinstance(part, ast.Name) and part.id == name for value in kept for part in ast.walk(value))


_RETURNS = re.compile(rb"(?m)^([ \t]*def (?!__)\w+\([^()\n]*\w: [^()\n]*\)) -> [^:\n]+:[ \t]*$")


def unannotated_python(ground: Ground) -> Iterator[Defect]:
    """Functions that no longer say what they return; for projects in which nothing else can be done."""
    if next(any_in_python(ground), None) is not None:
        return
    for path in ground.sources[:_FILES]:
        data = (ground.root / path).read_bytes()
        for found in [*_RETURNS.finditer(data)][:_EACH]:
            text = data[: found.end(1)] + b":" + data[found.end() :]
            yield _defect(ground, _Lost(path, text, data.count(b"\n", 0, found.start()) + 1, "types:lost-annotation"))


_TYPED = (
    re.compile(rb"(?m)^(?:export )?(?:async )?function (\w+)\(\w+\??: (?!any\b)([A-Za-z]\w*)(?=[,)][^\n]*\{\r?$)"),
    re.compile(rb"(?m)^(?:export )?(?:async )?function (\w+)\(\r?\n\s+\w+\??: (?!any\b)([A-Za-z]\w*)(?=,?\r?$)"),
    re.compile(
        rb"(?m)^(?:export )?const (\w+) = (?:async )?\(\w+\??: (?!any\b)([A-Za-z]\w*)(?=[,)][^\n]*=>[^\n]*\{\r?$)"
    ),
)


def any_in_typescript(ground: Ground) -> Iterator[Defect]:
    """Functions whose first parameter may be anything now."""
    hosts = ground.hosts
    for path in hosts.of(".ts", ".mts", ".tsx")[: 2 * _FILES]:
        data = hosts.read(path)
        for typed in _TYPED:
            for found in [*typed.finditer(data)][:_EACH]:
                once = len(re.findall(rb"\b" + found[1] + rb"\(\w+\??:", data)) <= 1
                if once and len(re.findall(rb"\b" + found[2] + rb"\b", data)) > 1:
                    text = data[: found.start(2)] + b"any" + data[found.end(2) :]
                    line = data.count(b"\n", 0, found.start()) + 1
                    yield _defect(ground, _Lost(path, text, line, "types:any-annotation"))


TESTS: Sequence[Way] = (deleted_tests, skipped_tests, ignored_tests)
TYPES: Sequence[Way] = (any_in_python, unannotated_python, any_in_typescript)
