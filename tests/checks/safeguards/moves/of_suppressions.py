"""Tools that are switched off from within the text that they look at (B1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.checks.safeguards.suppression.directives import directives
from tests.checks.safeguards.moves.move import Move
from tests.checks.safeguards.test_suppression_catalogue import rows, source
from tests.checks.safeguards.test_suppressions import QUOTED, name_of

NAMES: Mapping[str, str] = {
    "python": "Python",
    "javascript": "JS/TS",
    "shell": "shell",
    "yaml": "YAML",
    "go": "Go",
    "rust": "Rust",
    "ruby": "Ruby",
    "java": "Java",
    "kotlin": "Kotlin",
    "csharp": "C#",
    "dockerfile": "Dockerfile",
    "hcl": "Terraform",
    "markdown": "Markdown",
    "*": "any",
}
_FORMS = {"wide": "without a code", "coded": "with a code", "reasoned": "with code and reason"}


def moves() -> Iterator[Move]:
    """Each form of each directive; the twin is the same text in a string, or in a file that holds it already."""
    for row in rows():
        language = row["languages"][0]
        if language not in NAMES:
            continue
        if row.get("guard"):
            yield _taken_away(row)
            continue
        for form, words in _FORMS.items():
            if form in row:
                yield _added(row, row[form], f"`{row['name']}` {words}")
    tree = {"a/x.js": "", "src/b/x.js": ""}
    for row in source()["file"]:
        base = {**tree, row["name"]: "# why\na/\n"}
        yield Move(
            "suppressions",
            f"a line in `{row['name']}`",
            "any",
            base,
            {**base, row["name"]: "# why\na/\nb/\n"},
            {**base, row["name"]: "# because\na/\n"},
        )


def _added(row: Mapping[str, Any], text: str, name: str) -> Move:
    path = name_of(directives()[row["name"]])
    language = row["languages"][0]
    quoted = QUOTED["python" if language == "*" else language]
    inner = {"csharp": text.replace('"', '""'), "java": text.replace('"""', ""), "kotlin": text.replace('"""', "")}
    rows_ = inner.get(language, text).splitlines(keepends=True)
    twin = quoted.format("".join(f"  {line}" for line in rows_).rstrip("\n"))
    return Move("suppressions", name, NAMES[language], {path: ""}, {path: text}, {path: twin})


def _taken_away(row: Mapping[str, Any]) -> Move:
    path = name_of(directives()[row["name"]])
    text = str(row["wide"])
    rest = text.partition("\n")[2]
    name = f"`{row['name']}` taken away"
    return Move("suppressions", name, NAMES[row["languages"][0]], {path: text}, {path: rest}, {path: text + "\n"})
