"""The rules that a project made up itself: where they stand, and what each of them must find."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from qualitygate.frozen import NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Read = Callable[[str], "bytes | None"]


class HouseRule(NamedTuple):
    """One of them: the tool, what it says, and the file that it stands in.

    `seed` is what must be found, put at the end of a file, `rule` the name under which, `host` that file where
    not every one will do. `fires` is None where it was not tried; `why` says why, or why it does not fire.
    """

    tool: str
    what: str
    path: str
    rule: str = ""
    seed: str = ""
    host: str = ""
    fires: bool | None = None
    why: str = ""


def house_rules(paths: Sequence[str], read: Read) -> tuple[HouseRule, ...]:
    """All that can be told from settings at the root of a tree; nothing is run."""
    names = frozenset(paths)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a pattern of theirs may be one that Python frowns upon
        return tuple(dict.fromkeys(_all(names, read)))


def _all(names: frozenset[str], read: Read) -> list[HouseRule]:
    return [
        *_ruff(read),
        *_flake8(read),
        *_contracts(names, read),
        *_patterns(names, read),
        *_hooks(names, read),
    ]


def _toml(read: Read, path: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads((read(path) or b"").decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return {}  # what cannot be read is said elsewhere


def _at(table: object, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _ruff(read: Read) -> Iterator[HouseRule]:
    for path, keys in ((".ruff.toml", ()), ("ruff.toml", ()), ("pyproject.toml", ("tool", "ruff"))):
        settings = _at(_toml(read, path), *keys)
        for plugin in (_at(settings, "lint", "flake8-tidy-imports"), _at(settings, "flake8-tidy-imports")):
            banned = _at(plugin, "banned-api")
            for name in banned if isinstance(banned, Mapping) else ():
                yield HouseRule("ruff", f"banned-api {name}", path, "ruff:TID251", _python_import(str(name)))
            late = _at(plugin, "banned-module-level-imports")
            for name in late if isinstance(late, list) else ():
                yield HouseRule("ruff", f"only inside functions: {name}", path, "ruff:TID253", f"import {name}")


def _python_import(name: str) -> str:
    module, _, last = name.rpartition(".")
    return f"from {module} import {last}" if module else f"import {last}"


def _ini(read: Read, path: str) -> Mapping[str, Mapping[str, str]]:
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string((read(path) or b"").decode("utf-8", "replace"))
    except configparser.Error:
        return {}
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _flake8(read: Read) -> Iterator[HouseRule]:
    for path in (".flake8", "setup.cfg", "tox.ini"):
        for row in _ini(read, path).get("flake8", {}).get("banned-modules", "").splitlines():
            name = row.partition("=")[0].strip()
            if name:
                yield HouseRule("flake8", f"banned-modules {name}", path, "I251", _python_import(name))


def _lines(value: object) -> list[str]:
    rows = value if isinstance(value, list) else str(value or "").splitlines()
    return [text for row in rows if (text := str(row).strip())]


def _contracts(names: frozenset[str], read: Read) -> Iterator[HouseRule]:
    """The contracts of import-linter, each with an import that breaks it, where that can be told."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for path in (".importlinter", "setup.cfg"):
        sections = _ini(read, path)
        found += [(path, table) for name, table in sections.items() if name.startswith("importlinter:contract:")]
    listed = _at(_toml(read, "pyproject.toml"), "tool", "importlinter", "contracts")
    found += [("pyproject.toml", row) for row in (listed if isinstance(listed, list) else ()) if isinstance(row, dict)]
    for path, table in found:
        what = f"contract `{table.get('name', '')}` ({table.get('type', '')})"
        importer, imported = _broken_import(table)
        host = _module(importer, names)
        rule = HouseRule("import-linter", what, path, "", f"import {imported}" if host else "", host)
        yield rule if host else rule._replace(why=f"no import that breaks a contract of type {table.get('type', '')}")


def _broken_import(table: Mapping[str, Any]) -> tuple[str, str]:
    kind = table.get("type")
    if kind == "forbidden":
        sources, forbidden = _lines(table.get("source_modules")), _lines(table.get("forbidden_modules"))
        return (sources[0], forbidden[0]) if sources and forbidden else ("", "")
    if kind == "independence":
        modules = _lines(table.get("modules"))
        return (modules[0], modules[1]) if len(modules) > 1 else ("", "")
    if kind == "layers":
        layers = [re.split(r"\s*[|:]\s*", layer)[0].strip("() ") for layer in _lines(table.get("layers"))]
        containers = _lines(table.get("containers")) or [""]
        inside = [f"{containers[0]}.{layer}".strip(".") for layer in layers]
        return (inside[-1], inside[0]) if len(inside) > 1 else ("", "")
    return "", ""


