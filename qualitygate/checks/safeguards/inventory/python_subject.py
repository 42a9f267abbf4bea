"""Whether a test still asks the code that it is about: not where a literal, a double or the code itself answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from qualitygate.checks.safeguards.inventory.case import VACUOUS, Assertion
from qualitygate.checks.safeguards.inventory.python_assertions import last_name, text_of
from qualitygate.frozen import NamedTuple

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PATCHES = frozenset(("patch", "object", "setattr", "multiple", "dict"))
_MOCKERS = frozenset(("patch", "mock", "monkeypatch", "mocker"))


class Given(NamedTuple):
    """What the names of a test stand for: `literal` for what is written down, `calls` for what this call answered."""

    literal: frozenset[str]
    calls: Mapping[str, str]


def given(node: ast.AST) -> Given:
    """The names that are assigned to once, and only looked at after that."""
    stores: dict[str, list[ast.expr]] = {}
    loads: dict[str, int] = {}
    asserted: dict[str, int] = {}
    for each in ast.walk(node):
        if isinstance(each, ast.Assign) and len(each.targets) == 1 and isinstance(each.targets[0], ast.Name):
            stores.setdefault(each.targets[0].id, []).append(each.value)
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            loads[each.id] = loads.get(each.id, 0) + 1
        if isinstance(each, ast.Assert):
            for name in (inner.id for inner in ast.walk(each) if isinstance(inner, ast.Name)):
                asserted[name] = asserted.get(name, 0) + 1
    for each in ast.walk(node):  # what is bound in another way is not written down
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id not in stores:
            stores[each.id] = []
    once = {name: values[0] for name, values in stores.items() if len(values) == 1}
    literal = {name for name, value in once.items() if _is_plain(value) and loads.get(name) == asserted.get(name)}
    called = {name: _call(value) for name, value in once.items()}
    return Given(frozenset(literal), {name: call for name, call in called.items() if call})


def _is_plain(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _call(node: ast.expr) -> str:
    inner = node.value if isinstance(node, ast.Await) else node
    return text_of(inner) if isinstance(inner, ast.Call) else ""


def settled(found: Assertion, names: Given, tables: Mapping[str, int]) -> Assertion:
    """An assertion that can only hold: of a literal, of what the same function answers, of what equals everything."""
    if found.operator not in ("==", "is", "assertEqual", "truthy"):
        return found
    head = found.expected.partition("(")[0]
    itself = bool(found.expected) and found.expected == names.calls.get(found.subject)
    if f"{head}==" in tables or itself:
        return found._replace(strength=VACUOUS)
    if found.subject in names.literal and (found.operator == "truthy" or _is_literal_text(found.expected)):
        return found._replace(strength=VACUOUS)
    return found


def _is_literal_text(text: str) -> bool:
    try:
        return _is_plain(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError):
        return False


def doubled(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names of functions that this test calls, or asserts about, and has replaced by a double before."""
    replaced = list(patched(node))
    if not replaced:
        return []
    called: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and not _is_patch(each):
            called.add(last_name(each.func))
    return [name for name in replaced if name in called]


def patched(node: ast.AST) -> Iterator[str]:
    """The last names of what is replaced by something that is given with it: `patch("a.b", return_value=1)`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and _is_patch(each):
            words = [arg.value for arg in each.args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            answers = len(each.args) > len(words) or each.keywords
            if words and answers:
                yield words[-1].rpartition(".")[2]
        elif isinstance(each, ast.Assign) and isinstance(each.value, ast.Lambda):
            for target in each.targets:
                if isinstance(target, ast.Attribute):
                    yield target.attr


def _is_patch(node: ast.Call) -> bool:
    parts = text_of(node.func).split(".")
    return parts[-1] in _PATCHES and (len(parts) == 1 or not _MOCKERS.isdisjoint(parts)) and parts != ["object"]


def yields(node: ast.AST) -> bool:
    """Whether a function makes a generator, of which a runner that calls it runs nothing."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(child, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)) and yields(child):
            return True
    return False
