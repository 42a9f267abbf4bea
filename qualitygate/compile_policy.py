"""Compile `qualitygate.toml` from standard input, or the playbook's `--defaults`, to JSON; the hook path runs this.

With `--extended` what comes is a JSON document: `settings`, and the files that these extend; a character is a byte.
"""

from __future__ import annotations

import json
import os
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from qualitygate.defaults import compile_any
from qualitygate.errors import QualityGateError


def main() -> int:
    """Print the compiled policy, or the error, as one JSON document."""
    data = None if "--defaults" in sys.argv[1:] else sys.stdin.buffer.read()
    extended: dict[str, bytes] = {}
    if data is not None and "--extended" in sys.argv[1:]:
        given = json.loads(data)
        data = given["settings"].encode("latin-1")
        extended = {path: content.encode("latin-1") for path, content in given["extended"].items()}
    try:
        document = compile_any(data, extended)
    except QualityGateError as exc:
        document = {"error": exc.message, "hint": exc.hint}
    sys.stdout.write(json.dumps(document))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
