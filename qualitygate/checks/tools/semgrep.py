"""Rules of ours and of the repository, tried by semgrep's engine on single files; its exit code is never believed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import semgrep_both
from qualitygate.checks.tools import semgrep_languages as languages
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.errors import ToolError
from qualitygate.locations import OWN_RULES
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "semgrep"
title = "semgrep"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
PLACES = (".semgrep/", ".semgrep.yml", ".semgrep.yaml", "semgrep.yml", "semgrep.yaml")
"""Where projects keep rules for semgrep of their own: a folder at the root, or files."""
config_files: tuple[str, ...] = (OWN_RULES, *PLACES)
package = "semgrep"

UNREAD = "semgrep:not-looked-at"
READ_IN_PART = "semgrep:read-in-part"
# What stands in for it while files are edited, where its own start alone would take too long.
fast_form = "ast-grep"
# That a file does not parse is for another check to refuse; here it must not go unsaid.
shown_rules: tuple[str, ...] = (UNREAD, READ_IN_PART)

masks = re.compile(r"\bnosem(?:grep)?\b")
unparsed_rules = (UNREAD,)

_TIMEOUT = 10
"""Seconds for one rule on one file, past which the check is undecided."""
_TIMEOUTS = 3
_ENGINE = "semgrep-core"
_VERSION = {True: "-version", False: "--version"}
_SYNTAX = frozenset(("Syntax error", "Lexical error", "Other syntax error", "Partial parsing", "PartialParsing"))
_LIMITS = frozenset(("Timeout", "Out of memory", "Stack overflow", "OutOfMemory", "StackOverflow"))
"""What the engine says of a file that is too much for it."""
_LANGUAGES = " or ".join(", ".join(languages.KNOWN.values()).rsplit(", ", 1))
_RULES = "rules-{}.json"
_NAMED = 3
"""How many files or errors a reason names."""


def wants(path: str) -> bool:
    """Sources of every language that rules may be for, but for the tests of a repository's own rules."""
    return bool(languages.language(path)) and not path.startswith((OWN_RULES, PLACES[0]))


def command(request: Request) -> Command:
    """The engine on those of the request's files that a rule is about, with the rules of the pack and all of
    `.qualitygate/rules/`: one run for all languages.

    Options of the check: `rules` (ids in the pack), which compiling the settings turns into `pack`, the
    rules themselves; `rule_files`, in place of what is in `.qualitygate/rules/`. Raises ToolError where there is no
    rule at all, or not one of these files.
    """
    pack, own = request.options.get("pack", ()), _rule_files(request)
    if missing := [path for path in own if not os.path.isfile(os.path.join(request.root, path))]:
        raise ToolError(f"{missing[0]} is not here", hint="`rule_files` of the check names it")
    if len(pack) < len(request.options.get("rules", ())):
        raise ToolError("its rules were not compiled", hint="this is a defect of qualitygate")
    if not pack and not own:
        raise ToolError("it has no rule", hint=f"name some in `rules`, or write one in {OWN_RULES}")
    given = os.path.join(request.cache_dir, _RULES.format(os.getpid()))
    files = {given: json.dumps({"rules": list(pack)}).encode("ascii")}
    rules = [*([given] if pack else []), *own]
    # Both for the command line, which has a mind of its own; the engine talks to nobody.
    env = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    asked = nameable(_about(request))
    if not asked:  # without a name the command line would look at everything
        return Command((request.executable, _VERSION[_is_engine(request)]), env)
    if not _is_engine(request):
        return Command(_command_line(request, rules, asked), env, files=files)
    return _on_targets(request, rules, [_target(path, path) for path in asked], Command((), env, files=files))


def _on_targets(request: Request, rules: Sequence[str], targets: Sequence[Any], given: Command) -> Command:
    listed = os.path.join(request.cache_dir, f"targets-{os.getpid()}.json")
    files = {**given.files, listed: json.dumps(["Targets", list(targets)]).encode("ascii")}
    # More than one job is no faster here: 1.3 s against 4.4 s for the 79 files of a project.
    argv = [request.executable, "-json_nodots", "-fast", "-j", "1"]
    argv += ["-timeout", str(_TIMEOUT), "-timeout_threshold", str(_TIMEOUTS)]
    argv += [word for path in rules for word in ("-rules", path)]
    return given._replace(argv=(*argv, "-targets", listed), files=files)


def command_of_both(head: Request, base: Request) -> Command | None:
    """The same for files of two trees: rules are head's, and so are the paths that they are compared with."""
    pack, own = head.options.get("pack", ()), _rule_files(head)
    of_head, of_base = nameable(_about(head)), nameable(_about(base))
    if not _is_engine(head) or not of_head or not of_base:
        return None
    given = command(head)
    rules = [*([path for path in given.files if path.endswith(_RULES.format(os.getpid()))] if pack else []), *own]
    targets = [*(_target(path, path) for path in of_head)]
    targets += [_target(os.path.join(base.root, path), path) for path in of_base]
    return _on_targets(head, rules, targets, given)


