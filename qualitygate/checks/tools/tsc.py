"""The TypeScript compiler over whole projects, which emits nothing; the settings of a project are data."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import built_packages, node_files, tsconfig
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "tsc"
title = "tsc"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
reach = "each"
config_files: tuple[str, ...] = (*tsconfig.NAMES, "package.json")
package = "typescript"
program = "tsc"
ecosystem = "node"

# Each project is a run of its own; what it prints stands between its number and its exit code.
_EACH = 'e=$1; shift; n=0; for p do printf "\\036%s\\n" $n; "$e" --pretty false --noEmit --listFiles --incremental'
_EACH += ' --tsBuildInfoFile "$0/$n.tsbuildinfo" -p "$p"; printf "\\037%s\\n" $?; n=$((n+1)); done'
_SECTION = re.compile(rb"\x1e(\d+)\n(.*?)\x1f(\d+)\n", re.DOTALL)
_LINE = re.compile(r"(.+?)\((\d+),(\d+)\): error TS(\d+): (.*)")
_PLACELESS = re.compile(r"error TS(\d+): (.*)")
# With any of these, types are not looked at: they are of the scanner and the parser (TypeScript 5.9), or say that
# something in JavaScript is TypeScript. Those that the checker reports as well are left out.
_UNPARSED = frozenset(
    (
        *(1002, 1007, 1010, 1011, 1012, 1034, 1068, 1069, 1109, 1121, 1124, 1125, 1126, 1127, 1128, 1129, 1130, 1131),
        *(1132, 1134, 1135, 1137, 1138, 1139, 1140, 1144, 1145, 1146, 1160, 1161, 1177, 1178, 1179, 1180, 1181),
        *(1185, 1198, 1199, 1209, 1260, 1351, 1352, 1353, 1357, 1381, 1382, 1385, 1386, 1387, 1388, 1389, 1390),
        *(1434, 1435, 1436, 1437, 1438, 1439, 1440, 1441, 1442, 1443, 1472, 1477, 1478),
        *(17002, 17006, 17007, 17008, 17014, 17015, 17021, 18026, 18029, 18030),
        *(1003, 1005, 1110, 1136, 1142, 8002, 8003, 8004, 8005, 8006, 8008, 8009, 8010, 8013, 8016, 8017, 8037, 8038),
    )
)
_UNBUILT = 6305
unparsed_rules = frozenset(f"tsc:TS{code}" for code in _UNPARSED)
masks = blanks = re.compile(r"@ts-(?:ignore|expect-error|nocheck)\b")


def wants(path: str) -> bool:
    """Code and the data that it imports; what of it is checked, the project's settings say."""
    return path.endswith((*node_files.SCRIPTS, ".json"))


def asked(request: Request) -> tuple[tsconfig.Project, ...]:
    """The projects that this check is about: `paths`, or the one at its root; with all that they refer to."""
    named = [str(path) for path in request.options.get("paths", ())]
    return tsconfig.projects(node_files.reader(request.root), named)


def command(request: Request) -> Command:
    """`tsc` once for each project; nothing is written but what it keeps for the next run, which is in the cache.

    Option of the check: `paths` (settings of projects). Raises ToolError.
    """
    found = asked(request)
    if not found:
        raise ToolError("there is no `tsconfig.json` that names files", hint="name the project's settings in `paths`")
    places, files = [], {}
    for number, project in enumerate(found):
        apart = _apart(project, found, request)
        place = os.path.join(request.cache_dir, f"project-{number}.json") if apart else f"./{project.path}"
        if apart:
            files[place] = apart
        places.append(place)
    argv = ("/bin/sh", "-c", _EACH, request.cache_dir, request.executable, *places)
    return Command(argv, node_files.ENV, files=files)


def _apart(project: tsconfig.Project, every: tuple[tsconfig.Project, ...], request: Request) -> bytes:
    """Settings that take the sources of the projects it refers to for what these would be built to; empty for none.

    The compiler reads what was built, which no tree holds; an editor reads the sources, and so does this.
    """
    if not project.references or not project.whole or b"${configDir}" in project.raw:
        return b""
    root = os.path.abspath(request.root)
    folder = os.path.dirname(os.path.join(root, project.path))
    options: dict[str, object] = {"composite": False, "rootDir": list(node_files.folders_up(root))[-1]}
    if "typeRoots" not in project.options:  # they are looked for beside the settings, which now are elsewhere
        places = [os.path.join(place, "node_modules", "@types") for place in node_files.folders_up(folder)]
        options["typeRoots"] = [place for place in places if os.path.isdir(place)]
    if "paths" not in project.options:  # which would be lost
        built = built_packages.sources(node_files.reader(root), every)
        options["paths"] = {name: [os.path.join(root, one) for one in places] for name, places in built.items()}
    made: dict[str, object] = {
        "extends": os.path.join(root, project.path),
        "compilerOptions": options,
        "references": [],
    }
    if not project.named:  # all below the settings, which are not there now
        outs = [project.options[key] for key in ("outDir", "declarationDir") if key in project.options]
        left_out = [os.path.normpath(os.path.join(folder, str(one))) for one in ("node_modules", *outs)]
        made |= {"include": [f"{folder}/**/*"], "exclude": left_out}
    return json.dumps(made).encode()


