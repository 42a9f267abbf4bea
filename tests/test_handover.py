from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qualitygate import handover
from qualitygate.commands.install import install
from tests.support import git, make_repo, write

GOOD = "import os\n\nprint(os.name)\n"
FILES = {"qualitygate.toml": "schema = 1\n[checks.markers]\n", "a.py": GOOD}
pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="nothing tells when a process began")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    index = tmp_path / "index"
    index.write_bytes(b"as judged")
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(index))
    monkeypatch.setenv(handover.VARIABLE, str(os.getpid()))
    return index


def test_what_was_left_is_taken_once(index: Path) -> None:
    assert not handover.take()
    handover.leave()
    assert handover.take()
    assert not handover.take()


def test_an_index_that_changed_since_is_judged(index: Path) -> None:
    handover.leave()
    index.write_bytes(b"another")
    assert not handover.take()


def test_another_index_is_judged(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handover.leave()
    index.with_name("other").write_bytes(index.read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(index.with_name("other")))
    assert not handover.take()


def test_a_process_with_the_same_id_that_began_later_is_another_one(
    index: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        handover.leave()
        (said,) = (own_home / "cache/qualitygate/handover").iterdir()
        monkeypatch.setenv(handover.VARIABLE, str(process.pid))
        said.rename(said.with_name(str(process.pid)))
        assert not handover.take()
    said.with_name(str(process.pid)).write_text("")
    assert not handover.take(), "the process is gone, and nothing is known of it"


def test_what_nobody_took_does_not_pile_up(index: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        monkeypatch.setenv(handover.VARIABLE, str(process.pid))
        handover.leave()
    monkeypatch.setenv(handover.VARIABLE, str(os.getpid()))
    handover.leave()
    assert [path.name for path in (own_home / "cache/qualitygate/handover").iterdir()] == [str(os.getpid())]
    assert handover.take()


@pytest.mark.parametrize("process", ["", "no number", "../1", "0"])
def test_without_a_process_nothing_is_left(index: Path, process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(handover.VARIABLE, process)
    handover.leave()
    assert not handover.take()


def try_commit(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    argv = ["git", "commit", "-qm", "change", *args]
    return subprocess.run(argv, cwd=root, text=True, capture_output=True, check=False)


def test_the_second_hook_of_a_commit_asks_git_nothing_when_the_first_one_passed(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", FILES)
    install(root, trust_it=False, ask=None)
    calls = tmp_path / "calls"
    hook = root / ".git/hooks/prepare-commit-msg"
    # From here on our hook in second place finds no git.
    hook.write_text(hook.read_text().replace("#!/bin/sh\n", f"#!/bin/sh\necho x >> {calls}\nPATH=/nowhere:/bin\n", 1))
    hook.write_text(hook.read_text().replace('"$python" -I', f'PATH={tmp_path} "$python" -I'))
    write(root, {"a.py": GOOD + "# more\n"})
    done = try_commit(root, "-a")
    assert (done.returncode, calls.read_text()) == (0, "x\n"), done.stderr
    write(root, {"a.py": GOOD + "# and more\n"})
    refused = try_commit(root, "-a", "--no-verify")
    assert refused.returncode != 0 and "git was not found" in refused.stderr


def test_a_hook_between_the_two_that_stages_a_defect_does_not_slip_it_past(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", FILES)
    between = root / ".git/hooks/prepare-commit-msg"
    between.parent.mkdir(exist_ok=True)
    between.write_text("#!/bin/sh\nprintf '<<<<<<< ours\\n' > bad.txt && git add bad.txt\n")
    between.chmod(0o755)
    install(root, trust_it=False, ask=None)
    write(root, {"a.py": GOOD + "# more\n"})
    refused = try_commit(root, "-a")
    assert refused.returncode == 1 and "bad.txt:1" in refused.stderr, refused
    assert git(root, "log", "--format=%s") == "start"
