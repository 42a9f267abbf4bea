"""One rule explained: what it is, whether it is in force here, and how a person changes that."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping

from qualitygate.checks.builtin.secret_kinds import KINDS
from qualitygate.checks.tools.ruff_manual import RuffRule
from qualitygate.config import FILE_NAME
from qualitygate.frozen import NamedTuple
from qualitygate.model import Check
from qualitygate.rule_pack import load_pack, pack_names
from qualitygate.rule_texts import Text, Texts
from qualitygate.rulebook.force import Sight, Standing, listed, mypy_settings, ruff_file, standing


class Way(NamedTuple):
    """What a person writes, into which file, to change what a rule does."""

    what: str
    file: str
    lines: tuple[str, ...]


class Explanation(NamedTuple):
    """One rule. `more` is what the tool itself says; `found` counts findings on disk, None where that is not cheap.

    `origins`: which settings are shared ones, and whose.
    """

    text: Text
    name: str
    standing: Standing
    source: str
    ways: tuple[Way, ...]
    more: tuple[str, ...] = ()
    found: int | None = None
    origins: Mapping[str, str] = {}


class Ground(NamedTuple):
    """What explanations rest on: the settings in force, our texts, and ruff's own manual."""

    sight: Sight
    texts: Texts
    manual: Mapping[str, RuffRule]


class Explainer(NamedTuple):
    """How the rules of one kind (`ruff` of `ruff:F401`) are explained.

    `names`: all rules of the kind, with what else each of them is called.
    """

    names: Callable[[Ground], Mapping[str, str]]
    explain: Callable[[str, Ground], Explanation]


def find(asked: str, ground: Ground) -> str | None:
    """The full name of a rule that was named in full, by its code, or in words; None for an unknown one."""
    kind, colon, name = asked.strip().partition(":")
    wanted = (name if colon else kind).lower()
    for one, explainer in _explainers(ground).items():
        for rule, other in explainer.names(ground).items() if one == kind or not colon else ():
            if wanted in (rule.lower(), other.lower()):
                return f"{one}:{rule}"
    return None


def near(asked: str, ground: Ground) -> tuple[str, ...]:
    """Up to three rules that are called nearly so, nearest first."""
    from difflib import get_close_matches

    known: dict[str, str] = {}
    for kind, explainer in _explainers(ground).items():
        for rule, other in explainer.names(ground).items():
            for spelt in (f"{kind}:{rule}", rule, other):
                known.setdefault(spelt.lower(), f"{kind}:{rule}")
    close = get_close_matches(asked.strip().lower(), [name for name in known if name], n=9, cutoff=0.6)
    return tuple(dict.fromkeys(known[name] for name in close))[:3]


def explain(rule: str, ground: Ground) -> Explanation:
    """The explanation of a rule that `find` gave."""
    kind, _, name = rule.partition(":")
    return _explainers(ground)[kind].explain(name, ground)


def _ruff(code: str, ground: Ground) -> Explanation:
    rule = f"ruff:{code}"
    told = ground.manual.get(code, RuffRule(code, "", "", ""))
    found = standing(rule, ground.sight)
    ways = _ruff_ways(code, ground.sight) if code in ground.manual else ()
    more = tuple(part for part in (told.what, told.why) if part)
    text = ground.texts.find(rule)
    return _explanation(text, told.name, found, ground, (*ways, *_policy_ways(found.checks, ground)), more)


def _ruff_ways(code: str, sight: Sight) -> tuple[Way, ...]:
    place = ruff_file(sight.read)
    if place is None:
        return ()
    ignored = json.dumps(sorted({*listed(place.lint.get("ignore")), code}))
    return (Way("turn it off", place.path, (f"[{place.table}]", f"ignore = {ignored}")),)


def _mypy(code: str, ground: Ground) -> Explanation:
    text = ground.texts.find(f"mypy:{code}")
    if not text.title:
        from mypy.errorcodes import error_codes

        about = error_codes[code]
        text = text._replace(title=about.description, needs="" if about.default_enabled else code)
    found = standing(text.rule, ground.sight, text.needs)
    config = mypy_settings(ground.sight.read, _config_file(found.checks))
    path = config.path if config else "mypy.ini"
    codes = sorted({*listed(config.settings.get("disable_error_code") if config else ""), code})
    is_toml = path.endswith(".toml")
    value = json.dumps(codes) if is_toml else ", ".join(codes)
    table = "[tool.mypy]" if is_toml else "[mypy]"
    way = Way("turn it off", path, (table, f"disable_error_code = {value}"))
    return _explanation(text, "", found, ground, (way, *_policy_ways(found.checks, ground)))


