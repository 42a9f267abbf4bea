"""What is in force in a repository: which checks there are, and which rules their own settings switch on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, Literal

from qualitygate.checks.safeguards.kept.unrun import FEWER_CASES, NOT_RUN
from qualitygate.checks.tools import mypy_config
from qualitygate.config import parse_toml
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.locations import is_rules_folder
from qualitygate.model import Check
from qualitygate.rule_pack import documents

RUFF_FILES = (".ruff.toml", "ruff.toml", "pyproject.toml")
"""In the order in which ruff looks for its settings; the last one only counts with a table for it."""

State = Literal["in force", "not in force", "not known"]


class OwnRule(NamedTuple):
    """A rule that the repository keeps in a file of its own: what it says, and what to do instead."""

    path: str
    message: str
    instead: str


class Sight(NamedTuple):
    """The settings of one tree.

    `source` says where `checks` come from. `read` gives a file of the tree, `enabled` the rules of ruff or ESLint
    that a check has switched on, or why that is not known. `own` are the repository's own rules for
    semgrep by their ids, those of shared settings among them. `origins`: what shared settings set which key.
    """

    checks: tuple[Check, ...]
    source: str
    read: Callable[[str], bytes | None]
    enabled: Callable[[Check], frozenset[str] | str]
    own: Mapping[str, OwnRule] = {}
    origins: Mapping[str, str] = {}

    def of_tool(self, tool: str) -> tuple[Check, ...]:
        """The checks that run this tool."""
        return tuple(check for check in self.checks if check.tool == tool)


class Standing(NamedTuple):
    """Whether a rule is in force, by which checks, and why not; `but_not` are files in which it is not, as globs."""

    state: State
    checks: tuple[Check, ...] = ()
    why: str = ""
    but_not: tuple[str, ...] = ()


class RuffFile(NamedTuple):
    """Where ruff's settings are: the file, the name of its table for rules, and what that table holds."""

    path: str
    table: str
    lint: Mapping[str, Any]


def standing(rule: str, sight: Sight, needs: str = "") -> Standing:
    """Whether a rule, named in full (`ruff:F821`), is in force; `needs` is the setting without which it is not."""
    kind, _, name = rule.partition(":")
    if kind in _SWITCHED:
        return _SWITCHED[kind](name, needs, sight)
    return _of_tool(_TOOLS.get(rule) or _TOOLS.get(kind, kind), sight, *_TOLD_BY.get(rule, ()))


_TOOLS = {
    "builtin:merge-marker": "markers",
    "builtin:large-file": "large-files",
    "settings": "kept-settings",
    "suppression": "suppressions",
    "tests": "kept-tests",
    "types": "kept-types",
}
"""The tools of rules whose names begin with something else."""
_RUNNERS = ("pytest", "vitest", "jest", "mocha", "node-test")
_TOLD_BY = {NOT_RUN: _RUNNERS, FEWER_CASES: _RUNNERS}
"""What tells of a rule besides: the checks that run tests say which of them do not run any more."""


def _of_tool(tool: str, sight: Sight, *others: str) -> Standing:
    """A rule is in force wherever a check runs its tool."""
    checks = tuple(check for name in (tool, *others) for check in sight.of_tool(name))
    return Standing("in force", checks) if checks else Standing("not in force", (), _no_check(tool, sight))


def _of_ruff(code: str, needs: str, sight: Sight) -> Standing:
    """A ruff rule is in force where ruff says that the settings switch it on."""
    checks = sight.of_tool("ruff")
    if not checks:
        return Standing("not in force", (), _no_check("ruff", sight))
    if code in ("invalid-syntax", "E902"):
        return Standing("in force", checks)
    told = [(check, sight.enabled(check)) for check in checks]
    here = tuple(check for check, rules in told if not isinstance(rules, str) and code in rules)
    if here:
        return Standing("in force", here, but_not=_excepted(code, ruff_file(sight.read)))
    unknown = [rules for _, rules in told if isinstance(rules, str)]
    if unknown:
        return Standing("not known", (), unknown[0])
    place = ruff_file(sight.read)
    where = f"the settings in {place.path} do not switch it on" if place else "ruff does not switch it on by itself"
    return Standing("not in force", (), where)


def _of_eslint(rule: str, needs: str, sight: Sight) -> Standing:
    """A rule for ESLint is in force where ESLint says that the project's settings switch it on."""
    checks = sight.of_tool("eslint")
    if not checks:
        return Standing("not in force", (), _no_check("eslint", sight))
    if rule == "fatal":  # a file that does not parse, whatever is switched on
        return Standing("in force", checks)
    told = [(check, sight.enabled(check)) for check in checks]
    here = tuple(check for check, rules in told if not isinstance(rules, str) and f"eslint:{rule}" in rules)
    if here:
        return Standing("in force", here)
    unknown = [rules for _, rules in told if isinstance(rules, str)]
    return Standing("not known", (), unknown[0]) if unknown else Standing("not in force", (), _NOT_ON)


_NOT_ON = "the project's settings for ESLint do not switch it on"


