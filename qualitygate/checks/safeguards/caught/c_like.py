"""Handlers of JavaScript, and of other languages with `catch (...) { ... }`, on text without comments and strings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from qualitygate.checks.safeguards import masked
from qualitygate.checks.safeguards.caught.handler import Handler, digest, reasoned

SUFFIXES = (".java", ".kt", ".kts", ".cs", ".swift", ".php", ".scala", ".cpp", ".cc", ".hpp", ".dart")
_BROAD = frozenset(
    ("Exception", "Throwable", "RuntimeException", "Error", "java.lang.Exception", "java.lang.Throwable")
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[Any, Any, Any]:
    import re

    return (
        re.compile(r"\bcatch\b\s*(\([^()]*(?:\([^()]*\)[^()]*)*\))?\s*(?:when\b[^{]*)?\{(\s*(?:continue;?\s*)?)\}"),
        re.compile(
            r"\.catch\(\s*(?:(?:async\s*)?\(?[\w\s,:]*\)?\s*=>\s*(?:\{\s*\}|(undefined|null|void 0|false|\[\]))"
            r"|function\s*\w*\s*\([^()]*\)\s*\{\s*\}|_?\.?noop)\s*\)"
        ),
        re.compile(
            r"(?:function\s*\*?\s*|\b(?:fun|func|def)\s+)([\w$]+)|([\w$]+)\s*(?::[^=;{}()\n]*)?=\s*(?:async\s*)?\("
            r"|^[ \t]+(?:[\w<>\[\],.?]+\s+)*([\w$]+)\s*\([^;{}]*\)[^;{}\n]*\{",
            re.M,
        ),
    )


def read(path: str, data: bytes) -> list[Handler]:
    """All handlers that do nothing."""
    if b"catch" not in data:
        return []
    source = masked.decode(data)
    text = masked.javascript(path, source) if path.endswith(masked.JAVASCRIPT) else masked.c_like(source)
    everything = path.endswith((*masked.JAVASCRIPT, ".swift", ".dart"))
    return sorted(_found(text, source, everything), key=lambda one: one.line)


def _found(text: masked.Masked, source: str, everything: bool) -> Iterator[Handler]:
    code = text.code
    block, promise, _ = _patterns()
    for hit in block.finditer(code):
        kind = "empty-broad" if everything or _is_broad(hit[1] or "") else "empty-specific"
        yield _handler(text, source, hit.span(), kind, code[_before(code, hit.start()) : hit.start()])
    if everything:
        for hit in promise.finditer(code):
            line = code.rfind("\n", 0, hit.start()) + 1
            kind = "swallowed" if hit[1] else "empty-broad"
            yield _handler(text, source, hit.span(), kind, code[line : hit.start()])


def _handler(text: masked.Masked, source: str, span: tuple[int, int], kind: str, guarded: str) -> Handler:
    start, end = span
    stop = source.find("\n", end)
    stop = len(source) if stop < 0 else stop
    comments = [source[a:b] for a, b in text.comments if start <= a < stop]
    if kind == "empty-broad" and reasoned(comments):
        kind = "empty-broad-reasoned"
    caught = " ".join(text.code[start:end].split())
    return Handler(kind, text.line(start), _around(text.code, start), digest(guarded), caught[:80])


def _is_broad(caught: str) -> bool:
    inner = caught.strip("() \t\n")
    if inner in ("", "..."):
        return True
    words = [word.strip() for part in inner.split("|") for word in part.replace(":", " ").split()]
    return any(word.lstrip("\\") in _BROAD for word in words)


def _before(code: str, at: int) -> int:
    """Where the block begins that ends before `catch`: the code that is guarded."""
    end = code.rfind("}", 0, at)
    depth = 0
    for place in range(end, max(-1, end - 50_000), -1):
        if code[place] == "}":
            depth += 1
        elif code[place] == "{":
            depth -= 1
            if depth == 0:
                return place
    return max(0, end)


def _around(code: str, at: int) -> str:
    """The name of the last function that begins before: near enough to tell two handlers apart."""
    name = ""
    for hit in _patterns()[2].finditer(code, max(0, at - 8000), at):
        found = hit[1] or hit[2] or hit[3] or ""
        name = found if found not in ("if", "for", "while", "switch", "catch") else name
    return name
