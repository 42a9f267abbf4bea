"""Output of real tools as it was recorded: `tests/data/<tool>/<version>.json`, and how to run the tools themselves.

A recording holds, per scenario, exit code, both streams, the report file, and the files that the check was given.
The tree was laid out at `/snapshot`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request
from qualitygate.model import Report
from qualitygate.process import Output
from tests.support import write

DATA = Path(__file__).parent / "data"


def versions(tool: str) -> list[Path]:
    return sorted((DATA / tool).glob("*.json"))


def recorded(place: Path, scenario: str, options: Mapping[str, Any]) -> tuple[Output, Request]:
    known = json.loads(place.read_text("utf-8"))["runs"][scenario]
    streams = [known[name].encode("utf-8", "surrogateescape") for name in ("stdout", "stderr", "report")]
    output = Output(known["code"], streams[0], streams[1], report=streams[2])
    files = tuple(known["files"])
    return output, Request("check", "/snapshot", files, "/project/tool", options, "/cache")


def parsed(tool: ModuleType, place: Path, scenario: str, **options: Any) -> Report:
    output, request = recorded(place, scenario, {"environment": "project", **options})
    report: Report = tool.parse(output, request)
    return report


def install(root: Path, *packages: str) -> Path:
    """`node_modules` with these packages; the folder of its programs."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", *packages]
    subprocess.run(command, cwd=root, check=True, env={**os.environ, "npm_config_cache": os.fspath(root / ".npm")})
    return root / "node_modules" / ".bin"


def lay_out(root: Path, files: Mapping[str, str | bytes | None], modules: Path | None = None) -> Path:
    write(root, files)
    (root / ".git").mkdir(exist_ok=True)
    if modules is not None and not (root / "node_modules").exists():
        (root / "node_modules").symlink_to(modules)
    return root


def request_for(tool: ModuleType, root: Path, program: Path | str, **options: Any) -> Request:
    paths = (os.fspath(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and "node_modules" not in p.parts)
    files = tuple(sorted(path for path in paths if tool.wants(path)))
    options = {"environment": "project", **options}
    cache = os.fspath(root.with_name(root.name + "-cache"))
    os.makedirs(cache, exist_ok=True)
    return Request("check", os.fspath(root), files, os.fspath(program), options, cache)


def execute(tool: ModuleType, request: Request) -> Report:
    report: Report = tool.parse(run_command(tool.command(request), request.root, 120), request)
    return report


def contents(root: Path) -> dict[str, bytes]:
    """All files of a folder, to see that nothing was written into it."""
    below = (p for p in root.rglob("*") if p.is_file() and "node_modules" not in p.relative_to(root).parts)
    return {os.fspath(path.relative_to(root)): path.read_bytes() for path in below}


def brief(report: Report) -> list[tuple[str, int, int, str]]:
    return [(finding.path, finding.line, finding.column, finding.rule) for finding in report.findings]


def reader(files: Mapping[str, str]) -> Callable[[str], bytes | None]:
    return lambda path: files[path].encode() if path in files else None
