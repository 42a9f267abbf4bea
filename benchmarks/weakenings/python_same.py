"""Python: reworks that take nothing from a test."""

from __future__ import annotations

import ast

from benchmarks.weakenings.mutation import Changed, Mutator, only
from benchmarks.weakenings.python import Spot, TestFile, first_row, on_assertion, on_test, sides_of, tests


def _renamed(file: TestFile, spot: Spot) -> str | None:
    at = spot.node.lineno - 1
    return file.put(
        at, at + 1, [file.lines[at].replace(f"def {spot.node.name}", f"def {spot.node.name}_as_documented", 1)]
    )


def _reordered(file: TestFile, spot: Spot) -> str | None:
    if spot.owner is not None:
        return None
    first, end = file.start(spot.node), spot.node.end_lineno or 0
    return "\n".join([*file.lines[:first], *file.lines[end:], "", "", *file.lines[first:end], ""])


def _unparsed(path: str, text: str, seed: int) -> Changed | None:
    tree = ast.parse(text)
    return only(path, text, ast.unparse(tree) + "\n") if tests(tree) else None


def _moved(path: str, text: str, seed: int) -> Changed | None:
    """A test that goes to a new file."""
    file = TestFile(text, seed)
    spots = [spot for spot in file.tests if spot.owner is None]
    if not spots:
        return None
    node = spots[seed % len(spots)].node
    first, end = file.start(node), node.end_lineno or 0
    folder, _, _ = path.rpartition("/")
    new = f"{folder}/test_moved_{seed}.py".lstrip("/")
    return Changed(
        {path: file.put(first, end, []), new: "import pytest\n\n\n" + "\n".join(file.lines[first:end]) + "\n"}
    )


def _renamed_file(path: str, text: str, seed: int) -> Changed | None:
    folder, _, base = path.rpartition("/")
    new = f"{folder}/test_renamed_{base.removeprefix('test_')}".lstrip("/")
    return (
        Changed({path: None, new: text}, {new: path}) if tests(ast.parse(text)) and base.startswith("test_") else None
    )


def _split(file: TestFile, spot: Spot) -> str | None:
    """Two tests: each with the set-up and half of the assertions."""
    node = spot.node
    own = [each for each in node.body if isinstance(each, ast.Assert)]
    if len(own) < 2 or node.body[0].lineno <= node.lineno:
        return None
    half = len(own) // 2
    halves = []
    for keep, suffix in ((own[:half], "first_row"), (own[half:], "_rest")):
        copy = ast.parse(ast.unparse(node)).body[0]
        assert isinstance(copy, (ast.FunctionDef, ast.AsyncFunctionDef))
        kept = {ast.unparse(each) for each in keep}
        body: list[ast.stmt] = [
            each for each in node.body if not isinstance(each, ast.Assert) or ast.unparse(each) in kept
        ]
        copy.name, copy.body = node.name + suffix, body
        halves.append(ast.unparse(copy))
    pad = file.indent(node)
    rows = [pad + row if row else row for row in "\n\n".join(halves).split("\n")]
    return file.put(file.start(node), node.end_lineno or 0, rows)


def _parametrised(file: TestFile, spot: Spot) -> str | None:
    """A literal of an equality becomes a parameter."""
    node = spot.node
    if node.decorator_list or spot.owner is not None:
        return None
    for each in node.body:
        sides = sides_of(each)
        if sides is not None and isinstance(sides[1], ast.Constant) and isinstance(each, ast.Assert):
            copy = ast.parse(ast.unparse(node)).body[0]
            assert isinstance(copy, (ast.FunctionDef, ast.AsyncFunctionDef))
            at = node.body.index(each)
            copy.body[at] = ast.parse(f"assert {ast.unparse(sides[0])} == expected").body[0]
            copy.args.args.append(ast.arg("expected"))
            mark = f"pytest.mark.parametrize('expected', [{ast.unparse(sides[1])}])"
            copy.decorator_list.append(ast.parse(mark, mode="eval").body)
            return file.put(file.start(node), node.end_lineno or 0, ast.unparse(copy).split("\n"))
    return None


def _helper(file: TestFile, spot: Spot) -> str | None:
    """The last assertions go to a function beside the test."""
    node = spot.node
    if spot.owner is not None or isinstance(node, ast.AsyncFunctionDef):
        return None
    tail = [each for each in node.body if isinstance(each, ast.Assert)]
    if not tail or node.body[-1] is not tail[-1] or tail[-1].lineno == node.lineno:
        return None
    last = tail[-1]
    local = {
        each.id
        for part in node.body
        for each in ast.walk(part)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    local |= {argument.arg for argument in node.args.args}
    names = sorted({each.id for each in ast.walk(last) if isinstance(each, ast.Name) and each.id in local})
    if any(isinstance(each, (ast.Await, ast.comprehension)) for each in ast.walk(last)):
        return None
    pad = file.indent(last)
    call = f"{pad}same_as_before({', '.join(names)})"
    helper = [f"def same_as_before({', '.join(names)}):", "    " + ast.unparse(last).replace("\n", "\n    "), "", ""]
    first = file.start(node)
    return "\n".join(
        [*file.lines[:first], *helper, *file.lines[first : last.lineno - 1], call, *file.lines[last.end_lineno or 0 :]]
    )


def _messaged(node: ast.stmt) -> str | None:
    return (
        f"assert {ast.unparse(node.test)}, 'what went wrong'" if isinstance(node, ast.Assert) and not node.msg else None
    )


def _stronger(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.In):
        return f"assert {ast.unparse(node.test.comparators[0])} == [{ast.unparse(node.test.left)}]"
    return None


def _into_class(file: TestFile, spot: Spot) -> str | None:
    node = spot.node
    if spot.owner is not None:
        return None
    first, end = file.start(node), node.end_lineno or 0
    rows = ["class TestGrouped:", *("    " + row if row.strip() else row for row in file.lines[first:end])]
    at = node.lineno - first
    rows[at] = rows[at].replace(f"{node.name}(", f"{node.name}(self, " if node.args.args else f"{node.name}(self", 1)
    return file.put(first, end, rows)


SAME: dict[str, Mutator] = {
    "rename": on_test(_renamed),
    "reorder": on_test(_reordered),
    "reformat": _unparsed,
    "move to another file": _moved,
    "rename the file": _renamed_file,
    "split in two": on_test(_split),
    "parametrise": on_test(_parametrised),
    "into a helper": on_test(_helper),
    "into a class": on_test(_into_class),
    "add a message": on_assertion(_messaged),
    "in to ==": on_assertion(_stronger),
    "comment on top": on_test(first_row("# what this is about")),
}
