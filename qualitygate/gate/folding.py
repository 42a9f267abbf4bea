"""One finding for one thing: of what two checks say of the same code, one is told and stands for the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qualitygate.checks.scope import root_of
from qualitygate.frozen import NamedTuple
from qualitygate.model import Check, Finding


class Told(NamedTuple):
    """Findings, each once; `again` are those that were left out, each with the one that stands for it."""

    once: tuple[Finding, ...]
    again: tuple[tuple[Finding, Finding], ...] = ()

    def with_again(self, some: Iterable[Finding]) -> tuple[Finding, ...]:
        """Some of them, and those for which they stand."""
        some = tuple(some)
        return (*some, *(left_out for left_out, one in self.again if one in some)) if self.again else some


class _Same(NamedTuple):
    """`folded` says nothing that one of `left` does not say when it begins at most `below` lines under it."""

    folded: frozenset[str]
    left: frozenset[str]
    below: int


_SWALLOWED = frozenset(
    (
        *("semgrep:swallowed-exception", "semgrep:swallowed-error", "ruff:S110", "ruff:S112", "eslint:no-empty"),
        *("oxlint:no-empty", "biome:noEmptyBlockStatements", "rubocop:Lint/SuppressedException"),
    )
)
_NOT_RUN = frozenset(("tests:not-run", "tests:not-run-with-code"))
"""What the runner says of a test that may be skipped, so that nobody has to say that it may."""
_HIDING = frozenset(("suppression:project-wide", "suppression:layout"))
_SAME = (
    # Rules of tools point at the body or at the whole of `try`; most do not let a handler pass that gives a reason.
    _Same(frozenset(("handlers:empty-broad",)), _SWALLOWED, 3),
    # Whoever names the rule is asked for the reason next; ours asks for both.
    _Same(
        frozenset(("ruff:PGH003", "ruff:PGH004", "eslint:@eslint-community/eslint-comments/no-unlimited-disable")),
        frozenset(("suppression:blanket", "suppression:file-wide")),
        0,
    ),
)


def told_once(checks: Sequence[Check], found: tuple[Finding, ...]) -> Told:
    """The findings without those that say again what another one says, of which each stands for those left out."""
    if len({finding.check for finding in found}) < 2:
        return Told(found)
    inner = _of_inner(checks, found)
    same = folded([finding for finding in found if finding not in inner])
    again = {finding: same.get(one, one) for finding, one in inner.items()} | dict(same)
    return Told(tuple(finding for finding in found if finding not in again), tuple(again.items()))


def shown_once(shown: tuple[Finding, ...], found: Sequence[Finding]) -> tuple[Finding, ...]:
    """What is only shown, without what one of `found`, or of the others that are shown, says of the same thing."""
    if not shown:
        return shown
    others = (*found, *shown)
    off = {_test(one.name) for one in others if one.rule in _NOT_RUN}
    hidden = {(one.path, one.line) for one in others if one.rule in _HIDING}
    return tuple(
        one
        for one in shown
        if not (one.rule == "settings:linter" and (one.path, one.line) in hidden)
        and not (one.rule == "tests:skipped-conditionally" and _is_among(_test(one.name), off))
    )


def _test(name: str) -> str:
    """The name of a test whoever names it."""
    return name.replace("::", " ").replace(" > ", " ")


def _is_among(name: str, off: set[str]) -> bool:
    """Whether a test, or one of a file, is known not to run: its condition holds."""
    return any(one == name or one.startswith(f"{name} ") or name.startswith(f"{one} ") for one in off)


def _of_inner(checks: Sequence[Check], found: Sequence[Finding]) -> Mapping[Finding, Finding]:
    """What checks of one tool say alike because their folders overlap, with what the innermost of them says."""
    known = {check.name: check for check in checks}

    def key(finding: Finding) -> tuple[str, Finding]:
        check = known.get(finding.check)
        return check.tool if check else finding.check, finding._replace(check="")

    def depth(finding: Finding) -> int:
        check = known.get(finding.check)
        return len(root_of(check)) if check else 0

    best: dict[tuple[str, Finding], Finding] = {}
    for finding in found:
        other = best.setdefault(key(finding), finding)
        if depth(finding) > depth(other):
            best[key(finding)] = finding
    stands = ((finding, best[key(finding)]) for finding in found)
    return {finding: one for finding, one in stands if finding.check != one.check}


def folded(findings: Sequence[Finding]) -> Mapping[Finding, Finding]:
    """Findings that say again what another one says, each with that one. One stands for one: what is left is mended
    first, and any that was taken for the same without need is told then.
    """
    found: dict[Finding, Finding] = {}
    for same in _SAME:
        there = [one for one in findings if one.rule in same.left]
        for finding in findings if there else ():
            if finding.rule not in same.folded:
                continue
            near = [one for one in there if _meets(finding, one, same.below)]
            if near:
                found[finding] = min(near, key=lambda one: abs(one.line - finding.line))
                there.remove(found[finding])
    return found


def _meets(finding: Finding, other: Finding, below: int) -> bool:
    last = max(other.line, other.end_line)
    return other.path == finding.path and other.line - below <= finding.line <= last
