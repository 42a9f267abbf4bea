"""What must be found by each rule for semgrep: taken from the rules' own tests, of our pack and of the repository."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from qualitygate.checks.tools.semgrep_languages import plain
from qualitygate.errors import ConfigError
from qualitygate.locations import is_rules_folder
from qualitygate.rule_pack import TESTS, documents, example, load_pack

HOSTS: Mapping[str, tuple[str, ...]] = {
    "py": ("py",),
    "js": ("js", "jsx"),
    "jsx": ("jsx", "js"),
    "mjs": ("js", "jsx"),
    "cjs": ("js", "jsx"),
    "ts": ("ts",),
    "mts": ("ts",),
    "cts": ("ts",),
    "tsx": ("tsx", "ts"),
}
"""Endings of the tests whose text can be added to a file, by the ending of that file, best first."""

Examples = Mapping[str, Mapping[str, str]]
"""Text that makes a rule fire, by its id and the ending of its test."""


def examples(
    rules: Sequence[str],
    paths: Iterable[str],
    read: Callable[[str], bytes | None],
    files: Collection[str] = (),
) -> Examples:
    """What the rules' tests say; without any text for a rule of the repository that has no test.

    `files`: those with the rules that count, where these are not the rules in `.qualitygate/rules/`. Of such a rule
    a plain pattern is made into code, where it has no test.
    """
    found = {
        rule.id: {kind: example(rule.id, text, kind) for kind, text in rule.tests.items()} for rule in load_pack(rules)
    }
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        stem, _, kind = name.rpartition(".")
        if kind not in ("yml", "yaml") or not (path in files if files else is_rules_folder(folder)):
            continue
        tests = {kind: read(f"{folder}/{stem}.{kind}".lstrip("/")) for kind in TESTS}
        try:
            rows = documents(read(path) or b"", file=path)
        except ConfigError:
            continue  # the check itself says what is wrong with it
        for row in rows:
            rule = str(row.get("id"))
            texts = {
                kind: example(rule, (data or b"").decode("utf-8", "replace"), kind) for kind, data in tests.items()
            }
            found[rule] = {kind: text for kind, text in texts.items() if text} or (made_up(row) if files else {})
    return found


_METAVARIABLE = re.compile(r"\$(?:\.\.\.)?[A-Z_][A-Z0-9_]*")
_TESTS_OF = {"python": ("py",), "javascript": ("js",), "typescript": ("ts",)}


def made_up(rule: Mapping[str, Any]) -> dict[str, str]:
    """Code that a rule of one plain pattern must find, by the ending of files that it fits into; none for others."""
    pattern = rule.get("pattern")
    listed = rule.get("patterns") or rule.get("pattern-either")
    if pattern is None and isinstance(listed, list):
        pattern = next((row["pattern"] for row in listed if isinstance(row, dict) and "pattern" in row), None)
    if not isinstance(pattern, str) or "<..." in pattern or "=~" in pattern:
        return {}
    text = _METAVARIABLE.sub("seeded", pattern.strip())
    text = re.sub(r"""(["'])\.\.\.\1""", r"\1seeded\1", text)
    text = re.sub(r",\s*\.\.\.|\.\.\.\s*,|\.\.\.", "", text)
    if "python" in [plain(str(name)) for name in rule.get("languages", ())]:
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return {}
    kinds = [kind for name in rule.get("languages", ()) for kind in _TESTS_OF.get(plain(str(name)), ())]
    return dict.fromkeys(kinds, f"{text}\n")


def for_host(found: Examples, path: str) -> dict[str, str]:
    """What can be added to this file, by the rule that must find it there."""
    fitting = HOSTS.get(path.rpartition(".")[2], ())
    texts = {rule: [kinds[kind] for kind in fitting if kinds.get(kind)] for rule, kinds in found.items()}
    return {f"semgrep:{rule}": best[0] for rule, best in texts.items() if best}
