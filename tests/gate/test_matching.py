from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate import git, git_diffs, git_trees
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.matching import Delta, Matching, Side, fingerprint, fingerprints, match
from qualitygate.model import Finding

Files = Mapping[str, str]

# A small engine: what it calls a finding is the first group. Its messages name lines, as real ones do.
RULES = {
    "none": r"[!=]=\s*(None)\b",
    "print": r"\b(print)\(",
    "bare": r"\b(except)\s*:",
    "doc": r"^\s*def (\w+)",
    "todo": r"(# TODO\b)",
    "js": r"\b(var) ",
    "action": r"\buses: (\S+)",
}


def findings(files: Files, wording: str = "{rule} in line {line}") -> tuple[Finding, ...]:
    found = []
    for path, text in files.items():
        lines = re.split(r"\r?\n", text)
        for number, line in enumerate(lines, 1):
            for rule, pattern in RULES.items():
                for hit in re.finditer(pattern, line):
                    if rule == "doc" and number < len(lines) and '"""' in lines[number]:
                        continue
                    said = wording.format(rule=rule, line=number)
                    place = (number, hit.start(1) + 1, number, hit.end(1) + 1)
                    found.append(Finding("toy", rule, path, *place, said))
            for hit in re.finditer(r"^\s*import (\w+)", line):
                if len(re.findall(rf"\b{hit[1]}\b", text)) == 1:
                    place = (number, hit.start(1) + 1, number, hit.end(1) + 1)
                    found.append(Finding("toy", "unused", path, *place, f"'{hit[1]}' unused"))
    return tuple(found)


def side(files: Files, wording: str = "{rule} in line {line}") -> Side:
    return Side(findings(files, wording), lambda path: files[path].encode() if path in files else None)


def delta(tmp_path: Path, base: Files, head: Files) -> Delta:
    git.ask(None, "init", "--quiet", str(tmp_path))
    repo = git.find_repo(tmp_path)
    trees = []
    for files in (base, head):
        for old in tmp_path.iterdir():
            if old.name != ".git":
                old.unlink()
        for path, text in files.items():
            (tmp_path / path).write_bytes(text.encode())
        git.ask(repo, "add", "--all", "--", ".")
        trees.append(git_trees.write_tree(repo, tmp_path / ".git" / "scratch"))
    diffs = {d.new: d for d in git_diffs.diff(repo, trees[0], trees[1], ignore_space=True)}
    renames = {d.new: d.old for d in diffs.values() if d.new != d.old}
    return Delta(renames, lambda path: LineMap(diffs[path].hunks) if path in diffs else None)


def compare(tmp_path: Path, base: Files, head: Files, wording: str = "{rule} in line {line}") -> Matching:
    return match(side(base), side(head, wording), delta(tmp_path, base, head))


ALPHA = """\
def alpha(rows, limit):
    total = 0
    for row in rows:
        if row == None:
            continue
        total += row
    print(total)
    return min(total, limit)
"""
BETA = '''\
def beta(path):
    """Read it."""
    try:
        with open(path) as stream:
            return stream.read()
    except:
        return ""
'''
GAMMA = '''\
def gamma(names):
    """Join them."""
    joined = ", ".join(names)  # TODO: sort
    if joined != None:
        print(joined)
    return joined
'''
CLEAN = '''\
def clean(a, b):
    """Add."""
    return a + b
'''
METHODS = '''\
class Store:
    def __init__(self, path):
        self.path = path

    def get(self, key):
        if key == None:
            return None
        return self.path[key]


class Cache:
    def __init__(self, path):
        """Open."""
        self.path = path

    def get(self, key):
        """Look up."""
        return self.path.get(key)
'''


def module(*parts: str) -> str:
    return "import sys\n\n\n" + "\n\n".join(parts)


BASE = module(ALPHA, BETA, GAMMA)
REFORMATTED = '''\
import sys


def alpha(
    rows,
    limit,
):
    total = 0
    for row in rows:
        if (
            row
            == None
        ):
            continue
        total += row
    print(
        total,
    )
    return min(
        total,
        limit,
    )


def beta(path):
    """
    Read it.
    """
    try:
        with open(
            path,
        ) as stream:
            return stream.read()
    except:
        return ''


def gamma(names):
    """
    Join them.
    """
    joined = ', '.join(
        names,
    )  # TODO: sort
    if joined != None:
        print(
            joined,
        )
    return joined
'''
JAVASCRIPT = "function f(a) {\n  var x = a;\n  return x;\n}\n\nfunction g(b) {\n  var y = b + 1;\n  return y;\n}\n"


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


