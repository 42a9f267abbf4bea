from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qualitygate.checks.tool import Environment
from tests.footprint import Answer, footprint, gate, program, refusal
from tests.support import commit, git, make_repo, write

GOOD = "import os\n\nprint(os.name)\n"
GATE = {"qualitygate.toml": "schema = 1\n[checks.ruff]\n[checks.syntax]\n", "ruff.toml": '[lint]\nselect = ["F"]\n'}
COMMANDS = (("inspect",), ("run",), ("install",), ("bootstrap",), ("bootstrap", "--dry-run"), ("uninstall",), ("undo",))
SETTING_UP = (("bootstrap", "--trust"), ("bootstrap", "--dry-run"))

commands = pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
setting_up = pytest.mark.parametrize("argv", SETTING_UP, ids=" ".join)


def refused_whole(root: Path, *argv: str) -> str:
    """What is said by a command that refuses and leaves everything as it was."""
    before = footprint(root)
    said = refusal(gate(root, *argv))
    assert footprint(root) == before
    return said


def passed_over(root: Path, *argv: str) -> Answer:
    """The answer of a command that goes well and leaves everything as it was."""
    before = footprint(root)
    answer = gate(root, *argv)
    assert "Traceback" not in answer.err and answer.code == 0, answer
    assert footprint(root) == before
    return answer


@commands
def test_a_folder_without_a_repository(tmp_path: Path, argv: tuple[str, ...]) -> None:
    assert "is not in a git repository" in refusal(gate(tmp_path, *argv))
    assert list(tmp_path.iterdir()) == []


@commands
def test_a_bare_repository(tmp_path: Path, argv: tuple[str, ...]) -> None:
    git(tmp_path, "init", "-q", "--bare")
    before = sorted(tmp_path.rglob("*"))
    assert "is a bare repository" in refusal(gate(tmp_path, *argv))
    assert sorted(tmp_path.rglob("*")) == before


@commands
def test_the_inside_of_a_git_directory(tmp_path: Path, argv: tuple[str, ...]) -> None:
    root = make_repo(tmp_path / "r", {"a.py": GOOD})
    before = footprint(root)
    assert "inside a git directory" in refusal(gate(root / ".git", *argv))
    assert footprint(root) == before


@pytest.mark.parametrize("argv", [("inspect",), ("bootstrap",), ("install",)], ids=" ".join)
def test_a_path_that_is_a_file_or_is_not_there(tmp_path: Path, argv: tuple[str, ...]) -> None:
    root = make_repo(tmp_path / "r", {"a.py": GOOD})
    assert "is not a directory" in refused_whole(root, *argv, "a.py")
    assert "is not a directory" in refused_whole(root, *argv, "nowhere")


