from __future__ import annotations

import os
import resource
import signal
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.bootstrap.edits import Edit, add_toml_table, set_block
from qualitygate.bootstrap.journal import Recovered, Undone, apply, recover, undo
from qualitygate.errors import QualityGateError
from qualitygate.process import run

CHECKOUT = Path(__file__).resolve().parents[2]


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every path below root: its mode, and a file's bytes."""
    found = {}
    for path in sorted(root.rglob("*")):
        mode = path.lstat().st_mode
        found[path.relative_to(root).as_posix()] = (mode, path.read_bytes() if stat.S_ISREG(mode) else b"")
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "clone"
    (root / "src").mkdir(parents=True)
    (root / "a.toml").write_bytes(b"x = 1\r\n")
    (root / "src" / "b").write_bytes(b"no newline")
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o754)
    (root / "other").write_bytes(b"\0\xff")
    return root


EDITS = (
    Edit("a.toml", b"x = 1\r\n", add_toml_table(b"x = 1\r\n", "t", {"a": 1}), kind="toml"),
    Edit("src/b", b"no newline", set_block(b"no newline", "# {}", ["y"]), kind="block"),
    Edit("run.sh", b"#!/bin/sh\n", b"#!/bin/sh\nexit\n"),
    Edit("new/deep/c", None, b"new\n"),
    Edit("new/hook", None, b"#!/bin/sh\n", executable=True),
)


def test_apply_then_undo(root: Path, tmp_path: Path) -> None:
    before = snapshot(root)
    journal = tmp_path / "journal"
    assert apply(root, EDITS, journal).written == ("a.toml", "src/b", "run.sh", "new/deep/c", "new/hook")
    assert {edit.path: (root / edit.path).read_bytes() for edit in EDITS} == {edit.path: edit.after for edit in EDITS}
    assert stat.S_IMODE((root / "run.sh").stat().st_mode) == 0o754
    assert os.access(root / "new" / "hook", os.X_OK)
    assert not os.access(root / "new" / "deep" / "c", os.X_OK)
    assert len(snapshot(root)) == len(before) + 4
    assert recover(journal) == Recovered()

    done = undo(root, journal)
    assert set(done.restored) == {edit.path for edit in EDITS}
    assert (done.cut, done.refused) == ((), ())
    assert snapshot(root) == before
    assert undo(root, journal) == Undone()
    assert [path.name for path in journal.iterdir()] == ["lock"]


def test_what_is_as_planned_already_is_not_written(root: Path, tmp_path: Path) -> None:
    assert apply(root, [Edit("a.toml", b"anything", b"anything")], tmp_path / "journal").written == ()
    assert undo(root, tmp_path / "journal") == Undone()
    assert undo(root, tmp_path / "never") == Undone()
    assert recover(tmp_path / "never") == Recovered()


def test_two_runs_are_undone_together(root: Path, tmp_path: Path) -> None:
    before, journal = snapshot(root), tmp_path / "journal"
    apply(root, EDITS, journal)
    again = EDITS[0].after + b"# more\n"
    apply(root, [Edit("a.toml", EDITS[0].after, again), Edit("new/d", None, b"")], journal)
    done = undo(root, journal)
    assert snapshot(root) == before
    assert done.restored.count("a.toml") == 1


