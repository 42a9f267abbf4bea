"""Conditions of Python that always come out the same: `True or slow`, `sys.version_info >= (3,)`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

_OLDEST = (3, 8)
"""Nobody runs anything older: a condition that asks for less always holds."""
_UNKNOWN = object()
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    **{ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.eq, ast.IsNot: operator.ne},
    **{ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge},
}
_CALLS: Mapping[str, Callable[[Any], Any]] = {"bool": bool, "len": len, "int": int, "str": str, "any": any, "all": all}


def truth(node: ast.expr | None, names: Mapping[str, int] = {}) -> bool | None:
    """Whether a condition holds whatever happens, or never (False); None where that depends. `names`: 0 is false."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return True
    try:
        value = _value(node, names)
        return None if value is _UNKNOWN else bool(value)
    except (TypeError, ValueError, ArithmeticError, RecursionError):
        return None


def condition(node: ast.expr | None, names: Mapping[str, int] = {}) -> bool | None:
    """`truth` of what `skipif` is given: a text is one that pytest evaluates."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return None
    return truth(node, names)


def _value(node: ast.expr, names: Mapping[str, int]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        parts = [_value(each, names) for each in node.elts]
        return _UNKNOWN if any(part is _UNKNOWN for part in parts) else tuple(parts)
    if isinstance(node, ast.Dict):
        return (1,) if node.keys else ()
    if isinstance(node, ast.Name):
        return names.get(node.id, _UNKNOWN) if node.id not in ("TYPE_CHECKING", "__debug__") else _special(node.id)
    if isinstance(node, ast.Attribute):
        return False if node.attr == "TYPE_CHECKING" else _UNKNOWN
    if isinstance(node, ast.UnaryOp):
        inner = truth(node.operand, names) if isinstance(node.op, ast.Not) else _value(node.operand, names)
        if inner is None or inner is _UNKNOWN:
            return _UNKNOWN
        return not inner if isinstance(node.op, ast.Not) else -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BoolOp):
        return _joined(node, names)
    if isinstance(node, ast.Compare):
        return _compared(node, names)
    if isinstance(node, ast.Lambda):
        return True
    return _called(node, names) if isinstance(node, ast.Call) else _UNKNOWN


def _special(name: str) -> bool:
    return name == "__debug__"


def _joined(node: ast.BoolOp, names: Mapping[str, int]) -> Any:
    parts = [truth(each, names) for each in node.values]
    deciding = isinstance(node.op, ast.Or)
    if deciding in parts:
        return deciding
    if isinstance(node.op, ast.Or) and _opposite(node.values):
        return True
    return _UNKNOWN if None in parts else not deciding


def _opposite(values: list[ast.expr]) -> bool:
    """`x or not x`."""
    plain = {ast.dump(each) for each in values}
    turned = (each.operand for each in values if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.Not))
    return any(ast.dump(each) in plain for each in turned)


def _compared(node: ast.Compare, names: Mapping[str, int]) -> Any:
    if len(node.ops) != 1:
        return _UNKNOWN
    left, sign, right = node.left, type(node.ops[0]), node.comparators[0]
    if isinstance(left, ast.Name) and left.id == "__name__" and isinstance(right, ast.Constant):
        alone = right.value == "__main__" and sign in (ast.Eq, ast.NotEq)  # a runner imports what it runs
        return sign is ast.NotEq if alone else _UNKNOWN
    version = _version(left, sign, right)
    if version is not None:
        return version
    if ast.dump(left) == ast.dump(right) and not isinstance(left, ast.Call):
        return sign in (ast.Eq, ast.LtE, ast.GtE, ast.Is)
    known = _value(left, names), _value(right, names)
    if _UNKNOWN in known:
        return _UNKNOWN
    if sign in (ast.In, ast.NotIn):
        return (known[0] in known[1]) is (sign is ast.In)
    return _COMPARE[sign](*known)


def _version(left: ast.expr, sign: type[ast.cmpop], right: ast.expr) -> bool | None:
    """`sys.version_info >= (3,)`, `sys.version_info[0] == 3`, `sys.version_info.major > 2`."""
    text = ast.unparse(left).removeprefix("sys.")
    major = text in ("version_info[0]", "version_info.major", "version_info[:1]")
    if not major and text not in ("version_info", "version_info[:2]"):
        return None
    try:
        bound = ast.literal_eval(right)
    except ValueError:
        return None
    bound = bound if isinstance(bound, tuple) else (bound,)
    if not bound or not all(isinstance(part, int) for part in bound):
        return None
    if major and sign in (ast.Eq, ast.NotEq):
        return (bound == (3,)) is (sign is ast.Eq)
    if sign in (ast.GtE, ast.Gt) and bound <= ((3,) if major and sign is ast.GtE else (2,) if major else _OLDEST):
        return True
    if sign in (ast.Lt, ast.LtE) and bound <= ((3,) if major and sign is ast.Lt else (2,) if major else _OLDEST):
        return False
    return True if bound >= (4,) and sign in (ast.Lt, ast.LtE) else None


def _called(node: ast.Call, names: Mapping[str, int]) -> Any:
    if not isinstance(node.func, ast.Name) or node.func.id not in _CALLS or len(node.args) != 1 or node.keywords:
        return _UNKNOWN
    value = _value(node.args[0], names)
    return _UNKNOWN if value is _UNKNOWN else _CALLS[node.func.id](value)
