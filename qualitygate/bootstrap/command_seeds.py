"""Seeds for a command of the project: files that cannot be parsed any more, and code that breaks when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from qualitygate.inspection.facts import Role

# No language can read it, and a spelling checker finds something, too.
_UNREADABLE = b"\n}}} ((( qualitygate seed, recieve teh broken file [[[\n"
_CODE = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".go", ".rs", ".java", ".rb", ".sh")
_DATA = (".css", ".scss", ".json", ".yml", ".yaml", ".toml", ".md", ".html")
_THROWS = {
    ".py": b'\nraise RuntimeError("qualitygate seed")\n',
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx"), b'\nthrow new Error("qualitygate seed");\n'),
}
_HOSTS = 2
"""Files of a kind and role: the first may be one that the project's own settings leave out."""
_MANIFESTS = ("package.json", "package-lock.json", "pyproject.toml", "Makefile", "Taskfile.yml")


def broken_files(
    paths: Sequence[str], read: Callable[[str], bytes | None], roles: Mapping[str, Role], *, tests: bool
) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Ways to break the tree, each with what it is called. `tests`: only product code that must run."""
    thrown = {path: data + _THROWS[_suffix(path)] for path, data in _sources(paths, read, roles)}
    if tests:
        yield from [("a broken module", thrown)] if thrown else []
        return
    code = dict(_hosts(paths, read, roles, _CODE))
    if code:
        yield "a file that cannot be parsed", {path: data + _UNREADABLE for path, data in code.items()}
    if thrown:
        yield "a broken module", thrown
    other = dict(_hosts(paths, read, roles, _DATA))
    if other:
        yield "a data file that cannot be parsed", {path: data + _UNREADABLE for path, data in other.items()}


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else ""


def _hosts(
    paths: Sequence[str], read: Callable[[str], bytes | None], roles: Mapping[str, Role], suffixes: tuple[str, ...]
) -> Iterator[tuple[str, bytes]]:
    taken: dict[tuple[str, str], int] = {}
    for path in paths:
        suffix, role = _suffix(path), roles.get(path, "other")
        if suffix not in suffixes or role in ("vendored", "generated") or path.rpartition("/")[2] in _MANIFESTS:
            continue
        if taken.get((suffix, role), 0) < _HOSTS and (data := read(path)):
            taken[suffix, role] = taken.get((suffix, role), 0) + 1
            yield path, data.rstrip() + b"\n"


def _sources(
    paths: Sequence[str], read: Callable[[str], bytes | None], roles: Mapping[str, Role]
) -> Iterator[tuple[str, bytes]]:
    """All code that tests could run: which module they load first, nobody knows."""
    for path in paths:
        if _suffix(path) in _THROWS and roles.get(path) == "source" and (data := read(path)):
            yield path, data.rstrip() + b"\n"
