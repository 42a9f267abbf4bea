"""Where other languages get round their types: a table of patterns, counted on code without comments and strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualitygate.checks.safeguards import masked
from qualitygate.checks.safeguards.annotated.signature import Mark, facts

# Per suffix: what is blanked first (a constraint of Go, the tests in a file of Rust), and what counts.
PATTERNS: Mapping[str, tuple[Sequence[str], str]] = {
    ".go": (
        (r"\[[^\[\]\n]*\bany\s*\]", r"\[[^\[\]\n]*\bany\s*,[^\[\]\n]*\]"),
        r"(?<![\w.,])_\s*=\s*(?:\w*[eE]rr)\b|\binterface\s*\{\s*\}|(?<![\w.])any(?=\s*[,){\]\n]|\s*$)|\bunsafe\.Pointer\b",
    ),
    ".rs": (
        (r"(?s)#\[cfg\(test\)\].*",),
        r"\.unwrap\(\)|\bunsafe\b(?=\s*\{)|\btransmute\b|\bdyn\s+(?:\w+::)*Any\b|\bunwrap_unchecked\(\)",
    ),
    ".kt": ((r"(?m)^\s*import\b[^\n]*",), r"(?<=[\w)\]])!!|\bas\s+(?=[A-Z(])"),
    ".kts": ((r"(?m)^\s*import\b[^\n]*",), r"(?<=[\w)\]])!!|\bas\s+(?=[A-Z(])"),
    ".rb": ((r"(?<![\w'\"])#[^\n{]*",), r"\bT\.(?:untyped|unsafe|must)\b"),
    ".cs": ((), r"\bdynamic\s+\w|\bnull!|\bdefault!"),
    ".swift": ((), r"\bas!\s|\btry!\s|\bAny(?:Object)?\b(?=\s*[,)?=\]{])"),
}


def read(suffix: str, data: bytes) -> dict[str, Any]:
    """The facts of one file: no functions, and one mark per place."""
    import re

    blanked, pattern = PATTERNS[suffix]
    text = masked.c_like(masked.decode(data))
    code = text.code
    for one in blanked:
        code = re.sub(one, lambda hit: re.sub(r"[^\n]", " ", hit[0]), code)
    rows = code.split("\n")
    found = []
    for hit in re.finditer(pattern, code, re.MULTILINE):
        line = text.line(hit.start())
        found.append(Mark("escape", line, "", "".join(rows[line - 1].split())[:200]))
    return facts((), found)
