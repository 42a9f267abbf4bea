"""Defects for checks that compare two trees: a tool switched off, an error swallowed; a test, a type, a step lost.

What is taken away stood in the trusted tree. Of several ways that one is taken of which the project's own linter says
nothing: it would name the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from benchmarks import story_asking, story_kept, story_settings
from benchmarks.story_ground import Ground, insert
from benchmarks.story_languages import SCRIPTS, SHELL, Hosts, layout, placed
from benchmarks.story_tree import Defect, Found

_MOST = 6
"""Files that are tried."""
_ASKED = 3
"""Texts that a linter is asked about: it may forbid all of a kind, and takes its time."""

# Put together here: no gate is to take these for suppressions of our own files.
_NO, _OFF = "no", "dis" + "able"
_PYTHON_SWITCHES = (f"# {_NO}qa", f"# {_NO}sec", "# pyright: " + "ignore", "# type: " + "ignore")
_SCRIPT_SWITCHES = (f"// eslint-{_OFF}-next-line", "// @ts-" + "ignore", f"// {_NO}semgrep")
_UNHEARD = "story_unheard = 1"
_PLAIN = "// A story without it."

_OTHER_SWITCHES: Sequence[tuple[Sequence[str], str, str]] = (
    (SHELL, f"# shellcheck {_OFF}=all\nstory() {{ :; }}", "# A story.\nstory() { :; }"),
    ((".go",), f"var _ = 1 //{_NO}lint", "var _ = 1"),
    ((".rs",), "#[" + "allow(warnings)]\nconst _: u8 = 1;", "const _: u8 = 1;"),
    ((".java", ".kt"), f"// {_NO.upper()}SONAR", "// A story."),
    ((".rb",), f"# rubocop:{_OFF} all", "# A story."),
    ((".tf",), "# tflint-" + "ignore: all", "# A story."),
    ((".yml", ".yaml"), f"# yamllint {_OFF}-line", "# A story."),
)

_GUARDED = "def story_swallowed() -> None:\n    try:\n        sum(())\n    except Exception:\n        {}\n"
_SUPPRESSED = "def story_swallowed() -> None:\n    with contextlib.suppress(Exception):\n        sum(())\n"
_UNGUARDED = "def story_swallowed() -> None:\n    sum(())\n"
_CAUGHT = "try {{\n{0}Object.freeze([]){1}\n}} catch {2}{{\n{0}// Nothing.\n}}"
_DROPPED = "Promise.resolve().catch(() => {{}}){1}"


def _silent(ground: Ground, defects: Iterable[Defect]) -> Iterator[Defect]:
    """Of the first few the one of which the project's own linter says nothing; else the first, with what it says."""
    spoken = None
    for one in islice(defects, _ASKED):
        found = story_asking.adds(ground.root, one.path, one.mended, one.broken)
        if not found:
            yield one
            return
        spoken = spoken or one._replace(also=tuple(Found(one.path, said.line, said.rule) for said in found))
    if spoken is not None:
        yield spoken


def _of_python(ground: Ground, rows: Sequence[tuple[str, str, int]], rule: str, needs: bytes = b"") -> Iterator[Defect]:
    for path in ground.sources[:_MOST]:
        data = (ground.root / path).read_bytes()
        for broken, mended, line in rows:
            if "contextlib." in broken and b"\nimport contextlib\n" not in data:
                continue
            text, first = insert(data, broken)
            yield Defect("", path, text, insert(data, mended)[0], Found(path, first + line, rule))


def _suppressions(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    rule, hosts = "suppression:blanket", ground.hosts
    rows = [(f"{_UNHEARD}  {switch}", _UNHEARD, 0) for switch in _PYTHON_SWITCHES]
    found = [*_silent(ground, _of_python(ground, rows, rule)), *_silent(ground, _switched_scripts(hosts, rule))]
    for kinds, broken, mended in _OTHER_SWITCHES if not found else ():
        found += [placed(hosts, path, broken, mended, 0, rule) for path in hosts.of(*kinds, tests=True)[:1]]
    yield from found[:2]


def _switched_scripts(hosts: Hosts, rule: str) -> Iterator[Defect]:
    for path in hosts.of(*SCRIPTS)[:_MOST]:
        code = f"Object.freeze([]){layout(hosts.read(path)).end}"
        for switch in _SCRIPT_SWITCHES:
            yield placed(hosts, path, f"{switch}\n{code}", f"{_PLAIN}\n{code}", 0, rule)


def _handlers(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    rule = "handlers:empty-broad"
    # A text instead of `pass`, a word instead of nothing: of those our own patterns for semgrep say nothing.
    rows = ((_GUARDED.format('"Nothing."'), _UNGUARDED, 3), (_SUPPRESSED, _UNGUARDED, 1))
    yield from _silent(ground, _of_python(ground, rows, rule))
    yield from _silent(ground, _swallowing_scripts(ground.hosts, rule))


def _swallowing_scripts(hosts: Hosts, rule: str) -> Iterator[Defect]:
    for path in hosts.of(*SCRIPTS)[:_MOST]:
        end, indent, _ = layout(hosts.read(path))
        mended = f"Object.freeze([]){end}"
        for text, line in ((_CAUGHT, 2), (_DROPPED, 0)):
            for caught in ("(error) ", "") if text is _CAUGHT else ("",):
                yield placed(hosts, path, text.format(indent, end, caught), mended, line, rule)


def _tests(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    for way in story_kept.TESTS:
        yield from _silent(ground, way(ground))


def _types(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    for way in story_kept.TYPES:
        yield from _silent(ground, way(ground))


def _settings(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    yield from story_settings.weakened(ground)


KNOWN: Mapping[str, Callable[[Ground, Mapping[str, object]], Iterator[Defect]]] = {
    "suppressions": _suppressions,
    "handlers": _handlers,
    "kept-tests": _tests,
    "kept-types": _types,
    "kept-settings": _settings,
}
"""Check to its defects, as `story_defects.KNOWN`."""