def _semgrep(name: str, ground: Ground) -> Explanation:
    own = ground.sight.own.get(name)
    found = standing(f"semgrep:{name}", ground.sight)
    if own is not None:
        text = Text(f"semgrep:{name}", own.message, instead=own.instead)
        return _explanation(text, "", found, ground, _policy_ways(found.checks, ground), (f"see {own.path}",))
    (rule,) = load_pack([name])
    text = Text(f"semgrep:{name}", rule.message, rule.why, rule.instead, rule.wrong.strip("\n"), rule.right.strip("\n"))
    ways = [
        Way("turn it off", FILE_NAME, (f"[checks.{check.name}]", f"rules = {_without(name, check)}"))
        for check in found.checks
    ]
    return _explanation(text, "", found, ground, (*ways, *_policy_ways(found.checks, ground)))


def _without(name: str, check: Check) -> str:
    return json.dumps([rule for rule in check.options.get("rules", ()) if rule != name])


def _semgrep_names(ground: Ground) -> Mapping[str, str]:
    return dict.fromkeys((*pack_names(), *ground.sight.own), "")


def _config_file(checks: tuple[Check, ...]) -> str:
    return str(checks[0].options.get("config_file", "")) if checks else ""


def _mypy_names(ground: Ground) -> Mapping[str, str]:
    from mypy.errorcodes import error_codes

    return {**_told("mypy")(ground), **dict.fromkeys(error_codes, "")}


def _ruff_names(ground: Ground) -> Mapping[str, str]:
    own = dict.fromkeys(_told("ruff")(ground), "")
    return {**own, **{code: rule.name for code, rule in ground.manual.items()}}


def _told(kind: str) -> Callable[[Ground], Mapping[str, str]]:
    def names(ground: Ground) -> Mapping[str, str]:
        parts = (rule.partition(":") for rule in ground.texts.rules)
        return {name: "" for one, _, name in parts if one == kind and name != "*"}

    return names


def _plainly(kind: str, titles: Mapping[str, str] = {}) -> Callable[[str, Ground], Explanation]:
    def explain_it(name: str, ground: Ground) -> Explanation:
        rule = f"{kind}:{name}"
        found = standing(rule, ground.sight)
        ways = _policy_ways(found.checks, ground)
        return _explanation(ground.texts.find(rule), titles.get(name, ""), found, ground, ways)

    return explain_it


def _explanation(
    text: Text, name: str, standing: Standing, ground: Ground, ways: tuple[Way, ...], more: tuple[str, ...] = ()
) -> Explanation:
    in_force = standing.state == "in force"
    return Explanation(text, name, standing, ground.sight.source, ways if in_force else (), more)


def _policy_ways(checks: Collection[Check], ground: Ground) -> tuple[Way, ...]:
    if ground.sight.source != FILE_NAME:
        return ()
    ways = []
    for check in checks:
        other = "shown" if check.policy != "shown" else "ratchet"
        what = "report what the check finds and block nothing" if other == "shown" else "let the check block"
        ways.append(Way(what, FILE_NAME, (f"[checks.{check.name}]", f'policy = "{other}"')))
    return tuple(ways)


_SECRETS = {kind.rule: kind.title for kind in KINDS}
EXPLAINERS: Mapping[str, Explainer] = {
    "ruff": Explainer(_ruff_names, _ruff),
    "mypy": Explainer(_mypy_names, _mypy),
    "secrets": Explainer(lambda ground: _SECRETS, _plainly("secrets", _SECRETS)),
    "semgrep": Explainer(_semgrep_names, _semgrep),
}
"""Kinds of rules that we know more of than what `rules.toml` says, by what stands before the colon."""


def _explainers(ground: Ground) -> Mapping[str, Explainer]:
    kinds = dict.fromkeys(rule.partition(":")[0] for rule in ground.texts.rules)
    return {**EXPLAINERS, **{kind: Explainer(_told(kind), _plainly(kind)) for kind in kinds if kind not in EXPLAINERS}}
