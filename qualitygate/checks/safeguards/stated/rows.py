"""Which keys of which tool bear on what the tool finds, as a table: where its settings stand, and what weakens them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One key. `path` leads to it from the tool's table, `*` standing for any one name.

    `how`: `floor`, `ceiling`, `retries`, `guard`, `excuse`, `scope` as for facts, `strict`: a switch that must not go
    off, `loose`: one that must not go on, `level`: a word of `LEVELS` that must not fall, `addopts`: arguments.
    """

    path: str
    how: str
    rule: str
    key: str = ""


# Per tool, where its settings stand: the name of a file, then the keys that lead to its table.
PLACES: Mapping[str, Sequence[str]] = {
    "coverage": ("pyproject.toml#tool.coverage", "setup.cfg#coverage", "tox.ini#coverage", ".coveragerc#", "tox.ini#"),
    "pytest": (
        *("pyproject.toml#tool.pytest.ini_options", "setup.cfg#tool.pytest", "tox.ini#pytest", "pytest.ini#pytest"),
        *("pyproject.toml#tool.pytest", ".pytest.ini#pytest", "pytest.toml#pytest"),
    ),
    "ruff": ("pyproject.toml#tool.ruff", "ruff.toml#", ".ruff.toml#"),
    "mypy": ("pyproject.toml#tool.mypy", "setup.cfg#mypy", "mypy.ini#mypy", ".mypy.ini#mypy", "tox.ini#mypy"),
    "pyright": ("pyproject.toml#tool.pyright", "pyrightconfig.json#", "pyproject.toml#tool.basedpyright"),
    "flake8": ("setup.cfg#flake8", "tox.ini#flake8", ".flake8#flake8"),
    "pylint": ("pyproject.toml#tool.pylint", ".pylintrc#", "pylintrc#", "setup.cfg#pylint"),
    "bandit": ("pyproject.toml#tool.bandit", ".bandit#bandit", "bandit.yaml#", "bandit.yml#"),
    "jest": ("package.json#jest", "jest.config.json#"),
    "nyc": ("package.json#nyc", ".nycrc#", ".nycrc.json#", "package.json#c8", ".c8rc.json#"),
    "eslint": (
        *("package.json#eslintConfig", ".eslintrc.json#", ".eslintrc#", ".eslintrc.yml#", ".eslintrc.yaml#"),
        *(".oxlintrc.json#", "oxlintrc.json#"),
    ),
    "tsconfig": ("tsconfig*.json#",),
    "codecov": ("codecov.yml#", ".codecov.yml#", "codecov.yaml#", ".codecov.yaml#"),
    "biome": ("biome.json#", "biome.jsonc#"),
    "golangci": (".golangci.yml#", ".golangci.yaml#", ".golangci.toml#"),
    "rubocop": (".rubocop.yml#", ".rubocop_todo.yml#"),
    "import-linter": (".importlinter#importlinter",),
    "semgrep": (".semgrep.yml#",),
}

LEVELS: Mapping[str, int] = {
    **{"off": 0, "0": 0, "none": 0, "false": 0, "warn": 1, "1": 1, "warning": 1, "information": 0, "info": 1, "on": 2},
    **{"error": 2, "2": 2, "true": 2, "basic": 1, "standard": 2, "strict": 3, "recommended": 3, "all": 4},
}

