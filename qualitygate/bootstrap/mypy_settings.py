"""Settings for mypy: the project's own, or a few that find what a caller gets wrong."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection
from typing import Any

from qualitygate.bootstrap.edits import Edit, add_ini_section, add_toml_table
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Facts
from qualitygate.playbook import Playbook

INI = "mypy.ini"


class MypySettings(NamedTuple):
    """The paths to check (none: the project's settings name them), and an edit where there were no settings."""

    paths: tuple[str, ...]
    edit: Edit | None
    evidence: str


def adopted(facts: Facts) -> MypySettings:
    """The project configures mypy: its settings stay, and its own command says what it checks."""
    fact = next(fact for fact in facts.type_checkers if fact.name == "mypy")
    for command in facts.gate_commands:
        if "mypy" in command.tools:
            paths = _paths(command.command, facts)
            if paths:
                return MypySettings(paths, None, f"{command.path}:{command.line} runs `{command.command}`")
    where = fact.evidence[0]
    return MypySettings((), None, f"{where.path}:{where.line}" if where.line else where.path)


def _ini(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value) if key == "exclude" else ", ".join(value)
    return str(value)


def _paths(command: str, facts: Facts) -> tuple[str, ...]:
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return ()
    words = words[words.index("mypy") + 1 :] if "mypy" in words else []
    known = set(facts.python_files)
    folders = {"/".join(path.split("/")[:n]) for path in known for n in range(1, path.count("/") + 1)}
    named = [word.rstrip("/") for word in words if not word.startswith("-")]
    return tuple(word for word in named if word in known or word in folders or word == ".")


def roots(facts: Facts) -> tuple[str, ...]:
    """Where the project's own code is, without roots that lie in another one."""
    named = [root for root in (*facts.source_roots, *facts.test_roots) if _has_python(root, facts)]
    if "." in named:
        return (".",)
    kept = [root for root in dict.fromkeys(named) if not any(root.startswith(f"{other}/") for other in named)]
    return tuple(kept) or (".",)


def _has_python(root: str, facts: Facts) -> bool:
    return root == "." or any(path.startswith(f"{root}/") or path == root for path in facts.python_files)


def ours(
    playbook: Playbook, facts: Facts, read: Callable[[str], bytes | None], links: Collection[str] = ()
) -> MypySettings:
    """Settings for a project without any; `links` are the paths that are symbolic ones."""
    values: dict[str, Any] = {**playbook.mypy, "files": list(roots(facts))}
    # mypy follows links: from one that leads to a folder above itself it would never come back.
    folders = [path for path in links if "." not in path.rpartition("/")[2]]
    without = sorted({*(fact.name for fact in facts.generated_or_vendored_paths), *folders})
    if without:
        values["exclude"] = [f"^{re.escape(path)}{'$' if path.endswith('.py') else '/'}" for path in without]
    comment = "Not strict; `qualitygate bootstrap` chose what this code bears."
    before = read("pyproject.toml")
    if before is not None:
        after = add_toml_table(before, "tool.mypy", values, comment=comment, file="pyproject.toml")
        return MypySettings((), Edit("pyproject.toml", before, after, kind="toml"), "no mypy configuration")
    lines = {key: _ini(key, value) for key, value in values.items()}
    after = add_ini_section(read(INI), "mypy", lines, file=INI)
    return MypySettings((), Edit(INI, read(INI), after), "no mypy configuration")
