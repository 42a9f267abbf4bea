"""What the change does to the code that the tests are about."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from qualitygate.checks.safeguards.inventory.places import is_product, language, suffix
from qualitygate.checks.safeguards.protocol import Pair

_MOST_FILES = 3000
_DEFINED = re.compile(
    r"""\b(?:function\*?|class|interface|type|enum|const|let|var|fn|func|struct|trait|mod|def|val|fun|object|record|static|union
        |macro_rules!)\s+(?:\([^()]*\)\s*)?(?:self\.)?([\w$]+)
    |(?:^|[.\s,({])([\w$]+)\s*(?:\([^()]*\)\s*(?:->|:)?[^;={}()]*\{|[:=](?![:=>]))
    |[\w>\]]\s+([\w$]+)\s*\(""",
    re.VERBOSE | re.MULTILINE,
)


class Product:
    """The product in both trees, looked at when somebody asks."""

    def __init__(self, pair: Pair, options: Mapping[str, Any]) -> None:
        self.pair = pair
        self.options = options
        self._changed: bool | None = None
        self._gone: frozenset[str] | None = None
        self._elsewhere: dict[str, bool] = {}

    def _paths(self) -> list[str]:
        return sorted(path for path in self.pair.changed if is_product(path, self.options))

    @property
    def changed(self) -> bool:
        """Whether code of the product differs in more than comments and layout."""
        if self._changed is None:
            self._changed = any(self._differs(path) for path in self._paths())
        return self._changed

    def _differs(self, path: str) -> bool:
        before, after = self.pair.read_base(path), self.pair.read_head(path)
        if before is None or after is None:
            data = before if before is not None else after
            return bool(data and _meaning(data.decode("utf-8", "replace"), path))
        return _meaning(before.decode("utf-8", "replace"), path) != _meaning(after.decode("utf-8", "replace"), path)

    def gone(self, names: Collection[str]) -> list[str]:
        """Those of these names that the product defined in base and defines nowhere in head."""
        if self._gone is None:
            before: set[str] = set()
            after: set[str] = set()
            for path in self._paths():
                before |= _defined(self.pair.read_base(path), path)
                after |= _defined(self.pair.read_head(path), path, imported=True)
            self._gone = frozenset(name for name in before - after if len(name) > 2)
        return sorted(name for name in self._gone.intersection(names) if not self._still(name))

    def _still(self, name: str) -> bool:
        """Whether a file that did not change defines it too."""
        found = self._elsewhere.get(name)
        if found is None:
            found = self._elsewhere[name] = self._search(name)
        return found

    def _search(self, name: str) -> bool:
        paths = [path for path in self.pair.head if path not in self.pair.changed and is_product(path, self.options)]
        if len(paths) > _MOST_FILES:
            return True
        wanted = name.encode()
        for path in paths:
            data = self.pair.read_head(path)
            if data is not None and wanted in data and name in _defined(data, path):
                return True
        return False


def _meaning(text: str, path: str) -> object:
    """A text without what only readers see."""
    kind = language(path)
    if kind == "python":
        return _python_meaning(text)
    if kind == "rust":
        from qualitygate.checks.safeguards.inventory.rust import product_words

        return product_words(text)
    if kind in ("go", "jvm"):
        from qualitygate.checks.safeguards.inventory.braces import lex

        return lex(text, kind).words
    if kind == "javascript":
        from qualitygate import javascript_tokens

        return javascript_tokens.lex(text, jsx=suffix(path) not in (".ts", ".mts", ".cts")).tokens
    if kind == "ruby":
        return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return text.split()


def _python_meaning(text: str) -> object:
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return text
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_remark(each)]  # type: ignore[attr-defined]
    return ast.dump(tree) if tree.body else ""


def _is_remark(node: object) -> bool:
    import ast

    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _defined(data: bytes | None, path: str, *, imported: bool = False) -> set[str]:
    """Names of functions, classes, parameters, attributes and fields that a file defines, or hands on as `imported`."""
    if data is None:
        return set()
    text = data.decode("utf-8", "replace")
    if language(path) == "python":
        return _defined_in_python(text, imported=imported)
    return {name for found in _DEFINED.findall(_STRINGS.sub(" ", text)) for name in found if name}


_STRINGS = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)


def _defined_in_python(text: str, *, imported: bool) -> set[str]:
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Store):
            found.add(node.attr if isinstance(node, ast.Attribute) else node.id)
        elif imported and isinstance(node, ast.alias):
            found.add((node.asname or node.name).rpartition(".")[2])
    return found
