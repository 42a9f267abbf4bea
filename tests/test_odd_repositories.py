from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.footprint import footprint, gate, program, refusal
from tests.support import commit, git, make_repo, write

GOOD = "import os\n\nprint(os.name)\n"
BAD = "import sys\n"
GATE = {
    "qualitygate.toml": "schema = 1\n[checks.ruff]\n[checks.markers]\n[checks.secrets]\n[checks.large-files]\n",
    "ruff.toml": '[lint]\nselect = ["F"]\n',
}
MARKERS = "x\n<<<<<<< ours\n=======\n>>>>>>> theirs\n"


def gated(root: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
    make_repo(root, {**GATE, "a.py": GOOD, **(files or {})})
    assert gate(root, "install").code == 0
    return root


def new(where: Path, *argv: str) -> set[str]:
    """The paths with new findings; nothing may have been changed by looking."""
    answer = gate(where, "run", *argv, "--format", "json")
    assert answer.code in (0, 1) and not answer.err, answer
    return {finding["path"] for finding in json.loads(answer.out)["new"]}


def try_commit(root: Path, *args: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        ["git", "commit", "-qm", "change", *args], cwd=root, capture_output=True, check=False,
        env={**os.environ, **(env or {})},
    )  # fmt: skip
    return done.returncode, done.stderr.decode()


def meets_the_gate(root: Path) -> None:
    """A defect is seen and refused, and its absence passes."""
    write(root, {"new.py": BAD})
    assert new(root) == {"new.py"}
    git(root, "add", "-A")
    assert new(root, "--staged") == {"new.py"}
    code, said = try_commit(root)
    assert code == 1 and "new.py:1:8: ruff:F401" in said
    write(root, {"new.py": GOOD})
    git(root, "add", "-A")
    assert try_commit(root) == (0, "") or try_commit(root, "--allow-empty")[0] == 0


def test_a_head_without_a_commit(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q")
    write(root, GATE)
    git(root, "add", "-A")
    assert gate(root, "install").code == 0
    meets_the_gate(root)


def test_a_detached_head(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    git(root, "checkout", "-q", "--detach")
    meets_the_gate(root)


def test_an_orphan_branch(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    git(root, "checkout", "-q", "--orphan", "other")
    meets_the_gate(root)


def test_a_submodule_is_not_entered(tmp_path: Path) -> None:
    brought = make_repo(tmp_path / "brought", {"old.py": BAD})
    root = gated(tmp_path / "r")
    git(root, "submodule", "--quiet", "add", os.fspath(brought), "sub")
    git(root, "commit", "-qm", "submodule")
    commit(root / "sub", {"old.py": BAD + BAD, "more.py": BAD})
    before = footprint(root)
    assert new(root) == set()
    git(root, "add", "-A")
    assert try_commit(root)[0] == 0
    write(root / "sub", {"dirty.py": BAD})
    git(root, "config", "submodule.recurse", "true")
    assert new(root) == set() and (root / "sub/dirty.py").exists()
    assert gate(root, "inspect").code == 0
    assert footprint(root) != before
    meets_the_gate(root)


def test_a_repository_inside_that_is_no_submodule(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    make_repo(root / "inner", {"x.py": BAD})
    assert new(root) == set()


def test_a_repository_inside_that_has_no_commit(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    (root / "inner").mkdir()
    git(root / "inner", "init", "-q")
    write(root, {"inner/x.py": BAD})
    said = refusal(gate(root, "run"))
    assert "'inner/' does not have a commit checked out" in said and "qualitygate run --staged" in said
    assert new(root, "--staged") == set()


def test_a_sparse_checkout(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"in/a.py": GOOD, "out/b.py": GOOD, "out/old.py": BAD})
    for index in ("--no-sparse-index", "--sparse-index"):
        git(root, "sparse-checkout", "set", "--cone", index, "in")
        assert not (root / "out").exists()
        before = footprint(root)
        assert new(root) == set()
        assert footprint(root) == before
    meets_the_gate(root)
    assert git(root, "ls-tree", "-r", "--name-only", "HEAD", "out").split() == ["out/b.py", "out/old.py"]


def test_a_file_that_is_marked_as_unchanged(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"b.py": GOOD})
    git(root, "update-index", "--skip-worktree", "a.py")
    git(root, "update-index", "--assume-unchanged", "b.py")
    write(root, {"a.py": BAD, "b.py": BAD})
    before = footprint(root)
    assert new(root) == set()  # what git is told to leave out of the next commit is not judged
    assert footprint(root) == before
    assert try_commit(root, "--allow-empty", "-a")[0] == 0
    assert git(root, "show", "HEAD:a.py", "HEAD:b.py").count("import sys") == 0


def test_an_intent_to_add(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    write(root, {"later.py": BAD})
    git(root, "add", "-N", "later.py")
    before = footprint(root)
    assert new(root, "--staged") == set() and new(root) == {"later.py"}
    assert footprint(root) == before
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "add", "a.py")
    assert try_commit(root)[0] == 0
    assert (root / "later.py").read_text() == BAD and "later.py" not in git(root, "ls-tree", "--name-only", "HEAD")


def test_a_staged_deletion_of_a_file_that_was_made_again(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"b.py": GOOD})
    git(root, "rm", "-q", "--cached", "b.py")
    write(root, {"b.py": BAD})
    before = footprint(root)
    assert new(root, "--staged") == set() and new(root) == {"b.py"}
    assert footprint(root) == before
    assert try_commit(root)[0] == 0 and (root / "b.py").read_text() == BAD


def test_a_change_of_mode_alone(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"old.py": BAD})
    for name in ("a.py", "old.py"):
        (root / name).chmod(0o755)
    assert new(root) == set()
    assert try_commit(root, "-a")[0] == 0


def test_an_empty_commit_and_one_that_only_deletes(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"old.py": BAD})
    assert try_commit(root, "--allow-empty")[0] == 0
    git(root, "rm", "-q", "old.py", "a.py")
    assert try_commit(root)[0] == 0


def test_a_link_that_becomes_a_file_and_a_file_that_becomes_a_link(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, "f.py": GOOD})
    (root / "l.txt").symlink_to("a.py")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "link")
    (root / "l.txt").unlink()
    (root / "f.py").unlink()
    (root / "f.py").symlink_to("a.py")
    write(root, {"l.txt": "key = '" + "gh" + "p_" + "k3Jx9QmZ2vLw8RtYb5NcHs7UdFa4PgEoX1iB'\n"})
    assert new(root) == {"l.txt"}


