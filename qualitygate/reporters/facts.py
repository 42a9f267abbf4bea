"""What inspection found: one line per fact, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from qualitygate.quote import clean, shown_path

if TYPE_CHECKING:
    from qualitygate.inspection.facts import Evidence, Fact, Facts, GateCommand

Row = tuple[str, str]
"""What is there, and where that stands."""

_ROWS = 8
_LANGUAGES = 5
_LABEL = 18
_NAME = 22
_WHERE = 96
_PLACES = 2


def render_json(facts: Facts) -> str:
    """The document of `inspect --json`, as `docs/inspect.schema.json` describes it."""
    import json

    from qualitygate.inspection.facts import to_json
    from qualitygate.reporters.json_report import readable

    return json.dumps(readable({"schema": 1, **to_json(facts)}), indent=2)


def render_text(facts: Facts) -> str:
    """The facts as lines of `label  what  where`, ending in a line break; what is absent is left out."""
    build = [facts.build_system] if facts.build_system else []
    table: list[tuple[str, list[Row]]] = [
        ("languages", _languages(facts)),
        ("runtime", _runtime(facts)),
        ("package managers", _named(facts.package_managers)),
        ("build system", _named(build)),
        ("frameworks", _named(facts.frameworks)),
        ("members", _members(facts)),
        ("source", _bare(facts, "source_roots")),
        ("tests", _bare(facts, "test_roots")),
        ("first party", _named(facts.first_party_packages)),
        ("not by hand", _reasons(facts.generated_or_vendored_paths)),
        ("linters", _named(facts.linters)),
        ("formatters", _named(facts.formatters)),
        ("type checkers", _named(facts.type_checkers)),
        ("test frameworks", _named(facts.test_frameworks)),
        ("task runners", _named(facts.task_runners)),
        ("ci", _named(facts.ci)),
        ("hook managers", [(fact.name, f"{_where(fact)}; {_installed(fact)}") for fact in facts.hook_managers]),
        ("git hooks", [(h.name, f"{shown_path(h.path)}, of {h.manager}") for h in facts.git_hooks]),
        ("shared settings", [(row.name, f"{row.source}: {', '.join(row.settings)}") for row in facts.extended]),
        ("environments", _environments(facts)),
        ("dockerfiles", [(shown_path(path), "") for path in facts.dockerfiles]),
        ("submodules", [(shown_path(path), "") for path in facts.submodules]),
    ]
    lines = [line for label, rows in table for line in _block(label, rows)]
    blocks = [lines, _commands(facts), faults(facts)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _block(label: str, rows: Sequence[Row]) -> Iterator[str]:
    limit = _LANGUAGES if label == "languages" else _ROWS
    shown = rows[:limit] if len(rows) != limit + 1 else rows  # never `and 1 more` for one line
    width = min(max((len(name) for name, _ in shown), default=0), 2 * _NAME)
    for name, where in shown:
        text = f"{name:<{max(width, _NAME)}}  {clean(where, _WHERE)}" if where else name
        yield f"{label:<{_LABEL}}{text}".rstrip()
        label = ""
    if len(rows) > limit + 1:
        yield f"{'':<{_LABEL}}and {len(rows) - limit} more"


def _languages(facts: Facts) -> list[Row]:
    names = sorted(facts.languages, key=lambda name: name != facts.primary_language)
    sizes = [(name, facts.languages[name]) for name in names]
    rows = [(name, f"{_count(size.lines, 'line')} in {_count(size.files, 'file')}") for name, size in sizes]
    nothing = "no source file is tracked" if facts.tracked_files else "nothing is tracked yet: `git add` comes first"
    return rows or [(nothing, "")]


def _count(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _runtime(facts: Facts) -> list[Row]:
    names = {"python_max_exclusive": "python below"}
    stated = [(f"{names.get(key, key)} {fact.name}", _where(fact)) for key, fact in facts.min_runtime.items() if fact]
    return stated + [(key, "no version is stated") for key, fact in facts.min_runtime.items() if not fact]


def _named(facts: Iterable[Fact]) -> list[Row]:
    return [(clean(fact.name, 60), _where(fact)) for fact in facts]


def _where(fact: Fact) -> str:
    first = {e.path: e for e in reversed(fact.evidence)}
    places = [_place(first[path]) for path in fact.files]
    shown = _PLACES if sum(map(len, places[:_PLACES])) < _WHERE - 12 else 1
    more = len(places) - shown
    return ", ".join(places[:shown]) + (f" and {more} more" if more > 0 else "")


def _place(evidence: Evidence) -> str:
    path = shown_path(evidence.path)
    if evidence.line:
        return f"{path}:{evidence.line}"
    return f"{path} ({evidence.text})" if evidence.text else path


def _members(facts: Facts) -> list[Row]:
    rows = ((m.path, ", ".join((m.kind, *m.languages[:2])), m.evidence) for m in facts.members)
    return [(shown_path(path), f"{text}; {_place(evidence[0])}" if evidence else text) for path, text, evidence in rows]


def _installed(fact: Fact) -> str:
    hooks = dict(fact.detail).get("installed")
    return f"installed here: {', '.join(hooks)}" if hooks else "not installed in this clone"


def _bare(facts: Facts, key: str) -> list[Row]:
    rows = ((name, facts.grounds.get(f"{key}.{name}", ())) for name in getattr(facts, key))
    return [(shown_path(name), evidence[0].text if evidence else "") for name, evidence in rows]


def _reasons(facts: Iterable[Fact]) -> list[Row]:
    rows = []
    for fact in facts:
        texts = dict.fromkeys(e.text if e.path == fact.name or not e.line else _place(e) for e in fact.evidence)
        rows.append((shown_path(fact.name), ", ".join(text for text in texts if text)))
    return rows


def _environments(facts: Facts) -> list[Row]:
    rows = []
    for environment in facts.environments:
        notes = [f"python {environment.python}" if environment.python else "", "TRACKED: not trusted"]
        rows.append((shown_path(environment.path), ", ".join(n for n in notes[: 1 + environment.hostile] if n)))
    return rows


def _commands(facts: Facts) -> list[str]:
    checks: dict[str, list[GateCommand]] = {}
    for command in facts.gate_commands:
        if command.kind not in ("other", "build"):
            checks.setdefault(command.command, []).append(command)
    if not checks:
        return []
    lines = [f"checks that the project runs ({len(checks)}); none was run, so whether they pass now is unknown"]
    for text, rows in list(checks.items())[: _ROWS if len(checks) > _ROWS + 1 else None]:
        place = f"{shown_path(rows[0].path)}:{rows[0].line}" if rows[0].line else shown_path(rows[0].path)
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        lines.append(f"  {rows[0].kind:<6}  {clean(text.splitlines()[0], 60):<60}  {clean(place, 90)}{more}")
    if len(checks) > _ROWS + 1:
        lines.append(f"  and {len(checks) - _ROWS} more: `qualitygate inspect --json`")
    return lines


def faults(facts: Facts) -> list[str]:
    """What was broken or could not be read, a line each."""
    broken = [(shown_path(b.path), b.line, b.reason) for b in facts.broken_configuration]
    lines = [
        f"warning: {path}{f':{line}' if line else ''}: {clean(reason, 120)}" for path, line, reason in broken[:_ROWS]
    ]
    rest = len(facts.broken_configuration) - _ROWS
    lines += [f"warning: and {rest} more broken files"] if rest > 0 else []
    reasons: dict[str, list[str]] = {}
    for unread in facts.unreadable:
        reasons.setdefault(unread.reason, []).append(unread.path)
    for reason, paths in reasons.items():
        more = f" and {len(paths) - _PLACES} more" if len(paths) > _PLACES else ""
        names = ", ".join(shown_path(path) for path in paths[:_PLACES])
        lines.append(f"warning: not read, {reason}: {names}{more}")
    return lines