SURVIVE = {
    "nothing": ({"a.py": BASE}, {"a.py": BASE}),
    "insert above": ({"a.py": BASE}, {"a.py": "x = 1\n" * 20 + BASE}),
    "insert between": ({"a.py": BASE}, {"a.py": module(ALPHA, CLEAN, BETA, CLEAN, GAMMA)}),
    "re-indent": ({"a.py": BASE}, {"a.py": "if x:\n" + re.sub(r"(?m)^(?=.)", "    ", BASE)}),
    "tabs": ({"a.py": BASE}, {"a.py": BASE.replace("    ", "\t")}),
    "reformat": ({"a.py": BASE}, {"a.py": REFORMATTED}),
    "reformat back": ({"a.py": REFORMATTED}, {"a.py": BASE}),
    "rename": ({"a.py": BASE}, {"b.py": BASE}),
    "rename and edit": (
        {"a.py": BASE},
        {"b.py": edited(BASE, ("total = 0", "total = 1"), ("min(total", "max(total"), ("Read it", "Load it"))},
    ),
    "rename and reformat": ({"a.py": BASE}, {"b.py": REFORMATTED}),
    "move a function to another file": (
        {"a.py": BASE, "b.py": CLEAN},
        {"a.py": module(BETA, GAMMA), "b.py": CLEAN + "\n\n" + ALPHA},
    ),
    "move a function into a class": (
        {"a.py": BASE, "b.py": "class B:\n    x = 1\n"},
        {"a.py": module(BETA, GAMMA), "b.py": "class B:\n    x = 1\n\n" + re.sub(r"(?m)^(?=.)", "    ", ALPHA)},
    ),
    "move and put another in its place": (
        {"a.py": BASE, "b.py": CLEAN},
        {
            "a.py": module(
                ALPHA.replace("alpha", "other")
                .replace("def other(rows, limit):", 'def other(a):\n    """A."""')
                .replace("== None", "is None")
                .replace("print(total)", "log(total)"),
                BETA,
                GAMMA,
            ),
            "b.py": CLEAN + "\n\n" + ALPHA,
        },
    ),
    "split a file": ({"a.py": BASE}, {"b.py": module(ALPHA), "c.py": "\n\n".join((BETA, GAMMA))}),
    "swap two functions": ({"a.py": BASE}, {"a.py": module(BETA, ALPHA, GAMMA)}),
    "reverse all functions": ({"a.py": BASE}, {"a.py": module(GAMMA, BETA, ALPHA)}),
    "swap two classes": (
        {"a.py": METHODS},
        {"a.py": "\n\n\n".join(reversed(METHODS.rstrip().split("\n\n\n"))) + "\n"},
    ),
    "copy, delete the original": ({"a.py": BASE, "b.py": CLEAN}, {"b.py": CLEAN, "deep.py": BASE}),
    "carriage returns": ({"a.py": BASE}, {"a.py": BASE.replace("\n", "\r\n")}),
    "fix one": ({"a.py": BASE}, {"a.py": edited(BASE, ("row == None", "row is None"))}),
    "fix all": ({"a.py": BASE}, {"a.py": CLEAN}),
    "delete a file": ({"a.py": BASE, "b.py": ALPHA}, {"a.py": BASE}),
    "edit both neighbours": (
        {"a.py": BASE},
        {"a.py": edited(BASE, ("total += row\n", "total += 2 * row\n"), ("return min(total", "return max(total"))},
    ),
    "edit right beside it": ({"a.py": BASE}, {"a.py": edited(BASE, ("print(total)", "print(total, limit)"))}),
    "add a docstring": ({"a.py": BASE}, {"a.py": edited(BASE, ("limit):\n", 'limit):\n    """Sum."""\n'))}),
    "add an overload above": (
        {"a.py": module(CLEAN.replace('    """Add."""\n', ""))},
        {"a.py": module(CLEAN.replace("    return a + b", "    ..."), CLEAN.replace('    """Add."""\n', ""))},
    ),
    "edit a signature and put a function above": (
        {"a.py": BASE},
        {"a.py": module(CLEAN, edited(ALPHA, ("rows, limit", "limit, /, *rows, top=0")), BETA, GAMMA)},
    ),
    "no lexer: insert and re-indent": (
        {"a.js": JAVASCRIPT},
        {"a.js": "let z;\n" + JAVASCRIPT.replace("  ", "\t")},
    ),
    "no lexer: move": (
        {"a.js": JAVASCRIPT, "b.js": "x\n"},
        {
            "a.js": JAVASCRIPT[: JAVASCRIPT.index("function g")],
            "b.js": "x\n" + JAVASCRIPT[JAVASCRIPT.index("function g") :],
        },
    ),
}