def test_attributes_of_the_change_do_not_hide_it(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    secret = "key = '" + "gh" + "p_" + "k3Jx9QmZ2vLw8RtYb5NcHs7UdFa4PgEoX1iB'\n"
    for attributes in ("* -diff\n", "* binary\n", "* diff=none\n", "* export-ignore\n", "* linguist-generated\n"):
        write(root, {"a.py": GOOD + secret, ".gitattributes": attributes})
        assert new(root) == {"a.py"}, attributes


def test_a_file_that_git_takes_for_binary_is_compared_by_line(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.txt": "x\n" * 5000 + "\0\n"})
    write(root, {"a.txt": "x\n" * 5000 + "key = '" + "gh" + "p_" + "k3Jx9QmZ2vLw8RtYb5NcHs7UdFa4PgEoX1iB'\n" + "\0\n"})
    assert new(root) == {"a.txt"}


@pytest.mark.parametrize("mode", ["true", "input", "false"])
def test_line_endings_make_nothing_new(tmp_path: Path, mode: str) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q")
    git(root, "config", "core.autocrlf", mode)
    git(root, "config", "core.safecrlf", "true")
    write(root, {**GATE, "crlf.py": BAD.replace("\n", "\r\n"), "mixed.py": "import sys\r\nx = 1\n", "cr.txt": "a\rb\n"})
    git(root, "-c", "core.safecrlf=false", "add", "-A")
    git(root, "commit", "-qm", "start")
    before = footprint(root)
    assert new(root) == set()
    write(root, {"crlf.py": BAD, "mixed.py": "import sys\nx = 1\n"})
    assert new(root) == set()
    write(root, {"crlf.py": "import sys\r\nimport json\r\n"})
    assert new(root) == {"crlf.py"}
    write(root, {"crlf.py": BAD.replace("\n", "\r\n"), "mixed.py": "import sys\r\nx = 1\n"})
    assert footprint(root) == before


CONTENTS = {
    "latin_1.py": ("# -*- coding: latin-1 -*-\nx = 'caf\xe9'\n".encode("latin-1")), "utf_16.py": GOOD.encode("utf-16"),
    "bom.py": b"\xef\xbb\xbf" + GOOD.encode(), "empty.py": b"", "no_end.py": b"x = 1", "form_feed.py": b"\x0cx = 1\n",
    "nul.py": b"x = 1\0\n", "binary.py": bytes(range(256)) * 8, "only_space.py": b" \n\t\n", "cr.py": b"x = 1\ry = 2\r",
}  # fmt: skip


@pytest.mark.parametrize("name", CONTENTS)
def test_any_content_is_judged_on_both_sides_alike(tmp_path: Path, name: str) -> None:
    root = gated(tmp_path / "r", {name: CONTENTS[name]})
    write(root, {name: CONTENTS[name] + b"\n# more\n", "a.py": GOOD + "y = 1\n"})
    before = footprint(root)
    assert new(root) == set()
    assert footprint(root) == before
    write(root, {"a.py": GOOD + BAD})
    assert new(root) == {"a.py"}
    write(root, {"a.py": GOOD, f"copy_{name}": CONTENTS[name]})
    answer = gate(root, "run")
    assert answer.code in (0, 1) and "Traceback" not in answer.err
    assert gate(root, "inspect").code == 0


def test_a_sha_256_repository(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "--object-format=sha256")
    write(root, {**GATE, "a.py": GOOD, "old.py": BAD})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    assert gate(root, "install").code == 0
    write(root, {"old.py": GOOD + BAD})
    assert new(root) == set()
    meets_the_gate(root)


@pytest.mark.parametrize("empty", [True, False], ids=["without a commit", "with commits"])
def test_a_sha_256_repository_is_bootstrapped(tmp_path: Path, empty: bool) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "--object-format=sha256")
    write(root, {"a.py": GOOD})
    if empty:
        assert gate(root, "run").code == 0
    else:
        git(root, "add", "-A")
        git(root, "commit", "-qm", "start")
    answer = gate(root, "bootstrap")
    assert answer.code == 0, answer


def test_a_git_directory_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "r"
    git(tmp_path, "init", "-q", "--separate-git-dir", "elsewhere", "r")
    write(root, {**GATE, "a.py": GOOD})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    assert gate(root, "install").code == 0
    meets_the_gate(root)


def test_a_git_directory_behind_a_link(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    (root / ".git").rename(tmp_path / "real")
    (root / ".git").symlink_to(tmp_path / "real")
    meets_the_gate(root)


def test_a_repository_reached_through_a_link(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    (tmp_path / "link").symlink_to(root)
    write(root, {"new.py": BAD})
    assert new(tmp_path / "link") == {"new.py"}
    assert gate(tmp_path, "install", "link").code == 0
    meets_the_gate(tmp_path / "link")


def test_git_dir_and_work_tree_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = gated(tmp_path / "r")
    other = make_repo(tmp_path / "other", {"a.py": GOOD})
    write(root, {"new.py": BAD})
    monkeypatch.setenv("GIT_DIR", os.fspath(root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", os.fspath(root))
    assert new(other) == {"new.py"}
    monkeypatch.setenv("GIT_DIR", "../r/.git")
    monkeypatch.setenv("GIT_WORK_TREE", "../r")
    assert new(other) == {"new.py"}


def test_variables_of_git_do_not_change_the_answer(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    write(root, {"new.py": BAD})
    for env in (
        {"GIT_OBJECT_DIRECTORY": "/nowhere"}, {"GIT_NAMESPACE": "x"}, {"GIT_CEILING_DIRECTORIES": os.fspath(tmp_path)},
        {"GIT_LITERAL_PATHSPECS": "0", "GIT_GLOB_PATHSPECS": "1"}, {"GIT_TRACE": "1"}, {"GIT_EXTERNAL_DIFF": "false"},
        {"GIT_PREFIX": "sub/"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true"},
    ):  # fmt: skip
        answer = program(root, "run", env=env)
        assert answer.code == 1 and "new.py:1:8" in answer.out, (env, answer)


def test_settings_that_a_variable_names_count_as_they_do_for_git(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    write(root, {"new.py": BAD, "mine.py": BAD})
    write(tmp_path, {"ignored": "mine.py\n", "settings": f"[core]\n\texcludesFile = {tmp_path}/ignored\n"})
    answer = program(root, "run", env={"GIT_CONFIG_GLOBAL": os.fspath(tmp_path / "settings")})
    assert answer.code == 1 and "new.py:1:8" in answer.out and "mine.py" not in answer.out, answer


def test_a_bare_repository_with_a_linked_work_tree(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    git(tmp_path, "clone", "-q", "--bare", "r", "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "-q", os.fspath(tmp_path / "w"), "main")
    assert gate(tmp_path / "w", "install").code == 0
    meets_the_gate(tmp_path / "w")
    assert git(root, "status", "--porcelain") == ""


def test_a_rename_that_changes_only_case(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"old.py": "x = 1\n" * 20 + BAD})
    git(root, "mv", "old.py", "Old.py")
    assert new(root, "--staged") == set()
    assert try_commit(root)[0] == 0


def test_names_that_differ_only_in_case(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"x.py": GOOD})
    write(root, {"X.py": BAD})
    if (root / "x.py").read_text() == BAD:
        pytest.skip("the file system does not tell them apart")
    assert new(root) == {"X.py"}


def test_a_file_of_50_megabytes(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    write(root, {"big.bin": bytes(50 << 20), "new.py": BAD})
    assert new(root) == {"big.bin", "new.py"}
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "big")
    write(root, {"big.bin": bytes(50 << 20) + b"x", "new.py": BAD + "x = 1\n"})
    before = footprint(root)
    assert new(root, "--base", "HEAD") == set()
    assert footprint(root) == before


@pytest.mark.parametrize("end", ["", "y\n"])
def test_millions_of_lines_that_are_all_the_same(tmp_path: Path, end: str) -> None:
    root = gated(tmp_path / "r", {"big.txt": "x\n" * 2_000_000})
    write(root, {"big.txt": "x\n" * 1_999_000 + end + "x\n" * 1_000, "new.py": BAD})
    assert "new.py" in new(root)


def test_a_line_of_two_million_characters(tmp_path: Path) -> None:
    line = "x = [" + "1, " * 666_666 + "]\n"
    root = gated(tmp_path / "r", {"a.py": line})
    write(root, {"a.py": line + BAD, "data.json": "[" + "1," * 1_000_000 + "1]"})
    assert new(root) == {"a.py", "data.json"}  # the one for its finding, the other for its size


def test_a_file_larger_than_memory_passes_in_pieces(tmp_path: Path) -> None:
    import tracemalloc

    from qualitygate import git as our_git
    from qualitygate.gate.snapshot import sync

    root = make_repo(tmp_path / "r", {"large.bin": b"x" * (64 << 20), "small": b"y"})
    repo = our_git.find_repo(root)
    entries = our_git.entries(repo, our_git.tree_of(repo, "HEAD"))
    tracemalloc.start()
    try:
        sync(tmp_path / "head", repo, entries)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    assert (tmp_path / "head/large.bin").stat().st_size == 64 << 20


def test_a_shallow_clone_says_what_to_fetch(tmp_path: Path) -> None:
    origin = make_repo(tmp_path / "origin", {**GATE, "a.py": GOOD})
    commit(origin, {"b.py": GOOD})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{origin}", "r")
    root = tmp_path / "r"
    assert gate(root, "install").code == 0
    meets_the_gate(root)
    git(root, "update-ref", "refs/remotes/origin/main", git(root, "commit-tree", "-m", "x", "HEAD^{tree}"))
    answer = gate(root, "run")
    assert answer.code == 2 and "hint: git fetch --unshallow" in answer.err, answer


def test_a_partial_clone_without_its_remote(tmp_path: Path) -> None:
    origin = make_repo(tmp_path / "origin", {**GATE, "a.py": "# only in the first commit\n" + BAD})
    commit(origin, {"a.py": BAD, "b.py": BAD})
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{origin}", "r")
    root = tmp_path / "r"
    origin.rename(tmp_path / "gone")
    assert gate(root, "install").code == 0
    meets_the_gate(root)
    answer = gate(root, "run", "--base", "origin/main~1")
    assert answer.code == 2 and "git fetch --refetch --no-filter" in answer.out, answer


def test_several_merge_bases(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    git(root, "switch", "-qc", "one")
    commit(root, {"one.py": GOOD})
    git(root, "switch", "-qc", "two", "main")
    commit(root, {"two.py": GOOD})
    git(root, "merge", "-q", "--no-edit", "one")
    git(root, "switch", "-q", "one")
    git(root, "merge", "-q", "--no-edit", "two~1")
    git(root, "switch", "-q", "two")
    write(root, {"b.py": BAD})
    assert new(root) == {"b.py"}


@pytest.mark.parametrize("setting", ["core.splitIndex", "core.untrackedCache", "index.threads", "feature.manyFiles"])
def test_other_forms_of_the_index(tmp_path: Path, setting: str) -> None:
    root = gated(tmp_path / "r")
    git(root, "config", setting, "true")
    git(root, "update-index", "--split-index" if setting == "core.splitIndex" else "--refresh")
    write(root, {"new.py": BAD})
    names = sorted(path.name for path in (root / ".git").iterdir() if path.name != "qualitygate")
    assert new(root) == {"new.py"} and new(root, "--staged") == set()
    assert sorted(path.name for path in (root / ".git").iterdir() if path.name != "qualitygate") == names
    meets_the_gate(root)


@pytest.mark.parametrize("kind", ["fifo", "folder", "link"])
def test_a_tracked_file_replaced_by_something_else_on_disk(tmp_path: Path, kind: str) -> None:
    root = gated(tmp_path / "r")
    (root / "a.py").unlink()
    if kind == "fifo":
        os.mkfifo(root / "a.py")
    elif kind == "folder":
        write(root, {"a.py/b.py": BAD})
    else:
        (root / "a.py").symlink_to("/etc/passwd")
    write(root, {"new.py": BAD})
    before = footprint(root)
    if kind == "fifo":
        assert "git cannot read the work tree" in refusal(gate(root, "run"))
    else:
        assert new(root) == ({"a.py/b.py", "new.py"} if kind == "folder" else {"new.py"})
    assert footprint(root) == before
    assert gate(root, "inspect").code == 0


def test_conflicts_in_the_index(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    git(root, "switch", "-qc", "other")
    commit(root, {"a.py": "x = 2\n"})
    git(root, "switch", "-q", "main")
    commit(root, {"a.py": "x = 3\n"})
    git(root, "merge", "other", check=False)
    before = footprint(root)
    answer = gate(root, "run", "--staged")
    assert answer.code == 2 and "unmerged" in answer.err
    assert new(root) == {"a.py"}  # markers, and what does not parse
    assert footprint(root) == before


def test_replaced_and_grafted_objects_are_not_believed(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    clean = git(root, "rev-parse", "HEAD:a.py")
    write(root, {"new.py": BAD})
    git(root, "add", "-A")
    git(root, "replace", git(root, "rev-parse", ":new.py"), clean)
    assert new(root, "--staged") == {"new.py"}


def test_a_file_named_in_the_ignore_list_and_tracked_all_the_same(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {".gitignore": "ignored/\n"})
    write(root, {"ignored/new.py": BAD, "ignored/precious": "x"})
    assert new(root) == set()
    git(root, "add", "-f", "ignored/new.py")
    assert new(root) == {"ignored/new.py"} and new(root, "--staged") == {"ignored/new.py"}
    assert try_commit(root)[0] == 1


def test_clocks_that_are_wrong(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    for when in (0, 4_102_444_800):
        write(root, {"new.py": BAD})
        os.utime(root / "new.py", (when, when))
        os.utime(root / ".git/index", (when, when))
        assert new(root) == {"new.py"}
        write(root, {"new.py": "import os \n\nos"})
        os.utime(root / "new.py", (when, when))
        assert new(root) == set()