@pytest.mark.parametrize(
    ("change", "cut", "after"),
    (
        (("a.toml", b"y = 2\r\n" + EDITS[0].after), True, b"y = 2\r\nx = 1\r\n"),
        (("src/b", EDITS[1].after + b"\nmine\n"), True, b"no newline\nmine\n"),
        (("run.sh", b"#!/bin/sh\nexit 1\n"), False, b"#!/bin/sh\nexit 1\n"),
        (("new/hook", b"mine\n"), False, b"mine\n"),
        (("a.toml", b"t = 3\n"), False, b"t = 3\n"),
    ),
)
def test_a_file_that_was_changed_since(
    root: Path, tmp_path: Path, change: tuple[str, bytes], cut: bool, after: bytes
) -> None:
    path, data = change
    journal = tmp_path / "journal"
    apply(root, EDITS, journal)
    (root / path).write_bytes(data)
    done = undo(root, journal)
    assert (root / path).read_bytes() == after
    assert set(done.restored) == {edit.path for edit in EDITS} - {path}
    assert done.cut == ((path,) if cut else ())
    assert [refused.path for refused in done.refused] == ([] if cut else [path])
    again = undo(root, journal)
    assert again == (Undone() if cut else Undone(refused=done.refused))


def test_a_refused_file_comes_with_a_diff_and_another_try(root: Path, tmp_path: Path) -> None:
    before, journal = snapshot(root), tmp_path / "journal"
    apply(root, EDITS, journal)
    (root / "run.sh").write_bytes(b"#!/bin/sh\nexit 1")
    diff = undo(root, journal).refused[0].diff
    assert diff.splitlines()[:2] == ["--- run.sh (as it was written)", "+++ run.sh (now)"]
    assert "-exit\n+exit 1\n\\ No newline at end of file\n" in diff
    (root / "run.sh").write_bytes(EDITS[2].after)
    assert undo(root, journal) == Undone(restored=("run.sh",))
    assert snapshot(root) == before


def test_a_file_that_is_gone_is_not_brought_back(root: Path, tmp_path: Path) -> None:
    apply(root, EDITS, tmp_path / "journal")
    (root / "run.sh").unlink()
    (root / "new" / "hook").unlink()
    done = undo(root, tmp_path / "journal")
    assert [refused.path for refused in done.refused] == ["run.sh"]
    assert "new/hook" in done.restored


def test_a_folder_of_ours_that_others_use_stays(root: Path, tmp_path: Path) -> None:
    apply(root, EDITS, tmp_path / "journal")
    (root / "new" / "mine").write_bytes(b"")
    undo(root, tmp_path / "journal")
    assert [path.name for path in (root / "new").iterdir()] == ["mine"]


def make_link(root: Path) -> None:
    (root / "a.toml").rename(root / "real")
    (root / "a.toml").symlink_to("real")


def make_linked_folder(root: Path) -> None:
    (root / "src").rename(root / "real")
    (root / "src").symlink_to("real")


@pytest.mark.parametrize(
    ("prepare", "edit", "said"),
    (
        (None, Edit("a.toml", b"x = 2\n", b""), "a.toml changed since the plan was made"),
        (None, Edit("a.toml", None, b""), "a.toml changed since the plan was made"),
        (None, Edit("gone", b"x", b""), "gone changed since the plan was made"),
        (None, Edit("../x", None, b"x"), "'../x' is not a path below the repository's root"),
        (None, Edit("/etc/x", None, b"x"), "'/etc/x' is not a path below"),
        (None, Edit("a//b", None, b"x"), "'a//b' is not a path below"),
        (None, Edit("", None, b"x"), "'' is not a path below"),
        (None, Edit("src", None, b"x"), "cannot write src: it is not a regular file"),
        (None, Edit("other/x", None, b"x"), "cannot write other/x: other is not a folder"),
        (make_link, Edit("a.toml", b"x = 1\r\n", b""), "cannot write a.toml: it is a symbolic link"),
        (make_linked_folder, Edit("src/b", b"no newline", b""), "cannot write src/b: src is a symbolic link"),
        (lambda root: os.mkfifo(root / "pipe"), Edit("pipe", b"", b"x"), "cannot write pipe: it is not a regular file"),
    ),
)
def test_what_is_refused_changes_nothing(
    root: Path, tmp_path: Path, prepare: Callable[[Path], None] | None, edit: Edit, said: str
) -> None:
    if prepare is not None:
        prepare(root)
    before = snapshot(root)
    with pytest.raises(QualityGateError) as caught:
        apply(root, [Edit("first", None, b"x"), edit], tmp_path / "journal")
    assert caught.value.message.startswith(said)
    assert snapshot(root) == before
    assert undo(root, tmp_path / "journal") == Undone()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