@pytest.mark.parametrize("name", SURVIVE)
def test_survives(tmp_path: Path, name: str) -> None:
    base, head = SURVIVE[name]
    assert compare(tmp_path, base, head).new == ()


@pytest.mark.parametrize("name", SURVIVE)
def test_survives_the_way_back_unless_something_was_fixed(tmp_path: Path, name: str) -> None:
    base, head = SURVIVE[name]
    rooms = [tmp_path / "there", tmp_path / "back"]
    for room in rooms:
        room.mkdir()
    assert len(compare(rooms[1], head, base).new) == len(compare(rooms[0], base, head).fixed)


def test_survives_other_words_for_every_message(tmp_path: Path) -> None:
    found = compare(tmp_path, {"a.py": BASE}, {"a.py": "\n" + REFORMATTED}, wording="please mind {rule}")
    assert found.new == ()


CATCH = {
    "add one": (
        {"a.py": BASE},
        {"a.py": edited(BASE, ("    total = 0\n", "    total = 0\n    print(limit)\n"))},
        ["print a.py:6"],
    ),
    "fix one, add one of the same rule": (
        {"a.py": BASE},
        {"a.py": edited(BASE, ("print(total)", "log(total)"), ("    joined =", "    print(names)\n    joined ="))},
        ["print a.py:25"],
    ),
    "the same with the same columns": (
        {"a.py": BASE},
        {"a.py": edited(BASE, ("    print(total)\n", ""), ("    total = 0\n", "    print(limit)\n"))},
        ["print a.py:5"],
    ),
    "fix one, add its text elsewhere": (
        {"a.py": BASE, "b.py": CLEAN},
        {
            "a.py": edited(BASE, ("row == None", "row is None")),
            "b.py": CLEAN
            + '\n\ndef b(rows):\n    """B."""\n    for row in rows:\n        if row == None:\n            continue\n'
            "        total += row\n",
        },
        ["none b.py:9"],
    ),
    "fix one, copy the function as it was": (
        {"a.py": module(GAMMA)},
        {"a.py": module(edited(GAMMA, ("!= None", "is not None")), GAMMA.replace("gamma", "delta"))},
        ["none a.py:15", "print a.py:8", "todo a.py:6"],
    ),
    "fix one without touching its line, add its text elsewhere": (
        {"a.py": "import sys\n\nx = 1\n", "b.py": "x = 1\n"},
        {"a.py": "import sys\n\nx = 1\nprint = sys\n", "b.py": "import sys\n\nx = 1\n"},
        ["unused b.py:1"],
    ),
    "copy a bad function": (
        {"a.py": module(ALPHA)},
        {"a.py": module(ALPHA, CLEAN, ALPHA.replace("alpha", "beta"))},
        ["doc a.py:19", "none a.py:22", "print a.py:25"],
    ),
    "copy a bad function above": (
        {"a.py": module(ALPHA)},
        {"a.py": module(ALPHA.replace("alpha", "beta"), CLEAN, ALPHA)},
        ["doc a.py:4", "none a.py:7", "print a.py:10"],
    ),
    "copy a bad function to another file": (
        {"a.py": BASE},
        {"a.py": BASE, "b.py": BETA},
        ["bare b.py:6"],
    ),
    "on a line that nobody touched": (
        {"a.py": "import sys\n\nprint = sys\n"},
        {"a.py": "import sys\n\n"},
        ["unused a.py:1"],
    ),
    "twice on the line": (
        {"a.py": "def f(a, b):\n    return a == None\n"},
        {"a.py": "def f(a, b):\n    return a == None or b == None\n"},
        ["none a.py:2"],
    ),
    "one more in a row of equals": (
        {"a.js": "var a\n" * 5},
        {"a.js": "var a\n" * 6},
        ["js a.js:5"],
    ),
    "no lexer: fix one, add one": (
        {"a.js": JAVASCRIPT},
        {"a.js": JAVASCRIPT.replace("var x", "let x").replace("  return y", "  var z = y;\n  return y")},
        ["js a.js:8"],
    ),
    "fix a method, add the same in another class": (
        {"a.py": METHODS},
        {
            "a.py": edited(METHODS, ("key == None", "key is None"), ("Look up.", "Look."))
            + '\n\nclass Third:\n    def get(self, key):\n        """Get."""\n'
            "        if key == None:\n            return None\n"
        },
        ["none a.py:24"],
    ),
    "in a file that is new": ({"a.py": CLEAN}, {"a.py": CLEAN, "b.py": BETA}, ["bare b.py:6"]),
}


