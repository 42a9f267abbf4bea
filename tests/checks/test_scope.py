from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks import scope
from qualitygate.model import Check

_PART = st.text("ab-._é", min_size=1, max_size=4).filter(lambda part: part not in (".", ".."))
_PATH = st.lists(_PART, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("said", "root"), (("", ""), (".", ""), ("web", "web"), ("web/", "web"), ("a/b", "a/b"), ("./", ""))
)
def test_the_root_of_a_check(said: str, root: str) -> None:
    assert scope.root_of(Check("c", "t", "ratchet", "commit", "", {"root": said})) == root


def test_a_folder_whose_name_begins_alike_is_another() -> None:
    assert scope.within("web", "website/a.ts") is None
    assert scope.within("web", "web") is None
    assert scope.narrowed("web", {"web/a.ts": 1, "website/b.ts": 2, "c.ts": 3}) == {"a.ts": 1}


@given(st.one_of(st.just(""), _PATH), _PATH)
def test_in_and_out_again_is_the_same_path(root: str, path: str) -> None:
    assert scope.within(root, scope.outward(root, path)) == path


def test_what_is_read_is_that_of_the_folder() -> None:
    read = scope.reading("web", {"web/a.ts": b"web", "a.ts": b"top"}.get)
    assert read("a.ts") == b"web"
    assert scope.reading("", {"a.ts": b"top"}.get)("a.ts") == b"top"
