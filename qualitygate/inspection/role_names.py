"""Names of files and folders that tell what they are for."""

from __future__ import annotations

import re

VENDORED_DIRS = frozenset(
    (
        *("vendor", "vendors", "vendored", "_vendor", "_vendored", "vendored_packages", "third_party", "third-party"),
        *("thirdparty", "3rdparty", "3rd_party", "3rd-party", "node_modules", "bower_components", "jspm_packages"),
        *("site-packages", "dist-packages", "Pods", "Godeps", "_extern", "externals", ".yarn", "third_party_libs"),
    )
)
BUILD_DIRS = frozenset(("dist", "build"))
GENERATED_DIRS = frozenset(("__generated__", "_generated", "__snapshots__", "__pycache__"))
TEST_DIRS = frozenset(
    (
        *("tests", "test", "__tests__", "spec", "specs", "e2e", "unittests", "unit_tests", "integration_tests"),
        *("functional_tests", "test_suite", "testsuite", "integration-tests", "unit-tests", "e2e-tests", "unittest"),
        *("uitests", "cypress"),
    )
)
FIXTURE_DIRS = frozenset(("testdata", "__fixtures__", "__mocks__", "test-fixtures", "test_fixtures"))
TOP_TEST_DIRS = frozenset(("testing", "integration", "regression", "features"))
EXAMPLE_DIRS = frozenset(("examples", "example"))
TOP_EXAMPLE_DIRS = frozenset(
    (
        "samples",
        "sample",
        "demo",
        "demos",
        "tutorial",
        "tutorials",
        "docs_src",
        "snippets",
        "cookbook",
        "playground",
        "playgrounds",
    )
)
DOCS_DIRS = frozenset(("docs", "doc", "documentation", "website"))
SCRIPT_DIRS = frozenset(
    (
        *(
            "scripts",
            "script",
            "tools",
            "bin",
            "hack",
            "ci",
            "dev",
            "devtools",
            "build_tools",
            "build-support",
            "setup",
        ),
        *(
            "requirements",
            "benchmarks",
            "benchmark",
            "bench",
            "benches",
            "fuzz",
            "contrib",
            "misc",
            "maint",
            "release",
            "packaging",
            ".github",
        ),
        *(".circleci", ".ci", ".devcontainer", ".gitlab", ".hooks", ".githooks", ".husky"),
    )
)
SCRIPT_NAMES = frozenset(
    (
        *("setup.py", "noxfile.py", "fabfile.py", "dodo.py", "duties.py", "manage.py", "wscript", "hatch_build.py"),
        *("build.py", "bootstrap.py", "pavement.py", "SConstruct", "post_gen_project.py", "pre_gen_project.py"),
        # Build and tool settings in the dress of a program.
        *("build.rs", "Gemfile", "gems.rb", "Rakefile", "Guardfile", "Capfile", "Dangerfile", "Fastfile", "Podfile"),
        *(
            "config.ru",
            "Steepfile",
            "Appraisals",
            "build.sbt",
            "mix.exs",
            "Package.swift",
            "gulpfile.js",
            "Gruntfile.js",
        ),
        *("artisan", "rector.php", ".php-cs-fixer.php", ".php-cs-fixer.dist.php", ".php_cs", ".php_cs.dist"),
        *("Gulpfile.js", "gulpfile.babel.js", "Jakefile", "Jakefile.js", "karma.conf.js", "wdio.conf.js", "mage.go"),
        *("magefile.go", "build.zig", "premake5.lua", "Makefile.PL", "Build.PL", "server.php"),
    )
)
VENDORED_NAMES = frozenset(("versioneer.py", "ez_setup.py", "get-pip.py", "distribute_setup.py", "mvnw", "mvnw.cmd"))
MANIFESTS = frozenset(
    (
        *("package.json", "Cargo.toml", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "pyproject.toml"),
        *("setup.py", "Gemfile", "composer.json", "mix.exs", "Package.swift", "pubspec.yaml", "build.sbt"),
    )
)
PROJECTS = (".csproj", ".fsproj", ".gemspec")
VENDORED_NAMES |= {"gradlew", "gradlew.bat"}
SETTINGS_NAME = re.compile(
    r"\.(?:config|conf|setup)\.[cm]?[jt]sx?$|^\.[\w.-]+\.(?:[cm]?js|rb|php)$|\.gemspec$|^(?:vitest|jest|vite)\.workspace\.[jt]s$"
)
# Source sets of Gradle and Maven; folders of .NET projects are called after what they hold.
TEST_SET = re.compile(r"(?:^|/)src/(?:test\w*|\w+Test|it)(?=/)")
TEST_PROJECT = re.compile(r"(?:^|\.|[a-z0-9])(?:Unit|Integration|Functional|Acceptance)?Tests?$")
GENERATED_NAME = re.compile(
    r"_pb2(?:_grpc)?\.pyi?$|\.pb\.(?:go|cc|h)$|\.min\.(?:js|css)$|\.gen\.(?:ts|tsx|js|go)$|\.generated\.\w+$|_generated\.\w+$"
    r"|(?:^|/)(?:parsetab|lextab)\.py$|\.g\.dart$|(?:^|/)(?:moc|qrc|ui)_\w+_rc\.py$|\.designer\.cs$|\.g(?:\.i)?\.cs$|[mM]odelSnapshot\.cs$|(?:^|/)db/schema\.rb$|\.pb\.(?:swift|dart)$"
    r"|(?:^|/)zz_generated\.[\w.]+\.go$|(?:^|/)wire_gen\.go$|\.freezed\.dart$|-generated\.\w+$",
    re.IGNORECASE,
)
TEST_NAME = re.compile(
    r"^(?:test_.*|.*_test|tests|tests_.*|.*_tests|conftest)\.pyi?$|\.(?:test|spec|cy)\.[cm]?[jt]sx?$"
    r"|_test\.(?:go|rs|cc|cpp|dart|exs)$|(?:Test|Tests|IT)\.(?:java|kt|scala|cs)$|_spec\.rb$|\.bats$"
    r"|_test\.rb$|^test_.*\.rb$|Test\.php$|(?:Test|Spec)\.(?:groovy|kt|scala|swift)$|Tests\.swift$|\.test\.php$|\.tftest\.hcl$"
    r"|^test_.*\.(?:c|cc|cpp|sh)$|[-_](?:unit)?test\.(?:c|cc|cpp|cxx|sh)$"
)
WRITTEN = re.compile(
    r"\.(?:[cm]?ts|tsx|py|sh|rb|ps1)$|webpack|rollup|vite|config|(?:^|/)build/(?:build|index|util)[^/]*$"
)
HISTORY = 3
"""Dated migrations that make a folder one of nothing else: what tools write beside them belongs to it."""
SCRIPT_LANGUAGES = ("Shell", "Batch", "PowerShell")
TEST_FOLDER = re.compile(r"^\w[\w.-]*[-_.]tests$")
DJANGO_MIGRATION = re.compile(r"(?:^|/)migrations/(?:[^/]+/)?\d{4}_\w+\.py$")
DATED_MIGRATION = re.compile(r"(?:^|/)\w*[Mm]igrations/(?:[^/]+/)?\d{8,14}[-_]\w[\w.-]*\.(?:cs|php|rb|[cm]?[jt]s)$")
MIGRATION_DIR = re.compile(
    r"(?:^|/)(?:migrations/versions|alembic/versions|prisma/migrations|db/migrate|database/migrations)(?=/)"
)