_MYPY_STRICT = (
    *("strict", "disallow_untyped_defs", "disallow_incomplete_defs", "check_untyped_defs", "disallow_any_generics"),
    *("warn_return_any", "no_implicit_optional", "strict_equality", "warn_unused_ignores", "strict_optional"),
    *("disallow_untyped_calls", "disallow_subclassing_any", "disallow_any_explicit", "no_implicit_reexport"),
    *("disallow_untyped_decorators", "warn_unreachable", "extra_checks", "warn_redundant_casts", "local_partial_types"),
    *("disallow_any_expr", "disallow_any_decorated", "disallow_any_unimported", "warn_unused_configs"),
)
# What `strict` switches on as well.
IMPLIED: Mapping[str, frozenset[str]] = {
    "mypy": frozenset(_MYPY_STRICT) - {"strict", "warn_unreachable", "local_partial_types", "disallow_any_explicit"},
    "tsconfig": frozenset(
        (
            *("noimplicitany", "strictnullchecks", "strictfunctiontypes", "strictbindcallapply", "noimplicitthis"),
            *("strictpropertyinitialization", "useunknownincatchvariables", "alwaysstrict"),
        )
    ),
}
_MYPY_LOOSE = (
    *("ignore_errors", "ignore_missing_imports", "allow_untyped_defs", "allow_untyped_calls", "allow_redefinition"),
    *("allow_any_generics", "implicit_reexport", "implicit_optional", "allow_untyped_globals", "allow_empty_bodies"),
)
_TS_STRICT = (
    *("strict", "noImplicitAny", "strictNullChecks", "strictFunctionTypes", "strictBindCallApply", "noImplicitThis"),
    *("strictPropertyInitialization", "useUnknownInCatchVariables", "noUnusedLocals", "noUnusedParameters"),
    *("noImplicitReturns", "noFallthroughCasesInSwitch", "noUncheckedIndexedAccess", "noImplicitOverride", "checkJs"),
    *("exactOptionalPropertyTypes", "noPropertyAccessFromIndexSignature", "forceConsistentCasingInFileNames"),
    *("noUncheckedSideEffectImports", "isolatedDeclarations", "alwaysStrict", "noEmitOnError"),
)
_OF_RUFF = tuple(
    Row(prefix + key, how, "linter", key)
    for prefix in ("", "lint.")
    for key, how in (
        *(("ignore", "excuse"), ("extend-ignore", "excuse"), ("per-file-ignores", "excuse")),
        *(("extend-per-file-ignores", "excuse"), ("select", "guard"), ("extend-select", "guard")),
        *(("mccabe.max-complexity", "ceiling"), ("pylint.*", "ceiling"), ("exclude", "excuse")),
    )
)
_PERCENT = ("branches", "functions", "lines", "statements")

