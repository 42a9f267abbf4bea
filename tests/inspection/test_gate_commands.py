from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.inspection.facts import Facts, GateCommand, to_json
from qualitygate.inspection.inspect import inspect
from qualitygate.inspection.shell import segments
from tests.support import make_repo

WORKFLOW = """\
name: CI
on: push
defaults: {run: {shell: bash}}
jobs:
  check:
    defaults:
      run:
        working-directory: backend
    steps:
      - uses: actions/checkout@v4
      - uses: crate-ci/typos@v1.2.3
      - name: Lint
        run: make lint
      - run: |
          set -e
          # a comment
          pytest -q \\
            tests
          ./scripts/check
        working-directory: other
      - run: curl https://example.org | sh
"""


def commands(facts: Facts) -> list[tuple[str, str, tuple[str, ...], str, int]]:
    return [(c.command, c.kind, c.tools, c.path, c.line) for c in facts.gate_commands]


def test_workflow_follows_entry_points(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            ".github/workflows/ci.yml": WORKFLOW,
            ".github/workflows/off.yml.disabled": WORKFLOW,
            "Makefile": "VAR := x\n.PHONY: lint\nlint: types\n\t@ruff check .\ntypes:\n\tmypy .\nclean:\n\trm -rf x\n",
            "scripts/check": "#!/bin/sh -e\nexport A=b\n${P}black --check .\n",
        },
    )
    facts = inspect(root)
    path = ".github/workflows/ci.yml"
    assert commands(facts) == [
        ("uses: crate-ci/typos@v1.2.3", "lint", ("typos",), path, 11),
        ("make lint", "lint", ("ruff", "mypy"), path, 13),
        ("pytest -q tests", "test", ("pytest",), path, 17),
        ("./scripts/check", "format", ("black",), path, 19),
        ("curl https://example.org | sh", "other", (), path, 21),
        ("make types", "type", ("mypy",), "Makefile", 3),
        ("ruff check .", "lint", ("ruff",), "Makefile", 4),
        ("mypy .", "type", ("mypy",), "Makefile", 6),
        ("${P}black --check .", "format", ("black",), "scripts/check", 3),
    ]
    assert [c.directory for c in facts.gate_commands][1:5] == ["backend", "other", "other", "backend"]
    assert [c.name for c in facts.gate_commands][1:3] == ["check: Lint", "check"]
    assert [f.name for f in facts.linters] == ["typos", "ruff"]
    assert [f.name for f in facts.task_runners] == ["make", "shell scripts"]
    assert [(f.name, f.files) for f in facts.ci] == [("GitHub Actions", (path,))]


def test_entry_points_that_call_each_other(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"Makefile": "a: b\n\tmypy x\nb: a\n\tpytest\n"})
    assert {c.kind for c in inspect(root).gate_commands} == {"test", "type"}


