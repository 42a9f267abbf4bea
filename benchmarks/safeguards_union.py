"""Replay history through every check that compares two trees at once: whom would any of them have stopped, and wrongly?

    python benchmarks/safeguards_union.py CLONE... [--commits 300] [--list]
        [--judged benchmarks/safeguards_judged.tsv]

`--list` prints, per commit and rule that stops somebody, one row with tabs: clone, commit, rule, who is stopped, how
many alarms, verdict, subject, first alarm. A verdict is `right` or `wrong`; given back with `--judged`, the rows make
the precision of each rule and the share of commits that were stopped wrongly. README.md says what counts as wrong.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.safeguards_history import Clone, Commit, clone_name, pair
from qualitygate.checks.safeguards import handlers, settings, suppressions, tests, types
from qualitygate.checks.safeguards.protocol import Comparer, Rule
from qualitygate.model import Finding

CHECKS = tuple(cast(Comparer, check) for check in (tests, suppressions, types, handlers, settings))
RULES: Mapping[str, Rule] = {rule.name: rule for check in CHECKS for rule in check.rules}
ACTORS = ("person", "agent")
Judged = Mapping[tuple[str, str], str]
"""From the first ten digits of a commit and a rule to `right` or `wrong`."""


class Row(NamedTuple):
    """What all checks say of one commit."""

    clone: str
    commit: Commit
    findings: tuple[Finding, ...]

    def stops(self, actor: str) -> dict[str, list[Finding]]:
        """The rules that stop this actor here, each with its alarms."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            if getattr(RULES[finding.rule], actor) == "block":
                found.setdefault(finding.rule, []).append(finding)
        return found


def replay(path: str, most: int) -> Iterator[Row]:
    """The newest commits of a clone, each against its first parent, through all checks."""
    clone = Clone(path)
    caches: dict[str, dict[tuple[str, str], Any]] = {check.name: {} for check in CHECKS}
    for commit in clone.commits(most):
        findings = [
            finding
            for check in CHECKS
            for finding in check.compare(pair(clone, commit, check, caches[check.name]), {}).findings
        ]
        yield Row(clone_name(path), commit, tuple(findings))
    clone.close()


def wrongly(row: Row, actor: str, judged: Judged) -> bool:
    """Whether this actor is stopped, and by no rule that is right: one right stop would have been there anyway."""
    verdicts = {judged.get((row.commit.id[:10], rule), "") for rule in row.stops(actor)}
    return bool(verdicts) and "right" not in verdicts and "" not in verdicts


def rows_of(row: Row, judged: Judged) -> Iterator[str]:
    """What a person judges, one row per rule that stops somebody."""
    for rule, found in row.stops("agent").items():
        who = "both" if rule in row.stops("person") else "agent"
        said = " ".join(f"{found[0].path}:{found[0].line}: {found[0].message}".split())
        verdict = judged.get((row.commit.id[:10], rule), "")
        yield "\t".join(
            (row.clone, row.commit.id[:10], rule, who, str(len(found)), verdict, row.commit.subject.strip(), said)
        )


def share(hits: int, of: int) -> str:
    """As a percentage, with the number."""
    return f"{100 * hits / max(of, 1):.1f} % ({hits})"


def table(replayed: Mapping[str, list[Row]], judged: Judged) -> str:
    """Stopped, and wrongly stopped, per clone and actor, by any of the checks."""
    columns = {**replayed, "all": [row for rows in replayed.values() for row in rows]}
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines.append("| commits | " + " | ".join(str(len(rows)) for rows in columns.values()) + " |")
    for actor in ACTORS:
        for title, counted in (
            (f"stops {actor}", lambda row, who=actor: bool(row.stops(who))),
            (f"stops {actor} wrongly", lambda row, who=actor: wrongly(row, who, judged)),
        ):
            cells = [share(sum(map(counted, rows)), len(rows)) for rows in columns.values()]
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    for check in CHECKS:
        names = {rule.name for rule in check.rules}
        for actor in ACTORS:
            cells = [
                share(sum(not names.isdisjoint(row.stops(actor)) for row in rows), len(rows))
                for rows in columns.values()
            ]
            lines.append(f"| `{check.name}` stops {actor} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def precision(rows: list[Row], judged: Judged) -> str:
    """Per rule that stops somebody: commits, and how many of those that were judged are right."""
    lines = ["| rule | commits | alarms | judged | right | precision |", "|---" * 6 + "|"]
    for name, rule in RULES.items():
        if rule.agent != "block":
            continue
        hits = [(row, found) for row in rows if (found := row.stops("agent").get(name))]
        verdicts = [judged[(row.commit.id[:10], name)] for row, _ in hits if (row.commit.id[:10], name) in judged]
        right = verdicts.count("right")
        of = f"{100 * right / len(verdicts):.0f} %" if verdicts else ""
        alarms = sum(len(found) for _, found in hits)
        lines.append(f"| `{name}` | {len(hits)} | {alarms} | {len(verdicts)} | {right} | {of} |")
    return "\n".join(lines)


def read_judged(path: str) -> Judged:
    """Verdicts from rows as `--list` prints them; those that are not judged are left out."""
    found = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) >= 6 and fields[5] in ("right", "wrong"):
            found[(fields[1], fields[2])] = fields[5]
    return found


def main() -> int:
    """Print the tables, and with `--list` what stops somebody."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", nargs="+")
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--list", action="store_true", help="print what stops somebody, to be judged")
    parser.add_argument("--judged", help="verdicts: rows of --list with the sixth field filled in")
    given = parser.parse_args()
    judged = read_judged(given.judged) if given.judged else {}
    replayed: dict[str, list[Row]] = {}
    start = time.process_time()
    for path in given.clones:
        rows = replayed[clone_name(path)] = []
        for row in replay(path, given.commits):
            rows.append(row)
            if given.list and row.stops("agent"):
                print(*rows_of(row, judged), sep="\n", flush=True)
    print(table(replayed, judged))
    print()
    print(precision([row for rows in replayed.values() for row in rows], judged))
    print(f"\n{time.process_time() - start:.0f} s of processor time", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
