"""What the settings of a tool say of it."""

from __future__ import annotations

from typing import Any

from qualitygate.inspection.facts import Kind
from qualitygate.inspection.sources import Sources, base_name, dig, strings
from qualitygate.inspection.tool_table import KnownTool

_TRUE = ("true", "1", "yes", "on")


def detail(tool: KnownTool, sources: Sources, files: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    """What the settings of a tool say that others need: the rules it selects, whether it is strict."""
    found: dict[str, Any] = {}
    for path in files:
        name = base_name(path)
        if tool.name == "ruff" and name in ("pyproject.toml", "ruff.toml", ".ruff.toml"):
            data = sources.toml(path)
            table = dig(data, "tool", "ruff") if name == "pyproject.toml" else data
            select = dig(table, "lint", "select") or dig(table, "select")
            if select:
                found.setdefault("select", strings(select))
        elif tool.name == "mypy":
            strict = _mypy_strict(sources, path, name)
            if strict is not None:
                found.setdefault("strict", strict)
        elif tool.name == "tsc" and name == "tsconfig.json":
            strict = _tsc_strict(sources, path)
            if strict is not None:
                found.setdefault("strict", strict)
        elif tool.name in ("pyright", "basedpyright") and name in ("pyproject.toml", "pyrightconfig.json"):
            data = sources.toml(path) if name.endswith(".toml") else sources.json(path)
            table = dig(data, "tool", tool.name) if name.endswith(".toml") else data
            mode = dig(table, "typeCheckingMode")
            if isinstance(mode, str):
                found.setdefault("mode", mode)
    return tuple(sorted(found.items()))


def further_kinds(tool: KnownTool, sources: Sources, files: tuple[str, ...]) -> tuple[Kind, ...]:
    """The kinds that a tool has besides its own, less those that its settings switch off."""
    if not tool.also or tool.name != "biome":
        return tool.also
    settings = [sources.jsonc(path) for path in files if base_name(path).startswith("biome.json")]
    off = bool(settings) and all(dig(data, "formatter", "enabled") is False for data in settings)
    return () if off else tool.also


def _tsc_strict(sources: Sources, path: str) -> bool | None:
    data = sources.jsonc(path)
    said = dig(data, "compilerOptions", "strict")
    # What another file says that this one extends is not known here.
    return said if isinstance(said, bool) else None if not data or data.get("extends") else False


def _mypy_strict(sources: Sources, path: str, name: str) -> bool | None:
    if name == "pyproject.toml":
        table = dig(sources.toml(path), "tool", "mypy")
        return bool(dig(table, "strict")) if isinstance(table, dict) else None
    if name in ("mypy.ini", ".mypy.ini", "setup.cfg", "tox.ini"):
        section = sources.ini(path).get("mypy")
        return section.get("strict", "").lower() in _TRUE if section is not None else None
    return None