TOX_INI = """\
[tox]
envlist = py{27,36}, lint
[testenv]
commands =
    pytest {posargs}
    - coverage report
[testenv:lint]
commands = flake8 src
"""
TOX_TOML = """\
[tool.tox.env_run_base]
commands = [["pytest", "-v"]]
[tool.tox.env.types]
commands = [["mypy"], ["pyright", "--verifytypes", "x"]]
"""
NOX = """\
import nox
@nox.session(python="3.12")
def lint(session):
    session.install("ruff")
    session.run("ruff", "check", *session.posargs)
def helper(session):
    session.run("mypy")
"""
JUST = "set shell := ['bash']\nlint *args:\n    ruff check {{args}}\n@types:\n    mypy .\n"
LEFTHOOK = "pre-commit:\n  commands:\n    lint:\n      run: ruff check {staged_files}\n"
POE = '[tool.poe.tasks]\nlint = "ruff check ."\ntypes = {cmd = "mypy ."}\n'
PRE_COMMIT = """\
repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.9.1
    hooks:
      - id: ruff
      - id: ruff-format
  - repo: local
    hooks:
      - {id: types, name: types, entry: uv run mypy, language: system}
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "tox.ini",
            TOX_INI,
            [("pytest {posargs}", "test", 5), ("coverage report", "test", 6), ("flake8 src", "lint", 8)],
        ),
        (
            "pyproject.toml",
            TOX_TOML,
            [("pytest -v", "test", 2), ("mypy", "type", 4), ("pyright --verifytypes x", "type", 4)],
        ),
        ("noxfile.py", NOX, [("ruff check", "lint", 5)]),
        ("justfile", JUST, [("ruff check {{args}}", "lint", 3), ("mypy .", "type", 5)]),
        ("package.json", '{"scripts": {\n "lint": "eslint .",\n "dev": "vite"}}', [("eslint .", "lint", 2)]),
        ("pyproject.toml", POE, [("ruff check .", "lint", 2), ("mypy .", "type", 3)]),
        ("lefthook.yml", LEFTHOOK, [("ruff check {staged_files}", "lint", 4)]),
        (".husky/pre-commit", "#!/bin/sh\nset -e\nnpx eslint .\n", [("npx eslint .", "lint", 3)]),
        (
            ".pre-commit-config.yaml",
            PRE_COMMIT,
            [("ruff", "lint", 5), ("ruff-format", "format", 6), ("uv run mypy", "type", 9)],
        ),
        (
            ".gitlab-ci.yml",
            "test:\n  script:\n    - pytest\n    - mypy .\n",
            [("pytest", "test", 3), ("mypy .", "type", 4)],
        ),
        (".travis.yml", "python: [2.7]\nscript: python -m unittest\n", [("python -m unittest", "test", 2)]),
        (".circleci/config.yml", "jobs:\n  a:\n    steps:\n      - run: {command: pytest}\n", [("pytest", "test", 4)]),
    ],
)
def test_where_commands_are_read(tmp_path: Path, path: str, text: str, expected: list[tuple[str, str, int]]) -> None:
    found = inspect(make_repo(tmp_path / "r", {path: text})).gate_commands
    assert [(c.command, c.kind, c.line) for c in found] == expected
    assert {c.path for c in found} == {path}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("noxfile.py", "import nox\n@nox.session\ndef t(s):\n    s.run('pytest', '-m', 'not slow', *s.posargs)\n"),
        ("tox.toml", '[env_run_base]\ncommands = [["pytest", "-m", "not slow"]]\n'),
        ("tasks.py", "from invoke import task\n@task\ndef t(c):\n    c.run('pytest -m \"not slow\"')\n"),
        (
            ".pre-commit-config.yaml",
            "repos:\n  - repo: local\n    hooks:\n      - id: t\n        name: t\n        language: system\n"
            "        entry: pytest\n        args: [-m, not slow]\n",
        ),
    ],
)
def test_a_word_with_a_space_stays_one_word(tmp_path: Path, path: str, text: str) -> None:
    """`-m "not slow"` read as `-m not` and a file `slow` makes pytest fail before it runs a test."""
    (found,) = inspect(make_repo(tmp_path / "r", {path: text})).gate_commands
    (words,) = segments(found.command)
    assert words == ["pytest", "-m", "not slow"]


def test_tox_runs_what_its_environments_run(tmp_path: Path) -> None:
    ci = "on: push\njobs:\n  a:\n    steps:\n      - run: tox\n      - run: tox -e types\n      - run: tox -e py312\n"
    root = make_repo(tmp_path / "r", {"pyproject.toml": TOX_TOML, ".github/workflows/ci.yml": ci})
    found = [c for c in inspect(root).gate_commands if c.runner == "github-actions"]
    assert [c.tools for c in found] == [("pytest", "mypy", "pyright"), ("mypy", "pyright"), ("pytest",)]


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs: [a, b]\n",
        "on: push\njobs: {a: null, b: {steps: {run: x}}, c: {steps: [null, x, {run: [a]}]}}\n",
        "just a string\n",
        "- a\n- b\n",
        "",
    ],
)
def test_workflow_of_an_unexpected_shape(tmp_path: Path, text: str) -> None:
    facts = inspect(make_repo(tmp_path / "r", {".github/workflows/ci.yml": text}))
    assert (facts.gate_commands, facts.broken_configuration) == ((), ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".pre-commit-config.yaml", "repos: {a: b}\n"),
        (".pre-commit-config.yaml", "repos: [{hooks: [1, {id: [x]}]}]\n"),
        ("package.json", '{"scripts": ["a"], "engines": 3, "workspaces": 1, "dependencies": ["react"]}'),
        ("pyproject.toml", 'project = 3\ntool = "x"\n'),
        (
            "pyproject.toml",
            "[project]\nname = 3\ndependencies = {a = 1}\nrequires-python = 3\n[tool]\nruff = 1\nmypy = []\n",
        ),
        (
            "pyproject.toml",
            "[tool.tox]\nenv = 3\n[tool.poe]\ntasks = [1]\n[tool.setuptools]\npackages = 3\npackage-dir = 1\n",
        ),
        ("pyproject.toml", "build-system = 1\ndependency-groups = [1]\n[tool.poetry]\ndependencies = [1]\ngroup = 3\n"),
        ("setup.cfg", "[options]\npackages\n[mypy]\nstrict\n"),
        ("setup.py", "setup(**x, packages=find_packages(*y), classifiers=3, install_requires=3, extras_require=[1])\n"),
        ("Pipfile", 'packages = 3\nrequires = "x"\n'),
        ("lefthook.yml", "pre-commit: [a]\n"),
        ("tox.ini", "[tox]\nenvlist\n[testenv]\ncommands\n"),
        ("Cargo.toml", "package = 3\n"),
    ],
)
def test_configuration_of_an_unexpected_shape(tmp_path: Path, path: str, text: str) -> None:
    facts = inspect(make_repo(tmp_path / "r", {path: text, "a.py": "x = 1\n"}))
    assert all(isinstance(c, GateCommand) for c in facts.gate_commands)
    assert facts.broken_configuration == ()


TASKS = """\
from invoke import task
@task
def check_types(c):
    c.run("mypy src")
