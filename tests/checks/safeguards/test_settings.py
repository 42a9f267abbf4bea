"""Settings that a change made weaker, each with a change that looks like it and is right."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.safeguards import settings
from qualitygate.checks.safeguards.protocol import Comparer
from tests.checks.safeguards.pairs import pair


def rules(base: dict[str, str], head: dict[str, str], renames: dict[str, str] | None = None) -> list[str]:
    found = settings.compare(pair(base, head, cast("Comparer", settings), renames or {}), {}).findings
    assert len({(finding.rule, finding.name) for finding in found}) == len(found), "two findings share a name"
    assert {finding.rule for finding in found} <= {rule.name for rule in settings.rules}
    return sorted(finding.rule.partition(":")[2] for finding in found)


PYPROJECT = """\
[project]
name = "p"

[tool.coverage.run]
branch = true
omit = ["p/vendored/*"]

[tool.coverage.report]
fail_under = 90  # of lines

[tool.pytest.ini_options]
addopts = "-q --strict-markers"
testpaths = ["tests"]
xfail_strict = true
filterwarnings = ["error"]
timeout = 60

[tool.ruff.lint]
select = ["E", "F", "B"]
ignore = ["E501"]

[tool.ruff.lint.per-file-ignores]
"tests/*" = ["S101"]

[tool.mypy]
strict = true

[[tool.mypy.overrides]]
module = "third.*"
ignore_missing_imports = true
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("fail_under = 90", "fail_under = 80", ["coverage"]),
        ("fail_under = 90", "fail_under = 95", []),
        ("fail_under = 90  # of lines", "", ["coverage"]),
        ("fail_under = 90  # of lines", "fail_under   =   90.0", []),
        ('"p/vendored/*"', '"p/vendored/*", "p/hard.py"', ["coverage-scope"]),
        ('omit = ["p/vendored/*"]', "", []),
        ("branch = true", "branch = false", ["coverage-scope", "coverage-scope"]),
        ('"-q --strict-markers"', '"-q"', ["flag-dropped"]),
        ('"-q --strict-markers"', "\"-q --strict-markers --ignore=tests/slow -k 'not hard'\"", ["deselected"] * 2),
        ('"-q --strict-markers"', '["-q", "--strict-markers", "-ra"]', []),
        ('["tests"]', '["tests/unit"]', ["collection"]),
        ('["tests"]', '["tests", "more"]', []),
        ('["tests"]', '["."]', []),
        ("xfail_strict = true", "", ["deselected"]),
        ('filterwarnings = ["error"]', 'filterwarnings = ["error", "ignore::UserWarning"]', ["linter"]),
        ("timeout = 60", "timeout = 600", ["patience"]),
        ("timeout = 60", "timeout = 30", []),
        ("timeout = 60", "timeout = 60\nreruns = 3", ["patience"]),
        ('["E", "F", "B"]', '["E", "F"]', ["linter"]),
        ('["E", "F", "B"]', '["ALL"]', []),
        ('["E", "F", "B"]', '[\n  "B",\n  "E",\n  "F",\n]', []),
        ('["E501"]', '["E501", "B006"]', ["linter"]),
        ('["E501"]', "[]", []),
        ('["S101"]', '["S101", "E402"]', ["linter"]),
        ("mypy]\nstrict = true", "mypy]\nstrict = false", ["linter", "linter"]),
        ("mypy]\nstrict = true", "mypy]\nstrict = true\nignore_errors = true", ["linter"]),
        ("mypy]\nstrict = true", 'mypy]\nstrict = true\nenable_error_code = ["x"]', []),
        ("ignore_missing_imports = true", "ignore_errors = true", ["linter"]),
        ('name = "p"', 'name = "p"\nversion = "1"  # fail_under = 10', []),
    ],
)
def test_settings_of_python_tools(old: str, new: str, expected: list[str]) -> None:
    assert old in PYPROJECT
    assert rules({"pyproject.toml": PYPROJECT}, {"pyproject.toml": PYPROJECT.replace(old, new, 1)}) == expected


