"""What inspection found, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qualitygate.reporters.quote import clean

if TYPE_CHECKING:
    from qualitygate.inspection.facts import Fact, Facts

_LIMIT = 6
_WIDTH = 100
_LABEL = 17


def render_json(facts: Facts) -> str:
    """The document of `inspect --json`."""
    import json

    from qualitygate.inspection.facts import to_json

    return json.dumps({"schema": 1, **to_json(facts)}, indent=2)


def render_text(facts: Facts) -> str:
    """The facts as lines of `label  what (where)`, ending in a line break; what is absent is left out."""
    rows = [
        ("languages", _languages(facts)),
        ("runtime", _runtime(facts)),
        ("package managers", _facts(facts.package_managers)),
        ("build system", _facts([facts.build_system] if facts.build_system else [])),
        ("frameworks", _names(f.name for f in facts.frameworks)),
        ("source", _names(facts.source_roots)),
        ("tests", _names(facts.test_roots)),
        ("first party", _names(f.name for f in facts.first_party_packages)),
        ("not by hand", _names(f.name for f in facts.generated_or_vendored_paths)),
        ("linters", _facts(facts.linters)),
        ("formatters", _facts(facts.formatters)),
        ("type checkers", _facts(facts.type_checkers)),
        ("test frameworks", _facts(facts.test_frameworks)),
        ("task runners", _facts(facts.task_runners)),
        ("ci", _facts(facts.ci)),
        ("hook managers", _facts(facts.hook_managers)),
        ("git hooks", _names(f"{h.name} ({h.manager})" for h in facts.git_hooks)),
        ("environments", _environments(facts)),
    ]
    lines = [f"{label:<{_LABEL}} {clean(text, _WIDTH)}" for label, text in rows if text]
    blocks = [lines, _commands(facts), _faults(facts)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _languages(facts: Facts) -> str:
    names = sorted(facts.languages, key=lambda name: name != facts.primary_language)
    sizes = [(name, facts.languages[name]) for name in names]
    return _names((f"{n} {s.lines} lines in {_files(s.files)}" for n, s in sizes), 3) or "no source file is tracked"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _runtime(facts: Facts) -> str:
    stated = [f"{name} {fact.name}" for name, fact in facts.min_runtime.items() if fact]
    return ", ".join(stated + [f"{name} unstated" for name, fact in facts.min_runtime.items() if not fact])


def _facts(facts: Sequence[Fact]) -> str:
    return _names(f"{fact.name} ({_where(fact)})" for fact in facts)


def _where(fact: Fact) -> str:
    more = len(fact.files) - 1
    return f"{fact.files[0]} and {more} more" if more > 0 else "".join(fact.files)


def _names(names: Iterable[str], limit: int = _LIMIT) -> str:
    every = tuple(names)
    rest = len(every) - limit
    return ", ".join(every[:limit]) + (f", and {rest} more" if rest > 0 else "")


def _environments(facts: Facts) -> str:
    return _names(
        f"{e.path}{f' (python {e.python})' if e.python else ''}{' TRACKED: not trusted' if e.hostile else ''}"
        for e in facts.environments
    )


def _commands(facts: Facts) -> list[str]:
    checks = [c for c in facts.gate_commands if c.kind != "other"]
    if not checks:
        return []
    lines = [f"checks that the project runs ({len(checks)}; none was run):"]
    lines += [
        f"  {c.kind:<6} {clean(c.command.splitlines()[0], 60)}  {clean(f'{c.path}:{c.line}', 60)}"
        for c in checks[:_LIMIT]
    ]
    if len(checks) > _LIMIT:
        lines.append(f"  and {len(checks) - _LIMIT} more")
    return lines


def _faults(facts: Facts) -> list[str]:
    lines = [
        f"warning: {clean(f'{b.path}:{b.line}' if b.line else b.path, 80)}: {clean(b.reason, 120)}"
        for b in facts.broken_configuration[:_LIMIT]
    ]
    lines += [f"warning: not read: {clean(u.path, 80)}: {u.reason}" for u in facts.unreadable[:_LIMIT]]
    rest = max(len(facts.broken_configuration) - _LIMIT, 0) + max(len(facts.unreadable) - _LIMIT, 0)
    return lines + ([f"warning: and {rest} more"] if rest else [])
