"""Source and test roots of the whole repository: every project's own, each by the habits of its ecosystem."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from qualitygate.inspection import layout
from qualitygate.inspection.census import Look
from qualitygate.inspection.ecosystems.catalogue import is_aside
from qualitygate.inspection.ecosystems.manifest import Manifest, at
from qualitygate.inspection.facts import Member, Role
from qualitygate.inspection.languages import SORT_OF
from qualitygate.inspection.own_names import LANGUAGES_OF
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.role_names import DOCS_DIRS, SCRIPT_DIRS
from qualitygate.inspection.shell import segments, unwrapped
from qualitygate.inspection.sources import Sources, base_name, dig, items, strings

_SPECIFIER = re.compile(r"""["'](?:(\.{1,2}/)|[@~]/)([\w./@()\[\]-]{1,200})["']""")
_SCANNED = 400
# Runners that do not look into folders below the one they are given.
_FLAT_RUNNERS = ("mocha", "tape", "tap", "jasmine")


def source_roots(
    sources: Sources,
    looks: Iterable[Look],
    roles: Mapping[str, Role],
    projects: Iterable[Project],
    manifests: Iterable[Manifest],
    members: Iterable[Member],
    ranked: Sequence[str | None],
) -> tuple[str, ...]:
    """The folders of source code in the languages that count, here or in a member of the repository."""
    seen, inside, known = tuple(looks), tuple(members), tuple(manifests)
    homes = _homes(sources, projects, known, inside)
    wanted = {m.path: frozenset(m.languages[:1]) for m in inside}
    files = [
        k.path
        for k in seen
        if roles.get(k.path) == "source" and (_counts(k.language, ranked) or _counts(k.language, _of(k.path, wanted)))
    ]
    if ranked[0] and SORT_OF[ranked[0]] == "build":  # Terraform, CMake: no role, but what the repository is
        files += [k.path for k in seen if k.language == ranked[0] and not is_aside(k.path)]
    roots = layout.source_roots(files, homes, sources.names)
    texts = [k.path for k in seen if k.language and roles.get(k.path) not in ("generated", "vendored", "test")]
    extra = [*layout.beside_java(roots, texts), *_referred(sources, files, roots, roles, homes)]
    return tuple(dict.fromkeys((*roots, *extra)))


def test_roots(
    sources: Sources, roles: Mapping[str, Role], manifests: Iterable[Manifest], roots: Collection[str]
) -> tuple[str, ...]:
    """The folders that hold tests, and those below them that a runner has to be told of."""
    found = dict.fromkeys(layout.test_roots(roles, sources.names, roots))
    folders = {p.rpartition("/")[0] for p, role in roles.items() if role == "test"}
    for manifest in manifests:
        if manifest.ecosystem == "node":
            named = _told(dig(sources.json(manifest.path), "scripts"))
            found |= dict.fromkeys(f for f in (at(manifest.root, n) for n in named) if f in folders)
    return tuple(sorted(found))


def _homes(
    sources: Sources, projects: Iterable[Project], manifests: tuple[Manifest, ...], members: tuple[Member, ...]
) -> tuple[layout.Home, ...]:
    roots: dict[str, set[str]] = {p.root: {"python"} for p in projects if p.manifests}
    roots.setdefault("", set())
    inside = {m.path for m in members}
    for root in inside:
        roots.setdefault(root, set())
    entries: dict[str, frozenset[str]] = {}
    for manifest in manifests:
        if manifest.describes and (not manifest.root or manifest.root in inside):
            roots.setdefault(manifest.root, set()).add(manifest.ecosystem)
            if manifest.ecosystem == "node":
                entries[manifest.root] = frozenset(_entries(sources.json(manifest.path)))
    return tuple(layout.Home(r, frozenset(e), entries.get(r, frozenset())) for r, e in roots.items())


def _entries(data: Mapping[str, object]) -> Iterator[str]:
    """The files that a package.json names as what others get to see."""
    values = [data.get(key) for key in ("main", "module", "browser", "bin", "exports", "types")]
    if not any(values):
        yield "index.js"
    while values:
        value = values.pop()
        values += [inner for _, inner in items(value)] + (value if isinstance(value, list) else [])
        if isinstance(value, str):
            yield value.removeprefix("./")
            yield value.removeprefix("./") + ".js"


def _of(path: str, wanted: Mapping[str, frozenset[str]]) -> Collection[str]:
    folder = path.rpartition("/")[0]
    while folder and folder not in wanted:
        folder = folder.rpartition("/")[0]
    return wanted.get(folder, ())


def _counts(language: str, ranked: Collection[str | None]) -> bool:
    """Whether code of a language counts beside the ranked ones: one of them, or of the same family."""
    if language in ranked:
        return True
    return any(language in family and not set(family).isdisjoint(ranked) for family in LANGUAGES_OF.values())


def _referred(
    sources: Sources,
    files: Sequence[str],
    roots: Sequence[str],
    roles: Mapping[str, Role],
    homes: Iterable[layout.Home],
) -> Iterator[str]:
    """Top folders without code that the code of a web application at the top imports from: styles, assets, content."""
    top = next((h for h in homes if not h.root), layout.Home(""))
    mine = [p for p in files if p.endswith((".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte", ".mjs"))]
    if "node" not in top.ecosystems or not mine or any(r == "src" or "/" in r for r in roots):
        return
    tops = {p.partition("/")[0] for p in sources.paths if "/" in p}
    aside = {*DOCS_DIRS, *SCRIPT_DIRS, *roots, "public", "static", "dist", "build", "test", "tests"}
    wanted = {t for t in tops if t not in aside and not t.startswith(".")}
    with_code = {p.partition("/")[0] for p, role in roles.items() if role not in ("docs",) and not _is_text(p)}
    wanted -= with_code
    settings = [p for p in sources.paths if "/" not in p and ".config." in p]
    for path in (*settings, *mine[:_SCANNED]) if wanted else ():
        folder = path.rpartition("/")[0]
        for relative, rest in _SPECIFIER.findall(sources.text(path) or ""):
            target = at(folder, relative + rest) if relative else rest
            first = target.partition("/")[0]
            if first in wanted:
                wanted.discard(first)
                yield first


def _is_text(path: str) -> bool:
    return path.endswith((".css", ".scss", ".sass", ".less", ".md", ".mdx", ".json"))


def _told(scripts: object) -> Iterator[str]:
    """The folders that scripts hand to a runner that does not look below a folder by itself."""
    for _, command in items(scripts):
        if not isinstance(command, str) or len(command) > 2000 or "recursive" in command:
            continue
        for words in segments(command):
            rest = unwrapped(words)
            if rest and base_name(rest[0]) in _FLAT_RUNNERS:
                yield from (w.rstrip("/") for w in strings(rest[1:]) if w.endswith("/") or "/" in w)
