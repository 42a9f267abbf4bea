"""A project's own rules for ast-grep: each is tried on what its test calls invalid, or on code of its pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualitygate import git
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.house_rules import HouseRule, yaml_of
from qualitygate.bootstrap.scratch import Scratch, look
from qualitygate.checks.catalogue import FAST
from qualitygate.errors import QualityGateError
from qualitygate.model import Check

_SUFFIXES: Mapping[str, str] = {
    **dict.fromkeys(("python", "py"), ".py"),
    **dict.fromkeys(("javascript", "js", "jsx"), ".js"),
    **dict.fromkeys(("typescript", "ts"), ".ts"),
    "tsx": ".tsx",
}
_MOST = 60
"""Rules that are tried, in one run."""
_STAYS = "where the project runs ast-grep, it stays"
_MANY, _ONE = re.compile(r"\$\$\$[A-Z_0-9]*"), re.compile(r"\$([A-Z_][A-Z_0-9]*)")


def settle(draft: Draft, scratch: Scratch, rows: Sequence[HouseRule]) -> dict[HouseRule, HouseRule]:
    """What became of each rule. None of them is changed, and they join no check."""
    entries = git.entries(scratch.gate.repo, scratch.head)
    tests = dict(_tests(sorted(entries), draft)) if rows else {}
    found: dict[HouseRule, HouseRule] = {}
    files: dict[str, bytes] = {}
    rules: list[Mapping[str, Any]] = []
    places: dict[HouseRule, str] = {}
    for row in rows:
        rule = yaml_of(draft.read, row.path)
        suffix = _SUFFIXES.get(str(rule.get("language", "")).lower(), "") if isinstance(rule, Mapping) else ""
        code = tests.get(str(rule.get("id"))) or _of_pattern(rule) if suffix else ""
        if not suffix:
            found[row] = row._replace(why=f"rules are tried for Python, JavaScript and TypeScript; {_STAYS}")
        elif not code or len(rules) >= _MOST:
            why = f"only {_MOST} are tried" if code else "no test says what is invalid, and its pattern is no code"
            found[row] = row._replace(why=f"{why}; {_STAYS}")
        else:
            places[row] = f"qualitygate_seed_{len(rules)}{suffix}"
            files[places[row]] = code.encode() + b"\n"
            # Whatever globs it is for: what is tried is the rule.
            rules.append({key: value for key, value in rule.items() if key not in ("files", "ignores", "fix")})
    if rules:
        said, why = _found(scratch, draft, rules, files)
        for row, place in places.items():
            fires = None if why else (row.what.removeprefix("rule "), place) in said
            missed = "" if fires else "it does not find the code that its test or pattern names"
            found[row] = row._replace(fires=fires, why=why or missed)
    return found


def _found(
    scratch: Scratch, draft: Draft, rules: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]
) -> tuple[set[tuple[str, str]], str]:
    """Which rule found something in which file, and why that cannot be told."""
    check = Check("own-ast-grep-rules", "ast-grep", "ratchet", "commit", "", {"fast": rules, "files": sorted(files)})
    trial = scratch._replace(gate=scratch.gate._replace(tools={**scratch.tools, "ast-grep": FAST["ast-grep"]}))
    try:
        report = look(trial, check, {**draft.files(), **files})
    except QualityGateError as exc:
        return set(), exc.message
    return {(one.rule.partition(":")[2], one.path) for one in report.findings}, report.reason


def _tests(paths: Sequence[str], draft: Draft) -> Iterator[tuple[str, str]]:
    """The id of a rule, and code that its test calls invalid."""
    settings = yaml_of(draft.read, "sgconfig.yml")
    rows = settings.get("testConfigs") if isinstance(settings, Mapping) else None
    folders = [str(row.get("testDir", "")).strip("./") for row in rows or () if isinstance(row, Mapping)]
    for path in paths:
        if path.endswith((".yml", ".yaml")) and path.startswith(tuple(f"{one}/" for one in folders if one)):
            test = yaml_of(draft.read, path)
            invalid = test.get("invalid") if isinstance(test, Mapping) else None
            if isinstance(invalid, list) and invalid and test.get("id"):
                yield str(test["id"]), str(invalid[0])


def _of_pattern(rule: Mapping[str, Any]) -> str:
    """Code that the rule's one pattern fits, with a name in the place of each of its variables; "" for other rules."""
    body = rule.get("rule")
    pattern = body.get("pattern") if isinstance(body, Mapping) and len(body) == 1 else None
    if not isinstance(pattern, str):
        return ""
    return _ONE.sub(lambda found: found[1].lower(), _MANY.sub("", pattern))
