"""ESLint as the project configured it, over the whole tree: what its plugins read, nobody can say."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, Literal

from qualitygate.checks.fixing import Edit, Fix, Fixes
from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import node_files
from qualitygate.checks.tools.exits import why_incomplete
from qualitygate.errors import ToolError
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "eslint"
title = "eslint"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
FLAT = tuple(f"eslint.config{end}" for end in node_files.CODE_CONFIGS)
LEGACY = (".eslintrc", *(f".eslintrc.{end}" for end in ("js", "cjs", "yaml", "yml", "json")))
config_files: tuple[str, ...] = (
    *(*FLAT, *LEGACY, ".eslintignore", "eslint-suppressions.json", "package.json", "tsconfig.json"),
)
package = "eslint"
ecosystem = "node"
unfinished_rules = ("eslint:no-unused-vars", "eslint:@typescript-eslint/no-unused-vars")

masks = re.compile(r"\beslint(?:-disable|-env)?\b")
FATAL = "eslint:fatal"
unparsed_rules = (FATAL,)
_SYNTAX = "make the file parse"
_DIRECTIVE = "eslint:unused-disable-directive"
_REMOVES = frozenset((*unfinished_rules, "eslint:unused-imports/no-unused-imports"))
_SAFE_FLAG = re.compile(
    r"--(quiet|no-inline-config|report-unused-disable-directives|no-eslintrc|ext=[\w.,-]+|rulesdir=[\w./-]+"
    r"|config=[\w./-]+|ignore-path=[\w./-]+|ignore-pattern=[^\s]+|resolve-plugins-relative-to=[\w./@-]+)"
)
_GRAVE = re.compile(
    r"eslint:(security/.*|no-unsanitized/.*|no-eval|no-implied-eval|no-new-func|no-script-url"
    r"|@typescript-eslint/(ban-ts-comment|no-implied-eval)|(@eslint-community/)?eslint-comments/.*"
    r"|unused-disable-directive)"
)
_NOISE = re.compile(
    r"Oops! Something went wrong! :\(|ESLint: [\d.]+|\(node:\d+\).*|\(Use `node --trace-.*|at .+:\d+:\d+\)?"
)


def wants(path: str) -> bool:
    """Scripts, and what plugins take scripts out of; what is looked at, the project's settings say."""
    return path.endswith((*node_files.SCRIPTS, ".vue", ".svelte", ".astro"))


def executes(read: node_files.Read) -> tuple[str, ...]:
    """The settings, which are code or name plugins, and the files of the tree that they import."""
    found = node_files.with_imports(read, (*FLAT, *LEGACY))
    configured = "eslintConfig" in node_files.table(read("package.json"))
    return (*found, "package.json") if configured else found


def command(request: Request) -> Command:
    """`eslint .`, or `paths`, as JSON that changes no file. Raises ToolError.

    Not the single files: settings of the old kind (`.eslintrc`) decide by folder which kinds of file are looked
    at, and would be asked about all of them. Options of the check: `paths`, and `flags` that choose or leave out rules.
    """
    return _command(request, [f"./{path}" for path in request.options.get("paths", ())] or ["."])


def _command(request: Request, places: list[str]) -> Command:
    node_files.needs_project(request, "eslint loads the project's settings and plugins")
    flags = [str(flag) for flag in request.options.get("flags", ())]
    flags += ["--no-inline-config"] if request.options.get("unmasked") else []
    for flag in flags:
        if not _SAFE_FLAG.fullmatch(flag):
            raise ToolError(f"`{flag}` is not a flag that eslint may be given", hint="put it into its settings")
    flat = node_files.settings_above(request.root, FLAT)
    legacy = "" if flat else node_files.settings_above(request.root, LEGACY) or _in_manifest(request.root)
    if not flat and not legacy and not any(flag.startswith("--config=") for flag in flags):
        raise ToolError("there are no settings for eslint in this tree", hint="add an `eslint.config.js`")
    # ESLint 9 reads settings of the old kind only if told to, 8.57 those of the new kind only if it finds them.
    env = {**node_files.ENV, "ESLINT_USE_FLAT_CONFIG": "false" if legacy else ""}
    return Command((request.executable, "--format=json", "--no-color", *flags, "--", *places), env)


def _in_manifest(root: str) -> str:
    manifest = node_files.settings_above(root, ("package.json",))
    data = node_files.reader(root)(manifest) if manifest else None
    return manifest if "eslintConfig" in node_files.table(data) else ""


