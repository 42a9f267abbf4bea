"""TOML, YAML and JSON files that do not parse; runs `qualitygate/engines/syntax.py`."""

from __future__ import annotations

import json
import os
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools.exits import why_incomplete
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "syntax"
title = "TOML, YAML and JSON syntax"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = ""
heeds = ("Chart.yaml",)  # beside it, `templates/` holds files that are no YAML yet

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_ENGINE = os.path.join(_PACKAGE, "engines", "syntax.py")
_TOML_NAMES = frozenset(("Cargo.lock", "Pipfile", "poetry.lock", "pdm.lock", "uv.lock"))
_JSON_NAMES = frozenset(("Pipfile.lock", "composer.lock"))
_ENDS = (".toml", ".yaml", ".yml", ".json", ".lock")
# JSON by name, with comments by custom.
_COMMENTED_NAMES = frozenset(
    (
        *("tslint.json", "devcontainer.json", "babel.config.json", "api-extractor.json", "typedoc.json", "turbo.json"),
        *("nx.json", "biome.json", "deno.json", "rush.json", "renovate.json", "cspell.json", "jsdoc.json"),
        *(".eslintrc.json", ".swcrc.json", ".babelrc.json", ".jshintrc.json", ".oxlintrc.json", ".markdownlint.json"),
        "language-configuration.json",
    )
)
_COMMENTED_PREFIXES = ("tsconfig", "jsconfig", "wrangler", "appsettings", "pyrightconfig")
_COMMENTED_FOLDERS = frozenset((".vscode", ".devcontainer", ".zed"))


def wants(path: str) -> bool:
    """Files that are TOML, YAML or strict JSON by name; JSON that may hold comments is left out."""
    return kind(path) != ""


def kind(path: str) -> str:
    """`toml`, `yaml`, `json`, or empty."""
    base = path.rpartition("/")[2]
    lowered = base.lower()
    if not lowered.endswith(_ENDS) and base not in _TOML_NAMES:
        return ""
    if lowered.endswith(".toml") or base in _TOML_NAMES:
        return "toml"
    if lowered.endswith((".yaml", ".yml")):
        return "yaml"
    if base in _JSON_NAMES:
        return "json"
    if not lowered.endswith(".json") or lowered in _COMMENTED_NAMES or lowered.startswith(_COMMENTED_PREFIXES):
        return ""
    return "" if _COMMENTED_FOLDERS.intersection(path.split("/")[:-1]) else "json"


def command(request: Request) -> Command:
    """Our own interpreter on the engine; paths and their kinds go through standard input."""
    files = [(path, kind(path)) for path in request.files]
    return Command((request.executable, "-I", _ENGINE), stdin=json.dumps(files).encode("ascii"))


def parse(output: Output, request: Request) -> Report:
    """One finding per file at most: where its parser gave up."""
    if reason := why_incomplete(output, (0,), request.root):
        return Report((), 0, reason)
    try:
        said = json.loads(output.stdout)
        if missing := said["unread"]:
            return Report((), 0, f"cannot read {missing[0][0]}: {missing[0][1]}")
        if said["given"] != len(request.files):
            return Report((), 0, f"read {said['given']} names, was given {len(request.files)}")
        given = set(request.files)
        found = tuple(_finding(request.check, *row) for row in said["findings"])
        if any(finding.path not in given for finding in found):
            return Report((), 0, "names a file that it was not given")
        return Report(found, int(said["looked_at"]))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as exc:
        return Report((), 0, f"printed what cannot be read: {type(exc).__name__} {exc}")


def _finding(check: str, path: str, kind: str, line: int, column: int, message: str) -> Finding:
    fix = f"make the file parse as {kind.upper()}"
    return Finding(check, f"syntax:{kind}", path, int(line), int(column), int(line), int(column), str(message), fix=fix)
