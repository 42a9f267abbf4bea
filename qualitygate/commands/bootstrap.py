"""`qualitygate bootstrap`: inspect, plan, prove, write, install."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from qualitygate import git, git_trees, hook_scripts
from qualitygate.bootstrap import agent_files, ci_files, gatefile, journal, manager_files
from qualitygate.bootstrap.agent_proof import AgentProof, prove_agents
from qualitygate.bootstrap.compose import compose
from qualitygate.bootstrap.deciding.ground import Ground, as_check
from qualitygate.bootstrap.draft import Draft, Mark
from qualitygate.bootstrap.existing_gate import Standing, absent_from, candidates
from qualitygate.bootstrap.gatefile import Hooks
from qualitygate.bootstrap.growing import NOTHING, extends, taken_out
from qualitygate.bootstrap.house_rules import HouseRule
from qualitygate.bootstrap.instructions import Clone, add_instructions, refresh_instructions
from qualitygate.bootstrap.plan import LeftOut, Plan, PlannedCheck
from qualitygate.bootstrap.prove import Proof, prove
from qualitygate.bootstrap.replay import Replay, replay
from qualitygate.bootstrap.scopes import all_roots
from qualitygate.bootstrap.scratch import Scratch, keep_results, open_scratch, ruff_rules, tree_with
from qualitygate.bootstrap.tool_environment import make
from qualitygate.bootstrap.uncovered import Uncovered, uncovered
from qualitygate.checks import tool_environment
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.project_commands import Stated
from qualitygate.checks.scope import root_of
from qualitygate.checks.tool import Project
from qualitygate.commands.install import InstallResult, ensure_trust, put_in
from qualitygate.config import FILE_NAME
from qualitygate.defaults import compile_any
from qualitygate.errors import GitError, QualityGateError, ToolError
from qualitygate.extension import compile_extended
from qualitygate.frozen import NamedTuple
from qualitygate.gate import policy as policies
from qualitygate.gate import records, trust
from qualitygate.gate.state import locate
from qualitygate.gate.surroundings import project_at
from qualitygate.gate.trees import head_of
from qualitygate.git import Repo
from qualitygate.inspection.facts import Facts
from qualitygate.inspection.inspect import inspect
from qualitygate.locations import EXTENDED
from qualitygate.model import Check
from qualitygate.playbook import Playbook, applies, load_playbooks
from qualitygate.rulebook.force import Sight, own_rules

JOURNAL = "journal"
_LAST = 100
_SECONDS = 20.0
"""How many commits are replayed, within which time."""
MANAGERS = ("pre-commit", "prek")
"""Who installs the git hooks instead of us, when asked to."""


class Options(NamedTuple):
    """What was asked on the command line."""

    dry_run: bool = False
    trust: bool = False
    no_install: bool = False
    manager: str = "auto"
    hook_repo: str = ""
    hook_rev: str = ""
    agents: str = agent_files.AUTO
    ci: str = ci_files.AUTO


class BootstrapResult(NamedTuple):
    """What was planned, proven and done. `installed` is None for a dry run or `--no-install`.

    `unborn`: there was no commit yet.
    """

    root: Path
    facts: Facts
    plan: Plan
    proofs: tuple[Proof, ...]
    written: tuple[str, ...]
    installed: InstallResult | None
    dry_run: bool
    trusted: bool
    again: bool = False
    manager: str = ""
    replay: Replay | None = None
    agents: tuple[AgentProof, ...] = ()
    unborn: bool = False
    existing: tuple[Standing, ...] = ()
    house_rules: tuple[HouseRule, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()


_NOTHING_FITS, _ADD_FILES = "no check fits what is tracked here", "add files, then run bootstrap again"


def bootstrap(
    path: Path,
    *,
    options: Options,
    ask: Callable[[str], bool] | None,
    progress: Callable[[str], None] = lambda text: None,
) -> BootstrapResult:
    """Set up a gate. Nothing is written before every check is proven; an error leaves everything as it was."""
    repo = git.find_repo(path)
    _refuse(repo, options)
    journal.recover(locate(repo).shared / JOURNAL)
    draft, case = _inspected(repo, options, ask, progress)
    with open_scratch(
        repo, TOOLS, compile_any, _installed(repo, trusted=case.trusted), trusted=case.trusted
    ) as scratch:
        before = _compose(draft, scratch, case)
        decided = draft.mark()
        agents = _add_settings(draft, scratch, case)
        if options.dry_run:
            planned = BootstrapResult(repo.root, case.facts, draft.plan(), (), (), None, True, case.trusted, case.again)
            return _with_the_rest(planned, draft, case)
        proofs = _prove(scratch, draft, case)
        if _drop_unproven(draft, proofs, before, decided, case):
            agents = _add_settings(draft, scratch, case)
        # Before anything is written: who is not willing to wait can stop here and nothing has happened.
        settled = tuple(as_check(check) for check in draft.checks)
        replayed = None
        if git.head_commit(repo) is not None:
            replayed = replay(scratch, draft.files(), settled, last=_LAST, seconds=_SECONDS, progress=progress)
        result = _apply(scratch, draft, proofs, case)
        effective = () if options.no_install else prove_agents(repo.root, agents)
        return _with_the_rest(result._replace(replay=replayed, agents=effective, unborn=replayed is None), draft, case)


class _Case(NamedTuple):
    """What is known before anything is planned.

    `agents` are those that are to be registered, `again`: there is a gate already. `trusted`: the project's own
    programs may run, `may_try`: so may the commands that are no check yet.
    """

    repo: Repo
    facts: Facts
    options: Options
    agents: tuple[agent_files.Chosen, ...]
    playbooks: tuple[Playbook, ...]
    progress: Callable[[str], None]
    again: bool
    trusted: bool
    may_try: bool


def _inspected(
    repo: Repo, options: Options, ask: Callable[[str], bool] | None, progress: Callable[[str], None]
) -> tuple[Draft, _Case]:
    agents = agent_files.choose(repo.root, options.agents)
    progress("inspecting")
    facts = inspect(repo.root)
    _refuse_broken(facts)
    with head_of(repo) as (_, head):
        names = head.entries
    playbooks = _playbooks(facts, names)
    read = _reader(repo.root)
    again = read(FILE_NAME) is not None
    if not again and not names:
        raise QualityGateError(_NOTHING_FITS, hint=_ADD_FILES)
    draft = _kept(repo, read) if again else Draft(read)
    roots = {"", *(root_of(as_check(check)) for check in draft.checks), *all_roots(playbooks, TOOLS, facts, names)}
    tried = candidates(facts, draft.checks, absent_from(repo.root))
    may_try = not options.dry_run and ensure_trust(repo, trust_it=options.trust, ask=ask, roots=roots, tried=tried)
    # What was agreed to before holds on, whatever is said of commands that no check runs yet.
    trusted = may_try or (again and not options.dry_run and ensure_trust(repo, trust_it=False, ask=None, roots=roots))
    return draft, _Case(repo, facts, options, agents, playbooks, progress, again, trusted, may_try)


def _compose(draft: Draft, scratch: Scratch, case: _Case) -> Mark:
    """Plan the checks; where the draft stood before. Raises QualityGateError where none fits."""
    fetch = _fetcher(case.options, case.progress)
    if case.again:
        for package in {TOOLS[check.tool].package for check in draft.checks} & set(tool_environment.PINNED):
            fetch(package)
    taken = taken_out(case.repo, locate(case.repo).shared / JOURNAL, draft.kept) if case.again else NOTHING
    before = draft.mark()
    if not (case.again and extends(draft.read(FILE_NAME) or b"")):  # who shares settings says there what is checked
        ground = Ground(scratch, case.facts, case.playbooks[0], fetch, may_try=case.may_try)
        compose(draft, ground, case.playbooks, case.progress, taken)
    if not draft.checks:
        raise QualityGateError(_NOTHING_FITS, hint=_ADD_FILES)
    return before


def _drop_unproven(draft: Draft, proofs: tuple[Proof, ...], before: Mark, decided: Mark, case: _Case) -> bool:
    """Take out what could not be proven, and what it would need; whether anything was. Raises QualityGateError where
    nothing is left."""
    proven = draft.added() or tuple(draft.checks)
    unsound = tuple(check for check in proven if not _proof(proofs, check.name).holds)
    if unsound == tuple(draft.checks):
        raise QualityGateError(
            "no check could be proven here: " + "; ".join(f"{p.check}: {p.reason}" for p in proofs),
            hint="nothing was written; `qualitygate bootstrap --dry-run` shows the plan",
        )
    if not unsound or not draft.added():
        return False
    # With nothing to add, what a check of it would need is not written either.
    none_new = case.again and unsound == proven
    draft.rewind(before._replace(left_out=decided.left_out) if none_new else decided)
    draft.drop(unsound)
    draft.left_out += [LeftOut(check.name, _proof(proofs, check.name).reason) for check in unsound]
    return True


def _with_the_rest(result: BootstrapResult, draft: Draft, case: _Case) -> BootstrapResult:
    """The result with what is in the repository besides the checks that are planned."""
    left = uncovered(case.facts, case.playbooks, result.plan)
    return result._replace(uncovered=left, existing=draft.existing, house_rules=draft.house_rules)


def _add_settings(draft: Draft, scratch: Scratch, case: _Case) -> tuple[agent_files.Chosen, ...]:
    """Plan all files that follow from the checks; returns the agents that will be registered."""
    repo, facts, options, agents, again = case.repo, case.facts, case.options, case.agents, case.again
    places = [row.path for row in facts.environments if not row.hostile]
    unignored = tuple(place for place in places if not git.is_ignored(repo, place))
    if not again:
        with head_of(repo) as (_, head):
            managers = manager_files.chosen(manager_files.find(head.entries, draft.read), options.manager)
        hooks = Hooks(options.hook_repo, options.hook_rev, options.manager, managers)
        gatefile.add_gate(draft, tuple(draft.checks), hooks, unignored)
    elif draft.added():
        gatefile.add_checks(draft, unignored)
    ci_files.add_ci(draft, repo, facts, ci_files.Asked(options.ci, again))
    # A person who took the registration out again is not overruled by a second run, only by a word.
    new = not again or options.agents != agent_files.AUTO
    agents = agent_files.add_agents(draft, agents) if new else agent_files.registered(draft, agents)
    tell = refresh_instructions if again else add_instructions
    tell(draft, _sight(scratch, draft), Clone(repo.root, lambda path: git.is_ignored(repo, path)))
    return agents


def _refuse(repo: Repo, options: Options) -> None:
    for name in ("rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD"):
        if (repo.git_dir / name).exists():
            what = "a rebase" if name.startswith("rebase") else "a merge or cherry-pick"
            raise GitError(f"{what} is in progress here", hint="finish or abort it first")
    if bool(options.hook_repo) != bool(options.hook_rev):
        raise QualityGateError("--hook-repo and --hook-rev go together", hint="give both, or none")
    for place in (repo.root, repo.common_dir):
        if not os.access(place, os.W_OK) and not options.dry_run:
            raise QualityGateError(f"cannot write to {place}", hint="make it writable, or run as its owner")


def _refuse_broken(facts: Facts) -> None:
    # Only what the gate itself would have to read or edit; other broken files are findings, not obstacles.
    ours = {"pyproject.toml", "ruff.toml", ".ruff.toml", "mypy.ini", "setup.cfg", ".pre-commit-config.yaml", FILE_NAME}
    for broken in facts.broken_configuration:
        if broken.path in ours:
            where = f"{broken.path}:{broken.line}" if broken.line else broken.path
            raise QualityGateError(f"{where}: {broken.reason}", hint="mend the file, then run bootstrap again")


def _playbooks(facts: Facts, names: Collection[str]) -> tuple[Playbook, ...]:
    """Those that apply: the stack of most lines first, what holds for all repositories last."""
    found = [p for p in load_playbooks(tools=tuple(TOOLS)) if applies(p, languages=facts.languages, paths=names)]
    lines = {name: language.lines for name, language in facts.languages.items()}
    return tuple(sorted(found, key=lambda p: (p.always, -sum(lines.get(name, 0) for name in p.languages), p.stack)))


def _installed(repo: Repo, *, trusted: bool) -> Callable[[str], Project]:
    return (lambda root: project_at(repo, root)) if trusted else (lambda root: Project())


def _fetcher(options: Options, progress: Callable[[str], None]) -> Callable[[str], str]:
    """What makes the environment of a tool that needs one of its own; it returns why that could not be had."""
    failed: dict[str, str] = {}

    def fetch(package: str) -> str:
        if options.dry_run:
            return "not on this machine yet; without --dry-run bootstrap fetches it"
        if package not in failed:
            try:
                make(progress, (package,))
            except ToolError as exc:
                failed[package] = exc.message
        return failed.get(package, "")

    return fetch


def _reader(root: Path) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        place = root / path
        if place.is_symlink() or (place.exists() and not place.is_file()):
            raise QualityGateError(f"{path} is not a regular file", hint="replace it with a file")
        return place.read_bytes() if place.exists() else None

    return read


def _kept(repo: Repo, read: Callable[[str], bytes | None]) -> Draft:
    """The gate that is here already: its checks are proven again, and no file is touched."""
    draft = Draft(read)
    held = policies.on_disk(repo.root)
    policy = compile_extended(held.pop(FILE_NAME, b""), held, file=FILE_NAME, tools=tuple(TOOLS))
    draft.kept = tuple(PlannedCheck(**check, adopted=True) for check in policy["checks"])
    draft.checks = list(draft.kept)
    for path in git_trees.changed_files(repo):
        settings = path.startswith(EXTENDED) or (path.endswith((".toml", ".ini", ".cfg")) and "/" not in path)
        data = read(path) if settings else None
        if data is not None:
            draft.trial[path] = data
    return draft


def _sight(scratch: Scratch, draft: Draft) -> Sight:
    """The settings as the plan leaves them."""
    known: dict[str, frozenset[str] | str] = {}

    def enabled(check: Check) -> frozenset[str] | str:
        if check.tool != "ruff":
            return "not asked here"
        if check.name not in known:
            known[check.name] = ruff_rules(scratch, check, draft.files())
        return known[check.name]

    own = own_rules(git.entries(scratch.gate.repo, scratch.head), draft.read)
    return Sight(tuple(as_check(check) for check in draft.checks), FILE_NAME, draft.read, enabled, own)


def _prove(scratch: Scratch, draft: Draft, case: _Case) -> tuple[Proof, ...]:
    checks = draft.added() or tuple(draft.checks)
    planned = {check.name: check for check in checks}
    as_checks: Mapping[str, Check] = {check.name: as_check(check) for check in checks}
    seeds = tuple(seed for playbook in case.playbooks for seed in playbook.seeds)
    return prove(scratch, planned, as_checks, draft.files(), case.facts, seeds, case.progress)


def _proof(proofs: tuple[Proof, ...], name: str) -> Proof:
    return next(proof for proof in proofs if proof.check == name)


def _keep_trust(repo: Repo, scratch: Scratch, draft: Draft, tried: Sequence[Stated]) -> None:
    """What was agreed to holds for the commit that will have these settings, too, whoever makes it.

    `tried` are the commands of the project that became no check: a later run asks of them no more.
    """
    reader, tree = tree_with(scratch, draft.files())
    entries = git.entries(reader, tree)
    read = trust.reader(reader, entries, TOOLS)
    for root in sorted({"", *(root_of(as_check(check)) for check in draft.checks)}):
        trust.grant(repo, trust.all_keys(read, entries, TOOLS, root) | trust.keys_to_try(read, tried))


def _apply(scratch: Scratch, draft: Draft, proofs: tuple[Proof, ...], case: _Case) -> BootstrapResult:
    repo, options, again = case.repo, case.options, case.again
    shared = locate(repo).shared
    installed: list[InstallResult] = []
    new = not again and records.adopted(shared) is None

    def before_commit() -> None:
        if new:
            head = git.head_commit(repo)
            # Before the first commit there is nothing to tolerate: it is judged whole.
            records.adopt(shared, head or "", scratch.head if head else git.empty_tree(repo))
        if options.no_install:
            return
        if options.manager in MANAGERS:
            hook_scripts.write_where(shared)
        else:
            installed.append(put_in(repo, trust_it=False, ask=None))

    plan = draft.plan()
    applied = journal.apply(repo.root, plan.edits, shared / JOURNAL, before_commit=before_commit)
    keep_results(scratch)
    if case.trusted:
        tried = candidates(case.facts, draft.checks, absent_from(repo.root)) if case.may_try else ()
        _keep_trust(repo, scratch, draft, tried)
    result = installed[0] if installed else None
    return BootstrapResult(
        repo.root, case.facts, plan, proofs, applied.written, result, False, case.trusted, again, options.manager
    )
