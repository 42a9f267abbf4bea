"""composer.json: packages, namespaces, the lowest PHP."""

from __future__ import annotations

from qualitygate.inspection.ecosystems.manifest import DEV, Manifest, stated
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, dig, items


def read(sources: Sources, path: str) -> Manifest | None:
    """One composer.json."""
    data = sources.json(path)
    if not data:
        return None
    name = data.get("name")
    needs = tuple(
        Dependency(package, version if isinstance(version, str) else "", group, Evidence(path))
        for table, group in (("require", ""), ("require-dev", DEV))
        for package, version in items(data.get(table))
    )
    spaces = [
        space.strip("\\")
        for key in ("psr-4", "psr-0")
        for space, folder in items(dig(data, "autoload", key))
        if not str(folder).startswith(("database/", "tests/", "test/"))
    ]
    packages = tuple(Fact(s, (sources.evidence(path, s.split("\\")[0]),)) for s in dict.fromkeys(spaces) if s)
    runtime = stated(sources, path, dig(data, "require", "php"), '"php"')
    return Manifest("php", path, name if isinstance(name, str) else "", needs, (("php", runtime),), packages=packages)
