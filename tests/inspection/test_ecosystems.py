"""What manifests of each ecosystem say, and the hazards met in real repositories, each as a small made-up tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.inspection.facts import Facts
from qualitygate.inspection.inspect import inspect
from tests.support import make_repo

GRADLE = """
plugins {
  id 'java'
  id 'checkstyle'
  id 'org.springframework.boot' version '3.2.0' // id 'org.gone'
}
java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }
dependencies {
  implementation 'org.springframework.boot:spring-boot-starter-data-jpa'
  testImplementation 'org.testcontainers:testcontainers-junit-jupiter'
}
tasks.named('test') { useJUnitPlatform() }
"""
POM = """<?xml version="1.0" encoding="ISO-8859-1"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <artifactId>shop</artifactId>
  <properties><release>11</release><maven.compiler.release>${release}</maven.compiler.release></properties>
  <dependencies>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency>
  </dependencies>
  <build><plugins><plugin><artifactId>spotless-maven-plugin</artifactId></plugin></plugins></build>
</project>
"""


def look(tmp_path: Path, files: dict[str, str]) -> Facts:
    return inspect(make_repo(tmp_path / "r", files))


def names(facts: Facts, key: str) -> list[str]:
    return [fact.name for fact in getattr(facts, key)]


def runtimes(facts: Facts) -> dict[str, str | None]:
    return {name: fact.name if fact else None for name, fact in facts.min_runtime.items()}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"package.json": '{"name": "a", "engines": {"node": ">= 18.2"}}', "i.js": "x\n"}, {"node": "18.2"}),
        ({"package.json": '{"name": "a"}', ".nvmrc": "v16.18.0\r\n", "i.js": "x\n"}, {"node": "16.18.0"}),
        ({"package.json": '{"name": "a"}', "bun.lock": "", "i.ts": "x\n"}, {}),
        ({"package.json": '{"name": "a"}', ".tool-versions": "nodejs 20.1.0\n", "i.js": "x\n"}, {"node": "20.1.0"}),
        ({"Cargo.toml": '[package]\nname = "a"\nrust-version = "1.70"\n'}, {"rust": "1.70"}),
        ({"Cargo.toml": '[package]\nname = "a"\n', "rust-toolchain": "1.65.0\n"}, {"rust": "1.65.0"}),
        ({"go.mod": "module a\n\ngo 1.21\n"}, {"go": "1.21"}),
        ({"pom.xml": POM}, {"java": "11"}),
        ({"build.gradle": GRADLE}, {"java": "17"}),
        ({"build.gradle.kts": "kotlin {\n  jvmToolchain(21)\n}\n"}, {"java": "21"}),
        ({"build.gradle": "sourceCompatibility = JavaVersion.VERSION_1_8\n"}, {"java": "8"}),
        ({"Gemfile": "gem 'rails'\n", ".ruby-version": "ruby-3.3.1\n"}, {"ruby": "3.3.1"}),
        ({"a.gemspec": "Gem::Specification.new { |s|\n s.required_ruby_version = '>= 2.7'\n}\n"}, {"ruby": "2.7"}),
        ({"composer.json": '{"require": {"php": "^8.2"}}'}, {"php": "8.2"}),
        (
            {"a.csproj": "<Project><TargetFrameworks>net8.0;net6.0;netstandard2.0</TargetFrameworks></Project>"},
            {"dotnet": "6.0"},
        ),
        ({"versions.tf": 'terraform {\n  required_version = ">= 1.3"\n}\n'}, {"terraform": "1.3"}),
    ],
)
def test_the_lowest_runtime(tmp_path: Path, files: dict[str, str], expected: dict[str, str]) -> None:
    assert runtimes(look(tmp_path, files)) == expected


def test_two_builds_for_the_jvm_side_by_side(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "pom.xml": POM,
            "build.gradle": GRADLE,
            "gradle/wrapper/gradle-wrapper.jar": "x",
            "gradle/wrapper/a.properties": "x",
            "src/main/java/org/x/shop/App.java": "package org.x.shop;\n" * 3,
            "src/main/java/org/x/shop/a/B.java": "package org.x.shop.a;\n",
            "src/main/resources/a.yml": "a: 1\n",
            "src/main/scss/site.scss": "a\n",
            "src/main/resources/static/site.css": "a\n" * 90,
            "src/test/java/org/x/shop/AppTests.java": "package org.x.shop;\n",
            "src/test/jmeter/plan.jmx": "<x/>",
        },
    )
    assert facts.build_system and facts.build_system.name == "maven and gradle"
    assert names(facts, "package_managers") == ["Maven", "Gradle"]
    assert names(facts, "frameworks") == ["Spring Boot", "Spring Data JPA"]
    assert names(facts, "test_frameworks") == ["JUnit", "Testcontainers"]
    assert (names(facts, "linters"), names(facts, "formatters")) == (["checkstyle"], ["Spotless"])
    assert names(facts, "type_checkers") == ["javac"]
    assert set(facts.source_roots) == {"src/main/java", "src/main/resources", "src/main/scss"}
    assert facts.test_roots == ("src/test/java",)
    assert names(facts, "first_party_packages") == ["org.x.shop"]
    assert "src/main/resources/static/site.css" in names(facts, "generated_or_vendored_paths")


def test_xml_that_declares_entities_is_not_parsed(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE p [<!ENTITY a "aaaa">]><project><artifactId>&a;</artifactId></project>'
    facts = look(tmp_path, {"pom.xml": bomb})
    assert [b.path for b in facts.broken_configuration] == ["pom.xml"]


def test_a_catalogue_of_versions_names_plugins_and_libraries(tmp_path: Path) -> None:
    catalogue = (
        '[libraries]\nktor-server = { module = "io.ktor:ktor-server-core", version = "2" }\n'
        '[plugins]\nspotless = { id = "com.diffplug.spotless", version = "6" }\n'
    )
    script = "plugins { alias(libs.plugins.spotless) }\ndependencies { implementation(libs.ktor.server) }\n"
    facts = look(
        tmp_path,
        {"gradle/libs.versions.toml": catalogue, "build.gradle.kts": script, "src/main/kotlin/A.kt": "package a.b\n"},
    )
    assert (names(facts, "frameworks"), names(facts, "formatters")) == (["Ktor"], ["Spotless"])
    assert names(facts, "first_party_packages") == ["a.b"]


def test_rust_crate_with_settings_that_look_like_source(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "Cargo.toml": '[package]\nname = "find-it"\n[dependencies.clap]\nversion = "4"\n',
            "build.rs": "x\n",
            "src/main.rs": "#[cfg(test)]\nmod t {}\n",
            "benches/b.rs": "x\n",
        },
    )
    assert facts.source_roots == ("src",)
    assert [(f.name, f.files) for f in facts.test_frameworks] == [("cargo test", ("src/main.rs", "Cargo.toml"))]
    assert (names(facts, "type_checkers"), names(facts, "frameworks")) == (["rustc"], ["clap"])
    assert names(facts, "first_party_packages") == ["find-it"]


def test_tests_of_a_crate_need_no_name(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "Cargo.toml": '[workspace]\nmembers = ["crates/a"]\n[package]\nname = "top"\n',
            "crates/core/main.rs": "x\n",
            "crates/a/Cargo.toml": '[package]\nname = "a"\n',
            "crates/a/src/lib.rs": "x\n",
            "crates/a/tests/it/all.rs": "x\n",
        },
    )
    assert facts.test_roots == ("crates/a/tests",)
    assert set(facts.source_roots) == {"crates/core", "crates/a/src"}


def test_go_tests_lie_beside_the_code(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "go.mod": "module x.org/a\n\nrequire (\n\tgithub.com/spf13/cobra v1\n"
            "\tgithub.com/gin-gonic/gin v1 // indirect\n)\n",
            "a.go": "x\n",
            "a_test.go": "x\n",
            "internal/testdata/x.go": "x\n",
            "Makefile": 'fmt:\n\ttest -z "$$(gofmt -l .)"\n',
        },
    )
    assert (facts.source_roots, facts.test_roots) == ((".",), (".",))
    assert names(facts, "frameworks") == ["Cobra"]
    assert names(facts, "formatters") == ["gofmt"]
    assert names(facts, "test_frameworks") == ["go test"]


def test_a_web_application_without_src(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "package.json": '{"name": "site", "scripts": {"build": "contentlayer build && next build"}, '
            '"dependencies": {"next": "13"}}',
            "next.config.mjs": "x\n",
            "middleware.ts": "x\n",
            "tsconfig.json": '{\n  // no\n  "compilerOptions": {"strict": false,},\n}\n',
            "app/page.tsx": 'import "@/styles/a.css"\nfont("../assets/a.woff")\n',
            "lib/a.ts": "x\n",
            "styles/a.css": "a\n",
            "assets/a.woff": "x",
            "public/a.png": "x",
            **{f"components/ui/{n}.tsx": 'import * as D from "@radix-ui/react-dialog"\n' for n in "abcde"},
            "components/own.tsx": "x\n",
        },
    )
    assert set(facts.source_roots) == {"app", "lib", "components", "styles", "assets"}
    assert names(facts, "generated_or_vendored_paths") == ["components/ui"]
    assert facts.build_system and facts.build_system.name == "next"
    assert [(f.name, dict(f.detail)) for f in facts.type_checkers] == [("tsc", {"strict": False})]


def test_a_library_with_its_entry_at_the_top(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "package.json": '{"name": "express", "scripts": {"test": "mocha test/ test/acceptance/"}}',
            ".npmrc": "package-lock=false\n",
            "index.js": "x\n",
            "Gruntfile.js": "x\n",
            "lib/a.js": "x\n",
            "test/a.js": "x\n",
            "test/acceptance/b.js": "x\n",
        },
    )
    assert set(facts.source_roots) == {"lib", "index.js"}
    assert facts.test_roots == ("test", "test/acceptance")
    assert (names(facts, "frameworks"), names(facts, "first_party_packages")) == (["Express"], ["express"])
    assert facts.package_managers[0].files == ("package.json", ".npmrc")


def test_what_scripts_write_is_generated(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "back/mails/a.html": "x\n",
            "back/mails/b.html": "x\n",
            "mail/package.json": '{"name": "m", "scripts": {"export": "email export --outDir ../back/mails"}}',
            "mail/a.tsx": "x\n",
        },
    )
    assert names(facts, "generated_or_vendored_paths") == ["back/mails"]


def test_a_folder_called_build_with_the_build_in_it_is_written_by_hand(tmp_path: Path) -> None:
    files = {"package.json": '{"name": "a"}', "build/build.ts": "x\n", "dist/a.js": "x\n", "dist/b.js": "x\n"}
    facts = look(tmp_path, files)
    assert names(facts, "generated_or_vendored_paths") == ["dist"]


def test_a_whole_language_is_nobodys_library(tmp_path: Path) -> None:
    attributes = "*.js linguist-vendored\nthem/** linguist-vendored\n"
    facts = look(tmp_path, {".gitattributes": attributes, "app.js": "x\n", "them/a.js": "x\n", "them/b.js": "x\n"})
    assert names(facts, "generated_or_vendored_paths") == ["them"]


def test_documentation_out_of_the_statistics_is_not_vendored(tmp_path: Path) -> None:
    files = {"doc/.gitattributes": "* linguist-vendored\n", "doc/a.sh": "#!/bin/sh\n", "doc/a.md": "x\n", "a.rs": "x\n"}
    assert look(tmp_path, files).generated_or_vendored_paths == ()


def test_tracked_node_modules_stay_vendored(tmp_path: Path) -> None:
    attributes = "node_modules/** linguist-generated=false\n"
    files = {".gitattributes": attributes, "node_modules/a/i.js": "x\n", "node_modules/b/i.js": "x\n", "i.js": "x\n"}
    assert names(look(tmp_path, files), "generated_or_vendored_paths") == ["node_modules"]


def test_a_migration_package_of_the_framework_itself_is_source(tmp_path: Path) -> None:
    files = {
        "db/migrations/__init__.py": "",
        "db/migrations/state.py": "x = 1\n",
        "app/migrations/0001_a.py": "x = 1\n",
    }
    roles = dict(look(tmp_path, files | {"app/migrations/__init__.py": ""}).roles)
    assert roles["db/migrations/__init__.py"] == "source"
    assert roles["app/migrations/__init__.py"] == "migration"


def test_dated_migrations_with_what_a_tool_writes_beside_them(tmp_path: Path) -> None:
    files = {f"Data/Migrations/2020010{n}00000_A{n}.cs": "x\n" for n in (1, 2, 3)}
    files |= {"Data/Migrations/DbModelSnapshot.cs": "x\n", "Data/Migrations/Factory.cs": "x\n", "Data/A.cs": "x\n"}
    assert names(look(tmp_path, files), "generated_or_vendored_paths") == ["Data/Migrations"]


def test_a_style_sheet_of_another_project_with_the_same_name(tmp_path: Path) -> None:
    files = {"docs/screen.scss": "a\n", "theme/screen.css": "a\n", "app/a.less": "a\n", "app/css/a.css": "a\n"}
    assert names(look(tmp_path, files), "generated_or_vendored_paths") == ["app/css/a.css"]


def test_headers_are_no_language_of_their_own(tmp_path: Path) -> None:
    files = {
        "include/a.h": "x\n" * 90,
        "src/a.cc": "x\n" * 9,
        "b.h": "x\n",
        "c.h": "x\n",
        "CMakeLists.txt": "project(FMT)\n",
    }
    facts = look(tmp_path, files)
    assert (facts.primary_language, facts.secondary_language) == ("C++", None)
    assert facts.build_system and facts.build_system.name == "cmake"
    assert names(facts, "first_party_packages") == ["FMT"]


def test_a_shell_project_is_source_and_not_scripts(tmp_path: Path) -> None:
    facts = look(tmp_path, {"nvm.sh": "x\n" * 9, "install.sh": "x\n", "test/a": "#!/bin/sh\n", "bin/x": "#!/bin/sh\n"})
    assert (facts.primary_language, facts.source_roots) == ("Shell", (".",))
    assert facts.roles["bin/x"] == "script"


def test_a_terraform_module(tmp_path: Path) -> None:
    files = {
        "main.tf": 'terraform {\n required_version = "1.0"\n}\n',
        "modules/a/main.tf": "x\n",
        "examples/b/main.tf": "x\n",
    }
    facts = look(tmp_path, files)
    assert facts.build_system and facts.build_system.name == "terraform"
    assert set(facts.source_roots) == {".", "modules"}


def test_versions_kept_for_all_projects_are_no_needs(tmp_path: Path) -> None:
    props = '<Project><PackageVersion Include="Microsoft.EntityFrameworkCore" Version="8.0" /></Project>'
    project = '<Project Sdk="Microsoft.NET.Sdk"><PackageReference Include="xunit" /></Project>'
    facts = look(tmp_path, {"Directory.Packages.props": props, "A.csproj": project, "A.cs": "x\n"})
    assert (names(facts, "frameworks"), names(facts, "test_frameworks")) == ([], ["xUnit"])


def test_what_all_projects_of_tests_take_over_counts(tmp_path: Path) -> None:
    files = {
        "All.sln": 'Project("{1}") = "T", "tests\\T\\T.csproj", "{2}"\nEndProject\n',
        "tests/T/T.csproj": "<Project />",
        "tests/T/A.cs": "x\n",
        "tests/Directory.Build.props": '<Project><PackageReference Include="xunit" /></Project>',
        "examples/Directory.Build.props": '<Project><PackageReference Include="NUnit" /></Project>',
    }
    assert names(look(tmp_path, files), "test_frameworks") == ["xUnit"]


@pytest.mark.parametrize(
    ("said", "expected"), [('"private": true', ["Vue"]), ('"private": true, "main": "x.js"', []), ('"name": "a"', [])]
)
def test_a_bundled_application_has_its_packages_in_development(tmp_path: Path, said: str, expected: list[str]) -> None:
    package = f'{{{said}, "devDependencies": {{"vue": "3", "d3": "7"}}}}'
    assert names(look(tmp_path, {"package.json": package, "a.js": "x\n"}), "frameworks") == expected


def test_an_old_setup_that_this_python_cannot_parse(tmp_path: Path) -> None:
    setup = "print 'old'\nsetup(\n    name='r2',\n    packages=['r2'],\n    install_requires=[\n        'Pylons',\n"
    setup += "    ],\n)\n"
    facts = look(tmp_path, {"setup.py": "from setuptools import setup\n" + setup, "r2/__init__.py": "import pylons\n"})
    assert (names(facts, "frameworks"), names(facts, "first_party_packages")) == (["Pylons"], ["r2"])


def test_builds_of_projects_beside_each_other(tmp_path: Path) -> None:
    facts = look(
        tmp_path,
        {
            "backend/pyproject.toml": '[project]\nname = "a"\n[build-system]\nbuild-backend = "hatchling.build"\n',
            "backend/a/__init__.py": "x = 1\n",
            "web/package.json": '{"name": "w", "scripts": {"build": "tsc -p . && vite build"}}',
            "web/src/a.ts": "x\n",
            "web/vite.config.ts": "x\n",
        },
    )
    assert facts.build_system and facts.build_system.name == "hatchling (backend), vite (web)"
    assert set(facts.source_roots) == {"backend/a", "web/src"}


def test_a_linter_that_also_formats_is_both_unless_its_settings_say_no(tmp_path: Path) -> None:
    package = {"package.json": '{"name": "a", "devDependencies": {"@biomejs/biome": "2"}}'}
    assert names(look(tmp_path / "a", package | {"biome.json": "{}"}), "formatters") == ["biome"]
    off = '{"formatter": {"enabled": false} /* by hand */}'
    facts = look(tmp_path / "b", package | {"biome.jsonc": off})
    assert (names(facts, "linters"), names(facts, "formatters")) == (["biome"], [])
