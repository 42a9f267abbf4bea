"""What one assertion of Python demands: `assert`, the methods of unittest, and what raises on a mismatch."""

from __future__ import annotations

import ast

from qualitygate.checks.safeguards.inventory.case import (
    BOUNDED,
    CONTAINS,
    EXACT,
    EXISTS,
    PARTIAL,
    STRICT,
    TRUTHY,
    VACUOUS,
    Assertion,
)

_METHODS = {
    **dict.fromkeys(
        ("Equal", "Equals", "Is", "IsNone", "ListEqual", "DictEqual", "TupleEqual", "SetEqual", "SequenceEqual"), EXACT
    ),
    **dict.fromkeys(("MultiLineEqual", "Raises", "Warns", "array_equal", "frame_equal"), EXACT),
    **dict.fromkeys(("RaisesRegex", "WarnsRegex", "RaisesRegexp"), STRICT),
    **dict.fromkeys(("True", "False", "true", "_"), TRUTHY),
    **dict.fromkeys(("IsNotNone", "HasAttr"), EXISTS),
    **dict.fromkeys(
        ("In", "NotIn", "Regex", "NotRegex", "DictContainsSubset", "RegexpMatches", "StartsWith"), CONTAINS
    ),
    **dict.fromkeys(("IsInstance", "NotIsInstance", "Greater", "GreaterEqual", "Less", "LessEqual"), BOUNDED),
    **dict.fromkeys(("NotEqual", "NotEquals", "IsNot"), BOUNDED),
    **dict.fromkeys(("AlmostEqual", "AlmostEquals", "CountEqual", "NotAlmostEqual", "ItemsEqual"), PARTIAL),
    **dict.fromkeys(("_called", "_called_once", "_any_call", "_has_calls"), BOUNDED),
    **dict.fromkeys(("_called_with", "_called_once_with", "_not_called"), EXACT),
    **dict.fromkeys(("_allclose", "_almost_equal", "_array_almost_equal", "_approx_equal"), PARTIAL),
}
_UNARY = frozenset(("True", "False", "true", "_", "IsNone", "IsNotNone"))
_OPERATORS = {
    **{ast.Eq: ("==", EXACT), ast.Is: ("is", EXACT), ast.NotEq: ("!=", BOUNDED), ast.IsNot: ("is not", BOUNDED)},
    **{ast.In: ("in", CONTAINS), ast.NotIn: ("not in", CONTAINS)},
    **{ast.Lt: ("<", BOUNDED), ast.LtE: ("<=", BOUNDED), ast.Gt: (">", BOUNDED), ast.GtE: (">=", BOUNDED)},
}
_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
BROAD = frozenset(("Exception", "BaseException", "AssertionError", ""))
_USUAL = 1e-6
"""How far `pytest.approx` lets a result be off where nothing is said."""
_SPREAD = frozenset(("rel", "abs", "delta", "rtol", "atol", "rel_tol", "abs_tol", "places", "decimal", "significant"))


