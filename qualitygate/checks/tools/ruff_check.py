"""`ruff check`: findings in Python sources."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, Literal

from qualitygate.checks.fixing import Edit, Fix, Fixes
from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import ruff_cli
from qualitygate.model import Finding, Fixable, Report
from qualitygate.process import Output

name = "ruff"
title = "ruff check"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "names"
config_files: tuple[str, ...] = ruff_cli.CONFIG_FILES
package = "ruff"
oldest = "0.0.291"  # has --output-format
reach = "whole"
leaves = (".ruff_cache/",)
wants = ruff_cli.wants
listing = ruff_cli.listing
unfinished_rules = ("ruff:F401", "ruff:F841", "ruff:RUF059")  # names that the next edit may use

_ISORT = r"\bisort\s*:\s*(?:skip|off|dont-add)"
masks = re.compile(rf"\bnoqa\b|\bruff\s*:\s*(?:disable|ignore|file-ignore)|{_ISORT}", re.IGNORECASE)
blanks = re.compile(_ISORT, re.IGNORECASE)
_SYNTAX = "invalid-syntax"
unparsed_rules = (f"ruff:{_SYNTAX}",)
_GRAVE = re.compile(r"S(?!101)\d+|PGH00[34]|RUF10[0-4]")
_REMOVES = frozenset(f"ruff:{code}" for code in ("F401", "F811", "F841", "RUF059"))
_PARSE = re.compile(r"error: Failed to parse (.+):(\d+):(\d+): (.*)")
_UNREAD = re.compile(r"warning: Failed to lint (.+)")
_MISSING = "No such file or directory"


class _Unreadable(ValueError):
    """Output that is not what ruff prints."""


def command(request: Request) -> Command:
    """`ruff check` as JSON that changes no file, whatever the project's configuration says about fixing.

    Options of the check: `select` (rule codes, with `isolated` the only ones).
    """
    # `fix-only` in a project's settings would print nothing and exit 0.
    flags = ["check", "--output-format=json", "--no-fix", "--no-fix-only", "--no-show-fixes"]
    if request.options.get("unmasked"):
        flags.append("--ignore-noqa")
    if select := request.options.get("select"):
        flags += ["--select", ",".join(select)]
    return ruff_cli.command(request, *flags)


def parse(output: Output, request: Request) -> Report:
    """Findings of all files; one that cannot be read is `ruff:E902`, one that does not parse `ruff:invalid-syntax`."""
    log = ruff_cli.read_log(output, request, (0, 1))
    if log.reason:
        return Report((), 0, log.reason)
    index = ruff_cli.path_index(request.files)
    try:
        rows = json.loads(output.stdout)
        if not isinstance(rows, list):
            raise _Unreadable("not a list")
        found = [_finding(row, request, index) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"printed what cannot be read as its JSON: {type(exc).__name__} {exc}")
    found += _only_logged(output.stderr.decode("utf-8", "replace"), request.check, index, found)
    unread = {finding.path for finding in found if finding.rule == "ruff:E902"}
    if gone := [f.path for f in found if f.rule == "ruff:E902" and _MISSING in f.message]:
        return Report((), 0, f"could not find {gone[0]}")
    if output.code == 1 and not found:
        return Report((), 0, "exit code 1 without a finding")
    return Report(tuple(found), max(log.processed - len(unread), 0))


def fix_command(request: Request) -> Command:
    """The same: its JSON holds the edits."""
    return command(request)


def parse_fixes(output: Output, request: Request) -> Fixes:
    """The edits that ruff, and the project's own settings, call safe."""
    report = parse(output, request)
    if report.reason:
        return Fixes((), report.reason)
    index = ruff_cli.path_index(request.files)
    broken = {finding.path for finding in report.findings if finding.rule in (f"ruff:{_SYNTAX}", "ruff:E902")}
    fixes = []
    for row in json.loads(output.stdout):
        finding = _finding(row, request, index)
        if finding.fixable and finding.path not in broken:
            edits = tuple(_edit(edit) for edit in row["fix"]["edits"])
            removes = finding.fixable == "removes"
            fixes.append(Fix(finding.rule, finding.path, finding.line, finding.column, edits, removes))
    return Fixes(tuple(fixes))


def _edit(edit: Mapping[str, Any]) -> Edit:
    start, end = edit["location"], edit["end_location"]
    return Edit(int(start["row"]), int(start["column"]), int(end["row"]), int(end["column"]), str(edit["content"]))


def _fixable(rule: str, fix: Mapping[str, Any]) -> Fixable:
    if fix.get("applicability") != "safe" or not fix.get("edits"):
        return ""
    return "removes" if rule in _REMOVES else "safe"


def _finding(row: Mapping[str, Any], request: Request, index: Mapping[str, str]) -> Finding:
    message = str(row["message"])
    rule = _rule(row, message)
    fix = row["fix"] or {}
    start, end = row["location"], row["end_location"]
    return Finding(
        check=request.check,
        rule=f"ruff:{rule}",
        path=_path(str(row["filename"]), request.root, index),
        line=int(start["row"]),
        column=int(start["column"]),
        end_line=int(end["row"]),
        end_column=int(end["column"]),
        message=message.removeprefix("SyntaxError: "),
        fix=str(fix.get("message") or ("make the file parse" if rule == _SYNTAX else "")),
        fixable=_fixable(f"ruff:{rule}", fix),
        grave=_GRAVE.fullmatch(rule) is not None,
    )


def _rule(row: Mapping[str, Any], message: str) -> str:
    # A syntax error is E999, without a code, or named: in this order over the versions.
    code = row["code"] or row.get("name") or (_SYNTAX if message.startswith("SyntaxError: ") else None)
    if not isinstance(code, str) or code in ("panic", "io"):
        raise _Unreadable(f"ruff failed on {row['filename']}: {message}"[:200])
    return _SYNTAX if code == "E999" else code


def _path(filename: str, root: str, index: Mapping[str, str]) -> str:
    for place in (root.rstrip("/"), os.path.realpath(root)):
        if filename.startswith(place + "/") and (known := index.get(filename[len(place) + 1 :])):
            return known
    raise _Unreadable(f"names {filename}, which it was not given")


def _only_logged(stderr: str, check: str, index: Mapping[str, str], found: list[Finding]) -> list[Finding]:
    """Files that could not be read or parsed: without E902 and E999 selected the log alone tells of them."""
    told = {(finding.path, finding.rule) for finding in found}
    more = []
    for line in stderr.splitlines():
        if match := _PARSE.fullmatch(line):
            path, rule, row, column, message = index.get(match[1], ""), _SYNTAX, match[2], match[3], match[4]
        elif match := _UNREAD.fullmatch(line):
            path, message = _split(match[1], index)
            rule, row, column = "E902", "1", "1"
        else:
            continue
        if path and (path, f"ruff:{rule}") not in told:
            at = int(row), int(column)
            fix = "make the file parse" if rule == _SYNTAX else "save the file in UTF-8"
            more.append(Finding(check, f"ruff:{rule}", path, *at, *at, message, fix=fix))
    return more


def _split(text: str, index: Mapping[str, str]) -> tuple[str, str]:
    at = text.find(": ")
    while at >= 0:
        if path := index.get(text[:at]):
            return path, text[at + 2 :]
        at = text.find(": ", at + 1)
    return "", text