def _of_semgrep(rule: str, needs: str, sight: Sight) -> Standing:
    """A rule for semgrep is in force where a check names it; the repository's own wherever a check runs semgrep."""
    found = _of_tool("semgrep", sight)
    if rule in sight.own or found.state != "in force":
        return found
    here = tuple(check for check in found.checks if rule in check.options.get("rules", ()))
    why = f"`rules` of check {', '.join(check.name for check in found.checks)} does not name it"
    return Standing("in force", here) if here else Standing("not in force", (), why)


def own_rules(files: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, OwnRule]:
    """The repository's own rules for semgrep in these files; one that cannot be read is its check's to complain of."""
    found = {}
    for path in files:
        folder, _, name = path.rpartition("/")
        if not is_rules_folder(folder) or not name.endswith((".yml", ".yaml")):
            continue
        try:
            rules = documents(read(path) or b"", file=path)
        except ConfigError:
            continue
        for rule in rules:
            said = rule.get("metadata")
            instead = said.get("instead", "") if isinstance(said, dict) else ""
            found[str(rule.get("id"))] = OwnRule(path, str(rule.get("message", "")), str(instead))
    return found


def _of_mypy(code: str, needs: str, sight: Sight) -> Standing:
    """A mypy code is in force unless it is disabled, or needs a setting that is not there."""
    found = _of_tool("mypy", sight)
    here, why = [], found.why
    for check in found.checks:
        reason = _why_not(code, needs, check, sight.read)
        why = why or reason
        if not reason:
            here.append(check)
    return Standing("in force", tuple(here)) if here else Standing("not in force", (), why)


_SWITCHED: Mapping[str, Callable[[str, str, Sight], Standing]] = {
    "eslint": _of_eslint,
    "ruff": _of_ruff,
    "mypy": _of_mypy,
    "semgrep": _of_semgrep,
}
"""Kinds of rules that settings switch on and off one by one; all others hold wherever a check runs their tool."""


def mypy_settings(read: Callable[[str], bytes | None], named: str) -> mypy_config.Config | None:
    """The file that mypy takes its settings from. TOML is parsed here, for which Python 3.10 itself has no means."""
    found = mypy_config.find(read, named)
    if found is None or not found.path.endswith(".toml"):
        return found
    table: Any = parse_toml(read(found.path) or b"", file=found.path).get("tool", {}).get("mypy", {})
    return found._replace(settings=table) if isinstance(table, Mapping) else found


def ruff_file(read: Callable[[str], bytes | None]) -> RuffFile | None:
    """The file that holds ruff's settings at the root, if there is one that can be read."""
    for path in RUFF_FILES:
        data = read(path)
        if data is None:
            continue
        try:
            table: Any = parse_toml(data, file=path)
        except ConfigError:
            continue
        if path == "pyproject.toml":
            table = table.get("tool", {}).get("ruff")
        if isinstance(table, Mapping):
            lint = table.get("lint", {})
            name = "tool.ruff.lint" if path == "pyproject.toml" else "lint"
            return RuffFile(path, name, lint if isinstance(lint, Mapping) else {})
    return None


def _excepted(code: str, place: RuffFile | None) -> tuple[str, ...]:
    tables = [place.lint.get(key) for key in ("per-file-ignores", "extend-per-file-ignores")] if place else []
    rows = [row for table in tables if isinstance(table, Mapping) for row in table.items()]
    return tuple(
        str(glob) for glob, codes in rows if any(one == "ALL" or code.startswith(one) for one in listed(codes))
    )


def listed(value: object) -> list[str]:
    """The words of a setting that is a list, or text with commas."""
    parts = value if isinstance(value, list) else str(value or "").replace("\n", ",").split(",")
    return [text for part in parts if (text := str(part).strip())]


def _no_check(tool: str, sight: Sight) -> str:
    return f"no check runs {tool} ({sight.source})"


def _why_not(code: str, needs: str, check: Check, read: Callable[[str], bytes | None]) -> str:
    config = mypy_settings(read, str(check.options.get("config_file", "")))
    settings = config.settings if config else {}
    flags = [str(flag) for flag in check.options.get("flags", ())]
    if code in listed(settings.get("disable_error_code")) or _flagged("--disable-error-code", code, flags):
        return (
            f"disabled in {config.path}"
            if config and code in listed(settings.get("disable_error_code"))
            else (f"disabled by the flags of check {check.name}")
        )
    asked = code in listed(settings.get("enable_error_code")) or _flagged("--enable-error-code", code, flags)
    if not needs or asked or needs == code:
        return "" if not needs or asked else f"mypy looks for it only where `enable_error_code` names `{code}`"
    on = [key for key in (needs, *(["strict"] if needs != "warn_unreachable" else [])) if _is_true(settings.get(key))]
    flag = f"--{needs.replace('_', '-')}"
    strict = needs != "warn_unreachable" and "--strict" in flags
    return "" if on or flag in flags or strict else f"mypy looks for it only with `{needs}`"


def _flagged(option: str, code: str, flags: list[str]) -> bool:
    pairs = pairwise(flags)
    return f"{option}={code}" in flags or (option, code) in pairs


def _is_true(value: object) -> bool:
    return value is True or str(value).strip().lower() in ("true", "1", "yes", "on")
