"""pom.xml: coordinates, modules, dependencies, plugins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from qualitygate.inspection.ecosystems.manifest import DEV, Manifest, Workspace, stated
from qualitygate.inspection.facts import Broken, Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources

_DEPTH = 60
_PROPERTY = re.compile(r"^\$\{([\w.-]{1,100})\}$")
_RELEASES = ("maven.compiler.release", "java.version", "maven.compiler.source", "maven.compiler.target", "jdk.version")
_TEST_SCOPES = ("test", "provided")


def read(sources: Sources, path: str) -> Manifest | None:
    """One pom.xml; settings of a parent that lies elsewhere are not followed."""
    root = parsed(sources, path)
    if root is None or root.tag != "project":
        return None
    name = (root.findtext("artifactId") or "").strip()
    modules = tuple((m.text or "").strip() for m in root.iterfind(".//modules/module") if (m.text or "").strip())
    runtime = _runtime(sources, path, root)
    return Manifest(
        "jvm",
        path,
        name,
        tuple(_dependencies(path, root)),
        (("java", runtime),),
        Workspace("maven module", modules) if modules else None,
        Fact("maven", (Evidence(path),)),
        describes=bool(name),
    )


def parsed(sources: Sources, path: str) -> Element | None:
    """An XML file without its namespaces, None where it is missing, broken or declares entities."""
    text = sources.text(path)
    if text is None:
        return None
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        sources.broken.append(Broken(path, 0, "an xml file with a document type: not read"))
        return None
    depth = deepest = 0
    for mark in re.findall(r"</|/>|<(?=[A-Za-z_])", text):
        depth += 1 if mark == "<" else -1
        deepest = max(deepest, depth)
    if deepest > _DEPTH:
        sources.broken.append(Broken(path, 0, "nested too deeply"))
        return None
    try:
        # Entities are refused above, so nothing can grow.
        root = ElementTree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text.lstrip()))
    except (ElementTree.ParseError, ValueError) as exc:
        line = getattr(exc, "position", (0, 0))[0]
        sources.broken.append(Broken(path, line, f"not xml: {exc}"[:160]))
        return None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def _dependencies(path: str, root: Element) -> Iterator[Dependency]:
    evidence = Evidence(path)
    for node in root.iter():
        artifact = (node.findtext("artifactId") or "").strip()
        if not artifact or node.tag not in ("dependency", "plugin", "parent", "path", "annotationProcessorPath"):
            continue
        group = (node.findtext("groupId") or "").strip()
        version = (node.findtext("version") or "").strip()
        scope = DEV if node.tag == "plugin" or (node.findtext("scope") or "").strip() in _TEST_SCOPES else ""
        yield Dependency(artifact, version, scope, evidence)
        if group:
            yield Dependency(f"{group}:{artifact}", version, scope, evidence)


def _runtime(sources: Sources, path: str, root: Element) -> Fact | None:
    properties = {p.tag: (p.text or "").strip() for table in root.iterfind("properties") for p in table}
    stating = [(name, properties[name]) for name in _RELEASES if name in properties]
    for plugin in root.iter("plugin"):
        if plugin.findtext("artifactId") == "maven-compiler-plugin":
            for name in ("release", "source", "target"):
                stating += [(name, (e.text or "").strip()) for e in plugin.iter(name)]
    for name, value in stating:
        found = _PROPERTY.match(value)
        number = properties.get(found[1], "") if found else value
        fact = stated(sources, path, number, f"<{name}>{value}", f"<{name}>")
        if fact:
            return Fact(
                fact.name.removeprefix("1.") if fact.name in ("1.8", "1.7", "1.6") else fact.name, fact.evidence
            )
    return None
