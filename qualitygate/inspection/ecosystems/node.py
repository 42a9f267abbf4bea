"""package.json and the files that say which of them belong together."""

from __future__ import annotations

from typing import Any

from qualitygate.inspection.ecosystems.manifest import DEV, Manifest, Workspace, at, nearest, stated
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.shell import segments, unwrapped
from qualitygate.inspection.sources import Sources, dig, items, strings

LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "pnpm-workspace.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
_TABLES = (("dependencies", ""), ("peerDependencies", ""), ("optionalDependencies", ""), ("devDependencies", DEV))
# What a build script starts, the most telling first: a bundler says more than the compiler that runs before it.
BUILDERS = (
    *("next", "nuxt", "nuxi", "react-scripts", "ng", "vue-cli-service", "astro", "remix", "gatsby", "docusaurus"),
    *("electron-vite", "expo", "nx", "turbo", "lerna", "vite", "webpack", "rspack", "rollup", "tsup", "tsdown"),
    *("unbuild", "esbuild", "parcel", "microbundle", "swc", "gulp", "grunt", "babel", "tsc", "svelte-package"),
)
_BUILD_SCRIPTS = ("build", "build:prod", "compile", "bundle", "dist", "prepublishOnly", "prepare")


def read(sources: Sources, path: str) -> Manifest | None:
    """One package.json; workspaces may also be named by pnpm-workspace.yaml or lerna.json beside it."""
    data = sources.json(path)
    if not data and at(path.rpartition("/")[0], "pnpm-workspace.yaml") not in sources.names:
        return None
    name = data.get("name")
    dependencies = tuple(
        Dependency(package, version if isinstance(version, str) else "", group, Evidence(path))
        for table, group in _TABLES
        for package, version in items(data.get(table))
    )
    title = name if isinstance(name, str) else ""
    workspace = _workspace(sources, path, data)
    return Manifest(
        "node",
        path,
        title,
        dependencies,
        (("node", _runtime(sources, path, data)),),
        workspace,
        _build(sources, path, data),
        # A private package that only holds the others together is nothing that code imports.
        (Fact(title, (sources.evidence(path, '"name"'),)),)
        if title and not (workspace and data.get("private"))
        else (),
        # `{"type": "module"}` in a folder only tells node how to read what lies there.
        describes=bool(title or dependencies or data.get("scripts") or data.get("workspaces")),
    )


def manager(sources: Sources, path: str) -> str:
    """The package manager of a package.json, by the lock file nearest to it, then by what it says itself; or ``."""
    root = path.rpartition("/")[0]
    lock = nearest(root, LOCKS, sources.names)
    said = dig(sources.json(path), "packageManager")
    if isinstance(said, str) and (not lock or lock.rpartition("/")[0] != root):
        return said.split("@")[0]
    return LOCKS[lock.rpartition("/")[2]] if lock else ""


def _runtime(sources: Sources, path: str, data: Any) -> Fact | None:
    for keys in (("engines", "node"), ("volta", "node")):
        found = stated(sources, path, dig(data, *keys), '"node"')
        if found:
            return found
    root = path.rpartition("/")[0]
    for name in (".nvmrc", ".node-version"):
        file = at(root, name)
        found = stated(sources, file, sources.text(file)) if file in sources.names else None
        if found:
            return found
    return None


def _workspace(sources: Sources, path: str, data: Any) -> Workspace | None:
    root = path.rpartition("/")[0]
    pnpm, lerna = at(root, "pnpm-workspace.yaml"), at(root, "lerna.json")
    workspaces = data.get("workspaces")
    globs = strings(workspaces) or strings(dig(workspaces, "packages"))
    if pnpm in sources.names:
        globs = strings(dig(sources.yaml(pnpm), "packages"))
    if not globs and lerna in sources.names:
        globs = strings(dig(sources.json(lerna), "packages")) or ("packages/*",)
    if not globs:
        return None
    kind = f"{manager(sources, path) or 'npm'} workspace"
    kept = tuple(g for g in globs if not g.startswith("!"))
    return Workspace(kind, kept, tuple(g[1:] for g in globs if g.startswith("!")))


def _build(sources: Sources, path: str, data: Any) -> Fact | None:
    scripts = dict(items(data.get("scripts")))
    for name in _BUILD_SCRIPTS:
        programs = _programs(scripts, name, 0)
        found = next((b for b in BUILDERS if b in programs), "") or _in_program(sources, path, scripts.get(name))
        if found:
            return Fact(found, (sources.evidence(path, f'"{name}":', f'"{name}"'),))
    return None


def _in_program(sources: Sources, path: str, command: object) -> str:
    """The bundler that a build program of the package's own imports: `node scripts/build.js`."""
    for word in command.split()[:40] if isinstance(command, str) else ():
        file = at(path.rpartition("/")[0], word)
        if file in sources.names and file.endswith((".js", ".mjs", ".cjs", ".ts", ".mts")):
            text = sources.text(file) or ""
            found = next((b for b in BUILDERS if f"'{b}'" in text or f'"{b}"' in text), "")
            if found:
                return found
    return ""


def _programs(scripts: dict[str, Any], name: str, depth: int) -> set[str]:
    """The programs that a script starts, also through other scripts of the same package."""
    command = scripts.get(name)
    found: set[str] = set()
    if not isinstance(command, str) or len(command) > 2000 or depth > 3:
        return found
    for words in segments(command):
        rest = unwrapped(words)
        if rest[:1] in (["npm"], ["yarn"], ["pnpm"], ["bun"], ["npm-run-all"], ["run-s"], ["run-p"], ["cross-env"]):
            if rest[0] == "cross-env":
                found.update(w for w in rest[1:3] if "=" not in w)
            for word in (w for w in rest[1:] if w in scripts and w != name):
                found |= _programs(scripts, word, depth + 1)
        elif rest:
            found.add(rest[0].rpartition("/")[2])
    return found
