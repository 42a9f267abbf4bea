"""Facts of what is run: by CI, by git hooks, by the scripts of a project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from qualitygate.checks.safeguards.stated import commands
from qualitygate.checks.safeguards.stated.document import dig, is_on, items, line_of
from qualitygate.checks.safeguards.stated.fact import Fact
from qualitygate.checks.safeguards.stated.tools import of_command

_SHELL = frozenset(
    ("run", "script", "bash", "command", "commands", "before_script", "after_script", "install", "inline")
)
_IDLE = ("true", ":", "echo", "/bin/true", "printf", "cat", "exit")
_EXCUSING = ("PYTEST_ADDOPTS", "SKIP", "HUSKY", "LEFTHOOK", "PRE_COMMIT_ALLOW_NO_CONFIG", "GOFLAGS", "RUSTFLAGS")
"""Variables that take something from what runs under them."""
_NEVER = ("false", "${{ false }}", "never", "'false'", "${{false}}")
_CHECKING = (
    "lint",
    "test",
    "check",
    "ruff",
    "mypy",
    "pre-commit",
    "prek",
    "codeql",
    "qualitygate",
    "scan",
    "codecov",
    "coveralls",
    "semgrep",
    "sonar",
    "audit",
    "biome",
    "cypress",
    "playwright",
)
_ALIASES = {"ruff-check": "ruff", "ruff-format": "ruff:format", "prek": "pre-commit", "flake8": "flake8"}


def ci(document: Any, text: str) -> Iterator[Fact]:
    """All checks that a file of CI runs, whatever service it is for."""
    triggers = dig(document, ["on"])
    if triggers is None and isinstance(document, dict):
        triggers = document.get("true")
    found = list(_walk(document, text, (), ""))
    if found and triggers:
        names = [triggers] if isinstance(triggers, str) else _names(triggers)
        for name in names:
            line = line_of(text, ("on", name))
            yield Fact("guard", "ci-trigger", "ci", "ci.on", name, line)
            for part in ("paths", "paths-ignore"):
                for item in items(dig(triggers, [name, part])) if isinstance(triggers, dict) else ():
                    yield Fact("excuse", "ci-trigger", "ci", f"ci.on.{name}.{part}", item, line)
    yield from found


def _names(triggers: Any) -> list[str]:
    return [str(one) for one in triggers] if isinstance(triggers, (list, dict)) else []


def _walk(node: Any, text: str, excuses: tuple[str, ...], label: str) -> Iterator[Fact]:
    if isinstance(node, list):
        for one in node:
            yield from _walk(one, text, excuses, label)
        return
    if not isinstance(node, dict):
        return
    excuses = (*excuses, *_excuses(node))
    name = node.get("name")
    label = name if isinstance(name, str) and len(name) < 80 else label
    for key, value in node.items():
        if key == "uses" and isinstance(value, str):
            action = value.partition("@")[0]
            if action.endswith((".yml", ".yaml")):
                called = commands.Command(f"workflow:{action}", action, ())
                yield from of_command("ci", called, line_of(text, (value,)), label=label, extra=excuses)
            elif any(part in action.lower().replace("checkout", "") for part in _CHECKING):
                program = "qualitygate" if "qualitygate" in action else _action(action)
                yield from of_command(
                    "ci", commands.Command(program, action, ()), line_of(text, (value,)), label=label, extra=excuses
                )
        elif key in _SHELL and isinstance(value, (str, list)):
            piped = "set -o pipefail\n" if str(node.get("shell", "")).startswith("bash") else ""
            for one in [value] if isinstance(value, str) else value:
                yield from (
                    _shell("ci", piped + one, text, label, excuses)
                    if isinstance(one, str)
                    else _walk(one, text, excuses, label)
                )
        elif key != "on":
            yield from _walk(value, text, excuses, label or str(key))


def _action(action: str) -> str:
    """`org/ruff-action` runs ruff, as `pre-commit/action` runs pre-commit."""
    for part in (
        "pre-commit",
        "ruff",
        "mypy",
        "golangci-lint",
        "codecov",
        "biome",
        "shellcheck",
        "actionlint",
        "zizmor",
    ):
        if part in action.lower():
            return part
    return action


def _excuses(node: dict[str, Any]) -> Iterator[str]:
    for key in ("continue-on-error", "allow_failure", "continueOnError", "soft_fail", "ignore_error"):
        if key in node and not isinstance(node[key], (dict, list)) and is_on(node[key]):
            yield f"{key}: true"
    given = node.get("env", node.get("variables"))
    for key, value in given.items() if isinstance(given, dict) else ():
        if key in _EXCUSING and value:
            yield f"{key}: {value}"
    condition = node.get("if", node.get("condition", node.get("when")))
    if isinstance(condition, str) and (condition.strip() in _NEVER or condition.strip() == "manual"):
        yield f"only if: {condition.strip()}"


def _shell(area: str, script: str, text: str, label: str, excuses: Sequence[str] = ()) -> Iterator[Fact]:
    start = next((row for row in script.split("\n") if row.strip() and not row.startswith("set -o")), "")
    at = text.find(start)
    line = text.count("\n", 0, at) + 1 if at >= 0 else 1
    for command in commands.read(script):
        yield from of_command(area, command, line, label=label, extra=excuses)


def pre_commit(document: Any, text: str) -> Iterator[Fact]:
    """The hooks of `.pre-commit-config.yaml`."""
    skipped = set(items(dig(document, ["ci", "skip"])))
    default = list(items(dig(document, ["default_stages"])))
    everything = dig(document, ["exclude"])
    if isinstance(everything, str) and everything:
        yield Fact("excuse", "hook-scope", "pre-commit", "pre-commit.exclude", everything, line_of(text, ("exclude",)))
    repos = dig(document, ["repos"])
    for repo in repos if isinstance(repos, list) else ():
        hooks = dig(repo, ["hooks"])
        origin = str(dig(repo, ["repo"]) or "").rstrip("/").removesuffix(".git").lower()
        for hook in hooks if isinstance(hooks, list) else ():
            if not isinstance(hook, dict) or not isinstance(hook.get("id"), str):
                continue
            own: str = hook["id"]
            stages = list(items(hook.get("stages"))) or default
            extra = ["stages: manual"] if stages == ["manual"] else []
            extra += ["ci.skip"] if own in skipped else []
            extra += [f"exclude: {hook['exclude']}"] if hook.get("exclude") else []
            extra += [f"files: {hook['files']}"] if hook.get("files") else []
            entry = str(hook.get("entry", "")).split()
            extra += [f"entry: {hook['entry']}"] if entry[:1] and entry[0] in _IDLE else []
            program: str = _ALIASES.get(own, own)
            if origin not in ("", "local", "meta"):
                line = line_of(text, (str(repo["repo"]),))
                yield Fact("scope", "replaced", "pre-commit", f"repo of {program}", [origin], line)
            arguments = [str(one) for one in items(hook.get("args"))] if isinstance(hook.get("args"), list) else []
            command = commands.detailed(program, arguments)
            yield from of_command("hook", command, line_of(text, ("hooks", own)), label=own, extra=extra)


def lefthook(document: Any, text: str) -> Iterator[Fact]:
    """The commands of lefthook, and of `lint-staged`: any program that a hook names."""
    for hook, table in document.items() if isinstance(document, dict) else ():
        skipped = isinstance(table, dict) and "skip" in table and is_on(table["skip"])
        for kind in ("commands", "scripts", "jobs"):
            inner = dig(table, [kind]) if isinstance(table, dict) else None
            rows = inner.items() if isinstance(inner, dict) else enumerate(inner if isinstance(inner, list) else ())
            for name, one in rows:
                run = one.get("run") if isinstance(one, dict) else None
                off = skipped or (isinstance(one, dict) and is_on(one.get("skip", "")))
                if isinstance(run, str):
                    yield from _shell("hook", run, text, f"{hook}.{name}", ["skip: true"] if off else [])


def lint_staged(table: Any, text: str) -> Iterator[Fact]:
    """What runs on staged files."""
    for pattern, value in table.items() if isinstance(table, dict) else ():
        for one in [value] if isinstance(value, str) else value if isinstance(value, list) else ():
            if isinstance(one, str):
                yield from _shell("hook", one, text, str(pattern))


def script(text: str, *, area: str) -> Iterator[Fact]:
    """A shell script: of husky, or one that CI calls."""
    yield from _shell(area, text, text, "")


def package_scripts(document: Any, text: str) -> Iterator[Fact]:
    """The scripts of `package.json`, and its hooks."""
    scripts = dig(document, ["scripts"])
    for name, value in scripts.items() if isinstance(scripts, dict) else ():
        if isinstance(value, str):
            line = line_of(text, ('"scripts"', f'"{name}"'))
            for command in commands.read(value):
                yield from of_command("script", command, line, label=name)
    yield from lint_staged(dig(document, ["lint-staged"]), text)
    husky = dig(document, ["husky", "hooks"])
    for name, value in husky.items() if isinstance(husky, dict) else ():
        if isinstance(value, str):
            yield from _shell("hook", value, text, name)


def makefile(text: str) -> Iterator[Fact]:
    """The recipes of a Makefile or a justfile."""
    target = ""
    for number, row in enumerate(text.split("\n"), 1):
        if row[:1] in ("\t", " ") and row.strip():
            for command in commands.read(row.strip().lstrip("@")):
                yield from of_command("script", command, number, label=target)
        elif ":" in row and not row.startswith(("#", ".")):
            target = row.partition(":")[0].strip()


def tox(document: Any, text: str) -> Iterator[Fact]:
    """The commands of tox, in `tox.ini`."""
    for section, table in document.items() if isinstance(document, dict) else ():
        if section.startswith("testenv") and isinstance(table, dict):
            rows = [(section, table)] + [
                (f"{section}:{name}", one) for name, one in table.items() if isinstance(one, dict)
            ]
            for label, one in rows:
                soft = ["ignore_outcome: true"] if is_on(one.get("ignore_outcome", "")) else []
                if isinstance(one.get("commands"), str):
                    yield from _shell("script", _usual(one["commands"]), text, label, soft)


def _usual(commands: str) -> str:
    """Commands of tox as they run when nobody hands arguments on: `{posargs:-n auto}` is `-n auto`."""
    import re

    return re.sub(r"\{posargs(?::([^{}]*))?\}", lambda found: found[1] or "", commands)
