"""Take from a formatted file what is about some lines, and leave the rest as it was.

`lines_between.py FILE FIRST LAST` with the formatted file on standard input; prints the result. An empty input, which
is what a formatter leaves that failed, is an error: exit code 1.
"""

from __future__ import annotations

import sys
from difflib import SequenceMatcher


def between(before: bytes, after: bytes, first: int, last: int) -> bytes:
    """The lines of `before`, and of every change those of `after` if it meets lines `first` to `last`, from 1."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    made: list[bytes] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        meets = i + 1 <= last and first <= j if j > i else i <= last and first <= i + 1
        made += new[k:m] if kind != "equal" and meets else old[i:j]
    return b"".join(made)


def main(path: str, first: str, last: str) -> int:
    """The exit code."""
    with open(path, "rb") as file:
        before = file.read()
    after = sys.stdin.buffer.read()
    if before.strip() and not after.strip():
        return 1
    sys.stdout.buffer.write(between(before, after, int(first), int(last)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
