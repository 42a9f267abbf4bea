"""Annotations of TypeScript, read from its text without comments and strings.

There is no parser here: a function is what looks like one. What is misread is misread alike in both trees.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from qualitygate.checks.safeguards import masked
from qualitygate.checks.safeguards.annotated.signature import Mark, Signature, facts

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_NO_NAME = frozenset(("if", "for", "while", "switch", "catch", "return", "function", "with", "await", "new", "typeof"))
_SHORT = 24


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Any]:
    import re

    name = r"[A-Za-z_$][\w$]*"
    return {
        "function": re.compile(rf"\bfunction\b\s*\*?\s*({name})?\s*(?=[(<])"),
        "arrow": re.compile(rf"({name})\s*(?::[^=;{{}}()\n]*)?=\s*(?:async\s+)?(?=[(<])"),
        "method": re.compile(
            rf"(?m)^[ \t]*(?:(?:public|private|protected|static|async|override|get|set)\s+)*"
            rf"[#*]?({name})\s*(?=[(<])"
        ),
        "scope": re.compile(rf"\b(?:class|interface|namespace)\s+({name})"),
        "any": re.compile(r"(?<![\w$.])any(?![\w$]|\s*[(:?.])"),
        "cast": re.compile(r"\bas\s+(?:unknown|any|never)\s+as\s+[\w$.]+|\bas\s+any\b"),
        "non-null": re.compile(r"(?<=[\w$)\]])!(?=\s*(?:[.\[;,)\]}]|$|as\b))", re.M),
        "function-type": re.compile(r"(?:(?<=[:<|&,])|\btype\s+\w+\s*=)\s*Function(?![\w$.(])"),
    }


def read(path: str, data: bytes) -> dict[str, Any]:
    """The facts of one file."""
    text = masked.javascript(path, masked.decode(data))
    found = _signatures(text)
    return facts(found, _marks(text, found))


def _signatures(text: masked.Masked) -> list[Signature]:
    patterns, code = _patterns(), text.code
    scopes = [(hit.start(), _end_of_block(code, hit.end()), hit[1]) for hit in patterns["scope"].finditer(code)]
    seen: dict[int, Signature] = {}
    for kind in ("function", "arrow", "method"):
        for hit in patterns[kind].finditer(code):
            name, at = hit[1] or "", hit.end()
            if name in _NO_NAME or (kind == "method" and not any(a < hit.start() < b for a, b, _ in scopes)):
                continue
            around = ".".join(own for start, end, own in scopes if start < hit.start() < end)
            one = _signature(text, at, f"{around}.{name}" if around else name, arrow=kind == "arrow")
            if one is not None and name:
                seen.setdefault(at, one)
    return [seen[at] for at in sorted(seen)]


def _signature(text: masked.Masked, at: int, name: str, *, arrow: bool) -> Signature | None:
    code = text.code
    if code[at] == "<":
        at = _skip(code, at)
        while at < len(code) and code[at].isspace():
            at += 1
    if code[at : at + 1] != "(":
        return None
    end = _skip(code, at)
    types: dict[str, str] = {}
    for number, part in enumerate(_parts(code[at + 1 : end - 1])):
        label, kind = _parameter(part, number)
        types[label] = kind
    returns, start = _returned(code, end, arrow=arrow)
    if start < 0:
        return None
    types["return"] = returns
    body = "".join(code[start : _body_end(code, start)].split())
    digest = hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:16] if len(body) >= _SHORT else ""
    exempt = tuple(label for label in types if label == "this")
    return Signature(name, text.line(at), digest, types, exempt)


def _parameter(part: str, number: int) -> tuple[str, str]:
    """The name and the type of one parameter; one that is taken apart is known by its place."""
    depth = 0
    for place, sign in enumerate(part):
        if sign in "([{<":
            depth += 1
        elif sign in ")]}" or (sign == ">" and part[place - 1 : place] != "="):
            depth -= 1
        elif depth == 0 and sign == ":":
            return _label(part[:place], number), _plain(_before_default(part[place + 1 :]))
        elif depth == 0 and sign == "=" and part[place + 1 : place + 2] != ">":
            default = part[place + 1 :].strip()
            empty = default[:1] in ("{", "[") or default in ("null", "undefined")
            return _label(part[:place], number), "" if empty else "="  # the default says it
    return _label(part, number), ""


def _label(text: str, number: int) -> str:
    words = text.replace("?", " ").split()
    name = words[-1] if words else ""
    return f"#{number}" if not name or name[-1] in "]}" else name


def _before_default(text: str) -> str:
    depth = 0
    for place, sign in enumerate(text):
        if sign in "([{<":
            depth += 1
        elif sign in ")]}" or (sign == ">" and text[place - 1 : place] != "="):
            depth -= 1
        elif sign == "=" and depth == 0 and text[place + 1 : place + 2] != ">":
            return text[:place]
    return text


def _plain(text: str) -> str:
    return "".join(text.split()).strip("|;,")


def _returned(code: str, at: int, *, arrow: bool) -> tuple[str, int]:
    """The type after the parameters, and where the body begins; -1 where this is no function with a body."""
    while at < len(code) and code[at].isspace():
        at += 1
    if code[at : at + 1] != ":":
        if arrow:
            return ("", at + 2) if code.startswith("=>", at) else ("", -1)
        return ("", at) if code[at : at + 1] == "{" else ("", -1)
    start = at = at + 1
    last = ""
    while at < len(code):
        sign = code[at]
        if sign == "{" and not arrow and last and last not in "|&:<,=":
            return _plain(code[start:at]), at
        if sign in "([{<":
            at, last = _skip(code, at), ")"
            continue
        if sign == "=" and code.startswith("=>", at):
            if arrow and last:
                return _plain(code[start:at]), at + 2
            at, last = at + 2, "="
            continue
        if sign in ";)}" or (sign == "\n" and last and last not in "|&:=" and code[at:].lstrip()[:1] not in "|&{=>"):
            break
        last = last if sign.isspace() else sign
        at += 1
    return "", -1


def _skip(code: str, at: int) -> int:
    """The offset after the bracket that closes the one at `at`."""
    closing: list[str] = []
    angle = code[at] == "<"
    for place in range(at, min(len(code), at + 20_000)):
        sign = code[place]
        if sign in "([{" or (angle and sign == "<"):
            closing.append(_CLOSING[sign])
        elif closing and sign == closing[-1] and not (sign == ">" and code[place - 1] == "="):
            closing.pop()
            if not closing:
                return place + 1
        elif sign in ")]}" and closing and closing[-1] == ">":
            return place
    return len(code)


def _end_of_block(code: str, at: int) -> int:
    start = code.find("{", at)
    return _skip_block(code, start) if start >= 0 else at


def _skip_block(code: str, at: int) -> int:
    depth = 0
    for place in range(at, len(code)):
        if code[place] == "{":
            depth += 1
        elif code[place] == "}":
            depth -= 1
            if depth == 0:
                return place + 1
    return len(code)


def _body_end(code: str, start: int) -> int:
    rest = code[start : start + 200].lstrip()
    if rest.startswith("{"):
        return _skip_block(code, code.index("{", start))
    end = code.find("\n", start)
    return end if end >= 0 else len(code)


def _parts(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for place, sign in enumerate(text):
        if sign in "([{<":
            depth += 1
        elif sign in ")]}" or (sign == ">" and text[place - 1 : place] != "="):
            depth -= 1
        elif sign == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    if text[start:].strip():
        yield text[start:]


def says_any(kind: str) -> bool:
    """Whether `any` stands somewhere in a type."""
    return "any" in kind and _patterns()["any"].search(kind) is not None


def _marks(text: masked.Masked, found: list[Signature]) -> list[Mark]:
    patterns, code = _patterns(), text.code
    rows = code.split("\n")
    marks, casts = [], []
    for hit in patterns["cast"].finditer(code):
        casts.append(hit.span())
        marks.append(("cast", hit.start()))
    for hit in patterns["any"].finditer(code):
        before = code[max(0, hit.start() - 80) : hit.start()].rstrip()
        arrow = before.endswith("=>")
        typed = before[-1:] in tuple(":<|&,=[(") or arrow or before.endswith(("extends", "keyof", " is"))
        if typed and not any(start <= hit.start() < end for start, end in casts):
            marks.append(("any", hit.start()))
    marks += [("any", hit.start()) for hit in patterns["function-type"].finditer(code)]
    marks += [("non-null", hit.start()) for hit in patterns["non-null"].finditer(code)]
    result = []
    for kind, offset in sorted(marks, key=lambda mark: mark[1]):
        line = text.line(offset)
        around = [one.name for one in found if one.line <= line]
        result.append(Mark(kind, line, around[-1] if around else "", "".join(rows[line - 1].split())[:200]))
    return result
