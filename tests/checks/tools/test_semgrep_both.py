from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import semgrep, semgrep_both
from qualitygate.process import Output
from tests.support import write

BASE = "/cache/base"
RULE = {"id": "r", "languages": ["python"], "pattern": "f()", "message": "m", "severity": "ERROR"}


def said(**more: Any) -> Output:
    document = {"results": [], "errors": [], "paths": {"scanned": ["a.py", f"{BASE}/a.py"]}, **more}
    return Output(0, json.dumps(document).encode(), b"")


def request(root: str) -> Request:
    return Request("semgrep", root, ("a.py",), "/bin/semgrep-core", {"pack": [RULE], "rules": ["r"]}, "/cache/beside")


def result(path: str) -> dict[str, Any]:
    place = {"line": 1, "col": 1}
    return {"check_id": "r", "path": path, "start": place, "end": place, "extra": {"message": "m", "is_ignored": False}}


def error(path: str) -> dict[str, Any]:
    return {"error_type": "Timeout", "rule_id": "r", "message": "timed out", "location": {"path": path}}


def reasons(output: Output) -> tuple[str, str]:
    head, base = semgrep.apart(output, request("/cache/head"), request(BASE))
    return (
        semgrep.parse(head, request("/cache/head")).reason,
        semgrep.parse(base, request(BASE)).reason,
    )


def test_both_are_given_with_the_paths_that_rules_are_compared_with(tmp_path: Path) -> None:
    write(tmp_path, {"head/a.py": "f()\n", "base/a.py": "f()\n"})
    one, other = (request(os.fspath(tmp_path / name)) for name in ("head", "base"))
    command = semgrep.command_of_both(one, other)
    assert command is not None
    (targets,) = (json.loads(data) for path, data in command.files.items() if "targets" in path)
    paths = [row[1]["path"] for row in targets[1]]
    assert paths == [
        {"fpath": "a.py", "ppath": "/a.py"},
        {"fpath": os.fspath(tmp_path / "base/a.py"), "ppath": "/a.py"},
    ]
    assert command._replace(files={}) == semgrep.command(one)._replace(files={})
    assert semgrep.command_of_both(one._replace(executable="/bin/osemgrep"), other) is None
    assert semgrep.command_of_both(one._replace(files=("a.txt",)), other) is None


def test_each_tree_is_told_its_own() -> None:
    rows = [result("a.py"), result(f"{BASE}/a.py"), result(f"{BASE}/a.py")]
    rows[2]["start"] = {"line": 7, "col": 1}
    head, base = semgrep.apart(said(results=rows), request("/cache/head"), request(BASE))
    assert [one.line for one in semgrep.parse(head, request("/cache/head")).findings] == [1]
    assert [(one.path, one.line) for one in semgrep.parse(base, request(BASE)).findings] == [("a.py", 1), ("a.py", 7)]


def test_what_fails_in_one_tree_leaves_the_other_decided() -> None:
    assert reasons(said()) == ("", "")
    assert reasons(said(errors=[error(f"{BASE}/a.py")])) == ("", "Timeout (r in a.py): timed out")
    assert reasons(said(errors=[error("a.py")])) == ("Timeout (r in a.py): timed out", "")


def test_what_fails_nowhere_in_particular_leaves_none_decided() -> None:
    assert all(reasons(said(errors=[{"error_type": "Fatal", "message": "out of memory"}])))
    assert all(reasons(said(skipped_rules=[{"rule_id": "r"}])))


@pytest.mark.parametrize(
    "output", [Output(0, b"", b""), Output(0, b"[]", b""), Output(2, b"{", b""), Output(0, b"{}", b"")]
)
def test_what_cannot_be_read_leaves_none_decided(output: Output) -> None:
    assert all(reasons(output))


def test_a_file_that_was_not_looked_at_in_one_tree_is_undecided_there() -> None:
    assert reasons(said(paths={"scanned": ["a.py"]})) == ("", "did not look at a.py")
    assert reasons(said(paths={"scanned": [f"{BASE}/a.py"]})) == ("did not look at a.py", "")


def test_a_tree_whose_place_begins_like_the_other_one_is_told_apart() -> None:
    scanned = ["a.py", f"{BASE}/a.py", f"{BASE}line/a.py"]
    head, base = reasons(said(paths={"scanned": scanned}, results=[result(f"{BASE}line/a.py")]))
    assert head and not base, "what nobody asked for is never taken for base's"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["results", "errors", "paths", "scanned", "path", "location"]), inner, max_size=4
        )
    ),
)


@given(_JSON)
def test_no_output_makes_it_raise(value: object) -> None:
    output = Output(0, json.dumps(value).encode(), b"")
    assert all(isinstance(half, Output) for half in semgrep_both.apart(output, BASE))
