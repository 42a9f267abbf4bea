"""Parse TOML, YAML and JSON files: [[path, kind], ...] on standard input, JSON on standard output.

Nothing is constructed: of YAML only the events are read, so that any tag is accepted and an alias
costs nothing. Prints `given` and `looked_at` (numbers of files), `findings` (path, kind, line, column,
message) and `unread` (path, reason).
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from typing import NoReturn

from qualitygate.frozen import NamedTuple

if __name__ == "__main__":  # at the end, so that no module of ours or of others hides one of Python's
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from qualitygate.checks.builtin.reading import TEXT_LIMIT, read_text

YAML_LIMIT = 512 * 1024
"""Bytes; the parser is slow (a tenth of a megabyte a second), and what is larger is generated."""

_TEMPLATE = re.compile(
    r"^[ \t]*(?:- +)?\{[%#]"  # a statement or comment on a line of its own
    r"|^(?:[ \t]*(?:- +)?|[^'\"#\n]*[:=][ \t]+|[ \t]*[\w.-]*)\{\{[-~]?\s*[\w.$(/]"  # an expression outside of quotes
    r"|\"[ \t]*:[ \t]*\{\{[-~]?\s*[\w.$(/]"  # the same as a value of JSON
    r"|\{%[-+]?\s*\w+[^'\"\n]{0,200}%\}",
    re.MULTILINE,
)


class Fault(NamedTuple):
    """Where and why a parser gave up; line and column from 1."""

    line: int
    column: int
    message: str


def toml_fault(text: str) -> Fault | None:
    """What keeps a text from being TOML."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        said = str(exc)
        at = re.search(r" \(at line (\d+), column (\d+)\)$", said)
        message = said[: at.start()] if at else said.removesuffix(" (at end of document)")
        return Fault(int(at[1]), int(at[2]), message) if at else Fault(max(len(text.splitlines()), 1), 1, message)
    return None


def json_fault(text: str) -> Fault | None:
    """What keeps a text from being strict JSON."""

    def refuse(constant: str) -> NoReturn:
        at = max(text.find(constant), 0)
        raise json.JSONDecodeError(f"{constant} is no JSON", text, at)

    try:
        json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as exc:
        return Fault(exc.lineno, exc.colno, exc.msg)
    except ValueError:
        return None  # an integer of more digits than Python converts is JSON all the same
    return None


def yaml_fault(text: str) -> Fault | None:
    """What keeps a text from being YAML, all its documents."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        for _ in YAML(typ="safe", pure=True).parse(text):
            pass
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        message = " ".join(str(exc.problem or exc.context or "cannot be parsed").split())
        return Fault(mark.line + 1, mark.column + 1, message) if mark else Fault(1, 1, message)
    except ReaderError as exc:
        before = text[: exc.position]
        return Fault(before.count("\n") + 1, len(before) - before.rfind("\n"), f"{exc.reason}")
    return None


FAULTS: dict[str, Callable[[str], Fault | None]] = {"toml": toml_fault, "yaml": yaml_fault, "json": json_fault}


def is_chart_template(root: str, path: str) -> bool:
    """Whether the file is a template of a Helm chart: below `templates/` beside a `Chart.yaml`."""
    parts = path.split("/")
    tops = [parts[:at] for at, part in enumerate(parts[:-1]) if part == "templates"]
    return any(os.path.isfile(os.path.join(root, *top, "Chart.yaml")) for top in tops)


def look(root: str, path: str, kind: str) -> tuple[bool, Fault | None]:
    """Whether the file was looked at, and what is wrong with it. Raises OSError."""
    if "{{" in path or (kind == "yaml" and is_chart_template(root, path)):
        return False, None
    data = read_text(root, path, YAML_LIMIT if kind == "yaml" else TEXT_LIMIT)
    if data is None:
        return False, None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        return True, Fault(line, exc.start - data.rfind(b"\n", 0, exc.start), "not UTF-8")
    try:
        fault = FAULTS[kind](text)
    except RecursionError:
        return False, None
    # `${{ ... }}` of a workflow is a plain value; a template's own marks make it another language.
    if fault and _TEMPLATE.search(text.replace("${{", "")):
        return False, None
    return True, fault


def main() -> int:
    """Look at every file that is named on standard input, below the working directory."""
    root = os.getcwd()
    files = json.load(sys.stdin)
    looked_at, findings, unread = 0, [], []
    for path, kind in files:
        try:
            looked, fault = look(root, path, kind)
        except OSError as exc:
            unread.append((path, (exc.strerror or "error").lower()))
            continue
        looked_at += looked
        if fault:
            message = fault.message[:1].lower() + fault.message[1:]
            findings.append((path, kind, fault.line, fault.column, message))
    json.dump({"given": len(files), "looked_at": looked_at, "findings": findings, "unread": unread}, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