class _Read(NamedTuple):
    """What one project printed: findings in the tree, errors that have no place there, and the files it read."""

    findings: tuple[Finding, ...]
    placeless: tuple[str, ...]
    codes: frozenset[int]
    files: frozenset[str]
    outside: str


def parse(output: Output, request: Request) -> Report:
    """Errors in the tree's own files, and how many of these were checked, JavaScript only where `checkJs` is on.

    Incomplete is a run with an error in settings, with one that keeps the compiler from looking at types, and one that
    read sources outside of the judged tree.
    """
    if reason := why_incomplete(output, (0,), request.root):
        return Report((), 0, reason)
    sections = [(int(n), text, int(code)) for n, text, code in _SECTION.findall(output.stdout)]
    known = asked(request)
    if [n for n, _, _ in sections] != list(range(len(known))) or not sections:
        return Report((), 0, f"did not run to its end: {complaint(output.stderr, request.root)}")
    findings: dict[Finding, None] = {}
    checked: set[str] = set()
    reasons = []
    for project, (_, text, code) in zip(known, sections, strict=True):
        try:
            read = _read(text.decode("utf-8", "surrogateescape"), request)
        except ValueError as exc:
            return Report((), 0, f"{project.path}: printed what cannot be read: {exc}")
        findings.update(dict.fromkeys(read.findings))
        kinds = node_files.SCRIPTS if project.checks_scripts else node_files.TYPED
        checked |= {path for path in read.files if path.endswith(kinds)}
        if reason := _why_not(read, code, output):
            reasons.append(f"{project.path}: {reason}")
    given = frozenset(request.files)
    looked_at = len(checked & given)
    if not looked_at and not reasons:
        reasons.append(f"{known[0].path}: tsc checks none of its files; for JavaScript, `checkJs` is not on")
    return Report(tuple(finding for finding in findings if finding.path in given), looked_at, "; ".join(reasons))


def _why_not(read: _Read, code: int, output: Output) -> str:
    if code not in (0, 1, 2):
        return f"exit code {code}: {complaint(output.stderr)}"
    if read.placeless:
        return f"tsc stopped: {read.placeless[0]}"
    if (code == 0) == bool(read.codes):
        return f"exit code {code} with {len(read.codes)} kinds of error"
    if read.outside:
        return f"reads {read.outside}, which is outside of the judged tree"
    if not read.files:
        return "tsc found no file to check"
    if _UNBUILT in read.codes:
        return "a project that it refers to has to be built first (TS6305)"
    if read.codes and read.codes <= _UNPARSED:
        return "a file does not parse, so types were not looked at"
    return ""


def _read(text: str, request: Request) -> _Read:
    findings: list[Finding] = []
    placeless: list[str] = []
    files: set[str] = set()
    codes: set[int] = set()
    outside = ""
    for line in text.split("\n"):
        if not line.strip() or line.startswith((" ", "\t")):
            continue  # more about the error before it
        if match := _LINE.fullmatch(line):
            codes.add(int(match[4]))
            path = node_files.inside(match[1], request.root)
            if path.endswith(".json") and path not in request.files:
                placeless.append(f"{path}:{match[2]}: {match[5]}")
            elif path and "node_modules" not in path.split("/"):
                findings.append(_finding(match, path, request.check))
        elif match := _PLACELESS.fullmatch(line):
            codes.add(int(match[1]))
            placeless.append(match[2].replace(request.root.rstrip("/") + "/", ""))
        elif os.path.isabs(line):
            path = node_files.inside(line, request.root)
            if "node_modules" in line.split("/"):
                continue
            if path:
                files.add(path)
            elif not outside and not _is_library(line):
                outside = line
        else:
            raise ValueError(line[:200])
    settings = tuple(_in_settings(findings))
    placeless += [f"{f.path}:{f.line}: {f.message}" for f in settings]
    return _Read(
        tuple(f for f in findings if f not in settings), tuple(placeless), frozenset(codes), frozenset(files), outside
    )


def _in_settings(findings: list[Finding]) -> Iterator[Finding]:
    names = tuple(name.removesuffix(".json") for name in tsconfig.NAMES)
    return (f for f in findings if f.path.endswith(".json") and f.path.rpartition("/")[2].startswith(names))


def _is_library(path: str) -> bool:
    return re.fullmatch(r"lib\.[\w.]*d\.ts", path.rpartition("/")[2]) is not None


def _finding(match: re.Match[str], path: str, check: str) -> Finding:
    line, column = int(match[2]), int(match[3])
    return Finding(check, f"tsc:TS{match[4]}", path, line, column, line, column + 1, match[5])
