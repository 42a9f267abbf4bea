"""The types that walk from two trees to a verdict.

Paths are `str` relative to the repository's root with `/` between parts; bytes that are not UTF-8
are kept as surrogate escapes (`os.fsdecode`), so that every path git can name can be named here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from qualitygate.frozen import NamedTuple

Direction = Literal["debt", "safeguard"]
"""`debt` may not grow, a `safeguard` may not shrink."""

Policy = Literal["ratchet", "clean", "shown"]
"""`ratchet`: no more than base has; `clean`: none in the tree; `shown`: reported, never blocks."""

Fixable = Literal["", "safe", "removes"]
"""`safe`: the tool that found it can mend it; `removes`: so it can, by taking away a name that is not used (yet)."""

TIERS = ("edit", "commit", "push", "full")
"""The moments at which a check can run, each with all before it."""

Status = Literal["passed", "failed", "accepted", "undecided"]


class Entry(NamedTuple):
    """One file of a tree: git's octal mode (`100644`, `120000`, ...) and blob id."""

    mode: str
    blob: str

    @property
    def is_file(self) -> bool:
        return self.mode in ("100644", "100755", "100664")


Entries = Mapping[str, Entry]


class Tree(NamedTuple):
    """A git tree, complete and immutable: what a check looks at.

    `id` is git's tree id; a tree that was assembled (base under head's configuration) keeps the id
    of the tree it was made from. `origin` says in words where it comes from. `files` lists it, or is
    what lists it when somebody asks: a tree that passed before is never listed.
    """

    id: str
    files: Entries | Callable[[], Entries]
    origin: str

    @property
    def entries(self) -> Entries:
        return self.files() if callable(self.files) else self.files


class Finding(NamedTuple):
    """One thing that one check has to say about one place. Lines and columns count from 1, 0 is unknown.

    `name` is the tool's own stable name for it (the id of a test), which alone then identifies it in the other tree.
    `grave`: it is about security, or about silencing a tool; where its code is edited, it is new, not touched.
    """

    check: str
    rule: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    direction: Direction = "debt"
    fix: str = ""
    name: str = ""
    fixable: Fixable = ""
    grave: bool = False


class Outcome(NamedTuple):
    """How one test fared. `said`: why it was not executed, in the runner's words. No `name`: it is about the file."""

    path: str
    name: str
    state: Literal["passed", "failed", "skipped"]
    said: str = ""
    line: int = 0


class Report(NamedTuple):
    """What a check found in one tree.

    `looked_at` counts the files really analysed. A `reason` makes the report incomplete: absence of
    findings then proves nothing, and the check is undecided. `tests`: of a check that runs tests, how each fared that
    the runner told of; None where that is not known. `passed_over`: files that were asked for and not looked at, where
    the check can name them.
    """

    findings: tuple[Finding, ...]
    looked_at: int
    reason: str = ""
    tests: tuple[Outcome, ...] | None = None
    passed_over: tuple[str, ...] = ()


class CheckResult(NamedTuple):
    """One line of the verdict's table: how one check fared on head. `files` counts what it looked at, in `unit`.

    `cache` says of each tree what was known of it, and why the rest was not.
    """

    check: str
    tool: str
    version: str
    files: int
    state: Literal["passed", "failed", "shown", "accepted", "undecided", "skipped"]
    cached: bool
    seconds: float
    reason: str = ""
    unit: str = "file"
    cache: str = ""


class Base(NamedTuple):
    """A tree that findings may be known from, and why.

    `assumed`: taken for want of anything trusted; a verdict against it leaves no record.
    """

    tree: str
    commit: str
    why: str
    assumed: bool = False


class Acceptance(NamedTuple):
    """That a person let a tree through: who, when (seconds since 1970), why, and how many findings it had.

    `wip`: unfinished work on a branch, where `reason` may be empty. `final`: nobody else will be
    asked, the tree is known from now on.
    """

    tree: str
    who: str
    when: int
    reason: str
    findings: int
    wip: bool = False
    final: bool = False


class Carrier(NamedTuple):
    """A commit that no record stands for, and what it brought of what blocks now."""

    commit: str
    subject: str
    findings: tuple[Finding, ...]


class Waiver(NamedTuple):
    """What may pass although it is found: a rule (`tests:*`), a glob of paths, why, and the day after which it may not.

    `name` is that of one finding (the id of a test); "" stands for all. `expires` is `2027-01-31`, "" in what is only
    asked for. `by`: who granted it, or asked.
    """

    rule: str
    path: str
    reason: str
    expires: str = ""
    name: str = ""
    by: str = ""


class Verdict(NamedTuple):
    """What the gate says of one pair of trees.

    `debt` counts the known findings per check. `fingerprints` gives each finding that is listed its
    stable id, `on_changed_lines` those that stand on lines which the change added or edited. `accepted`
    would be new, had a person not let it through; `acceptances` say who. `origins`: which settings
    (`checks.ruff.tier`) stand in shared settings, and in which. `waived` would block, had a waiver on the trusted
    ref not let them pass. `carriers`: earlier commits that went past the gate, with what blocks for their sake.
    """

    status: Status
    head: Tree
    bases: tuple[Base, ...]
    new: tuple[Finding, ...] = ()
    lost: tuple[Finding, ...] = ()
    touched: tuple[Finding, ...] = ()
    revealed: tuple[Finding, ...] = ()
    hidden: tuple[Finding, ...] = ()
    shown: tuple[Finding, ...] = ()
    known: int = 0
    fixed: int = 0
    checks: tuple[CheckResult, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    recorded: bool = False
    debt: Mapping[str, int] = {}
    fingerprints: Mapping[Finding, str] = {}
    on_changed_lines: frozenset[Finding] = frozenset()
    accepted: tuple[Finding, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    origins: Mapping[str, str] = {}
    waived: tuple[Finding, ...] = ()
    carriers: tuple[Carrier, ...] = ()

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What keeps the verdict from passing."""
        return (*self.new, *self.lost, *self.hidden)

    def fingerprint(self, finding: Finding) -> str:
        """The stable id of a finding that is listed; "" where none was worked out."""
        return self.fingerprints.get(finding, "")


class Check(NamedTuple):
    """One configured run of one tool, as compiled from `qualitygate.toml`."""

    name: str
    tool: str
    policy: Policy
    tier: str
    version: str
    options: Mapping[str, Any]
