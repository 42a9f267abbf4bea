"""mypy over a whole tree, so that imports resolve to that tree and nothing of the repository executes unasked."""

from __future__ import annotations

import os
import re
from itertools import takewhile
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import allowed_flags, mypy_annotations, mypy_config, mypy_seeds
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "mypy"
title = "mypy"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = mypy_config.FILES
package = "mypy"
oldest = "0.981"  # has --show-error-end
leaves = (".mypy_cache/",)

executes = mypy_config.executes
unseen = mypy_annotations.unseen
asked_for = mypy_config.asked_for
told = mypy_config.told

_OUTPUT = (
    *("--show-column-numbers", "--show-error-end", "--show-error-codes", "--hide-error-context"),
    *("--no-pretty", "--no-color-output", "--hide-absolute-path", "--error-summary", "--soft-error-limit=-1"),
)
# What a configuration file may ask for besides: packages from the network, and files written anywhere.
_QUIET = ("--no-install-types", "--interactive")
_REPORTS = (
    *("any_exprs", "cobertura_xml", "html", "linecount", "linecoverage", "lineprecision", "memory_xml"),
    *("txt", "xml", "xslt_html", "xslt_txt"),
)
allowed = re.compile(
    r"--(strict|check-untyped-defs|explicit-package-bases|extra-checks|local-partial-types|platform=\w+"
    r"|python-version=3\.\d+|((enable|disable)-error-code|always-(true|false)|follow-imports)=[\w,-]+"
    r"|(no-)?(allow|check|disallow|ignore|implicit|namespace|strict|warn)-[a-z-]+)"
)
_LINE = re.compile(r"(.+?):(\d+)(?::(\d+)(?::(\d+):(\d+))?)?: (error|note): (.*)")
_PLACELESS = re.compile(r"(.+?): error: (.*)")
_CODE = re.compile(r"(.*?) +\[([\w-]+)\]")
_CLEAN = re.compile(r"Success: no issues found in (\d+) source files?")
_FOUND = re.compile(r"Found (\d+) errors? in \d+ files? \(checked (\d+) source files?\)")
_BLOCKED = re.compile(r"Found (\d+) errors? in \d+ files? \(errors prevented further checking\)")
_MISSING = re.compile(r'(?:module named|stubs not installed for|Skipping analyzing) "([^"]+)"')
masks = blanks = re.compile(
    r"\btype:\s*ignore\b(?:\[[^\]\n]*\])?|\bmypy:\s*(?:ignore-errors|disable-error-code|allow-)[^\n]*"
)
unparsed_rules = ("mypy:syntax",)
_IMPORTS = frozenset(("mypy:import", "mypy:import-not-found", "mypy:import-untyped"))


def wants(path: str) -> bool:
    """Whether it is Python source or a stub; what is really checked is for the configuration to say."""
    return path.endswith((".py", ".pyi"))


def command(request: Request) -> Command:
    """mypy, reading the tree's own configuration file and no other.

    Options of the check: `paths` (else what the configuration names, else the whole tree), `config_file`
    (for one that mypy would not find), `flags` (that make it stricter or laxer, nothing else), and
    `environment`. Without an environment mypy runs as data only: installed packages are unknown, and
    a configuration with plugins is refused. Raises ToolError.
    """
    options, environment = request.options, request.environment
    config = _config(request)
    if options.get("environment") == "project" and environment is None:
        raise ToolError("the project's environment was not found", hint="create it (.venv), then run this again")
    argv = [request.executable, f"--config-file={config.path if config else ''}", *_flags(request)]
    if environment is not None:
        # Named even if mypy would choose it: the configuration can name another program to execute.
        argv.append(f"--python-executable={environment.python}")
    elif config is not None and config.has("plugins"):
        raise ToolError(
            f"{config.path} has plugins, which are code: mypy is not run with them outside a trusted environment",
            hint='with that in .venv: bootstrap with --trust, or set `environment = "project"` for this check',
        )
    else:
        argv.append("--no-site-packages")
    argv += ["--check-untyped-defs"] if options.get("unmasked") else []
    argv += [*_OUTPUT, *_QUIET, f"--cache-dir={request.cache_dir}"]
    if config is not None:
        argv += _contained(config, request.cache_dir)
    paths = [str(path) for path in options.get("paths", ())]
    if not paths and not (config and config.names_targets):
        paths = ["."]
    return Command((*argv, "--", *paths) if paths else tuple(argv))


