from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from qualitygate.bootstrap.edits import inserted
from qualitygate.bootstrap.precommit import add_precommit_repo
from qualitygate.errors import ConfigError

OURS: dict[str, Any] = {
    "repo": "https://example.org/qualitygate",
    "rev": "v0.1.0",
    "hooks": [{"id": "qualitygate", "always_run": True, "stages": ["pre-commit", "pre-merge-commit"]}],
}
BLOCK = """\
  - repo: https://example.org/qualitygate
    rev: v0.1.0
    hooks:
      - id: qualitygate
        always_run: true
        stages: [pre-commit, pre-merge-commit]
"""
FLAT = BLOCK.replace("\n  ", "\n")[2:].replace("    - id", "  - id").replace("      always", "    always")
FLAT = FLAT.replace("      stages", "    stages")


def plain(data: bytes) -> Any:
    return YAML(typ="safe", pure=True).load(data.decode("utf-8-sig"))


@pytest.mark.parametrize(
    ("data", "after"),
    (
        ("", "repos:\n" + BLOCK),
        ("# mine\n", "# mine\nrepos:\n" + BLOCK),
        ("repos:\n", "repos:\n" + BLOCK),
        ("repos: []  # none yet\nci: {}\n", "repos:  # none yet\n" + BLOCK + "ci: {}\n"),
        ("repos: null", "repos:\n" + BLOCK.rstrip("\n")),
        ("repos:\n- repo: a\n  hooks: []\n", "repos:\n- repo: a\n  hooks: []\n" + FLAT),
        (
            "repos:\n  - repo: a\n    hooks: []\n\nci: {}\n",
            "repos:\n  - repo: a\n    hooks: []\n" + BLOCK + "\nci: {}\n",
        ),
        (
            "repos:\n  - repo: a\n    hooks: []  # b\n    # of a\n# of nobody\n",
            "repos:\n  - repo: a\n    hooks: []  # b\n    # of a\n" + BLOCK + "# of nobody\n",
        ),
        ("fail_fast: true\n", "fail_fast: true\nrepos:\n" + BLOCK),
        (
            "---\nrepos:\n  - repo: a\n    hooks: []\n...\n",
            "---\nrepos:\n  - repo: a\n    hooks: []\n" + BLOCK + "...\n",
        ),
    ),
)
def test_one_entry_is_added(data: str, after: str) -> None:
    assert add_precommit_repo(data.encode(), OURS).decode() == after


def test_no_file_yet() -> None:
    assert add_precommit_repo(None, OURS) == b"repos:\n" + BLOCK.encode()


def test_the_indentation_of_the_sample_configuration() -> None:
    data = b"repos:\n-   repo: a\n    hooks:\n    -   id: b\n"
    ours = b"-   repo: https://example.org/qualitygate\n    rev: v0.1.0\n    hooks:\n    -   id: qualitygate\n"
    assert add_precommit_repo(data, OURS).startswith(data + ours)


def test_flow_style_stays_flow_style() -> None:
    data = b"repos: [\n  {repo: a, hooks: [{id: b}]},  # why\n]\n"
    after = add_precommit_repo(data, OURS)
    assert after.startswith(b"repos: [\n  {repo: a, hooks: [{id: b}]}, {")
    assert after.endswith(b"},  # why\n]\n")
    assert plain(after)["repos"] == [{"repo": "a", "hooks": [{"id": "b"}]}, OURS]


@pytest.mark.parametrize("value", ("1.0", "true", "a: b", "x # y", "", "- a", "*x", "é", "\x1b\u2028", ".5", "don't"))
def test_strings_stay_strings(value: str) -> None:
    entry = {"repo": "local", "hooks": [{"id": "q", "entry": value, "args": [value]}]}
    assert plain(add_precommit_repo(b"repos:\n- repo: a\n  hooks: []\n", entry))["repos"][1] == entry