@pytest.mark.parametrize("name", CATCH)
def test_catches(tmp_path: Path, name: str) -> None:
    base, head, expected = CATCH[name]
    assert sorted(f"{f.rule} {f.path}:{f.line}" for f in compare(tmp_path, base, head).new) == expected


def at(line: int, column: int = 0, rule: str = "r", message: str = "m", path: str = "a.py") -> Finding:
    return Finding("toy", rule, path, line, column, 0, 0, message)


def matched(base: tuple[Finding, ...], head: tuple[Finding, ...], old: bytes | None, new: bytes | None) -> Matching:
    return match(Side(base, lambda _: old), Side(head, lambda _: new), Delta())


@pytest.mark.parametrize(
    ("base", "head", "old", "new", "count"),
    [
        pytest.param([at(1)], [at(4)], b"f(1)\n", b"x\ny\nz\nf(\n  1)\n", 0, id="no column: the logical line"),
        pytest.param([at(1)], [at(5)], b"f(1)\n", b"x\ny\nz\nf(\n  1)\n", 0, id="no column: any line of it"),
        pytest.param([at(1)], [at(4)], b"f(1)\n", b"x\ny\nz\nf(2)\n", 1, id="no column: another logical line"),
        pytest.param([at(0)], [at(0)], b"a", b"b", 0, id="about the file"),
        pytest.param([at(0)], [at(0), at(0)], b"a", b"b", 1, id="about the file, once more"),
        pytest.param([at(0, message="size 3")], [at(0, message="size 4")], b"a", b"b", 0, id="numbers do not tell"),
        pytest.param([at(0, message="large")], [at(0, message="link")], b"a", b"b", 1, id="another thing about it"),
        pytest.param([at(99, 1)], [at(77, 1)], b"a", b"b", 0, id="beyond the end"),
        pytest.param([at(1, 1)], [at(2, 1)], None, None, 0, id="unreadable"),
        pytest.param([at(1, 1)], [at(2, 1), at(3, 1)], None, None, 1, id="unreadable, one more"),
        pytest.param([at(1, 500)], [at(2, 600)], b"f(1)\n", b"x\nf(1)\n", 0, id="beyond the line's end"),
        pytest.param([at(1, 1)] * 3, [at(2, 1)] * 3, b"f(1)\n", b"x\nf(1)\n", 0, id="thrice at one place"),
        pytest.param([at(1, 1)] * 2, [at(2, 1)] * 3, b"f(1)\n", b"x\nf(1)\n", 1, id="once more at one place"),
        pytest.param([at(1, 1, "r")], [at(1, 1, "s")], b"a", b"a", 1, id="another rule"),
        pytest.param([at(2, 1)], [at(5, 1)], b"x\n\ny\n", b"x\na\nb\n\n\ny\n", 0, id="a blank line"),
        pytest.param([], [], None, None, 0, id="nothing"),
    ],
)
def test_odd_places(base: list[Finding], head: list[Finding], old: bytes | None, new: bytes | None, count: int) -> None:
    assert len(matched(tuple(base), tuple(head), old, new).new) == count


def test_an_extracted_function_takes_its_debt_along(tmp_path: Path) -> None:
    body = "    for row in rows:\n        if row == None:\n            continue\n        total += row\n"
    base = {"a.py": module(ALPHA, BETA)}
    helper = 'def helper(rows, total):\n    """Add."""\n' + body + "    return total\n"
    head = {"a.py": module(helper, ALPHA.replace(body, "    total = helper(rows, total)\n"), BETA)}
    assert compare(tmp_path, base, head).new == ()


def test_what_is_said_tells_two_findings_at_one_place_apart() -> None:
    base = (at(1, 1, message="needs an int"),)
    head = (at(2, 1, message="needs a str"), at(2, 1, message="needs an int"))
    assert matched(base, head, b"f(1)\n", b"x\nf(1)\n").new == (head[0],)


