"""Directives that switch a tool off for a line, a file or a project: a change may not add one unexplained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from qualitygate.checks.builtin.reading import TEXT_LIMIT
from qualitygate.checks.safeguards.protocol import Pair, Rule
from qualitygate.checks.safeguards.suppression.document import document
from qualitygate.checks.safeguards.suppression.languages import by_first_line, by_name
from qualitygate.checks.tool import Reads
from qualitygate.model import Finding, Report

if TYPE_CHECKING:
    from qualitygate.checks.safeguards.suppression.directives import Directive
    from qualitygate.checks.safeguards.suppression.matching import Stand

name = "suppressions"
title = "suppressions"
scope: Literal["pair"] = "pair"
reads: Reads = "self"
config_files: tuple[str, ...] = (".gitattributes",)
package = ""
_FORMAT = 1
facts_version = _FORMAT * 10**10 + int(document()["digest"])
"""Counts up with the catalogue, too: the digest of it has ten digits at most."""

_KINDS = (
    *("blanket", "file-wide", "file-code", "project-wide", "no-reason"),
    *("recoded", "habit", "reasoned", "coverage", "layout"),
)
BLANKET, FILE_WIDE, FILE_CODE, PROJECT_WIDE, NO_REASON, RECODED, HABIT, REASONED, COVERAGE, LAYOUT = (
    f"suppression:{kind}" for kind in _KINDS
)
rules: tuple[Rule, ...] = (
    Rule(
        BLANKET,
        "block",
        "block",
        "it hides every finding of the line, also those that nobody has seen yet",
        "correct what the tool says; if it is wrong here, name its rule and say why",
        "debt",
    ),
    Rule(
        FILE_WIDE,
        "block",
        "block",
        "it hides what will be written into this file later, too",
        "correct what the tool says, or switch the one rule off on the one line, with the reason",
        "debt",
    ),
    Rule(
        FILE_CODE,
        "block",
        "show",
        "it hides this rule in what will be written into this file later, too",
        "correct what the tool says, or switch the rule off on the one line, with the reason",
        "debt",
    ),
    Rule(
        PROJECT_WIDE,
        "block",
        "block",
        "it hides findings in files that this change does not show",
        "correct what the tool says, or switch the one rule off on the one line, with the reason",
        "debt",
    ),
    Rule(
        NO_REASON,
        "block",
        "show",
        "whoever reads it cannot tell whether it is still needed, or ever was",
        "correct what the tool says; if it is wrong here, say why beside the directive",
        "debt",
    ),
    Rule(
        RECODED,
        "show",
        "show",
        "the same line was let off before, under another name: a new version of the tool may have renamed its rule",
        "make sure that it is still the same finding",
        "debt",
    ),
    Rule(
        HABIT,
        "show",
        "show",
        "the files beside it begin in the same way: it is how this code is written here",
        "leave it out where nothing needs it",
        "debt",
    ),
    Rule(
        REASONED,
        "show",
        "show",
        "it is debt: the finding is still there",
        "correct what the tool says when the reason no longer holds",
        "debt",
    ),
    Rule(
        COVERAGE,
        "show",
        "show",
        "what is not counted as untested is still untested",
        "test it, or say why it cannot be",
        "debt",
    ),
    Rule(
        LAYOUT,
        "show",
        "show",
        "what no formatter or spelling checker looks at drifts apart from the rest",
        "let the formatter have it, or say why not",
        "debt",
    ),
)


def wants(path: str) -> bool:
    """Files in a language that has directives, and those in which every line is one."""
    return bool(by_name(path)) or path.rpartition("/")[2] in document()["files"]


def _is_text(data: bytes) -> bool:
    """Whether a file is text for all that it holds a NUL: to a tool that obeys what is written in it, it is."""
    return data.count(b"\0") * 100 < len(data)


def extract(path: str, data: bytes, options: Mapping[str, Any]) -> Any:
    """Its directives: `found`, rows as `suppression.reading.Found`, and `guards`; `{}` for none of these."""
    known = document()
    if path.rpartition("/")[2] in known["files"]:
        return _lines(path.rpartition("/")[2], data)
    language = by_name(path)
    if language == "?":
        language = by_first_line(data)
    words = known["keywords"].get(language, ())
    if len(data) > TEXT_LIMIT or not words:
        return {}
    small = data.lower()
    present = {word for word in words if word.encode() in small}
    if not present or (b"\0" in data[:8192] and not _is_text(data)):
        return {}
    from qualitygate.checks.safeguards.suppression.directives import of_language
    from qualitygate.checks.safeguards.suppression.reading import read

    directives = [one for one in of_language(language) if not present.isdisjoint(one.keywords)]
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return read(language, path, text, directives)


def _lines(kind: str, data: bytes) -> dict[str, Any]:
    rows = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        said = line.strip()
        if said and not said.startswith(("#", "!")):
            rows.append([kind, "project", [said], number, 1, False, said, "", ""])
    return {"found": rows} if rows else {}


def compare(pair: Pair, options: Mapping[str, Any]) -> Report:
    """The directives that head has and base has not, over all changed files at once."""
    changed = sorted(path for path in pair.changed if wants(path))
    looked_at = sum(path in pair.head for path in changed)
    in_head = {path: facts for path in changed if path in pair.head and (facts := pair.head_facts(path))}
    if not in_head and not _may_lose_guards(changed, pair):
        return Report((), looked_at)
    before = {path: pair.renames.get(path, path) for path in changed if path in pair.head}
    names_in_head = {old: new for new, old in before.items() if old != new and old not in pair.head}
    in_base = {path: facts for path in _of_base(changed, before, pair) if (facts := pair.base_facts(path))}
    unread = next((facts["unread"] for facts in (*in_head.values(), *in_base.values()) if "unread" in facts), "")
    if unread:
        return Report((), looked_at, unread)
    if not names_in_head and _same(in_base, in_head):
        return Report((), looked_at)
    return Report(tuple(_findings(in_base, in_head, before, names_in_head, pair)), looked_at)


def _same(base: Mapping[str, Any], head: Mapping[str, Any]) -> bool:
    """Whether the same directives stand in the same files, with the same around them: only their lines may differ."""

    def bare(facts: Any) -> tuple[list[Any], list[Any]]:
        rows = [[*row[:3], *row[5:]] for row in facts.get("found", ())]
        return rows, [row[0] for row in facts.get("guards", ())]

    return base.keys() == head.keys() and all(bare(base[path]) == bare(facts) for path, facts in head.items())


def _of_base(changed: Iterable[str], before: Mapping[str, str], pair: Pair) -> list[str]:
    return sorted({path for path in (*changed, *before.values()) if path in pair.base and wants(path)})


def _may_lose_guards(changed: Iterable[str], pair: Pair) -> bool:
    return any(
        "guards" in (pair.base_facts(pair.renames.get(path, path)) or {}) for path in changed if path in pair.head
    )


def _findings(
    in_base: Mapping[str, Any],
    in_head: Mapping[str, Any],
    before: Mapping[str, str],
    names_in_head: Mapping[str, str],
    pair: Pair,
) -> list[Finding]:
    from qualitygate.checks.safeguards.product import is_product
    from qualitygate.checks.safeguards.suppression.directives import directives
    from qualitygate.checks.safeguards.suppression.matching import stands, unmatched
    from qualitygate.checks.safeguards.suppression.places import foreign, is_habit, is_test

    known = directives()
    head = [one for path, facts in in_head.items() for one in stands(path, facts.get("found", ()), known)]
    base = [
        one
        for path, facts in in_base.items()
        for one in stands(names_in_head.get(path, path), facts.get("found", ()), known)
    ]
    head = [one for one in head if one.directive.name != "@ts-expect-error" or not is_test(one.path)]
    head = [one for one in head if not one.directive.product or is_product(one.path)]
    head = [one for one in head if one.directive.scope != "project" or not _hides_nothing(one, pair)]
    found = []
    seen: Counter[str] = Counter()
    numbers = {}
    for one in head:
        key = f"{one.path}:{one.directive.name}:{','.join(one.codes)}:{one.scope}:{one.code}"
        seen[key] += 1
        numbers[one] = f"{key}#{seen[key]}"
    for one, old in unmatched(base, head, lambda path: path in pair.head):
        rule = rule_of(one)
        if rule == FILE_CODE and before[one.path] not in pair.base and is_habit(one, pair):
            rule = HABIT
        found.append(_finding(one, old, rule, numbers[one]))
    for path, old_path in before.items():
        if path.rpartition(".")[2] != old_path.rpartition(".")[2]:
            continue  # in another language it may be of no use
        found += _lost_guards(path, in_base.get(old_path, {}), in_head.get(path, {}), known)
    skipped = foreign((finding.path for finding in found), before, pair)
    found = [finding for finding in found if finding.path not in skipped]
    return sorted(found, key=lambda finding: (finding.path, finding.line, finding.column, finding.rule))


def _hides_nothing(one: Stand, pair: Pair) -> bool:
    """Whether a line of an ignore file, a pattern as of `.gitignore`, means no file of head."""
    from qualitygate.globs import matches

    if not document()["files"].get(one.directive.name, {}).get("paths", False):
        return False
    folder = one.path[: -len(one.directive.name)]
    pattern = one.code
    across = "" if "/" in pattern.rstrip("/") else "**/"
    return not any(matches(path, (folder + across + pattern.lstrip("/"),)) for path in pair.head)


def rule_of(one: Stand) -> str:
    """Which kind of finding a new directive is."""
    directive = one.directive
    if directive.kind == "spelling" or (directive.kind == "format" and one.scope == "project"):
        return LAYOUT
    if one.scope == "project":
        return PROJECT_WIDE
    if one.scope == "file":
        return FILE_CODE if one.codes else FILE_WIDE
    if directive.kind in ("coverage", "format"):
        return COVERAGE if directive.kind == "coverage" else LAYOUT
    may_name = "(?P<codes>" in directive.pattern
    if not one.codes and directive.bare == "blanket" and (may_name or not one.reason):
        return BLANKET
    return REASONED if one.reason else NO_REASON


_REACHES = {"line": "on this line", "next": "on the next line", "block": "in what follows", "range": "in these lines"}


def _finding(one: Stand, old: Stand | None, rule: str, key: str) -> Finding:
    from qualitygate.checks.safeguards.suppression.matching import recoded

    directive = one.directive
    if rule == NO_REASON and old is not None and recoded(old, one):
        rule = RECODED
    said = next(rule_ for rule_ in rules if rule_.name == rule)
    codes = ", ".join(one.codes)
    if directive.name in document()["files"]:
        message = f"`{codes}` is new in {directive.name}: hides it from {directive.tool}"
    else:
        where = _REACHES.get(one.scope, f"in the whole {one.scope}")
        reason = ", without a reason" if rule == NO_REASON else ""
        message = f"new `{directive.name}`{reason}: hides {codes or 'everything'} ({directive.tool}) {where}"
    if old is not None:
        message += f"; before it was {', '.join(old.codes) or old.directive.name}"
    fix = said.fix
    if rule in (BLANKET, NO_REASON) or (rule in (FILE_WIDE, FILE_CODE) and directive.how):
        fix += f": `{directive.how}`" if directive.how.count("`") == 0 else f": {directive.how}"
    return Finding(name, rule, one.path, one.line, one.column, one.line, one.column, message, "debt", fix, key)


def _lost_guards(
    path: str, old: Mapping[str, Any], new: Mapping[str, Any], known: Mapping[str, Directive]
) -> list[Finding]:
    kept = {row[0] for row in new.get("guards", ())}
    found: list[Finding] = []
    for guard in sorted({row[0] for row in old.get("guards", ())} - kept):
        directive = known[guard]
        message = f"`{guard}` was taken away: {directive.tool} looks less closely at the whole file"
        found.append(
            Finding(name, FILE_WIDE, path, 1, 1, 1, 1, message, "debt", f"put `{guard}` back", f"{path}:{guard}:lost")
        )
    return found
