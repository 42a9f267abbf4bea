from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.bootstrap.json_text import add, cut, mentions
from qualitygate.errors import ConfigError

OURS: dict[str, Any] = {"hooks": [{"command": "sh gate/hook stop"}]}
WANTED: dict[str, dict[str, list[Any]]] = {
    "hooks": {"Stop": [OURS], "PreToolUse": [{"matcher": "Bash", **OURS}, {"matcher": "Edit", **OURS}]}
}


def ours(item: Any) -> bool:
    return mentions(item, "gate/hook")


THEIRS = """\
{
    "permissions": {"deny": ["Read(./.env)"]},
    "hooks": {
        "Stop": [
            { "hooks": [{"type": "command",   "command": "say done"}] }
        ]
    },
    "model": "opus"
}
"""


def test_every_other_byte_stays_as_it_was() -> None:
    text = add(THEIRS.encode(), WANTED, file="s.json").decode()
    assert text.startswith(THEIRS[: THEIRS.index("\n        ]")])
    assert text.endswith('    },\n    "model": "opus"\n}\n')
    assert '            {\n                "hooks": [' in text  # indented as its neighbours are
    assert cut(text.encode(), ours, file="s.json").decode() == THEIRS


def test_a_second_time_changes_nothing() -> None:
    once = add(THEIRS.encode(), WANTED, file="s.json", ours=ours)
    assert add(once, WANTED, file="s.json", ours=ours) == once


def test_an_older_form_of_ours_is_replaced() -> None:
    older = add(
        None, {"hooks": {"Start": [{"command": "gate/hook old"}], "Stop": [{"command": "other"}]}}, file="s.json"
    )
    hooks = json.loads(add(older, WANTED, file="s.json", ours=ours))["hooks"]
    assert hooks == {"Start": [], **WANTED["hooks"], "Stop": [{"command": "other"}, OURS]}


def test_a_file_that_was_not_there_is_gone_again() -> None:
    made = add(None, WANTED, file="s.json")
    assert json.loads(made) == WANTED
    assert cut(made, ours, file="s.json") == b""


@pytest.mark.parametrize("data", (b'{"a": 1}', b"{}", b'\xef\xbb\xbf{"hooks": {}}', b'{\r\n\t"a": [1]\r\n}\r\n'))
def test_odd_files(data: bytes) -> None:
    text = add(data, WANTED, file="s.json")
    before = json.loads(data.decode("utf-8-sig"))
    assert json.loads(text.decode("utf-8-sig")) == {**before, **WANTED}
    assert b"\r\n" not in data or b"\n" not in text.replace(b"\r\n", b"")
    assert text.startswith(data[:3]) or data == b"{}"


@pytest.mark.parametrize(
    ("data", "reason"),
    (
        (b'{"a": 1,}\n', "s.json:1"),
        (b"// comment\n{}", "s.json:1"),
        (b"[]", "not a JSON object"),
        (b"\xff\xfe{\x00", "UTF-8"),
        (b'{"hooks": []}', "`hooks` is no object"),
        (b'{"hooks": {"Stop": {}}}', "`hooks.Stop` is no list"),
        (b"[" * 100_000, "nested too deeply"),
    ),
)
def test_a_file_that_cannot_be_edited_is_named_with_its_line(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError, match=r"s\.json") as error:
        add(data, WANTED, file="s.json")
    assert reason in error.value.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=4), inside, max_size=3),
    max_leaves=12,
)
LISTS = st.dictionaries(
    st.text(max_size=4) | st.just("hooks"),
    st.dictionaries(st.text(max_size=4) | st.just("Stop"), st.lists(JSON, max_size=3), max_size=3),
    max_size=3,
)


@given(
    there=st.dictionaries(st.text(max_size=4), JSON, max_size=3),
    lists=LISTS,
    indent=st.sampled_from((None, 1, 2, "\t")),
    separators=st.sampled_from(((",", ":"), (", ", ": "), (" ,\n", " :  "))),
)
def test_what_is_put_in_comes_out_and_the_rest_stays(
    there: dict[str, Any], lists: dict[str, Any], indent: Any, separators: tuple[str, str]
) -> None:
    document = {**there, **lists}
    document["hooks"] = lists.get("hooks", {})
    data = json.dumps(document, indent=indent, separators=separators).encode()
    text = add(data, WANTED, file="s.json", ours=ours)
    found = json.loads(text)
    assert {key: value for key, value in found.items() if key != "hooks"} == {
        key: value for key, value in document.items() if key != "hooks"
    }
    for name, items in WANTED["hooks"].items():
        assert found["hooks"][name] == [*document["hooks"].get(name, []), *items]
    left = json.loads(cut(text, ours, file="s.json") or b"{}")
    kept = {name: items for name, items in document["hooks"].items() if items or name not in WANTED["hooks"]}
    assert left == {**{k: v for k, v in document.items() if k != "hooks"}, **({"hooks": kept} if kept else {})}
