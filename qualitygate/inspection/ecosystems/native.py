"""Builds of C and C++: CMake, Meson, autotools, Bazel."""

from __future__ import annotations

import re

from qualitygate.inspection.ecosystems.manifest import Manifest
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, base_name

_PROJECT = {
    "CMakeLists.txt": re.compile(r"^[ \t]*project[ \t]*\([ \t\n]*([\w.+-]+)", re.MULTILINE | re.IGNORECASE),
    "meson.build": re.compile(r"^project[ \t]*\([ \t\n]*'([\w.+-]+)'", re.MULTILINE),
    "configure.ac": re.compile(r"^AC_INIT\([\[ \t\n]*([\w.+ -]+?)[\],]", re.MULTILINE),
}
_BUILD = {"CMakeLists.txt": "cmake", "meson.build": "meson", "configure.ac": "autotools"}
_FIND = re.compile(r"\bfind_package[ \t]*\([ \t]*(\w+)|\bdependency[ \t]*\([ \t]*'([\w+-]+)'", re.IGNORECASE)


def read(sources: Sources, path: str) -> Manifest | None:
    """The build file at the head of a C or C++ project; one that declares no project belongs to the one above."""
    kind = base_name(path)
    text = sources.text(path) or ""
    found = _PROJECT[kind].search(text)
    if not found:
        return None
    name = found[1].strip()
    evidence = sources.evidence(path, found[0].strip().split("\n")[0])
    needs = {a or b for a, b in _FIND.findall(text)}
    if "FetchContent" in text or "CPMAddPackage" in text:
        needs |= {n for n in ("googletest", "Catch2", "doctest") if n in text}
    if "enable_testing" in text.lower() or "include(ctest)" in text.lower().replace(" ", ""):
        needs.add("ctest")
    return Manifest(
        "native",
        path,
        name,
        tuple(Dependency(n, "", "", Evidence(path)) for n in sorted(needs)),
        build=Fact(_BUILD[kind], (evidence,)),
        packages=(Fact(name, (evidence,)),),
    )
