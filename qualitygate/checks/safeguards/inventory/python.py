"""The tests of a Python file: functions and classes of pytest, and those of unittest."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from qualitygate.checks.safeguards.inventory.case import Case, Held
from qualitygate.checks.safeguards.inventory.python_constants import truth
from qualitygate.checks.safeguards.python_tree import parse

_TRIED = (ast.If, ast.Try, ast.With)
_LITERALS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def inventory(text: str) -> Held:
    """What a file holds; raises SyntaxError or ValueError for one that does not parse."""
    shared = parse(text.encode("utf-8", "surrogateescape"))  # what other checks have parsed, too
    tree = ast.parse(text) if isinstance(shared, str) else shared
    found = _Found(text.splitlines(keepends=True))
    found.body(tree.body, (), (), collected=True)
    once = {name: size for name, size in found.switches.items() if found.assigned[name] == 1}
    return Held(tuple(found.tests), tuple(found.others), {**once, **found.tables}, found.muted)


class _Found:
    """One file on its way to what it holds."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.tests: list[Case] = []
        self.others: list[Case] = []
        self.tables: dict[str, int] = {}
        self.switches: dict[str, int] = {}
        """Names of what is true (1) or false (0) whatever happens, if nothing else is assigned to them."""
        self.assigned: Counter[str] = Counter()
        self.muted = ""
        self.branching = False

    def _source(self, node: ast.stmt, first: int) -> str:
        return "".join(self.lines[first - 1 : node.end_lineno])

    def body(
        self,
        body: list[ast.stmt],
        parents: tuple[str, ...],
        marks: tuple[str, ...],
        *,
        collected: bool,
        conditional: bool = False,
    ) -> None:
        """Add what stands in a module or class. `marks` are those that hold for all in it."""
        marks = (*marks, *self._own_marks(body))
        if not parents and any(_switched_off(node, None) for node in body):
            collected = False
        before, self.branching = self.branching, conditional
        off = {each for node in body for each in _off_by_name(node)}
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._function(node, parents, marks, collected=collected and node.name not in off)
            elif isinstance(node, ast.ClassDef):
                self._class(node, parents, marks, body, collected=collected)
            elif isinstance(node, ast.If):
                self._if(node, parents, marks, collected=collected)
            elif isinstance(node, _TRIED):
                for inner in _branches(node):
                    self.body(inner, parents, marks, collected=collected, conditional=True)
            elif isinstance(node, ast.ImportFrom) and not parents:
                for alias in node.names:
                    self.tables[f"from {'.' * node.level}{node.module or ''} import {alias.asname or alias.name}"] = 1
            elif isinstance(node, ast.Delete):
                for target in node.targets:
                    self._given_away(_last(target), parents)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                if not conditional:
                    self._assigned(node, parents)
                if not parents and isinstance(node.value, ast.Call) and _last(node.value.func) == "importorskip":
                    self.muted = self.muted or "conditional"
                self._table(node, switch=not parents and not conditional)
            elif isinstance(node, (ast.Expr, ast.Raise)) and not parents:
                self._mute(node, conditional=conditional)

        self.branching = before

    def _if(self, node: ast.If, parents: tuple[str, ...], marks: tuple[str, ...], *, collected: bool) -> None:
        """What stands in a branch runs if its condition holds, as if it were skipped otherwise."""
        holds = truth(node.test)
        text = ast.unparse(node.test)
        for inner, runs, said in ((node.body, holds, f"not ({text})"), (node.orelse, _turned(holds), text)):
            own = marks if runs else (*marks, f"pytest.mark.skipif({said})")
            self.body(inner, parents, own, collected=collected and runs is not False, conditional=not runs)

    def _assigned(self, node: ast.Assign | ast.AnnAssign, parents: tuple[str, ...]) -> None:
        """`test_x = None`, `test_x = skip(test_x)`: the name of a test that stands for something else now."""
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Attribute):
                self.tables[f"{ast.unparse(target)} ="] = 1
        for name in _names(node):
            inner = [each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)] if node.value else []
            self._given_away(name, parents, ast.unparse(node.value) if name in inner and node.value else "")

    def _given_away(self, name: str, parents: tuple[str, ...], wrapped: str = "") -> None:
        """A test that no runner finds under its name any more; `wrapped`: what its name stands for calls it still."""
        own = "::".join((*parents, name))
        for at, case in enumerate(self.tests):
            if case.id == own or (case.id.startswith(f"{own}::") and not wrapped):
                if wrapped:
                    mark = wrapped.partition("(")[0]
                    self.tests[at] = case._replace(marks=(*case.marks, mark))
                else:
                    self.tests[at] = case._replace(kind="other")
        self.others.extend(case for case in self.tests if case.kind == "other")
        self.tests = [case for case in self.tests if case.kind == "test"]

    def _own_marks(self, body: list[ast.stmt]) -> Iterator[str]:
        for node in body:
            added = isinstance(node, ast.AugAssign) and _last(node.target) == "pytestmark"
            if (isinstance(node, ast.Assign) and _names(node) == ["pytestmark"]) or added:
                value = node.value  # type: ignore[attr-defined]  # both have one
                for mark in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
                    yield ast.unparse(mark)

    def _function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        parents: tuple[str, ...],
        marks: tuple[str, ...],
        *,
        collected: bool,
    ) -> None:
        first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
        if node.name.startswith("test") and not node.decorator_list and not self.branching:
            self._given_away(node.name, parents)  # the later one of two has the name
        is_test = collected and node.name.startswith("test") and not _is_fixture(node)
        case = Case(
            "::".join((*parents, node.name)),
            node.lineno,
            marks,
            self._source(node, first),
            "test" if is_test else "other",
        )
        (self.tests if is_test else self.others).append(case)

    def _class(
        self,
        node: ast.ClassDef,
        parents: tuple[str, ...],
        marks: tuple[str, ...],
        around: list[ast.stmt],
        *,
        collected: bool,
    ) -> None:
        bases = [_last(base) for base in node.bases]
        by_base = any("Test" in base or base.endswith(("Case", "Mixin", "Base", "Suite")) for base in bases)
        name = node.name
        by_name = name.startswith("Test") or name.endswith(("Test", "Tests", "TestCase")) or by_base
        off = any(_switched_off(inner, None) for inner in node.body) or any(
            _switched_off(inner, name) for inner in around
        )
        if any(_equals_all(inner) for inner in node.body):
            self.tables[f"{name}=="] = 1
        own = tuple(ast.unparse(mark) for mark in node.decorator_list)
        self.body(node.body, (*parents, name), (*marks, *own), collected=collected and by_name and not off)

    def _table(self, node: ast.Assign | ast.AnnAssign, *, switch: bool) -> None:
        self.assigned.update(_names(node))
        holds = truth(node.value) if switch else None
        if isinstance(node.value, _LITERALS):
            size = len(node.value.keys if isinstance(node.value, ast.Dict) else node.value.elts)
            self.tables.update((name, size) for name in _names(node))
        elif holds is not None:
            self.switches.update((name, int(holds)) for name in _names(node))

    def _mute(self, node: ast.Expr | ast.Raise, *, conditional: bool) -> None:
        call = node.exc if isinstance(node, ast.Raise) else node.value
        name = _last(call.func) if isinstance(call, ast.Call) else _last(call)
        if name == "importorskip":
            self.muted = self.muted or "conditional"
        elif name == "SkipTest" or (name == "skip" and isinstance(call, ast.Call) and call.keywords):
            self.muted = "conditional" if conditional else "unconditional"


