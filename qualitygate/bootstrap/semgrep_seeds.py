"""What must be found by each rule for semgrep: taken from the rules' own tests, of our pack and of the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

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


def examples(rules: Sequence[str], paths: Iterable[str], read: Callable[[str], bytes | None]) -> Examples:
    """What the rules' tests say; without any text for a rule of the repository that has no test."""
    found = {
        rule.id: {kind: example(rule.id, text, kind) for kind, text in rule.tests.items()} for rule in load_pack(rules)
    }
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        stem, _, kind = name.rpartition(".")
        if not is_rules_folder(folder) or kind not in ("yml", "yaml"):
            continue
        tests = {kind: read(f"{folder}/{stem}.{kind}") for kind in TESTS}
        try:
            ids = [str(rule.get("id")) for rule in documents(read(path) or b"", file=path)]
        except ConfigError:
            continue  # the check itself says what is wrong with it
        for rule in ids:
            texts = {
                kind: example(rule, (data or b"").decode("utf-8", "replace"), kind) for kind, data in tests.items()
            }
            found[rule] = {kind: text for kind, text in texts.items() if text}
    return found


def for_host(found: Examples, path: str) -> dict[str, str]:
    """What can be added to this file, by the rule that must find it there."""
    fitting = HOSTS.get(path.rpartition(".")[2], ())
    texts = {rule: [kinds[kind] for kind in fitting if kinds.get(kind)] for rule, kinds in found.items()}
    return {f"semgrep:{rule}": best[0] for rule, best in texts.items() if best}
