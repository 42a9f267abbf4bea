"""Task runners: what a person types to run the project's checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qualitygate.inspection.census import Look
from qualitygate.inspection.facts import Evidence, Fact, Kind, merge
from qualitygate.inspection.gate_commands import Understood
from qualitygate.inspection.meaning import kind_of
from qualitygate.inspection.sources import Sources, base_name, dig, items

_BY_TABLE = (
    (("tox",), "tox"),
    (("poe", "tasks"), "poethepoet"),
    (("taskipy", "tasks"), "taskipy"),
    (("pdm", "scripts"), "pdm scripts"),
    (("pixi", "tasks"), "pixi tasks"),
    (("rye", "scripts"), "rye scripts"),
)
_CHECKS = ("lint", "format", "type", "test")
_SCRIPT_FOLDERS = ("scripts/", "script/")


def task_runners(sources: Sources, looks: Iterable[Look], understood: Iterable[Understood]) -> tuple[Fact, ...]:
    """The runners that are set up; a Makefile or a folder of scripts only where it runs a check."""
    commands = tuple(understood)
    return merge([*_configured(sources), *_invoke(looks), *_make(commands), *_scripts(commands)])


def _configured(sources: Sources) -> Iterator[Fact]:
    for path in sources.match("tox.ini", "tox.toml", "setup.cfg"):
        # tox.ini may hold nothing but the settings of flake8 or pytest.
        mine = {"tox.ini": ("tox", "testenv"), "setup.cfg": ("tox:",)}.get(path)
        if mine is None or any(section.startswith(mine) for section in sources.ini(path)):
            yield Fact("tox", (sources.evidence(path, "[tox"),))
    for path in (p for p in sources.paths if base_name(p) == "pyproject.toml" and p.count("/") <= 1):
        for keys, name in _BY_TABLE:
            if dig(sources.toml(path), "tool", *keys):
                yield Fact(name, (sources.evidence(path, f"[tool.{'.'.join(keys)}", f"[tool.{keys[0]}"),))
    yield from _hatch(sources)
    for name, patterns in (
        ("nox", ("noxfile.py",)),
        ("just", ("justfile", "Justfile", ".justfile")),
        ("Task", ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml")),
        ("mise", ("mise.toml", ".mise.toml")),
        ("doit", ("dodo.py",)),
        ("turbo", ("turbo.json", "turbo.jsonc")),
        ("rake", ("Rakefile", "rakefile")),
        ("gulp", ("gulpfile.js", "Gulpfile.js", "gulpfile.mjs", "gulpfile.ts", "gulpfile.babel.js")),
        ("grunt", ("Gruntfile.js", "Gruntfile.coffee", "gruntfile.js")),
        ("jake", ("Jakefile", "Jakefile.js")),
        ("mage", ("magefile.go",)),
        ("cargo-make", ("Makefile.toml",)),
        ("lerna", ("lerna.json",)),
        ("rush", ("rush.json",)),
        ("moon", (".moon/workspace.yml",)),
        ("nx", ("nx.json",)),
    ):
        for path in sources.match(*patterns):
            yield Fact(name, (Evidence(path),))


def _hatch(sources: Sources) -> Iterator[Fact]:
    for path in (p for p in sources.paths if base_name(p) in ("pyproject.toml", "hatch.toml") and p.count("/") <= 1):
        data = sources.toml(path)
        hatch, header = (
            (data, "[envs") if path.endswith("hatch.toml") else (dig(data, "tool", "hatch"), "[tool.hatch.env")
        )
        if any(dig(env, "scripts") for _, env in items(dig(hatch, "envs"))):
            yield Fact("hatch scripts", (sources.evidence(path, header),))


def _invoke(looks: Iterable[Look]) -> Iterator[Fact]:
    for look in looks:
        if look.path in ("tasks.py", "tasks/__init__.py") and "invoke" in look.imports:
            yield Fact("invoke", (Evidence(look.path, 0, "imports invoke"),))


def _make(commands: tuple[Understood, ...]) -> Iterator[Fact]:
    for command in commands:
        if command.raw.runner == "make" and kind_of(command.reached) in _CHECKS:
            yield Fact("make", (Evidence(command.raw.path),))


def _scripts(commands: tuple[Understood, ...]) -> Iterator[Fact]:
    """Scripts named like commands, or that cover more than one kind of check; a lone `test.sh` is no task runner."""
    found: dict[str, set[Kind]] = {}
    for raw, _, reached, _ in commands:
        if raw.runner == "script" and raw.path.startswith(_SCRIPT_FOLDERS):
            found.setdefault(raw.path, set()).update(kind for _, kind in reached if kind in _CHECKS)
    commands_of_a_kind = any(kinds and "." not in base_name(path) for path, kinds in found.items())
    if commands_of_a_kind or len({kind for kinds in found.values() for kind in kinds}) > 1:
        yield from (Fact("shell scripts", (Evidence(path),)) for path, kinds in found.items() if kinds)