def _config(request: Request) -> mypy_config.Config | None:
    def read(path: str) -> bytes | None:
        try:
            with open(os.path.join(request.root, path), "rb") as file:
                return file.read()
        except OSError:
            return None

    named = str(request.options.get("config_file", ""))
    found = mypy_config.find(read, named)
    if named and found is None:
        raise ToolError(f"{named}, which is to configure mypy, cannot be read", hint="correct `config_file`")
    return found


def _flags(request: Request) -> list[str]:
    return allowed_flags.flags(request, name, allowed, "put it into mypy's configuration")


def _contained(config: mypy_config.Config, cache_dir: str) -> list[str]:
    """Options that turn what the configuration would write into the cache, and distrust what it would not look at."""
    argv = [
        f"--{report.replace('_', '-')}-report={os.path.join(cache_dir, 'reports')}"
        for report in _REPORTS
        if config.has(f"{report}_report")
    ]
    if config.has("junit_xml"):
        argv.append(f"--junit-xml={os.path.join(cache_dir, 'reports', 'junit.xml')}")
    if config.has("skip_cache_mtime_checks"):
        argv.append("--no-incremental")
    return argv


class _Read(NamedTuple):
    """Standard output, understood: findings in the tree, errors elsewhere or nowhere, and the summary."""

    findings: tuple[Finding, ...]
    elsewhere: tuple[str, ...]
    placeless: tuple[str, ...]
    announced: int | None
    looked_at: int
    blocked: bool


def parse(output: Output, request: Request) -> Report:
    """Findings, and how many files mypy says that it checked. Notes are dropped, columns end inclusively.

    Without an environment a missing import counts only where the module should be in the tree.
    """
    stderr = output.stderr.decode("utf-8", "replace")
    crash = next((line for line in stderr.splitlines() if "INTERNAL ERROR" in line), "")
    if crash:
        where = crash.split(": error: ", 1)[0].replace(request.root.rstrip("/") + "/", "")
        return Report((), 0, f"mypy crashed: internal error at {where}")
    if reason := why_incomplete(output, (0, 1, 2), request.root):
        return Report((), 0, reason)
    if reason := _bad_config(stderr, request):
        return Report((), 0, reason)
    read = _read(output.stdout.decode("utf-8", "surrogateescape"), request)
    reason = _why_not(read, output, stderr, request)
    findings = _where_they_are(read.findings, request)
    findings = findings if request.environment else _with_known_imports(findings, request.files)
    return Report(findings, read.looked_at, reason)


def _why_not(read: _Read, output: Output, stderr: str, request: Request) -> str:
    if read.blocked or output.code == 2:
        return f"mypy stopped: {_blocker(read, stderr, request)}"
    if read.announced is None:
        said = stderr.strip().splitlines()[-1:] if "Traceback" in stderr else [complaint(output.stderr, request.root)]
        return f"printed no summary, so what it checked is not known: {said[0]}"
    if read.elsewhere:
        return f"an import leads out of the judged tree, to {read.elsewhere[0]}"
    count = len(read.findings) + len(read.placeless)
    if count != read.announced:
        return f"announced {read.announced} errors, {count} of them can be read"
    if read.placeless:
        return f"mypy stopped: {read.placeless[0]}"
    if read.looked_at == 0:
        return "mypy found no file to check"
    return ""


def _blocker(read: _Read, stderr: str, request: Request) -> str:
    """The one message of a run that ended early which tells a person what to change."""
    if read.elsewhere:
        return f"error in an installed package, {read.elsewhere[0]}"
    if read.placeless:
        return read.placeless[0]
    if read.findings:
        first = read.findings[0]
        return f"{first.path}:{first.line}: {first.message}"
    said = [line for line in stderr.splitlines() if line.strip()]
    told = [line for line in said if ": error: " in line] or [line for line in said if line.startswith("There are no")]
    text = (told or said or ["no message"])[-1].strip().removeprefix("mypy: ").removeprefix("error: ")
    if match := _LINE.fullmatch(text):
        text = f"{match[1]}:{match[2]}: {match[7]}"
    return text.replace(request.root.rstrip("/") + "/", "")


