"""Settings that a change made weaker, where no finding would tell: thresholds, hooks, steps of CI, the gate itself.

What an ignore list or a switch of a linter hides is judged by its effect elsewhere; here it is only shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from qualitygate.checks.safeguards.protocol import Pair, Rule
from qualitygate.checks.safeguards.stated.names import is_stated
from qualitygate.checks.tool import Reads
from qualitygate.locations import GIT_LAUNCHER, GITHUB_WORKFLOW, LAUNCHER
from qualitygate.model import Finding, Report

if TYPE_CHECKING:
    from qualitygate.checks.safeguards.stated.sides import Loss

name = "kept-settings"
title = "settings kept"
scope: Literal["pair"] = "pair"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = ""
facts_version = 2
wants = is_stated

Effect = Literal["block", "show"]


def _rule(kind: str, agent: Effect, person: Effect, why: str, fix: str) -> Rule:
    return Rule(f"settings:{kind}", agent, person, why, fix)


_ASK = "put it back; if it has to go, a person must say so"
_RUN = "what no longer runs finds nothing, and all looks well"
rules = (
    _rule(
        "coverage", "block", "show", "code without tests passes that did not", "write the tests; the threshold stays"
    ),
    _rule("coverage-scope", "show", "show", "what is left out of the measure is not tested, unseen", _ASK),
    _rule("hook-removed", "block", "show", _RUN, _ASK),
    _rule("hook-softened", "block", "show", "a hook that cannot fail stops nothing", _ASK),
    _rule("hook-scope", "show", "show", _RUN, _ASK),
    _rule("ci-step", "block", "show", _RUN, _ASK),
    _rule("ci-trigger", "show", "show", _RUN, _ASK),
    _rule("script-removed", "show", "show", _RUN, _ASK),
    _rule("softened", "block", "show", "a step that cannot fail stops nothing", "let it fail, and mend what it finds"),
    _rule("runs-fewer", "block", "show", _RUN, _ASK),
    _rule("replaced", "show", "show", "another program may find less", "see that it finds what the old one did"),
    _rule(
        "deselected",
        "block",
        "show",
        "tests that are left out find nothing",
        "let all of them run, and mend what fails",
    ),
    _rule("flag-dropped", "show", "show", "it was stricter", _ASK),
    _rule("collection", "show", "show", "tests that are not collected find nothing", _ASK),
    _rule("patience", "show", "show", "a test that passes at the third try is broken", "mend what makes it fail"),
    _rule("linter", "show", "show", "it finds less than it did", "mend what it finds"),
    _rule("gate", "block", "show", "the gate looks at less", _ASK),
    _rule("waivers", "show", "show", "a waiver lets a finding pass", "mend what it is about"),
    _rule("gate-removed", "block", "show", "without it nothing is checked", _ASK),
    _rule("agent-hook", "show", "show", "agents are no longer kept from what it refused", _ASK),
    _rule("owners", "block", "show", "nobody must approve changes there any more", _ASK),
    _rule("hidden-files", "show", "show", "what is hidden is reviewed by nobody", _ASK),
    _rule("unread", "show", "show", "nothing can be said of settings that cannot be read", "mend the file"),
)
_OURS = (LAUNCHER, GIT_LAUNCHER, GITHUB_WORKFLOW)


def extract(path: str, data: bytes, options: Mapping[str, Any]) -> Any:
    """What a file of settings states, as flat facts."""
    from qualitygate.checks.safeguards.stated import files  # here, because few commits change settings

    return files.read(path, data)


def compare(pair: Pair, options: Mapping[str, Any]) -> Report:
    """What head's settings demand less than base's; files that did not change are read too, for what moved there."""
    changed = sorted(path for path in pair.changed if wants(path))
    if not changed:
        return Report((), 0)
    from qualitygate.checks.safeguards.stated import calls, sides, weaker

    unread = [path for path in changed if "unread" in (pair.head_facts(path) or {})]
    gone = set(unread)
    turned = sides.unheard(pair.base) ^ sides.unheard(pair.head)  # as they were, and nobody reads all of them any more
    changed += [path for path in sorted(turned) if path not in pair.changed and path in pair.base]
    same = [path for path in pair.head if path not in pair.changed and path not in turned and wants(path)]
    around = sides.placed(pair.head_facts, same)
    left = sides.placed(pair.base_facts, (path for path in changed if path not in gone))
    right = sides.placed(pair.head_facts, (path for path in changed if path not in gone))
    left, right = sides.obeyed(left, pair.base), sides.obeyed(right, pair.head)
    folders = {"", *(path[:at] for path in pair.head for at, sign in enumerate(path) if sign == "/")}
    tools = {one.fact.tool for one in around}
    found = [*weaker.losses(left, right, tools, gone=lambda folder: folder not in folders)]
    found += calls.losses([*around, *left], [*around, *right])
    findings = [*_findings(pair, found), *_broken(pair, unread)]
    return Report(tuple(findings), sum(path in pair.changed for path in changed))


def _findings(pair: Pair, found: list[Loss]) -> Iterator[Finding]:
    from qualitygate.checks.safeguards.stated.gate_files import hides_source

    said: set[tuple[str, str]] = set()
    for loss in found:
        _, hidden, pattern = loss.name.partition(".gitignore+")
        if ":attributes." in loss.name:
            _, hidden, pattern = loss.name.partition("+")
        harmless = hidden and not hides_source(pattern, loss.path, {**pair.base, **pair.head})
        if harmless or (loss.rule, loss.name) in said:
            continue
        said.add((loss.rule, loss.name))
        rule, line = f"settings:{loss.rule}", loss.line
        yield Finding(name, rule, loss.path, line, min(line, 1), line, min(line, 1), loss.message, name=loss.name)
    for path in _OURS:
        if path in pair.base and path not in pair.head:
            rule = "settings:gate-removed"
            yield Finding(name, rule, path, 0, 0, 0, 0, f"`{path}` is gone: the gate is no longer called", name=path)


def _broken(pair: Pair, unread: list[str]) -> Iterator[Finding]:
    for path in unread:
        before = pair.base_facts(path)
        if before is None or "unread" not in before:
            reason = pair.head_facts(path)["unread"]
            yield Finding(name, "settings:unread", path, 0, 0, 0, 0, f"cannot be read: {reason}", name=path)
