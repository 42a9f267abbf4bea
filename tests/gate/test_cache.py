from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from qualitygate.gate import cache
from qualitygate.model import Finding, Outcome, Report
from tests.footprint import gate
from tests.support import commit, git, make_repo, write

SETTINGS = 'schema = 1\n[checks.markers]\n[checks.ruff]\n[checks.mypy]\npaths = ["pkg"]\n'
CONFLICT = "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"
FILES = {
    "qualitygate.toml": SETTINGS,
    "ruff.toml": "",
    "mypy.ini": "[mypy]\n",
    "pkg/__init__.py": "",
    "pkg/a.py": "a = 1\n",
}
KEY = "k" * 40


def finding(path: str, line: int = 1) -> Finding:
    return Finding("c", "c:rule", path, line, 1, line, 2, "said")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repo(tmp_path / "r", FILES)
    commit(root, {"pkg/b.py": "b = 1\n"})
    return root


def run(root: Path, *args: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gate(root, "run", "--format", "json", *args).out)
    return document


def why(root: Path, check: str) -> str:
    return next(str(row["cache"]) for row in run(root)["checks"] if row["check"] == check)


def test_what_was_found_in_a_file_comes_back_for_that_content_alone(tmp_path: Path) -> None:
    reports = {"a": Report((finding("a"),), 1), "b": Report((), 1), "c": Report((), 0)}
    contents = {path: f"100644 {path * 40}" for path in reports}
    cache.put_files(tmp_path, KEY, contents, reports)
    assert cache.get_files(tmp_path, KEY, contents) == reports
    assert cache.get_files(tmp_path, KEY, {**contents, "a": "100755 " + "a" * 40}) == {
        "b": reports["b"],
        "c": reports["c"],
    }
    assert cache.get_files(tmp_path, "l" * 40, contents) == {}


def test_how_each_test_fared_comes_back(tmp_path: Path) -> None:
    tests = (
        Outcome("b.py", "test_b", "passed"),
        Outcome("a.py", "test_a", "skipped", "skipped: no", 3),
        Outcome("a.py", "", "failed"),
    )
    for number, some in enumerate(((), None, tests)):
        cache.put(tmp_path, f"{number}{KEY}", Report((finding("a"),), 2, tests=some))
        known = cache.get(tmp_path, f"{number}{KEY}")
        assert known is not None
        assert known._replace(tests=None) == Report((finding("a"),), 2)
        assert (known.tests is None) == (some is None)
        assert {*(known.tests or ())} == {*(some or ())}


@pytest.mark.parametrize("torn", (b"", b"[]", b'{"a.py": [["test_a"]]}', b'{"a.py": [3]}', b'{"a.py"'))
def test_outcomes_that_are_torn_or_gone_are_a_result_that_is_not_known(tmp_path: Path, torn: bytes) -> None:
    cache.put(tmp_path, KEY, Report((), 1, tests=(Outcome("a.py", "test_a", "passed"),)))
    (place,) = (tmp_path / "cache" / "suites").iterdir()
    place.write_bytes(torn)
    assert cache.get(tmp_path, KEY) is None
    place.unlink()
    assert cache.get(tmp_path, KEY) is None


def test_outcomes_of_some_trees_alone_are_kept(tmp_path: Path) -> None:
    for number in range(80):
        cache.put(tmp_path, f"{number:040}", Report((), 1, tests=(Outcome("a.py", "test_a", "passed"),)))
    assert len(list((tmp_path / "cache" / "suites").iterdir())) == 64
    assert cache.get(tmp_path, f"{79:040}") is not None


def test_an_incomplete_report_is_not_kept(tmp_path: Path) -> None:
    cache.put_files(tmp_path, KEY, {"a": "x"}, {"a": Report((), 0, "crashed")})
    cache.put(tmp_path, KEY, Report((), 0, "crashed"))
    assert cache.get_files(tmp_path, KEY, {"a": "x"}) == {}
    assert cache.get(tmp_path, KEY) is None


_ROW = [*finding("a")]