def _bad_config(stderr: str, request: Request) -> str:
    # mypy says that it cannot parse the file, goes on without it, and exits 0.
    named = str(request.options.get("config_file", ""))
    for line in stderr.splitlines():
        path, colon, message = line.partition(": ")
        if colon and path in (*mypy_config.FILES, named) and not message.startswith(("[", "No [mypy]")):
            return f"mypy cannot read its configuration: {line.strip()}"
    return ""


def _read(stdout: str, request: Request) -> _Read:
    findings: list[Finding] = []
    elsewhere: list[str] = []
    placeless: list[str] = []
    announced: int | None = None
    looked_at, blocked = 0, False
    for line in stdout.splitlines():
        if match := _CLEAN.fullmatch(line):
            announced, looked_at = 0, int(match[1])
        elif match := _FOUND.fullmatch(line):
            announced, looked_at = int(match[1]), int(match[2])
        elif match := _BLOCKED.fullmatch(line):
            announced, blocked = int(match[1]), True
        elif match := _LINE.fullmatch(line):
            if match[6] == "note":
                continue
            path = _inside(match[1], request.root)
            if path:
                findings.append(_finding(match, path, request.check))
            else:
                elsewhere.append(f"{match[1]}:{match[2]}: {match[7]}")
        elif match := _PLACELESS.fullmatch(line):
            placeless.append(f"{match[1]}: {match[2]}")
    return _Read(tuple(findings), tuple(elsewhere), tuple(placeless), announced, looked_at, blocked)


def _inside(path: str, root: str) -> str:
    """The path relative to the tree, "" for one that is not in it."""
    if os.path.isabs(path):
        for top in (root, os.path.realpath(root)):
            if path.startswith(top.rstrip("/") + "/"):
                path = path[len(top.rstrip("/")) + 1 :]
                break
        else:
            return ""
    path = os.path.normpath(path)
    return "" if path == ".." or path.startswith("../") else path


def _where_they_are(findings: tuple[Finding, ...], request: Request) -> tuple[Finding, ...]:
    """The findings at the paths that their modules have now.

    mypy keeps what it said of a module by the module's name, and repeats it of a file that moved with the old path.
    """
    there = frozenset(request.files)
    absent = {finding.path for finding in findings} - there
    absent = {path for path in absent if not os.path.lexists(os.path.join(request.root, path))}
    now: dict[str, str] = {}
    for path in absent:
        name = path.rpartition("/")[2]
        alike = [(_shared(path, one), one) for one in there if one.rpartition("/")[2] == name]
        best = max(alike, default=(0, ""))
        if [length for length, _ in alike].count(best[0]) == 1:
            now[path] = best[1]
    return tuple(one._replace(path=now.get(one.path, one.path)) for one in findings) if now else findings


def _shared(one: str, other: str) -> int:
    """How many of their last parts two paths have in common."""
    pairs = zip(reversed(one.split("/")), reversed(other.split("/")), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _finding(match: re.Match[str], path: str, check: str) -> Finding:
    coded = _CODE.fullmatch(match[7])
    message, code = (coded[1], coded[2]) if coded else (match[7], "misc")
    line, column = int(match[2]), int(match[3] or 0)
    end = (int(match[4]), int(match[5])) if match[4] else (line, column)
    # mypy reports a module that it does not know where it happens to meet it first, which any edit may change.
    missing = _MISSING.search(message) if f"mypy:{code}" in _IMPORTS else None
    return Finding(check, f"mypy:{code}", path, line, column, *end, message, name=missing[1] if missing else "")


def _with_known_imports(findings: tuple[Finding, ...], files: tuple[str, ...]) -> tuple[Finding, ...]:
    if not any(finding.rule in _IMPORTS for finding in findings):
        return findings
    known = frozenset(files)
    ours = {mypy_seeds.module_name(path, known).split(".")[0] for path in files}
    kept = []
    for finding in findings:
        if finding.rule not in _IMPORTS or not finding.name or finding.name.split(".")[0] in ours:
            kept.append(finding)
    return tuple(kept)