def test_a_docstring_is_told_line_by_line() -> None:
    old = b'def f():\n    """One.\n\n    two\n    three\n    four\n    """\n'
    new = b'x = 1\ndef f():\n  """One.\n\n  two\n  three\n  four\n  five\n  """\n'
    assert matched((at(5, 5),), (at(6, 3),), old, new).new == ()
    assert len(matched((at(5, 5),), (at(7, 3),), old, new).new) == 1


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("column", [0, 1, 5])
def test_a_comment_in_the_last_line_of_a_file_is_told_too(ending: str, column: int) -> None:
    """A finding there, as of a formatter, ended the whole run with an error of ours."""
    old, new = (f"{above}# a   comment{ending}".encode() for above in ("x = 1\n", "x = 1\ny = 2\n"))
    assert matched((at(2, column),), (at(3, column),), old, new).new == ()


def test_files_that_are_the_same_are_not_read() -> None:
    def read(_: str) -> bytes | None:
        raise AssertionError

    found = (at(1, 1), at(2, 2))
    assert match(Side(found, read), Side(found[::-1], read), Delta(same=lambda _: True)).new == ()


def test_the_one_on_a_changed_line_is_the_new_one(tmp_path: Path) -> None:
    lines = [f"x = {n}" for n in range(9)]
    for where in range(1, 9):
        room = tmp_path / str(where)
        room.mkdir()
        base = "\n".join([*lines[:4], "print(x)", *lines[4:]]) + "\n"
        rows = base.splitlines()
        rows.insert(where, "print(x)")
        found = compare(room, {"a.py": base}, {"a.py": "\n".join(rows) + "\n"})
        assert len(found.new) == 1
        assert found.new[0].line in ((5, 6) if where in (4, 5) else (where + 1,))


# Properties

NAMES = ("ant", "bee", "cat", "dog", "elk", "fox")


def function(name: str, number: int) -> str:
    return (
        f'def {name}(first, second):\n    """Do {name}."""\n    {name}_count = first * {number}\n'
        f"    for item in second:\n        if item == None:\n            break\n        {name}_count += item\n"
        f"    print({name}_count)\n    return {name}_count\n"
    )


INJECTIONS = (
    "    print(first)\n",
    "    if second == None:\n        return\n",
    "    try:\n        go()\n    except:\n        pass\n",
)


class Script(NamedTuple):
    """A random edit: the head's functions per file, those renamed, and what is put where."""

    files: tuple[tuple[int, ...], ...]
    renamed: tuple[int, ...]
    injected: tuple[tuple[int, int], ...]
    shifted: bool


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    order = draw(st.permutations(range(len(NAMES))))
    kept = order[: draw(st.integers(2, len(NAMES)))]
    cut = draw(st.integers(0, len(kept)))
    renamed = tuple(draw(st.sets(st.sampled_from(kept), max_size=2)))
    whom = draw(st.lists(st.sampled_from(list(kept)), max_size=3, unique=True))
    injected = tuple((k, draw(st.integers(0, len(INJECTIONS) - 1))) for k in whom)
    return Script((tuple(kept[:cut]), tuple(kept[cut:])), renamed, injected, draw(st.booleans()))


def build(script: Script) -> tuple[Files, Files]:
    base = {
        "a.py": "\n\n".join(function(NAMES[n], n) for n in range(3)),
        "b.py": "\n\n".join(function(NAMES[n], n) for n in range(3, 6)),
    }
    head = {}
    for path, numbers in zip(("a.py", "b.py"), script.files, strict=True):
        parts = []
        for n in numbers:
            text = function(NAMES[n], n)
            for who, what in script.injected:
                if who == n:
                    text = text.replace("    for item", INJECTIONS[what] + "    for item")
            if n in script.renamed:
                text = text.replace(f"def {NAMES[n]}(", f"def the_{NAMES[n]}(")
            parts.append(text)
        head[path] = ("import os\n\nos.x()\n\n\n" if script.shifted else "") + "\n\n".join(parts)
    return base, head


def line_map(old: str, new: str) -> LineMap:
    a, b = ([line.strip() for line in text.splitlines()] for text in (old, new))
    return LineMap(
        [
            (i + (j > i), j - i, k + (m > k), m - k)
            for tag, i, j, k, m in difflib.SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes()
            if tag != "equal"
        ]
    )


def by_difflib(base: Files, head: Files) -> Delta:
    maps = {path: line_map(base[path], head[path]) for path in head if path in base}
    return Delta({}, maps.get)