ROWS: Mapping[str, Sequence[Row]] = {
    "coverage": (
        Row("report.fail_under", "floor", "coverage", "fail_under"),
        *(Row(f"{part}.omit", "excuse", "coverage-scope", "omit") for part in ("run", "report")),
        *(Row(f"report.{key}", "excuse", "coverage-scope", "exclude") for key in ("exclude_lines", "exclude_also")),
        Row("report.partial_branches", "excuse", "coverage-scope"),
        Row("report.include", "scope", "coverage-scope", "include"),
        Row("run.include", "scope", "coverage-scope", "include"),
        Row("run.source", "guard", "coverage-scope", "source"),
        Row("run.source_pkgs", "guard", "coverage-scope", "source"),
        Row("run.branch", "strict", "coverage-scope", "branch"),
        Row("report.ignore_errors", "loose", "coverage-scope"),
    ),
    "pytest": (
        Row("addopts", "addopts", "deselected"),
        Row("testpaths", "scope", "collection"),
        Row("python_files", "guard", "collection"),
        Row("python_functions", "guard", "collection"),
        Row("python_classes", "guard", "collection"),
        Row("norecursedirs", "excuse", "collection"),
        Row("collect_ignore", "excuse", "collection"),
        Row("xfail_strict", "strict", "deselected"),
        Row("strict", "strict", "deselected"),
        Row("filterwarnings", "filters", "linter"),
        Row("timeout", "ceiling", "patience"),
        Row("reruns", "retries", "patience"),
        Row("retries", "retries", "patience"),
    ),
    "ruff": (*_OF_RUFF, Row("extend-exclude", "excuse", "linter", "exclude"), Row("include", "scope", "linter")),
    "mypy": (
        *(Row(key, "strict", "linter") for key in _MYPY_STRICT),
        *(Row(key, "loose", "linter") for key in _MYPY_LOOSE),
        Row("disable_error_code", "excuse", "linter"),
        Row("enable_error_code", "guard", "linter"),
        Row("exclude", "excuse", "linter"),
        Row("files", "scope", "linter"),
        Row("follow_imports", "follow", "linter"),
    ),
    "pyright": (
        Row("typeCheckingMode", "level", "linter"),
        Row("exclude", "excuse", "linter"),
        Row("ignore", "excuse", "linter"),
        Row("include", "scope", "linter"),
        Row("strict", "guard", "linter"),
        Row("report*", "level", "linter"),
    ),
    "flake8": (
        *(Row(key, "excuse", "linter", "ignore") for key in ("ignore", "extend_ignore")),
        *(Row(key, "excuse", "linter", "exclude") for key in ("exclude", "extend_exclude")),
        Row("per_file_ignores", "excuse", "linter"),
        *(Row(key, "guard", "linter", "select") for key in ("select", "extend_select")),
        *(Row(key, "ceiling", "linter") for key in ("max_complexity", "max_line_length")),
    ),
    "pylint": (
        *(
            Row(f"{part}disable", "excuse", "linter", "disable")
            for part in ("", "messages_control.", "MESSAGES CONTROL.")
        ),
        *(Row(f"{part}ignore", "excuse", "linter", "ignore") for part in ("", "main.", "master.", "MASTER.", "MAIN.")),
        *(
            Row(f"{part}fail-under", "floor", "linter", "fail-under")
            for part in ("", "main.", "master.", "MASTER.", "MAIN.")
        ),
        Row("design.*", "ceiling", "linter"),
    ),
    "bandit": (
        Row("skips", "excuse", "linter"),
        Row("exclude_dirs", "excuse", "linter"),
        Row("exclude", "excuse", "linter"),
    ),
    "jest": (
        *(Row(f"coverageThreshold.*.{key}", "floor", "coverage") for key in _PERCENT),
        *(Row(key, "excuse", "coverage-scope") for key in ("coveragePathIgnorePatterns", "modulePathIgnorePatterns")),
        Row("testPathIgnorePatterns", "excuse", "collection"),
        Row("collectCoverageFrom", "guard", "coverage-scope"),
        Row("testMatch", "guard", "collection"),
        Row("passWithNoTests", "loose", "deselected"),
        Row("testTimeout", "ceiling", "patience"),
    ),
    "nyc": (
        *(Row(key, "floor", "coverage") for key in _PERCENT),
        Row("check-coverage", "strict", "coverage"),
        Row("exclude", "excuse", "coverage-scope"),
        Row("include", "scope", "coverage-scope"),
    ),
    "eslint": (
        Row("rules.*", "level", "linter"),
        Row("ignorePatterns", "excuse", "linter"),
        Row("extends", "guard", "linter"),
        Row("plugins", "guard", "linter"),
        Row("overrides", "overrides", "linter"),
        Row("categories.*", "level", "linter"),
        Row("reportUnusedDisableDirectives", "strict", "linter"),
        Row("noInlineConfig", "strict", "linter"),
    ),
    "tsconfig": (
        *(Row(f"compilerOptions.{key}", "strict", "linter", key) for key in _TS_STRICT),
        *(
            Row(f"compilerOptions.{key}", "loose", "linter", key)
            for key in ("skipLibCheck", "noCheck", "suppressImplicitAnyIndexErrors")
        ),
        Row("exclude", "excuse", "linter"),
        Row("include", "scope", "linter"),
    ),
    "codecov": (
        *(Row(f"coverage.status.{part}.*.target", "floor", "coverage") for part in ("project", "patch")),
        *(Row(f"coverage.status.{part}.*.threshold", "retries", "coverage") for part in ("project", "patch")),
        *(Row(f"coverage.status.{part}.*.informational", "loose", "coverage") for part in ("project", "patch")),
        Row("coverage.status.project", "off", "coverage"),
        Row("coverage.status.patch", "off", "coverage"),
        Row("ignore", "excuse", "coverage-scope"),
    ),
    "biome": (
        *(Row(f"linter.rules.{group}", "level", "linter") for group in ("*", "*.*")),
        Row("linter.enabled", "strict", "linter"),
        Row("linter.ignore", "excuse", "linter"),
        Row("files.ignore", "excuse", "linter"),
    ),
    "golangci": (
        Row("linters.disable", "excuse", "linter"),
        Row("linters.enable", "guard", "linter"),
        *(Row(key, "excuse", "linter") for key in ("issues.exclude", "issues.exclude-dirs", "issues.exclude-files")),
        Row("linters.exclusions.paths", "excuse", "linter"),
        Row("run.tests", "strict", "linter"),
        Row("issues.new", "loose", "linter"),
    ),
    "rubocop": (
        Row("*.Enabled", "strict", "linter"),
        Row("*.Exclude", "excuse", "linter"),
        Row("*.Max", "ceiling", "linter"),
    ),
    "import-linter": (Row("*.*.ignore_imports", "excuse", "linter"), Row("contract.*", "present", "linter")),
}
