"""One defect per check that this check alone reports, put into files that are there; and how it is mended."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

from benchmarks import story_asking, story_compared, story_languages
from benchmarks.story_ground import HOSTS, Ground, insert
from benchmarks.story_tree import ANYWHERE, Defect, Found

_UNUSED = "def story_unused_import() -> None:\n    import json\n"
_USED = "def story_unused_import() -> str:\n    import json\n\n    return json.dumps(1)\n"
_MISTYPED = "def story_wrong_type() -> int:\n    value: int = {}\n    return value\n"

_COMPARED = """def story_compared(signature: str, wanted: str) -> bool:
    return signature {} wanted
"""


def _in_source(
    ground: Ground, check: str, number: int, broken: str, mended: str, line: int, rule: str, among: int = HOSTS
) -> Iterator[Defect]:
    if ground.sources:
        path = ground.sources[number % min(len(ground.sources), among)]
        data = (ground.root / path).read_bytes()
        text, first = insert(data, broken)
        yield Defect(check, path, text, insert(data, mended)[0], Found(path, first + line, rule))


def _lint(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    """In the first file in which the project's own settings forbid it, and forbid nothing else of it."""
    for number in range(len(ground.sources)):
        for one in _in_source(ground, "ruff", number, _UNUSED, _USED, 1, "ruff:F401", among=len(ground.sources)):
            found = story_asking.adds(ground.root, one.path, one.mended, one.broken)
            if [said.rule for said in found] == [one.expected.rule]:
                yield one
                return


