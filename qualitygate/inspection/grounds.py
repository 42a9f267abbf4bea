"""Evidence for facts that no single line of a file states: languages, roots, Dockerfiles, submodules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qualitygate.inspection.facts import Evidence, Language, Role
from qualitygate.inspection.sources import Sources


def grounds(
    sources: Sources,
    languages: Mapping[str, Language],
    named: Mapping[str, str | None],
    roles: Mapping[str, Role],
    roots: Mapping[str, tuple[str, ...]],
    listed: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[Evidence, ...]]:
    """Evidence by key of the JSON document (`primary_language`, `source_roots.src`).

    `named` holds the two languages by key, `roots` source and test roots by key, `listed` Dockerfiles and submodules.
    """
    found: dict[str, tuple[Evidence, ...]] = {}
    for key, name in named.items():
        if name:
            size = languages[name]
            text = f"{size.lines} lines in {size.files} files; code counts before notebooks, markup and data"
            found[key] = (Evidence(".", 0, text),)
    for key, role in (("source_roots", "source"), ("test_roots", "test")):
        counts = _files_in(roots[key], (path for path, of in roles.items() if of == role))
        for root in roots[key]:
            count = counts.get(root, 0)
            found[f"{key}.{root}"] = (Evidence(root, 0, f"{count} {role} file{'' if count == 1 else 's'}"),)
    for path in listed["dockerfiles"]:
        found[f"dockerfiles.{path}"] = (sources.evidence(path, "FROM ", "from "),)
    for path in listed["submodules"]:
        stated = ".gitmodules" in sources.names
        where = (
            sources.evidence(".gitmodules", f"path = {path}") if stated else Evidence(path, 0, "a commit in the index")
        )
        found[f"submodules.{path}"] = (where,)
    return found


def _files_in(roots: tuple[str, ...], paths: Iterable[str]) -> dict[str, int]:
    """Files per root; a file below several belongs to the innermost."""
    wanted = frozenset(roots)
    counts: dict[str, int] = {}
    for path in paths:
        folder = path
        while folder and folder not in wanted:
            folder = folder.rpartition("/")[0]
        folder = folder or "."
        counts[folder] = counts.get(folder, 0) + 1
    return counts
