"""`.qualitygate/RULEBOOK.md`: the rules in force, short enough that an agent reads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qualitygate.checks.catalogue import TOOLS
from qualitygate.errors import QualityGateError
from qualitygate.model import Check
from qualitygate.resources import read
from qualitygate.rule_texts import Texts
from qualitygate.rulebook.force import Sight, standing

_TEMPLATE = "RULEBOOK.md"

_POLICIES = {
    "ratchet": "`ratchet` refuses what is new",
    "clean": "`clean` refuses what is there at all",
    "shown": "`shown` is reported and refuses nothing",
}
_TIERS = {
    "edit": "`edit` and `commit` run at every commit",
    "commit": "`edit` and `commit` run at every commit",
    "push": "`push` when pushing",
    "full": "`full` only when asked for",
}


def render(sight: Sight, texts: Texts) -> bytes:
    """The page for these settings, the same bytes whenever they are the same."""
    template = read("templates", _TEMPLATE)
    if template is None:
        raise QualityGateError(
            f"the installation lacks templates/{_TEMPLATE}", hint="install qualitygate-toolkit again"
        )
    listed = _list(sight, texts)
    of_semgrep = _of_semgrep(sight)
    parts = {
        "{fix}": fix_line(sight),
        "{checks}": "\n".join(_table(sight.checks, texts)),
        "{legend}": _legend(sight.checks),
        "{often}": "\n".join(_often(sight, texts)),
        "{list}": "\n".join((*listed, *(of_semgrep[1:] if listed else of_semgrep))),
    }
    text = template.decode("utf-8")
    for name, part in parts.items():
        text = text.replace(name, part)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def fix_line(sight: Sight) -> str:
    """What `qualitygate fix` does with these checks."""
    formats = "formats the lines that you changed and " if sight.of_tool("ruff-format") else ""
    return f"{formats}applies the safe fixes of new findings"


def _table(checks: Sequence[Check], texts: Texts) -> list[str]:
    rows = [f"| {c.name} | {texts.tools.get(c.tool, TOOLS[c.tool].title)} | {c.policy} | {c.tier} |" for c in checks]
    return ["| check | looks at | policy | tier |", "| --- | --- | --- | --- |", *rows]


def _legend(checks: Sequence[Check]) -> str:
    policies = [text for name, text in _POLICIES.items() if any(check.policy == name for check in checks)]
    tiers = dict.fromkeys(text for name, text in _TIERS.items() if any(check.tier == name for check in checks))
    return f"Policy: {'; '.join(policies)}. Tier: {'; '.join(tiers)}."


def _often(sight: Sight, texts: Texts) -> list[str]:
    often = [text for text in texts.rules.values() if text.before]
    rules = [text for text in often if standing(text.rule, sight, text.needs).state == "in force"]
    if not rules:
        return []
    lines = ["", "", "## Met most often", ""]
    for text in rules:
        reason = texts.find(text.rule).reason
        lines += [f"- `{text.rule}` {reason}", f"  `{text.before}` -> `{text.after}`"]
    return lines


def _list(sight: Sight, texts: Texts) -> list[str]:
    """All ruff rules that are on: with their reasons, or with that of their family."""
    on: set[str] = set()
    for check in sight.of_tool("ruff"):
        enabled = sight.enabled(check)
        if isinstance(enabled, str):
            return [
                "",
                "## Rules of ruff",
                "",
                "They stand in ruff's settings; `qualitygate explain RULE` explains each.",
            ]
        on |= enabled
    if not on:
        return []
    told = {text.rule.removeprefix("ruff:") for text in texts.rules.values() if text.before}
    lines, left = [], set(on)
    for candidate in texts.candidates:
        here = {code for code in on if code.startswith(candidate.rule)}
        left -= here
        name = "" if candidate.rule.startswith(tuple(texts.families)) else _named(candidate.rule, here, told, texts)
        lines += [f"{name} {candidate.reason}"] if name else []
    for family, reason in texts.families.items():
        codes = [one.rule for one in texts.candidates if one.rule.startswith(family) and one.rule in on - told]
        # `PLE 0100 0101` for a family of letters, whole codes for a part of one.
        shown = codes if family[-1].isdigit() else [family, *(code.removeprefix(family) for code in codes)]
        lines += [f"{' '.join(shown)} {reason}"] if codes else []
    return _listed(lines, left - told)


def _of_semgrep(sight: Sight) -> list[str]:
    """Rules for semgrep: the repository's own with what they say, those of ours by their names, which say enough."""
    ours = sorted({str(rule) for check in sight.of_tool("semgrep") for rule in check.options.get("rules", ())})
    own = sorted(sight.own.items()) if sight.of_tool("semgrep") else []
    if not ours and not own:
        return []
    lines = [f"- `semgrep:{rule}` {' '.join(told.message.split())[:120]}" for rule, told in own[:_OWN]]
    lines += [f"- {len(own) - _OWN} more in `.qualitygate/rules/`"] if len(own) > _OWN else []
    lines += [f"- {', '.join(ours)}"] if ours else []
    return ["", "", "## Rules of semgrep", "", *lines]


_OWN = 20
"""How many rules of a repository's own the page has room for."""


def _named(group: str, here: Collection[str], told: Collection[str], texts: Texts) -> str:
    """A group by its name if all of it that we know is on, else those of its rules that are not told yet."""
    known = {rule.removeprefix("ruff:") for rule in texts.rules if rule.startswith(f"ruff:{group}")}
    return group if known <= {*here} and group not in told else " ".join(sorted({*here} - {*told}))


def _listed(lines: Sequence[str], more: Collection[str]) -> list[str]:
    text = ["", "", "## Rules of ruff"]
    if lines:
        text += ["", "Some may not hold in tests, scripts or generated code.", "", "```text", *lines, "```"]
    if more:
        own = f"The project chose {len(more)} more in ruff's settings" if lines else f"{len(more)} rules, chosen here"
        text += ["", f"{own}; `qualitygate explain RULE` explains each."]
    return text