SETUP_CFG = """\
[tool:pytest]
addopts = --strict-markers
testpaths =
    tests

[coverage:report]
fail_under = 90
omit =
    a.py
    b.py

[mypy]
disallow_untyped_defs = True

[mypy-third.*]
ignore_missing_imports = True

[flake8]
ignore = E203, W503
max-line-length = 100
"""
SAME_IN_TOML = """\
[tool.pytest.ini_options]
addopts = ["--strict-markers"]
testpaths = ["tests"]
[tool.coverage.report]
fail_under = 90
omit = ["a.py", "b.py"]
[tool.mypy]
disallow_untyped_defs = true
[[tool.mypy.overrides]]
module = ["third.*"]
ignore_missing_imports = true
[tool.ruff.lint]
ignore = ["E203"]
"""


def test_settings_that_moved_to_another_file_are_kept() -> None:
    assert rules({"setup.cfg": SETUP_CFG}, {"pyproject.toml": SAME_IN_TOML}) == []
    lower = SAME_IN_TOML.replace("fail_under = 90", "fail_under = 50")
    assert rules({"setup.cfg": SETUP_CFG}, {"pyproject.toml": lower}) == ["coverage"]
    assert rules({"setup.cfg": SETUP_CFG}, {}) == ["collection"] * 0 + ["coverage"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("fail_under = 90", "fail_under = 89", ["coverage"]),
        ("    b.py", "    b.py\n    c.py", ["coverage-scope"]),
        ("    b.py", "    # c.py\n    b.py", []),
        ("E203, W503", "E203, W503, F401", ["linter"]),
        ("max-line-length = 100", "max-line-length = 400", ["linter"]),
        ("ignore_missing_imports = True", "ignore_errors = True", ["linter"]),
    ],
)
def test_settings_in_ini_files(old: str, new: str, expected: list[str]) -> None:
    assert rules({"setup.cfg": SETUP_CFG}, {"setup.cfg": SETUP_CFG.replace(old, new)}) == expected


def test_a_threshold_moved_to_the_command_line_is_kept() -> None:
    base = "[tool.coverage.report]\nfail_under = 90\n[tool.pytest.ini_options]\naddopts = '-q'\n"
    head = "[tool.pytest.ini_options]\naddopts = '-q --cov-fail-under={}'\n"
    assert rules({"pyproject.toml": base}, {"pyproject.toml": head.format(90)}) == []
    assert rules({"pyproject.toml": base}, {"pyproject.toml": head.format(70)}) == ["coverage"]


PACKAGE: dict[str, Any] = {
    "name": "p",
    "scripts": {"test": "jest", "lint": "eslint . --max-warnings 0", "build": "tsc -p ."},
    "jest": {"coverageThreshold": {"global": {"branches": 80, "lines": 90}}, "testPathIgnorePatterns": ["/dist/"]},
    "lint-staged": {"*.ts": ["eslint --fix", "prettier --write"]},
}


def changed(**change: Any) -> str:
    return json.dumps({**PACKAGE, **change}, indent=2)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": "2"}, []),
        ({"jest": {**PACKAGE["jest"], "coverageThreshold": {"global": {"branches": 50, "lines": 90}}}}, ["coverage"]),
        ({"jest": {**PACKAGE["jest"], "coverageThreshold": {"global": {"branches": 85, "lines": 90}}}}, []),
        ({"jest": {**PACKAGE["jest"], "testPathIgnorePatterns": ["/dist/", "/hard/"]}}, ["collection"]),
        ({"jest": {**PACKAGE["jest"], "passWithNoTests": True}}, ["deselected"]),
        ({"scripts": {**PACKAGE["scripts"], "test": "jest --passWithNoTests"}}, ["softened"]),
        ({"scripts": {**PACKAGE["scripts"], "test": "jest || true"}}, ["softened"]),
        ({"scripts": {**PACKAGE["scripts"], "test": "jest; exit 0"}}, ["softened"]),
        ({"scripts": {**PACKAGE["scripts"], "test": "jest --testPathIgnorePatterns hard"}}, ["deselected"]),
        ({"scripts": {**PACKAGE["scripts"], "test": "echo ok"}}, ["script-removed"]),
        ({"scripts": {**PACKAGE["scripts"], "test": "vitest run"}}, ["replaced"]),
        ({"scripts": {**PACKAGE["scripts"], "test": "cross-env CI=1 npx jest --ci"}}, []),
        ({"scripts": {**PACKAGE["scripts"], "test": "npm run unit", "unit": "jest"}}, []),
        ({"scripts": {**PACKAGE["scripts"], "lint": "eslint . --max-warnings 99"}}, ["linter"]),
        ({"lint-staged": {"*.ts": ["prettier --write"]}}, ["hook-removed"]),
    ],
)
def test_settings_of_node(change: dict[str, Any], expected: list[str]) -> None:
    assert rules({"package.json": changed()}, {"package.json": changed(**change)}) == expected