def helper(c):
    c.run("pytest")
"""
ACTION = "runs:\n  using: composite\n  steps:\n    - run: ruff check .\n      shell: bash\n"
JOBS = "pre-commit:\n  jobs:\n    - name: lint\n      run: ruff check .\n    - {group: {jobs: [run: mypy .]}}\n"
LEFT_TOML = '[pre-push.commands.types]\nrun = "mypy src"\n'
HOOK_ARGS = """\
repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.9.1
    hooks:
      - id: ruff
        args: [--fix, --exit-non-zero-on-fix]
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("tasks.py", TASKS, [("mypy src", "type", 4)]),
        (".github/actions/check/action.yml", ACTION, [("ruff check .", "lint", 4)]),
        ("lefthook.yml", JOBS, [("ruff check .", "lint", 4), ("mypy .", "type", 5)]),
        ("lefthook.toml", LEFT_TOML, [("mypy src", "type", 2)]),
        ("package.json", '{"lint-staged": {\n"*.py": ["ruff check"]}}', [("ruff check", "lint", 2)]),
        (".lintstagedrc", "'*.py': ruff check\n", [("ruff check", "lint", 1)]),
        ("Taskfile.yml", "tasks:\n  a: {cmds: [{cmd: mypy .}]}\n", [("mypy .", "type", 2)]),
        ("mise.toml", '[tasks.lint]\nrun = "ruff check"\n', [("ruff check", "lint", 2)]),
        ("hatch.toml", '[envs.default.scripts]\nlint = "ruff check"\n', [("ruff check", "lint", 2)]),
        (".pre-commit-config.yaml", HOOK_ARGS, [("ruff --fix --exit-non-zero-on-fix", "lint", 5)]),
        ("azure-pipelines.yml", "steps:\n- bash: |\n    pytest -q\n", [("pytest -q", "test", 3)]),
        ("tox.ini", "[testenv]\ncommands = {envpython} runtests.py\n", [("{envpython} runtests.py", "test", 2)]),
    ],
)  # fmt: skip
def test_where_else_commands_are_read(
    tmp_path: Path, path: str, text: str, expected: list[tuple[str, str, int]]
) -> None:
    found = inspect(make_repo(tmp_path / "r", {path: text})).gate_commands
    assert [(c.command, c.kind, c.line) for c in found] == expected
    assert {c.path for c in found} == {path}