def test_a_block_scalar_that_keeps_its_end_keeps_it() -> None:
    data = b"repos:\n  - repo: a\n    hooks:\n      - id: b\n        entry: |+\n          x\n\n\nci: {}\n"
    after = plain(add_precommit_repo(data, OURS))
    assert after["repos"][0] == plain(data)["repos"][0]
    assert after["repos"][1] == OURS


@pytest.mark.parametrize(
    ("data", "said"),
    (
        (b"- repo: a\n", "must be a table with `repos:`"),
        (b"repos: 3\n", "has a shape to which an entry cannot be added safely"),
        (b"x: &r [{repo: a}]\nrepos: *r\n", "has a shape to which"),
        (b"repos: []\nrepos: []\n", "has a shape to which"),
        (b"repos: [\n", ":2: not YAML: "),
        (b"\tx: 1\n", ":1: not YAML: "),
        (b"# \xff\n", "not UTF-8"),
        ("repos: []".encode("utf-16"), "is not UTF-8 text"),
        (b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        (b"#" * (1 << 18) + b"#", "larger than 256 KiB"),
    ),
)
def test_what_cannot_be_done_is_said(data: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        add_precommit_repo(data, OURS)
    assert said in caught.value.message
    assert caught.value.message.startswith(".pre-commit-config.yaml")


def test_aliases_that_multiply_cost_nothing() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    data = "\n".join([*rows, "repos:", "  - repo: a", "    hooks: *a29", ""]).encode()
    assert add_precommit_repo(data, OURS) == data + BLOCK.encode()


REPOS = st.sampled_from(
    [
        "- repo: a",
        "- repo: https://github.com/x/y  # why\n  rev: v1\n  hooks:\n  - id: z",
        "-   repo: local\n    hooks:\n    -   id: z\n        args: [--a, 'b: c']\n        # - id: off",
        "-\n  repo: local\n  hooks: [{id: z}]",
        "- {repo: a, hooks: []}",
        "- repo: local\n  hooks:\n    - id: z\n      entry: |\n        x\n\n        y",
        "- repo: local\n  hooks:\n    - id: z\n      entry: >-\n        x\n        y",
        '- repo: "local"\n  rev: &rev 1.0\n\n  # comment\n  hooks: []',
    ]
)


@st.composite
def configurations(draw: st.DrawFn) -> bytes:
    indent = " " * draw(st.sampled_from([0, 2, 4]))
    repos = "\n".join(draw(st.lists(REPOS, max_size=3, unique=True)))
    body = "repos:\n" + "\n".join(indent + row if row else "" for row in repos.split("\n")) if repos else "repos: []"
    above = draw(st.sampled_from(["", "# top\n", "---\n", "ci:\n  skip: [a]\n", "exclude: |\n  x\n\n"]))
    below = draw(
        st.sampled_from(
            ["", "\n", "\n\n# end\n", "\nfail_fast: true\n", "\n\n\nminimum:\n  a: [b]\n", "\n# c\nfail_fast: true"]
        )
    )
    text = (above + body + below).replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return (draw(st.sampled_from(["", "\ufeff"])) + text).encode()


def test_a_block_scalar_without_final_newline_gets_one() -> None:
    data = b"repos:\n  - repo: a\n    hooks:\n      - id: b\n        entry: |\n          x"
    after = add_precommit_repo(data, OURS)
    assert after == data + b"\n" + BLOCK.encode().rstrip()


@settings(deadline=None)
@given(configurations())
def test_the_file_says_what_it_said_and_ours(data: bytes) -> None:
    after = add_precommit_repo(data, OURS)
    # An open last line is the one thing that an entry behind it ends.
    before, now = plain(data if data.endswith(b"\n") else data + b"\n"), plain(after)
    assert now == {**before, "repos": [*before["repos"], OURS]}
    assert add_precommit_repo(after, OURS) == after
    if before["repos"]:
        ours = inserted(data, after)
        assert b"qualitygate" in ours
        assert after.replace(ours, b"") == data
    else:
        assert set(data.split()) - {b"[]"} <= set(after.split())
