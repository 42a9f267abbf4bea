"""What the project already runs on itself: every command, what it is for, and where it stands. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qualitygate.checks.catalogue import TOOLS
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.ci_commands import HOOK_ACTIONS, Raw
from qualitygate.inspection.facts import Call, GateCommand, Kind
from qualitygate.inspection.goals import kind_by_name
from qualitygate.inspection.meaning import Meaning, kind_of, meaning
from qualitygate.inspection.shell import is_noise
from qualitygate.inspection.tool_table import by_action, by_hook

_SHOWN = 300
_QUIET_RUNNERS = (
    "composer",
    "script",
    "make",
    "just",
    "npm",
    "nox",
    "tox",
    "poe",
    "pdm",
    "pixi",
    "hatch",
    "rye",
    "task",
)
_UNDERSTOOD = 4000
_STEPS = 100


class Understood(NamedTuple):
    """A command, the tools that it starts itself, and all that it reaches through the project's own entry points."""

    raw: Raw
    calls: tuple[Call, ...]
    reached: tuple[tuple[str, Kind], ...]
    steps: tuple[str, ...] = ()


class _Behind(NamedTuple):
    """What stands behind an entry point of the project: a command line, and what it means."""

    command: str
    meaning: Meaning


def understand(raws: Iterable[Raw]) -> tuple[Understood, ...]:
    """Each command with what it means; `make lint` means what its recipe means."""
    pairs = tuple((raw, _meaning(raw)) for raw in raws)
    entry_points: dict[str, list[_Behind]] = {}
    for raw, found in pairs:
        if raw.defines:
            entry_points.setdefault(raw.defines, []).append(_Behind(raw.command, found))
    closures: dict[tuple[str, ...], tuple[_Behind, ...]] = {}
    understood = []
    for raw, own in pairs:
        whole = (raw.defines,) if raw.defines else own.references
        for references in {own.references, whole} - set(closures):
            closures[references] = _reached(references, entry_points)
        behind = closures[own.references]
        tools = {name: kind for one in (own, *(step.meaning for step in behind)) for name, kind in one.tools}
        steps = tuple(dict.fromkeys(step.command for step in closures[whole]))[:_STEPS]
        understood.append(Understood(raw, own.calls, tuple(tools.items()), steps))
    return tuple(understood)


def _meaning(raw: Raw) -> Meaning:
    if raw.runner == "pre-commit":
        tool = by_hook().get(raw.name)
        told = meaning(raw.command[:_UNDERSTOOD])  # the words of a local hook's entry say more than its id
        return told if told.calls or tool is None else Meaning((Call(tool.name, tool.kind, raw.arguments),))
    if raw.uses:
        used = by_action().get(raw.uses)
        return Meaning((Call(used.name, used.kind),) if used else (Call(HOOK_ACTIONS[raw.uses], "lint"),))
    return meaning(raw.command[:_UNDERSTOOD])


def _reached(references: tuple[str, ...], entry_points: Mapping[str, Sequence[_Behind]]) -> tuple[_Behind, ...]:
    """What stands behind entry points, and behind those that they call in turn."""
    found: list[_Behind] = []
    seen: set[str] = set()
    queue = [*references]
    while queue:
        reference = queue.pop(0)
        if reference in seen:
            continue
        seen.add(reference)
        steps: Sequence[_Behind] = entry_points.get(reference, ())
        runner = reference.split(" ")[0]
        if runner in ("tox", "nox") and (reference == runner or "$" in reference):  # all, or one that CI fills in
            steps = [step for key, inner in entry_points.items() if key.split(" ")[0] == runner for step in inner]
        elif not steps and reference.startswith("tox -e"):
            steps = entry_points.get("tox", ())  # an environment without commands of its own runs the base's
        if runner == "npm":  # which runs these two unasked
            script = reference.removeprefix("npm run ")
            queue += [
                f"npm run {when}{script}" for when in ("pre", "post") if f"npm run {when}{script}" in entry_points
            ]
        for step in steps:
            found.append(step)
            queue += step.meaning.references
    return tuple(found)


def gate_commands(understood: Iterable[Understood]) -> tuple[GateCommand, ...]:
    """The commands worth knowing: all that CI and hooks run, and those of entry points that are checks."""
    found: dict[GateCommand, None] = {}
    for raw, calls, reached, steps in understood:
        kind = kind_of(reached)
        if kind == "other" and raw.runner in ("npm", "composer"):
            kind = kind_by_name(raw.name.rpartition(" ")[2])
        if is_noise(raw.command) or (kind == "other" and raw.runner in _QUIET_RUNNERS):
            continue
        tools = tuple(name for name, of in reached if of not in ("other", "build"))
        command = raw.command if len(raw.command) <= _SHOWN else raw.command[: _SHOWN - 3] + "..."
        known = tuple(call._replace(adapter=_adapter(call)) for call in calls if call.kind not in ("other", "build"))
        row = GateCommand(command, kind, tools, raw.runner, raw.name, raw.path, raw.line, raw.directory, known, steps)
        found[row] = None
    return tuple(found)


def _adapter(call: Call) -> str:
    name = call.tool.replace(" ", "-")
    return name if name in TOOLS else ""
