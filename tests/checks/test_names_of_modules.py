from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.tool import names_digest_input
from qualitygate.model import Entry

PARTS = st.sampled_from(
    ("src", "a", "a-b", "a0", "a.py", "src0", "src-x", "src.py", "__init__.py", "x.pyi", "z.txt", "é", "\udce9", "0")
)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


def one_by_one(paths: set[str]) -> list[str]:
    modules = [path for path in paths if path.endswith((".py", ".pyi"))]
    names = {path.partition("/")[0] for path in modules}
    names |= {path.removesuffix("__init__.py") for path in modules if path.endswith("/__init__.py")}
    names |= {"src/" + path.split("/", 2)[1] for path in modules if path.startswith("src/")}
    return sorted(names)


@given(st.sets(PATHS, max_size=8))
def test_names_that_are_looked_for_by_the_folder_are_those_found_one_by_one(paths: set[str]) -> None:
    assert names_digest_input({path: Entry("100644", "1") for path in paths}) == one_by_one(paths)