TSCONFIG = """{
  // as strict as can be
  "compilerOptions": { "strict": true, "noUnusedLocals": true, "target": "es2022", },
  "include": ["src"],
}
"""


@pytest.mark.parametrize(
    ("path", "base", "old", "new", "expected"),
    [
        ("tsconfig.json", TSCONFIG, '"strict": true', '"strict": false', ["linter", "linter"]),
        ("tsconfig.json", TSCONFIG, '"strict": true, ', '"strict": true, "skipLibCheck": true, ', ["linter"]),
        ("tsconfig.json", TSCONFIG, "es2022", "es2024", []),
        ("tsconfig.json", TSCONFIG, "// as strict", "// quite as strict", []),
        ("tsconfig.json", TSCONFIG, '"include": ["src"]', '"include": ["src"], "exclude": ["src/hard"]', ["linter"]),
        (".eslintrc.json", '{"rules": {"no-eval": "error"}}', '"error"', '"off"', ["linter"]),
        (".eslintrc.json", '{"rules": {"no-eval": "warn"}}', '"warn"', '["error", {}]', []),
        (".eslintrc.yml", "rules:\n  no-eval: 2\n", "no-eval: 2", "no-eval: 1", ["linter"]),
        (".eslintrc.yml", "rules:\n  no-eval: 2\n", "no-eval: 2\n", 'no-eval: "error"\n  eqeqeq: off\n', ["linter"]),
        ("eslint.config.js", "export default [{ rules: { 'no-eval': 'error' } }]", "'error'", "'off'", ["linter"]),
        ("eslint.config.js", "export default [{ rules: { 'no-eval': 'error' } }]", "default [", "default [ ", []),
        ("eslint.config.mjs", "export default [{ ignores: ['dist'] }]", "'dist'", "'dist', 'src/hard'", ["linter"]),
        ("jest.config.ts", "export default { coverageThreshold: { global: { lines: 90 } } }", "90", "10", ["coverage"]),
        ("jest.config.ts", "export default { coverageThreshold: { global: { lines: 90 } } }", "90", "91", []),
        ("vitest.config.ts", "export default { test: { retry: 0 } }", "retry: 0", "retry: 3", ["patience"]),
        ("vitest.config.ts", "export default { test: { } }", "{ }", "{ passWithNoTests: true }", ["deselected"]),
        ("vitest.config.ts", "export default { test: { } }", "{ }", "{ /* passWithNoTests: true */ }", []),
        (".nycrc", '{"lines": 90, "check-coverage": true}', "90", "60", ["coverage"]),
        (".nycrc", '{"lines": 90, "check-coverage": true}', "true", "false", ["coverage", "coverage"]),
        (
            "codecov.yml",
            "coverage:\n  status:\n    project:\n      default:\n        target: 90%\n",
            "90%",
            "50%",
            ["coverage"],
        ),
        ("codecov.yml", "coverage:\n  status:\n    project:\n      default:\n        target: 90%\n", "90%", "95%", []),
        ("codecov.yml", "ignore:\n  - a\n", "- a\n", "- a\n  - b\n", ["coverage-scope"]),
        (".coveragerc", "[report]\nfail_under = 90\n", "90", "9", ["coverage"]),
        (".golangci.yml", "linters:\n  enable: [errcheck, gosec]\n", ", gosec", "", ["linter"]),
        (".rubocop.yml", "Style/A:\n  Enabled: true\n", "true", "false", ["linter", "linter"]),
        (".semgrepignore", "dist\n", "dist\n", "dist\nsrc\n", ["linter"]),
        (".semgrepignore", "dist\n", "dist\n", "# built\ndist\n", []),
    ],
)
def test_settings_in_other_files(path: str, base: str, old: str, new: str, expected: list[str]) -> None:
    assert old in base
    assert rules({path: base}, {path: base.replace(old, new, 1)}) == expected


