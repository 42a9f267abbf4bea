from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from identify import extensions, identify

from qualitygate.inspection.facts import Kind
from qualitygate.inspection.frameworks import ECOSYSTEMS, known_frameworks
from qualitygate.inspection.languages import LANGUAGES, language_of
from qualitygate.inspection.requirements import canonical
from qualitygate.inspection.tool_table import PACKAGED, KnownTool, known_tools

TRACES = ("files", "table", "section", "runs", "hooks", "actions", "packages", *PACKAGED, "tests", "compiles")


@pytest.mark.parametrize("tool", known_tools().values(), ids=lambda tool: tool.name)
def test_row_is_usable(tool: KnownTool) -> None:
    assert tool.kind in get_args(Kind)
    assert any(getattr(tool, trace) for trace in TRACES)
    for trace in TRACES:
        values = getattr(tool, trace)
        assert all(isinstance(v, str) and v == v.strip() for v in values)
        assert len(values) == len(set(values))
    assert all(len(words.split()) <= 2 for words in tool.runs)
    assert all("@" not in action and action.count("/") >= 1 for action in tool.actions)
    assert all("/" not in name for name in tool.files)
    assert all(canonical(name) == name for name in tool.packages)


@pytest.mark.parametrize("trace", TRACES)
def test_no_trace_means_two_tools(trace: str) -> None:
    counts = Counter(value for tool in known_tools().values() for value in getattr(tool, trace))
    assert [value for value, count in counts.items() if count > 1] == []


def test_tags_of_languages_exist_and_are_distinct() -> None:
    every = {tag for tags in (*extensions.EXTENSIONS.values(), *extensions.NAMES.values()) for tag in tags}
    counts = Counter(tag for known in LANGUAGES for tag in known.tags)
    assert set(counts) - every <= {"gradle"}
    assert max(counts.values()) == 1
    assert len({known.name for known in LANGUAGES}) == len(LANGUAGES)


def test_framework_names_are_canonical_and_distinct() -> None:
    names = [name for f in known_frameworks() for name in f.python]
    assert names == [canonical(name) for name in names]
    assert len(set(names)) == len(names)


def test_frameworks_have_traces_and_bring_known_ones() -> None:
    known = {f.name for f in known_frameworks()}
    for framework in known_frameworks():
        assert framework.python or any(getattr(framework, ecosystem) for ecosystem in ECOSYSTEMS), framework.name
        assert not framework.brings or framework.brings in known
        assert bool(framework.module or framework.notebook) == bool(framework.python), framework.name


@pytest.mark.parametrize("tool", known_tools().values(), ids=lambda tool: tool.name)
def test_what_a_tool_is_implied_by_exists(tool: KnownTool) -> None:
    assert set(tool.compiles) <= {known.name for known in LANGUAGES}
    assert not tool.beside or tool.beside in PACKAGED
    assert not tool.compiles or tool.beside
    assert tool.kind not in tool.also


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.py", "Python"),
        ("a.pyi", "Python"),
        ("a.ipynb", "Jupyter Notebook"),
        ("a.h", "C/C++ header"),
        ("a.c", "C"),
        ("a.cpp", "C++"),
        ("a.tsx", "TypeScript"),
        ("a.jsx", "JavaScript"),
        ("a.mdx", "MDX"),
        ("a.rst", "reStructuredText"),
        ("a.sql", "SQL"),
        ("a.svg", ""),
        ("a.png", ""),
        ("a.txt", ""),
        ("uv.lock", ""),
        ("Cargo.lock", ""),
        ("Cargo.toml", "TOML"),
        ("pom.xml", "XML"),
        ("pnpm-lock.yaml", "YAML"),
        ("build.gradle", "Gradle"),
        ("Dockerfile", "Dockerfile"),
        ("Dockerfile.playwright", "Dockerfile"),
        ("Makefile", "Makefile"),
        ("run.cmd", "Batch"),
        ("schema.prisma", "Prisma"),
        ("LICENSE", ""),
    ],
)
def test_language_of_a_name(name: str, language: str) -> None:
    assert language_of(name, identify.tags_from_filename(name)) == language
