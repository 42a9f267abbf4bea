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
    """One rule. `document` is what the engine reads, `test` the Python file in which it must and must not fire.

    `fast` is the same for ast-grep, None where that cannot express it.
    """

    id: str
    message: str
    why: str
    instead: str
    wrong: str
    right: str
    tests_only: bool
    document: Mapping[str, Any]
    test: str
    fast: Mapping[str, Any] | None


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
    paths = rules[0].get("paths") or {}
    return Rule(
        name,
        plain["message"],
        **said,
        tests_only=bool(paths.get("include")),
        document=document,
        test=test.read_text("utf-8"),
        fast=_fast(folder, name, plain, paths),
    )


def _fast(
    folder: Traversable, name: str, plain: Mapping[str, Any], paths: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The second form: only what is to be matched stands in its file, the rest is the rule's own."""
    file = folder / f"{name}.fast.yml"
    if not file.is_file():
        return None
    where = f"rules/{name}.fast.yml"
    body = _yaml(file.read_bytes(), where)
    if not isinstance(body, dict) or not {"rule"} <= set(body) <= {"rule", "constraints"}:
        raise ConfigError(f"{where}: must hold `rule`, and may hold `constraints`")
    said = {"message": plain["message"], "note": plain["metadata"]["instead"], "severity": "warning"}
    found = {"id": name, "language": "python", **said, **body}
    for key, named in (("files", "include"), ("ignores", "exclude")):
        if paths.get(named):
            found[key] = list(paths[named])
    return found


def _yaml(data: bytes, file: str) -> object:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(data.decode("utf-8"))
    except (YAMLError, UnicodeDecodeError, RecursionError) as exc:
        raise ConfigError(f"{file}: {str(exc).splitlines()[0]}") from None


def documents(data: bytes, *, file: str) -> list[dict[str, Any]]:
    """The rules of one YAML file, as plain values; raises ConfigError."""
    raw = _yaml(data, file)
    rules = raw.get("rules") if isinstance(raw, dict) else None
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ConfigError(f"{file}: must hold a list `rules`")
    return rules


def load_pack(only: Collection[str] | None = None) -> tuple[Rule, ...]:
    """The rules of every stack, or those of these names, sorted by name."""
    found = _folders()
    wanted = found if only is None else [name for name in only if name in found]
    return tuple(load_rule(found[name], name) for name in sorted(wanted))


def pack_names() -> tuple[str, ...]:
    """The names of all rules, sorted."""
    return tuple(sorted(_folders()))


def _folders() -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for stack in data_dir("playbooks").iterdir():
        folder = stack / "rules"
        if folder.is_dir():
            names = [file.name[: -len(".yml")] for file in folder.iterdir() if re.fullmatch(r"[^.]+\.yml", file.name)]
            found.update(dict.fromkeys(names, folder))
    return found


def compiled(options: Mapping[str, Any], *, file: str) -> dict[str, Any]:
    """The options of a check with the rules that they name, if any, in them: a changed rule changes the policy.

    So are those of `shared`, the texts of files with rules by their paths.
    """
    plain = {key: value for key, value in options.items() if key != "shared"}
    rules = list(dict.fromkeys(options.get("rules", ())))
    shared = [rule for path, text in options.get("shared", {}).items() for rule in _shared(path, text)]
    if not rules:
        return {**plain, "pack": shared} if shared else plain
    pack = {rule.id: rule for rule in load_pack(rules)}
    if unknown := [name for name in rules if name not in pack]:
        known = pack_names()
        close = nearest(unknown[0], known) or ", known are " + ", ".join(known)
        raise ConfigError(f"{file}: no rule is called `{unknown[0]}`{close}")
    fast = [pack[name].fast for name in rules if pack[name].fast]
    found = [*(pack[name].document for name in rules), *shared]
    return {**plain, "pack": found, **({"fast": fast} if fast else {})}


def _shared(path: str, text: str) -> list[dict[str, Any]]:
    """The rules of a file that came with shared settings; of their metadata only what a report says."""
    found = []
    for rule in documents(text.encode("utf-8"), file=path):
        said = rule.get("metadata")
        kept = {"instead": str(said["instead"])} if isinstance(said, dict) and "instead" in said else {}
        if not isinstance(rule.get("id"), str):
            raise ConfigError(f"{path}: rules: a rule without `id`")
        found.append({**rule, "metadata": kept})
    return found


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
