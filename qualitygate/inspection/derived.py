"""Files that nobody here wrote by hand, as what lies around them shows: their source, or the script that makes them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from qualitygate.inspection.census import Look, rank
from qualitygate.inspection.ecosystems.catalogue import is_aside
from qualitygate.inspection.ecosystems.manifest import at
from qualitygate.inspection.facts import Evidence, Role
from qualitygate.inspection.shell import segments
from qualitygate.inspection.sources import Sources, base_name, dig, items

Derived = Mapping[str, tuple[Role, Evidence]]

# What a compiler writes under the same name, and what it reads.
_COMPILED = ((".css", (".scss", ".sass", ".less", ".styl"), True), (".js", (".ts", ".tsx", ".coffee"), False))
_OUTPUT = ("--outDir", "--outdir", "--out-dir", "--output-dir", "--output", "-o", "-d")
_KEPT = ("", ".", "src", "lib", "app")
_COPIED_IN = ("@radix-ui/", '"radix-ui', "class-variance-authority", 'from "cmdk"', 'from "vaul"', "@base-ui")
_DATA_DIRS = ("data", "datasets", "corpus", "corpora")
_MANIFESTS = 100


def derived(sources: Sources, looks: Sequence[Look]) -> Derived:
    """The role of each such file, and how that shows."""
    found: dict[str, tuple[Role, Evidence]] = {}
    for rows in (_compiled(sources.names), _written(sources), _copied_in(sources), _data(looks)):
        for path, role, evidence in rows:
            found.setdefault(path, (role, evidence))
    return found


def _compiled(names: Collection[str]) -> Iterator[tuple[str, Role, Evidence]]:
    stems: dict[str, str] = {}
    for path in sorted(names):
        name = base_name(path)
        if not name.startswith("_"):
            stems.setdefault(name, path)
    for path in sorted(names):
        folder, _, name = path.rpartition("/")
        for end, origins, anywhere in _COMPILED:
            stem = name.removesuffix(end)
            if stem == name or not stem:
                continue
            for origin in origins:
                beside = f"{folder}/{stem}{origin}" if folder else f"{stem}{origin}"
                source = beside if beside in names else stems.get(stem + origin, "") if anywhere else ""
                if source and source.partition("/")[0] == path.partition("/")[0]:
                    yield path, "generated", Evidence(path, 0, f"compiled from {source}")


def _written(sources: Sources) -> Iterator[tuple[str, Role, Evidence]]:
    """What scripts of package.json write into tracked folders."""
    manifests = [p for p in sources.match("package.json", "*/package.json") if p.count("/") <= 3 and not is_aside(p)]
    for path in manifests[:_MANIFESTS]:
        root = path.rpartition("/")[0]
        for name, command in items(dig(sources.json(path), "scripts")):
            if not isinstance(command, str) or len(command) > 2000 or not any(o in command for o in _OUTPUT):
                continue
            for where in _outputs(command):
                folder = at(root, where)
                inside = folder + "/"
                if where.strip("./") in _KEPT or path.startswith(inside) or folder == root:
                    continue
                made = [p for p in sources.paths if p == folder or p.startswith(inside)]
                if any(base_name(p) == "package.json" for p in made):
                    continue
                for file in made:
                    yield file, "generated", Evidence(folder, 0, f"written by `{name}` of {path}")


def _outputs(command: str) -> Iterator[str]:
    for words in segments(command):
        for n, word in enumerate(words):
            option, _, value = word.partition("=")
            if option in _OUTPUT:
                value = value or (words[n + 1] if n + 1 < len(words) else "")
                if value and not value.startswith("-") and "$" not in value:
                    yield value


def _copied_in(sources: Sources) -> Iterator[tuple[str, Role, Evidence]]:
    """Components that a generator copied into the repository: as its settings say, or as they show."""
    settings = sources.match("components.json", "*/components.json")
    homes = {p.rpartition("/")[0]: p for p in settings if dig(sources.json(p), "aliases")}
    folders: dict[str, list[str]] = {}
    for path in sources.paths:
        folder = path.rpartition("/")[0]
        if (f"/{folder}").endswith("/components/ui") and path.endswith(
            (".tsx", ".jsx", ".ts", ".js", ".vue", ".svelte")
        ):
            folders.setdefault(folder, []).append(path)
    for folder, files in folders.items():
        home = next((p for root, p in homes.items() if folder.startswith(root + "/" if root else "")), "")
        text = f"copied in by the generator that {home} sets up" if home else "copied in, as most of its imports show"
        if home or _mostly_copied(sources, files):
            for path in files:
                yield path, "vendored", Evidence(folder, 0, text)


def _mostly_copied(sources: Sources, files: Sequence[str]) -> bool:
    some = files[:60]
    hits = sum(any(sign in (sources.text(p) or "") for sign in _COPIED_IN) for p in some)
    return len(files) >= 5 and hits * 2 >= len(some)


def _data(looks: Sequence[Look]) -> Iterator[tuple[str, Role, Evidence]]:
    """A top folder of data with binaries in it, and no code in the languages that the repository is written in."""
    tops: dict[str, list[Look]] = {}
    for look in looks:
        top, _, rest = look.path.partition("/")
        if rest and top.lower() in _DATA_DIRS:
            tops.setdefault(top, []).append(look)
    main = set(rank(looks, {})) if tops else set()
    for top, inside in tops.items():
        binaries = sum(k.binary for k in inside)
        if binaries >= 3 and not any(k.language in main for k in inside):
            for look in inside:
                yield look.path, "vendored", Evidence(top, 0, f"data with {binaries} binary files, no code of its own")
