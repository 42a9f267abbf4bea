"""Settings that find less, and steps that no longer run or cannot fail (B4, and the commands of B2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.checks.safeguards.moves.move import Move, Swaps, in_file
from tests.checks.safeguards.test_settings import HOOKS, PYPROJECT, TSCONFIG, WORKFLOW

Row = tuple[str, str, Swaps, Swaps]
_RUFF = 'line-length = 100\n[lint]\nselect = ["E", "F"]\nignore = ["E501"]\n[lint.mccabe]\nmax-complexity = 10\n'
_MYPY = "[mypy]\nstrict = True\nwarn_unused_ignores = True\n"
_ESLINT = '{"rules": {"no-eval": "error", "eqeqeq": "error"}, "ignorePatterns": ["dist"]}\n'
_BIOME = '{"linter": {"rules": {"suspicious": {"noExplicitAny": "error"}}}}\n'
_PACKAGE = (
    '{"scripts": {"test": "vitest run", "lint": "eslint --max-warnings 0 ."},\n'
    ' "jest": {"coverageThreshold": {"global": {"lines": 90}}, "testPathIgnorePatterns": ["dist"]}}\n'
)
_VITEST = "export default { test: { retry: 0, coverage: { thresholds: { lines: 90 } } } }\n"
_MAKE = "test:\n\tpytest -q\n"
_CODECOV = "coverage:\n  status:\n    project:\n      default:\n        target: 90%\n        threshold: 1%\n"
_GOLANGCI = "linters:\n  enable: [errcheck, gosec]\nissues:\n  exclude-dirs: [vendor]\n"
_CARGO = '[package]\nname = "a"\n[lints.rust]\nunsafe_code = "forbid"\n[lints.clippy]\nunwrap_used = "deny"\n'
_RUBOCOP = "Style/A:\n  Enabled: true\nMetrics/MethodLength:\n  Max: 10\n"
_CSPROJ = (
    "<Project><PropertyGroup>\n  <TreatWarningsAsErrors>true</TreatWarningsAsErrors>\n  <Nullable>enable</Nullable>\n"
    "</PropertyGroup></Project>\n"
)
_EDITORCONFIG = "[*.cs]\ndotnet_diagnostic.CA1822.severity = error\nindent_size = 4\n"
_DETEKT = "style:\n  MagicNumber:\n    active: true\n"
_GITLEAKS = "[allowlist]\npaths = ['docs/']\n"
_BANDIT = "skips: ['B101']\n"
_LEFTHOOK = "pre-commit:\n  commands:\n    lint:\n      run: npx eslint .\n"
_HUSKY = "npm test\n"
_SHELLCHECKRC = "external-sources=true\n"
_GATE = 'schema = 1\n[checks.ruff]\n[checks.mypy]\ntier = "commit"\n'
_OWNERS = "* @all\n/tests/ @testers\n"
_SCRIPT = "#!/bin/sh\nset -e\npytest -q\n"

_CI = ".github/workflows/ci.yml"
FILES: Mapping[str, str] = {
    "pyproject.toml": PYPROJECT,
    "ruff.toml": _RUFF,
    "mypy.ini": _MYPY,
    ".eslintrc.json": _ESLINT,
    "biome.json": _BIOME,
    "package.json": _PACKAGE,
    "vitest.config.ts": _VITEST,
    "tsconfig.json": TSCONFIG,
    "Makefile": _MAKE,
    "codecov.yml": _CODECOV,
    ".golangci.yml": _GOLANGCI,
    "Cargo.toml": _CARGO,
    ".rubocop.yml": _RUBOCOP,
    "a.csproj": _CSPROJ,
    ".editorconfig": _EDITORCONFIG,
    "detekt.yml": _DETEKT,
    ".gitleaks.toml": _GITLEAKS,
    "bandit.yaml": _BANDIT,
    "lefthook.yml": _LEFTHOOK,
    ".husky/pre-commit": _HUSKY,
    ".shellcheckrc": _SHELLCHECKRC,
    "qualitygate.toml": _GATE,
    "CODEOWNERS": _OWNERS,
    _CI: WORKFLOW,
    ".pre-commit-config.yaml": HOOKS,
    ".gitignore": "*.pyc\n",
    ".gitattributes": "*.png binary\n",
    "scripts/check.sh": _SCRIPT,
}
_RUNS = "        run: ruff check ."
_ROWS: tuple[Row, ...] = (
    ("ruff.toml", "a rule ignored", (('["E501"]', '["E501", "F401"]'),), (('["E501"]', "[]"),)),
    ("ruff.toml", "fewer rules selected", (('["E", "F"]', '["E"]'),), (('["E", "F"]', '["F", "E", "B"]'),)),
    (
        "ruff.toml",
        "per-file-ignores",
        (("[lint.mccabe]", '[lint.per-file-ignores]\n"a.py" = ["F821"]\n[lint.mccabe]'),),
        (("[lint.mccabe]", "# per-file-ignores\n[lint.mccabe]"),),
    ),
    (
        "ruff.toml",
        "exclude",
        (("line-length", 'exclude = ["src/hard"]\nline-length'),),
        (("line-length", "# exclude\nline-length"),),
    ),
    (
        "ruff.toml",
        "max-complexity raised",
        (("max-complexity = 10", "max-complexity = 99"),),
        (("max-complexity = 10", "max-complexity = 8"),),
    ),
    (
        "ruff.toml",
        "line-length raised",
        (("line-length = 100", "line-length = 400"),),
        (("line-length = 100", "line-length = 88"),),
    ),
    ("mypy.ini", "strict off", (("strict = True", "strict = False"),), (("strict = True", "strict = true"),)),
    (
        "mypy.ini",
        "ignore_errors",
        (("strict = True", "strict = True\nignore_errors = True"),),
        (("strict = True", "strict = True\nwarn_unreachable = True"),),
    ),
    (
        "mypy.ini",
        "ignore_missing_imports",
        (("strict = True", "strict = True\nignore_missing_imports = True"),),
        (("strict = True", "strict = True\nignore_missing_imports = False"),),
    ),
    (
        "mypy.ini",
        "follow_imports = skip",
        (("strict = True", "strict = True\nfollow_imports = skip"),),
        (("strict = True", "strict = True\nfollow_imports = normal"),),
    ),
    (
        "mypy.ini",
        "disable_error_code",
        (("strict = True", "strict = True\ndisable_error_code = misc"),),
        (("strict = True", "strict = True\nenable_error_code = redundant-expr"),),
    ),
    (
        "mypy.ini",
        "exclude",
        (("strict = True", "strict = True\nexclude = hard"),),
        (("strict = True", "strict = True\npretty = True"),),
    ),
    (
        ".eslintrc.json",
        "rule off",
        (('"no-eval": "error"', '"no-eval": "off"'),),
        (('"no-eval": "error"', '"no-eval": 2'),),
    ),
    (
        ".eslintrc.json",
        "rule to warn",
        (('"no-eval": "error"', '"no-eval": "warn"'),),
        (('"no-eval": "error"', '"no-eval": ["error"]'),),
    ),
    (
        ".eslintrc.json",
        "rule taken out",
        (('"no-eval": "error", ', ""),),
        (('"no-eval": "error"', '"no-new": "error", "no-eval": "error"'),),
    ),
    (".eslintrc.json", "ignores", (('["dist"]', '["dist", "src/hard"]'),), (('["dist"]', "[]"),)),
    ("biome.json", "rule off", (('"error"', '"off"'),), (('"error"', '"error" '),)),
    (
        "tsconfig.json",
        "strict off",
        (('"strict": true', '"strict": false'),),
        (('"target": "es2022"', '"target": "es2023"'),),
    ),
    (
        "tsconfig.json",
        "skipLibCheck",
        (('"strict": true', '"strict": true, "skipLibCheck": true'),),
        (('"strict": true', '"strict": true, "skipLibCheck": false'),),
    ),
    ("tsconfig.json", "exclude", (('["src"]', '["src"], "exclude": ["src/hard"]'),), (('["src"]', '["src", "test"]'),)),
    (
        "pyproject.toml",
        "coverage: fail_under lowered",
        (("fail_under = 90", "fail_under = 50"),),
        (("fail_under = 90", "fail_under = 91"),),
    ),
    (
        "pyproject.toml",
        "coverage: omit",
        (('"p/vendored/*"', '"p/vendored/*", "p/hard.py"'),),
        (('["p/vendored/*"]', "[]"),),
    ),
    (
        "pyproject.toml",
        "coverage: branch off",
        (("branch = true", "branch = false"),),
        (("branch = true", "branch   = true"),),
    ),
    (
        "pyproject.toml",
        "pytest: -k in addopts",
        (('"-q --strict-markers"', "\"-q --strict-markers -k 'not hard'\""),),
        (('"-q --strict-markers"', '"-q --strict-markers -ra"'),),
    ),
    (
        "pyproject.toml",
        "pytest: -p no: in addopts",
        (('"-q --strict-markers"', '"-q --strict-markers -p no:asyncio"'),),
        (('"-q --strict-markers"', '"-q --strict-markers -p asyncio"'),),
    ),
    (
        "pyproject.toml",
        "pytest: testpaths",
        (('testpaths = ["tests"]', 'testpaths = ["tests/unit"]'),),
        (('testpaths = ["tests"]', 'testpaths = ["tests", "more"]'),),
    ),
    (
        "pyproject.toml",
        "pytest: filterwarnings",
        (('["error"]', '["error", "ignore::UserWarning"]'),),
        (('["error"]', '[ "error" ]'),),
    ),
    (
        "pyproject.toml",
        "pytest: xfail_strict off",
        (("xfail_strict = true", "xfail_strict = false"),),
        (("xfail_strict = true", "xfail_strict=true"),),
    ),
    (
        "pyproject.toml",
        "pytest: timeout raised",
        (("timeout = 60", "timeout = 600"),),
        (("timeout = 60", "timeout = 30"),),
    ),
    (
        "pyproject.toml",
        "pytest: reruns",
        (("timeout = 60", "timeout = 60\nreruns = 3"),),
        (("timeout = 60", "timeout = 60\nlog_cli = true"),),
    ),
    ("package.json", "jest: threshold lowered", (('"lines": 90', '"lines": 9'),), (('"lines": 90', '"lines": 95'),)),
    ("package.json", "jest: testPathIgnorePatterns", (('["dist"]', '["dist", "hard"]'),), (('["dist"]', "[]"),)),
    (
        "package.json",
        "--passWithNoTests",
        (("vitest run", "vitest run --passWithNoTests"),),
        (("vitest run", "vitest run --reporter=dot"),),
    ),
    ("package.json", "-u", (("vitest run", "vitest run -u"),), (("vitest run", "vitest --run"),)),
    (
        "package.json",
        "--max-warnings raised",
        (("--max-warnings 0", "--max-warnings 99"),),
        (("--max-warnings 0 .", ". --max-warnings 0"),),
    ),
    (
        "package.json",
        "--quiet",
        (("--max-warnings 0", "--max-warnings 0 --quiet"),),
        (("--max-warnings 0", "--max-warnings 0 --cache"),),
    ),
    (
        "package.json",
        "a script that does nothing",
        (("vitest run", "true"),),
        (("vitest run", "vitest run --coverage"),),
    ),
    ("vitest.config.ts", "retry", (("retry: 0", "retry: 3"),), (("retry: 0", "retry: 0, globals: true"),)),
    ("vitest.config.ts", "threshold lowered", (("lines: 90", "lines: 9"),), (("lines: 90", "lines: 95"),)),
    ("codecov.yml", "target lowered", (("target: 90%", "target: 10%"),), (("target: 90%", "target: 95%"),)),
    ("codecov.yml", "threshold raised", (("threshold: 1%", "threshold: 50%"),), (("threshold: 1%", "threshold: 0%"),)),
    (
        ".golangci.yml",
        "linter taken out",
        (("[errcheck, gosec]", "[errcheck]"),),
        (("[errcheck, gosec]", "[gosec, errcheck]"),),
    ),
    (".golangci.yml", "exclude-dirs", (("[vendor]", "[vendor, internal]"),), (("[vendor]", "[]"),)),
    ("Cargo.toml", "[lints] loosened", (('"forbid"', '"allow"'),), (('"deny"', '"forbid"'),)),
    (".rubocop.yml", "cop off", (("Enabled: true", "Enabled: false"),), (("Enabled: true", "Enabled: true # on"),)),
    (".rubocop.yml", "Max raised", (("Max: 10", "Max: 100"),), (("Max: 10", "Max: 8"),)),
    ("a.csproj", "TreatWarningsAsErrors off", ((">true<", ">false<"),), ((">enable<", "> enable <"),)),
    (
        "a.csproj",
        "NoWarn",
        (("  <Nullable>", "  <NoWarn>CA1822</NoWarn>\n  <Nullable>"),),
        (("  <Nullable>", "  <LangVersion>12</LangVersion>\n  <Nullable>"),),
    ),
    ("a.csproj", "Nullable off", ((">enable<", ">disable<"),), (("<Nullable>", " <Nullable>"),)),
    (
        ".editorconfig",
        "severity = none",
        (("severity = error", "severity = none"),),
        (("indent_size = 4", "indent_size = 2"),),
    ),
    ("detekt.yml", "rule off", (("active: true", "active: false"),), (("active: true", "active: true # on"),)),
    (".gitleaks.toml", "allowlist", (("['docs/']", "['docs/', 'src/']"),), (("['docs/']", "[]"),)),
    ("bandit.yaml", "skips", (("['B101']", "['B101', 'B602']"),), (("['B101']", "[]"),)),
    (
        ".shellcheckrc",
        "disable",
        (("external-sources", "disable=SC2086\nexternal-sources"),),
        (("external-sources", "# disable\nexternal-sources"),),
    ),
    (
        ".pre-commit-config.yaml",
        "hook removed",
        (("      - id: ruff-format\n", ""),),
        (("      - id: ruff\n", "      - id: ruff-check\n"),),
    ),
    (
        ".pre-commit-config.yaml",
        "stages: [manual]",
        (("        entry: mypy\n", "        entry: mypy\n        stages: [manual]\n"),),
        (("        entry: mypy\n", "        entry: mypy\n        stages: [pre-push]\n"),),
    ),
    (
        ".pre-commit-config.yaml",
        "exclude",
        (("        entry: mypy\n", "        entry: mypy\n        exclude: ^src/\n"),),
        (("rev: v1", "rev: v2"),),
    ),
    (
        ".pre-commit-config.yaml",
        "repo repointed to a fork",
        (("https://example.org/ruff", "https://example.com/me/ruff"),),
        (("https://example.org/ruff", "https://example.org/ruff.git"),),
    ),
    (
        "lefthook.yml",
        "command removed",
        (("    lint:\n      run: npx eslint .\n", ""),),
        (("npx eslint .", "npx eslint . --cache"),),
    ),
    (
        "lefthook.yml",
        "skip",
        (("      run: npx", "      skip: true\n      run: npx"),),
        (("      run: npx", "      tags: js\n      run: npx"),),
    ),
    (".husky/pre-commit", "|| true", (("npm test", "npm test || true"),), (("npm test", "pnpm run test"),)),
    (_CI, "step removed", (("      - name: lint\n        run: ruff check .\n", ""),), (("  types:\n", "  typing:\n"),)),
    (_CI, "|| true", ((_RUNS, _RUNS + " || true"),), ((_RUNS, "        run: uvx ruff check ."),)),
    (
        _CI,
        "; exit 0",
        ((_RUNS, _RUNS + " ; exit 0"),),
        ((_RUNS, "        run: ruff check . && ruff format --check ."),),
    ),
    (_CI, "| tee without pipefail", ((_RUNS, _RUNS + " | tee log"),), ((_RUNS, "        shell: bash\n" + _RUNS),)),
    (
        _CI,
        "continue-on-error",
        ((_RUNS, "        continue-on-error: true\n" + _RUNS),),
        ((_RUNS, "        continue-on-error: false\n" + _RUNS),),
    ),
    (_CI, "if: false", ((_RUNS, "        if: false\n" + _RUNS),), ((_RUNS, "        if: always()\n" + _RUNS),)),
    (
        _CI,
        "set +e",
        ((_RUNS, "        run: |\n          set +e\n          ruff check ."),),
        ((_RUNS, "        run: |\n          set -e\n          ruff check ."),),
    ),
    (_CI, "--exit-zero", ((_RUNS, _RUNS + " --exit-zero"),), ((_RUNS, _RUNS + " --output-format=github"),)),
    (_CI, "2>/dev/null and || :", ((_RUNS, _RUNS + " 2>/dev/null || :"),), ((_RUNS, _RUNS + " 2>&1"),)),
    (_CI, "-k", (("--durations=5", "-k smoke"),), (("--durations=5", "--durations=9"),)),
    (_CI, "-m", (("--durations=5", "-m 'not slow'"),), (("--durations=5", "-n 4"),)),
    (_CI, "--ignore", (("--durations=5", "--ignore=tests/hard"),), (("--durations=5", "-ra"),)),
    (_CI, "--deselect", (("--durations=5", "--deselect tests/test_a.py::test_b"),), (("--durations=5", "-v"),)),
    (_CI, "--maxfail", (("--durations=5", "--maxfail=1"),), (("--durations=5", "--tb=short"),)),
    (_CI, "fewer paths", (("--durations=5", "tests/unit"),), (("--durations=5", "--durations=5 --color=yes"),)),
    (
        _CI,
        "trigger taken away",
        (("  pull_request:\n", ""),),
        (("  pull_request:\n", "  pull_request:\n  workflow_dispatch:\n"),),
    ),
    (
        _CI,
        "path filter",
        (("  pull_request:\n", "  pull_request:\n    paths: [docs/**]\n"),),
        (("  pull_request:\n", "  pull_request:\n    branches: ['**']\n"),),
    ),
    ("Makefile", "- before the command", (("\tpytest", "\t-pytest"),), (("\tpytest", "\t@pytest"),)),
    ("Makefile", "|| true", (("pytest -q", "pytest -q || true"),), (("pytest -q", "pytest -q -n auto"),)),
    ("scripts/check.sh", "|| true", (("pytest -q", "pytest -q || true"),), (("pytest -q", "pytest -q -ra"),)),
    ("scripts/check.sh", "set +e", (("set -e\npytest -q", "set +e\npytest -q\nexit 0"),), (("set -e", "set -eu"),)),
    ("qualitygate.toml", "check removed", (("[checks.ruff]\n", ""),), (("[checks.ruff]", "# ours\n[checks.ruff]"),)),
    (
        "qualitygate.toml",
        "policy = shown",
        (("[checks.ruff]\n", '[checks.ruff]\npolicy = "shown"\n'),),
        (("[checks.ruff]\n", '[checks.ruff]\npolicy = "clean"\n'),),
    ),
    (
        "qualitygate.toml",
        "later tier",
        (('tier = "commit"', 'tier = "full"'),),
        (('tier = "commit"', 'tier = "edit"'),),
    ),
    (
        "qualitygate.toml",
        "exclude",
        (("[checks.ruff]\n", '[checks.ruff]\nexclude = ["a.py"]\n'),),
        (("[checks.ruff]\n", "[checks.ruff] # all\n"),),
    ),
    (
        "CODEOWNERS",
        "owner taken away",
        (("/tests/ @testers\n", ""),),
        (("/tests/ @testers\n", "/tests/ @testers @more\n"),),
    ),
    (".gitignore", "hides tracked code", (("*.pyc\n", "*.pyc\nsrc/\n"),), (("*.pyc\n", "*.pyc\ndist/\n"),)),
    (
        ".gitattributes",
        "linguist-generated",
        (("*.png binary\n", "*.png binary\nsrc/** linguist-generated\n"),),
        (("*.png binary\n", "*.png binary\n*.sh eol=lf\n"),),
    ),
    (
        ".gitattributes",
        "-diff",
        (("*.png binary\n", "*.png binary\nsrc/** -diff\n"),),
        (("*.png binary\n", "*.png binary\n*.md diff=markdown\n"),),
    ),
    (
        ".gitattributes",
        "binary",
        (("*.png binary\n", "*.png binary\n*.py binary\n"),),
        (("*.png binary\n", "*.png binary\n*.jpg binary\n"),),
    ),
)


def moves() -> Iterator[Move]:
    """All of them."""
    also = {"src/hard.py": "x = 1\n", "src/a.py": "x = 1\n"}
    for path, name, bad, twin in _ROWS:
        yield in_file("settings", f"{path.rpartition('/')[2]}: {name}", "", path, FILES[path], bad, twin, also)
