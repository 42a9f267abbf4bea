"""Cargo.toml: packages, workspaces, and the oldest compiler they promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.inspection.ecosystems.manifest import DEV, Manifest, Workspace, at, nearest, stated
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, dig, items, strings

_TABLES = (("dependencies", ""), ("dev-dependencies", DEV), ("build-dependencies", DEV))


def read(sources: Sources, path: str) -> Manifest | None:
    """One Cargo.toml, which describes a package, a workspace, or both."""
    data = sources.toml(path)
    name = dig(data, "package", "name")
    if not any(isinstance(data.get(key), dict) for key in ("package", "workspace", "dependencies")):
        return None
    title = name if isinstance(name, str) else ""
    return Manifest(
        "rust",
        path,
        title,
        tuple(_dependencies(path, data)),
        (("rust", _runtime(sources, path, data)),),
        _workspace(path, data),
        Fact("cargo", (sources.evidence(path, "[package]", "[workspace]"),)),
        (Fact(title, (sources.evidence(path, f'name = "{title}"', "name"),)),) if title else (),
        describes=bool(title),
    )


def _dependencies(path: str, data: Mapping[str, Any]) -> Iterator[Dependency]:
    places = [data, dig(data, "workspace"), *(table for _, table in items(data.get("target")))]
    for place in places:
        for table, group in _TABLES:
            for name, value in items(dig(place, table)):
                package = dig(value, "package") or name
                version = value if isinstance(value, str) else dig(value, "version")
                yield Dependency(
                    package if isinstance(package, str) else name,
                    version if isinstance(version, str) else "",
                    group,
                    Evidence(path),
                )


def _runtime(sources: Sources, path: str, data: Mapping[str, Any]) -> Fact | None:
    here = dig(data, "package", "rust-version")
    found = stated(sources, path, here, "rust-version")
    found = found or stated(sources, path, dig(data, "workspace", "package", "rust-version"), "rust-version")
    if found:
        return found
    top = nearest(path.rpartition("/")[0].rpartition("/")[0], ("Cargo.toml",), sources.names)
    if dig(here, "workspace") and top and top != path:
        return stated(sources, top, dig(sources.toml(top), "workspace", "package", "rust-version"), "rust-version")
    root = path.rpartition("/")[0]
    for name in ("rust-toolchain.toml", "rust-toolchain"):
        file = at(root, name)
        if file in sources.names:
            text = sources.text(file) or ""
            channel = dig(sources.toml(file), "toolchain", "channel") if "[" in text else text.strip()
            if isinstance(channel, str) and channel[:1].isdigit():
                return stated(sources, file, channel, "channel")
    return None


def _workspace(path: str, data: Mapping[str, Any]) -> Workspace | None:
    if not isinstance(data.get("workspace"), dict):
        return None
    # A package beside the table takes its path dependencies in, as cargo does.
    paths = [dig(value, "path") for table, _ in _TABLES for _, value in items(data.get(table))]
    local = tuple(p for p in paths if isinstance(p, str) and ".." not in p)
    return Workspace(
        "cargo workspace",
        strings(dig(data, "workspace", "members")) + local,
        strings(dig(data, "workspace", "exclude")),
    )