def test_a_repository_that_somebody_else_owns(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    root = make_repo(tmp_path / "r", {"a.py": GOOD})
    os.chown(root, 12345, 12345)
    os.chown(root / ".git", 12345, 12345)
    assert "another user owns it" in refusal(gate(root, "run"))


def test_a_repository_without_a_commit_cannot_be_replayed(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.py": GOOD})
    assert "has no commit yet" in refusal(gate(tmp_path, "replay"))


def test_a_repository_without_a_commit_is_inspected_and_judged(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.py": GOOD})
    passed_over(tmp_path, "inspect")
    answer = passed_over(tmp_path, "run")
    assert "this is the first commit" in answer.out


def test_a_repository_without_a_file(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {})
    passed_over(root, "inspect")
    before = footprint(root)
    answer = gate(root, "run")
    assert (answer.code, footprint(root)) == (2, before) and "no check ran" in answer.out
    assert "no check fits what is tracked here" in refused_whole(root, "bootstrap")


def read_only(root: Path) -> bool:
    """Whether the folder can be made read-only for us; root needs a mount of its own for that."""
    return subprocess.run(["chattr", "-R", "+i", os.fspath(root)], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("argv", [("bootstrap",), ("install",)], ids=" ".join)
def test_a_repository_that_cannot_be_written_to(tmp_path: Path, argv: tuple[str, ...]) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    if argv[0] == "bootstrap":
        git(root, "rm", "-q", "qualitygate.toml")
        git(root, "commit", "-qm", "no gate")
    shut = [p for p in (root, *root.rglob("*")) if p.is_dir()]
    if os.geteuid() != 0:
        for folder in shut:
            folder.chmod(0o555)
    elif shutil.which("chattr") is None or not read_only(root):
        pytest.skip("root writes everywhere here")
    try:
        refused_whole(root, *argv)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["chattr", "-R", "-i", os.fspath(root)], capture_output=True, check=True)
        for folder in shut:
            folder.chmod(0o755)


def test_a_cache_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(tmp_path, {"file": ""})
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(tmp_path / "file"))
    for argv in (("run",), ("run", "--staged"), ("run", "--commit", "HEAD")):
        assert "cannot write" in refused_whole(root, *argv)


BROKEN = {
    "pyproject.toml": ("[project\nname = 1\n", "pyproject.toml:1"),
    "ruff.toml": ("line-length = \n", "ruff.toml:1"),
    ".pre-commit-config.yaml": ("repos: [\n  - {a: b\n", ".pre-commit-config.yaml:"),
    "setup.cfg": ("[mypy\nx\n", "setup.cfg:1"),
    "mypy.ini": ("strict = true\n", "mypy.ini:1"),
}


@setting_up
@pytest.mark.parametrize("name", BROKEN)
def test_configuration_that_does_not_parse(tmp_path: Path, name: str, argv: tuple[str, ...]) -> None:
    text, where = BROKEN[name]
    root = make_repo(tmp_path / "r", {"a.py": GOOD, name: text})
    assert where in refused_whole(root, *argv)


def test_configuration_that_one_tool_cannot_read_leaves_that_tool_out(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": GOOD, "setup.cfg": "[mypy]\nstrict = true\n[mypy]\n"})
    answer = passed_over(root, "bootstrap", "--dry-run")
    assert "mypy: mypy cannot read its configuration: setup.cfg" in answer.out


@pytest.mark.parametrize("name", ["package.json", "tsconfig.json", ".github/workflows/ci.yml", "docker-compose.yml"])
def test_broken_files_that_bootstrap_need_not_read_stop_nothing(tmp_path: Path, name: str) -> None:
    root = make_repo(tmp_path / "r", {"a.py": GOOD, name: "{[&*"})
    passed_over(root, "bootstrap", "--dry-run")


@pytest.mark.parametrize(
    "text",
    [b"schema =\n", b"schema = 1\n[checks.nothing]\n", b"\xff\xfes\0c\0h\0", b"schema = 1\n[checks.ruff]\nx = 1\n", b"",
     b"schema = 99\n", b"a = " + b"[" * 5000, b"#" * 3_000_000],
    ids=["syntax", "no such tool", "utf-16", "no such key", "empty", "newer", "deep", "huge"],
)  # fmt: skip
def test_a_gate_configuration_that_cannot_be_used(tmp_path: Path, text: bytes) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, "qualitygate.toml": text})
    for argv in (("run",), ("run", "--staged"), ("bootstrap",)):
        assert "error: qualitygate.toml" in refused_whole(root, *argv)


def test_a_gate_configuration_that_is_a_link(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    (root / "qualitygate.toml").rename(root / "elsewhere.toml")
    (root / "qualitygate.toml").symlink_to("elsewhere.toml")
    git(root, "add", "-A")
    assert "not a regular file" in refused_whole(root, "run")
    assert "not a regular file" in refused_whole(root, "bootstrap")


def test_a_gate_configuration_that_is_a_folder_does_not_switch_the_gate_off(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"qualitygate.toml": None, "a.py": GOOD + "import json\n"})
    write(root, {"qualitygate.toml/x": "1\n"})
    before = footprint(root)
    answer = gate(root, "run")
    assert answer.code != 0 and footprint(root) == before
    assert "not a regular file" in refused_whole(root, "bootstrap")


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "fifo"])
@pytest.mark.parametrize("name", [".pre-commit-config.yaml", "pyproject.toml", "qualitygate.toml"])
def test_configuration_that_is_no_regular_file(tmp_path: Path, kind: str, name: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("repos: []\n" if "yaml" in name else "")
    root = make_repo(tmp_path / "r", {"a.py": GOOD})
    if kind == "folder":
        (root / name).mkdir()
    elif kind == "fifo":
        os.mkfifo(root / name)
    else:
        (root / name).symlink_to(outside if kind == "link" else tmp_path / "nowhere")
    assert f"{name} is not a regular file" in refused_whole(root, "bootstrap")
    assert not (tmp_path / "nowhere").exists() and outside.read_text() in ("", "repos: []\n")


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "mark"])
def test_line_endings_and_a_byte_order_mark_of_the_configuration_are_kept(
    tmp_path: Path, ending: str, mark: bytes
) -> None:
    text = ending.join(["[project]", 'name = "a"', 'version = "1"', "[tool.ruff]", "line-length = 100", ""])
    root = make_repo(tmp_path / "r", {"a.py": GOOD, "pyproject.toml": mark + text.encode()})
    git(root, "config", "core.autocrlf", "false")
    answer = gate(root, "bootstrap")
    data = (root / "pyproject.toml").read_bytes()
    if answer.code == 0:
        assert data.startswith(mark + text.encode()[:20])
        assert data.count(b"\r") == (data.count(b"\n") if "\r" in ending else 0)
        assert gate(root, "run").code == 0
    else:
        assert mark and "pyproject.toml" in refusal(answer) and data == mark + text.encode()


@setting_up
def test_configuration_in_utf_16(tmp_path: Path, argv: tuple[str, ...]) -> None:
    root = make_repo(tmp_path / "r", {"a.py": GOOD, "pyproject.toml": '[project]\nname = "a"\n'.encode("utf-16")})
    assert "pyproject.toml" in refused_whole(root, *argv)


