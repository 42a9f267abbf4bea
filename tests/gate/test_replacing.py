from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

from qualitygate.gate import replacing
from qualitygate.gate.replacing import replace


def test_a_file_that_is_as_judged_is_replaced_with_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "a.sh"
    file.parent.mkdir()
    file.write_bytes(b"old\n")
    file.chmod(0o751)
    assert replace(tmp_path, "sub/a.sh", b"old\n", b"new\n") == ""
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new\n", 0o751)
    assert os.listdir(file.parent) == ["a.sh"]


def test_line_breaks_that_git_converts_stay_as_they_are_on_disk(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x=1\r\ny=2\r\n")
    assert replace(tmp_path, "a.py", b"x=1\ny=2\n", b"x = 1\ny=2\n") == ""
    assert (tmp_path / "a.py").read_bytes() == b"x = 1\r\ny=2\r\n"


@pytest.mark.parametrize("there", (b"old\nmore\n", b"old\r\nx\n", b"", b"new\n"))
def test_a_file_that_is_not_as_judged_is_left_alone(tmp_path: Path, there: bytes) -> None:
    (tmp_path / "a.py").write_bytes(there)
    assert "not on disk as it was judged" in replace(tmp_path, "a.py", b"old\n", b"new\n")
    assert (tmp_path / "a.py").read_bytes() == there


@pytest.mark.parametrize("exchange", (True, False))
def test_what_an_editor_writes_in_the_last_moment_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    file = tmp_path / "a.py"
    if not exchange:
        monkeypatch.setattr(replacing, "_exchange", lambda *_: False)
    for editor in (_in_place, _atomically):
        file.write_bytes(b"old\n")
        assert "changed meanwhile" in replace(tmp_path, "a.py", b"old\n", b"new\n", before_swap=partial(editor, file))
        assert file.read_bytes() == b"mine\n"
    assert os.listdir(tmp_path) == ["a.py"]


def _in_place(file: Path) -> None:
    file.write_bytes(b"mine\n")


def _atomically(file: Path) -> None:
    other = file.with_name("editor")
    other.write_bytes(b"mine\n")
    os.replace(other, file)


def test_a_write_between_the_look_and_the_swap_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    real = replacing._exchange
    turns: list[int] = []

    def late(one: Path, other: Path) -> bool:
        if not turns:
            file.write_bytes(b"mine\n")
        turns.append(1)
        return real(one, other)

    monkeypatch.setattr(replacing, "_exchange", late)
    assert "changed meanwhile" in replace(tmp_path, "a.py", b"old\n", b"new\n")
    assert (file.read_bytes(), os.listdir(tmp_path)) == (b"mine\n", ["a.py"])


def test_a_file_deleted_meanwhile_stays_deleted(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    assert replace(tmp_path, "a.py", b"old\n", b"new\n") == "it is gone"
    file.write_bytes(b"old\n")
    assert replace(tmp_path, "a.py", b"old\n", b"new\n", before_swap=file.unlink) == "it is gone"
    assert os.listdir(tmp_path) == []


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.py").write_bytes(b"old\n")
    root = tmp_path / "r"
    root.mkdir()
    (root / "a.py").symlink_to("../out/a.py")
    (root / "dir").symlink_to("../out")
    assert replace(root, "a.py", b"old\n", b"new\n") == "it is no regular file"
    assert replace(root, "dir/a.py", b"old\n", b"new\n") == "its folder is a link"
    assert (tmp_path / "out" / "a.py").read_bytes() == b"old\n"


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    file.chmod(0o444)
    assert replace(tmp_path, "a.py", b"old\n", b"new\n") == "it is read-only"
    assert file.read_bytes() == b"old\n"


_KILLED = """
import os, signal, sys
from functools import partial
from pathlib import Path
from qualitygate.gate import replacing
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
real = replacing._exchange
if sys.argv[2] == "after":
    def exchange(*args): real(*args); die()
    replacing._exchange = exchange
replacing.replace(Path(sys.argv[1]), "a.py", b"old\\n", b"new\\n", before_swap=die if sys.argv[2] == "before" else int)
"""


@pytest.mark.parametrize(("when", "content"), (("before", b"old\n"), ("after", b"new\n")))
def test_killed_at_any_moment_the_file_is_whole_and_what_is_left_over_goes_next_time(
    tmp_path: Path, when: str, content: bytes
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\n")
    done = subprocess.run([sys.executable, "-c", _KILLED, tmp_path, when], cwd=Path.cwd(), check=False)
    assert (done.returncode, file.read_bytes()) == (-signal.SIGKILL, content)
    assert replace(tmp_path, "a.py", content, b"newest\n") == ""
    assert (file.read_bytes(), os.listdir(tmp_path)) == (b"newest\n", ["a.py"])


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same file system", "another one"])
def test_the_new_file_is_made_in_a_folder_of_ours_where_that_can_be(tmp_path: Path, elsewhere: bool) -> None:
    (tmp_path / "a.py").write_bytes(b"old\n")
    room = Path(tempfile.mkdtemp(dir="/dev/shm")) if elsewhere and os.path.isdir("/dev/shm") else tmp_path / "room"
    if elsewhere and (room == tmp_path / "room" or room.stat().st_dev == tmp_path.stat().st_dev):
        pytest.skip("there is one file system only")
    beside: list[str] = []
    try:
        done = replace(
            tmp_path, "a.py", b"old\n", b"new\n", room=room, before_swap=lambda: beside.extend(os.listdir(tmp_path))
        )
        assert done == "" and (tmp_path / "a.py").read_bytes() == b"new\n"
        assert any(name.startswith(".qualitygate-fix-") for name in beside) == elsewhere
        assert os.listdir(room) == [] and sorted(os.listdir(tmp_path)) == (["a.py"] if elsewhere else ["a.py", "room"])
    finally:
        shutil.rmtree(room)
