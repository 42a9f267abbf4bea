"""oxlint: as the project configured it, or with rules that are named one by one; it needs no package of the project."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import node_files
from qualitygate.checks.tools.exits import why_incomplete
from qualitygate.errors import ToolError
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "oxlint"
title = "oxlint"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"  # some of its rules follow imports
_DATA = (".oxlintrc.json", ".oxlintrc.jsonc")
_CODE = tuple(f"oxlint.config{end}" for end in node_files.CODE_CONFIGS)
config_files: tuple[str, ...] = (*_DATA, *_CODE, ".eslintignore", ".gitignore", "tsconfig.json")
package = "oxlint"
ecosystem = "node"
unfinished_rules = ("oxlint:no-unused-vars",)

masks = blanks = re.compile(r"\b(?:oxlint|eslint)-disable(?:-next-line|-line)?\b")
SYNTAX = "oxlint:syntax"
unparsed_rules = (SYNTAX,)
UNREADABLE = "oxlint:unreadable"
# What makes its settings more than data: rules in JavaScript, and another program, which is looked for in the tree.
_MORE = (b"jsPlugins", b"typeAware", b"typeCheck")
_RULE = re.compile(r"[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?")
_CODED = re.compile(r"(?:eslint-plugin-)?([\w-]+?)(?:-eslint)?\(([\w./-]+)\)")
_UNREAD = re.compile(r'Failed to open file "?(.+?)"? with error "?(.*?)"?$')
_BARE = frozenset(("eslint", "oxc"))


def wants(path: str) -> bool:
    """Scripts, and what holds them."""
    return path.endswith((*node_files.SCRIPTS, ".vue", ".svelte", ".astro"))


def executes(read: node_files.Read) -> tuple[str, ...]:
    """Settings that are code, or name code, at the root; and the files of the tree that they import."""
    return node_files.with_imports(read, [*_CODE, *(path for path in _DATA if _is_code(path, read))])


def _is_code(path: str, read: node_files.Read, depth: int = 5) -> bool:
    data = read(path)
    if data is None or depth == 0:
        return data is not None
    extends = node_files.table(data).get("extends", ())
    named = [extends] if isinstance(extends, str) else [str(one) for one in extends]
    more = (os.path.normpath(os.path.join(os.path.dirname(path), one)) for one in named)
    return any(word in data for word in _MORE) or any(_is_code(one, read, depth - 1) for one in more)


def command(request: Request) -> Command:
    """oxlint on the request's files, as JSON. Raises ToolError.

    Options of the check: `rules` (these and no others, and no settings of the tree); without it the tree must have
    settings. Those that are code, or name code, are refused outside a trusted project.
    """
    argv = [request.executable, "--format=json"]
    rules = [str(rule) for rule in request.options.get("rules", ())]
    for rule in rules:
        if not _RULE.fullmatch(rule):
            raise ToolError(f"`{rule}` is not the name of a rule of oxlint", hint="correct `rules`")
    files = {}
    if rules:
        place = os.path.join(request.cache_dir, "oxlintrc.json")
        plugins = sorted({"eslint", "oxc", "typescript", "unicorn", *(r.split("/")[0] for r in rules if "/" in r)})
        files[place] = json.dumps({"plugins": plugins, "categories": {"correctness": "off"}}).encode()
        argv += [f"--config={place}", "--disable-nested-config", *(f"--deny={rule}" for rule in rules)]
    else:
        _check_settings(request)
    return Command((*argv, "--", *node_files.targets(request.files)), node_files.ENV, files=files)


def _check_settings(request: Request) -> None:
    read = node_files.reader(request.root)
    above = node_files.settings_above(request.root, (*_DATA, *_CODE))
    places = [
        os.path.join(folder, name) for folder in node_files.folders_of(request.files) for name in (*_DATA, *_CODE)
    ]
    found = [place for place in (*([above] if above else []), *places) if read(place) is not None]
    if not found:
        raise ToolError("there are no settings for oxlint in this tree", hint="add `.oxlintrc.json`, or name `rules`")
    for place in found:
        # oxlint 1.0 takes its defaults where it cannot read what it finds.
        if place.endswith(_DATA) and not node_files.is_table(read(place) or b""):
            raise ToolError(
                f"{os.path.relpath(place, request.root)} is no JSON that oxlint can read", hint="correct it"
            )
        if request.options.get("environment") == "project":
            continue
        if place.endswith(_CODE) or _is_code(place, read):
            raise ToolError(
                f"{os.path.relpath(place, request.root)} has rules that are code: oxlint is not run with them"
                " outside a trusted project",
                hint='set `environment = "project"` for this check',
            )


def parse(output: Output, request: Request) -> Report:
    """Findings of all files; one that does not parse is `oxlint:syntax`, one that is no text `oxlint:unreadable`."""
    if reason := why_incomplete(output, (0, 1), request.root):
        return Report((), 0, reason)
    at = output.stdout.find(b'{ "diagnostics"')
    if at < 0:
        said = " ".join((output.stdout + b" " + output.stderr).decode("utf-8", "replace").split())
        return Report((), 0, f"oxlint stopped: {said.replace(request.root + '/', '')[:300] or 'it printed nothing'}")
    try:
        said = json.loads(output.stdout[at:])
        count, tried = int(said["number_of_files"]), said["number_of_rules"]
        rows = list(said["diagnostics"])
        found = tuple(sorted(set(_findings(rows, request))))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"printed what cannot be read as its JSON: {type(exc).__name__} {exc}")
    rules = request.options.get("rules", ())
    if count and rules and tried != len(rules):
        return Report((), 0, f"oxlint knows {tried} of the {len(rules)} rules that this check names")
    if output.code == 1 and count and not rows:
        return Report((), 0, "exit code 1 without a finding")
    whole = node_files.targets(request.files) == (".",)
    if count > len(request.files) and not whole:
        return Report((), 0, f"looked at {count} files, was given {len(request.files)}")
    unread = sum(finding.rule == UNREADABLE for finding in found)
    return Report(found, max(min(count, len(request.files)) - unread, 0))


def _findings(rows: list[Mapping[str, Any]], request: Request) -> Iterator[Finding]:
    read, given = node_files.reader(request.root), frozenset(request.files)
    texts: dict[str, node_files.Bytes | None] = {}
    for row in rows:
        message = str(row["message"])
        if row.get("filename") is None:
            unread = _UNREAD.match(message)
            if unread is None:
                raise ValueError(f"a message about no file: {message[:200]}")
            path = node_files.inside(unread[1], request.root)
            yield Finding(request.check, UNREADABLE, path, 0, 0, 0, 0, unread[2], fix="save the file in UTF-8")
            continue
        path = node_files.inside(str(row["filename"]), request.root)
        if path not in given:
            continue
        if path not in texts:
            data = read(path)
            texts[path] = None if data is None else node_files.Bytes(data)
        rule = _rule(row.get("code"))
        fix = "make the file parse" if rule == SYNTAX else str(row.get("help") or "")
        yield Finding(request.check, rule, path, *_place(row, texts[path]), message, fix=fix)


def _place(row: Mapping[str, Any], text: node_files.Bytes | None) -> tuple[int, int, int, int]:
    """Line and column, and where it ends. oxlint counts columns in bytes, and the byte order mark with them."""
    if not row["labels"]:
        return 0, 0, 0, 0
    span = row["labels"][0]["span"]
    line, column, offset, length = (int(span[key]) for key in ("line", "column", "offset", "length"))
    return (
        (line, column, line, column + length) if text is None else (*text.place(offset), *text.place(offset + length))
    )


def _rule(code: object) -> str:
    """`oxlint:no-debugger`; a rule of a plugin has the plugin's name before it, `oxlint:react/jsx-key`."""
    if code is None:
        return SYNTAX
    found = _CODED.fullmatch(str(code))
    if found is None:
        raise ValueError(f"no rule: {code}")
    return f"oxlint:{found[2]}" if found[1] in _BARE else f"oxlint:{found[1]}/{found[2]}"
