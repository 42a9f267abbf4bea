"""The format of `qualitygate.toml`: read, validated, and compiled to the JSON that the gate reads."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping
from typing import Any

from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.locations import SETTINGS
from qualitygate.model import TIERS
from qualitygate.schema import ANY, Field, Schema, document, dotted, json_schema, load, nearest, refuse

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = SETTINGS
SCHEMA_NUMBER = 1
POLICIES = ("ratchet", "clean", "shown")
ACTORS = ("auto", "agent", "person")
TIME_LIMIT = 60
"""Seconds that a commit may take before the gate says that it could not decide."""
PUSH_TIME_LIMIT = 600
"""The same for a push, which may have to run all tests."""

_SIZE_LIMIT = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Option(NamedTuple):
    """One option of a check: for which tools it means something (none: for all), and what."""

    tools: tuple[str, ...]
    field: Field


PAIRS = ("kept-tests", "kept-types", "kept-settings", "handlers", "suppressions")
"""Tools that compare two trees."""

_NODE_TESTS = ("jest", "mocha", "node-test", "vitest")

OPTIONS: Mapping[str, Option] = {
    "files": Option(
        (), Field("strings", "look only at files that match one of these globs (`*` in a folder, `**` across)")
    ),
    "exclude": Option((), Field("strings", "do not look at files that match one of these globs")),
    "touched": Option(
        (),
        Field(
            "choice",
            "what becomes of a known finding whose code is edited in place: `show` it, or take it for `new`; where it"
            " is left out, `new` for rules about security and suppressions, `show` for all others",
            choices=("show", "new"),
        ),
    ),
    "root": Option(
        (),
        Field("string", "the folder that the tool is started in, and whose files it looks at; the repository's root"),
    ),
    "paths": Option(
        ("mypy", "pytest", "eslint", "tsc", *_NODE_TESTS),
        Field(
            "strings",
            "`mypy`, `pytest`, `eslint`, tests of JavaScript: files and folders to look at; without them, what its"
            " settings name. `tsc`: settings of projects; without them, `tsconfig.json`",
        ),
    ),
    "config_file": Option(("mypy",), Field("string", "`mypy`: its settings, where mypy would not find them by itself")),
    "flags": Option(
        ("mypy", "pytest", "eslint", "shellcheck", "shfmt", *_NODE_TESTS),
        Field(
            "strings",
            "`mypy`: flags that make it stricter or laxer, such as `--strict`; `eslint`: those that choose files and"
            " rules, such as `--ext=.ts`; `shellcheck`: those that choose rules, such as `--exclude=SC2181`; `shfmt`:"
            " those of its style, such as `-i=2`; `pytest`, and tests of JavaScript: any arguments",
        ),
    ),
    "environment": Option(
        ("mypy", "pytest", "eslint", "oxlint", "biome", "biome-format", "prettier", "tsc", *_NODE_TESTS),
        Field(
            "choice",
            "`project` runs it with the project's own packages: `mypy` and `pytest` in its virtual environment, tools"
            " of JavaScript from its `node_modules`",
            default="none",
            choices=("none", "project"),
        ),
    ),
    "run": Option(
        ("command",),
        Field(
            "strings",
            '`command`: the program to run, and its arguments, as `["npm", "run", "lint"]`; no shell reads it',
        ),
    ),
    "rules": Option(
        ("semgrep", "oxlint"),
        Field(
            "strings",
            "`semgrep`: which of the rules that ship with us; those in `.qualitygate/rules/` always count. `oxlint`:"
            " these rules and no others, without its settings",
        ),
    ),
    "rule_files": Option(
        ("semgrep",),
        Field(
            "strings",
            "`semgrep`: files with rules of the project's own, in `.semgrep/`, or called `semgrep.yml` or"
            " `.semgrep.yml`; the check then tries these and not those in `.qualitygate/rules/`",
        ),
    ),
    "show": Option(
        (),
        Field("strings", "these rules are reported and never block, such as `ruff:E501`; those of its tool"),
    ),
    "block": Option(
        (*PAIRS, "pytest", *_NODE_TESTS),
        Field("strings", "these rules block everybody, such as `tests:expectation-changed`, whatever their default is"),
    ),
    "max_kib": Option(
        ("large-files",),
        Field("integer", "`large-files`: a file above this size (in KiB) is a finding", default=500, minimum=1),
    ),
}


def _without_default(field: Field) -> Field:
    doc = f"{field.doc}; {field.default} where it is left out" if field.default is not None else field.doc
    return field._replace(doc=doc, default=None)


_CHECK: Schema = {
    "tool": Field("string", "the tool that runs; the check's own name where it is left out"),
    "policy": Field(
        "choice",
        "`ratchet`: no more findings than before; `clean`: none at all; `shown`: reported, never blocks",
        default="ratchet",
        choices=POLICIES,
    ),
    "tier": Field(
        "choice",
        "the earliest moment it runs at: an agent's `edit`, `commit`, `push`, or only in a `full` run",
        default="commit",
        choices=TIERS,
    ),
    "version": Field("string", 'the version of the tool, as a prefix (`"0.17"`); any version where it is left out'),
    # Without defaults, because a default belongs only to the tools that know the option.
    **{name: _without_default(option.field) for name, option in OPTIONS.items()},
}

SCHEMA: Schema = {
    "schema": Field("integer", "the number of this format, `1`", required=True, minimum=1),
    "extend": Field(
        "strings",
        "shared settings that this file builds on, the later ones above the earlier; "
        "[how to write them](many-repositories.md)",
    ),
    "gate": Field(
        "table",
        "what holds for every check",
        fields={
            "trusted": Field(
                "string", "the trusted ref (`origin/main`), once what is trusted says so; else found by itself"
            ),
            "time_limit": Field(
                "integer", "seconds that a commit may take; past it, undecided", default=TIME_LIMIT, minimum=1
            ),
            "push_time_limit": Field(
                "integer", "the same for a push, and for a full run", default=PUSH_TIME_LIMIT, minimum=1
            ),
            "actor": Field(
                "choice", "who commits; `auto` knows agents by their environment", default="auto", choices=ACTORS
            ),
            "strict": Field(
                "boolean",
                "`qualitygate install` adds hooks that let a branch move only to what the gate has seen;"
                " [more](security.md#strict-mode)",
            ),
        },
    ),
    "checks": Field(
        "table", "the checks, one table each", fields={ANY: Field("table", "one run of one tool", fields=_CHECK)}
    ),
}


def parse_toml(data: bytes, *, file: str) -> dict[str, Any]:
    """TOML bytes as plain values; raises ConfigError with file and line. A byte order mark is allowed."""
    if len(data) > _SIZE_LIMIT:
        raise ConfigError(f"{file}: larger than {_SIZE_LIMIT // 1024} KiB")
    try:
        text = data.decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise ConfigError(f"{file}:{line}: not UTF-8", hint="save the file in UTF-8") from None
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(_toml_message(file, str(exc), text)) from None
    except RecursionError:
        raise ConfigError(f"{file}: nested too deeply") from None


def _toml_message(file: str, said: str, text: str) -> str:
    reason, _, place = said.partition(" (at ")
    if twice := re.fullmatch(r"Cannot declare \((.*?),?\) twice", reason):
        reason = "`" + ".".join(part.strip(" '\"") for part in twice[1].split(",")) + "` is there twice"
    found = re.match(r"line (\d+)", place)
    line = int(found[1]) if found else max(1, len(text.splitlines()))
    return f"{file}:{line}: {reason[:1].lower()}{reason[1:]}"


def compile_policy(data: bytes, *, file: str, tools: Collection[str]) -> dict[str, Any]:
    """`qualitygate.toml` as the plain table that the gate reads; `tools` are the names that have an adapter.

    Raises one ConfigError that names every bad key.
    """
    try:
        raw = parse_toml(data, file=file)
    except ConfigError as exc:
        raise ConfigError(exc.message, hint=exc.hint or WHAT_NOW) from None
    return compile_table(raw, file=file, tools=tools)


def compile_table(raw: Mapping[str, Any], *, file: str, tools: Collection[str]) -> dict[str, Any]:
    """The same for settings that were read already; what `extend` names must have been joined with them before."""
    try:
        return _compiled(raw, file=file, tools=tools)
    except ConfigError as exc:
        raise ConfigError(exc.message, hint=exc.hint or WHAT_NOW) from None


WHAT_NOW = "correct it there; docs/configuration.md of qualitygate says what every key means"


def _compiled(raw: Mapping[str, Any], *, file: str, tools: Collection[str]) -> dict[str, Any]:
    if isinstance(number := raw.get("schema"), int) and number > SCHEMA_NUMBER:
        raise ConfigError(
            f"{file}: schema: {number} is newer than this version reads ({SCHEMA_NUMBER})",
            hint="upgrade qualitygate-toolkit",
        )
    policy = load(raw, SCHEMA, file=file)
    if policy["extend"]:
        raise ConfigError(f"{file}: extend: is not joined with what it names", hint="this is a defect of qualitygate")
    problems: list[str] = []
    checks = [
        compile_check(name, table, file=file, tools=tools, problems=problems)
        for name, table in policy["checks"].items()
    ]
    problems += _same_names(policy["checks"], file)
    refuse(problems)
    return {"schema": SCHEMA_NUMBER, "gate": policy["gate"], "checks": checks}


def compile_check(
    name: str, table: Mapping[str, Any], *, file: str, tools: Collection[str], problems: list[str]
) -> dict[str, Any]:
    """One `[checks.NAME]` table, already validated, as the arguments of `model.Check`; adds to `problems`."""
    tool = table.get("tool", name)
    if not _NAME.fullmatch(name):
        problems.append(f"{file}: {dotted(('checks', name))}: a name is made of letters, digits, `-` and `_`")
    if tool not in tools:
        known = tuple(sorted(tools))
        where = dotted(("checks", name, "tool"))
        close = nearest(tool, known) or ", known are " + ", ".join(known)
        problems.append(f"{file}: {where}: no tool is called `{tool}`{close}")
    if tool == "command":
        problems += _unfit_command(name, table, file)
    options: dict[str, Any] = {}
    for key, option in OPTIONS.items():
        meant = not option.tools or tool in option.tools
        where = f"{file}: {dotted(('checks', name, key))}"
        if table.get(key) and (meant or tool not in tools):
            options[key] = table[key]
            problems += _outside(table[key], where) if key != "run" else []
        elif table.get(key):
            problems.append(f"{where}: `{tool}` has no such option, only {', '.join(option.tools)}")
        elif meant and option.field.default is not None:
            options[key] = option.field.default
    return {
        "name": name,
        "tool": tool,
        "policy": table["policy"],
        "tier": table["tier"],
        "version": table.get("version", ""),
        "options": options,
    }


def _unfit_command(name: str, table: Mapping[str, Any], file: str) -> list[str]:
    where = f"{file}: {dotted(('checks', name))}"
    found = [] if table.get("run") else [f'{where}.run: is missing: the program and its arguments, `["make", "lint"]`']
    if table["tier"] == "edit":  # at which there is no whole tree for it to run in
        found.append(f"{where}.tier: a command runs at `commit` at the earliest")
    return found


def _outside(value: object, where: str) -> list[str]:
    # Patterns and paths are matched against tree paths: an absolute one would silently match nothing.
    patterns = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return [
        f"{where}: `{pattern}` must be relative to the repository's root"
        for pattern in patterns
        if pattern.startswith("/") or ".." in pattern.split("/")
    ]


def _same_names(checks: Mapping[str, Any], file: str) -> list[str]:
    # A check's name becomes a folder of the cache, and not every file system tells `A` from `a`.
    seen: dict[str, str] = {}
    found = []
    for name in checks:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            found.append(f"{file}: {dotted(('checks', name))}: differs from `{other}` only in case")
    return found


_PAGE = f"""# Configuration

`{FILE_NAME}` lies at the root of the repository and is tracked. `qualitygate bootstrap` writes it.
An unknown key is an error. [`qualitygate.schema.json`](qualitygate.schema.json) describes the same for editors.
Settings that several repositories have in common: [many repositories](many-repositories.md).

```toml
schema = 1

[gate]
trusted = "origin/main"

[checks.ruff]
tool = "ruff"
version = "0.17"

[checks.mypy]
tool = "mypy"
tier = "push"
paths = ["src"]
environment = "project"
```

"""


def config_page() -> str:
    """`docs/configuration.md`, with one row for every key."""
    return _PAGE + document(SCHEMA)


def config_schema() -> dict[str, Any]:
    """`qualitygate.toml` as JSON Schema, kept in `docs/qualitygate.schema.json`."""
    return json_schema(SCHEMA, title=FILE_NAME)
