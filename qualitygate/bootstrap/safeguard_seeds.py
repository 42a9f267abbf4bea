"""Changes that a check of two trees must notice: a handler that swallows, a suppression, a lost type, lost tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from qualitygate.checks.safeguards import tests, types
from qualitygate.checks.safeguards.product import is_product
from qualitygate.frozen import NamedTuple

Read = Callable[[str], "bytes | None"]


class Sown(NamedTuple):
    """A file as it must be to be noticed, and the rule that must say so."""

    path: str
    data: bytes
    rule: str


# Put together here: no gate is to take these for suppressions of our own files.
_NO = "no"
_OFF = "dis" + "able"
SUPPRESSIONS: Mapping[tuple[str, ...], str] = {
    ("**/*.py",): f"_seeded = 1  # {_NO}qa\n",
    ("**/*.js", "**/*.jsx", "**/*.mjs", "**/*.cjs", "**/*.ts", "**/*.tsx"): (
        f"// eslint-{_OFF}-next-line\nexport const _seeded = 1;\n"
    ),
    ("**/*.go",): f"var seeded = 1 //{_NO}lint\n",
    ("**/*.rb",): f"seeded = 1 # rubocop:{_OFF} all\n",
    ("**/*.java", "**/*.kt"): f"// {_NO.upper()}SONAR\n",
    ("**/*.sh", "**/*.bash"): f"# shellcheck {_OFF}=all\n:\n",
    ("**/*.yml", "**/*.yaml"): f"# yamllint {_OFF}-line\nseeded: 1\n",
    ("**/*.rs",): f"#[{'al' + 'low'}(warnings)]\nfn _seeded() {{}}\n",
}
"""What switches every rule off, by globs of the files that it fits into."""

HANDLERS: Mapping[tuple[str, ...], str] = {
    ("**/*.py",): "try:\n    print()\nexcept Exception:\n    pass\n",
    ("**/*.js", "**/*.jsx", "**/*.mjs", "**/*.cjs", "**/*.ts", "**/*.tsx"): "try {\n  run();\n} catch {}\n",
    ("**/*.rb",): "begin\n  run\nrescue StandardError\nend\n",
    ("**/*.java", "**/*.kt", "**/*.cs"): "class Seeded { void run() { try { go(); } catch (Exception e) { } } }\n",
}
"""What catches everything and does nothing."""

ESCAPES: Mapping[str, str] = {
    ".go": "func seeded(value any) {}\n",
    ".rs": "fn _seeded() { run().unwrap(); }\n",
    ".kt": "val seeded = run()!!\n",
    ".cs": "class Seeded { dynamic value; }\n",
    ".swift": "let seeded = run() as! Int\n",
    ".rb": "SEEDED = T.unsafe(nil)\n",
}
"""What gets round the types, by the suffix of files; put on top, because a file of Rust ends with its tests."""

_RETURNS = re.compile(rb"^([ \t]*(?:async )?def \w+\([^()\n]*\)) -> [^:\n]+:[ \t]*$", re.MULTILINE)
_MOST = 3


def lost_types(paths: Iterable[str], read: Read) -> Iterator[Sown]:
    """Python files in which one function lost what it returns, others in which something gets round the types."""
    sown: Counter[str] = Counter()
    for path in paths:
        if not is_product(path) or not (data := read(path)):
            continue
        suffix = path[path.rfind(".") :]
        if sown[suffix] < _MOST and (found := _untyped(path, suffix, data)):
            sown[suffix] += 1
            yield found


def _untyped(path: str, suffix: str, data: bytes) -> Sown | None:
    if suffix == ".py" and (found := _RETURNS.search(data)):
        return Sown(path, data[: found.start()] + found[1] + b":" + data[found.end() :], "types:lost-annotation")
    if suffix in (".ts", ".tsx") and types.wants(path):
        return Sown(path, data.rstrip(b"\n") + b"\nexport const _seeded: any = 1;\n", "types:any")
    if suffix in ESCAPES:
        return Sown(path, ESCAPES[suffix].encode() + data, "types:escape")
    return None


SETTINGS = tuple(f"settings:{kind}" for kind in ("gate-removed", "hook-removed", "ci-step", "ci-trigger"))
"""What is said of a file that calls the gate, or runs checks in CI, when nothing is left in it."""


def lost_settings(paths: Iterable[str], read: Read) -> Iterator[Sown]:
    """What calls the gate or runs CI, with nothing in it any more; what calls the gate comes first."""
    texts = (
        (path, read(path) or b"") for path in paths if path.endswith((".yml", ".yaml")) or path.startswith(".husky/")
    )
    found = [(b"qualitygate" not in data, path) for path, data in texts if b"qualitygate" in data or b"run:" in data]
    yield from (Sown(path, b"\n", SETTINGS[0]) for _, path in sorted(found)[:_MOST])


def lost_tests(paths: Iterable[str], read: Read) -> Iterator[Sown]:
    """Test files with nothing in them any more, one at a time: together they would pass for a move."""
    found = 0
    for path in paths:
        data = read(path)
        if found < _MOST and data and tests.extract(path, data, {}).get("tests"):
            found += 1
            yield Sown(path, b"", "tests:lost")
