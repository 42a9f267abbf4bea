"""What must be found by each rule for semgrep: taken from the rules' own tests, of our pack and of the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from qualitygate.errors import ConfigError
from qualitygate.locations import is_rules_folder
from qualitygate.rule_pack import documents, example, load_pack


def examples(rules: Sequence[str], paths: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    """Text that makes a rule fire, by its id; "" for a rule of the repository whose test has none."""
    found = {rule.id: example(rule.id, rule.test) for rule in load_pack(rules)}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        stem, _, kind = name.rpartition(".")
        if not is_rules_folder(folder) or kind not in ("yml", "yaml"):
            continue
        test = (read(f"{folder}/{stem}.py") or b"").decode("utf-8", "replace")
        try:
            ids = [str(rule.get("id")) for rule in documents(read(path) or b"", file=path)]
        except ConfigError:
            continue  # the check itself says what is wrong with it
        found.update({rule: example(rule, test) for rule in ids})
    return found
