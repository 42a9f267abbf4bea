"""Secrets in text files, recognised by their form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from qualitygate.checks.builtin.reading import look_at_texts, may_be_text
from qualitygate.checks.builtin.secret_kinds import KINDS, Kind
from qualitygate.checks.tool import Reads
from qualitygate.model import Finding, Report

if TYPE_CHECKING:
    import re

name = "secrets"
title = "secrets"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = ""
wants = may_be_text

_FEW = 7
"""Random text of 16 letters has fewer different ones less than once in ten million times."""

_PLACEHOLDERS = (
    b"example sample dummy placeholder changeme change_me change-me redacted your xxxx **** .... fake insert replace"
    b" todo foobar secret passw test 12345678 87654321 abcdefgh deadbeef 0000000 lorem invalid not-a- hunter2"
).split()
# In random text these few would turn up by chance in a long enough key.
_LONG_ONLY = tuple(word for word in _PLACEHOLDERS if len(word) > 4 or word in (b"xxxx", b"****", b"...."))
_JWT_IO = b"eyJzdWIiOiIxMjM0NTY3ODkwIi"
_LOCAL = (b"localhost", b"127.", b"0.0.0.0", b"::1", b"host.docker.internal")
_DEFAULTS = frozenset(b"password postgres root admin guest user username pass pwd mysql redis rabbitmq app".split())
_DULL = (
    rb"[/\\.]\w+[/\\.]|^https?:|^\d{4}-\d\d-\d\d|^\d[\d.,:_-]*$"  # paths, dates, versions
    rb"|^[a-z]+([_.-][a-z]+)*\d{0,4}$|^[A-Z]+(_[A-Z]+)*\d{0,4}$"  # identifiers
)


def look(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
    """One finding per secret; its message names the kind and the length, never the secret."""
    return look_at_texts(_find, root, files, options)


def _find(path: str, data: bytes, options: Mapping[str, Any]) -> list[Finding]:
    found: dict[tuple[int, int], Finding] = {}
    lowered = data.lower()
    for kind in KINDS:
        if not any(keyword in lowered for keyword in kind.keywords):
            continue
        for match in _matches(kind, data):
            group = "secret" if "secret" in match.re.groupindex else 0
            at = match.span(group)
            # What has a name of its own is not also "a password".
            if not any(first < at[1] and at[0] < last for first, last in found):
                found[at] = _finding(kind, path, data, match, at)
    return sorted(found.values(), key=lambda finding: (finding.line, finding.column))


def _matches(kind: Kind, data: bytes) -> Iterator[re.Match[bytes]]:
    import re

    for match in re.finditer(kind.pattern, data):
        parts = match.groupdict()
        if not is_placeholder(kind, parts.get("secret") or match[0], parts.get("user"), parts.get("host")):
            yield match


def is_placeholder(kind: Kind, secret: bytes, user: bytes | None = None, host: bytes | None = None) -> bool:
    """Whether this has the form of a secret but is plainly none: an example, a default, a variable's name."""
    lowered = secret.lower()
    if any(word in lowered for word in (_LONG_ONLY if kind.random else _PLACEHOLDERS)) or _JWT_IO in secret:
        return True
    if kind.random:
        return len(set(secret)) < _FEW
    if host is not None:
        return _is_default(lowered, (user or b"").lower(), host.lower())
    return not _is_varied(secret)


def _is_default(password: bytes, user: bytes, host: bytes) -> bool:
    local = b"." not in host or host.startswith(_LOCAL) or host.endswith((b".local", b".test"))
    sample = host.endswith((b"example.com", b"example.org", b"example.net", b".example", b".invalid"))
    variable = password.startswith((b"$", b"%")) or len(set(password)) < 4
    return local or sample or variable or password == user or password in _DEFAULTS


def _is_varied(text: bytes) -> bool:
    """Digits among letters, and enough different characters: no word, path, version, date or identifier."""
    import math
    import re

    if re.search(_DULL, text):
        return False
    if not re.search(rb"\d", text) or not re.search(rb"[A-Za-z]", text):
        return False
    shares = [text.count(character) / len(text) for character in set(text)]
    return -sum(share * math.log2(share) for share in shares) >= 3.2


def _finding(kind: Kind, path: str, data: bytes, match: re.Match[bytes], at: tuple[int, int]) -> Finding:
    def place(offset: int) -> tuple[int, int]:
        start = data.rfind(b"\n", 0, offset) + 1
        return data.count(b"\n", 0, offset) + 1, len(data[start:offset].decode("utf-8", "replace")) + 1

    secret = data[at[0] : at[1]]
    shown = f", begins with {secret[: kind.shown].decode('ascii', 'replace')}" if kind.shown else ""
    message = f"{kind.title} ({len(secret)} characters{shown})"
    fix = "read it from the environment or a secret store, and revoke this one if it was ever pushed"
    return Finding(name, f"secrets:{kind.rule}", path, *place(match.start()), *place(at[1]), message, fix=fix)