def _module(name: str, names: frozenset[str]) -> str:
    place = name.replace(".", "/")
    tries = [f"{top}{place}{end}" for top in ("", "src/") for end in (".py", "/__init__.py")]
    return next((path for path in tries if name and path in names), "")


def yaml_of(read: Read, path: str) -> Any:
    """A YAML file as plain values; None where it cannot be read, which is said elsewhere."""
    try:
        return YAML(typ="safe", pure=True).load((read(path) or b"").decode("utf-8", "replace"))
    except (YAMLError, RecursionError, ValueError, TypeError):
        return None


_SEMGREP = (".semgrep.yml", ".semgrep.yaml", "semgrep.yml", "semgrep.yaml")
_MOST = 100


def _patterns(names: frozenset[str], read: Read) -> Iterator[HouseRule]:
    """The project's own rules for semgrep and ast-grep."""
    yml = (".yml", ".yaml")
    of_semgrep = [p for p in names if p in _SEMGREP or (p.startswith((".semgrep/", "rules/")) and p.endswith(yml))]
    for path in sorted(of_semgrep)[:_MOST]:
        rules = _at(yaml_of(read, path), "rules")
        for rule in rules if isinstance(rules, list) else ():
            if (identity := _at(rule, "id")) and (not path.startswith("rules/") or _at(rule, "languages")):
                yield HouseRule("semgrep", f"rule {identity}", path)
    if "sgconfig.yml" in names:
        folders = [str(one).strip("./") for one in _at(yaml_of(read, "sgconfig.yml"), "ruleDirs") or ()]
        for path in sorted(p for p in names if p.endswith(yml) and p.rpartition("/")[0] in folders)[:_MOST]:
            if identity := _at(yaml_of(read, path), "id"):
                yield HouseRule("ast-grep", f"rule {identity}", path)


def _hooks(names: frozenset[str], read: Read) -> Iterator[HouseRule]:
    """The hooks for pre-commit that the repository itself defines."""
    path = ".pre-commit-config.yaml"
    repos = _at(yaml_of(read, path), "repos") if path in names else None
    for repo in repos if isinstance(repos, list) else ():
        hooks = _at(repo, "hooks") if _at(repo, "repo") == "local" else None
        for hook in hooks if isinstance(hooks, list) else ():
            name, language = str(_at(hook, "id") or ""), str(_at(hook, "language") or "")
            if name.startswith("qualitygate"):
                continue
            if language == "pygrep":
                yield _pygrep(name, hook, names, path)
            else:
                yield HouseRule("pre-commit", f"hook {name} ({language})", path, why="its hook runs it, as before")


def _pygrep(name: str, hook: Mapping[str, Any], names: frozenset[str], path: str) -> HouseRule:
    """Tried here: the pattern on a line made for it, as the hook reads lines, and whether any file is looked at."""
    plain = HouseRule("pre-commit", f"hook {name} (pygrep)", path)
    args = [str(arg) for arg in _at(hook, "args") or ()]
    if "--negate" in args or "--multiline" in args:
        return plain._replace(why=f"no line is made for {'--negate' if '--negate' in args else '--multiline'}")
    try:
        pattern = re.compile(str(_at(hook, "entry")), re.IGNORECASE if {"-i", "--ignore-case"} & set(args) else 0)
        files, exclude = (re.compile(str(_at(hook, key) or "")) for key in ("files", "exclude"))
    except (re.error, RecursionError, OverflowError):
        return plain._replace(fires=False, why="a pattern of it is no regular expression")
    if not any(files.search(one) and not (exclude.pattern and exclude.search(one)) for one in names):
        return plain._replace(fires=False, why="no file of the tree is one that it looks at")
    line = matching_line(pattern)
    return plain._replace(fires=True, seed=line) if line else plain._replace(why="no line that it matches was found")


def matching_line(pattern: re.Pattern[str]) -> str:
    """A line that the pattern matches; "" where none was found by a few tries."""
    import random

    import rstr

    for number in range(_TRIES):
        try:
            line = str(rstr.Rstr(random.Random(number)).xeger(pattern.pattern))
        except Exception:  # noqa: BLE001  # whatever of a pattern it does not know
            return ""
        if line and "\n" not in line and len(line) < _LINE and pattern.search(line):
            return line
    return ""


_TRIES = 30
_LINE = 500