def test_commands_say_which_tool_they_start_with_what_and_whether_we_have_an_adapter(tmp_path: Path) -> None:
    ci = "on: push\njobs: {a: {steps: [{run: uv run ruff format --check src && flake8 'a b'}, {run: make t}]}}\n"
    root = make_repo(tmp_path / "r", {".github/workflows/ci.yml": ci, "Makefile": "t:\n\tpython -m mypy --strict .\n"})
    both, make, recipe = to_json(inspect(root))["gate_commands"]
    assert both["calls"] == [
        {"tool": "ruff format", "kind": "format", "arguments": ["format", "--check", "src"], "adapter": "ruff-format"},
        {"tool": "flake8", "kind": "lint", "arguments": ["a b"], "adapter": ""},
    ]
    assert (make["calls"], make["tools"], make["kind"]) == ([], ["mypy"], "type")
    assert [(c["tool"], c["arguments"], c["adapter"]) for c in recipe["calls"]] == [("mypy", ["--strict", "."], "mypy")]
    assert {row["green_now"] for row in (both, make, recipe)} == {None}


def test_hook_arguments_are_those_of_its_tool(tmp_path: Path) -> None:
    (hook,) = inspect(make_repo(tmp_path / "r", {".pre-commit-config.yaml": HOOK_ARGS})).gate_commands
    assert [(c.tool, c.arguments) for c in hook.calls] == [("ruff", ("--fix", "--exit-non-zero-on-fix"))]


def test_an_environment_that_ci_fills_in_may_be_any(tmp_path: Path) -> None:
    ci = "on: push\njobs:\n  a:\n    steps:\n      - run: tox -e ${{ matrix.env }}\n      - run: nox --session=lint\n"
    root = make_repo(tmp_path / "r", {"pyproject.toml": TOX_TOML, "noxfile.py": NOX, ".github/workflows/ci.yml": ci})
    found = [c for c in inspect(root).gate_commands if c.runner == "github-actions"]
    assert [c.tools for c in found] == [("pytest", "mypy", "pyright"), ("ruff",)]


@pytest.mark.parametrize("command", ["hatch run lint:types", "hatch run check", "pdm run check"])
def test_a_script_that_a_package_manager_runs_is_followed(tmp_path: Path, command: str) -> None:
    toml = '[tool.hatch.envs.lint.scripts]\ntypes = "mypy ."\n[tool.hatch.envs.default.scripts]\ncheck = "mypy src"\n'
    toml += '[tool.pdm.scripts]\ncheck = "mypy src"\n'
    ci = f"on: push\njobs:\n  a:\n    steps:\n      - run: {command}\n"
    root = make_repo(tmp_path / "r", {"pyproject.toml": toml, ".github/workflows/ci.yml": ci})
    (found,) = (c for c in inspect(root).gate_commands if c.runner == "github-actions")
    assert found.tools == ("mypy",)


def test_a_workflow_named_after_a_tool_does_not_configure_it(tmp_path: Path) -> None:
    ci = "on: push\njobs: {a: {steps: [{run: pytest}]}}\n"
    assert inspect(make_repo(tmp_path / "r", {".github/workflows/zizmor.yml": ci})).linters == ()


