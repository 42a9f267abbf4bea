"""Annotations of Python, by its own parser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qualitygate.checks.safeguards.annotated.signature import Mark, Signature, facts
from qualitygate.checks.safeguards.python_tree import parse

if TYPE_CHECKING:
    import ast

_FREE = ("self", "cls", "mcs", "mcls", "_cls")
_TYPING = ("typing", "typing_extensions")
_SHORT = 24
"""A body of fewer characters says too little to know a function by."""


def read(data: bytes) -> dict[str, Any]:
    """The facts of one file, or `unread`."""
    import ast

    tree = parse(data)
    if isinstance(tree, str):
        return {"unread": tree}
    reader = _Reader(ast, data)
    if any(word in data for word in (b"Any", b"cast", b"typing")):
        reader.learn_names(tree)
    reader.block(tree.body, "")
    if "cast" in reader.names.values() and b"cast" in data:
        reader.casts(tree)
    return facts(reader.signatures, sorted(set(reader.marks), key=lambda mark: mark.line))


class _Reader:
    """One file on its way to facts. `names` says what a name of `typing` is called here."""

    def __init__(self, syntax: Any, data: bytes) -> None:
        self.ast = syntax
        self.lines = data.removeprefix(b"\xef\xbb\xbf").splitlines()
        self.names: dict[str, str] = {}
        self.signatures: list[Signature] = []
        self.marks: list[Mark] = []
        self.spans: list[tuple[int, int, str]] = []

    def learn_names(self, tree: ast.Module) -> None:
        ast = self.ast
        waiting: list[Any] = list(tree.body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, (ast.If, ast.Try)):
                waiting += [one for inner in _blocks(node) for one in inner]
            elif isinstance(node, ast.ImportFrom) and node.module in _TYPING:
                self.names.update({name.asname or name.name: name.name for name in node.names})
            elif isinstance(node, ast.Import):
                for name in node.names:
                    if name.name in _TYPING:
                        self.names.update({f"{name.asname or name.name}.{word}": word for word in ("Any", "cast")})

    def text(self, node: ast.expr | None) -> str:
        """An annotation as written, without quotes and layout, `Any` called by that name."""
        if node is None:
            return ""
        if node.__class__.__name__ == "Name":
            own = str(getattr(node, "id", ""))
            return "Any" if self.names.get(own) == "Any" else own
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        rows = self.lines[first : last + 1]
        if not rows:
            return "?"
        rows = [*rows[:-1], rows[-1][: node.end_col_offset]]
        rows[0] = rows[0][node.col_offset :]
        text = "".join(" ".join(row.decode("utf-8", "replace") for row in rows).split())
        text = text.replace('"', "").replace("'", "").replace(",]", "]")
        for own, word in self.names.items():
            if own != word and word == "Any" and own in text:
                import re

                text = re.sub(rf"(?<![\w.]){re.escape(own)}(?!\w)", "Any", text)
        return text

    def block(self, body: Sequence[ast.stmt], prefix: str) -> None:
        ast = self.ast
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._function(node, prefix)
            elif isinstance(node, ast.ClassDef):
                self.spans.append((node.lineno, node.end_lineno or node.lineno, prefix + node.name))
                self._protocol(node, prefix)
                self.block(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.AnnAssign):
                self._noted(node.annotation, f"{prefix}{self.text(node.target)}", free=False)
            elif isinstance(node, ast.Assign):
                if self.names:
                    self._aliased(node, prefix)
            else:
                for inner in _blocks(node):
                    self.block(inner, prefix)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str) -> None:
        name = prefix + node.name
        decorators = [self.text(one) for one in node.decorator_list]
        if any(one.rpartition(".")[2] in ("setter", "deleter") for one in decorators):
            name += f"@{next(one.rpartition('.')[2] for one in decorators if one.endswith(('setter', 'deleter')))}"
        self.spans.append((node.lineno, node.end_lineno or node.lineno, name))
        args = node.args
        rows = [(arg.arg, arg) for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
        rows += [(star + arg.arg, arg) for star, arg in (("*", args.vararg), ("**", args.kwarg)) if arg is not None]
        types = {label: self.text(arg.annotation) for label, arg in rows}
        types["return"] = self.text(node.returns)
        own = node.name.startswith("__") and node.name.endswith("__")
        for label, arg in rows:
            self._noted(arg.annotation, f"{name}({label})", free=own or label[0] == "*")
        self._noted(node.returns, f"{name}(return)", free=False)
        free = [label for label, _ in rows[:1] if label in _FREE and prefix]
        if node.name in ("__init__", "__new__", "__init_subclass__"):
            free.append("return")
        if not any(one.rpartition(".")[2] == "overload" for one in decorators):
            self.signatures.append(Signature(name, node.lineno, self._digest(node.body), types, tuple(free)))
        self.block(node.body, f"{name}.")

    def _digest(self, body: Sequence[ast.stmt]) -> str:
        rows = self.lines[body[0].lineno - 1 : body[-1].end_lineno]
        if body[0].lineno == body[-1].end_lineno:
            rows = [rows[0][body[0].col_offset :]] if rows else []
        text = b" ".join(row.strip() for row in rows)
        return hashlib.sha256(text).hexdigest()[:16] if len(text) >= _SHORT else ""

    def _noted(self, node: ast.expr | None, where: str, *, free: bool) -> None:
        """Keep the place of an annotation that says nothing. `free`: `object` is right there."""
        if node is None:
            return
        text = self.text(node)
        if says_any(text) or (text == "object" and not free):
            self.marks.append(Mark("any", node.lineno, where, text))

    def _protocol(self, node: ast.ClassDef, prefix: str) -> None:
        """A protocol without members, which every object has."""
        ast = self.ast
        last = {self.text(base).partition("[")[0].rpartition(".")[2] for base in node.bases}
        empty = all(
            isinstance(each, ast.Pass) or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            for each in node.body
        )
        if empty and last == {"Protocol"}:
            self.marks.append(Mark("any", node.lineno, prefix + node.name, f"class {node.name}(Protocol)"))

    def casts(self, tree: ast.Module) -> None:
        """Calls of `cast`, whatever its name is here."""
        ast = self.ast
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and self.names.get(self.text(node.func)) == "cast":
                self.marks.append(Mark("cast", node.lineno, self._around(node.lineno), self.text(node)[:200]))

    def _aliased(self, node: ast.Assign, prefix: str) -> None:
        """`Loose = dict[str, Any]`: the same under another name."""
        ast = self.ast
        text = self.text(node.value) if isinstance(node.value, (ast.Name, ast.Attribute, ast.Subscript)) else ""
        if says_any(text):
            self.marks.append(Mark("any", node.lineno, f"{prefix}{self.text(node.targets[0])}", text[:200]))

    def _around(self, line: int) -> str:
        return min(
            ((last - first, name) for first, last, name in self.spans if first <= line <= last), default=(0, "")
        )[1]


def _blocks(node: ast.stmt) -> Iterator[Sequence[Any]]:
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(node, field, None)
        if inner:
            yield inner
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def says_any(text: str) -> bool:
    """Whether `Any` stands somewhere in an annotation."""
    if "Any" not in text:
        return False
    import re

    return re.search(r"(?<![\w.])Any(?!\w)", text) is not None
