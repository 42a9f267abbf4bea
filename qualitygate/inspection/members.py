"""The projects inside a repository: members of workspaces, and projects that no workspace names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.census import Look
from qualitygate.inspection.ecosystems import node
from qualitygate.inspection.ecosystems.catalogue import is_aside, named_manifests
from qualitygate.inspection.ecosystems.manifest import Manifest, Workspace, at
from qualitygate.inspection.facts import Evidence, Member, Role
from qualitygate.inspection.languages import SORT_OF
from qualitygate.inspection.own_names import LANGUAGES_OF
from qualitygate.inspection.sources import Sources, base_name

_OWN = ("source", "test", "script", "migration")
_NEVER_ALONE = ("native", "terraform")
_BUILD_LOGIC = ("buildSrc",)
_PROJECT = "project"
MANAGERS = {"rust": "cargo", "go": "go modules", "ruby": "bundler", "php": "composer", "dotnet": "NuGet"}


class _Found(NamedTuple):
    kind: str
    name: str
    manifests: tuple[Manifest, ...]
    evidence: tuple[Evidence, ...]


def members(
    sources: Sources, manifests: Iterable[Manifest], looks: Iterable[Look], roles: Mapping[str, Role]
) -> tuple[Member, ...]:
    """Every project but one at the top, by path, each once with all of its manifests."""
    every = tuple(manifests)
    found: dict[str, _Found] = {}
    for manifest in every:
        if manifest.workspace:
            _add_named(sources, manifest, manifest.workspace, every, found)
    for manifest in every:
        old = found.get(manifest.root)
        if old is None and _stands_alone(sources, manifest):
            found[manifest.root] = _Found(_PROJECT, manifest.name, (manifest,), (Evidence(manifest.path),))
        elif old is not None and manifest not in old.manifests and manifest.describes:
            found[manifest.root] = old._replace(manifests=(*old.manifests, manifest))
    languages = _languages(found, looks, roles)
    rows = []
    for path, one in sorted(found.items()):
        if one.kind == _PROJECT and not _has_code(one.manifests, languages[path]):
            continue  # a manifest beside which nobody writes code
        if not languages[path] and is_aside(f"{path}/"):
            continue
        managers = tuple(dict.fromkeys(m for m in (_manager(sources, f) for f in one.manifests) if m))
        name = one.name or next((f.name for f in one.manifests if f.name), "") or base_name(path)
        rows.append(Member(path, name, one.kind, languages[path], managers, one.evidence))
    return tuple(rows)


def _has_code(manifests: Iterable[Manifest], languages: Iterable[str]) -> bool:
    """Whether there is code in a language of one of the manifests: else they build or fetch something for others."""
    known = {name for m in manifests for name in LANGUAGES_OF.get(m.ecosystem, ())}
    return any(name in known for name in languages)


def _add_named(
    sources: Sources,
    manifest: Manifest,
    workspace: Workspace,
    every: tuple[Manifest, ...],
    found: dict[str, _Found],
) -> None:
    by_path = {m.path: m for m in every}
    named = [by_path[p] for p in named_manifests(manifest, workspace, by_path)]
    for one in named:
        if one.root and one.root != manifest.root:
            where = _names(sources, manifest, workspace, one)
            found.setdefault(one.root, _Found(workspace.kind, one.name, (one,), (where, Evidence(one.path))))
    # A module of Gradle needs no build script of its own: the one at the top may configure them all.
    folders = {m.root for m in named}
    for member in workspace.members if workspace.kind == "gradle module" else ():
        path = at(manifest.root, member)
        if path and path not in folders and any(p.startswith(f"{path}/src/") for p in sources.paths):
            where = _names(sources, manifest, workspace, manifest._replace(path=f"{path}/src"))
            found.setdefault(path, _Found(workspace.kind, base_name(path), (manifest,), (where,)))


def _names(sources: Sources, manifest: Manifest, workspace: Workspace, member: Manifest) -> Evidence:
    """The line at which a workspace names a member."""
    inside = member.root[len(manifest.root) + 1 :] if manifest.root else member.root
    file = manifest.path
    pnpm = at(manifest.root, "pnpm-workspace.yaml")
    if workspace.kind.startswith("pnpm") and pnpm in sources.names:
        file = pnpm
    first = inside.split("/")[0]
    needles = (inside, inside.replace("/", "\\"), inside.replace("/", ":"), *workspace.members[:20], first)
    return sources.evidence(file, *needles)


def _stands_alone(sources: Sources, manifest: Manifest) -> bool:
    """Whether a manifest that no workspace names is a project in a folder of its own."""
    root = manifest.root
    if not root or not manifest.describes or manifest.ecosystem in _NEVER_ALONE or is_aside(manifest.path):
        return False
    if base_name(root) in _BUILD_LOGIC:
        return False
    if manifest.ecosystem == "node":
        # A stub that only says where the parts of a package lie is no project.
        scripts = bool(sources.json(manifest.path).get("scripts"))
        return scripts or any(not d.group or d.group == "dev" for d in manifest.dependencies)
    return True


def _manager(sources: Sources, manifest: Manifest) -> str:
    if manifest.ecosystem == "node":
        return node.manager(sources, manifest.path) or "npm"
    if manifest.ecosystem == "jvm":
        return "Maven" if manifest.path.endswith(".xml") else "Gradle"
    if manifest.ecosystem == "python":
        return manifest.build.name if manifest.build else "pip"
    return MANAGERS.get(manifest.ecosystem, "")


def _languages(paths: Iterable[str], looks: Iterable[Look], roles: Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    """The languages of the code in each folder, most lines first; a file belongs to the innermost."""
    sizes: dict[str, dict[str, int]] = {path: {} for path in paths}
    for look in looks:
        if SORT_OF.get(look.language) not in ("code", "notebook") or roles.get(look.path) not in (*_OWN, "example"):
            continue
        folder = look.path
        while folder and folder not in sizes:
            folder = folder.rpartition("/")[0]
        if folder:
            size = sizes[folder]
            size[look.language] = size.get(look.language, 0) + look.lines
    return {path: tuple(sorted(size, key=lambda name: (-size[name], name))) for path, size in sizes.items()}
