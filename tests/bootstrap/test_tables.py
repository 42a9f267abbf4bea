from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.bootstrap.tables import add_ini_section, add_toml_table, added, merged, nested
from qualitygate.config import parse_toml
from qualitygate.errors import ConfigError

VALUES: dict[str, Any] = {"select": ["E9", "F"], "line-length": 100, "fix": False, "per-file": {"tests/**": ["T201"]}}


def test_a_table_is_added_at_the_end() -> None:
    data = b'# mine\n[project]\nname = "x"  # why\n'
    after = add_toml_table(data, "tool.ruff.lint", {"select": ["F"]}, comment="ours\nand why")
    assert after == data + b'\n# ours\n# and why\n[tool.ruff.lint]\nselect = ["F"]\n'


@pytest.mark.parametrize(
    ("data", "after"),
    (
        (None, b"[t]\na = 1\n"),
        (b"", b"[t]\na = 1\n"),
        (b"x = 1", b"x = 1\n\n[t]\na = 1"),
        (b"x = 1\n\n", b"x = 1\n\n[t]\na = 1\n"),
        (b"\xef\xbb\xbfx = 1\r\n", b"\xef\xbb\xbfx = 1\r\n\r\n[t]\r\na = 1\r\n"),
        (b"[t.below]\nb = 1\n", b"[t.below]\nb = 1\n\n[t]\na = 1\n"),
        (b"[[t.rows]]\nb = 1\n", b"[[t.rows]]\nb = 1\n\n[t]\na = 1\n"),
    ),
)
def test_the_rest_of_the_file_stays(data: bytes | None, after: bytes) -> None:
    assert add_toml_table(data, "t", {"a": 1}) == after


def test_a_new_file_without_header() -> None:
    assert add_toml_table(None, "", {"a": 1, "lint": {"b": True}}) == b"a = 1\n\n[lint]\nb = true\n"


def test_a_long_list_is_wrapped() -> None:
    rules = [f"RUF{n:03}" for n in range(40)]
    lines = add_toml_table(None, "lint", {"select": rules}).decode().splitlines()
    assert max(len(line) for line in lines) <= 120
    assert 4 < len(lines) < 12
    assert parse_toml("\n".join(lines).encode(), file="f")["lint"]["select"] == rules


@pytest.mark.parametrize(
    ("data", "what"),
    (
        (b"[tool.ruff]\n", "tool.ruff"),
        (b"[tool.ruff]\nselect = []\n", "tool.ruff.select"),
        (b"[tool]\nruff.x = 1\n", "tool.ruff"),
        (b"tool = {}\n", "tool.ruff"),
        (b"[[tool]]\n", "tool"),
        (b"tool = 1\n", "tool"),
    ),
)
def test_a_table_that_is_there_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        add_toml_table(data, "tool.ruff", {"select": ["F"]}, file="pyproject.toml")
    assert caught.value.message == f"pyproject.toml: {what}: is there already"


def test_broken_toml_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^pyproject.toml:2: "):
        add_toml_table(b"a = 1\nb = \n", "t", VALUES, file="pyproject.toml")


KEYS = st.sampled_from(["a", "b", '"c d"', "tool.x", "e-f"])
TOML_VALUES = st.sampled_from(
    ["1", '"x"', "[1, 2]", "[\n  1, # one\n]", "{ k = 1 }", "2020-01-01", "'''\nx\n'''", "1.5"]
)
ROWS = st.dictionaries(KEYS, TOML_VALUES, max_size=4).map(lambda d: [f"{k} = {v}  # why {k}" for k, v in d.items()])
EOLS = st.sampled_from(["\n", "\r\n"])


@st.composite
def toml_files(draw: st.DrawFn) -> bytes:
    lines = draw(ROWS)
    for name in draw(
        st.lists(st.sampled_from(["project", "tool.other", "tool.ruff.format", "x.y"]), unique=True, max_size=3)
    ):
        lines += ["", "# a comment", f"[{name}]", *draw(ROWS)]
    text = draw(EOLS).join(line for row in lines for line in row.split("\n"))
    return (draw(st.sampled_from(["", "\ufeff"])) + text + draw(st.sampled_from(["", "\n", "\n\n"]))).encode()


@settings(deadline=None)
@given(toml_files())
def test_every_byte_and_key_is_kept(data: bytes) -> None:
    before = parse_toml(data, file="f")
    after = add_toml_table(data, "tool.ruff.lint", VALUES)
    assert after.startswith(data)
    now = parse_toml(after, file="f")
    assert now["tool"]["ruff"]["lint"] == VALUES
    assert now == merged(before, nested("tool.ruff.lint", VALUES))
    assert added(before, now) == nested("tool.ruff.lint", VALUES)
    assert after.endswith(b"\n") == (data.endswith(b"\n") or not data.strip() or data == b"\xef\xbb\xbf")
    with pytest.raises(ConfigError):
        add_toml_table(after, "tool.ruff.lint", VALUES)


def test_an_ini_section() -> None:
    assert add_ini_section(None, "mypy", {"strict": "True"}) == b"[mypy]\nstrict = True\n"
    assert add_ini_section(b"[a]\r\nb = 1", "mypy", {"x": "1"}) == b"[a]\r\nb = 1\r\n\r\n[mypy]\r\nx = 1"


@pytest.mark.parametrize(
    ("data", "said"),
    ((b"[mypy]\n", "mypy.ini: [mypy]: is there already"), (b"x = 1\n", "mypy.ini: File contains no section headers.")),
)
def test_an_ini_file_that_does_not_take_it(data: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        add_ini_section(data, "mypy", {"x": "1"}, file="mypy.ini")
    assert caught.value.message == said