def _types(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    texts = (_MISTYPED.format("1.5"), _MISTYPED.format("1"))
    yield from _in_source(ground, "mypy", 1, *texts, 1, "mypy:assignment")


def _format(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    texts = ("story_spacing = [ 1,2 ]\n", "story_spacing = [1, 2]\n")
    yield from _in_source(ground, "ruff-format", 2, *texts, 0, "ruff-format:unformatted")


def _pattern(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    # No rule of ruff says the same, whichever of them a project has.
    texts = (_COMPARED.format("=="), _COMPARED.format("in"))
    if not ground.sources:
        yield from story_languages.pattern(ground.hosts)
    yield from _in_source(ground, "semgrep", 1, *texts, 1, "semgrep:secret-compared-plainly")


def _secret(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    # Drawn when it is needed, so that no scanner finds it in this file.
    key = "AK" + "IA" + "".join(random.Random(7).sample("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))
    texts = (f'story_id = "{key}"\n', 'story_id = "named elsewhere"\n')
    if not ground.sources:
        yield from _secret_comment(ground, key)
    yield from _in_source(ground, "secrets", 0, *texts, 0, "secrets:aws-access-key")


def _secret_comment(ground: Ground, key: str) -> Iterator[Defect]:
    """In a comment, or in prose: any text file will do."""
    code = ground.hosts.of(*story_languages.SLASHES, *story_languages.SHELL, ".tf")
    path = next(iter((*code, *ground.prose)), "story.txt")
    data = _read(ground, path) or b"First.\n"
    broken, first = story_languages.put(data, story_languages.comment(path, f"story {key}"))
    mended, _ = story_languages.put(data, story_languages.comment(path, "named elsewhere"))
    yield Defect("secrets", path, broken, mended, Found(path, first, "secrets:aws-access-key"))


def _marker(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    path = ground.prose[0] if ground.prose else "story.txt"
    data = _read(ground, path) or b"First.\n\nLast.\n"
    lines = data.split(b"\n")
    at = len(lines) // 2
    broken = b"\n".join([*lines[:at], b">" * 7 + b" theirs", *lines[at:]])
    mended = b"\n".join([*lines[:at], b"", *lines[at:]])
    yield Defect("merge-marker", path, broken, mended, Found(path, at + 1, "builtin:merge-marker"))


def _large(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    limit = int(str(options.get("max_kib", 500)))
    data = b"x" * 1023 + b"\n"
    path = "story-data.txt"
    yield Defect("large-file", path, data * (limit + 1), data, Found(path, 0, "builtin:large-file"))


_SYNTAX = {
    ".toml": (b"\nstory =\n", b"\n# story\n", "syntax:toml"),
    ".yaml": (b"\nstory: a: b\n", b"\n# story\n", "syntax:yaml"),
    ".yml": (b"\nstory: a: b\n", b"\n# story\n", "syntax:yaml"),
    ".json": (b"\n]\n", b"\n", "syntax:json"),
}


def _syntax(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    for kind, (wrong, right, rule) in _SYNTAX.items():
        if kind == ".yml" and (ground.settings[".yaml"] or not ground.settings[".yml"]):
            continue
        if kind == ".yaml" and ground.settings[".yml"] and not ground.settings[".yaml"]:
            continue
        path = next(iter(ground.settings[kind]), f"story{kind}")
        data = (_read(ground, path) or (b'{ "a": 1 }' if kind == ".json" else b"")).rstrip(b"\r\n")
        yield Defect("syntax", path, data + wrong, data + right, Found(path, data.count(b"\n") + 2, rule))


_TEST = "\n\ndef test_story() -> None:\n    assert sum([1]) == {}\n"


def _tests(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    for path in ground.tests[:1]:
        data = _read(ground, path).rstrip() + b"\n"
        broken, mended = (data + _TEST.format(n).encode() for n in (2, 1))
        yield Defect("pytest", path, broken, mended, Found(path, broken.count(b"\n"), "pytest:failed"))


def _command(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    """A test that fails, for a command that runs tests: it is anybody's guess which places it names."""
    words = str(options.get("run", ""))
    if "test" in words or "coverage" in words:
        for one in (*_tests(ground, options), *story_languages.KNOWN["mocha"](ground.hosts))[:1]:
            yield one._replace(expected=Found("", ANYWHERE, "command:failed"))


def _read(ground: Ground, path: str) -> bytes:
    place = ground.root / path
    return place.read_bytes() if place.is_file() else b""


KNOWN: Mapping[str, Callable[[Ground, Mapping[str, object]], Iterator[Defect]]] = {
    "syntax": _syntax,
    "ruff": _lint,
    "mypy": _types,
    "ruff-format": _format,
    "merge-marker": _marker,
    "large-file": _large,
    "semgrep": _pattern,
    "secrets": _secret,
    "pytest": _tests,
    "command": _command,
}
"""Check to its defects. They are made when asked for: each sees what the ones before it left behind."""


def of_check(ground: Ground, check: str, options: Mapping[str, object]) -> Iterator[Defect] | None:
    """The defects of a check by its settings in `qualitygate.toml`; None where nobody knows any."""
    tool = str(options.get("tool", check))
    make = KNOWN.get(check) or KNOWN.get(tool) or story_compared.KNOWN.get(tool)
    of_tool = story_languages.KNOWN.get(tool)
    if make is None and of_tool is None:
        return None
    found = make(ground, options) if make else of_tool(ground.hosts) if of_tool else ()
    return (one._replace(check=check) for one in found)


def moved(path: str, data: bytes) -> bytes | None:
    """The file with a comment and a blank line near its top, laid out as a formatter would; None for an empty one."""
    if not path.endswith(".py"):
        return story_languages.moved(path, data)
    if not data.strip() or data.startswith(b"\xef\xbb\xbf"):
        return None
    end = b"\r\n" if b"\r\n" in data[:200] else b"\n"
    lines = data.split(b"\n")
    at = 0
    while at < 2 and (lines[at].startswith(b"#!") or b"coding" in lines[at]):
        at += 1
    rest = b"\n".join(lines[at:])
    blank = end * (2 if rest.startswith((b"def ", b"class ", b"@", b"async ")) else 1)
    return b"".join(line + b"\n" for line in lines[:at]) + b"# A story begins." + end + blank + rest
