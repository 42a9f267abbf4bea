"""Whatever is killed, and wherever: the work tree and the index are as they were, and the next run does its work."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import dying
from tests.dying import Death
from tests.footprint import footprint, gate
from tests.support import git, make_repo, write

GOOD = "import os\n\nprint(os.name)\n"
BAD = "import sys\n"
GATE = {
    "qualitygate.toml": "schema = 1\n[checks.ruff]\n[checks.markers]\n",
    "ruff.toml": '[lint]\nselect = ["F"]\n',
    ".gitignore": "ignored/\n",
}
SIGNALS = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
EVERY = 10_000
deaths = pytest.mark.parametrize(
    ("number", "count"),
    [("SIGKILL", 3), ("SIGINT", 2)] + [pytest.param(number, EVERY, marks=pytest.mark.slow) for number in SIGNALS],
)


def partly_staged(root: Path) -> Path:
    """A gated clone: one file staged whole, one in part, unstaged edits, and what git does not know or ignores."""
    make_repo(root, {**GATE, "a.py": GOOD, "b.py": GOOD, "c.py": GOOD})
    assert gate(root, "install").code == 0
    write(root, {"a.py": GOOD + "x = 1\n", "b.py": GOOD + "x = 1\n"})
    git(root, "add", "-A")
    write(root, {"b.py": GOOD + "x = 1\n# unstaged\n", "c.py": GOOD + "# unstaged\n"})
    write(root, {"untracked.txt": "precious", "ignored/precious": b"\0\xff", "run.sh": "#!/bin/sh\n"})
    (root / "run.sh").chmod(0o754)
    return root


@contextmanager
def from_the_start(root: Path, home: Path) -> Iterator[Callable[[], None]]:
    """What puts the repository, and all that the gate knows, back to how it is now."""
    kept = root.parent / "kept"
    shutil.copytree(root, kept, symlinks=True)

    def again() -> None:
        for place in (root, home / "cache"):
            shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(kept, root, symlinks=True)
        git(root, "update-index", "-q", "--refresh", check=False)

    yield again


def locks(root: Path) -> list[str]:
    """Locks of git, and what was to become an index."""
    found = (*root.glob(".git/**/*.lock"), *root.glob(".git/index.*"))
    return sorted(path.name for path in found if "qualitygate" not in path.parent.parts)


def numbered(steps: tuple[str, ...], count: int) -> list[int]:
    return dying.sample(range(1, len(steps) + 1), count)


@deaths
@pytest.mark.parametrize("argv", [("run",), ("run", "--staged")], ids=" ".join)
def test_a_run_that_is_killed_at_any_step_has_changed_nothing(
    tmp_path: Path, own_home: Path, argv: tuple[str, ...], number: str, count: int
) -> None:
    root = partly_staged(tmp_path / "r")
    write(root, {"a.py": GOOD + BAD})
    git(root, "add", "a.py")
    with from_the_start(root, own_home) as again:
        again()
        before = footprint(root)
        whole = dying.run(root, *dying.command(*argv))
        assert (whole.code, footprint(root)) == (1, before), whole
        assert len(whole.steps) > 50
        for step in numbered(whole.steps, count):
            again()
            died = dying.run(root, *dying.command(*argv), death=Death(step, number))
            assert died.code != 0 and "passed:" not in died.out, (step, died)
            assert footprint(root) == before, (step, died)
            after = dying.run(root, *dying.command(*argv))
            assert (after.code, footprint(root)) == (1, before), (step, after)
            assert "a.py:4:8: ruff:F401" in after.out and locks(root) == []


@deaths
@pytest.mark.parametrize("hook", ["pre-commit", "prepare-commit-msg"])
def test_a_commit_whose_hook_is_killed_at_any_step_does_not_happen(
    tmp_path: Path, own_home: Path, hook: str, number: str, count: int
) -> None:
    root = partly_staged(tmp_path / "r")
    dying.hooks_of(root, tmp_path / "python")
    # Git runs the second one alone with --no-verify, and it then judges what the first would have.
    commit = ("git", "commit", "-qm", "x", *(["--no-verify"] if hook != "pre-commit" else []))
    with from_the_start(root, own_home) as again:
        again()
        whole = dying.run(root, *commit, death=Death(hook=hook))
        assert (whole.code, git(root, "log", "-1", "--format=%s")) == (0, "x"), whole
        for step in numbered(whole.steps, count):
            again()
            before = footprint(root)
            died = dying.run(root, *commit, death=Death(step, number, hook=hook))
            assert died.code != 0 and footprint(root) == before, (step, died)
            assert locks(root) == []
            after = dying.run(root, *commit)
            assert after.code == 0, (step, after)
            assert (root / "b.py").read_text().endswith("# unstaged\n")
            assert git(root, "show", "HEAD:b.py") == (GOOD + "x = 1\n").strip()
            assert git(root, "status", "--porcelain").splitlines() == [
                "M b.py",
                " M c.py",
                "?? run.sh",
                "?? untracked.txt",
            ]


@pytest.mark.parametrize("number", ["SIGKILL", "SIGINT"])
def test_a_commit_with_a_defect_never_comes_through_because_its_hook_was_killed(
    tmp_path: Path, own_home: Path, number: str
) -> None:
    root = partly_staged(tmp_path / "r")
    dying.hooks_of(root, tmp_path / "python")
    write(root, {"a.py": GOOD + BAD})
    git(root, "add", "a.py")
    with from_the_start(root, own_home) as again:
        again()
        whole = dying.run(root, "git", "commit", "-qm", "x", death=Death(hook="pre-commit"))
        assert whole.code == 1
        for step in numbered(whole.steps, 3):
            again()
            dying.run(root, "git", "commit", "-qm", "x", death=Death(step, number, hook="pre-commit"))
            for more in ((), ("--no-verify",)):
                after = dying.run(root, "git", "commit", "-qm", "x", *more)
                assert after.code == 1 and "F401" in after.err, (step, after)
            assert git(root, "log", "--format=%s") == "start"


def is_one_of(found: dict[str, object], *whole: dict[str, object]) -> list[str]:
    """The names of which neither state is there."""
    names = {name for state in (found, *whole) for name in state}
    return sorted(name for name in names if all(found.get(name) != state.get(name) for state in whole))


@deaths
@pytest.mark.parametrize("argv", [("fix",), ("fix", "--staged")], ids=" ".join)
def test_a_fix_that_is_killed_at_any_step_leaves_each_file_old_or_new(
    tmp_path: Path, own_home: Path, argv: tuple[str, ...], number: str, count: int
) -> None:
    root = partly_staged(tmp_path / "r")
    write(root, {"a.py": GOOD + BAD, "d.py": GOOD + BAD})
    git(root, "add", "a.py", "d.py")
    with from_the_start(root, own_home) as again:
        again()
        before = footprint(root)
        whole = dying.run(root, *dying.command(*argv))
        mended = footprint(root)
        assert whole.code == 0 and (root / "a.py").read_text() == GOOD and mended != before, whole
        steps = {*numbered(whole.steps, count // 2), *dying.sample(of_the_repository(root, whole.steps)[-12:], count)}
        for step in sorted(steps):
            again()
            died = dying.run(root, *dying.command(*argv), death=Death(step, number))
            found = footprint(root)
            odd = [name for name in is_one_of(found, before, mended) if name != "git"]
            if number == "SIGKILL" and "--staged" in argv:
                # As of git itself: its lock, which the next run knows for ours and takes away.
                odd = [name for name in odd if name != ".git/index.lock"]
            else:
                assert locks(root) == [], (step, died)
            assert odd == [], (step, died)
            after = dying.run(root, *dying.command(*argv))
            assert after.code == 0, (step, whole.steps[step - 1], after)
            assert footprint(root) == mended, (step, whole.steps[step - 1], after)
            assert locks(root) == [], step


@deaths
def test_an_accept_that_is_killed_at_any_step_lets_this_tree_through_or_nothing(
    tmp_path: Path, own_home: Path, number: str, count: int
) -> None:
    root = partly_staged(tmp_path / "r")
    write(root, {"a.py": GOOD + BAD})
    git(root, "add", "a.py")
    accept = dying.script(
        tmp_path / "accept.py",
        """