HOOKS = """\
repos:
  - repo: https://example.org/ruff
    rev: v1
    hooks:
      - id: ruff
        args: [--fix]
      - id: ruff-format
  - repo: local
    hooks:
      - id: mypy
        name: mypy
        entry: mypy
        language: system
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("      - id: ruff-format\n", "", ["hook-removed"]),
        ("      - id: ruff\n", "      - id: ruff-check\n", []),
        ("        entry: mypy\n", "        entry: mypy\n        stages: [manual]\n", ["hook-softened"]),
        ("        entry: mypy\n", "        entry: mypy\n        stages: [pre-push]\n", []),
        ("        entry: mypy\n", "        entry: mypy\n        exclude: ^src/\n", ["hook-scope"]),
        ("args: [--fix]", "args: [--fix, --exit-zero]", ["hook-softened"]),
        ("args: [--fix]", "args:\n          - --fix", []),
        ("rev: v1", "rev: v2", []),
        ("      - id: mypy\n        name: mypy\n", "      - id: pyright\n        name: types\n", ["replaced"]),
        ("repos:\n", "ci:\n  skip: [mypy]\nrepos:\n", ["hook-softened"]),
    ],
)
def test_hooks_of_pre_commit(old: str, new: str, expected: list[str]) -> None:
    assert old in HOOKS
    path = ".pre-commit-config.yaml"
    assert rules({path: HOOKS}, {path: HOOKS.replace(old, new, 1)}) == expected


def test_hooks_may_move_to_another_manager() -> None:
    lefthook = (
        "pre-commit:\n  commands:\n    a:\n      run: uv run ruff check\n"
        "    b:\n      run: ruff format --check\n    c:\n      run: mypy .\n"
    )
    assert rules({".pre-commit-config.yaml": HOOKS, "a.py": ""}, {"lefthook.yml": lefthook, "a.py": ""}) == []
    less = lefthook.replace("    c:\n      run: mypy .\n", "")
    assert rules({"lefthook.yml": lefthook}, {"lefthook.yml": less}) == ["hook-removed"]
    skipped = lefthook.replace("      run: mypy .\n", "      skip: true\n      run: mypy .\n")
    assert rules({"lefthook.yml": lefthook}, {"lefthook.yml": skipped}) == ["hook-softened"]


def test_a_hook_of_husky() -> None:
    base = {".husky/pre-commit": "npm test\nnpx lint-staged\n", "a.js": ""}
    assert rules(base, {"a.js": ""}) == ["hook-removed"]
    assert rules(base, {**base, ".husky/pre-commit": "npm test || true\n"}) == ["hook-softened"]
    assert rules(base, {**base, ".husky/pre-commit": "pnpm run test\n"}) == []


WORKFLOW = """\
name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: install
        run: pip install -e .
      - name: unit tests
        run: |
          python -m pytest -q \\
            --durations=5
      - name: lint
        run: ruff check .
  types:
    runs-on: ubuntu-latest
    steps:
      - run: uv run mypy src
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("      - name: lint\n        run: ruff check .\n", "", ["ci-step"]),
        ("        run: ruff check .", "        run: ruff check . || true", ["softened"]),
        ("        run: ruff check .", "        run: ruff check . --exit-zero", ["softened"]),
        ("        run: ruff check .", "        run: ruff check . ; exit 0", ["softened"]),
        ("        run: ruff check .", "        run: |\n          set +e\n          ruff check .", ["softened"]),
        ("        run: ruff check .", "        continue-on-error: true\n        run: ruff check .", ["softened"]),
        ("        run: ruff check .", "        if: false\n        run: ruff check .", ["softened"]),
        ("        run: ruff check .", "        if: ${{ false }}\n        run: ruff check .", ["softened"]),
        ("  types:\n", "  types:\n    continue-on-error: true\n", ["softened"]),
        ("            --durations=5", "            -k smoke", ["deselected"]),
        ("            --durations=5", "            --deselect tests/test_a.py::test_b", ["deselected"]),
        ("            --durations=5", "            -m 'not slow'", ["deselected"]),
        ("            --durations=5", "            tests/unit", ["deselected"]),
        ("            --durations=5", "            -x --durations=5 -n 4", []),
        ("  pull_request:\n", "", ["ci-trigger"]),
        ("        run: ruff check .", "        run: uvx ruff check .", []),
        ("        run: ruff check .", "        run: pre-commit run --all-files", ["replaced"]),
        (
            "      - uses: actions/checkout@v4\n",
            "      - uses: actions/checkout@v5\n        continue-on-error: true\n",
            [],
        ),
        ("        run: pip install -e .", "        run: pip install -e . || true", []),
        ("        run: pip install -e .", "        run: pnpm playwright install || true", []),
        ("      - name: lint\n", "      - name: slow tests\n        run: pytest -m slow\n      - name: lint\n", []),
        ("      - name: lint\n", "      # - name: lint\n      - name: style\n", []),
        ("  types:\n", "  typing:\n", []),
    ],
)
def test_what_ci_runs(old: str, new: str, expected: list[str]) -> None:
    assert old in WORKFLOW
    path = ".github/workflows/ci.yml"
    assert rules({path: WORKFLOW}, {path: WORKFLOW.replace(old, new, 1)}) == expected


