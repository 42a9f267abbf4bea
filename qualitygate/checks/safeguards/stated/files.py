"""What a file of settings states: from its name to the functions that read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qualitygate.checks.safeguards.stated import gate_files, names, running, scripts_in_code, tools
from qualitygate.checks.safeguards.stated.document import load
from qualitygate.checks.safeguards.stated.fact import Fact, facts
from qualitygate.checks.safeguards.stated.yaml_text import UnreadError
from qualitygate.locations import SETTINGS, WAIVERS


def read(path: str, data: bytes) -> dict[str, Any]:
    """The facts of a file, or `unread`."""
    try:
        return {"facts": facts(tuple(_read(path, data)))}
    except UnreadError as exc:
        return {"unread": str(exc)[:200]}


def _read(path: str, data: bytes) -> Iterator[Fact]:
    name = path.rpartition("/")[2]
    text = data.decode("utf-8-sig", "replace")
    if name in ("CODEOWNERS",):
        yield from gate_files.owners(text) if path in names.OWNERS else ()
    elif name == ".gitattributes":
        yield from gate_files.attributes(text)
    elif name in names.IGNORING:
        yield from gate_files.ignored(name, text)
    elif name in names.MAKE:
        yield from running.makefile(text)
    elif path.startswith(".husky/") or names.is_script(path):
        yield from running.script(text, area="hook" if path.startswith(".husky/") else "script")
    elif names.is_code(name):
        yield from scripts_in_code.read(name, text)
    else:
        yield from _structured(path, name, load(path, data), text)


def _structured(path: str, name: str, document: Any, text: str) -> Iterator[Fact]:
    if names.is_ci(path):
        yield from running.ci(document, text)
    elif name in names.PRE_COMMIT:
        yield from running.pre_commit(document, text)
    elif name in names.LEFTHOOK:
        yield from running.lefthook(document, text)
    elif name in names.STAGED:
        yield from running.lint_staged(document, text)
    elif path == SETTINGS:
        yield from gate_files.gate(document, text)
    elif path == WAIVERS:
        yield from gate_files.waivers(document, text)
    elif path in names.AGENTS:
        yield from gate_files.agent(document, text)
    else:
        if name == "package.json":
            yield from running.package_scripts(document, text)
        if name == "tox.ini":
            yield from running.tox(document, text)
        yield from tools.read(name, document, text)