@settings(max_examples=300, deadline=None)
@given(scripts())
def test_exactly_what_was_injected_is_new(script: Script) -> None:
    base, head = build(script)
    found = match(side(base), side(head), by_difflib(base, head))
    rules = ("print", "none", "bare")
    assert Counter(f.rule for f in found.new) == Counter(rules[what] for _, what in script.injected)


@settings(max_examples=100, deadline=None)
@given(scripts(), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter_and_none_is_lost(script: Script, random: object) -> None:
    base, head = build(script)
    first, second = side(base), side(head)
    found = match(first, second, by_difflib(base, head))
    shuffled = [list(s.findings) for s in (first, second)]
    for one in shuffled:
        random.shuffle(one)  # type: ignore[attr-defined]  # a `Random`, which the strategy does not say
    again = match(
        first._replace(findings=tuple(shuffled[0])),
        second._replace(findings=tuple(shuffled[1])),
        by_difflib(base, head),
    )
    assert again == found
    assert Counter(h for _, h in found.known) + Counter(found.new) == Counter(second.findings)
    assert Counter(b for b, _ in found.known) + Counter(found.fixed) == Counter(first.findings)
    assert all(b.rule == h.rule for b, h in found.known)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("pqr"), max_size=7), st.lists(st.sampled_from("pqr"), max_size=7))
def test_as_many_are_matched_as_can_be(old: list[str], new: list[str]) -> None:
    # Every statement reads the same to both sides as far as the window reaches, so only its own word counts.
    def source(words: list[str]) -> bytes:
        return "".join(f"a.b.c.d.e({w}).f.g.h.i.j\n" for w in words).encode()

    def found(words: list[str]) -> tuple[Finding, ...]:
        return tuple(at(n, 11) for n in range(1, len(words) + 1))

    matching = matched(found(old), found(new), source(old), source(new))
    short, long = sorted((old, new), key=len)
    best = max(sum(a == b for a, b in zip(short, order, strict=False)) for order in set(permutations(long, len(short))))
    assert len(matching.known) == best
    assert all(old[b.line - 1] == new[h.line - 1] for b, h in matching.known)


# Fingerprints


def test_fingerprints_survive_moving_and_reformatting() -> None:
    ids = {}
    for text in (BASE, "x = 1\n" * 20 + BASE, REFORMATTED, BASE.replace("\n", "\r\n")):
        one = side({"a.py": text})
        ids[text] = sorted(zip((f.rule for f in one.findings), fingerprints(one.findings, one.read), strict=True))
    assert ids[BASE] == ids[REFORMATTED] == ids[BASE.replace("\n", "\r\n")]
    # The first two have what was inserted in their windows.
    assert {rule for rule, _ in set(ids[BASE]) ^ set(ids["x = 1\n" * 20 + BASE])} == {"unused", "doc"}


def test_fingerprints_tell_findings_apart() -> None:
    one = side({"a.py": module(ALPHA, GAMMA, ALPHA), "b.py": module(ALPHA)})
    ids = fingerprints(one.findings, one.read)
    assert len(set(ids)) == len(one.findings)
    assert all(re.fullmatch("[0-9a-f]{12}", found) for found in ids)
    assert fingerprint(one.findings[3], one.read) == ids[3]


@pytest.mark.parametrize("finding", [at(0), at(9, 9), at(1, 1, path="gone\udce9.py")])
def test_a_fingerprint_of_anything(finding: Finding) -> None:
    assert len(fingerprint(finding, lambda path: b"x" if path == "a.py" else None)) == 12


def named(path: str, name: str, line: int = 3, message: str = "assert 1 == 2") -> Finding:
    return Finding("tests", "pytest:failed", path, line, 1, line, 1, message, name=name)


def test_a_finding_with_a_name_of_its_own_is_known_by_that_alone() -> None:
    base = Side((named("test_a.py", "test_one"), named("test_a.py", "test_two", 9)), lambda path: None)
    head = Side(
        (named("test_b.py", "test_one", 70, "KeyError"), named("test_a.py", "test_three", 9)), lambda path: None
    )
    got = match(base, head, Delta())
    assert [(old.name, new.name) for old, new in got.known] == [("test_one", "test_one")]
    assert [finding.name for finding in got.new] == ["test_three"]
    assert [finding.name for finding in got.fixed] == ["test_two"]


def test_a_name_pays_first_in_its_own_file() -> None:
    base = Side((named("a.py", "t"), named("b.py", "t")), lambda path: None)
    head = Side((named("c.py", "t"), named("b.py", "t")), lambda path: None)
    assert [(old.path, new.path) for old, new in match(base, head, Delta()).known] == [
        ("b.py", "b.py"),
        ("a.py", "c.py"),
    ]