def test_a_tool_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + "import json\n"})
    nothing = Environment(os.fspath(tmp_path), os.fspath(tmp_path / "bin/python"), ())
    monkeypatch.setattr("qualitygate.checks.resolve.our_environment", lambda: nothing)
    monkeypatch.setattr("qualitygate.gate.surroundings.our_environment", lambda: nothing)
    before = footprint(root)
    answer = gate(root, "run")
    assert (answer.code, footprint(root)) == (2, before)
    assert "ruff was not found; pip install ruff" in answer.out
    git(root, "rm", "-q", "-f", "qualitygate.toml", "ruff.toml")
    git(root, "commit", "-qm", "no gate")
    answer = passed_over(root, "bootstrap", "--dry-run")
    assert "ruff was not found" in answer.out.partition("left out")[2]


def test_a_tool_of_another_version(tmp_path: Path) -> None:
    config = {"qualitygate.toml": 'schema = 1\n[checks.ruff]\nversion = "0.1"\n'}
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, **config})
    write(root, {"a.py": GOOD + "x = 1\n"})
    before = footprint(root)
    answer = gate(root, "run")
    assert (answer.code, footprint(root)) == (2, before)
    assert "ruff 0.1 is needed, found " in answer.out and "pip install 'ruff==0.1.*'" in answer.out


def test_git_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert "git was not found" in refusal(gate(root, "run"))


def test_a_path_without_programs_is_enough_for_everything_but_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(str(shutil.which("git")))
    write(root, {"a.py": GOOD + "import json\n"})
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "bin"))
    assert gate(root, "run").code == 1


def test_no_network_is_asked_for(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace here")
    root = make_repo(tmp_path / "r", {"a.py": GOOD, "requirements.txt": "ruff\nrequests\n"})
    git(root, "remote", "add", "origin", "https://example.invalid/x.git")
    code = "import sys; sys.path[0] = sys.argv.pop(1); from qualitygate.cli import main; sys.exit(main())"
    checkout = os.fspath(Path(__file__).parent.parent)
    for argv in (("inspect",), ("bootstrap",), ("run",)):
        done = subprocess.run(
            ["unshare", "-rn", sys.executable, "-c", code, checkout, *argv],
            cwd=root, capture_output=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    "name",
    ["with space", "näïve 日本 🙂", "line\nbreak", 'a:b"c\\', "\udcff", "next\u2028line"]
    + [pytest.param(name, marks=pytest.mark.slow) for name in ("-rf", "#hash", "$(touch x)", "tab\there", " edge ")],
    ids=repr,
)  # fmt: skip
def test_a_repository_whose_path_has_odd_characters(tmp_path: Path, name: str) -> None:
    root = make_repo(tmp_path / name, {**GATE, "a.py": GOOD})
    passed_over(root, "inspect")
    write(root, {"a.py": GOOD + "import json\n"})
    before = footprint(root)
    answer = gate(root, "run")
    assert (answer.code, footprint(root)) == (1, before), answer
    assert "a.py:4:8: ruff:F401" in answer.out
    assert gate(root, "install").code == 0
    done = subprocess.run(["git", "commit", "-qam", "x"], cwd=root, capture_output=True, check=False)
    assert done.returncode == 1 and b"a.py:4:8: ruff:F401" in done.stderr, done.stderr
    write(root, {"a.py": GOOD + "x = 1\n"})
    done = subprocess.run(["git", "commit", "-qam", "x"], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_bootstrap_in_a_path_with_odd_characters(tmp_path: Path) -> None:
    root = make_repo(tmp_path / 'my "proj\nect": é', {"pkg/a.py": "def f(x: int) -> int:\n    return x\n"})
    answer = program(root, "bootstrap")
    assert answer.code == 0, answer
    assert gate(root, "undo").code == 0
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    "argv",
    [("run", "--commit", "nothing"), ("run", "--range", "a..b"), ("run", "--range", "HEAD"), ("run", "--base", "--x"),
     ("run", "--commit", "--output=x"), ("run", "--staged", "--worktree"), ("run", "--commit", "HEAD:a.py"),
     ("run", "--base", "HEAD^{blob}"), ("bootstrap", "--hook-repo", "x")],
    ids=" ".join,
)  # fmt: skip
def test_arguments_that_name_nothing(tmp_path: Path, argv: tuple[str, ...]) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    refused_whole(root, *argv)


def test_an_unknown_option_is_a_usage_error(tmp_path: Path) -> None:
    for argv in (("run", "--nothing"), ("nothing",), ("run", "--tier", "x")):
        answer = gate(tmp_path, *argv)
        assert answer.code == 2 and answer.err.startswith("error: "), answer


@setting_up
def test_a_merge_in_progress_is_left_alone(tmp_path: Path, argv: tuple[str, ...]) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    git(root, "switch", "-qc", "other")
    commit(root, {"a.py": "x = 2\n"})
    git(root, "switch", "-q", "main")
    commit(root, {"a.py": "x = 3\n"})
    git(root, "merge", "other", check=False)
    assert "in progress" in refused_whole(root, *argv)
    assert "unmerged" in refused_whole(root, "run", "--staged")
