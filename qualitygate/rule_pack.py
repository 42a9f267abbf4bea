"""The rules for semgrep that ship with us, one file each: `playbooks/<stack>/rules/ID.yml`, its test beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qualitygate.checks.tools import semgrep_languages
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.resources import data_dir
from qualitygate.schema import Field, Schema, load, nearest

if TYPE_CHECKING:
    from importlib.abc import Traversable

_METADATA: Schema = {
    "why": Field("string", "what goes wrong", required=True),
    "instead": Field("string", "what to do instead, in one sentence", required=True),
    "wrong": Field("string", "an example that the rule finds", required=True),
    "right": Field("string", "the same, done right", required=True),
    "frameworks": Field("strings", "one of these, as `inspect` names them, must be there for bootstrap to try it"),
}
_RULE: Schema = {
    "id": Field("string", "the name of the file", required=True),
    "severity": Field("choice", "how bad it is", required=True, choices=("ERROR", "WARNING")),
    "message": Field("string", "what is wrong", required=True),
    "languages": Field("strings", "those of the files that it is about", required=True),
    "metadata": Field("table", "what to say about it", required=True, fields=_METADATA),
}


TESTS = ("py", "js", "jsx", "ts", "tsx")
"""Endings of the tests that a rule may have beside it."""

# What ast-grep calls them: a rule for several languages is there once for each, and TypeScript is two.
_FAST = {"python": ("python",), "javascript": ("javascript",), "typescript": ("typescript", "tsx")}


class Rule(NamedTuple):
    """One rule. `document` is what the engine reads, `tests` the files in which it must and must not fire, by ending.

    `languages` are called as the engine does, `frameworks` as `inspect` does: without one of them the rule is of no
    use (none: it always is). `fast` is the same for ast-grep, once per language; empty where that cannot express it.
    """

    id: str
    message: str
    why: str
    instead: str
    wrong: str
    right: str
    languages: tuple[str, ...]
    frameworks: tuple[str, ...]
    tests_only: bool
    document: Mapping[str, Any]
    tests: Mapping[str, str]
    fast: tuple[Mapping[str, Any], ...]


def load_rule(folder: Traversable, name: str) -> Rule:
    """The rule of that name in a folder of rules; raises ConfigError, naming the file and what is wrong in it."""
    where = f"rules/{name}.yml"
    rules = documents((folder / f"{name}.yml").read_bytes(), file=where)
    if len(rules) != 1 or rules[0].get("id") != name:
        raise ConfigError(f"{where}: must hold one rule, whose id is the name of the file")
    plain = load({key: value for key, value in rules[0].items() if key in _RULE}, _RULE, file=where)
    languages = tuple(plain["languages"])
    if strange := [one for one in languages if one not in semgrep_languages.KNOWN]:
        known = ", ".join(semgrep_languages.KNOWN)
        raise ConfigError(f"{where}: languages: `{strange[0]}` is none of {known}")
    tests = {kind: file.read_text("utf-8") for kind in TESTS if (file := folder / f"{name}.{kind}").is_file()}
    if missing := set(languages) - {semgrep_languages.language(f"x.{kind}") for kind in tests}:
        raise ConfigError(f"{where}: has no test beside it for {sorted(missing)[0]}")
    said = {**plain["metadata"]}
    frameworks = tuple(said.pop("frameworks", ()))
    paths = rules[0].get("paths") or {}
    return Rule(
        name,
        plain["message"],
        **said,
        languages=languages,
        frameworks=frameworks,
        tests_only=bool(paths.get("include")),
        document={**rules[0], "metadata": {"instead": said["instead"]}},
        tests=tests,
        fast=_fast(folder, name, plain, paths),
    )


def _fast(
    folder: Traversable, name: str, plain: Mapping[str, Any], paths: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...]:
    """The second form: only what is to be matched stands in its file, the rest is the rule's own.

    `languages` in it are those of ast-grep, where not all of the rule's can hold what is to be matched.
    """
    file = folder / f"{name}.fast.yml"
    if not file.is_file():
        return ()
    where = f"rules/{name}.fast.yml"
    body = _yaml(file.read_bytes(), where)
    if not isinstance(body, dict) or not {"rule"} <= set(body) <= {"rule", "constraints", "languages"}:
        raise ConfigError(f"{where}: must hold `rule`, and may hold `constraints` and `languages`")
    said = {"message": plain["message"], "note": plain["metadata"]["instead"], "severity": "warning"}
    known = [one for language in plain["languages"] for one in _FAST[language]]
    languages = body.pop("languages", known)
    if not languages or not set(languages) <= set(known):
        raise ConfigError(f"{where}: languages: must be some of {', '.join(known)}")
    found = {"id": name, **said, **body}
    for key, named in (("files", "include"), ("ignores", "exclude")):
        if paths.get(named):
            found[key] = list(paths[named])
    return tuple({**found, "language": language} for language in languages)


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
    for stack in sorted(data_dir("playbooks").iterdir(), key=lambda one: one.name):
        folder = stack / "rules"
        if folder.is_dir():
            names = [file.name[: -len(".yml")] for file in folder.iterdir() if re.fullmatch(r"[^.]+\.yml", file.name)]
            if twice := sorted(set(names) & set(found)):
                raise ConfigError(
                    f"playbooks/{stack.name}/rules/{twice[0]}.yml: another playbook has a rule of that name"
                )
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
    fast = [form for name in rules for form in pack[name].fast]
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


_ANNOTATION = re.compile(r"^\s*(?:#|//|\{/\*) ruleid: *([\w.-]+)\s*(?:\*/\})?\s*$")


def example(rule: str, test: str, kind: str = "py") -> str:
    """The first statement of a test that must make the rule fire, as text that can stand in any file; "" for none.

    `kind` is the ending of the test. But for Python a statement is what stands between two empty lines.
    """
    lines = test.splitlines()
    marked = [number for number, line in enumerate(lines, 1) if (m := _ANNOTATION.match(line)) and m[1] == rule]
    if not marked:
        return ""
    for start, end in _of_python(test) if kind == "py" else _between_empty_lines(test):
        if start <= marked[0] <= end:
            return "\n".join(lines[start - 1 : end]).strip("\n") + "\n"
    return ""


def _of_python(test: str) -> Iterator[tuple[int, int]]:
    """First and last line of each statement, with the comments before it."""
    start = 1
    with suppress(SyntaxError, ValueError):
        for statement in ast.parse(test).body:
            end = statement.end_lineno or statement.lineno
            yield start, end
            start = end + 1


def _between_empty_lines(test: str) -> Iterator[tuple[int, int]]:
    """First and last line of what begins at the margin, after an empty line."""
    lines = ["", *test.splitlines()]
    starts = [n for n in range(1, len(lines)) if not lines[n - 1].strip() and re.match(r"[^\s)\]}]", lines[n])]
    yield from zip(starts, [*(start - 1 for start in starts[1:]), len(lines) - 1], strict=True)
