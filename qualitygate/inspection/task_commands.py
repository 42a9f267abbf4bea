"""The commands behind the project's own entry points: tox, nox, make, just, package scripts, shell scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.inspection.ci_commands import Raw
from qualitygate.inspection.facts import Role
from qualitygate.inspection.shell import command_line, logical_lines
from qualitygate.inspection.sources import Sources, base_name, dig, items, strings
from qualitygate.inspection.yaml_nodes import line_of

_TARGET = re.compile(r"^([A-Za-z0-9_][\w./ -]*?)\s*::?(?!=)")
_RECIPE = re.compile(r"^@?([A-Za-z_][\w-]*)(?:\s+[^:=]*)?:(?!=)")
_SCRIPT_LIMIT = 40
_SCRIPT_SIZE = 64 * 1024
_LINE_LIMIT = 1000
# Tables of pyproject.toml that name tasks: dotted path below [tool], and the prefix that runs one.
_TASK_TABLES = (
    (("poe", "tasks"), "poe"),
    (("taskipy", "tasks"), "task"),
    (("pdm", "scripts"), "pdm run"),
    (("pixi", "tasks"), "pixi run"),
    (("rye", "scripts"), "rye run"),
)
# Files of Python functions that are tasks: path, decorators, and the prefix that runs one.
_PYTHON_TASKS = (
    ("noxfile.py", ("session", "nox_session"), "nox -s"),
    ("tasks.py", ("task",), "invoke"),
)


def task_commands(sources: Sources, roles: Mapping[str, Role]) -> Iterator[Raw]:
    """Every command that an entry point of the project would run."""
    yield from _tox(sources)
    for path, decorators, prefix in _PYTHON_TASKS:
        yield from _python_tasks(sources, path, decorators, prefix)
    yield from _make(sources)
    yield from _just(sources)
    yield from _package_scripts(sources, roles)
    yield from _composer_scripts(sources)
    yield from _pyproject_tasks(sources)
    yield from _taskfile(sources)
    yield from _shell_scripts(sources, roles)


def _tox(sources: Sources) -> Iterator[Raw]:
    for path in sources.match("tox.ini", "setup.cfg"):
        for section, options in sources.ini(path).items():
            if (
                section == "testenv"
                or section.startswith("testenv:")
                or (path == "tox.ini" and section.startswith("env:"))
            ):
                yield from _tox_env(sources, path, section, options.get("commands", ""))
    for path, keys in (("pyproject.toml", ("tool", "tox")), ("tox.toml", ())):
        table = dig(sources.toml(path), *keys) if path in sources.names else None
        legacy = dig(table, "legacy_tox_ini")
        if isinstance(legacy, str):
            for section in re.split(r"^\[", legacy, flags=re.MULTILINE):
                head, _, rest = section.partition("]")
                body = re.search(r"^commands\s*=(.*(?:\n[ \t]+.*)*)", rest, re.MULTILINE)
                if body and head.startswith("testenv"):
                    yield from _tox_env(sources, path, head, body[1])
        prefix = "tool.tox." if keys else ""
        yield from _tox_rows(sources, path, "tox", dig(table, "env_run_base", "commands"), f"[{prefix}env_run_base]")
        for name, env in items(dig(table, "env")):
            yield from _tox_rows(sources, path, f"tox -e {name}", dig(env, "commands"), f"[{prefix}env.{name}]")


def _tox_env(sources: Sources, path: str, section: str, commands: str) -> Iterator[Raw]:
    name = f"tox -e {section.partition(':')[2]}" if ":" in section else "tox"
    for line in logical_lines(commands):
        text = line.text.lstrip("-! ")
        evidence = sources.evidence(path, text, text.split(" ")[0])
        yield Raw(text, "tox", name, path, evidence.line, "", name)


def _tox_rows(sources: Sources, path: str, name: str, rows: Any, table: str) -> Iterator[Raw]:
    for row in rows if isinstance(rows, list) else ():
        words = strings(row)
        if words:
            needles = (", ".join(f'"{w}"' for w in words[:3]), f'["{words[0]}"', f'"{words[0]}"')
            line = sources.evidence(path, *needles, after=table).line
            yield Raw(command_line(words), "tox", name, path, line, "", name)


def _python_tasks(sources: Sources, path: str, decorators: tuple[str, ...], prefix: str) -> Iterator[Raw]:
    """The literal words of `x.run(...)` in functions that carry a task's decorator."""
    if prefix == "invoke" and prefix not in (sources.text(path) or ""):
        return  # `tasks.py` is a plain module in many a project
    tree = sources.python(path)
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.FunctionDef) and any(_name_of(d) in decorators for d in node.decorator_list):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run":
                    words = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                    if words:
                        # invoke spells a task's name with hyphens
                        name = f"{prefix} {node.name.replace('_', '-') if prefix == 'invoke' else node.name}"
                        # nox takes words, invoke a line for the shell
                        text = " ".join(words) if prefix == "invoke" else command_line(words)
                        yield Raw(text, prefix.split(" ")[0], name, path, call.lineno, "", name)


