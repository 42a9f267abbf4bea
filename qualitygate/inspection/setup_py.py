"""What a `setup.py` says, read as a syntax tree and never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

# Arguments of `setup(...)` in a file that this Python cannot parse: old ones print without parentheses.
_TEXT = re.compile(r"^[ \t]*(name|python_requires)[ \t]*=[ \t]*[\"']([^\"'\n]+)[\"']", re.MULTILINE)
_LIST = re.compile(
    r"^[ \t]*(install_requires|tests_require|packages|py_modules|classifiers)[ \t]*=[ \t]*\[([^\[\]]*)\]", re.MULTILINE
)
_STRING = re.compile(r"[\"']([^\"'\n]+)[\"']")


def guess_setup(text: str) -> dict[str, Any]:
    """The plain strings and lists of strings that a `setup.py` seems to hand over, guessed line by line."""
    found: dict[str, Any] = dict(_TEXT.findall(text))
    for key, body in _LIST.findall(text):
        found.setdefault(key, _STRING.findall(re.sub(r"#[^\n]*", "", body)))
    return found


def read_setup(tree: ast.Module) -> dict[str, Any]:
    """The keyword arguments of `setup(...)` that are literals, or names of module-level literals.

    `find_packages(where="src")` becomes `{"where": "src"}` under its keyword.
    """
    constants = _constants(tree)
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "setup":
            for keyword in node.keywords:
                value = _literal(keyword.value, constants)
                if keyword.arg is None and isinstance(value, dict):
                    found = {**value, **found}
                elif keyword.arg and value is not None:
                    found[keyword.arg] = value
    return found


def _called(node: ast.Call) -> str:
    target = node.func
    return target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""


def _constants(tree: ast.Module) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = _literal(node.value, found)
            if value is not None:
                found[node.targets[0].id] = value
    return found


def _literal(node: ast.expr, constants: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.Call):
        if _called(node) in ("find_packages", "find_namespace_packages"):
            where = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "where"), None)
            return {"where": _literal(where, constants) if where is not None else "."}
        if _called(node) == "dict":
            return {k.arg: _literal(k.value, constants) for k in node.keywords if k.arg}
        return None
    if isinstance(node, (ast.List, ast.Tuple)):
        return [v for v in (_literal(item, constants) for item in node.elts) if v is not None]
    if isinstance(node, ast.Dict):
        keys = [k.value if isinstance(k, ast.Constant) else None for k in node.keys]
        return {k: _literal(v, constants) for k, v in zip(keys, node.values, strict=True) if isinstance(k, str)}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _literal(node.left, constants), _literal(node.right, constants)
        return left + right if type(left) is type(right) and isinstance(left, (str, list)) else None
    return node.value if isinstance(node, ast.Constant) else None
