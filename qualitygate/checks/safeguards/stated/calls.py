"""Which checks head no longer runs, or runs so that they stop nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from qualitygate.checks.safeguards.stated.programs import ANY, class_of, replaces
from qualitygate.checks.safeguards.stated.sides import Loss, Placed
from qualitygate.frozen import NamedTuple

_GATE = "qualitygate"
_CALLED = "workflow:"
_SOFT = (
    "|| ",
    "; ",
    "set +e",
    "- (",
    "continue",
    "allow_failure",
    "soft_fail",
    "ignore_",
    "only if",
    "stages:",
    "skip:",
    "ci.skip",
)
_SOFT_FLAGS = ("--exit-zero", "--no-verify", "--passWithNoTests", "--pass-with-no-tests")
_AREAS = {"ci": "CI", "hook": "git hooks", "script": "scripts", "options": "options"}


class _Call(NamedTuple):
    """One command of one tree."""

    path: str
    line: int
    label: str
    text: str
    excuses: frozenset[str]
    strict: frozenset[str]
    paths: tuple[str, ...]


def losses(base: Sequence[Placed], head: Sequence[Placed]) -> Iterator[Loss]:
    """Programs that are gone from where they ran, and calls that were weakened, area by area."""
    left, right = _by_program(base), _by_program(head)
    for area, program in sorted({*left, *right}):
        olds, news = left.get((area, program), []), right.get((area, program), [])
        pairs, unpaired = _paired(olds, news)
        for old, new in pairs:
            yield from _weakened(area, program, old, new)
        if area == "options" and news and not olds:
            bare = _Call("", 0, "", "", frozenset(), frozenset(), ())
            for new in news:
                yield from _weakened(area, program, bare, new)
        if unpaired and area != "options":
            yield from _vanished(area, program, unpaired, news, left, right)


def _by_program(rows: Sequence[Placed]) -> Mapping[tuple[str, str], list[_Call]]:
    found: dict[tuple[str, str], list[_Call]] = defaultdict(list)
    for path, fact in rows:
        if fact.kind == "command":
            label, text, excuses, strict, paths = fact.value
            call = _Call(path, fact.line, label, text, frozenset(excuses), frozenset(strict), tuple(paths))
            found[fact.rule, fact.key].append(call)
    return found


def _paired(olds: Sequence[_Call], news: Sequence[_Call]) -> tuple[list[tuple[_Call, _Call]], list[_Call]]:
    """Old and new calls that are the same one, and old ones that have none: alike in all, in place, or in part."""
    left, right = list(olds), list(news)
    pairs = []
    for alike in (
        lambda old, new: old[3:] == new[3:],
        lambda old, new: (old.path, old.label, old.text) == (new.path, new.label, new.text),
        lambda old, new: (old.path, old.label) == (new.path, new.label),
        lambda old, new: old.excuses == new.excuses and old.strict == new.strict,
        lambda old, new: old.text == new.text,
        lambda old, new: True,
    ):
        for old in list(left):
            new = next((one for one in right if alike(old, one)), None)
            if new is not None:
                pairs.append((old, new))
                left.remove(old)
                right.remove(new)
    return pairs, left


def _weakened(area: str, program: str, old: _Call, new: _Call) -> Iterator[Loss]:
    for excuse in sorted(new.excuses - old.excuses):
        soft = excuse.startswith(_SOFT) or excuse in _SOFT_FLAGS
        left_out = {"test": "deselected", "coverage": "coverage-scope"}.get(class_of(program), "linter")
        rule = ("hook-softened" if area == "hook" else "softened") if soft else left_out
        said = f"`{program}` in {_AREAS[area]} stops nothing now: `{excuse}`"
        if not soft:
            said = f"`{program}` in {_AREAS[area]} leaves something out now: `{excuse}`"
        if program.startswith(_GATE):
            rule = "gate-removed"
        if excuse.startswith(("exclude:", "files:")):
            rule = "hook-scope"
        yield Loss(rule, new.path, new.line, said, f"{area}:{program}:{excuse}")
    for flag in sorted(old.strict - new.strict):
        said = f"`{program}` in {_AREAS[area]} ran with `{flag}`"
        yield Loss("flag-dropped", new.path, new.line, said, f"{area}:{program}-{flag}")
    before, now = set(old.paths), set(new.paths)
    narrowed = bool(now) and (not before or before & {".", "./..."}) and not now & {".", "./..."} and old.text
    if narrowed or (now and now < before):
        said = f"`{program}` in {_AREAS[area]} looks at `{' '.join(new.paths)[:60]}` only now"
        rule = "deselected" if class_of(program) == "test" else "linter"
        yield Loss(rule, new.path, new.line, said, f"{area}:{program}:only {' '.join(sorted(now))}")


def _vanished(
    area: str,
    program: str,
    gone: Sequence[_Call],
    news: Sequence[_Call],
    left: Mapping[tuple[str, str], Sequence[_Call]],
    right: Mapping[tuple[str, str], Sequence[_Call]],
) -> Iterator[Loss]:
    came = Counter({key: len(calls) - len(left.get(key, ())) for key, calls in right.items()})
    heirs = [name for (where, name), more in came.items() if where == area and more > 0 and replaces(name, program)]
    one = gone[0]
    if program.startswith(_CALLED) and class_of(program) == ANY:
        return  # what it does is not known
    if program.startswith(_GATE):
        yield Loss("gate-removed", one.path, 0, f"`{program}` no longer runs in {_AREAS[area]}", f"{area}:{program}")
        return
    rule = "script-removed" if area == "script" else "coverage-scope" if class_of(program) == "coverage" else ""
    if news:
        said = f"`{program}` runs {len(news)} instead of {len(news) + len(gone)} times in {_AREAS[area]}"
        if not heirs:
            line = news[0].line if news[0].path == one.path else 0
            yield Loss(rule or "runs-fewer", one.path, line, said, f"{area}:{program}#")
    elif heirs:
        said = f"`{program}` no longer runs in {_AREAS[area]}; `{sorted(heirs)[0]}` is new there"
        yield Loss("replaced", one.path, 0, said, f"{area}:{program}")
    else:
        said = f"`{program}` no longer runs in {_AREAS[area]}"
        rule = rule or ("hook-removed" if area == "hook" else "ci-step")
        yield Loss(rule, one.path, 0, said, f"{area}:{program}")
