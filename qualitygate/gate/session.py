"""What all checks of one run share: how to judge, and the bases with what is derived from them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from qualitygate import git, git_diffs
from qualitygate.checks import traits
from qualitygate.checks.catalogue import used_by
from qualitygate.checks.scope import root_of
from qualitygate.checks.tool import Tool, settings_files
from qualitygate.frozen import NamedTuple
from qualitygate.gate import listing
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.matching import Delta
from qualitygate.gate.planning import Gate, who
from qualitygate.gate.policy import GatePolicy
from qualitygate.gate.sides import changed_paths
from qualitygate.gate.snapshot import Laid, Layout
from qualitygate.gate.state import digest
from qualitygate.gate.surroundings import Around, Surroundings
from qualitygate.gate.trees import under_configuration
from qualitygate.git import Repo
from qualitygate.git_diffs import FileDiff
from qualitygate.model import Base, Check, Entries, Tree


class Session(NamedTuple):
    """Everything that the checks of one run share. `deadline` is of the monotonic clock, `actor` whose change it is.

    `started` is told of each check whose program runs.
    """

    repo: Repo
    shared: Path
    place: Path
    tools: Mapping[str, Tool]
    policy: GatePolicy
    around: Around
    tier: str
    everything: bool
    deadline: float
    progress: Callable[[str], None]
    actor: str = "person"
    started: Callable[[str], None] = lambda name: None

    def around_of(self, check: Check) -> Surroundings:
        """What this check may use besides the trees."""
        return self.around[root_of(check)]


def open_session(gate: Gate, reader: Repo, policy: GatePolicy, surroundings: Around, deadline: float) -> Session:
    """A session of this gate; `reader` is the repo that can read head."""
    return Session(
        repo=reader,
        shared=gate.state.shared,
        place=gate.state.worktree,
        tools=used_by(gate.tools, (check.tool for check in policy.checks)),
        policy=policy,
        around=surroundings,
        tier=gate.tier,
        everything=gate.everything,
        deadline=deadline,
        progress=gate.progress,
        actor=who(gate, policy),
    )


class BaseTree:
    """One base, and what is derived from it and head only when some check needs it.

    `lay_out` makes the place for some of its files (True: whoever looks at one reads no other), `diff` says how head
    differs (True: whatever the white space). `fork`: nothing is known from it, it is what the sides of a merge have
    in common. `changed`: in which paths head differs, where that is known already.
    """

    def __init__(
        self,
        base: Base,
        tree: Tree,
        head: Tree,
        config_files: frozenset[str],
        lay_out: Callable[[str, Entries, bool], Laid],
        diff: Callable[[bool], list[FileDiff]],
        *,
        fork: bool = False,
        changed: frozenset[str] | None = None,
    ) -> None:
        self.base = base
        self.fork = fork
        self.tree = tree
        self._head = head
        self._guard = threading.Lock()
        self._differs: dict[bool, list[FileDiff]] = {}
        self._diff = diff
        self._own: Laid | None = None
        self._lay_out = lay_out
        self.changed = changed_paths(head.entries, tree.entries) if changed is None else changed
        self.configured: Entries = under_configuration(tree.entries, head.entries, config_files, self.changed)
        same = self.configured is tree.entries
        self.changed_configured = self.changed if same else changed_paths(head.entries, self.configured)
        self.layout = lay_out("", self.configured, False)
        for files in (tree.entries, self.configured):
            if all((path in files) == (path in head.entries) for path in self.changed_configured | self.changed):
                listing.same_paths(files, head.entries)

    def entries_for(self, tool: Tool) -> Entries:
        """Base's files as this tool must see them: a tool with settings sees head's."""
        return self.configured if tool.config_files else self.tree.entries

    def changed_for(self, tool: Tool) -> frozenset[str]:
        """The paths in which head differs from what `entries_for` gives."""
        return self.changed_configured if tool.config_files else self.changed

    def layout_for(self, check: Check, tool: Tool, files: tuple[str, ...]) -> Laid:
        """Where they are laid out; for a tool that reads nothing but its files just those, in a place of the check."""
        if tool.config_files or tool.reads != "self" or traits.heeds(tool):
            return self.layout
        # Not of the tool: two checks may run the same one side by side, on other files.
        place = f"-plain-{tool.name}-{digest(check.name)[:8]}"
        return self._lay_out(place, {path: self.tree.entries[path] for path in files}, True)

    def own_layout(self) -> Laid:
        """Where it lies with its own settings, whatever head's are."""
        if self.configured is self.tree.entries:
            return self.layout
        with self._guard:
            if self._own is None:
                self._own = self._lay_out("-own", self.tree.entries, False)
            return self._own

    def differs(self, *, ignore_space: bool) -> list[FileDiff]:
        """git's diff from this base to head."""
        with self._guard:
            if ignore_space not in self._differs:
                self._differs[ignore_space] = self._diff(ignore_space)
            return self._differs[ignore_space]

    def delta(self) -> Delta:
        """Renames, line maps, and which files are the same."""
        differs = self.differs(ignore_space=True)
        hunks = {one.new: one.hunks for one in differs}
        renames = {one.new: one.old for one in differs if one.new != one.old}
        base, head = self.tree.entries, self._head.entries
        return Delta(
            renames,
            lambda path: LineMap(hunks[path]) if path in hunks else None,
            lambda path: path in head and base.get(renames.get(path, path)) == head[path],
        )


def base_tree(session: Session, base: Base, number: int, head: Tree, *, fork: bool = False) -> BaseTree:
    """A base that is a whole tree, laid out beside head's snapshot."""
    beside = head.id if head.entries else ""  # listed as its maker knows best; only then by what differs from it
    tree = Tree(base.tree, git.entries(session.repo, base.tree, beside=beside), base.why)
    place = session.place / f"base{number or ''}"
    return BaseTree(
        base,
        tree,
        head,
        settings_files(session.tools),
        lambda suffix, entries, alone: Layout(
            Path(f"{place}{suffix}"), session.repo, entries, tree.id if entries is tree.entries else "", alone=alone
        ),
        lambda ignore_space: git_diffs.diff(session.repo, tree.id, head.id, ignore_space=ignore_space),
        fork=fork,
        changed=git.differing(session.repo, base.tree, head.id),
    )
