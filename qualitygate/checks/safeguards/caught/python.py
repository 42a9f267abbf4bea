"""Handlers of Python, by its own parser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qualitygate.checks.safeguards.caught.handler import Handler, digest, reasoned
from qualitygate.checks.safeguards.python_tree import parse

if TYPE_CHECKING:
    import ast

_BROAD = frozenset(("Exception", "BaseException", "builtins.Exception", "builtins.BaseException"))


def read(data: bytes) -> list[Handler] | dict[str, Any]:
    """All handlers that do nothing, or `unread`."""
    if b"except" not in data and b"suppress" not in data:
        return []
    import ast

    tree = parse(data)
    if isinstance(tree, str):
        return {"unread": tree}
    reader = _Reader(ast, data.decode("utf-8-sig", "replace").splitlines())
    reader.visit(tree, "")
    return sorted(reader.found, key=lambda one: one.line)


class _Reader:
    """One file on its way to its handlers."""

    def __init__(self, syntax: Any, lines: Sequence[str]) -> None:
        self.ast = syntax
        self.lines = lines
        self.found: list[Handler] = []

    def visit(self, node: ast.AST, where: str) -> None:
        ast = self.ast
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            where = f"{where}.{node.name}" if where else node.name
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            for handler in node.handlers:  # type: ignore[attr-defined]  # of both
                self._handler(node, handler, where)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self._suppressed(node, where)
        for part in ("body", "handlers", "orelse", "finalbody", "cases"):
            inner = getattr(node, part, None)
            for child in inner if isinstance(inner, list) else ():
                self.visit(child, where)

    def _rows(self, body: Sequence[Any]) -> str:
        return "\n".join(self.lines[body[0].lineno - 1 : body[-1].end_lineno])

    def _handler(self, node: Any, handler: ast.ExceptHandler, where: str) -> None:
        kind = self._kind(handler)
        if not kind:
            return
        end = handler.end_lineno or handler.lineno
        if kind == "empty-broad" and reasoned(self._comments(handler.lineno, end)):
            kind = "empty-broad-reasoned"
        caught = self.lines[handler.lineno - 1].strip()
        caught = caught.partition("#")[0].strip()
        self.found.append(Handler(kind, handler.lineno, where, digest(self._rows(node.body)), caught))

    def _kind(self, handler: ast.ExceptHandler) -> str:
        ast = self.ast
        broad = handler.type is None or self._is_broad(handler.type)
        nothing = [
            isinstance(one, (ast.Pass, ast.Continue))
            or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            for one in handler.body
        ]
        if all(nothing):
            return "empty-broad" if broad else "empty-specific"
        last = handler.body[-1]
        returns = isinstance(last, ast.Return) and all(nothing[:-1]) and self._is_empty(last.value)
        return "swallowed" if broad and returns else ""

    def _is_empty(self, value: ast.expr | None) -> bool:
        ast = self.ast
        if value is None or isinstance(value, ast.Constant):
            return True
        return (isinstance(value, (ast.List, ast.Tuple, ast.Set)) and not value.elts) or (
            isinstance(value, ast.Dict) and not value.keys
        )

    def _is_broad(self, caught: ast.expr) -> bool:
        ast = self.ast
        if isinstance(caught, ast.Tuple):
            return any(self._is_broad(one) for one in caught.elts)
        return isinstance(caught, (ast.Name, ast.Attribute)) and ast.unparse(caught) in _BROAD

    def _suppressed(self, node: Any, where: str) -> None:
        ast = self.ast
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "suppress" and call.args:
                kind = "empty-broad" if any(self._is_broad(one) for one in call.args) else "empty-specific"
                if kind == "empty-broad" and reasoned(self._comments(node.lineno - 1, node.body[0].lineno)):
                    kind = "empty-broad-reasoned"
                caught = self.lines[node.lineno - 1].strip().partition("#")[0].strip()
                self.found.append(Handler(kind, node.lineno, where, digest(self._rows(node.body)), caught))

    def _comments(self, first: int, last: int) -> list[str]:
        """What is behind `#` in these lines, and in those of comments right after them, where a handler's may stand."""
        rows = list(self.lines[max(0, first - 1) : last])
        for row in self.lines[last : last + 3]:
            if not row.lstrip().startswith("#"):
                break
            rows.append(row)
        return [row[row.index("#") :] for row in rows if "#" in row]
