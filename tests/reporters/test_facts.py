from __future__ import annotations

from qualitygate.inspection.facts import (
    Broken,
    Environment,
    Evidence,
    Fact,
    Facts,
    GateCommand,
    GitHook,
    Language,
    Unreadable,
)
from qualitygate.reporters.facts import render_text

FACTS = Facts(
    tracked_files=40,
    languages={"CSS": Language(1, 900), "Python": Language(12, 800), "TOML": Language(1, 30), "YAML": Language(2, 20)},
    primary_language="Python",
    package_managers=(Fact("uv", (Evidence("uv.lock"), Evidence("pyproject.toml"), Evidence("api/pyproject.toml"))),),
    build_system=Fact("hatchling", (Evidence("pyproject.toml", 3, "build-backend"),)),
    min_runtime={"python": Fact("3.10", (Evidence("pyproject.toml", 9, ">=3.10"),)), "node": None},
    frameworks=(Fact("Flask", (Evidence("pyproject.toml", 12, "flask"),)),),
    linters=(Fact("ruff", (Evidence("pyproject.toml", 20, "[tool.ruff]"),)),),
    ci=(Fact("GitHub Actions", (Evidence(".github/workflows/ci.yml"),)),),
    source_roots=("src", "a", "b", "c", "d", "e", "f", "g"),
    git_hooks=(GitHook("pre-commit", ".git/hooks/pre-commit", "pre-commit"),),
    gate_commands=(
        GateCommand("ruff check .", "lint", ("ruff",), "make", "make lint", "Makefile", 4),
        GateCommand("echo x", "other", (), "make", "make lint", "Makefile", 5),
        *(GateCommand(f"pytest {n}", "test", ("pytest",), "tox", "tox", "tox.ini", n) for n in range(7)),
    ),
    environments=(Environment(".venv", "3.11.9", False), Environment("env", "", True)),
    broken_configuration=(Broken("setup.cfg", 7, "no \x1b[31msection"),),
    unreadable=(Unreadable("a\nb.py", "missing"),),
)


def test_one_screen() -> None:
    assert render_text(FACTS) == (
        "languages         Python 800 lines in 12 files, CSS 900 lines in 1 file, TOML 30 lines in 1 file, and 1 more\n"
        "runtime           python 3.10, node unstated\n"
        "package managers  uv (uv.lock and 2 more)\n"
        "build system      hatchling (pyproject.toml)\n"
        "frameworks        Flask\n"
        "source            src, a, b, c, d, e, and 2 more\n"
        "linters           ruff (pyproject.toml)\n"
        "ci                GitHub Actions (.github/workflows/ci.yml)\n"
        "git hooks         pre-commit (pre-commit)\n"
        "environments      .venv (python 3.11.9), env TRACKED: not trusted\n"
        "\n"
        "checks that the project runs (8; none was run):\n"
        "  lint   ruff check .  Makefile:4\n"
        "  test   pytest 0  tox.ini:0\n"
        "  test   pytest 1  tox.ini:1\n"
        "  test   pytest 2  tox.ini:2\n"
        "  test   pytest 3  tox.ini:3\n"
        "  test   pytest 4  tox.ini:4\n"
        "  and 2 more\n"
        "\n"
        "warning: setup.cfg:7: no \\x1b[31msection\n"
        "warning: not read: a\\nb.py: missing\n"
    )


def test_nothing_tracked() -> None:
    assert render_text(Facts()) == "languages         no source file is tracked\n"