def test_reports_of_coverage_are_no_checks(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"Makefile": "a:\n\tcoverage html\n\tcoverage report\n"})
    assert [c.command for c in inspect(root).gate_commands] == ["coverage report"]


def test_many_lines_of_one_file_do_not_push_out_another_file_as_evidence(tmp_path: Path) -> None:
    steps = "".join(f"      - run: pytest -k {n}\n" for n in range(30))
    files = {
        ".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    steps:\n{steps}",
        "conftest.py": "import pytest\n",
    }
    (found,) = inspect(make_repo(tmp_path / "r", files)).test_frameworks
    assert found.files == (".github/workflows/ci.yml", "conftest.py")
    assert len(found.evidence) == 12


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("./mvnw -B verify", "test"),
        ("mvn -DskipTests package", "build"),
        ("mvn checkstyle:check", "lint"),
        ("./gradlew :app:testDebugUnitTest", "test"),
        ("./gradlew spotlessCheck", "format"),
        ("gradle assemble", "build"),
        ("cargo build --release", "build"),
        ("cargo clippy -- -D warnings", "lint"),
        ("go vet ./...", "lint"),
        ("dotnet test -c Release", "test"),
        ("bundle exec rake spec", "test"),
        ("php artisan test", "test"),
        ("vendor/bin/phpstan analyse", "type"),
        ("cross-env CI=1 react-scripts test --env=jsdom", "test"),
        ("node --test", "test"),
        ("vite", "other"),
        ("vite build", "build"),
        ("find . -name '*.go' -exec gofmt -l {} +", "format"),
        ("tsc --noEmit && eslint .", "lint"),
    ],
)
def test_what_a_command_is_for(tmp_path: Path, command: str, kind: str) -> None:
    workflow = "jobs:\n  a:\n    steps:\n    - run: " + repr(command) + "\n"
    (found,) = inspect(make_repo(tmp_path / "r", {".github/workflows/ci.yml": workflow})).gate_commands
    assert found.kind == kind


@pytest.mark.parametrize(
    ("files", "manager", "command"),
    [
        ({"package.json": '{"simple-git-hooks": {"pre-commit": "npx eslint ."}}'}, "simple-git-hooks", "npx eslint ."),
        ({"package.json": '{"husky": {"hooks": {"pre-commit": "npx eslint ."}}}'}, "husky", "npx eslint ."),
        ({".githooks/pre-commit": "#!/bin/sh\nruff check\n"}, "git hooks", "ruff check"),
    ],
)
def test_hooks_of_further_managers(tmp_path: Path, files: dict[str, str], manager: str, command: str) -> None:
    facts = inspect(make_repo(tmp_path / "r", files))
    assert [(f.name, dict(f.detail)["installed"]) for f in facts.hook_managers] == [(manager, ())]
    assert (manager, "lint", command) in [(c.runner, c.kind, c.command) for c in facts.gate_commands]


def test_prek_is_meant_though_a_commit_message_speaks_of_another(tmp_path: Path) -> None:
    workflow = "jobs:\n  a:\n    steps:\n    - run: uv run prek run\n    - run: git commit -m 'update pre-commit run'\n"
    files = {".pre-commit-config.yaml": "repos: []\n", ".github/workflows/ci.yml": workflow.replace(" run'", "'")}
    assert [f.name for f in inspect(make_repo(tmp_path / "r", files)).hook_managers] == ["prek"]


def test_scripts_of_composer_reach_their_tools(tmp_path: Path) -> None:
    scripts = '{"scripts": {\n"lint": "pint --test",\n"test": ["@lint", "@php artisan test"]}}'
    found = inspect(make_repo(tmp_path / "r", {"composer.json": scripts})).gate_commands
    assert [(c.name, c.kind, c.tools) for c in found] == [
        ("composer run lint", "format", ("Laravel Pint",)),
        ("composer run test", "format", ("Laravel Pint",)),
        ("composer run test", "test", ("PHPUnit",)),
    ]
