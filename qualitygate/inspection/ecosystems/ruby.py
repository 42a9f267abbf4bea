"""Gemfile and gemspec, read by pattern: both are Ruby programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualitygate.inspection.ecosystems.manifest import DEV, Manifest, at, nearest, stated
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, base_name

_GEM = re.compile(r"""^[ \t]*gem[ \t(]+["']([\w.-]+)["'](?:[ \t]*,[ \t]*["']([^"']*)["'])?(.*)$""")
_GROUP = re.compile(r"^[ \t]*group[ \t(]+(.*?)\)?[ \t]*do\b")
_RUBY = re.compile(r"""^[ \t]*ruby[ \t(]+["']([^"']+)["']""", re.MULTILINE)
_SPEC_NEED = re.compile(
    r"""\.add_(runtime_|development_)?dependency[ \t(]+%?\w?[("'\[]([\w.-]+)["'\])](?:[ \t]*,[ \t]*["']([^"']*)["'])?"""
)
_SPEC_NAME = re.compile(r"""\.name[ \t]*=[ \t]*["']([\w.-]+)["']""")
_SPEC_RUBY = re.compile(r"""\.required_ruby_version[ \t]*=[ \t]*(.{1,200})""")
_APP = re.compile(r"^module[ \t]+([A-Z]\w*)", re.MULTILINE)
_DEV_GROUPS = re.compile(r":?(?:test|development|lint|ci|rubocop|docs?)\b")


def read(sources: Sources, path: str) -> Manifest | None:
    """One Gemfile, or the gemspec of a gem."""
    text = sources.text(path) or ""
    if path.endswith(".gemspec"):
        return _gemspec(sources, path, text)
    ruby = _RUBY.search(text)
    runtime = stated(sources, path, ruby[1], ruby[0].strip()) if ruby else None
    application = at(path.rpartition("/")[0], "config/application.rb")
    module = _APP.search(sources.text(application) or "")
    packages = (Fact(module[1], (sources.evidence(application, module[0]),)),) if module else ()
    return Manifest(
        "ruby",
        path,
        module[1] if module else "",
        tuple(_gems(path, text)),
        (("ruby", runtime or _from_files(sources, path)),),
        packages=packages,
    )


def _gems(path: str, text: str) -> Iterator[Dependency]:
    dev = 0
    for line in text.split("\n"):
        if len(line) > 500:
            continue
        group = _GROUP.match(line)
        gem = _GEM.match(line)
        if group and _only_dev(group[1]):
            dev = 1
        elif line.startswith("end"):
            dev = 0
        elif gem:
            marked = re.search(r"group[s]?:?[ \t]*(?:=>)?[ \t]*(.*)", gem[3])
            alone = bool(marked and _only_dev(marked[1]))
            yield Dependency(gem[1], gem[2] or "", DEV if dev or alone else "", Evidence(path))


def _only_dev(groups: str) -> bool:
    names = re.findall(r"[a-z_]+", groups)
    return bool(names) and all(_DEV_GROUPS.match(name) for name in names)


def _gemspec(sources: Sources, path: str, text: str) -> Manifest | None:
    if "Gem::Specification" not in text:
        return None
    name = _SPEC_NAME.search(text)
    title = name[1] if name else base_name(path).removesuffix(".gemspec")
    ruby = _SPEC_RUBY.search(text)
    runtime = stated(sources, path, ruby[1], "required_ruby_version") if ruby else None
    needs = tuple(
        Dependency(gem, version, DEV if kind == "development_" else "", Evidence(path))
        for kind, gem, version in _SPEC_NEED.findall(text)
    )
    evidence = sources.evidence(path, name[0] if name else "Gem::Specification")
    return Manifest(
        "ruby",
        path,
        title,
        needs,
        (("ruby", runtime or _from_files(sources, path)),),
        build=Fact("rubygems", (evidence,)),
        packages=(Fact(title, (evidence,)),),
    )


def _from_files(sources: Sources, path: str) -> Fact | None:
    file = nearest(path.rpartition("/")[0], (".ruby-version",), sources.names)
    return stated(sources, file, sources.text(file)) if file else None
