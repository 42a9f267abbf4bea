from __future__ import annotations

from typing import cast

import pytest

from qualitygate.bootstrap.safeguard_seeds import ESCAPES, lost_types
from qualitygate.checks.safeguards import types
from qualitygate.checks.safeguards.annotated.escapes import PATTERNS
from qualitygate.checks.safeguards.protocol import Comparer
from tests.checks.safeguards.pairs import compared

PRODUCT = {
    ".go": "package shop\n\nfunc Total() int { return 1 }\n",
    ".rs": "fn total() -> u8 { 1 }\n\n#[cfg(test)]\nmod tests {}\n",
    ".kt": "fun total() = 1\n",
    ".cs": "class Shop { int Total() => 1; }\n",
    ".swift": "func total() -> Int { 1 }\n",
    ".rb": "def total = 1\n",
    ".py": "def total() -> int:\n    return 1\n",
    ".ts": "export function total(): number {\n  return 1;\n}\n",
}


@pytest.mark.parametrize("suffix", PRODUCT)
def test_a_repository_of_any_language_with_types_can_prove_that_they_are_kept(suffix: str) -> None:
    """In a repository of Go alone the check was planned, found no seed and was left out."""
    path = f"src/shop{suffix}"
    (sown,) = lost_types([path], lambda _: PRODUCT[suffix].encode())
    found = compared({path: PRODUCT[suffix]}, {path: sown.data.decode()}, cast("Comparer", types))
    assert [finding.rule for finding in found] == [sown.rule]


def test_all_languages_of_the_table_have_a_seed() -> None:
    assert set(ESCAPES) == set(PATTERNS) - {".kts"}  # scripts of Kotlin are builds