_NO_ENTRIES: list[object] = [
    *(
        None,
        3,
        {},
        [],
        [[]],
        [["x"]],
        [["x", 1]],
        [["x", "1", []]],
        [["x", True, []]],
        [["x", 1, None]],
        [["x", 1, [[]]]],
    ),
    [["x", 1, [_ROW[:6]]]],
    [["x", 1, [[*_ROW[:3], "1", *_ROW[4:]]]]],
    [["x", 1, [["c", "c:rule", "b", *_ROW[3:]]]]],
]


@pytest.mark.parametrize("rows", _NO_ENTRIES)
def test_what_is_no_entry_of_ours_counts_as_none(tmp_path: Path, rows: object) -> None:
    cache.put_files(tmp_path, KEY, {"a": "x"}, {"a": Report((finding("a"),), 1)})
    (file,) = (tmp_path / "cache/files" / KEY).iterdir()
    file.write_text(json.dumps({"key": KEY, "files": {"a": rows}}))
    assert cache.get_files(tmp_path, KEY, {"a": "x"}) == {}
    cache.put_files(tmp_path, KEY, {"a": "x"}, {"a": Report((), 1)})
    assert cache.get_files(tmp_path, KEY, {"a": "x"}) == {"a": Report((), 1)}


@pytest.mark.parametrize("text", ["", "{", "[]", "\0", json.dumps({"key": "other", "files": {"a": [["x", 1, []]]}})])
def test_a_shard_that_is_torn_or_of_another_key_holds_nothing(tmp_path: Path, text: str) -> None:
    cache.put_files(tmp_path, KEY, {"a": "x"}, {"a": Report((), 1)})
    (file,) = (tmp_path / "cache/files" / KEY).iterdir()
    file.write_text(text)
    assert cache.get_files(tmp_path, KEY, {"a": "x"}) == {}


def test_the_cache_is_bounded_in_every_direction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("_SHARDS", 1), ("_PATHS", 5), ("_CONTENTS", 2), ("_GROUPS", 3), ("_FINDINGS", 4)):
        monkeypatch.setattr(cache, name, most)
    for number in range(9):
        cache.put_files(
            tmp_path, KEY, {"a": str(number), f"f{number}": "x"}, {"a": Report((), 1), f"f{number}": Report((), 1)}
        )
    (file,) = (tmp_path / "cache/files" / KEY).iterdir()
    held = json.loads(file.read_text())["files"]
    assert [row[0] for row in held["a"]] == ["7", "8"]
    assert list(held)[-1] == "f8" and len(held) == 5
    cache.put_files(tmp_path, KEY, {"much": "x"}, {"much": Report(tuple(finding("much", n) for n in range(5)), 1)})
    assert cache.get_files(tmp_path, KEY, {"much": "x"}) == {}
    for number in range(6):
        cache.put_files(tmp_path, str(number) * 40, {"a": "x"}, {"a": Report((), 1)})
        os.utime(tmp_path / "cache/files" / (str(number) * 40), (number, number))
    assert len(list((tmp_path / "cache/files").iterdir())) == 3