def _name_of(decorator: ast.expr) -> str:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _taskfile(sources: Sources) -> Iterator[Raw]:
    for path in sources.match("Taskfile.yml", "Taskfile.yaml", "taskfile.yml"):
        for name, task in items(dig(sources.yaml(path), "tasks")):
            rows = dig(task, "cmds") or dig(task, "cmd") or task
            commands = [dig(row, "cmd") or row for row in rows] if isinstance(rows, list) else [rows]
            for text in (c for c in commands if isinstance(c, str) and c.strip()):
                yield Raw(text.strip(), "task", f"task {name}", path, line_of(text), "", f"task {name}")
    for path in sources.match("mise.toml", ".mise.toml"):
        for name, task in items(dig(sources.toml(path), "tasks")):
            for text in (t for t in strings(task) or strings(dig(task, "run")) if t.strip()):
                line = sources.evidence(path, text.splitlines()[0], name).line
                yield Raw(text, "mise", f"mise run {name}", path, line, "", f"mise run {name}")


def _rows(sources: Sources, path: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a task file, less those too long for a person to have written."""
    for number, row in enumerate((sources.text(path) or "")[:_SCRIPT_SIZE].splitlines(), 1):
        if len(row) <= _LINE_LIMIT:
            yield number, row


def _make(sources: Sources) -> Iterator[Raw]:
    for path in sources.match("Makefile", "makefile", "GNUmakefile"):
        targets: list[str] = []
        for number, row in _rows(sources, path):
            found = _TARGET.match(row) if not row.startswith("\t") else None
            if found:
                targets = [t for t in found[1].split() if not t.startswith(".")]
                _, _, prerequisites = row.partition(":")
                for target in targets:
                    for other in prerequisites.split("#")[0].split(";")[0].split():
                        if "=" not in other and re.fullmatch(r"[\w-]+", other):
                            yield Raw(f"make {other}", "make", f"make {target}", path, number, "", f"make {target}")
            elif row.startswith("\t") and row.strip() and not row.strip().startswith("#"):
                for target in targets:
                    yield Raw(row.strip().lstrip("@-+ "), "make", f"make {target}", path, number, "", f"make {target}")


def _just(sources: Sources) -> Iterator[Raw]:
    for path in sources.match("justfile", "Justfile", ".justfile"):
        target = ""
        for number, row in _rows(sources, path):
            found = _RECIPE.match(row)
            if found:
                target = f"just {found[1]}"
            elif row[:1] in (" ", "\t") and target and row.strip() and not row.strip().startswith("#"):
                yield Raw(row.strip().lstrip("@-"), "just", target, path, number, "", target)


def _package_scripts(sources: Sources, roles: Mapping[str, Role]) -> Iterator[Raw]:
    for path in sources.match("package.json", "*/package.json"):
        if path.count("/") > 3 or roles.get(path) in ("vendored", "example") or "node_modules/" in path:
            continue
        folder = path.rpartition("/")[0]
        for name, command in items(dig(sources.json(path), "scripts")):
            if isinstance(command, str):
                line = sources.evidence(path, f'"{name}":', f'"{name}"').line
                yield Raw(command, "npm", f"npm run {name}", path, line, folder, f"npm run {name}")


def _composer_scripts(sources: Sources) -> Iterator[Raw]:
    for path in sources.match("composer.json"):
        for name, commands in items(dig(sources.json(path), "scripts")):
            for command in strings(commands):
                line = sources.evidence(path, f'"{name}"').line
                text = command.removeprefix("@php ").strip()
                text = f"composer run {text[1:]}" if text.startswith("@") else text
                if "::" not in text.split(" ")[0]:  # a method of PHP
                    yield Raw(text, "composer", f"composer run {name}", path, line, "", f"composer run {name}")


def _pyproject_tasks(sources: Sources) -> Iterator[Raw]:
    names = ("pyproject.toml", "hatch.toml")
    for path in (p for p in sources.paths if base_name(p) in names and p.count("/") <= 1):
        tool = dig(sources.toml(path), "tool") if base_name(path) == names[0] else {"hatch": sources.toml(path)}
        found = [(dig(tool, *keys), prefix) for keys, prefix in _TASK_TABLES]
        for env, settings in items(dig(tool, "hatch", "envs")):
            found.append((dig(settings, "scripts"), "hatch run" if env == "default" else f"hatch run {env}:"))
        for table, prefix in found:
            for name, task in items(table):
                label = f"{prefix}{name}" if prefix.endswith(":") else f"{prefix} {name}"
                command = task if isinstance(task, (str, list)) else dig(task, "cmd") or dig(task, "shell")
                for text in strings(command):
                    line = sources.evidence(path, text.splitlines()[0] if text.strip() else name, name).line
                    yield Raw(text, prefix.split(" ")[0], label, path, line, path.rpartition("/")[0], label)


def _shell_scripts(sources: Sources, roles: Mapping[str, Role]) -> Iterator[Raw]:
    paths = [p for p in sources.paths if roles.get(p) == "script" and p.count("/") <= 2]
    paths = [p for p in paths if not p.startswith(".husky/")]  # hooks are read as hooks
    paths = [p for p in paths if p.endswith((".sh", ".bash")) or "." not in base_name(p)]
    for path in paths[:_SCRIPT_LIMIT]:
        text = (sources.text(path) or "")[:_SCRIPT_SIZE]
        if (not text.startswith("#!") and not path.endswith((".sh", ".bash"))) or "python" in text.split("\n", 1)[0]:
            continue
        for line in logical_lines(text):
            yield Raw(line.text, "script", path, path, line.offset + 1, "", path)
