"""What a project's own restrictions for ESLint must find: code worked out from its resolved configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from qualitygate.frozen import NamedTuple


class Restriction(NamedTuple):
    """One thing that is restricted, by its rule, as the configuration names it, and code that must be found.

    An empty `text` stands for one that nothing can be worked out for.
    """

    rule: str
    what: str
    text: str


def restrictions(config: Mapping[str, Any]) -> tuple[Restriction, ...]:
    """All of a configuration as `eslint --print-config FILE` prints it; those that are switched off are none."""
    rules = config.get("rules")
    found: list[Restriction] = []
    for name, value in (rules if isinstance(rules, Mapping) else {}).items():
        derive = _RULES.get(str(name).rpartition("/")[2])
        if derive is None or not isinstance(value, Sequence) or isinstance(value, str) or not _is_on(value[:1]):
            continue
        found += (Restriction(f"eslint:{name}", what, text) for what, text in derive(value[1:]))
    return tuple(dict.fromkeys(found))


def _is_on(level: Sequence[Any]) -> bool:
    return list(level) not in ([], [0], ["off"])


def _named(option: Any) -> str:
    return str(option.get("name", "")) if isinstance(option, Mapping) else str(option)


def _imports(options: Sequence[Any]) -> Iterator[tuple[str, str]]:
    paths: list[Any] = []
    patterns: list[Any] = []
    for option in options:
        if isinstance(option, Mapping) and ("paths" in option or "patterns" in option):
            paths += _listed(option.get("paths"))
            patterns += _listed(option.get("patterns"))
        else:
            paths.append(option)
    for path in paths:
        names = _listed(path.get("importNames")) if isinstance(path, Mapping) else []
        module = _named(path)
        if module:
            yield module, _import(str(names[0]) if names else "", module)
    for pattern in patterns:
        groups = _listed(pattern.get("group")) if isinstance(pattern, Mapping) else [pattern]
        for group in (str(one) for one in groups):
            if not group.startswith("!"):  # what is allowed again
                yield group, _import("", group.replace("**", "seeded").replace("*", "seeded"))
        if isinstance(pattern, Mapping) and "regex" in pattern:
            yield str(pattern["regex"]), ""


def _import(name: str, module: str) -> str:
    text = (
        f"import {{ {name} as seeded }} from {_quoted(module)};" if name else f"import seeded from {_quoted(module)};"
    )
    return text.replace("{ default as seeded }", "seeded")


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value] if value else []


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)


def _globals(options: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for option in options:
        names = _listed(option.get("globals")) if isinstance(option, Mapping) and "globals" in option else [option]
        for name in filter(None, map(_named, names)):
            yield name, f"{name};" if name.isidentifier() else ""


def _properties(options: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for option in options:
        owner, prop = (str(option.get(key, "")) for key in ("object", "property"))
        text = f"{owner or 'seeded'}.{prop or 'seeded'};"
        yield ".".join(filter(None, (owner, prop))), text if all(p.isidentifier() for p in text[:-1].split(".")) else ""


def _syntax(options: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for option in options:
        selector = str(option.get("selector", "")) if isinstance(option, Mapping) else str(option)
        if selector:
            yield selector, _code(selector.strip())


_NODES = {
    "DebuggerStatement": "debugger;",
    "ExportAllDeclaration": 'export * from "seeded";',
    "ExportDefaultDeclaration": "export default 1;",
    "ForInStatement": "for (const seeded in {}) { }",
    "ForOfStatement": "for (const seeded of []) { }",
    "ForStatement": "for (;;) { break; }",
    "FunctionDeclaration": "function seeded() { }",
    "ClassDeclaration": "class Seeded { }",
    "LabeledStatement": "seeded: for (;;) { break seeded; }",
    "SwitchStatement": "switch (1) { default: }",
    "TryStatement": "try { } finally { }",
    "ThrowStatement": "throw new Error();",
    "WithStatement": "with ({}) { }",
    "TSEnumDeclaration": "enum Seeded { A }",
    "TSInterfaceDeclaration": "interface Seeded { }",
    "TSTypeAliasDeclaration": "type Seeded = number;",
    "TSAnyKeyword": "let seeded: any;",
}
_SELECTOR = re.compile(r"^(\w+)((?:\[[^\[\]]+\])*)$")
_ATTRIBUTE = re.compile(r"""\[\s*([\w.]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([\w.]+))\s*\]""")


def _code(selector: str) -> str:
    """Code for a plain selector: one node, with attributes that name what it is about."""
    match = _SELECTOR.match(selector)
    if not match:
        return ""
    node = match[1]
    given = {name: next(filter(None, values), "") for name, *values in _ATTRIBUTE.findall(match[2])}
    if not given:
        return "" if match[2] else _NODES.get(node, "")
    if len(given) != match[2].count("["):
        return ""
    derive = _BY_ATTRIBUTES.get((node, tuple(sorted(given))))
    return derive(given) if derive is not None else ""


_BY_ATTRIBUTES: Mapping[tuple[str, tuple[str, ...]], Callable[[Mapping[str, str]], str]] = {
    ("CallExpression", ("callee.name",)): lambda v: f"{v['callee.name']}();",
    ("CallExpression", ("callee.object.name",)): lambda v: f"{v['callee.object.name']}.seeded();",
    ("CallExpression", ("callee.property.name",)): lambda v: f"seeded.{v['callee.property.name']}();",
    ("CallExpression", ("callee.object.name", "callee.property.name")): lambda v: (
        f"{v['callee.object.name']}.{v['callee.property.name']}();"
    ),
    ("MemberExpression", ("object.name", "property.name")): lambda v: f"{v['object.name']}.{v['property.name']};",
    ("MemberExpression", ("object.name",)): lambda v: f"{v['object.name']}.seeded;",
    ("NewExpression", ("callee.name",)): lambda v: f"new {v['callee.name']}();",
    ("Identifier", ("name",)): lambda v: f"{v['name']};",
    ("BinaryExpression", ("operator",)): lambda v: f"1 {v['operator']} {{}};",
    ("LogicalExpression", ("operator",)): lambda v: f"1 {v['operator']} 2;",
    ("UnaryExpression", ("operator",)): lambda v: f"{v['operator']} 1;",
    ("ImportDeclaration", ("source.value",)): lambda v: _import("", v["source.value"]),
    ("VariableDeclaration", ("kind",)): lambda v: f"{v['kind']} seeded = 1;",
}
_RULES: Mapping[str, Callable[[Sequence[Any]], Iterator[tuple[str, str]]]] = {
    "no-restricted-imports": _imports,
    "no-restricted-globals": _globals,
    "no-restricted-properties": _properties,
    "no-restricted-syntax": _syntax,
}
