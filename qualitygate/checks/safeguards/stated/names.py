"""Which files state something that bears on the gate, by their names alone: asked of every path of a change."""

from __future__ import annotations

from fnmatch import fnmatchcase

from qualitygate.locations import SETTINGS, WAIVERS

AGENTS = (
    ".claude/settings.json",
    ".cursor/hooks.json",
    ".gemini/settings.json",
    ".codex/hooks.json",
    ".github/hooks.json",
)
CI = (
    *(".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".circleci/config.yml", ".travis.yml"),
    *("azure-pipelines.yml", "bitbucket-pipelines.yml", ".woodpecker.yml", ".woodpecker/*.yml", ".drone.yml"),
    *(
        ".cirrus.yml",
        "appveyor.yml",
        ".appveyor.yml",
        ".github/actions/*/action.yml",
        ".gitlab/*.yml",
        ".buildkite/*.yml",
    ),
)
PRE_COMMIT = (".pre-commit-config.yaml", ".pre-commit-config.yml")
LEFTHOOK = ("lefthook.yml", ".lefthook.yml", "lefthook.yaml", "lefthook.toml", ".lefthook.yaml")
STAGED = (".lintstagedrc", ".lintstagedrc.json", ".lintstagedrc.yaml", ".lintstagedrc.yml")
OWNERS = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
IGNORING = (
    *(".gitignore", ".eslintignore", ".prettierignore", ".semgrepignore", ".trivyignore", ".gitleaksignore"),
    *(".stylelintignore", ".markdownlintignore", ".biomeignore", ".oxlintignore"),
)
CODE = (
    *("jest.config.*", "vitest.config.*", "vite.config.*", "eslint.config.*", ".eslintrc.js", ".eslintrc.cjs"),
    *("playwright.config.*", "vitest.workspace.*", "karma.conf.*"),
)
MAKE = ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile")
SCRIPT_FOLDERS = frozenset(("scripts", "bin", "script", "ci", ".ci", "tools", ""))
SCRIPTS = ("test", "check", "lint", "coverage", "ci", "verify")

TOOLS = (
    *(".bandit", ".c8rc.json", ".codecov.yaml", ".codecov.yml", ".coveragerc", ".eslintrc", ".eslintrc.json"),
    *(".eslintrc.yaml", ".eslintrc.yml", ".flake8", ".golangci.toml", ".golangci.yaml", ".golangci.yml"),
    *(".importlinter", ".mypy.ini", ".nycrc", ".nycrc.json", ".oxlintrc.json", ".pylintrc", ".pytest.ini"),
    *(".rubocop.yml", ".rubocop_todo.yml", ".ruff.toml", ".semgrep.yml", "bandit.yaml", "bandit.yml"),
    *("biome.json", "biome.jsonc", "codecov.yaml", "codecov.yml", "jest.config.json", "mypy.ini", "oxlintrc.json"),
    *("package.json", "pylintrc", "pyproject.toml", "pyrightconfig.json", "pytest.ini", "pytest.toml"),
    *("ruff.toml", "setup.cfg", "tox.ini", "Cargo.toml", ".editorconfig", ".shellcheckrc", "shellcheckrc"),
    *("detekt.yml", "detekt-config.yml", ".gitleaks.toml", "gitleaks.toml", "Directory.Build.props"),
)
"""Files that hold settings of tools, see `rows.PLACES`."""
_NAMES = frozenset(
    (
        *TOOLS,
        *(*PRE_COMMIT, *LEFTHOOK, *STAGED, *IGNORING, *MAKE, SETTINGS, ".gitattributes", "CODEOWNERS", "tox.ini"),
    )
)


def is_ci(path: str) -> bool:
    """Whether a file of this name tells a service what to run."""
    return path.endswith((".yml", ".yaml")) and any(fnmatchcase(path, pattern) for pattern in CI)


def is_code(name: str) -> bool:
    """Whether a file of this name holds settings that are written as JavaScript."""
    likely = ".config." in name or name.startswith((".eslintrc.", "vitest.", "karma."))
    return likely and any(fnmatchcase(name, pattern) for pattern in CODE)


def is_script(path: str) -> bool:
    """Whether a file of this name is a shell script that runs checks."""
    folder, _, name = path.rpartition("/")
    if folder not in SCRIPT_FOLDERS:
        return False
    stem, _, end = name.partition(".")
    stem = stem.lower().replace("run", "").strip("-_")
    return end in ("", "sh", "bash") and (stem in SCRIPTS or stem.removesuffix("s") in SCRIPTS)


def is_stated(path: str) -> bool:
    """Whether a file of this name states something that can be read here. Asked of every file of a tree."""
    folder, _, name = path.rpartition("/")
    if name in _NAMES:
        return True
    if path[0] == "." and (path in AGENTS or path == WAIVERS or folder == ".husky"):
        return True
    if name.endswith((".csproj", ".fsproj", ".vbproj")):
        return True
    if name.endswith(".json"):
        return name.startswith("tsconfig")
    if name.endswith((".yml", ".yaml")):
        return is_ci(path)
    return is_code(name) or (folder in SCRIPT_FOLDERS and is_script(path))
