"""What adapters of row and diff printing tools tell their programs, where it depends on the tree."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import hadolint, maven, rustfmt
from qualitygate.errors import ToolError
from qualitygate.process import Output
from tests.support import write

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><build><plugins>
<plugin><artifactId>maven-checkstyle-plugin</artifactId>%s</plugin></plugins></build></project>"""
RUN = "<execution>%s<phase>verify</phase><goals><goal>check</goal></goals></execution>"
PLUGIN = maven.Plugin("org.apache.maven.plugins", "maven-checkstyle-plugin", "check", "You have ")


def told(tool: str, root: Path, *files: str) -> tuple[str, ...]:
    request = Request(tool, os.fspath(root), files, f"/bin/{tool}", {}, os.fspath(root.parent / "cache"))
    return TOOLS[tool].command(request).argv


@pytest.mark.parametrize(
    ("executions", "goals"),
    (
        ("", ["default-cli"]),
        (f"<executions>{RUN % ''}</executions>", ["default"]),
        (f"<executions>{RUN % '<id>a</id>'}{RUN % '<id>b</id>'}</executions>", ["a", "b"]),
    ),
)
def test_maven_runs_each_execution_that_the_project_has(tmp_path: Path, executions: str, goals: list[str]) -> None:
    write(tmp_path, {"pom.xml": POM % executions})
    argv = told("checkstyle", tmp_path, "A.java")
    assert [word.rpartition("@")[2] for word in argv if "@" in word] == goals
    assert "--offline" in argv


def test_a_plugin_that_the_build_does_not_name_is_not_run_with_its_own_rules(tmp_path: Path) -> None:
    write(tmp_path, {"pom.xml": POM % ""})
    with pytest.raises(ToolError, match="does not name spotless-maven-plugin"):
        told("spotless", tmp_path, "A.java")
    with pytest.raises(ToolError, match=r"cannot read pom\.xml"):
        told("spotless", tmp_path / "elsewhere", "A.java")


def test_an_execution_that_fails_keeps_later_ones_from_running() -> None:
    said = "".join(f"[INFO] --- checkstyle:3.6.0:check ({name}) @ m ---\n" for name in "ab")
    said += "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-checkstyle-plugin:3.6.0:check (a) "
    said += "on project m: You have 2 Checkstyle violations. -> [Help 1]\n[INFO] Build failures were ignored.\n"
    found = maven.failures(Output(0, said.encode(), b""), PLUGIN)
    assert not isinstance(found, list)
    assert found.reason == "m fails in one of 2 executions, and later ones did not run"


def test_golangci_lint_is_told_in_the_words_of_its_version(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"no go\.mod"):
        told("golangci-lint", tmp_path, "a.go")
    write(tmp_path, {"go.mod": "module m\n", ".golangci.yml": "linters:\n  enable: [govet]\n"})
    assert "--out-format=json" in told("golangci-lint", tmp_path, "a.go")
    write(tmp_path, {".golangci.yml": 'version: "2"\n'})
    assert "--output.json.path=stdout" in told("golangci-lint", tmp_path, "a.go")


def test_settings_above_the_tree_are_not_taken(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    write(root, {"a/b.sh": "", "c/.shellcheckrc": ""})
    assert "--norc" in told("shellcheck", root, "a/b.sh")
    assert "--norc" not in told("shellcheck", root, "a/b.sh", "c/d.sh")
    assert any(word.startswith("--config=") for word in told("zizmor", root, ".github/workflows/a.yml"))
    write(root, {".github/zizmor.yml": ""})
    assert not any(word.startswith("--config=") for word in told("zizmor", root, ".github/workflows/a.yml"))


@pytest.mark.parametrize(
    ("tool", "files", "named"),
    (
        ("clippy", {"Cargo.toml": b"", "build.rs": b""}, ("Cargo.toml", "build.rs")),
        ("rustfmt", {"Cargo.toml": b"", "rust-toolchain": b""}, ("rust-toolchain",)),
        ("checkstyle", {"pom.xml": b""}, ("pom.xml",)),
        ("rubocop", {".rubocop.yml": b""}, (".rubocop.yml",)),
        ("tflint", {".tflint.hcl": b""}, (".tflint.hcl",)),
        ("markdownlint", {".markdownlint.yaml": b"MD013: false"}, ()),
        ("markdownlint", {".markdownlint-cli2.yaml": b"customRules: [a]"}, (".markdownlint-cli2.yaml",)),
        ("markdownlint", {".markdownlint.cjs": b""}, (".markdownlint.cjs",)),
        ("sqlfluff", {".sqlfluff": b"[sqlfluff]\ntemplater = jinja\n"}, ()),
        ("sqlfluff", {".sqlfluff": b"[sqlfluff]\ntemplater = dbt\n"}, (".sqlfluff",)),
        ("sqlfluff", {".sqlfluff": b"[sqlfluff:templater:jinja]\nlibrary_path = lib\n"}, (".sqlfluff",)),
        ("golangci-lint", {".golangci.yml": b"linters-settings:\n  custom:\n"}, (".golangci.yml",)),
        ("pymarkdown", {".pymarkdown": b'{"plugins": {"additional_paths": "a.py"}}'}, (".pymarkdown",)),
        ("gofmt", {"go.mod": b""}, ()),
    ),
)
def test_what_makes_it_execute_code_of_the_tree(tool: str, files: dict[str, bytes], named: tuple[str, ...]) -> None:
    assert traits.executes(TOOLS[tool], files.get) == named


@pytest.mark.parametrize(
    ("path", "wanted"),
    (
        ("Dockerfile", True),
        ("a/Containerfile", True),
        ("Dockerfile.dev", True),
        ("web.Dockerfile", True),
        ("web.dockerfile", True),
        ("Dockerfile.dockerignore", False),
        ("dockerfile.py", False),
        ("docs/Docker.md", False),
    ),
)
def test_what_is_a_dockerfile(path: str, wanted: bool) -> None:
    assert hadolint.wants(path) is wanted


def test_the_edition_of_a_file_is_that_of_its_crate(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": '[workspace.package]\nedition = "2021"\n', "a/Cargo.toml": 'edition = "2018"\n'})
    write(tmp_path, {"b/Cargo.toml": "edition.workspace = true\n"})
    for path, edition in (("a/src/lib.rs", "2018"), ("b/src/lib.rs", "2021"), ("lib.rs", "2021")):
        request = Request("rustfmt", os.fspath(tmp_path), (path,), "/bin/cargo", {}, "/cache")
        assert f"--edition={edition}" in rustfmt.range_command(request, path, b"", 1, 1).argv