def test_a_cache_that_cannot_be_written_costs_time_and_no_truth(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    cache.put_files(tmp_path, KEY, {"a": "x"}, {"a": Report((), 1)})
    cache.note_basis(tmp_path, "c", {"tool": "1"})
    assert cache.get_files(tmp_path, KEY, {"a": "x"}) == {}


def test_it_says_why_something_was_not_known(root: Path) -> None:
    write(root, {"pkg/a.py": "a = 2\n"})
    assert why(root, "markers") == "head: first time; base: content changed: pkg/a.py"
    assert why(root, "markers") == "head: hit; base: hit"
    assert why(root, "mypy") == "head: hit; base: not needed"
    write(root, {"pkg/a.py": "a = 3\n"})
    assert why(root, "ruff") == "head: content changed: pkg/a.py; base: hit"
    assert run(root)["checks"][0]["cached"]
    write(root, {"pkg/b.py": "b = 2\n"})
    assert why(root, "ruff") == "head: first time: pkg/b.py; 1 hit; base: content changed: pkg/b.py; 1 hit"
    assert why(root, "mypy") == "head: hit; base: not needed"
    write(root, {"ruff.toml": "line-length = 100\n"})
    assert "configuration changed: pkg/a.py and 1 more" in why(root, "ruff")
    git(root, "commit", "-qam", "settings")
    write(root, {"pkg/new/__init__.py": ""})
    assert "names of modules changed: pkg/" in why(root, "ruff")


def test_a_file_that_turns_out_to_be_binary_does_not_make_all_others_unknown(root: Path) -> None:
    write(root, {"data.bin": "a\0b"})
    first = run(root, "--all-files")
    assert [row["files"] for row in first["checks"] if row["check"] == "markers"] == [len(FILES) + 1]
    write(root, {"pkg/a.py": "a = 2\n"})
    row = next(row for row in run(root, "--all-files")["checks"] if row["check"] == "markers")
    assert row["cache"] == f"head: content changed: pkg/a.py; {len(FILES) + 1} hit; base: hit"
    assert row["files"] == len(FILES) + 1


def test_a_file_that_does_not_parse_does_not_make_all_others_unknown(root: Path) -> None:
    write(root, {"qualitygate.toml": f"{SETTINGS}[checks.ruff-format]\n", "broken.py": "def f(:\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "a broken file")
    run(root, "--all-files")
    row = next(row for row in run(root, "--all-files")["checks"] if row["check"] == "ruff-format")
    assert (row["cache"], row["cached"], row["files"]) == ("head: hit", True, 3)
    write(root, {"pkg/a.py": "a = 2\n"})
    row = next(row for row in run(root, "--all-files")["checks"] if row["check"] == "ruff-format")
    assert (row["cache"], row["files"]) == ("head: content changed: pkg/a.py; 3 hit", 3)


def test_what_a_tool_passes_over_unsaid_is_known_as_long_as_nothing_changes(root: Path) -> None:
    write(root, {"ruff.toml": 'exclude = ["left_out.py"]\n', "left_out.py": "import os\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "a file that ruff leaves out")
    write(root, {"pkg/a.py": "a = 2\n"})
    run(root)  # one file is known by itself
    run(root, "--all-files")
    row = next(row for row in run(root, "--all-files")["checks"] if row["check"] == "ruff")
    assert (row["cache"], row["cached"]) == ("head: hit; base: hit", True)


def test_a_person_asks_for_it_in_any_format(root: Path) -> None:
    write(root, {"pkg/a.py": CONFLICT})
    assert "note: cache: markers: head: first time" in gate(root, "run", "--explain-cache", "--format", "text").out
    assert "cache: markers: head: hit; base: hit" in run(root, "--explain-cache")["notes"]
    assert "cache:" not in gate(root, "run").out


@pytest.mark.parametrize("what", ["environment", "tool", "options"])
def test_nothing_is_believed_across_a_version_an_environment_or_an_option(
    root: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qualitygate.checks import environment
    from qualitygate.gate import surroundings

    write(root, {"pkg/a.py": "import os\na = 2\n"})
    assert run(root)["checks"][1]["cached"] is False
    if what == "environment":
        monkeypatch.setattr(surroundings, "version", lambda: "999")
        monkeypatch.setattr("qualitygate.gate.planning.version", lambda: "999")
    elif what == "tool":
        real = environment.installed
        monkeypatch.setattr(environment, "installed", lambda env, name: "99" if name == "ruff" else real(env, name))
    else:
        write(root, {"qualitygate.toml": SETTINGS.replace("[checks.ruff]\n", '[checks.ruff]\nexclude = ["z.py"]\n')})
        git(root, "commit", "-qm", "options", "--no-verify", "qualitygate.toml")
    row = next(row for row in run(root)["checks"] if row["check"] == "ruff")
    assert row["cached"] is False
    assert row["cache"].startswith(f"head: {what} changed: pkg/a.py")


def test_what_was_found_in_place_at_an_edit_is_not_believed_by_a_commit(root: Path) -> None:
    from qualitygate.checks.catalogue import TOOLS
    from qualitygate.defaults import compile_any
    from qualitygate.gate.editing import judge_edit
    from qualitygate.gate.planning import open_gate

    commit(root, {"qualitygate.toml": SETTINGS.replace("[checks.markers]", '[checks.markers]\ntier = "edit"')})
    write(root, {"pkg/a.py": CONFLICT})
    assert judge_edit(open_gate(root, TOOLS, compile_any), ["pkg/a.py"]).new
    assert why(root, "markers").startswith("head: first time")
