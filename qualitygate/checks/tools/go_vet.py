"""`go vet`: Go that compiles and still cannot be meant; Go that does not compile."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any, Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.exits import why_incomplete
from qualitygate.checks.tools.rows import CouldNot, Row
from qualitygate.errors import ToolError
from qualitygate.model import Report
from qualitygate.process import Output

name = "go-vet"
title = "go vet"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
reach = "each"
config_files: tuple[str, ...] = ("go.mod", "go.sum", "go.work")
package = "go"
ecosystem = "system"
version_argv = ("version",)

_PLACE = re.compile(r"(?:vet: )?(?P<path>\S.*?\.go):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)")
_MODULE = re.compile(r"""^module\s+["`]?([^\s"`]+)""", re.MULTILINE)
_PACKAGE = re.compile(rb"^# (\S+?)(?:_test)?(?: \[.*\])?$", re.MULTILINE)
_POSITION = re.compile(r"(.+):(\d+):(\d+)")
_FETCH = "needs modules that are not on this machine; `go mod download` fetches them"
_MISSING = ("go get", "go mod download", "GOPROXY=off", "missing go.sum entry")


def wants(path: str) -> bool:
    """Go, but for what the go command itself passes over."""
    folders = path.split("/")[:-1]
    return path.endswith(".go") and not any(
        folder in ("vendor", "testdata") or folder.startswith(("_", ".")) for folder in folders
    )


def environment(request: Request) -> dict[str, str]:
    """What keeps the go command off the network and its results out of the tree."""
    caches = {"GOCACHE": os.path.join(request.cache_dir, "go"), "GOLANGCI_LINT_CACHE": request.cache_dir}
    return {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOVCS": "*:off", **caches}


def in_module(request: Request) -> int:
    """How many of the files belong to the module of this folder. Raises ToolError where there is none."""
    if not os.path.exists(os.path.join(request.root, "go.mod")):
        raise ToolError("there is no go.mod in its folder", hint="name the folder of the module as `root`")
    others: dict[str, bool] = {"": False}

    def elsewhere(folder: str) -> bool:
        if folder not in others:
            own = os.path.exists(os.path.join(request.root, folder, "go.mod"))
            others[folder] = own or elsewhere(folder.rpartition("/")[0])
        return others[folder]

    return sum(not elsewhere(path.rpartition("/")[0]) for path in request.files)


def command(request: Request) -> Command:
    """`go vet` on the whole module."""
    in_module(request)
    return Command((request.executable, "vet", "-json", "./..."), environment(request))


def parse(output: Output, request: Request) -> Report:
    """One finding per diagnostic; where a package does not compile, its errors, and the rest is not known."""
    if reason := why_incomplete(output, range(256), request.root):
        return Report((), 0, reason)
    text = output.stderr.decode("utf-8", "replace")
    missing = any(word in text for word in _MISSING)
    if output.code != 0 and not _PLACE.search(text):
        # It names each of them, at length.
        reason = _FETCH if missing else why_incomplete(output, (0,), os.path.realpath(request.root))
        return Report((), 0, reason)
    report = rows.report(output, request, name, _rows, red=range(256))
    if report.reason or output.code == 0:
        return report if report.reason else report._replace(looked_at=_looked_at(output, request))
    way = "; `go mod download` fetches what is missing" if missing else ""
    return report._replace(looked_at=0, reason=f"not all of it compiles{way}")


def _looked_at(output: Output, request: Request) -> int:
    """How many files lie in packages that it names; of a folder of which a build tag leaves nothing it says nothing."""
    with open(os.path.join(request.root, "go.mod"), encoding="utf-8", errors="replace") as file:
        module = _MODULE.search(file.read())
    named = {name.decode("utf-8", "replace") for name in _PACKAGE.findall(output.stderr + b"\n" + output.stdout)}
    top = module[1] if module else ""
    folders = {name[len(top) + 1 :] for name in named if name == top or name.startswith(f"{top}/")}
    return sum(path.rpartition("/")[0] in folders for path in request.files) if folders else in_module(request)


def _rows(output: Output) -> Iterator[Row]:
    """JSON between lines that begin with `#` and name a package; errors of the compiler are plain lines."""
    text = b"\n".join((output.stdout, output.stderr)).decode("utf-8", "replace")
    objects: list[str] = []
    for line in text.splitlines():
        if line.startswith("{"):
            objects.append(line)
        elif objects and line.startswith(("\t", "}")) and not objects[-1].endswith("}\n"):
            objects[-1] += line + ("\n" if line == "}" else "")
        elif found := _PLACE.fullmatch(line):
            yield Row("does-not-compile", found["path"], int(found["line"]), int(found["column"]), found["text"])
        elif output.code == 0 and line and not line.startswith(("#", "go: ")):
            raise ValueError(f"a line that is none of its own: {line[:80]}")
    if output.code == 0 and not objects:
        raise CouldNot("did not say that it looked at any package")
    for said in map(json.loads, objects):
        yield from _diagnostics(said)


def _diagnostics(said: Any) -> Iterator[Row]:
    for analyzers in said.values():
        for rule, found in analyzers.items():
            if isinstance(found, dict):
                raise CouldNot(f"{rule} failed: {found.get('error', found)}")
            for row in found:
                place = _POSITION.fullmatch(row["posn"])
                if place is None:
                    raise ValueError(f"no place in {row['posn']}")
                yield Row(rule, place[1], int(place[2]), int(place[3]), row["message"])