def _branches(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    yield getattr(node, "body", [])
    yield getattr(node, "orelse", [])
    for handler in getattr(node, "handlers", []):
        yield handler.body


def _names(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _last(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = (_last(mark.func if isinstance(mark, ast.Call) else mark) for mark in node.decorator_list)
    return any(name.endswith("fixture") for name in names)  # `usefixtures` makes none


def _equals_all(node: ast.stmt) -> bool:
    """`def __eq__(self, other): return True`."""
    if not isinstance(node, ast.FunctionDef) or node.name != "__eq__" or len(node.body) != 1:
        return False
    only = node.body[0]
    return isinstance(only, ast.Return) and truth(only.value) is True


def _turned(holds: bool | None) -> bool | None:
    return None if holds is None else not holds


def _off_by_name(node: ast.stmt) -> Iterator[str]:
    """`test_x.__test__ = False`."""
    for target in node.targets if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Attribute) and _switched_off(node, _last(target.value)):
            yield _last(target.value)


def _switched_off(node: ast.stmt, owner: str | None) -> bool:
    """`__test__ = False` in the body, or `Owner.__test__ = False` beside it."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant) or node.value.value:
        return False
    for target in node.targets:
        if owner is None and isinstance(target, ast.Name) and target.id == "__test__":
            return True
        if isinstance(target, ast.Attribute) and target.attr == "__test__" and _last(target.value) == owner:
            return True
    return False
