from __future__ import annotations

from typing import Any, cast

from qualitygate.gate.session import BaseTree
from qualitygate.model import Base, Check, Entry, Tree
from tests.support import words


def test_two_checks_of_one_tool_do_not_write_into_each_others_snapshot() -> None:
    places: list[str] = []

    def lay_out(place: str, entries: Any, alone: bool) -> Any:
        places.append(place)

    tree = Tree("a" * 40, {"a.py": Entry("100644", "1")}, "base")
    base = BaseTree(Base(tree.id, "", "a trial"), tree, tree, frozenset(), lay_out, lambda _: [])
    places.clear()
    for name in ("words", "more words"):
        base.layout_for(Check(name, "words", "ratchet", "commit", "", {}), cast("Any", words()), ("a.py",))
    assert len(set(places)) == 2
