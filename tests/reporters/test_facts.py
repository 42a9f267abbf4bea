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
    source_roots=("src", "a", "b", "c", "d", "e", "f", "g", "h", "i"),
    grounds={"source_roots.src": (Evidence("src", 0, "9 source files"),)},
    hook_managers=(Fact("pre-commit", (Evidence(".pre-commit-config.yaml"),), (("installed", ()),)),),
    git_hooks=(GitHook("pre-commit", ".git/hooks/pre-commit", "pre-commit"),),
    gate_commands=(
        GateCommand("ruff check .", "lint", ("ruff",), "make", "make lint", "Makefile", 4),
        GateCommand("ruff check .", "lint", ("ruff",), "tox", "tox", "tox.ini", 4),
        GateCommand("echo x", "other", (), "make", "make lint", "Makefile", 5),
        *(GateCommand(f"pytest {n}", "test", ("pytest",), "tox", "tox", "tox.ini", n) for n in range(1, 10)),
    ),
    environments=(Environment(".venv", "3.11.9", False), Environment("env", "", True)),
    broken_configuration=(Broken("setup.cfg", 7, "no \x1b[31msection"),),
    unreadable=(Unreadable("a\nb.py", "missing"),),
)


def test_one_line_per_fact() -> None:
    assert render_text(FACTS) == (
        "languages         Python                  800 lines in 12 files\n"
        "                  CSS                     900 lines in 1 file\n"
        "                  TOML                    30 lines in 1 file\n"
        "                  YAML                    20 lines in 2 files\n"
        "runtime           python 3.10             pyproject.toml:9\n"
        "                  node                    no version is stated\n"
        "package managers  uv                      uv.lock, pyproject.toml and 1 more\n"
        "build system      hatchling               pyproject.toml:3\n"
        "frameworks        Flask                   pyproject.toml:12\n"
        "source            src                     9 source files\n"
        "                  a\n"
        "                  b\n"
        "                  c\n"
        "                  d\n"
        "                  e\n"
        "                  f\n"
        "                  g\n"
        "                  and 2 more\n"
        "linters           ruff                    pyproject.toml:20\n"
        "ci                GitHub Actions          .github/workflows/ci.yml\n"
        "hook managers     pre-commit              .pre-commit-config.yaml; not installed in this clone\n"
        "git hooks         pre-commit              .git/hooks/pre-commit, of pre-commit\n"
        "environments      .venv                   python 3.11.9\n"
        "                  env                     TRACKED: not trusted\n"
        "\n"
        "checks that the project runs (10); none was run, so whether they pass now is unknown\n"
        "  lint    ruff check .                                                  Makefile:4 and 1 more\n"
        + "".join(f"  test    {f'pytest {n}':<60}  tox.ini:{n}\n" for n in range(1, 8))
        + "  and 2 more: `qualitygate inspect --json`\n"
        "\n"
        "warning: setup.cfg:7: no \\x1b[31msection\n"
        'warning: not read, missing: "a\\nb.py"\n'
    )


def test_a_name_from_the_repository_cannot_write_a_line_of_the_report() -> None:
    evil = "x\nlinters           none\x1b[2J\u202e"
    text = render_text(
        Facts(
            source_roots=(evil,),
            linters=(Fact(evil, (Evidence(evil, 1, evil),)),),
            first_party_packages=(Fact(evil, (Evidence(evil, 0, evil),)),),
            generated_or_vendored_paths=(Fact(evil, (Evidence(evil, 0, evil),)),),
            dockerfiles=(evil,),
            gate_commands=(GateCommand(evil, "lint", ("ruff",), "make", evil, evil, 4),),
            unreadable=(Unreadable(evil, "missing"),),
        )
    )
    assert "\nlinters           none" not in text
    assert not set("\x1b\u202e") & set(text)


def test_nothing_tracked() -> None:
    assert render_text(Facts()) == "languages         nothing is tracked yet: `git add` comes first\n"