def apart(output: Output, head: Request, base: Request) -> tuple[Output, Output]:
    """What it printed about each tree."""
    return semgrep_both.apart(output, base.root)


def own_rules(root: str) -> tuple[str, ...]:
    """The files in which the repository keeps its own rules, relative to `root`."""
    try:
        found = sorted(os.listdir(os.path.join(root, OWN_RULES)))
    except OSError:
        return ()
    return tuple(OWN_RULES + file for file in found if file.endswith((".yml", ".yaml")))


def _rule_files(request: Request) -> tuple[str, ...]:
    named = request.options.get("rule_files", ())
    return tuple(str(path) for path in named) if named else own_rules(request.root)


def _about(request: Request) -> tuple[str, ...]:
    """Those of the request's files that are in the language of a rule."""
    own, unread = _own(request)
    return languages.of_files(request.files, languages.of_rules(request.options.get("pack", ()), own, unread=unread))


def _own(request: Request) -> tuple[list[languages.Named], bool]:
    """The repository's rules, and whether there is a file of them in which none could be told."""
    found: list[languages.Named] = []
    unread = False
    for path in _rule_files(request):
        with open(os.path.join(request.root, path), encoding="utf-8", errors="replace") as file:
            named = languages.named_in(file.read())
        found += named
        unread = unread or not named
    return found, unread


def _is_engine(request: Request) -> bool:
    return os.path.basename(request.executable) == _ENGINE


def _target(place: str, path: str) -> list[Any]:
    # The second path is the one that a rule's `paths` are compared with; its root is the repository's.
    where = {"fpath": place, "ppath": f"/{path}"}
    return ["CodeTarget", {"path": where, "analyzer": languages.language(path), "products": ["sast"]}]


def _command_line(request: Request, rules: Sequence[str], files: Sequence[str]) -> tuple[str, ...]:
    """The engine's own command line, without Python: where the short form gives no answer."""
    argv = [request.executable, "scan", "--experimental", "--json", "--quiet", "--metrics=off"]
    argv += ["--disable-version-check", "--no-git-ignore", "--x-ignore-semgrepignore-files", "--jobs=1"]
    argv += [f"--timeout={_TIMEOUT}", f"--timeout-threshold={_TIMEOUTS}", "--max-target-bytes=0"]
    argv += ["--disable-nosem"] if request.options.get("unmasked") else []
    argv += [f"--config={path}" for path in rules]
    return (*argv, "--", *(f"./{path}" for path in files))


def nameable(files: Sequence[str]) -> tuple[str, ...]:
    """Files whose names are UTF-8: the engine reads no others."""
    return tuple(path for path in files if path == path.encode("utf-8", "replace").decode("utf-8"))


def parse(output: Output, request: Request) -> Report:
    """Findings that no `nosemgrep` comment silences. Whatever the engine could not do makes the report incomplete.

    But a file that Python cannot parse either is only named, as `semgrep:not-looked-at`. A file that makes the
    report incomplete, because the engine cannot read all of it or runs out of time in it, is named as
    `semgrep:read-in-part` besides.
    """
    if reason := why_incomplete(output, range(256), request.root):
        return Report((), 0, reason)
    about = _about(request)
    files = nameable(about)
    if not files:
        unread = tuple(_unread(request.check, path) for path in about)
        return Report(unread, 0, "")
    try:
        said = json.loads(output.stdout)
        scanned = {_plain(path) for path in said["paths"]["scanned"]}
        torn = {path for path in map(_place, said["errors"]) if path in files}
        broken = {path for path in torn if _is_broken(request, path)}
        torn |= {path for path in map(_overlong, said["errors"]) if path in files}
        reason = _why_not(said, files, scanned, broken, _own(request)[0])
        every = request.options.get("unmasked")
        rows = [row for row in said["results"] if every or not row["extra"].get("is_ignored")]
        found = tuple(dict.fromkeys(_finding(row, request) for row in rows))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as exc:
        why = complaint(output.stderr, request.root) if output.stderr else f"{type(exc).__name__} {exc}"
        return Report((), 0, f"printed what cannot be read (exit code {output.code}): {why}")
    if stray := {finding.path for finding in found} - set(files):
        return Report((), 0, f"names {sorted(stray)[0]}, which it was not given")
    unread = tuple(_unread(request.check, path) for path in _left(about, files, broken))
    in_part = tuple(_in_part(request.check, path) for path in sorted(torn - broken))
    return Report((*found, *unread, *in_part), len(about) - len(unread), reason)


def _left(wanted: Sequence[str], nameable: Sequence[str], broken: set[str]) -> Iterator[str]:
    known = set(nameable)
    return (path for path in wanted if path not in known or path in broken)