@pytest.mark.parametrize("path", ("src/b", "src"))
def test_no_permission(root: Path, tmp_path: Path, path: str) -> None:
    (root / path).chmod(0o555)
    before = snapshot(root)
    with pytest.raises(QualityGateError, match=r"^cannot write src/b: permission denied$"):
        apply(root, EDITS, tmp_path / "journal")
    assert snapshot(root) == before


def test_a_file_that_changes_while_we_write_is_kept(root: Path, tmp_path: Path) -> None:
    def meanwhile(step: str) -> None:
        if step == "written 0":
            (root / "run.sh").write_bytes(b"mine")

    with pytest.raises(QualityGateError, match=r"^run\.sh was changed by somebody else$"):
        apply(root, EDITS, tmp_path / "journal", step=meanwhile)
    assert (root / "run.sh").read_bytes() == b"mine"
    assert (root / "a.toml").read_bytes() == EDITS[0].before
    assert not (root / "new").exists()


def test_what_before_commit_raises_takes_everything_back(root: Path, tmp_path: Path) -> None:
    before = snapshot(root)

    def refuse() -> None:
        assert (root / "new" / "hook").exists()
        raise QualityGateError("not proven")

    with pytest.raises(QualityGateError, match="not proven"):
        apply(root, EDITS, tmp_path / "journal", before_commit=refuse)
    assert snapshot(root) == before
    assert undo(root, tmp_path / "journal") == Undone()


def steps_of(root: Path, journal: Path) -> list[str]:
    steps: list[str] = []
    apply(root, EDITS, journal, step=steps.append)
    undo(root, journal)
    return steps


