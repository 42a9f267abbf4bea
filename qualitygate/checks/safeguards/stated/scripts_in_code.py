"""Facts of settings that are written as JavaScript: read by pattern, as far as they are literal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from qualitygate.checks.safeguards.stated.catalogue import levels
from qualitygate.checks.safeguards.stated.fact import Fact

_LISTS = {
    "ignores": ("linter", "excuse"),
    "ignorePatterns": ("linter", "excuse"),
    "exclude": ("collection", "excuse"),
    "testPathIgnorePatterns": ("collection", "excuse"),
    "coveragePathIgnorePatterns": ("coverage-scope", "excuse"),
}


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Any]:
    import re

    return {
        "comment": re.compile(
            r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|//[^\n]*|/\*.*?\*/""", re.S
        ),
        "rule": re.compile(r"""["']?([@\w/-]+)["']?\s*:\s*\[?\s*["'](off|warn|error)["']"""),
        "level": re.compile(r"""["']([@\w/-]+)["']\s*:\s*\[?\s*([012])\b"""),
        "percent": re.compile(r"\b(branches|functions|lines|statements|perFile)\s*:\s*(\d+(?:\.\d+)?)"),
        "number": re.compile(r"\b(retry|retries|testTimeout|hookTimeout|timeout)\s*:\s*([\d_]+)"),
        "on": re.compile(r"\b(passWithNoTests)\s*:\s*true\b"),
        "list": re.compile(rf"\b({'|'.join(_LISTS)})\s*:\s*\[([^\[\]]*)\]"),
        "string": re.compile(r"""["'`]([^"'`\n]+)["'`]"""),
    }


def read(name: str, text: str) -> Iterator[Fact]:
    """The facts of a file such as `jest.config.js`."""
    patterns = _patterns()
    code = patterns["comment"].sub(
        lambda hit: hit[1] or "".join("\n" if sign == "\n" else " " for sign in hit[0]), text
    )
    tool = "eslint" if "eslint" in name else name.partition(".")[0]

    def line(at: int) -> int:
        return int(code.count("\n", 0, at)) + 1

    yield Fact("tool", "linter", tool, tool, tool, 1)
    if tool == "eslint":
        for kind in ("rule", "level"):
            for hit in patterns[kind].finditer(code):
                yield Fact(
                    "rank", "linter", tool, f"eslint.rules.{hit[1]}".lower(), levels()[hit[2]], line(hit.start())
                )
    for hit in patterns["percent"].finditer(code):
        yield Fact(
            "floor", "coverage", "jest", f"jest.coveragethreshold.global.{hit[1]}", float(hit[2]), line(hit.start())
        )
    for hit in patterns["number"].finditer(code):
        kind = "retries" if hit[1].startswith("retr") else "ceiling"
        value = float(hit[2].replace("_", ""))
        yield Fact(kind, "patience", tool, f"{tool}.{hit[1]}", value, line(hit.start()))  # type: ignore[arg-type]  # one of two
    for hit in patterns["on"].finditer(code):
        yield Fact("excuse", "deselected", tool, f"{tool}.{hit[1]}", "on", line(hit.start()))
    for hit in patterns["list"].finditer(code):
        rule, _ = _LISTS[hit[1]]
        for item in patterns["string"].findall(hit[2]):
            yield Fact("excuse", rule, tool, f"{tool}.{hit[1]}", item, line(hit.start()))
