"""Programs that check something, and the flags that weaken or strengthen them, as tables."""

from __future__ import annotations

# Programs whose failure is meant to stop something, by what they look at.
CLASSES = {
    **dict.fromkeys(
        (
            *(
                "pytest",
                "py.test",
                "unittest",
                "nose2",
                "jest",
                "vitest",
                "mocha",
                "ava",
                "tap",
                "tape",
                "karma",
                "cypress",
            ),
            *("playwright", "rspec", "phpunit", "pest", "ctest", "bats", "cargo test", "cargo nextest", "go test"),
            *("mvn test", "gradle test", "dotnet test", "swift test", "bazel test", "node --test", "trial", "behave"),
        ),
        "test",
    ),
    **dict.fromkeys(
        (
            *(
                "ruff",
                "flake8",
                "pylint",
                "pyflakes",
                "pycodestyle",
                "pydocstyle",
                "bandit",
                "eslint",
                "oxlint",
                "biome",
            ),
            *("standard", "xo", "tslint", "stylelint", "rubocop", "golangci-lint", "staticcheck", "cargo clippy"),
            *("go vet", "shellcheck", "hadolint", "actionlint", "yamllint", "markdownlint", "semgrep", "vulture"),
            *("codespell", "gitleaks", "detect-secrets", "pip-audit", "cargo deny", "cargo audit", "zizmor", "phpstan"),
            *("check-manifest", "lint-imports", "interrogate", "pyupgrade", "isort", "autoflake", "cspell", "knip"),
        ),
        "lint",
    ),
    **dict.fromkeys(
        ("mypy", "pyright", "basedpyright", "ty", "pyrefly", "pytype", "tsc", "vue-tsc", "dmypy", "tsd"), "types"
    ),
    **dict.fromkeys(
        ("black", "prettier", "yapf", "dprint", "gofmt", "cargo fmt", "shfmt", "taplo", "autopep8"), "format"
    ),
    **dict.fromkeys(("coverage", "codecov", "nyc", "c8"), "coverage"),
}
ANY = "any"
"""The class of a program that may run all of the others: tox, make, a script."""
RUN_ALL = frozenset(("tox", "nox", "pre-commit", "prek", "lefthook", "qualitygate", "hatch", "tap"))
# Flags that let something through, for any program; `=`: they take a value.
LOOSE = {
    **dict.fromkeys(
        ("--exit-zero", "--passWithNoTests", "--pass-with-no-tests", "--no-error-on-unmatched-pattern"), ""
    ),
    **dict.fromkeys(("--collect-only", "--co", "--listTests", "--dry-run", "--list-tests"), ""),
    **dict.fromkeys(
        ("--no-cov", "--lf", "--last-failed", "--skip-string-normalization", "-DskipTests", "--no-verify"), ""
    ),
    **dict.fromkeys(("--ignore-missing-imports", "--no-strict-optional", "--noEmitOnError=false", "--onlyChanged"), ""),
    **dict.fromkeys(
        ("--ignore", "--deselect", "--ignore-glob", "--extend-ignore", "--exclude", "--extend-exclude"), "="
    ),
    **dict.fromkeys(
        ("--testPathIgnorePatterns", "--testNamePattern", "--grep", "--skip", "--disable", "--maxfail"), "="
    ),
    **dict.fromkeys(("--disable-error-code", "--skip-path", "--per-file-ignores"), "="),
}
_SNAPSHOTS = {"-u": "", "--update": "", "--updateSnapshot": "", "--update-snapshots": ""}
OWN = {
    "pytest": {"-k": "=", "-m": "=", "-p": "=", "--snapshot-update": "", "--inline-snapshot": "="},
    "go test": {"-run": "=", "-short": "", "-skip": "="},
    "cargo test": {"--no-run": ""},
    **dict.fromkeys(("vitest", "jest", "playwright", "ava"), _SNAPSHOTS),
    **{program: {"--quiet": ""} for program in ("eslint", "oxlint")},
}
"""Flags that weaken one program alone, as above."""
STRICT = frozenset(
    (
        "--strict",
        "--strict-markers",
        "--strict-config",
        "-Werror",
        "--error-on-warnings",
        "--check",
        "-race",
        "--bail-on-error",
    )
)
SCOPED = frozenset(("pytest", "mypy", "ruff", "vitest", "jest", "go test", "pyright", "flake8", "eslint", "pylint"))
NUMBERS = {
    "--cov-fail-under": ("floor", "coverage", "coverage.fail_under"),
    "--fail-under": ("floor", "coverage", "coverage.fail_under"),
    "--max-warnings": ("ceiling", "linter", "eslint.max-warnings"),
    "--reruns": ("retries", "patience", "pytest.reruns"),
    "--retries": ("retries", "patience", "retries"),
    "--timeout": ("ceiling", "patience", "timeout"),
}


def class_of(program: str) -> str:
    """What a program looks at: `test`, `lint`, ...; `ANY` for one that may do all of it."""
    if program in CLASSES:
        return CLASSES[program]
    word = program.partition(":")[2] or program
    for part, kind in (
        ("test", "test"),
        ("spec", "test"),
        ("lint", "lint"),
        ("type", "types"),
        ("tsc", "types"),
        ("format", "format"),
        ("fmt", "format"),
        ("cover", "coverage"),
    ):
        if part in word.lower():
            return kind
    return ANY


def replaces(new: str, old: str) -> bool:
    """Whether a program that came may do the work of one that went."""
    return (new != old and ANY in (class_of(new), class_of(old))) or class_of(new) == class_of(old)
