"""Output of tools as it was recorded: `tests/data/<tool>/recorded.toml`, and how it is recorded again.

`python -m tests.checks.tools.recording TOOL` runs the program on the tree of the file and writes what it said,
and what the adapter made of it: to be read before it is committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit

from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request, Tool
from qualitygate.model import Finding, Report
from qualitygate.process import Output

DATA = Path(__file__).parents[2] / "data"
ROOT, PID = "{root}", "{pid}"


class Case(NamedTuple):
    """One recorded run of a tool. `tree` are the files it ran on, by path; `said` is its output, and what follows."""

    tool: Tool
    recorded: str
    package: str
    tree: Mapping[str, str]
    said: Mapping[str, Any]


def recorded_tools() -> list[str]:
    return sorted(path.parent.name for path in DATA.glob("*/recorded.toml"))


def load(name: str) -> list[Case]:
    raw = tomlkit.parse((DATA / name / "recorded.toml").read_text(encoding="utf-8")).unwrap()
    plain = (TOOLS[name], raw["recorded"], raw.get("package", ""))
    return [Case(*plain, {**raw.get("tree", {}), **run.get("tree", {})}, run) for run in raw["run"]]


def laid_out(case: Case, root: Path) -> Request:
    """The tree of a case in a folder, and what the tool would be asked there."""
    for path, text in case.tree.items():
        file = root / path.replace(PID, str(os.getpid()))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(ROOT, os.fspath(root)), encoding="utf-8")
    files = tuple(case.said["files"])
    cache = root.with_name(f"{root.name}-cache")
    program = f"/usr/bin/{traits.program(case.tool)}"
    return Request(case.tool.name, os.fspath(root), files, program, case.said.get("options", {}), os.fspath(cache))


def output(case: Case, root: Path) -> Output:
    """What the program said, as if it had run in this folder."""
    said = (case.said.get(stream, "").replace(ROOT, os.fspath(root)).encode() for stream in ("stdout", "stderr"))
    return Output(case.said["exit"], *said)


def line(finding: Finding) -> str:
    """A finding as it stands in the file."""
    place = f"{finding.line}:{finding.column}-{finding.end_line}:{finding.end_column}"
    return f"{finding.rule} {finding.path}:{place} {finding.message}"


def executable(case: Case, folder: Path) -> str:
    """The program, fetched into `folder` if the file names its package; empty where it is not to be had."""
    name = traits.program(case.tool)
    ecosystem = traits.ecosystem(case.tool)
    if not case.package:
        return shutil.which(name) or ""
    if not folder.exists() and ecosystem == "node":
        subprocess.run(["npm", "install", "--silent", "--prefix", folder, case.package], check=True)
    elif not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", "--only-binary=:all:", case.package], check=True)
    place = folder / ("node_modules/.bin" if ecosystem == "node" else "bin") / name
    assert place.exists()
    return os.fspath(place)


def run_live(case: Case, root: Path, program: str) -> tuple[Output, Report]:
    """The program on the tree of a case."""
    request = laid_out(case, root)._replace(executable=program)
    said = run_command(case.tool.command(request), root, 300)
    return said, case.tool.parse(said, request)


def record(name: str) -> None:
    """Run the program again, and write what it said."""
    file = DATA / name / "recorded.toml"
    document: Any = tomlkit.parse(file.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(load(name)):
            root = Path(os.path.realpath(folder)) / f"tree{number}"
            root.mkdir()
            if "exit" in case.said and case.said.get("by_hand"):
                request = laid_out(case, root)
                said = output(case, root)
                report = case.tool.parse(said, request)
            else:
                kept = Path(os.environ.get("PROGRAMS", folder)) / name
                said, report = run_live(case, root, executable(case, kept))
            row = document["run"][number]
            row["exit"] = said.code
            for stream, data in (("stdout", said.stdout), ("stderr", said.stderr)):
                text = data.decode().replace(os.fspath(root), ROOT)
                row[stream] = tomlkit.string(text, multiline="\n" in text)
            row["looked_at"] = report.looked_at
            row["reason"] = report.reason.replace(os.fspath(root), ROOT)
            found = tomlkit.array()
            found.extend(map(line, report.findings))
            row["findings"] = found.multiline(True)
    file.write_text(tomlkit.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    for named in sys.argv[1:]:
        record(named)
