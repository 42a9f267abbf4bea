"""What ruff says about itself: the rules that a project's settings switch on, and what each rule is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping

from qualitygate.checks.tool import Command, Request
from qualitygate.frozen import NamedTuple
from qualitygate.process import Output

_ENABLED = re.compile(r"^linter\.rules\.enabled = \[(.*?)\]$", re.M | re.S)
_CODE = re.compile(r"\(([A-Z]+\d+)\)")
_SECTION = re.compile(r"^## (.+)\n", re.M)
_TOLD = ("What it does", "Why is this bad?")


class RuffRule(NamedTuple):
    """One rule: its code, its name (`undefined-name`), and two paragraphs about it."""

    code: str
    name: str
    what: str
    why: str


def settings_command(request: Request) -> Command:
    """The program that prints the settings for the first of the request's files."""
    env = {"XDG_CONFIG_HOME": os.path.join(request.cache_dir, "no-user-settings")}
    return Command((request.executable, "check", "--show-settings", "--", f"./{request.files[0]}"), env)


def parse_settings(output: Output) -> frozenset[str] | None:
    """The codes of the rules that are on; None where that was not printed."""
    found = _ENABLED.search(output.stdout.decode("utf-8", "replace"))
    return frozenset(_CODE.findall(found[1])) if output.code == 0 and found else None


def manual_command(executable: str) -> Command:
    """The program that prints what there is to know about every rule."""
    return Command((executable, "rule", "--all", "--output-format", "json"))


def parse_manual(output: Output) -> Mapping[str, RuffRule]:
    """Every rule by its code; empty where the output cannot be read."""
    try:
        rows = json.loads(output.stdout) if output.code == 0 else []
        return {str(row["code"]): _rule(row) for row in rows if row.get("code")}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _rule(row: Mapping[str, str]) -> RuffRule:
    parts = _SECTION.split(str(row.get("explanation") or ""))
    sections = zip(parts[1::2], parts[2::2], strict=True)
    told = {title.strip(): " ".join(body.split("\n\n", 1)[0].split()) for title, body in sections}
    return RuffRule(str(row["code"]), str(row["name"]), *(told.get(title, "") for title in _TOLD))
