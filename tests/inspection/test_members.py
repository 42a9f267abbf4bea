"""Members of a monorepo, one small made-up tree per kind of workspace and per hazard."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.inspection.ecosystems.globs import glob
from qualitygate.inspection.facts import Facts
from qualitygate.inspection.inspect import inspect
from tests.support import make_repo

SOLUTION = 'Project("{FAE0}") = "Api", "src\\Api\\Api.csproj", "{1}"\nEndProject\n'
CSPROJ = '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net8.0</TargetFramework></Project>'
GRADLE = 'plugins { id("java") }\n'
POM = "<project><artifactId>{}</artifactId>{}</project>"
KINDS = [
    (
        {"package.json": '{"private": true, "workspaces": ["packages/*"]}', "package-lock.json": "{}"},
        {"packages/a/package.json": '{"name": "@x/a"}', "packages/a/src/i.ts": "x\n"},
        [("packages/a", "@x/a", "npm workspace", ("TypeScript",), ("npm",))],
    ),
    (
        {"package.json": '{"workspaces": {"packages": ["apps/*"]}}', "yarn.lock": ""},
        {"apps/w/package.json": '{"name": "w"}', "apps/w/i.js": "x\n"},
        [("apps/w", "w", "yarn workspace", ("JavaScript",), ("yarn",))],
    ),
    (
        {
            "package.json": "{}",
            "pnpm-workspace.yaml": "packages:\n  - 'libs/**'\n  - '!libs/old'\n",
            "pnpm-lock.yaml": "",
        },
        {"libs/x/y/package.json": '{"name": "y"}', "libs/x/y/i.ts": "x\n", "libs/old/package.json": '{"name": "old"}'},
        [("libs/x/y", "y", "pnpm workspace", ("TypeScript",), ("pnpm",))],
    ),
    (
        {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["back", "examples/*"]\n', "uv.lock": ""},
        {
            "back/pyproject.toml": '[project]\nname = "back"\n',
            "back/back/__init__.py": "x = 1\n",
            "examples/one/pyproject.toml": '[project]\nname = "one"\n',
            "examples/one/one.py": "x = 1\n",
        },
        [
            ("back", "back", "uv workspace", ("Python",), ("uv",)),
            ("examples/one", "one", "uv workspace", ("Python",), ("uv",)),
        ],
    ),
    (
        {"Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/old"]\n'},
        {
            "crates/a/Cargo.toml": '[package]\nname = "a"\n',
            "crates/a/src/lib.rs": "x\n",
            "crates/old/Cargo.toml": '[package]\nname = "old"\n',
        },
        [("crates/a", "a", "cargo workspace", ("Rust",), ("cargo",))],
    ),
    (
        {"pom.xml": POM.format("top", "<modules><module>core</module></modules>")},
        {"core/pom.xml": POM.format("core", ""), "core/src/main/java/a/B.java": "package a;\n"},
        [("core", "core", "maven module", ("Java",), ("Maven",))],
    ),
    (
        {"settings.gradle.kts": 'include(":app", ":lib:core")\n// include(":gone")\n', "build.gradle.kts": GRADLE},
        {"app/build.gradle.kts": GRADLE, "app/src/main/kotlin/A.kt": "x\n", "lib/core/src/main/java/B.java": "x\n"},
        [
            ("app", "app", "gradle module", ("Kotlin",), ("Gradle",)),
            ("lib/core", "core", "gradle module", ("Java",), ("Gradle",)),
        ],
    ),
    (
        {"go.work": "go 1.22\n\nuse (\n\t./api\n\t./cmd // tool\n)\n"},
        {"api/go.mod": "module x.org/api\n", "api/a.go": "x\n", "cmd/go.mod": "module x.org/cmd\n", "cmd/m.go": "x\n"},
        [
            ("api", "x.org/api", "go.work", ("Go",), ("go modules",)),
            ("cmd", "x.org/cmd", "go.work", ("Go",), ("go modules",)),
        ],
    ),
    (
        {"All.sln": SOLUTION},
        {"src/Api/Api.csproj": CSPROJ, "src/Api/Program.cs": "x\n"},
        [("src/Api", "Api", "solution project", ("C#",), ("NuGet",))],
    ),
    (
        {"README.md": "x\n"},
        {
            "backend/requirements.txt": "flask\n",
            "backend/setup.py": "from setuptools import setup\nsetup(name='b')\n",
            "backend/b.py": "x = 1\n",
            "web/package.json": '{"name": "web", "scripts": {"dev": "vite"}}',
            "web/src/a.ts": "x\n",
        },
        [
            ("backend", "b", "project", ("Python",), ("pip/setuptools",)),
            ("web", "web", "project", ("TypeScript",), ("npm",)),
        ],
    ),
]


def look(tmp_path: Path, files: dict[str, str]) -> Facts:
    return inspect(make_repo(tmp_path / "r", files))


@pytest.mark.parametrize(("top", "inner", "expected"), KINDS, ids=lambda v: v[0][2] if isinstance(v, list) else None)
def test_members_of_each_kind(
    tmp_path: Path, top: dict[str, str], inner: dict[str, str], expected: list[object]
) -> None:
    facts = look(tmp_path, top | inner)
    assert [tuple(m[:5]) for m in facts.members] == expected
    assert all(e.path in top | inner for m in facts.members for e in m.evidence)


def test_one_project_at_the_top_has_no_members(tmp_path: Path) -> None:
    assert look(tmp_path, {"package.json": '{"name": "a"}', "src/a.js": "x\n"}).members == ()


@pytest.mark.parametrize("folder", ["tests/fixtures/app", "examples/app", "docs/site", "src/testdata/m", "my-template"])
def test_projects_that_are_looked_at_are_no_members(tmp_path: Path, folder: str) -> None:
    manifest = '{"name": "x", "dependencies": {"react": "1"}}'
    facts = look(tmp_path, {"a.py": "x = 1\n", f"{folder}/package.json": manifest, f"{folder}/a.js": "x\n"})
    assert (facts.members, facts.frameworks, facts.package_managers) == ((), (), ())


def test_a_stub_manifest_and_one_without_code_are_no_members(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "package.json": '{"name": "a"}',
            "src/a.js": "x\n",
            "hooks/package.json": '{"name": "a/hooks", "main": "../dist/hooks.js"}',
            "hooks/a.js": "x\n",
            "android/build.gradle": "plugins { id 'com.android.library' }\n",
            "android/tool.py": "x = 1\n",
        },
    )
    assert (facts.members, [f.name for f in facts.frameworks]) == ((), [])
    assert [f.name for f in facts.package_managers] == ["npm"]


def test_a_member_with_two_manifests_is_one_row(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "package.json": '{"workspaces": ["bindings"]}',
            "bindings/package.json": '{"name": "b"}',
            "bindings/Cargo.toml": '[package]\nname = "b-rs"\n',
            "bindings/src/lib.rs": "x\nx\n",
            "bindings/i.js": "x\n",
        },
    )
    (member,) = facts.members
    assert member[:5] == ("bindings", "b", "npm workspace", ("Rust", "JavaScript"), ("npm", "cargo"))


@pytest.mark.parametrize(
    ("folder", "pattern", "expected"),
    [
        ("packages/a", "packages/*", True),
        ("packages/a/b", "packages/*", False),
        ("packages/a/b", "packages/**", True),
        ("packages", "packages/**", True),
        ("a/x/y/b", "a/**/b", True),
        ("apps/web", "{apps,libs}/*", True),
        ("other/web", "{apps,libs}/*", False),
        ("crates/core-x", "crates/core-*", True),
        ("/".join("a" * 40), "/".join(["**"] * 20) + "/b", False),
    ],
)
def test_globs_of_workspaces(folder: str, pattern: str, expected: bool) -> None:
    assert glob(folder, pattern) is expected
