"""What we have to say about single rules: `rules.toml` of the playbooks, with their reasons and seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.config import PAIRS, parse_toml
from qualitygate.frozen import NamedTuple
from qualitygate.playbook import Candidate, Playbook, load_playbooks
from qualitygate.resources import read
from qualitygate.schema import ANY, Field, Schema, load

RULES: Schema = {
    "families": Field("table", "prefixes of codes that share one reason", fields={ANY: Field("string", "why")}),
    "rule": Field(
        "tables",
        "one rule",
        fields={
            "rule": Field("string", "tool and rule, `ruff:F401`; `secrets:*` is any of that tool", required=True),
            "title": Field("string", "what it finds", required=True),
            "reason": Field("string", "why that matters, unless the playbook says so"),
            "instead": Field("string", "what to do", required=True),
            "wrong": Field("string", "code in which it finds something"),
            "right": Field("string", "the same code, as it should be"),
            "before": Field("string", "the wrong code on one line, for the rulebook"),
            "after": Field("string", "the right code on one line"),
            "needs": Field("string", "the setting without which mypy does not look for it"),
        },
    ),
}


class Text(NamedTuple):
    """What there is to say about one rule; what is not known is empty."""

    rule: str
    title: str = ""
    reason: str = ""
    instead: str = ""
    wrong: str = ""
    right: str = ""
    before: str = ""
    after: str = ""
    needs: str = ""


class Texts(NamedTuple):
    """Texts by rule, the summaries of families of rules, the candidates for ruff, and what each tool is for."""

    rules: Mapping[str, Text]
    families: Mapping[str, str]
    candidates: tuple[Candidate, ...]
    tools: Mapping[str, str]

    def find(self, rule: str) -> Text:
        """The text of a rule, as much as there is: its own, its tool's, or its group's reason."""
        found = self.rules.get(rule)
        if found is None:
            whole = self.rules.get(f"{rule.partition(':')[0]}:*")
            found = whole._replace(rule=rule) if whole else Text(rule)
        return found if found.reason else found._replace(reason=self._reason_of_group(rule))

    def _reason_of_group(self, rule: str) -> str:
        tool, _, code = rule.partition(":")
        groups = [one for one in self.candidates if tool == "ruff" and code.startswith(one.rule)]
        return max(groups, key=lambda one: len(one.rule)).reason if groups else ""


def load_texts() -> Texts:
    """The texts of every playbook that ships with us; raises ConfigError."""
    rules = dict(_of_comparers())
    families: dict[str, str] = {}
    playbooks = load_playbooks()
    for playbook in playbooks:
        rules.update(_from_playbook(playbook))
        file = f"playbooks/{playbook.stack}/rules.toml"
        raw = load(parse_toml(read("playbooks", playbook.stack, "rules.toml") or b"", file=file), RULES, file=file)
        families.update(raw["families"])
        for row in raw["rule"]:
            rules[row["rule"]] = rules.get(row["rule"], Text(row["rule"]))._replace(**_stripped(row))
    candidates = tuple(one for playbook in playbooks for one in playbook.candidates)
    tools = {check.tool: check.title for playbook in playbooks for check in playbook.checks}
    return Texts(rules, families, candidates, tools)


def _of_comparers() -> Iterator[tuple[str, Text]]:
    """What checks that compare two trees say of their own rules."""
    for name in TOOLS:
        comparer = traits.comparer(TOOLS[name]) if name in PAIRS else None
        for rule in comparer.rules if comparer else ():
            title = rule.name.replace(":", ": ").replace("-", " ")
            yield rule.name, Text(rule.name, title, rule.why, rule.fix)


def _from_playbook(playbook: Playbook) -> Mapping[str, Text]:
    reasons = {f"ruff:{one.rule}": one.reason for one in playbook.candidates}
    seeds = {seed.rule: seed.text.strip("\n") for seed in playbook.seeds}
    return {rule: Text(rule, reason=reasons.get(rule, ""), wrong=wrong) for rule, wrong in seeds.items()}


def _stripped(row: Mapping[str, str]) -> Mapping[str, str]:
    return {key: value.strip("\n") for key, value in row.items()}