def test_names_do_not_pay_for_findings_without_one() -> None:
    base = Side((named("a.py", "t"),), lambda path: None)
    head = Side((named("a.py", ""),), lambda path: None)
    assert len(match(base, head, Delta()).new) == 1


LONE = "const lone: any = { a: 1, b: two, c: three };\n"
OTHER = "export function f{n}(a) {{\n  return a + {n};\n}}\n\n"


@pytest.mark.parametrize("target", ["a.ts", "b.ts"])
def test_a_statement_that_moves_without_its_neighbours(target: str) -> None:
    def found(files: Files) -> Side:
        rows = ((path, n, row) for path, text in files.items() for n, row in enumerate(text.split("\n"), 1))
        places = tuple(at(n, row.index("any") + 1, path=path) for path, n, row in rows if ": any" in row)
        return Side(places, lambda path: files[path].encode() if path in files else None)

    one, two, three = (OTHER.format(n=n) for n in (1, 2, 3))
    base = {"a.ts": one + LONE + two + three, "b.ts": one}
    head = {"a.ts": one + two + three, "b.ts": one}
    head[target] += LONE
    assert match(found(base), found(head), by_difflib(base, head)).new == ()
    head[target] += LONE  # and once more is once too often
    assert len(match(found(base), found(head), by_difflib(base, head)).new) >= 1


def gone_and_there(base: Files, head: Files) -> list[str]:
    """What is new, as rule and line of text."""
    new = match(side(base), side(head), by_difflib(base, head)).new
    return [f"{f.rule}: {head[f.path].splitlines()[f.line - 1].strip()}" for f in new]


def body(*rows: str, name: str = "work") -> str:
    return f'def {name}(one, two):\n    """Work."""\n' + "".join(f"    {row}\n" for row in rows) + "\n\n"


