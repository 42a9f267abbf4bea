from __future__ import annotations

import ast
import itertools
import os
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qualitygate.commands.fix import fix
from tests.support import git, make_repo

CONFIG = "schema = 1\n[checks.ruff]\n[checks.ruff-format]\n"
RUFF = '[lint]\nselect = ["E", "F", "I", "UP", "W"]\n'
HEADER = "import os\nimport sys\nfrom typing import List\n\n"

GOOD = (
    "def load(path):\n    with open(path) as file:\n        return file.read()\n",
    "class Shape:\n    sides = 3\n\n    def area(self, a):\n        if a:\n            return 0\n        return a\n",
    "NAMES = [\n    os.name,\n    sys.platform,\n]\n",
    'TEXT = """\n  keep   this\n"""\n',
)
OLD = (
    "debt = {  'a':1 }\n",
    "def  old( a,b ):\n    if a == None : return   b\n    return [a,\n     b]\n",
    "x = lambda  a: a\n",
    "class  Bad( object ):\n\n    def f( self ): return 'ü'\n",
)
LINES = (
    "value = [ 1,2 ]",
    "import json",
    "if os.name == None : pass",
    "y = 'a'  ",
    "print( not sys in [os] )",
    "z: List[int] = [  ]",
    "",
    "",
    "# a   comment",
)

BLOCKS = st.lists(st.sampled_from(GOOD + OLD), min_size=2, max_size=5)
EDITS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(("insert", "delete", "space", "append")), st.sampled_from(LINES)),
    min_size=1,
    max_size=4,
)
COUNT = itertools.count()


def edited(lines: list[str], edits: list[tuple[int, str, str]]) -> tuple[list[str], set[int]]:
    """The lines after some edits, and the numbers (from 0) of those in the result that are not as they were."""
    marked = [(line, False) for line in lines]
    for where, kind, text in edits:
        at = where % len(marked)
        line = marked[at][0]
        indent = line[: len(line) - len(line.lstrip())]
        if kind == "insert":
            marked.insert(at, ((indent + text) if text else "", True))
        elif kind == "append":
            marked.append((text, True))
        elif kind == "space":
            marked[at] = (line.replace(" = ", "  =   ").replace(", ", " ,"), True)
        else:
            del marked[at]
            for near in (at - 1, at):
                if 0 <= near < len(marked):
                    marked[near] = (marked[near][0], True)
    return [line for line, _ in marked], {number for number, (_, new) in enumerate(marked) if new}


def may_change(text: str, changed: set[int]) -> set[int]:
    """Changed lines with the whole of their statement (without its body), blank lines around them, and imports.

    Who takes blank lines away formats the statements that they stand between. A body goes along where it
    is not indented by one step: who formats its head must move it.
    """
    lines = text.split("\n")
    changed = changed | {near for number in changed if not lines[number].strip() for near in _beside(number, lines)}
    allowed = set(changed)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            first = body[0] if isinstance(body, list) else node
            in_step = first.lineno > node.lineno and first.col_offset == node.col_offset + 4
            last = first.lineno - 1 if in_step else node.end_lineno
            own = set(range(node.lineno - 1, last or node.lineno))
            if own & changed or isinstance(node, ast.Import | ast.ImportFrom):
                allowed |= own
    for step in (1, -1):
        for start in sorted(allowed, reverse=step < 0):
            number = start + step
            while 0 <= number < len(lines) and not lines[number].strip():
                allowed.add(number)
                number += step
    return allowed


def _beside(blank: int, lines: list[str]) -> list[int]:
    """The lines before and after the blank ones around a number."""
    found = []
    for step in (1, -1):
        number = blank
        while 0 <= number < len(lines) and not lines[number].strip():
            number += step
        found += [number] if 0 <= number < len(lines) else []
    return found


LOAD = "def load(path):\n    with open(path) as file:\n        return file.read()\n"
SHAPE = "class Shape:\n    sides = 3\n\n    def area(self, a):\n        if a:\n            return 0\n        return a\n"


@example([LOAD, SHAPE, LOAD, LOAD, SHAPE], [(52, "delete", ""), (52, "delete", "")], "\n")  # a body loses its head
@example(
    ["def  old( a,b ):\n    return  a\n", "debt = {  'a':1 }\n", "debt = {  'a':1 }\n"], [(12, "delete", "")], "\n"
)  # blank lines that go take the statement after them along
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BLOCKS, EDITS, st.sampled_from(("\n", "\r\n")))
def test_lines_that_no_change_touched_stay_to_the_byte_and_a_second_fix_does_nothing(
    tmp_path: Path, blocks: list[str], edits: list[tuple[int, str, str]], ending: str
) -> None:
    before = HEADER + "print(os, sys, List)\n\n\n" + "\n\n".join(blocks)
    lines, changed = edited(before.split("\n"), edits)
    after = "\n".join(lines)
    try:
        allowed = may_change(after, changed)
    except SyntaxError:  # then nothing may change
        allowed = set()
    root = tmp_path / str(next(COUNT))
    make_repo(root, {"qualitygate.toml": CONFIG, "ruff.toml": RUFF, "a.py": before.replace("\n", ending)})
    there = after.replace("\n", ending).encode()
    (root / "a.py").write_bytes(there)
    result = fix(root)
    made = (root / "a.py").read_bytes()
    kept = [line for number, line in enumerate(there.splitlines(keepends=True)) if number not in allowed]
    rest = iter(made.splitlines(keepends=True))
    assert all(line in rest for line in kept), result.fixed  # in this order
    if allowed:
        ast.parse(made)
    assert fix(root).files == ()
    assert (root / "a.py").read_bytes() == made
    assert git(root, "status", "--porcelain") in ("", "M a.py")
    assert sorted(os.listdir(root)) == [".git", "a.py", "qualitygate.toml", "ruff.toml"]