def test_steps_may_move_to_another_workflow() -> None:
    first, _, second = WORKFLOW.partition("  types:\n")
    base = {".github/workflows/ci.yml": WORKFLOW, "README": ""}
    split = {
        ".github/workflows/ci.yml": first,
        ".github/workflows/types.yml": "on: [push, pull_request]\njobs:\n  types:\n" + second,
        "README": "",
    }
    assert rules(base, split) == []
    assert rules(base, {"README": ""}).count("ci-step") == 3


def test_a_called_workflow_may_run_the_checks_and_is_none_itself() -> None:
    path = ".github/workflows/ci.yml"
    called = "on: push\njobs:\n  lint:\n    uses: org/repo/.github/workflows/{}.yml@v1\n"
    steps = "on: push\njobs:\n  lint:\n    steps:\n      - run: ruff check\n"
    assert rules({path: steps}, {path: called.format("shared")}) == ["replaced"]
    more = "  also:\n    uses: org/repo/.github/workflows/{}.yml@v1\n"
    assert rules({path: steps + more.format("publish")}, {path: steps}) == []
    assert rules({path: steps + more.format("tests")}, {path: steps}) == ["ci-step"]


def test_an_upload_that_no_longer_runs_is_shown() -> None:
    path = ".github/workflows/ci.yml"
    steps = "on: push\njobs:\n  a:\n    steps:\n      - run: pytest\n      - uses: codecov/codecov-action@v5\n"
    assert rules({path: steps}, {path: steps.rpartition("      - uses")[0]}) == ["coverage-scope"]


def test_a_monorepo_keeps_its_projects_apart() -> None:
    base = {f"{name}/package.json": changed() for name in ("a", "b")}
    lower = {**PACKAGE["jest"], "coverageThreshold": {"global": {"branches": 5, "lines": 90}}}
    assert rules(base, {**base, "a/package.json": changed(jest=lower)}) == ["coverage"]
    gone = {"coverageThreshold": {"global": {"lines": 90}}, "testPathIgnorePatterns": ["/dist/"]}
    assert rules(base, {**base, "a/package.json": changed(jest=gone)}) == ["coverage"]
    assert rules(base, {**base, "a/package.json": changed(scripts={**PACKAGE["scripts"], "test": "true"})}) == [
        "script-removed"
    ]


def test_other_services_than_github() -> None:
    base = "unit:\n  script:\n    - pip install .\n    - pytest\n"
    assert rules({".gitlab-ci.yml": base}, {".gitlab-ci.yml": base + "  allow_failure: true\n"}) == ["softened"]
    assert rules({".gitlab-ci.yml": base}, {".gitlab-ci.yml": base.replace("    - pytest\n", "")}) == ["ci-step"]
    assert rules({".gitlab-ci.yml": base}, {".gitlab-ci.yml": base.replace("pip install .", "pip install -e .")}) == []
    make = "test:\n\tpytest\n"
    assert rules({"Makefile": make}, {"Makefile": "test:\n\t-pytest\n"}) == ["softened"]
    assert rules({"Makefile": make}, {"Makefile": "test:\n\t@pytest\n"}) == []
    tox = "[testenv]\ncommands =\n    pytest {posargs}\n"
    assert rules({"tox.ini": tox}, {"tox.ini": tox.replace("pytest", "pytest -k smoke")}) == ["deselected"]
    assert not rules({"tox.ini": tox}, {"tox.ini": tox.replace("{posargs}", "{posargs:-n auto}")})
    assert rules({"tox.ini": tox}, {"tox.ini": tox.replace("{posargs}", "{posargs:-k smoke}")}) == ["deselected"]


