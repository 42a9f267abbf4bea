"""Gradle builds, read by pattern: build scripts are programs, and nothing of the repository is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.inspection.ecosystems.manifest import DEV, Manifest, Workspace, nearest
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, base_name, dig, items

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|(?<![:\"'])//[^\n]*", re.DOTALL)
_PLUGIN = re.compile(
    r"""\bid[ \t]*\(?[ \t]*["']([\w.-]+)["']|\bapply[ \t]*\(?[ \t]*plugin[ \t]*[:=][ \t]*["']([\w.-]+)["']"""
)
_KOTLIN = re.compile(r"""\bkotlin[ \t]*\([ \t]*["']([\w.]+)["'][ \t]*\)""")
_BARE_PLUGIN = re.compile(
    r"^[ \t]*`?(java|java-library|application|checkstyle|pmd|jacoco|groovy)`?[ \t]*$", re.MULTILINE
)
_NEED = re.compile(r"""\b(\w+)[ \t]*\(?[ \t]*(?:platform\()?["']([\w.-]+):([\w.-]+)(?::([^"'\s]*))?["']""")
_ALIAS = re.compile(r"\b(?:(\w+)[ \t]*\(?[ \t]*)?libs\.((?:plugins\.|bundles\.)?\w+(?:\.\w+)*)")
_INCLUDE = re.compile(r"^[ \t]*include(?:Build)?\b[ \t]*\(?((?:[^\n]*,[ \t]*\n)*[^\n]*)", re.MULTILINE)
_QUOTED = re.compile(r"""["'](:?[\w:./-]+)["']""")
_MOVED = re.compile(r"""project\([ \t]*["'](:[\w:-]+)["'][ \t]*\)\.projectDir[ \t]*=[^\n"']*["']([\w./-]+)["']""")
_RELEASE = re.compile(
    r"""(?:JavaLanguageVersion\.of\(|jvmToolchain\(|options\.release(?:\.set\(|[ \t]*=|\()"""
    r"""|(?:source|target)Compatibility[ \t]*[(=]?[ \t]*)[ \t]*"""
    r"""(?:JavaVersion\.(?:VERSION_)?|toVersion\()?["']?(\d+(?:[._]\d+)?)"""
)
_NAME = re.compile(r"""rootProject\.name[ \t]*=[ \t]*["']([^"'\n]+)["']""")
CATALOGUE = "gradle/libs.versions.toml"


def read(sources: Sources, path: str) -> Manifest | None:
    """One build script, or the settings that say which projects there are."""
    text = _COMMENT.sub("", sources.text(path) or "")
    if base_name(path).startswith("settings."):
        modules = tuple(_modules(text))
        name = _NAME.search(text)
        workspace = Workspace("gradle module", modules) if modules else None
        return Manifest("jvm", path, name[1] if name else "", (), (), workspace, _build(path), describes=False)
    needs = tuple(_needs(sources, path, text))
    release = next(_RELEASE.finditer(text), None)
    runtime = None
    if release:
        number = release[1].replace("_", ".").removeprefix("1.")
        runtime = Fact(number, (sources.evidence(path, release[0].strip()),))
    return Manifest("jvm", path, base_name(path.rpartition("/")[0]), needs, (("java", runtime),), None, _build(path))


def _build(path: str) -> Fact:
    return Fact("gradle", (Evidence(path),))


def _modules(text: str) -> Iterator[str]:
    moved = dict(_MOVED.findall(text))
    for row in _INCLUDE.findall(text):
        for name in _QUOTED.findall(row):
            key = name if name.startswith(":") else ":" + name
            yield moved.get(key, name.strip(":").replace(":", "/"))


def _needs(sources: Sources, path: str, text: str) -> Iterator[Dependency]:
    evidence = Evidence(path)
    for first, second in _PLUGIN.findall(text):
        yield Dependency(first or second, "", DEV, evidence)
    for name in (*_BARE_PLUGIN.findall(text), *(f"kotlin.{k}" for k in _KOTLIN.findall(text))):
        yield Dependency(name, "", DEV, evidence)
    if "useJUnitPlatform" in text:
        yield Dependency("useJUnitPlatform", "", DEV, evidence)
    for scope, group, artifact, version in _NEED.findall(text):
        yield from _pair(group, artifact, version, scope, evidence)
    file = nearest(path.rpartition("/")[0], (CATALOGUE,), sources.names)
    table = sources.toml(file) if file else {}
    for scope, alias in _ALIAS.findall(text):
        yield from _aliased(table, alias, scope, evidence)


def _pair(group: str, artifact: str, version: str, scope: str, evidence: Evidence) -> Iterator[Dependency]:
    of = DEV if scope.lower().startswith(("test", "androidtest", "kapttest", "checkstyle", "detekt")) else ""
    yield Dependency(artifact, version, of, evidence)
    yield Dependency(f"{group}:{artifact}", version, of, evidence)


def _aliased(table: Mapping[str, Any], alias: str, scope: str, evidence: Evidence) -> Iterator[Dependency]:
    kind, _, rest = alias.partition(".")
    if kind == "plugins":
        for name, value in items(table.get("plugins")):
            if _same(name, rest):
                plugin = dig(value, "id") or (value.split(":")[0] if isinstance(value, str) else "")
                if isinstance(plugin, str) and plugin:
                    yield Dependency(plugin, "", DEV, evidence)
        return
    for name, value in items(table.get("libraries")):
        if _same(name, alias):
            module = dig(value, "module") or (value if isinstance(value, str) else "")
            group, artifact = dig(value, "group"), dig(value, "name")
            parts = module.split(":") if isinstance(module, str) and module else [group, artifact]
            if len(parts) > 1 and all(isinstance(p, str) for p in parts[:2]):
                yield from _pair(str(parts[0]), str(parts[1]), "", scope, evidence)


def _same(name: str, alias: str) -> bool:
    return re.sub(r"[-_]", ".", name) == re.sub(r"[-_]", ".", alias)
