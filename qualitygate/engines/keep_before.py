"""Write down what some files hold, then become the program that rewrites them.

`keep_before.py REPORT PROGRAM ARGUMENT...` with a JSON list of paths on standard input. REPORT gets a JSON object
with the text of each, byte for byte as Latin-1; one that cannot be read is left out.
"""

from __future__ import annotations

import json
import os
import sys


def main(report: str, argv: list[str]) -> None:
    """Does not return: the program takes this process over, its exit code is ours."""
    before = {}
    for path in json.load(sys.stdin):
        try:
            with open(path, "rb") as file:
                before[path] = file.read().decode("latin-1")
        except OSError:
            continue
    with open(report, "w", encoding="utf-8") as out:
        json.dump(before, out)
    os.execv(argv[0], argv)  # no shell, and nothing is left to do here


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
