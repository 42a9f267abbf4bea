"""Projects and solutions of .NET."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualitygate.inspection.ecosystems.manifest import DEV, INDIRECT, Manifest, Workspace, at, nearest
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, base_name

# By pattern: a project file may import others and hold conditions, and none of that is evaluated.
_PACKAGE = re.compile(
    r"""<(PackageReference|PackageVersion|GlobalPackageReference)\b[^<>]*?\b(?:Include|Update)="([\w.-]+)"(?:[^<>]*?\bVersion="([^"]*)")?"""
)
_FRAMEWORK = re.compile(r"<TargetFrameworks?>\s*([^<]{1,200})<")
_VERSION = re.compile(r"^net(?:coreapp)?(\d+\.\d+)$")
_SDK = re.compile(r"""<Project\b[^<>]*\bSdk="([\w./-]+)""")
_ASSEMBLY = re.compile(r"<AssemblyName>\s*([\w.-]+)\s*<")
_ANALYZER = re.compile(r"<(EnableNETAnalyzers|AnalysisMode|EnforceCodeStyleInBuild)>\s*(?!false|None)", re.IGNORECASE)
_IN_SOLUTION = re.compile(r"""^Project\("[^"]*"\)\s*=\s*"[^"]*",\s*"([^"]+\.(?:cs|fs|vb)proj)\"""", re.MULTILINE)
_IN_SLNX = re.compile(r"""<Project\b[^<>]*\bPath="([^"]+\.(?:cs|fs|vb)proj)\"""")
PROJECTS = (".csproj", ".fsproj", ".vbproj")


def read(sources: Sources, path: str) -> Manifest | None:
    """One project, one solution, or settings that all projects below share."""
    text = sources.text(path) or ""
    if path.endswith((".sln", ".slnx")):
        listed = _IN_SOLUTION.findall(text) + _IN_SLNX.findall(text)
        exact = tuple(dict.fromkeys(p.replace("\\", "/") for p in listed))
        if not exact:
            return None  # a solution of C++ projects
        workspace = Workspace("solution project", exact=exact)
        return Manifest("dotnet", path, base_name(path).rpartition(".")[0], workspace=workspace, describes=False)
    needs = (*_needs(path, text),)
    if not path.endswith(PROJECTS):
        return Manifest("dotnet", path, "", needs, describes=False)
    assembly = _ASSEMBLY.search(text)
    name = assembly[1] if assembly else base_name(path).rpartition(".")[0]
    evidence = sources.evidence(path, assembly[0] if assembly else "<Project")
    tests = any(n.name == "Microsoft.NET.Test.Sdk" for n in needs)
    return Manifest(
        "dotnet",
        path,
        name,
        needs,
        (("dotnet", _runtime(sources, path, text)),),
        build=Fact("msbuild", (evidence,)),
        packages=() if tests else (Fact(name, (evidence,)),),
    )


def _needs(path: str, text: str) -> Iterator[Dependency]:
    sdk = _SDK.search(text)
    if sdk:
        yield Dependency(sdk[1], "", "", Evidence(path))
    if _ANALYZER.search(text):
        yield Dependency("EnableNETAnalyzers", "", DEV, Evidence(path))
    for kind, name, version in _PACKAGE.findall(text):
        # A table of versions for all projects: which of them need it stands in the projects.
        yield Dependency(name, version, INDIRECT if kind == "PackageVersion" else "", Evidence(path))


def _runtime(sources: Sources, path: str, text: str) -> Fact | None:
    for file in (path, nearest(path.rpartition("/")[0], ("Directory.Build.props",), sources.names)):
        found = _FRAMEWORK.search(text if file == path else sources.text(file) or "") if file else None
        if found:
            versions = [m[1] for m in map(_VERSION.match, re.split(r"[;\s]+", found[1])) if m]
            if versions:
                lowest = min(versions, key=lambda v: tuple(int(n) for n in v.split(".")))
                return Fact(lowest, (sources.evidence(file, found[0].strip()),))
    return None


def folder_of(root: str, listed: str) -> str:
    """The folder of a project as a solution lists it."""
    return at(root, listed).rpartition("/")[0]
