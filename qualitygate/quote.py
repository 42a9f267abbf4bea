"""Text from the repository or a tool, made harmless to print."""

from __future__ import annotations

# Printable by Unicode's book and yet nothing to see: fillers, joiners, and the blank that is a symbol.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+@,=~%#()[]{}$!^&")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\x1b"}


def clean(text: str, limit: int = 400) -> str:
    """One line of visible characters, at most `limit` of them; what was cut ends in `...`.

    Control characters, terminal sequences, line breaks, bidirectional and other invisible characters
    become escapes as in a Python string. A byte that was not UTF-8 becomes `\\xNN`.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    parts: list[str] = []
    size = 0
    for char in text:
        part = char if _is_visible(char) else _escape(char)
        parts.append(part)
        size += len(part)
        if size > limit:
            while parts and size > limit - 3:
                size -= len(parts.pop())
            return ("".join(parts) + "...")[:limit]
    return "".join(parts)


def quoted(text: str, limit: int = 400) -> str:
    """Text to be read, in double quotes; those inside become single ones, so that nothing can end the quote."""
    return f'"{clean(text[: limit + 1].replace(chr(34), chr(39)), limit)}"'


def quoted_path(path: str, limit: int = 240) -> str:
    """A path in double quotes, exact (backslash and quote escaped) unless it is too long; then its middle is cut."""
    exact = clean(_exact(path[: limit + 1]), limit + 1)
    if len(exact) <= limit and len(path) <= limit:
        return f'"{exact}"'
    half = (limit - 3) // 2
    return f'"{clean(_exact(path[:half]), half)}...{_tail(_exact(path[-half:]), half)}"'


def shown_path(path: str) -> str:
    """A path for people: bare where that is unmistakable, otherwise quoted."""
    bare = len(path) <= 240 and all(c in _PLAIN or (c.isalnum() and not c.isascii()) for c in path) and path
    return path if bare else quoted_path(path)


def _exact(path: str) -> str:
    return path.replace("\\", "\\\\").replace('"', '\\"')


def _tail(text: str, limit: int) -> str:
    parts: list[str] = []
    size = 0
    for char in reversed(text):
        parts.append(char if _is_visible(char) else _escape(char))
        size += len(parts[-1])
        if size > limit:
            parts.pop()
            break
    return "".join(reversed(parts))


def _is_visible(char: str) -> bool:
    # Variation selectors can carry hidden bytes, and are printable.
    hidden = char in _BLANKS or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return char.isprintable() and not hidden


def _escape(char: str) -> str:
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if 0xDC80 <= code <= 0xDCFF:  # os.fsdecode keeps a byte that it cannot read as such a surrogate
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