FIRST = ("opened = one.open()", "closed = two.close()", "opened.seek(3)")
LAST = ("return opened.read(7)",)
LONG = ("total = join(", "one.first,", "two.second == None and one.third,", "one.fourth,", ")")
NOTE = "# TODO: ask the second one whether it has been told by the first"
PAGE = ("# One page on how this works:", "# TODO: some part of it is not there", "# and nobody has missed it.")
ALONE = {
    "a line of a statement of which another line was edited": (
        {"a.py": body(*FIRST, *LONG, *LAST), "b.py": CLEAN},
        {"a.py": body(*FIRST, *LAST), "b.py": CLEAN + "\n\n" + "\n".join(LONG).replace("first", "other") + "\n"},
    ),
    "a comment with enough words": (
        {"a.py": body(*FIRST, NOTE, *LAST), "b.py": CLEAN},
        {"a.py": body(*FIRST, *LAST), "b.py": CLEAN.replace("return", f"{NOTE}\n    return")},
    ),
    "a short statement within its definition": (
        {"a.py": body("if one == None: pass", *FIRST, *LAST)},
        {"a.py": body(*FIRST, "if one == None: pass", *LAST)},
    ),
    "a short statement of the file itself": (
        {"a.py": "okay = one == None\n" + body(*FIRST) + body(*LAST, name="then")},
        {"a.py": body(*FIRST) + "okay = one == None\n" + body(*LAST, name="then")},
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_moves_alone_is_known(name: str) -> None:
    base, head = ALONE[name]
    assert len(side(base).findings) == len(side(head).findings) == 1
    assert gone_and_there(base, head) == []


TRY = ("try:", "    one.open()", "except:", "    two.close()")
OTHER_TRY = ("try:", "    two.read()", "except:", "    one.write(9)")
PAID = {
    "a bare except that goes, for another in another function": (
        {"a.py": body(*TRY, *LAST) + body(*FIRST, name="then")},
        {"a.py": body(*LAST) + body(*OTHER_TRY, *FIRST, name="then")},
        ["bare: except:"],
    ),
    "a bare except that goes, for another in its own function": (
        {"a.py": body(*TRY, *FIRST, *LAST)},
        {"a.py": body(*FIRST, *OTHER_TRY, *LAST)},
        ["bare: except:"],
    ),
    "a bare except that goes, for another at the top of the file": (
        {"a.py": "\n".join(TRY) + "\n\n\n" + body(*FIRST)},
        {"a.py": body(*FIRST) + "\n".join(OTHER_TRY) + "\n"},
        ["bare: except:"],
    ),
    "a short statement that goes, for one like it in another function": (
        {"a.py": body("okay = one == None", *FIRST) + body(*LAST, name="then")},
        {"a.py": body(*FIRST) + body("okay = one == None", *LAST, name="then")},
        ["none: okay = one == None"],
    ),
    "a short comment that goes, for one like it in another file": (
        {"a.py": body(*FIRST, "# TODO: tidy", *LAST), "b.py": CLEAN},
        {"a.py": body(*FIRST, *LAST), "b.py": CLEAN.replace("return", "# TODO: tidy\n    return")},
        ["todo: # TODO: tidy"],
    ),
    "a telling statement that is mended, for a copy of it elsewhere": (
        {"a.py": body(*FIRST, "opened.seek(two.first == None, closed.second)", *LAST), "b.py": CLEAN},
        {
            "a.py": body(*FIRST, "opened.seek(two.first is None, closed.second)", *LAST),
            "b.py": CLEAN.replace("return", "opened.seek(two.first == None, closed.second)\n    return"),
        },
        ["none: opened.seek(two.first == None, closed.second)"],
    ),
    "a statement that moves, for a copy of it as well": (
        {"a.py": body(*FIRST, "opened.seek(two.first == None, closed.second)", *LAST), "b.py": CLEAN},
        {
            "a.py": body(*FIRST, *LAST),
            "b.py": CLEAN.replace("return", "opened.seek(two.first == None, closed.second)\n    " * 2 + "return"),
        },
        ["none: opened.seek(two.first == None, closed.second)"],
    ),
}


@pytest.mark.parametrize("name", PAID)
def test_what_goes_here_does_not_pay_for_what_comes_there(name: str) -> None:
    base, head, new = PAID[name]
    assert gone_and_there(base, head) == new


def test_a_line_of_a_comment_of_many_lines_is_told_from_the_others() -> None:
    base = {"a.py": body(*PAGE, *FIRST) + body(*LAST, name="then")}
    edited_page = (PAGE[0].replace("page", "word"), *PAGE[1:])
    assert gone_and_there(base, {"a.py": body(*edited_page, *FIRST) + body(*LAST, name="then")}) == []

    def found(path: str, text: str) -> Side:
        rows = text.split("\n")
        places = tuple(at(n, row.index("any") + 1, path=path) for n, row in enumerate(rows, 1) if "any" in row)
        return Side(places, lambda asked: text.encode() if asked == path else None)

    page = "/* first word here\n * there is any word on this\n * and one more with any on that\n */\n"
    old, new = page + LONE, LONE + page.replace("first", "other")
    delta = by_difflib({"a.ts": old}, {"a.ts": new})
    assert match(found("a.ts", old), found("a.ts", new), delta).new == ()


def test_a_line_that_is_mended_does_not_pay_for_one_that_is_put_above_it() -> None:
    base = {"a.py": body("one.read()", 'print("the first one has been read and closed")', *LAST)}
    put = "print(other)"
    head = {"a.py": body("one.read()", put, 'log("the first one has been read and closed")', *LAST)}
    got = match(side(base), side(head), by_difflib(base, head))
    assert gone_and_there(base, head) == [f"print: {put}"] and got.touched == ()


WORKFLOW = """\
jobs:
  token:
    steps:
      - uses: actions/create-github-app-token@fee1f7d63c2ff003460e3d139729b119787bc349 # v2.2.2
        with:
          app-id: 7
      - run: make
"""


@pytest.mark.parametrize(
    "then", ("bcd2ba49218906704ab6c1aa796996da409d3eb1 # v3.2.0", "v4", "bcd2ba4   # v3.2.0, for Node 24")
)
def test_raising_the_version_of_an_action_is_not_blamed_for_how_it_was_used_before(tmp_path: Path, then: str) -> None:
    """Bots raise actions each week: what is wrong with the inputs of one was new each time."""
    files = ({"ci.yml": WORKFLOW}, {"ci.yml": re.sub("fee1.*", then, WORKFLOW)})
    found = compare(tmp_path, *files)
    assert (found.new, found.touched, len(found.known)) == ((), (), 1)


def test_another_action_in_its_place_is_another_matter(tmp_path: Path) -> None:
    head = WORKFLOW.replace("actions/create-github-app-token", "somebody/token")
    found = compare(tmp_path, {"ci.yml": WORKFLOW}, {"ci.yml": head})
    assert len(found.new) + len(found.touched) == 1