GATE = """\
schema = 1
[checks.ruff]
exclude = ["vendored/**"]
[checks.mypy]
tier = "commit"
policy = "ratchet"
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('[checks.ruff]\nexclude = ["vendored/**"]\n', "", ["gate"]),
        ('["vendored/**"]', '["vendored/**", "src/**"]', ["gate"]),
        ('tier = "commit"', 'tier = "full"', ["gate"]),
        ('tier = "commit"', 'tier = "edit"', []),
        ('policy = "ratchet"', 'policy = "shown"', ["gate"]),
        ('policy = "ratchet"', 'policy = "clean"', []),
        ("schema = 1", 'schema = 1\n[gate]\nactor = "person"', ["gate"]),
        ("schema = 1", "# ours\nschema = 1", []),
    ],
)
def test_settings_of_the_gate(old: str, new: str, expected: list[str]) -> None:
    assert old in GATE
    assert rules({"qualitygate.toml": GATE}, {"qualitygate.toml": GATE.replace(old, new, 1)}) == expected


@pytest.mark.parametrize("option", ['exclude = ["a.py"]', 'show = ["semgrep:a"]', 'files = ["src/**"]'])
def test_a_check_that_is_new_is_no_weaker_for_what_it_leaves_out(option: str) -> None:
    """Bootstrap could not prove the check where it had excluded files from another one that it had just planned."""
    more = f'{GATE}[checks.semgrep]\ntool = "semgrep"\n{option}\n'
    assert rules({"a.py": ""}, {"a.py": "", "qualitygate.toml": more}) == []
    assert rules({"qualitygate.toml": GATE}, {"qualitygate.toml": more}) == []
    later = f'{GATE}[checks.semgrep]\ntool = "semgrep"\n'
    assert rules({"qualitygate.toml": later}, {"qualitygate.toml": more}) == ["gate"]


def test_what_calls_the_gate() -> None:
    claude = json.dumps(
        {"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "sh .qualitygate/agent-hook claude stop"}]}]}}
    )
    base = {
        ".claude/settings.json": claude,
        ".qualitygate/agent-hook": "#!/bin/sh\n",
        ".github/workflows/qualitygate.yml": "",
    }
    assert rules(base, {**base, ".claude/settings.json": '{"hooks": {}}'}) == ["gate-removed"]
    assert rules(base, {**base, ".claude/settings.json": claude.replace('"hooks"', '"model": "m", "hooks"', 1)}) == []
    off = claude.replace("{", '{"disableAllHooks": true, ', 1)
    assert rules(base, {**base, ".claude/settings.json": off}) == ["gate-removed"]
    assert rules(base, {".claude/settings.json": claude}) == ["gate-removed"] * 2
    hooks = "repos:\n  - repo: local\n    hooks:\n      - id: qualitygate\n"
    assert rules({".pre-commit-config.yaml": hooks}, {".pre-commit-config.yaml": "repos: []\n"}) == ["gate-removed"]


def test_waivers_owners_and_files_that_hide_others() -> None:
    waiver = '[[waiver]]\nrule = "ruff:E501"\npath = "a.py"\nreason = "r"\n'
    path = ".qualitygate/waivers.toml"
    assert rules({path: waiver}, {path: waiver + waiver.replace("a.py", "b.py")}) == ["waivers"]
    assert rules({path: waiver + waiver.replace("a.py", "b.py")}, {path: waiver}) == []
    assert rules({path: waiver}, {path: waiver + waiver.replace("waiver", "request")}) == []
    owners = "# who\n* @all\n/tests/ @testers\n"
    assert rules({"CODEOWNERS": owners}, {"CODEOWNERS": "* @all\n"}) == ["owners"]
    assert rules({"CODEOWNERS": owners}, {"CODEOWNERS": owners + "/docs/ @writers\n"}) == []
    code = {"src/a.py": "", ".gitattributes": ""}
    assert rules(code, {**code, ".gitattributes": "src/** linguist-generated=true\n"}) == ["hidden-files"]
    assert rules(code, {**code, ".gitattributes": "*.snap linguist-generated=true\n"}) == []
    assert rules({".gitattributes": ""}, {".gitattributes": "*.png binary -text\n*.sh eol=lf\n"}) != ["linter"]
    tree = {"src/a.py": "", ".gitignore": "*.pyc\n"}
    assert rules(tree, {**tree, ".gitignore": "*.pyc\nsrc/\n"}) == ["hidden-files"]
    assert rules(tree, {**tree, ".gitignore": "*.pyc\ndist/\n.env\n"}) == []


def test_a_mark_that_nothing_follows_is_read_in_bounded_time() -> None:
    for text in ('!*&{"#]&= #:\n', "&", "a: &\n", "a: !{x: &}\n"):
        rules({".pre-commit-config.yaml": ""}, {".pre-commit-config.yaml": text})


def test_a_file_that_can_no_longer_be_read_is_told() -> None:
    assert rules({"pyproject.toml": PYPROJECT}, {"pyproject.toml": "[tool\n"}) == ["unread"]
    assert rules({"pyproject.toml": "[tool\n"}, {"pyproject.toml": "[tool\nx"}) == []


def test_a_part_of_the_tree_that_went_took_its_settings_along() -> None:
    base = {"sub/pyproject.toml": PYPROJECT, "sub/a.py": "", "b.py": ""}
    assert "coverage" not in rules(base, {"b.py": ""})
    assert "coverage" in rules(base, {"sub/a.py": "", "b.py": ""})


def test_what_came_with_a_tool_is_no_weaker_for_what_it_leaves_out() -> None:
    new = "[tool.ruff.lint]\nignore = ['E501']\n[tool.coverage.report]\nfail_under = 50\n"
    assert rules({"pyproject.toml": "[project]\n"}, {"pyproject.toml": "[project]\n" + new}) == []


NAMES = (
    "pyproject.toml",
    "setup.cfg",
    "package.json",
    ".github/workflows/a.yml",
    ".pre-commit-config.yaml",
    "Makefile",
    "eslint.config.js",
    "CODEOWNERS",
    ".husky/pre-commit",
    "tox.ini",
    ".claude/settings.json",
    "lefthook.yml",
)


@given(st.sampled_from(NAMES), st.text(alphabet="ab:[]{}\"'#-&*|>=\n \t.,!", max_size=120))
def test_any_text_is_read_or_told_unread(path: str, text: str) -> None:
    assert rules({path: text}, {path: text + "\n"}) == [] or "\\" in text
    rules({}, {path: text})
    rules({path: text}, {})


ODD = st.sampled_from([None, True, 0, 1.5, "", [], {}, "x", ["x"], {"x": "y"}, [["x"]], [{"x": 1}], {"x": ["y"]}])
SHAPES: dict[str, Any] = {
    "package.json": PACKAGE,
    ".claude/settings.json": {"hooks": {"Stop": [{"hooks": [{"command": "x"}]}]}, "permissions": {"deny": ["a"]}},
    ".eslintrc.json": {"rules": {"a": ["error", {}]}, "overrides": [{"files": ["*"], "rules": {"b": 0}}]},
    "lefthook.yml": {"pre-commit": {"commands": {"a": {"run": "mypy ."}}}},
    ".pre-commit-config.yaml": {
        "repos": [{"repo": "r", "hooks": [{"id": "a", "args": ["--x"]}]}],
        "ci": {"skip": ["a"]},
    },
    ".github/workflows/a.yml": {"on": {"push": {}}, "jobs": {"a": {"steps": [{"run": "pytest", "if": "false"}]}}},
}


def places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@given(st.sampled_from(sorted(SHAPES)), ODD, st.data())
def test_a_key_of_another_type_is_no_crash(path: str, odd: Any, data: st.DataObject) -> None:
    document = json.loads(json.dumps(SHAPES[path]))
    holder, key = data.draw(st.sampled_from(places(document)))
    holder[key] = odd
    text = json.dumps(document)  # which is YAML as well
    assert "facts" in settings.extract(path, text.encode(), {})
