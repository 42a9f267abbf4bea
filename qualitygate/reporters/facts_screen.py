"""What inspection found, on one screen; every place where a fact stands is in the JSON document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from qualitygate.inspection.facts import Fact, Facts
from qualitygate.output import Console
from qualitygate.quote import clean, shown_path
from qualitygate.reporters.facts import faults
from qualitygate.reporters.screen import NARROW, draw, width_of

Item = tuple[str, str]
"""What is there, and where that stands, or how much of it there is."""

_LABEL = 15
_FAULTS = 3
_KEPT = 3
_COUNTED = ("languages", "source", "tests")


def render(facts: Facts, console: Console) -> str:
    """A row per kind of fact, in sections; what does not fit its row is counted."""
    return draw(console, _parts(facts, width_of(console)))


def _parts(facts: Facts, width: int) -> Iterator[RenderableType]:
    for name, rows in _SECTIONS.items():
        lines = [(label, items) for label, find in rows.items() if (items := list(find(facts)))]
        if lines:
            yield Text(name, style="bold")
        yield from (part for label, items in lines for part in _row(label, items, width))
    wrong = faults(facts)
    yield from (Text(line, style="yellow") for line in wrong[:_FAULTS])
    more = f"; {len(wrong) - _FAULTS} more warnings there" if len(wrong) > _FAULTS else ""
    yield Text(f"where each of these stands: qualitygate inspect --json{more}", style="dim")


def _row(label: str, items: Sequence[Item], width: int) -> Iterator[RenderableType]:
    """One line where the terminal is wide enough for two columns; else a heading, and an item per line."""
    if width < NARROW:
        yield Text(f"  {label}")
        for what, where in items[:_KEPT]:
            yield Padding(Text(what).append(f" ({where})" if where else "", style="dim"), (0, 0, 0, 4))
        if len(items) > _KEPT:
            yield Text(f"    and {len(items) - _KEPT} more", style="dim")
        return
    line = Text(f"  {label:<{_LABEL}}  ")
    room = width - cell_len(line.plain)
    ways = [(kept, places) for kept in range(len(items), 0, -1) for places in (True, False)]
    if label in _COUNTED:  # how much there is of it says more than what else there is
        ways.sort(key=lambda way: not (way[1] and way[0] >= min(2, len(items))))
    drawn = (_joined(items[:kept], len(items) - kept, places=places) for kept, places in ways)
    yield line + next(
        (one for one in drawn if cell_len(one.plain) <= room), _joined(items[:1], len(items) - 1, places=False)
    )


def _joined(items: Sequence[Item], more: int, *, places: bool) -> Text:
    text = Text()
    for number, (what, where) in enumerate(items):
        text.append(", " if number else "")
        text.append(what)
        text.append(f" ({where})" if where and places else "", style="dim")
    text.append(f" and {more} more" if more else "", style="dim")
    return text


def _named(key: str) -> Callable[[Facts], Iterable[Item]]:
    def find(facts: Facts) -> Iterator[Item]:
        found: Fact | tuple[Fact, ...] | None = getattr(facts, key)
        for fact in (found,) if isinstance(found, Fact) else found or ():
            first = fact.evidence[0]
            place = shown_path(first.path) + (f":{first.line}" if first.line else "")
            yield clean(fact.name, 40), place if first.path != fact.name else ""

    return find


def _paths(key: str) -> Callable[[Facts], Iterable[Item]]:
    def find(facts: Facts) -> Iterator[Item]:
        for path in getattr(facts, key):
            grounds = facts.grounds.get(f"{key}.{path}", ())
            yield shown_path(path), clean(grounds[0].text, 40) if grounds else ""

    return find


def _languages(facts: Facts) -> Iterator[Item]:
    names = sorted(facts.languages, key=lambda name: name != facts.primary_language)
    for name in names:
        lines = facts.languages[name].lines
        yield name, f"{lines:,} line{'' if lines == 1 else 's'}"
    if not names:
        yield "nothing is tracked yet" if not facts.tracked_files else "no source file is tracked", ""


def _runtime(facts: Facts) -> Iterator[Item]:
    for key, fact in facts.min_runtime.items():
        what = {"python_max_exclusive": "python below"}.get(key, key)
        yield (
            (f"{what} {clean(fact.name, 20)}", shown_path(fact.evidence[0].path))
            if fact
            else (what, "no version stated")
        )


def _hooks(facts: Facts) -> Iterator[Item]:
    yield from ((hook.name, hook.manager) for hook in facts.git_hooks)


def _commands(facts: Facts) -> Iterator[Item]:
    seen: dict[str, str] = {}
    for command in facts.gate_commands:
        if command.kind != "other":
            seen.setdefault(clean(command.command.splitlines()[0], 40), f"{shown_path(command.path)}:{command.line}")
    yield from seen.items()


def _environments(facts: Facts) -> Iterator[Item]:
    for one in facts.environments:
        yield (
            shown_path(one.path),
            "TRACKED: not trusted" if one.hostile else f"python {one.python}" if one.python else "",
        )


def _shared(facts: Facts) -> Iterator[Item]:
    yield from ((row.name, f"sets {len(row.settings)} keys") for row in facts.extended)


_SECTIONS: dict[str, dict[str, Callable[[Facts], Iterable[Item]]]] = {
    "project": {
        "languages": _languages,
        "runtime": _runtime,
        "packages": _named("package_managers"),
        "build": _named("build_system"),
        "frameworks": _named("frameworks"),
        "environments": _environments,
    },
    "layout": {
        "source": _paths("source_roots"),
        "tests": _paths("test_roots"),
        "first party": _named("first_party_packages"),
        "not by hand": _named("generated_or_vendored_paths"),
        "dockerfiles": _paths("dockerfiles"),
        "submodules": _paths("submodules"),
    },
    "gate": {
        "linters": _named("linters"),
        "formatters": _named("formatters"),
        "types": _named("type_checkers"),
        "tests by": _named("test_frameworks"),
        "tasks by": _named("task_runners"),
        "checks it runs": _commands,
        "ci": _named("ci"),
        "hook managers": _named("hook_managers"),
        "git hooks": _hooks,
        "shared settings": _shared,
    },
}