from pathlib import Path
from qualitygate.commands import accept
from qualitygate.error_handler import run
def main():
    question = accept.look(Path.cwd(), wip=False, terminal=True)
    accept.grant(question, typed=question.word, reason="a hotfix")
sys.exit(run(main))
""",
    )
    with from_the_start(root, own_home) as again:
        again()
        whole = dying.run(root, *accept)
        assert whole.code == 0, whole
        for step in numbered(whole.steps, count):
            again()
            before = footprint(root)
            died = dying.run(root, *accept, death=Death(step, number))
            assert died.code != 0 and footprint(root) == before, (step, died)
            lets = list(root.glob(".git/qualitygate/accepted/*/*.json"))
            if not lets:
                refused = dying.run(root, "git", "commit", "-qm", "x")
                assert refused.code == 1 and footprint(root) == before, (step, refused)
            assert dying.run(root, *accept).code == 0
            assert dying.run(root, "git", "commit", "-qm", "x").code == 0, step
            assert (root / "b.py").read_text().endswith("# unstaged\n")


def setting_up(root: Path) -> Path:
    """What bootstrap is quickly done with, but has files to write, files to change, and a hook to keep."""
    files: dict[str, str | bytes | None] = {
        "data.toml": "x = 1\n",
        "AGENTS.md": "# mine\n",
        ".pre-commit-config.yaml": "repos: []  # none yet\r\n",
    }
    make_repo(root, files)
    write(root, {"data.toml": "x = 2\n"})
    git(root, "add", "-A")
    write(root, {"data.toml": "x = 3\n", "untracked.txt": "precious", ".git/hooks/pre-commit": "#!/bin/sh\n"})
    (root / ".git/hooks/pre-commit").chmod(0o755)
    return root


def of_the_repository(root: Path, steps: tuple[str, ...]) -> list[int]:
    """The steps that touch the clone itself, hooks and journal too."""
    return [n for n, row in enumerate(steps, 1) if f"'{root}/" in row and "/.git/qualitygate/cache" not in row]


@pytest.mark.parametrize(
    ("number", "count"), [("SIGKILL", 2), *(pytest.param(number, 8, marks=pytest.mark.slow) for number in SIGNALS)]
)
@pytest.mark.parametrize("then", ["undo", pytest.param("bootstrap", marks=pytest.mark.slow)])
def test_a_bootstrap_that_is_killed_at_any_step_can_be_undone_or_run_again(
    tmp_path: Path, own_home: Path, then: str, number: str, count: int
) -> None:
    root = setting_up(tmp_path / "r")
    before = footprint(root)
    with from_the_start(root, own_home) as again:
        again()
        whole = dying.run(root, *dying.command("bootstrap"))
        made = footprint(root)
        assert whole.code == 0 and made != before, whole
        ours = of_the_repository(root, whole.steps)
        assert len(ours) > 20
        steps = {*numbered(whole.steps, count // 2), *dying.sample(ours, count // 2)}
        for step in sorted(steps):
            again()
            died = dying.run(root, *dying.command("bootstrap"), death=Death(step, number))
            after = dying.run(root, *dying.command(then))
            assert after.code == 0, (step, whole.steps[step - 1], died, after)
            assert footprint(root) == (before if then == "undo" else made), (step, whole.steps[step - 1], died)
            assert locks(root) == []


@pytest.mark.parametrize(
    ("number", "count"), [("SIGKILL", 4), *(pytest.param(number, 24, marks=pytest.mark.slow) for number in SIGNALS)]
)
def test_an_undo_that_is_killed_at_any_step_is_completed_by_the_next(
    tmp_path: Path, own_home: Path, number: str, count: int
) -> None:
    root = setting_up(tmp_path / "r")
    before = footprint(root)
    assert gate(root, "bootstrap").code == 0
    made = footprint(root)
    with from_the_start(root, own_home) as again:
        again()
        whole = dying.run(root, *dying.command("undo"))
        assert (whole.code, footprint(root)) == (0, before), whole
        for step in numbered(whole.steps, count):
            again()
            died = dying.run(root, *dying.command("undo"), death=Death(step, number))
            odd = [name for name in is_one_of(footprint(root), before, made) if name != "git"]
            after = dying.run(root, *dying.command("undo"))
            assert (after.code, footprint(root)) == (0, before), (step, whole.steps[step - 1], died, after)
            assert [name for name in odd if ".qualitygate" not in name] == [], (step, whole.steps[step - 1], died)


@deaths
def test_an_install_that_is_killed_at_any_step_leaves_the_hook_that_was_there_or_ours(
    tmp_path: Path, own_home: Path, number: str, count: int
) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    script = b"#!/bin/sh\n# caf\xe9\n"
    write(root, {".git/hooks/pre-commit": script})
    (root / ".git/hooks/pre-commit").chmod(0o755)
    before = footprint(root)
    with from_the_start(root, own_home) as again:
        again()
        whole = dying.run(root, *dying.command("install"))
        made = footprint(root)
        assert whole.code == 0 and made != before, whole
        hooks = [n for n, row in enumerate(whole.steps, 1) if "/.git/hooks/" in row]
        for step in sorted({*numbered(whole.steps, count // 2), *dying.sample(hooks, count)}):
            for then, wanted in (("install", made), ("uninstall", before)):
                again()
                died = dying.run(root, *dying.command("install"), death=Death(step, number))
                there = (root / ".git/hooks/pre-commit").read_bytes()
                assert there == script or b"qualitygate git hook" in there, (step, died)
                after = dying.run(root, *dying.command(then))
                assert (after.code, footprint(root)) == (0, wanted), (step, whole.steps[step - 1], after)


STORMS = [("run",), ("run", "--staged"), ("fix",), ("fix", "--staged")]


@pytest.mark.parametrize("count", [2, pytest.param(24, marks=pytest.mark.slow)])
@pytest.mark.parametrize("argv", STORMS, ids=" ".join)
def test_five_interrupts_in_a_row_from_any_step_on_leave_nothing_half_done(
    tmp_path: Path, own_home: Path, argv: tuple[str, ...], count: int
) -> None:
    """The later ones come while the first one is cleaned up after."""
    root = partly_staged(tmp_path / "r")
    write(root, {"a.py": GOOD + BAD})
    git(root, "add", "a.py")
    with from_the_start(root, own_home) as again:
        again()
        before = footprint(root)
        whole = dying.run(root, *dying.command(*argv))
        mended = footprint(root)
        steps = {*numbered(whole.steps, count), *of_the_repository(root, whole.steps)[-4:]}
        for step in sorted(steps):
            again()
            died = dying.run(root, *dying.command(*argv), death=Death(step, "SIGINT", times=5))
            assert died.code != 0 and "Traceback" not in died.err and "passed:" not in died.out, (step, died)
            odd = [name for name in is_one_of(footprint(root), before, mended) if name != "git"]
            assert odd == [] and locks(root) == [], (step, whole.steps[step - 1], died)
            after = dying.run(root, *dying.command(*argv))
            assert (after.code, footprint(root)) == (whole.code, mended), (step, after)