@pytest.mark.parametrize("error", (OSError(28, "No space left on device"), KeyboardInterrupt()))
def test_a_failure_at_any_step_changes_nothing(root: Path, tmp_path: Path, error: BaseException) -> None:
    before, journal = snapshot(root), tmp_path / "journal"
    steps = steps_of(root, journal)
    assert {"planned", "temp written", "written 4", "applied", "committed"} <= set(steps)
    for count in range(1, steps.index("committed") + 1):
        left = [count]

        def fail(_: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise error

        with pytest.raises((QualityGateError, KeyboardInterrupt)) as caught:
            apply(root, EDITS, journal, step=fail)
        if isinstance(error, OSError):
            assert str(caught.value).endswith(": no space left on device")
        assert snapshot(root) == before, steps[count - 1]
        assert recover(journal) == Recovered()


KILLED = """
import ast, os, signal, sys
from pathlib import Path
from qualitygate.bootstrap.edits import Edit
from qualitygate.bootstrap.journal import apply
root, journal, last, edits = sys.argv[1:]
def step(name, left=[int(last)]):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
apply(Path(root), [Edit(*row) for row in ast.literal_eval(edits)], Path(journal), step=step)
"""


def kill_at(root: Path, journal: Path, count: int) -> None:
    rows = repr([tuple(edit) for edit in EDITS])
    output = run([sys.executable, "-c", KILLED, root, journal, str(count), rows], cwd=CHECKOUT, timeout=60)
    assert output.code == -signal.SIGKILL, output.stderr


def test_a_kill_at_any_step_is_taken_back(root: Path, tmp_path: Path) -> None:
    before, journal = snapshot(root), tmp_path / "journal"
    steps = steps_of(root, journal)
    changed = 0
    for count in range(1, steps.index("committed") + 1):
        kill_at(root, journal, count)
        changed += snapshot(root) != before
        done = recover(journal)
        assert snapshot(root) == before, steps[count - 1]
        assert done.left == ()
        assert recover(journal) == Recovered()
        assert [path.name for path in journal.iterdir()] == ["lock"]
    assert changed > len(EDITS)


def test_a_kill_after_the_commit_leaves_what_can_be_undone(root: Path, tmp_path: Path) -> None:
    before, journal = snapshot(root), tmp_path / "journal"
    kill_at(root, journal, len(steps_of(root, journal)))
    assert recover(journal) == Recovered()
    assert (root / "new" / "hook").exists()
    undo(root, journal)
    assert snapshot(root) == before


def test_taking_back_goes_on_where_it_was_interrupted(root: Path, tmp_path: Path) -> None:
    before, journal = snapshot(root), tmp_path / "journal"
    kill_at(root, journal, steps_of(root, journal).index("written 4") + 1)
    (root / "a.toml").write_bytes(b"x = 1\r\n")
    assert set(recover(journal).restored) == {"src/b", "run.sh", "new/deep/c", "new/hook"}
    assert snapshot(root) == before


def test_what_somebody_changed_after_a_kill_is_left_and_shown(root: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    kill_at(root, journal, steps_of(root, journal).index("written 4") + 1)
    (root / "run.sh").write_bytes(b"mine\n")
    assert recover(journal).left == ("run.sh",)
    assert (root / "run.sh").read_bytes() == b"mine\n"
    assert (root / "a.toml").read_bytes() == EDITS[0].before
    assert [refused.path for refused in undo(root, journal).refused] == ["run.sh"]


def test_the_next_run_takes_back_what_was_interrupted(root: Path, tmp_path: Path) -> None:
    before, journal = snapshot(root), tmp_path / "journal"
    kill_at(root, journal, steps_of(root, journal).index("written 2") + 1)
    apply(root, EDITS, journal)
    undo(root, journal)
    assert snapshot(root) == before


def test_a_full_disk(root: Path, tmp_path: Path) -> None:
    before = snapshot(root)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(QualityGateError, match=r"^cannot write big: file too large$"):
            apply(root, [*EDITS, Edit("big", None, b"x" * 10_000)], tmp_path / "journal")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert snapshot(root) == before
    assert undo(root, tmp_path / "journal") == Undone()


def test_only_one_at_a_time(root: Path, tmp_path: Path) -> None:
    def another() -> None:
        undo(root, tmp_path / "journal")

    with pytest.raises(QualityGateError, match="another bootstrap or undo is at work"):
        apply(root, EDITS, tmp_path / "journal", before_commit=another)


@pytest.mark.parametrize("data", (b"", b"{", b'{"format": 2}', b"[]"))
def test_a_journal_that_cannot_be_read_is_named(root: Path, tmp_path: Path, data: bytes) -> None:
    journal = tmp_path / "journal"
    apply(root, EDITS, journal)
    (journal / "0001" / "journal.json").write_bytes(data)
    with pytest.raises(QualityGateError, match=r"0001/journal\.json cannot be read") as caught:
        undo(root, journal)
    assert "old bytes are in" in caught.value.hint


NAMES = st.sampled_from(["a", "b c", "d/e", "d/f/g", "h/é", "h/-rf", "x\ny"])
CONTENTS = st.sampled_from([b"", b"x", b"x\n", b"x\r\ny\r\n", b"x\r\ny", b"\0\xff\xfe", b"\n", "é\n".encode("utf-16")])


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(NAMES, CONTENTS), st.dictionaries(NAMES, CONTENTS))
def test_undo_restores_every_byte(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, journal = Path(folder, "clone"), Path(folder, "journal")
        root.mkdir()
        for path, data in old.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        before = snapshot(root)
        edits = [Edit(path, old.get(path), data) for path, data in new.items()]
        written = apply(root, edits, journal).written
        assert {path: (root / path).read_bytes() for path in new} == new
        done = undo(root, journal)
        assert set(done.restored) == set(written)
        assert snapshot(root) == before
