"""The rules for semgrep that ship with us, one file each: `playbooks/<stack>/rules/ID.yml`, its test beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from qualitygate.errors import ConfigError
from qualitygate.resources import data_dir
from qualitygate.schema import Field, Schema, load, nearest

if TYPE_CHECKING:
    from importlib.abc import Traversable

_METADATA: Schema = {
    "why": Field("string", "what goes wrong", required=True),
    "instead": Field("string", "what to do instead, in one sentence", required=True),
    "wrong": Field("string", "an example that the rule finds", required=True),
    "right": Field("string", "the same, done right", required=True),
}
_RULE: Schema = {
    "id": Field("string", "the name of the file", required=True),
    "severity": Field("choice", "how bad it is", required=True, choices=("ERROR", "WARNING")),
    "message": Field("string", "what is wrong", required=True),
    "languages": Field("strings", "always Python", required=True),
    "metadata": Field("table", "what to say about it", required=True, fields=_METADATA),
}


class Rule(NamedTuple):
    """One rule. `document` is what the engine reads, `test` the Python file in which it must and must not fire."""

    id: str
    message: str
    why: str
    instead: str
    wrong: str
    right: str
    tests_only: bool
    document: Mapping[str, Any]
    test: str


def load_rule(folder: Traversable, name: str) -> Rule:
    """The rule of that name in a folder of rules; raises ConfigError, naming the file and what is wrong in it."""
    file, test = folder / f"{name}.yml", folder / f"{name}.py"
    where = f"rules/{name}.yml"
    rules = documents(file.read_bytes(), file=where)
    if len(rules) != 1 or rules[0].get("id") != name:
        raise ConfigError(f"{where}: must hold one rule, whose id is the name of the file")
    plain = load({key: value for key, value in rules[0].items() if key in _RULE}, _RULE, file=where)
    if not test.is_file():
        raise ConfigError(f"{where}: has no test beside it")
    said = plain["metadata"]
    document = {**rules[0], "metadata": {"instead": said["instead"]}}
    include = (rules[0].get("paths") or {}).get("include") or ()
    return Rule(
        name, plain["message"], **said, tests_only=bool(include), document=document, test=test.read_text("utf-8")
    )


def documents(data: bytes, *, file: str) -> list[dict[str, Any]]:
    """The rules of one YAML file, as plain values; raises ConfigError."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        raw = YAML(typ="safe", pure=True).load(data.decode("utf-8"))
    except (YAMLError, UnicodeDecodeError, RecursionError) as exc:
        raise ConfigError(f"{file}: {str(exc).splitlines()[0]}") from None
    rules = raw.get("rules") if isinstance(raw, dict) else None
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ConfigError(f"{file}: must hold a list `rules`")
    return rules


def load_pack(only: Collection[str] | None = None) -> tuple[Rule, ...]:
    """The rules of every stack, or those of these names, sorted by name."""
    found = {}
    for stack in data_dir("playbooks").iterdir():
        folder = stack / "rules"
        if folder.is_dir():
            names = {file.name[: -len(".yml")] for file in folder.iterdir() if file.name.endswith(".yml")}
            found.update(dict.fromkeys(names, folder))
    wanted = found if only is None else [name for name in only if name in found]
    return tuple(load_rule(found[name], name) for name in sorted(wanted))


def compiled(options: Mapping[str, Any], *, file: str) -> dict[str, Any]:
    """The options of a semgrep check with its rules themselves in them, so that a changed rule changes the policy."""
    rules = list(dict.fromkeys(options.get("rules", ())))
    if not rules:
        return dict(options)
    pack = {rule.id: rule.document for rule in load_pack(rules)}
    if unknown := [name for name in rules if name not in pack]:
        known = tuple(rule.id for rule in load_pack())
        close = nearest(unknown[0], known) or ", known are " + ", ".join(known)
        raise ConfigError(f"{file}: no rule is called `{unknown[0]}`{close}")
    return {**options, "pack": [pack[name] for name in rules]}


_ANNOTATION = re.compile(r"^\s*# ruleid: *([\w.-]+)\s*$")


def example(rule: str, test: str) -> str:
    """The first statement of a test that must make the rule fire, as text that can stand in any file; "" for none."""
    lines = test.splitlines()
    marked = [number for number, line in enumerate(lines, 1) if (m := _ANNOTATION.match(line)) and m[1] == rule]
    if not marked:
        return ""
    try:
        statements = ast.parse(test).body
    except (SyntaxError, ValueError):
        return ""
    start = 1
    for statement in statements:
        end = statement.end_lineno or statement.lineno
        if start <= marked[0] <= end:
            return "\n".join(lines[start - 1 : end]).strip("\n") + "\n"
        start = end + 1
    return ""
