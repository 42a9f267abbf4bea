"""What a test of Python does: its assertions in their order, and where they may be passed by."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qualitygate.checks.safeguards.inventory.case import VACUOUS, Assertion, Case, Reading, Skip
from qualitygate.checks.safeguards.inventory.python_assertions import (
    BROAD,
    demanded,
    last_name,
    method,
    raising,
    text_of,
)
from qualitygate.checks.safeguards.inventory.python_constants import condition, truth
from qualitygate.checks.safeguards.inventory.python_subject import doubled, given, settled, yields

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_EXITS = frozenset(("pytest.exit", "os._exit", "_exit"))
"""Calls after which nothing runs, and nothing has failed."""


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    source = case.source
    text = "if 1:\n" + source if source[:1] in " \t" else source
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return Reading()
    node: ast.AST = tree.body[0]
    if isinstance(node, ast.If):
        node = node.body[0]
    if not isinstance(node, _FUNCTIONS):
        return Reading()
    reader = _Reader(tables)
    marks = [*case.marks, *(ast.unparse(mark) for mark in node.decorator_list)]
    for mark in marks:
        reader.mark(mark)
    reader.asynchronous = isinstance(node, ast.AsyncFunctionDef)
    if not reader.asynchronous:
        reader.flaws.append("+plain")
    if case.kind == "test" and yields(node):
        reader.off += 1
        reader.buried = "never-run"
    reader.block(node.body, top=True)
    names = given(node)
    reader.found = [settled(found, names, tables) for found in reader.found]
    reader.flaws.extend("doubled" for _ in doubled(node))
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            reader.uses.add(each.id)
        elif isinstance(each, ast.Attribute):
            reader.uses.add(each.attr)
        elif isinstance(each, ast.keyword) and each.arg:
            reader.uses.add(each.arg)
    if reader.asynchronous:
        reader.flaws.extend(["+await"] * sum(isinstance(each, ast.Await) for each in ast.walk(node)))
    for decorator in node.decorator_list:  # a list of functions, each of which is run as a row
        reader.calls |= {each.id for each in ast.walk(decorator) if isinstance(each, ast.Name)}
    reader.uses |= {argument.arg for argument in node.args.args}
    return reader.reading()


class _Reader:
    """One function on its way to what it does."""

    def __init__(self, tables: dict[str, int]) -> None:
        self.tables = tables
        self.found: list[Assertion] = []
        self.flaws: list[str] = []
        self.uses: set[str] = set()
        self.calls: set[str] = set()
        self.skip: Skip = ""
        self.why = ""
        self.rows = 1
        self.rounds = 0
        self.off = 0
        """How many places around have it that an assertion here does not count."""
        self.asynchronous = False
        self.buried = "after-return"

    def reading(self) -> Reading:
        self.flaws.extend("vacuous" for found in self.found if found.strength == VACUOUS)
        return Reading(
            tuple(found for found in self.found if found.strength > VACUOUS),
            self.skip,
            self.why,
            self.rows + self.rounds if self.rows else 0,
            tuple(self.flaws),
            frozenset(self.uses),
            frozenset(self.calls),
        )

    # marks

    def _skipped(self, state: Skip, why: str) -> None:
        if self.skip != "unconditional":
            self.skip, self.why = state, why

    def mark(self, text: str) -> None:
        """What a decorator says: skipped, or run with rows of parameters."""
        node = ast.parse(text, mode="eval").body
        call = node if isinstance(node, ast.Call) else None
        name = last_name(call.func if call else node)
        lower = name.lower()
        words = {word.arg: word.value for word in call.keywords} if call else {}
        if lower == "parametrize" and call:
            rows = call.args[1] if len(call.args) > 1 else words.get("argvalues")
            if isinstance(rows, (ast.List, ast.Tuple)) and not rows.elts:
                self._skipped("unconditional", text)  # without cases, nothing runs
            self.rows *= self._size(rows)
        elif lower in ("flaky", "retry", "rerun", "repeat_on_failure"):
            self.flaws.append("retried")
        elif lower in ("skip", "xfail", "expectedfailure", "skiptest"):
            first = call.args[0] if call and call.args else words.get("condition")
            holds = True if lower != "xfail" or first is None else condition(first, self.tables)
            if holds is not False:
                self._skipped("unconditional" if holds else "conditional", text)
        elif lower == "skipif" or lower.startswith(("skip_", "skipif", "skipunless", "xfail_")):
            first = call.args[0] if call and call.args else words.get("condition")
            holds = condition(first, self.tables)
            if holds is None:
                self._skipped("conditional", text)
            elif holds is not ("unless" in lower):
                self._skipped("unconditional", text)

    def _size(self, node: ast.expr | None) -> int:
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return max(1, sum(1 for each in node.elts if not _param_off(each)))
        if (
            isinstance(node, ast.Call)
            and node.args
            and last_name(node.func) in ("list", "tuple", "sorted", "items", "set")
        ):
            return self._size(node.args[0])
        return self.tables.get(last_name(node) if node is not None else "", 0)

    # statements

    def block(self, body: list[ast.stmt], *, top: bool = False) -> None:
        """Read statements in their order; what stands behind one that always leaves does not count."""
        dead = False
        for node in body:
            self._statement(node, top=top)
            if not dead and self._leaves(node):
                dead = True
                self.off += 1
        if dead:
            self.off -= 1

    def _leaves(self, node: ast.stmt) -> bool:
        """Whether nothing behind this statement runs."""
        return isinstance(node, (ast.Raise, ast.Continue, ast.Break)) or self._returns(node)

    def _returns(self, node: ast.stmt) -> bool:
        """Whether a statement leaves the test whatever happens, as if it had passed."""
        if isinstance(node, ast.Return):
            return True
        if isinstance(node, ast.If):
            holds = truth(node.test, self.tables)
            ways = [node.body] if holds else [node.orelse] if holds is False else [node.body, node.orelse]
            return all(any(self._returns(each) for each in way) for way in ways)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            quiet = any(_catches(item.context_expr) for item in node.items)
            return not quiet and any(self._returns(each) for each in node.body)
        if isinstance(node, ast.Try):
            body = [] if node.handlers else node.body
            return any(self._returns(each) for each in (*body, *node.finalbody))
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            runs = truth(node.test, self.tables) if isinstance(node, ast.While) else bool(self._length(node.iter))
            return bool(runs) and any(self._returns(each) for each in node.body)
        call = node.value if isinstance(node, ast.Expr) else None
        return isinstance(call, ast.Call) and text_of(call.func) in _EXITS

    def _statement(self, node: ast.stmt, *, top: bool) -> None:
        if isinstance(node, ast.Assert):
            self._add(demanded(node.test))
            self._calls(node)
        elif isinstance(node, ast.If):
            self._if(node, top=top)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._loop(node)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self._with(node, top=top)
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            self._try(node)  # type: ignore[arg-type]  # TryStar is one on 3.11 and above
        elif isinstance(node, (_FUNCTIONS, ast.ClassDef)):
            self.block(node.body)
        elif isinstance(node, ast.Match):
            for branch in node.cases:
                self.block(branch.body)
        else:
            self._plain(node, top=top)

    def _add(self, found: list[Assertion]) -> None:
        if self.off:
            self.flaws.append(self.buried)
        else:
            self.found.extend(found)

    def _if(self, node: ast.If, *, top: bool) -> None:
        self._calls(node.test)
        holds = truth(node.test, self.tables)
        if top and holds is None and _way_out(node):
            self.flaws.append("early-return")
        for body, off in ((node.body, holds is False), (node.orelse, holds is True)):
            self.off += off
            always = holds is not None and not off
            if _skips(body) and not self.off:
                self._skipped("unconditional" if always and top else "conditional", f"if {text_of(node.test)}")
            else:
                self.block(body, top=top and always)
            self.off -= off

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        before = len(self.found)
        over = node.iter if not isinstance(node, ast.While) else node.test
        size = self._length(over)
        never = size == 0
        self._calls(over)
        self.off += never
        self.block(node.body)
        self.off -= never
        self.block(node.orelse)
        if never:
            self.flaws.append("empty-loop")
        if size and len(self.found) > before:
            self.rounds += size

    def _length(self, node: ast.expr) -> int | None:
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return len(node.elts)
        if isinstance(node, ast.Dict):
            return len(node.keys)
        if isinstance(node, ast.Constant):
            return 0 if not node.value else None
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            if name == "range" and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
                return 0 if node.args[0].value == 0 else None
            if name in ("zip", "enumerate", "items", "sorted", "list", "iter", "reversed"):
                inner = node.args[0] if node.args else getattr(node.func, "value", None)
                return self._length(inner) if inner is not None else None
        if isinstance(node, ast.Name):
            return self.tables.get(node.id) or None
        return None

    def _with(self, node: ast.With | ast.AsyncWith, *, top: bool) -> None:
        quiet = 0
        body = " ".join(text_of(each).removeprefix("assert ") for each in node.body)
        for item in node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                continue
            name = last_name(call.func)
            demands = raising(call, body)
            if demands is not None:
                self._add([demands])
            elif name == "suppress" and any(last_name(each) in BROAD for each in call.args):
                quiet = 1
            else:
                self._calls(call)
        self._quietly(node.body, quiet, top=top)

    def _quietly(self, body: list[ast.stmt], quiet: int, *, top: bool = False) -> None:
        if not quiet:
            self.block(body, top=top)
            return
        before, flaws = len(self.found), len(self.flaws)
        self.block(body)
        lost = self.found[before:]
        del self.found[before:]
        self.flaws[flaws:] = ["swallowed"] * max(len(lost), len(self.flaws) - flaws)

    def _try(self, node: ast.Try) -> None:
        quiet = any(_swallows(handler) for handler in node.handlers)
        failing = any(
            isinstance(each, ast.Call) and last_name(each.func) == "fail"
            for part in node.body
            for each in ast.walk(part)
        )
        self._quietly(node.body, int(quiet and not failing))
        for handler in node.handlers:
            if _skips(handler.body):
                self._skipped("conditional", f"except {text_of(handler.type)}")
            else:
                self.block(handler.body)
        self.block(node.orelse)
        self.block(node.finalbody)

    def _plain(self, node: ast.stmt, *, top: bool) -> None:
        if _skips([node]) and not self.off:
            self._skipped("unconditional" if top else "conditional", text_of(node))
            return
        self._calls(node, statement=isinstance(node, ast.Expr))

    def _calls(self, node: ast.AST, *, statement: bool = False) -> None:
        """Assertions that are calls, and the calls of functions that may assert."""
        for each in ast.walk(node):
            if not isinstance(each, ast.Call):
                continue
            name = last_name(each.func)
            self.calls.add(name)
            demands = raising(each, "") if statement and len(each.args) > 1 else None
            demands = demands or method(each)
            if demands is not None:
                self._add([demands])
        awaited = sum(isinstance(each, ast.Await) for each in ast.walk(node))
        if (
            self.asynchronous
            and awaited
            and (isinstance(node, ast.Assert) or (statement and "assert" in text_of(node)))
        ):
            self.flaws.extend(["+awaited"] * awaited)


def _catches(node: ast.expr) -> bool:
    """Whether what is raised inside goes on behind: `pytest.raises`, `suppress`."""
    return isinstance(node, ast.Call) and (last_name(node.func) == "suppress" or raising(node, "") is not None)


def _way_out(node: ast.If) -> bool:
    """Whether a branch leaves the test early, and none of it asserts anything."""
    found = False
    for each in _own(node):
        if isinstance(each, ast.Assert) or (isinstance(each, ast.Call) and (method(each) or raising(each, ""))):
            return False
        found = found or isinstance(each, ast.Return)
    return found


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a statement, without the functions that are defined there."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            yield child
            yield from _own(child)


def _skips(body: list[ast.stmt]) -> bool:
    for node in body:
        call = node.value if isinstance(node, ast.Expr) else node.exc if isinstance(node, ast.Raise) else None
        name = last_name(call.func if isinstance(call, ast.Call) else call) if call is not None else ""
        if isinstance(node, ast.Raise) and name == "SkipTest":
            return True
        if (
            isinstance(node, ast.Expr)
            and isinstance(call, ast.Call)
            and name in ("skip", "skipTest", "xfail", "importorskip")
        ):
            return True
    return False


def _param_off(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or last_name(node.func) != "param":
        return False
    text = "".join(ast.unparse(word.value) for word in node.keywords if word.arg == "marks")
    return "mark.skip" in text.replace("mark.skipif", "") or text.endswith("mark.xfail") or "mark.xfail()" in text


def _swallows(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    if not any(kind is None or last_name(kind) in BROAD for kind in kinds):
        return False
    for each in (inner for part in handler.body for inner in ast.walk(part)):
        if isinstance(each, (ast.Raise, ast.Assert)):
            return False
        if isinstance(each, ast.Call) and last_name(each.func).lower().startswith(("assert", "fail", "exit")):
            return False
    return True
