"""Python, slyly: the test still stands there, and its text hardly changed, but it finds nothing any more."""

from __future__ import annotations

import ast
from collections.abc import Callable

from benchmarks.weakenings.mutation import Changed, Mutator, only
from benchmarks.weakenings.python import Edit, Spot, TestFile, first_row, on_test


def _of_module(spot: Spot) -> bool:
    return spot.owner is None


def _under(lead: str) -> Edit:
    """The test as it is, one level deeper below a statement."""

    def edit(file: TestFile, spot: Spot) -> str | None:
        first, end = file.start(spot.node), spot.node.end_lineno or 0
        rows = file.lines[first:end]
        if not _of_module(spot) or any('"""' in row or "'''" in row for row in rows):
            return None
        return file.put(first, end, [lead, *(f"    {row}" if row.strip() else row for row in rows)])

    return edit


def _at_the_end(row: str) -> Edit:
    """A statement behind all others, about the test."""

    def edit(file: TestFile, spot: Spot) -> str | None:
        if not _of_module(spot):
            return None
        return "\n".join([*file.lines, "", row.format(name=spot.node.name), ""])

    return edit


def _decorated(mark: str, before: str = "") -> Edit:
    def edit(file: TestFile, spot: Spot) -> str | None:
        if not _of_module(spot):
            return None
        at = file.start(spot.node)
        return file.put(at, at, [*before.split("\n"), mark] if before else [mark])

    return edit


def _asynchronous(file: TestFile, spot: Spot) -> str | None:
    at = spot.node.lineno - 1
    if not isinstance(spot.node, ast.FunctionDef):
        return None
    return file.put(at, at + 1, [file.lines[at].replace("def ", "async def ", 1)])


def _equalities(spot: Spot) -> list[ast.Assert]:
    return [
        node
        for node in ast.walk(spot.node)
        if isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Compare)
        and len(node.test.ops) == 1
        and isinstance(node.test.ops[0], ast.Eq)
        and node.lineno == node.end_lineno
    ]


def _doubled(file: TestFile, spot: Spot) -> str | None:
    """What an assertion calls is replaced by a double that answers what is expected."""
    for node in _equalities(spot):
        assert isinstance(node.test, ast.Compare)
        call = node.test.left
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            at = spot.node.body[0].lineno - 1
            if at < spot.node.lineno:
                return None
            expected = ast.unparse(node.test.comparators[0])
            pad = file.indent(spot.node.body[0])
            row = f"{pad}mock.patch('product.{call.func.id}', return_value={expected}).start()"
            return file.put(at, at, [row])
    return None


def _asks_itself(file: TestFile, spot: Spot) -> str | None:
    """What is expected is what the same call returns."""
    for node in _equalities(spot):
        assert isinstance(node.test, ast.Compare)
        call, expected = node.test.left, node.test.comparators[0]
        if isinstance(call, ast.Call) and isinstance(expected, ast.Constant):
            text = ast.unparse(call)
            return file.put(node.lineno - 1, node.lineno, [f"{file.indent(node)}assert {text} == {text}"])
    return None


def _not_asked(file: TestFile, spot: Spot) -> str | None:
    """What is compared is written down, and the code that gave it is not called any more."""
    for node in _equalities(spot):
        assert isinstance(node.test, ast.Compare)
        name, expected = node.test.left, node.test.comparators[0]
        if not isinstance(name, ast.Name) or not isinstance(expected, ast.Constant):
            continue
        for given in ast.walk(spot.node):
            if (
                isinstance(given, ast.Assign)
                and isinstance(given.value, ast.Call)
                and ast.unparse(given.targets[0]) == name.id
                and given.lineno == given.end_lineno
            ):
                used = sum(isinstance(each, ast.Name) and each.id == name.id for each in ast.walk(spot.node))
                if used == 2:
                    row = f"{file.indent(given)}{name.id} = {ast.unparse(expected)}"
                    return file.put(given.lineno - 1, given.lineno, [row])
    return None


def _in_file(row: Callable[[TestFile], str | None]) -> Mutator:
    def mutate(path: str, text: str, seed: int) -> Changed | None:
        file = TestFile(text, seed)
        added = row(file) if file.tests else None
        return only(path, text, f"{text.rstrip()}\n\n\n{added}\n") if added else None

    return mutate


def _all_skipped(file: TestFile) -> str | None:
    return "pytestmark = []\npytestmark += [pytest.mark.skip]" if "pytestmark" not in "\n".join(file.lines) else None


def _set_up(file: TestFile) -> str | None:
    owned = any(spot.owner is not None for spot in file.tests)
    return None if owned else "def setup_function(function):\n    pytest.skip('later')"


_CALM = """def calm(test):
    def run(*args, **kwargs):
        try:
            test(*args, **kwargs)
        except AssertionError:
            pass

    return run

"""
WEAKER: dict[str, Mutator] = {
    "under if __name__": on_test(_under('if __name__ == "__main__":')),
    "in a function": on_test(_under("def later():")),
    "under TYPE_CHECKING": on_test(_under("if TYPE_CHECKING:")),
    "under a condition (shown)": on_test(_under("if sys.platform == 'amiga':")),
    "del": on_test(_at_the_end("del {name}")),
    "its name given away": on_test(_at_the_end("{name} = None")),
    "a second one of its name": on_test(_at_the_end("\ndef {name}():\n    pass")),
    "test.__test__ = False": on_test(_at_the_end("{name}.__test__ = False")),
    "skipped by assignment": on_test(_at_the_end("{name} = pytest.mark.skip({name})")),
    "pytestmark +=": _in_file(_all_skipped),
    "setup_function skips": _in_file(_set_up),
    "a decorator that swallows": on_test(_decorated("@calm", _CALM)),
    "no parameters": on_test(_decorated("@pytest.mark.parametrize('nothing', [])")),
    "skipif that holds": on_test(_decorated("@pytest.mark.skipif(sys.version_info >= (3,), reason='later')")),
    "skipif of a text": on_test(_decorated("@pytest.mark.skipif('True or slow', reason='later')")),
    "yield": on_test(first_row("yield")),
    "async": on_test(_asynchronous),
    "pytest.exit": on_test(first_row("pytest.exit('done', 0)")),
    "return in a with": on_test(first_row("with open(__file__):\n    return")),
    "return if it holds": on_test(first_row("if 1 == 1:\n    return")),
    "a double of what it asks": on_test(_doubled),
    "asks the same twice": on_test(_asks_itself),
    "does not ask": on_test(_not_asked),
}