def text_of(node: ast.AST | None) -> str:
    """Source of a node in one spelling, without `await`."""
    return ast.unparse(node).replace("await ", "") if node is not None else ""


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def demanded(node: ast.expr, *, negated: bool = False) -> list[Assertion]:
    """What `assert node` demands."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return demanded(node.operand, negated=not negated)
    if isinstance(node, ast.BoolOp):
        return _joined(node, negated=negated)
    if isinstance(node, ast.Compare):
        inner = _of_truth(node)
        return demanded(inner[0], negated=negated is inner[1]) if inner else [_compared(node, negated=negated)]
    if _always(node) and not negated:
        return [Assertion(VACUOUS, text_of(node), "always", "")]
    if isinstance(node, ast.Call):
        return [_called(node, negated=negated)]
    return [Assertion(TRUTHY, text_of(node), "falsy" if negated else "truthy", "")]


def _of_truth(node: ast.Compare) -> tuple[ast.expr, bool] | None:
    """`(a == b) is True`: what is compared with a truth value and is one itself, and that value."""
    right = node.comparators[0]
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Is, ast.Eq)) and isinstance(right, ast.Constant):
        told = isinstance(node.left, (ast.Compare, ast.BoolOp)) and isinstance(right.value, bool)
        return (node.left, bool(right.value)) if told else None
    return None


def _always(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return bool(node.elts)
    return isinstance(node, (ast.Lambda, ast.JoinedStr, ast.GeneratorExp)) or (
        isinstance(node, ast.Dict) and bool(node.keys)
    )


def _joined(node: ast.BoolOp, *, negated: bool) -> list[Assertion]:
    all_hold = isinstance(node.op, ast.And) is not negated
    if all_hold:
        all_ = [found for value in node.values for found in demanded(value, negated=negated)]
        return [found for found in all_ if found.strength > VACUOUS] or all_[:1]
    options = [found for value in node.values for found in demanded(value, negated=negated)]
    if any(found.strength == VACUOUS for found in options):
        return [Assertion(VACUOUS, options[0].subject, "or always", "")]
    first = options[0]
    return [Assertion(min(BOUNDED, *(found.strength for found in options)), first.subject, "or", text_of(node))]


def _compared(node: ast.Compare, *, negated: bool) -> Assertion:
    left, operator, right = node.left, node.ops[0], node.comparators[-1]
    sign, strength = _OPERATORS[type(operator)]
    if len(node.ops) > 1:
        return Assertion(
            min(_OPERATORS[type(each)][1] for each in node.ops), text_of(node.comparators[0]), sign, text_of(node)
        )
    if _is_literal(left) and not _is_literal(right) and sign not in ("in", "not in"):
        left, right, sign = right, left, _SWAPPED.get(sign, sign)
    if sign in ("in", "not in") and _is_literal(left):
        left, right, sign = right, left, "has" if sign == "in" else "has not"
    subject, expected = text_of(left), text_of(right)
    if subject == expected and sign in ("==", "is", "<=", ">=", "in"):
        return Assertion(VACUOUS, subject, "itself", expected)
    if isinstance(right, ast.Constant) and (right.value is True or right.value is False) and sign in ("==", "is"):
        return Assertion(TRUTHY, subject, "truthy" if bool(right.value) is not negated else "falsy", "")
    if isinstance(right, ast.Constant) and right.value is None and sign in ("!=", "is not") and not negated:
        return Assertion(EXISTS, subject, sign, expected)
    if sign == ">=" and expected == "0" and subject.startswith("len("):
        return Assertion(VACUOUS, subject, "always", "")
    tolerance = 0.0
    if strength == EXACT and "approx(" in expected:
        strength, tolerance = PARTIAL, spread(right) or _USUAL
        expected = _without_spread(right)
    elif strength == EXACT and "ANY" in expected.replace(".", " ").replace(",", " ").replace("(", " ").split():
        strength = PARTIAL if expected not in ("ANY", "mock.ANY") else VACUOUS
    return Assertion(
        strength if not negated else BOUNDED, subject, ("not " if negated else "") + sign, expected, tolerance
    )


def _without_spread(node: ast.expr) -> str:
    """What is expected, without how far it may be off."""
    if isinstance(node, ast.Call) and last_name(node.func) == "approx" and node.args:
        return f"approx({text_of(node.args[0])})"
    return text_of(node)


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return all(_is_literal(each) for each in node.elts)
    return isinstance(node, (ast.Constant, ast.JoinedStr)) or (
        isinstance(node, ast.UnaryOp) and _is_literal(node.operand)
    )


def _called(node: ast.Call, *, negated: bool) -> Assertion:
    name, prefix = last_name(node.func), "not " if negated else ""
    first = text_of(node.args[0]) if node.args else ""
    rest = ", ".join(text_of(each) for each in (*node.args[1:], *node.keywords))
    if name in ("isinstance", "issubclass"):
        return Assertion(BOUNDED, first, prefix + name, rest)
    if name in ("hasattr", "callable", "bool", "id"):
        return Assertion(EXISTS, first, prefix + name, rest)
    if name in ("isclose", "allclose"):
        return Assertion(PARTIAL, first, prefix + name, rest, spread(node))
    if name in ("startswith", "endswith", "issubset", "issuperset") and isinstance(node.func, ast.Attribute):
        return Assertion(CONTAINS, text_of(node.func.value), prefix + name, first)
    if name in ("match", "search", "fullmatch") and len(node.args) > 1:
        return Assertion(CONTAINS, text_of(node.args[1]), prefix + name, first)
    if name in ("array_equal", "equals", "equal") and len(node.args) > 1:
        return Assertion(EXACT, first, prefix + name, rest)
    if name == "all" and first in ("[]", "()"):
        return Assertion(VACUOUS, first, "always", "")
    return Assertion(TRUTHY, text_of(node), "falsy" if negated else "truthy", "")


def spread(node: ast.AST) -> float:
    """How far a result may be off: the largest `rel`, `abs`, `delta`, ... in a call; places count as digits."""
    found = 0.0
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        given = [(word.arg or "", word.value) for word in call.keywords if word.arg in _SPREAD]
        if last_name(call.func) == "approx" and len(call.args) > 1:
            given.append(("rel", call.args[1]))
        for name, value in given:
            try:
                number = float(ast.literal_eval(value))
            except (ValueError, TypeError, SyntaxError):
                continue
            found = max(found, 10.0**-number if name in ("places", "decimal", "significant") else number)
    return found


def raising(call: ast.Call, subject: str) -> Assertion | None:
    """What `pytest.raises(...)`, `self.assertRaises(...)` and the like demand of `subject`."""
    name = last_name(call.func)
    if name in ("raises", "warns", "deprecated_call") or name.startswith(("assertRaises", "assertWarns", "assertLogs")):
        kinds = call.args[0] if call.args else None
        names = (
            [last_name(kind) for kind in kinds.elts]
            if isinstance(kinds, ast.Tuple)
            else [last_name(kinds)]
            if kinds
            else [""]
        )
        match = "".join(text_of(word.value) for word in call.keywords if word.arg in ("match", "check"))
        if "Regex" in name and len(call.args) > 1:
            match = text_of(call.args[1])
        exact = STRICT if match and match.strip("'\"") not in ("", ".*", ".", ".+") else EXACT
        if name in ("warns", "deprecated_call") and "" in names:
            strength = BOUNDED
        else:
            strength = CONTAINS if any(kind in BROAD for kind in names) and exact == EXACT else exact
        return Assertion(
            strength, subject or " ".join(text_of(each) for each in call.args[1:]), name, " ".join((*names, match))
        )
    return None


def method(call: ast.Call) -> Assertion | None:
    """What a call demands whose name says that it asserts: `self.assertEqual(a, b)`, `mock.assert_called()`, ours."""
    name = last_name(call.func)
    lower = name.lower()
    if not lower.startswith(("assert", "_assert", "expect_", "verify_", "check_", "fail")) or name == "failfast":
        return None
    if lower.startswith("fail"):
        return Assertion(BOUNDED, name, "fails", "") if name in ("fail", "failUnless", "failIf") else None
    kind = name[6:] if lower.startswith("assert") else ""
    strength = _METHODS.get(kind, CONTAINS)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    args = [text_of(each) for each in call.args]
    if kind.startswith("_") and owner is not None and strength is not CONTAINS and not kind.startswith(("_all", "_a")):
        return Assertion(strength, text_of(owner), name, ", ".join((*args, *(text_of(word) for word in call.keywords))))
    if kind in ("True", "true", "_", "False") and call.args:
        return demanded(call.args[0], negated=kind == "False")[0]
    wanted = args[1:2] if kind in _METHODS and kind not in _UNARY else args[1:] if kind not in _METHODS else []
    if len(args) > 1 and args[0] == args[1] and strength >= PARTIAL:
        strength = VACUOUS
    if kind == "Greater" and args[1:2] == ["-1"]:
        strength = VACUOUS
    if wanted in (["ANY"], ["mock.ANY"], ["unittest.mock.ANY"]):
        strength = VACUOUS
    subject, expected = args[0] if args else text_of(owner), ", ".join(wanted)
    if kind in _METHODS and len(call.args) > 1 and _is_literal(call.args[0]) and not _is_literal(call.args[1]):
        subject, expected = expected, subject
    return Assertion(strength, subject, name, expected, spread(call))