def _why_not(
    said: Mapping[str, Any], files: Sequence[str], scanned: set[str], broken: set[str], own: Sequence[languages.Named]
) -> str:
    reasons = [_told(error) for error in said["errors"] if _place(error) not in broken]
    skipped = [str(row["rule_id"]) for row in said.get("skipped_rules", ())]
    if scanned and "rules_by_engine" in said:  # a rule for another language is left out without a word
        tried = {name for name, _ in said["rules_by_engine"]}
        here = {languages.language(path) for path in scanned}
        skipped += [rule.id for rule in own if rule.id not in tried and _is_due(rule, here)]
    refused = {str(error.get("rule_id")) for error in said["errors"]}
    reasons += [f"did not try the rule {rule}: is it for {_LANGUAGES}?" for rule in skipped if rule not in refused]
    if missed := sorted(set(files) - scanned - broken):
        reasons.append(f"did not look at {_some(missed)}")
    if more := sorted(scanned - set(files)):
        reasons.append(f"looked at {_some(more)} unasked")
    return _some(list(dict.fromkeys(reasons)), "; ")


def _is_due(rule: languages.Named, here: set[str]) -> bool:
    """Whether the engine should have tried a rule on files in these languages; it never tries one for no known one."""
    return rule.languages is None or bool(rule.languages & here) or not rule.languages & set(languages.KNOWN)


def _some(names: Sequence[str], between: str = ", ") -> str:
    more = f"{between}and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return between.join(names[:_NAMED]) + more


def _kind(error: Mapping[str, Any]) -> str:
    kind = error.get("error_type", error.get("type"))
    return str(kind[0] if isinstance(kind, list) else kind)


def _place(error: Mapping[str, Any]) -> str:
    """The file in which the engine could not read something; empty for errors of another kind."""
    if _kind(error) not in _SYNTAX:
        return ""
    return _plain(str((error.get("location") or error).get("path", "")))


def _overlong(error: Mapping[str, Any]) -> str:
    """The file that was too much for the engine; empty for errors of another kind."""
    return _plain(str((error.get("location") or error).get("path", ""))) if _kind(error) in _LIMITS else ""


def _told(error: Mapping[str, Any]) -> str:
    where = (error.get("location") or {}).get("path") or error.get("path") or ""
    message = " ".join(str(error.get("message", "")).split())[:160]
    if _place(error):
        path, way = _plain(str(where)), "`exclude` it for this check, in a commit before"
        if languages.language(path) == "python":
            return f"cannot read all of {path}, which is valid Python: {way}"
        return f"cannot read all of {path}: make it parse; if it does, {way}"
    names = [str(name) for name in (error.get("rule_id"), where) if name and not os.path.isabs(str(name))]
    about = f" ({' in '.join(names)})" if names else ""
    return f"{_kind(error)}{about}: {message}".removesuffix(": ")


def _plain(path: str) -> str:
    return os.path.normpath(path)


def _is_broken(request: Request, path: str) -> bool:
    """Whether a file does not parse, which is for other checks to refuse. Only of Python that can be told here."""
    import ast
    import warnings

    if languages.language(path) != "python":
        return False
    try:
        with open(os.path.join(request.root, path), "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _finding(row: Mapping[str, Any], request: Request) -> Finding:
    path, extra = _plain(str(row["path"])), row["extra"]
    rule = str(row["check_id"])
    if not _is_engine(request):
        rule = rule.rpartition(".")[2]  # the command line puts the folder of the rule before it
    instead = (extra.get("metadata") or {}).get("instead")
    return Finding(
        check=request.check,
        rule=f"semgrep:{rule}",
        path=path,
        line=int(row["start"]["line"]),
        column=_column(request.root, path, row["start"]),
        end_line=int(row["end"]["line"]),
        end_column=_column(request.root, path, row["end"]),
        message=" ".join(str(extra["message"]).split()),
        fix=" ".join(instead.split()) if isinstance(instead, str) else "",
        grave=is_grave(extra),
    )


def is_grave(rule: Mapping[str, Any]) -> bool:
    """Whether a rule says of itself that it is an error, or about security."""
    return rule.get("severity") == "ERROR" or (rule.get("metadata") or {}).get("category") == "security"


def _column(root: str, path: str, place: Mapping[str, Any]) -> int:
    """The column in characters; the engine counts bytes."""
    line, column = int(place["line"]), int(place["col"])
    try:
        with open(os.path.join(root, path), "rb") as file:
            row = next((row for number, row in enumerate(file, 1) if number == line), b"")
    except OSError:
        return column
    return len(row[: column - 1].decode("utf-8", "replace")) + 1


def _unread(check: str, path: str) -> Finding:
    why = "does not parse as Python" if path in nameable((path,)) else "has a name that is not UTF-8"
    return Finding(check, UNREAD, path, 1, 1, 1, 1, f"{why}, so no rule was tried on it", fix="make the file parse")


def _in_part(check: str, path: str) -> Finding:
    why = "the engine cannot read all of it, so rules were tried on a part"
    return Finding(check, READ_IN_PART, path, 1, 1, 1, 1, why, fix="make it parse; if it does, `exclude` it here")
