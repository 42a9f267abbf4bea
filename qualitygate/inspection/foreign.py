"""Where that lies which nobody here wrote by hand: the largest folders of it, and single files."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from qualitygate.inspection.facts import Evidence, Fact, Role
from qualitygate.inspection.testing_places import folders_above


def foreign_paths(
    roles: Mapping[str, Role], foreign: Mapping[str, Evidence], names: Collection[str], submodules: Collection[str]
) -> tuple[Fact, ...]:
    """The largest folders in which every file is generated or vendored, and single files elsewhere."""
    total: dict[str, int] = {}
    alien: dict[str, int] = {}
    mixed: set[str] = set()
    for path in names:
        inside = path in foreign
        if path in roles and not inside:
            mixed.update(folders_above(path))
        for folder in folders_above(path):
            total[folder] = total.get(folder, 0) + 1
            alien[folder] = alien.get(folder, 0) + inside
    found: dict[str, list[Evidence]] = {}
    for path, evidence in foreign.items():
        if roles.get(path) == "migration" and evidence.path == path:
            continue  # an environment's own files are edited by hand
        named = evidence.path if path.startswith(evidence.path + "/") and evidence.path not in mixed else ""
        where = named or _widest(path, total, alien, alone=evidence.path == ".gitattributes")
        found.setdefault(where, []).append(evidence)
    for module in submodules:
        found.setdefault(module, []).append(Evidence(".gitmodules", 0, "submodule"))
    tops = [p for p in sorted(found) if not any(p.startswith(q + "/") for q in found)]
    return tuple(Fact(p, tuple(dict.fromkeys(found[p]))[:3]) for p in tops)


def _widest(path: str, total: Mapping[str, int], alien: Mapping[str, int], *, alone: bool) -> str:
    # One file alone is called by its name: a second one beside it may well be written by hand.
    whole = [folder for folder in folders_above(path) if total[folder] == alien[folder] > (0 if alone else 1)]
    return whole[-1] if whole else path