def parse(output: Output, request: Request) -> Report:
    """Errors and warnings of all files; one that does not parse is `eslint:fatal`.

    Exit codes as ESLint documents them: 0 no error, 1 errors, 2 it could not do its work.
    """
    if output.code == 2:
        return Report((), 0, f"eslint stopped: {_said(output.stderr, request.root)}")
    if reason := why_incomplete(output, (0, 1), request.root):
        return Report((), 0, reason)
    given = frozenset(request.files)
    found: list[Finding] = []
    looked_at, errors = 0, 0
    try:
        for row in _rows(output.stdout):
            path = node_files.inside(str(row["filePath"]), request.root)
            if not path:
                return Report((), 0, f"looked at {row['filePath']}, outside of the tree")
            errors += int(row["errorCount"])
            if path in given and not any(map(_is_ignored, row["messages"])):
                looked_at += 1
                found += _findings(row, path, request)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"printed what cannot be read as its JSON: {type(exc).__name__} {exc}")
    if (output.code == 1) != (errors > 0):
        return Report((), 0, f"exit code {output.code} with {errors} errors")
    return Report(tuple(found), looked_at, "" if looked_at else "eslint looked at no file of this check")


def fix_command(request: Request) -> Command:
    """The same for these files alone: its JSON holds the edits."""
    return _command(request, [f"./{path}" for path in request.files])


def parse_fixes(output: Output, request: Request) -> Fixes:
    """What ESLint itself would do with `--fix`; its suggestions are not among that."""
    report = parse(output, request)
    if report.reason:
        return Fixes((), report.reason)
    fixes = []
    for row in _rows(output.stdout):
        path = node_files.inside(str(row["filePath"]), request.root)
        if not row.get("source") or any(one.get("fatal") for one in row["messages"]):
            continue
        text = node_files.Utf16(str(row["source"]))
        for one, finding in zip(row["messages"], _findings(row, path, request), strict=True):
            start, end = one["fix"]["range"] if one.get("fix") else (-1, -1)
            if start >= 0:  # below it is the byte order mark, which is not text
                edit = Edit(*text.place(int(start)), *text.place(int(end)), str(one["fix"]["text"]))
                removes = finding.fixable == "removes"
                fixes.append(Fix(finding.rule, path, finding.line, finding.column, (edit,), removes))
    return Fixes(tuple(fixes))


def _rows(stdout: bytes) -> list[Any]:
    # A plugin may print, and does so before the report.
    lines = [line for line in stdout.splitlines() if line.startswith(b"[{") or line == b"[]"]
    rows = json.loads(lines[-1] if lines else stdout)
    if not isinstance(rows, list):
        raise ValueError("not a list")
    return rows


def _is_ignored(message: Mapping[str, Any]) -> bool:
    return message.get("ruleId") is None and not message.get("fatal") and not message.get("line")


def _findings(row: Mapping[str, Any], path: str, request: Request) -> list[Finding]:
    text = node_files.Utf16(str(row.get("source") or ""))
    return [_finding(one, path, text, request.check) for one in row["messages"]]


def _finding(message: Mapping[str, Any], path: str, text: node_files.Utf16, check: str) -> Finding:
    fatal = bool(message.get("fatal"))
    rule = FATAL if fatal else f"eslint:{message['ruleId']}" if message["ruleId"] else _DIRECTIVE
    line, column = int(message.get("line") or 0), int(message.get("column") or 0)
    end_line, end_column = int(message.get("endLine") or line), int(message.get("endColumn") or column)
    fixable: Literal["", "safe", "removes"] = ""
    if message.get("fix") and not fatal:
        fixable = "removes" if rule in _REMOVES else "safe"
    return Finding(
        check=check,
        rule=rule,
        path=path,
        line=line,
        column=text.column(line, column),
        end_line=end_line,
        end_column=text.column(end_line, end_column),
        message=str(message["message"]),
        fix=_SYNTAX if fatal else "",
        fixable=fixable,
        grave=_GRAVE.fullmatch(rule) is not None,
    )


def _said(stderr: bytes, root: str) -> str:
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    said = "; ".join([line for line in lines if line and not _NOISE.fullmatch(line)][:3]) or "no message"
    return said.replace(root.rstrip(os.sep) + os.sep, "")[:300]
