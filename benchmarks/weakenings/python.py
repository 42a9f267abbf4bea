"""Python: pytest and unittest."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.weakenings.mutation import Changed, Mutator, only


class Spot(NamedTuple):
    """A test function in its file, and the class that it stands in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    owner: ast.ClassDef | None


def _collected(node: ast.ClassDef) -> bool:
    return node.name.startswith("Test") or any("Test" in ast.unparse(base) for base in node.bases)


def tests(tree: ast.Module) -> list[Spot]:
    """The test functions of a module, those that are not switched off."""
    found = []
    for node in tree.body:
        inner = [node] if not isinstance(node, ast.ClassDef) else node.body if _collected(node) else []
        owner = node if isinstance(node, ast.ClassDef) else None
        marked = " ".join(ast.unparse(mark) for mark in getattr(owner, "decorator_list", ()))
        for each in inner:
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name.startswith("test"):
                marks = marked + " ".join(ast.unparse(mark) for mark in each.decorator_list)
                if "skip" not in marks and "xfail" not in marks and "fixture" not in marks:
                    found.append(Spot(each, owner))
    return found


def _asserts(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Assertions among statements, at any depth but in nested functions."""
    for node in body:
        if isinstance(node, ast.Assert) or (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr.startswith("assert")
        ):
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody"):
                yield from _asserts(getattr(node, part, []))


class TestFile:
    """A file that is changed by lines."""

    def __init__(self, text: str, seed: int) -> None:
        self.lines = text.split("\n")
        self.tree = ast.parse(text)
        self.tests = tests(self.tree)
        self.seed = seed

    def start(self, node: ast.stmt) -> int:
        """Its first line, decorators included, from 0."""
        marks: list[ast.expr] = getattr(node, "decorator_list", [])
        return min([node.lineno, *(mark.lineno for mark in marks)]) - 1

    def indent(self, node: ast.stmt) -> str:
        line = self.lines[node.lineno - 1]
        return line[: len(line) - len(line.lstrip())]

    def put(self, first: int, end: int, new: list[str]) -> str:
        return "\n".join([*self.lines[:first], *new, *self.lines[end:]])

    def source(self, node: ast.stmt) -> list[str]:
        return self.lines[node.lineno - 1 : node.end_lineno]


Edit = Callable[[TestFile, Spot], "str | None"]
Swap = Callable[[ast.stmt], "str | None"]


def on_test(edit: Edit, *, asserting: bool = True) -> Mutator:
    """Change one test that the edit can change."""

    def mutate(path: str, text: str, seed: int) -> Changed | None:
        file = TestFile(text, seed)
        spots = [spot for spot in file.tests if not asserting or any(_asserts(spot.node.body))]
        for turn in range(len(spots)):
            new = edit(file, spots[(seed + turn) % len(spots)])
            if new is not None and _parses(new):
                return only(path, text, new)
        return None

    return mutate


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def on_assertion(swap: Swap) -> Mutator:
    """Put something in place of one assertion; `swap` gives the text for it, "" to take it away."""

    def edit(file: TestFile, spot: Spot) -> str | None:
        found = list(_asserts(spot.node.body))
        for turn in range(len(found)):
            node = found[(file.seed + turn) % len(found)]
            new = swap(node)
            line = file.lines[node.lineno - 1]
            if new is None or node.col_offset != len(line) - len(line.lstrip()) or ";" in line:
                continue
            pad = file.indent(node)
            rows = [pad + row for row in new.split("\n")] if new else [pad + "pass"]
            return file.put(node.lineno - 1, node.end_lineno or node.lineno, rows)
        return None

    return on_test(edit)


def sides_of(node: ast.stmt) -> tuple[ast.expr, ast.expr] | None:
    """The two sides of an equality that is asserted."""
    if isinstance(node, ast.Assert):
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.Is)):
            right = test.comparators[0]
            if isinstance(right, ast.Constant) and isinstance(right.value, bool):
                return None
            if isinstance(test.left, ast.Constant):
                return None
            return test.left, right
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute) and call.func.attr == "assertEqual" and len(call.args) > 1:
            return (call.args[0], call.args[1]) if not isinstance(call.args[0], ast.Constant) else None
    return None


def _equality(form: str, unittest: str) -> Swap:
    def swap(node: ast.stmt) -> str | None:
        sides = sides_of(node)
        if sides is None:
            return None
        left, right = (ast.unparse(side) for side in sides)
        if isinstance(sides[1], ast.Constant) and sides[1].value is None and "None" in form:
            return None
        return (form if isinstance(node, ast.Assert) else unittest).format(left=left, right=right)

    return swap


def _around(form: str) -> Swap:
    def swap(node: ast.stmt) -> str | None:
        if "await" in ast.unparse(node) and "lambda" in form:
            return None
        return form.format(text=ast.unparse(node).replace("\n", "\n    "))

    return swap


def _plain(form: str) -> Swap:
    def swap(node: ast.stmt) -> str | None:
        return form.format(test=ast.unparse(node.test)) if isinstance(node, ast.Assert) else None

    return swap


def _delete(file: TestFile, spot: Spot) -> str | None:
    if spot.owner is not None and len(spot.owner.body) == 1:
        return None
    return file.put(file.start(spot.node), spot.node.end_lineno or 0, [])


def _rename_to(prefix: str) -> Edit:
    def edit(file: TestFile, spot: Spot) -> str | None:
        at = spot.node.lineno - 1
        line = file.lines[at].replace(f"def {spot.node.name}", f"def {prefix}{spot.node.name}", 1)
        return file.put(at, at + 1, [line])

    return edit


def _decorate(mark: str) -> Edit:
    def edit(file: TestFile, spot: Spot) -> str | None:
        at = file.start(spot.node)
        return file.put(at, at, [file.indent(spot.node) + mark])

    return edit


def first_row(row: str) -> Edit:
    """A statement on top of the body."""

    def edit(file: TestFile, spot: Spot) -> str | None:
        body = spot.node.body
        at = body[0].lineno - 1
        if at < spot.node.lineno:
            return None
        pad = file.indent(body[0])
        return file.put(at, at, [pad + part for part in row.split("\n")])

    return edit


def _body(rows: str) -> Edit:
    """Something else in place of the body."""

    def edit(file: TestFile, spot: Spot) -> str | None:
        body = spot.node.body
        if body[0].lineno <= spot.node.lineno:
            return None
        return file.put(body[0].lineno - 1, spot.node.end_lineno or 0, [file.indent(body[0]) + rows])

    return edit


def _swap_out(file: TestFile, spot: Spot) -> str | None:
    """Another test, which says nothing, in place of this one: the count stays."""
    pad = file.indent(spot.node)
    argument = "self" if spot.owner is not None else ""
    new = [f"{pad}def test_arithmetic_holds({argument}):", f"{pad}    assert 1 + 1 == 2"]
    return file.put(file.start(spot.node), spot.node.end_lineno or 0, new)


def _broad_raises(file: TestFile, spot: Spot) -> str | None:
    for node in ast.walk(spot.node):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("raises", "assertRaises")
        ) and (
            node.args
            and node.lineno == node.end_lineno
            and ast.unparse(node.args[0]) not in ("Exception", "AssertionError")
        ):
            line = file.lines[node.lineno - 1].encode()
            new = f"{ast.unparse(node.func)}(Exception)".encode()
            if len(node.args) > 1:
                return None
            changed = line[: node.col_offset] + new + line[node.end_col_offset :]
            return file.put(node.lineno - 1, node.lineno, [changed.decode()])
    return None


def _no_raises(file: TestFile, spot: Spot) -> str | None:
    for node in ast.walk(spot.node):
        if isinstance(node, ast.With) and len(node.items) == 1 and ".raises(" in ast.unparse(node.items[0]):
            item = node.items[0]
            if item.optional_vars is None and node.lineno == item.context_expr.end_lineno:
                pad = file.indent(node)
                return file.put(
                    node.lineno - 1, node.lineno, [f"{pad}with __import__('contextlib').suppress(Exception):"]
                )
    return None


def _wider(file: TestFile, spot: Spot) -> str | None:
    for node in ast.walk(spot.node):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("approx") and node.lineno == node.end_lineno:
            line = file.lines[node.lineno - 1].encode()
            new = f"{ast.unparse(node.func)}({ast.unparse(node.args[0])}, abs=1e9)".encode()
            return file.put(
                node.lineno - 1, node.lineno, [(line[: node.col_offset] + new + line[node.end_col_offset :]).decode()]
            )
    return None


def _fewer_cases(file: TestFile, spot: Spot) -> str | None:
    for mark in spot.node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("parametrize") and len(mark.args) > 1:
            rows = mark.args[1]
            if isinstance(rows, (ast.List, ast.Tuple)) and len(rows.elts) > 1:
                last = rows.elts[-1]
                before, end = rows.elts[-2].end_lineno or last.lineno, last.end_lineno or last.lineno
                if last.lineno > before and end < (rows.end_lineno or 0):
                    return file.put(last.lineno - 1, last.end_lineno or 0, [])
    return None


def _loop_over_nothing(file: TestFile, spot: Spot) -> str | None:
    for node in ast.walk(spot.node):
        if (
            isinstance(node, ast.For)
            and any(_asserts(node.body))
            and node.iter.lineno == node.iter.end_lineno == node.lineno
        ):
            line = file.lines[node.lineno - 1].encode()
            return file.put(
                node.lineno - 1,
                node.lineno,
                [(line[: node.iter.col_offset] + b"[]" + line[node.iter.end_col_offset :]).decode()],
            )
    return None


def _not_awaited(file: TestFile, spot: Spot) -> str | None:
    for node in _asserts(spot.node.body):
        line = file.lines[node.lineno - 1]
        if "await " in line and node.lineno == node.end_lineno:
            return file.put(node.lineno - 1, node.lineno, [line.replace("await ", "", 1)])
    return None


def _module(row: str) -> Mutator:
    """A statement behind the imports."""

    def mutate(path: str, text: str, seed: int) -> Changed | None:
        file = TestFile(text, seed)
        if not file.tests or "pytestmark" in text:
            return None
        imports = [node for node in file.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        at = (imports[-1].end_lineno or 0) if imports else 0
        return only(path, text, file.put(at, at, ["", row, ""]))

    return mutate


def _class(edit: Callable[[TestFile, ast.ClassDef], str | None]) -> Mutator:
    def mutate(path: str, text: str, seed: int) -> Changed | None:
        file = TestFile(text, seed)
        owners = {
            spot.owner.name: spot.owner for spot in file.tests if spot.owner is not None and len(spot.owner.bases) == 0
        }
        found = list(owners.values())
        return only(path, text, edit(file, found[seed % len(found)]) or text) if found else None

    return mutate


def _class_name(file: TestFile, owner: ast.ClassDef) -> str | None:
    at = owner.lineno - 1
    return file.put(
        at, at + 1, [file.lines[at].replace(f"class {owner.name}", f"class Old{owner.name.removeprefix('Test')}", 1)]
    )


def _class_off(file: TestFile, owner: ast.ClassDef) -> str | None:
    at = owner.body[0].lineno - 1
    first = owner.body[0]
    at = file.start(first)
    return file.put(at, at, [file.indent(first) + "__test__ = False"])


def _gone(path: str, text: str, seed: int) -> Changed | None:
    return Changed({path: None}) if tests(ast.parse(text)) else None


def _moved_out(name: str) -> Mutator:
    def mutate(path: str, text: str, seed: int) -> Changed | None:
        folder, _, base = path.rpartition("/")
        if not tests(ast.parse(text)) or not base.startswith("test_"):
            return None
        new = (f"{folder}/" if folder else "") + name.format(base=base.removeprefix("test_"), full=base)
        return Changed({path: None, new: text}, {new: path})

    return mutate


WEAKER: dict[str, Mutator] = {
    "delete the test": on_test(_delete),
    "delete the file": _gone,
    "put an empty test in its place": on_test(_swap_out),
    "rename it out of collection": on_test(_rename_to("_")),
    "rename it to check_": on_test(_rename_to("check_")),
    "rename the file out of collection": _moved_out("old_{base}"),
    "rename the file to .bak": _moved_out("{full}.bak"),
    "rename the class out of collection": _class(_class_name),
    "__test__ = False in the class": _class(_class_off),
    "__test__ = False in the module": _module("__test__ = False"),
    "mark.skip": on_test(_decorate("@pytest.mark.skip(reason='flaky')")),
    "mark.xfail": on_test(_decorate("@pytest.mark.xfail")),
    "mark.skipif(True)": on_test(_decorate("@pytest.mark.skipif(True, reason='later')")),
    "unittest.skip": on_test(_decorate("@unittest.skip('later')")),
    "unittest.expectedFailure": on_test(_decorate("@unittest.expectedFailure")),
    "skipif of a condition (shown)": on_test(_decorate("@pytest.mark.skipif(sys.platform == 'linux', reason='later')")),
    "pytestmark": _module("pytestmark = pytest.mark.skip(reason='later')"),
    "module-level skip": _module("pytest.skip('later', allow_module_level=True)"),
    "pytest.skip() on top": on_test(first_row("pytest.skip('later')")),
    "if True: pytest.skip()": on_test(first_row("if True:\n    pytest.skip('later')")),
    "return on top": on_test(first_row("return")),
    "body is pass": on_test(_body("pass")),
    "body is assert True": on_test(_body("assert True")),
    "delete an assertion": on_assertion(lambda node: ""),
    "== to truthy": on_assertion(_equality("assert {left}", "self.assertTrue({left})")),
    "== to is not None": on_assertion(_equality("assert {left} is not None", "self.assertIsNotNone({left})")),
    "== to in": on_assertion(_equality("assert {left} in ({right}, None)", "self.assertIn({left}, ({right}, None))")),
    "== to isinstance": on_assertion(
        _equality("assert isinstance({left}, object)", "self.assertIsInstance({left}, object)")
    ),
    "== to itself": on_assertion(_equality("assert {left} == {left}", "self.assertEqual({left}, {left})")),
    "== to ANY": on_assertion(_equality("assert {left} == mock.ANY", "self.assertEqual({left}, mock.ANY)")),
    "== to another ==": on_assertion(_equality("assert {left} == {right} or {left}", "self.assertTrue({left} or 1)")),
    "assert True": on_assertion(lambda node: "assert True"),
    "or True": on_assertion(_plain("assert {test} or True")),
    "assert (x, message)": on_assertion(_plain("assert ({test}, 'message')")),
    "try: except: pass": on_assertion(_around("try:\n    {text}\nexcept AssertionError:\n    pass")),
    "try: except Exception": on_assertion(_around("try:\n    {text}\nexcept Exception as error:\n    print(error)")),
    "contextlib.suppress": on_assertion(_around("with contextlib.suppress(AssertionError):\n    {text}")),
    "if False": on_assertion(_around("if False:\n    {text}")),
    "for in []": on_assertion(_around("for _ in []:\n    {text}")),
    "loop over nothing": on_test(_loop_over_nothing),
    "raises(Exception)": on_test(_broad_raises, asserting=False),
    "raises to suppress": on_test(_no_raises, asserting=False),
    "approx(abs=1e9)": on_test(_wider),
    "fewer cases": on_test(_fewer_cases),
    "not awaited": on_test(_not_awaited),
}
