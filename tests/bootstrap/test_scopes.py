from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from qualitygate.bootstrap.scopes import narrowed, roots, slug
from qualitygate.checks.tool import Tool
from qualitygate.inspection.facts import Evidence, Fact, Facts


def tool(reach: str = "topmost") -> Tool:
    return cast(Tool, SimpleNamespace(reach=reach, config_files=("eslint.config.js", "package.json")))


def fact(*paths: str) -> Fact:
    return Fact("ESLint", tuple(Evidence(path, 0, "") for path in paths))


NAMES = ("package.json", "web/package.json", "web/admin/package.json", "api/package.json")


@pytest.mark.parametrize(
    ("found", "places"),
    (
        (fact("eslint.config.js", "web/eslint.config.js"), ("",)),
        (fact("web/eslint.config.js", "web/admin/eslint.config.js", ".github/workflows/ci.yml"), ("web",)),
        (fact("web/eslint.config.js", "api/eslint.config.js", "package.json"), ("api", "web")),
        (fact("web/package.json"), ("web",)),
        (fact("web/config/eslint.config.js"), ("web",)),
        (fact(".github/linters/eslint.config.js"), ("",)),
        (fact(".pre-commit-config.yaml"), ("",)),
        (None, ("",)),
    ),
)
def test_a_tool_belongs_where_its_settings_lie(found: Fact | None, places: tuple[str, ...]) -> None:
    assert roots(tool(), found, NAMES) == places


def test_a_tool_that_finds_nested_settings_itself_is_started_once() -> None:
    assert roots(tool("whole"), fact("web/eslint.config.js", "api/eslint.config.js"), NAMES) == ("",)


def test_a_tool_that_does_not_is_started_in_each_folder() -> None:
    found = fact("eslint.config.js", "web/eslint.config.js")
    assert roots(tool("each"), found, NAMES) == ("", "web")


def test_facts_about_one_folder() -> None:
    facts = Facts(
        linters=(fact("web/eslint.config.js", "package.json"), fact("api/eslint.config.js")),
        source_roots=("web", "web/src", "website"),
        roles={"web/src/a.ts": "source", "api/b.ts": "source"},
    )
    inner = narrowed(facts, "web")
    assert [row.files for row in inner.linters] == [("eslint.config.js",)]
    assert inner.source_roots == (".", "src")
    assert inner.roles == {"src/a.ts": "source"}
    assert narrowed(facts, "") is facts


def test_a_folder_as_part_of_a_name() -> None:
    assert slug("packages/@acme/web.app") == "packages--acme-web-app"
