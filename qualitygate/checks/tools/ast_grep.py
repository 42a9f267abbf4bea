"""The rules for semgrep that have a second form, tried by ast-grep: in milliseconds, for the moment of an edit.

It knows names as they are written and nothing of what they mean, so a commit is for semgrep to judge.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import semgrep, semgrep_languages
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.errors import ToolError
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "ast-grep"
title = "rules for semgrep, in their fast form"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = "ast-grep-cli"
wants = semgrep.wants
masks = semgrep.masks

# ast-grep has a language of its own for TypeScript with elements in it.
_OF = {**{name: name for name in semgrep_languages.KNOWN}, "tsx": "typescript"}
_COMMENTS = ("#", "//", "/*", "{/*")
_COUNTS = re.compile(r"summary\|file: scannedFileCount=(\d+),skippedFileCount=(\d+)")
_RULES = re.compile(r"summary\|rule: effectiveRuleCount=(\d+),skippedRuleCount=(\d+)")
_SILENCED = re.compile(r"\bnosem(?:grep)?\b(?:\s*:\s*([\w.,\s-]+))?")


def command(request: Request) -> Command:
    """ast-grep on the request's files with the rules in the option `fast`, which compiling the settings makes."""
    rules = request.options.get("fast", ())
    if not rules:
        raise ToolError("none of its rules has a fast form", hint="this is a defect of qualitygate")
    # JSON is YAML too, and needs no file: the hook path has nothing that writes YAML.
    text = "\n---\n".join(json.dumps(rule) for rule in rules)
    argv = [request.executable, "scan", f"--inline-rules={text}", "--json=stream", "--inspect=summary", "--"]
    return Command((*argv, *(f"./{path}" for path in semgrep.nameable(request.files))))


def parse(output: Output, request: Request) -> Report:
    """Findings under the names that semgrep gives them; a file or a rule that was left out makes it incomplete."""
    if reason := why_incomplete(output, (0, 1), request.root):
        return Report((), 0, reason)
    log = output.stderr.decode("utf-8", "replace")
    files, rules = _COUNTS.search(log), _RULES.search(log)
    if files is None or rules is None:
        return Report((), 0, f"did not say what it looked at: {complaint(output.stderr, request.root)}")
    given, tried = semgrep.nameable(request.files), request.options["fast"]
    if (int(files[1]), int(rules[1])) != (len(given), len(tried)):
        what = f"{files[1]} of {len(given)} files with {rules[1]} of {len(tried)} rules"
        return Report((), int(files[1]), f"looked at {what}")
    try:
        rows = [json.loads(line) for line in output.stdout.splitlines()]
        found = [_finding(row, request) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"printed what cannot be read: {type(exc).__name__} {exc}")
    if stray := {one.path for one in found} - set(given):
        return Report((), 0, f"names {sorted(stray)[0]}, which it was not given")
    silenced = {path: _silenced(request.root, path) for path in {one.path for one in found}}
    every = request.options.get("unmasked")
    kept = sorted(one for one in set(found) if every or not _is_silenced(one, silenced[one.path]))
    languages = {_OF.get(str(rule["language"]).lower(), "") for rule in tried}
    return Report(tuple(kept), len(semgrep_languages.of_files(given, languages)))


def _finding(row: Mapping[str, Any], request: Request) -> Finding:
    start, end = row["range"]["start"], row["range"]["end"]
    pack = request.options.get("pack", ())
    return Finding(
        check=request.check,
        rule=f"semgrep:{row['ruleId']}",
        path=os.path.normpath(str(row["file"])),
        line=int(start["line"]) + 1,
        column=int(start["column"]) + 1,
        end_line=int(end["line"]) + 1,
        end_column=int(end["column"]) + 1,
        message=str(row["message"]),
        fix=str(row["note"] or ""),
        grave=any(rule.get("id") == row["ruleId"] and semgrep.is_grave(rule) for rule in pack),
    )


def _silenced(root: str, path: str) -> dict[int, str]:
    """The lines on which rules are silenced: the ids that the comment names, "" for all.

    As in semgrep: a comment speaks for its own line, and for the next one if it stands alone.
    """
    found: dict[int, str] = {}
    try:
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if match := _SILENCED.search(line):
                    found[number + line.lstrip().startswith(_COMMENTS)] = match[1] or ""
    except OSError:
        return {}
    return found


def _is_silenced(finding: Finding, silenced: Mapping[int, str]) -> bool:
    ids = silenced.get(finding.line)
    return ids is not None and (not ids.strip() or finding.rule.removeprefix("semgrep:") in re.split(r"[,\s]+", ids))
