"""Which reader is for which language."""

from __future__ import annotations

from collections.abc import Mapping

from qualitygate.checks.safeguards.inventory.case import Case, Held, Reading
from qualitygate.checks.safeguards.inventory.places import is_product, suffix
from qualitygate.checks.safeguards.inventory.words import bare, python_words

_TYPED = frozenset((".ts", ".mts", ".cts"))


def inventory(text: str, path: str, kind: str) -> Held:
    """What a file of this language holds; raises SyntaxError or ValueError where it cannot be read."""
    if kind == "python":
        from qualitygate.checks.safeguards.inventory import python

        return python.inventory(text)
    if kind == "javascript":
        from qualitygate.checks.safeguards.inventory import javascript

        return javascript.inventory(text, jsx=suffix(path) not in _TYPED)
    if kind == "go":
        from qualitygate.checks.safeguards.inventory import go

        return go.inventory(text)
    if kind == "rust":
        from qualitygate.checks.safeguards.inventory import rust

        return rust.inventory(text, all_tests=not is_product(path, {}))
    if kind == "jvm":
        from qualitygate.checks.safeguards.inventory import jvm

        return jvm.inventory(text)
    if kind == "csharp":
        from qualitygate.checks.safeguards.inventory import csharp

        return csharp.inventory(text)
    if kind == "bats":
        from qualitygate.checks.safeguards.inventory import bats

        return bats.inventory(text)
    from qualitygate.checks.safeguards.inventory import ruby

    return ruby.inventory(text)


def read(case: Case, kind: str, tables: Mapping[str, int]) -> Reading:
    """What one test does."""
    lengths = dict(tables)
    if kind == "python":
        from qualitygate.checks.safeguards.inventory import python_reading

        return python_reading.read(case, lengths)
    if kind == "javascript":
        from qualitygate.checks.safeguards.inventory import javascript_reading

        return javascript_reading.read(case, lengths)
    if kind == "go":
        from qualitygate.checks.safeguards.inventory import go

        return go.read(case, lengths)
    if kind == "rust":
        from qualitygate.checks.safeguards.inventory import rust

        return rust.read(case, lengths)
    if kind == "jvm":
        from qualitygate.checks.safeguards.inventory import jvm

        return jvm.read(case, lengths)
    if kind == "csharp":
        from qualitygate.checks.safeguards.inventory import csharp

        return csharp.read(case, lengths)
    if kind == "bats":
        from qualitygate.checks.safeguards.inventory import bats

        return bats.read(case, lengths)
    from qualitygate.checks.safeguards.inventory import ruby

    return ruby.read(case, lengths)


def body(case: Case, kind: str) -> list[str]:
    """The words of what a test does, without decorators, name and parameters."""
    if kind == "python":
        words = python_words(case.source)
        return bare(_behind_signature(words))
    if kind in ("ruby", "bats"):
        return bare(python_words(case.source.partition("\n")[2] or case.source))
    return bare(case.source.split("\n"))


def _behind_signature(words: list[str]) -> list[str]:
    depth = 0
    first = words.index("def") if "def" in words else 0
    for at in range(first, len(words)):
        word = words[at]
        if word in ("(", "[", "{"):
            depth += 1
        elif word in (")", "]", "}"):
            depth -= 1
        elif word == ":" and depth == 0:
            return words[at + 1 :]
    return words
