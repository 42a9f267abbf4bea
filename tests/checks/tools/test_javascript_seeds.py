from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualitygate.checks.tools import biome, biome_format, eslint, oxlint, prettier
from qualitygate.globs import matches
from qualitygate.model import Report
from qualitygate.playbook import Seed, load_playbooks
from tests.recorded import execute, install, lay_out, request_for

BOOK = next(book for book in load_playbooks() if book.stack == "javascript")
# A file such as a repository has: a seed must be red in company, not only alone.
HOST = 'import { join } from "node:path";\n\nexport function ordinary(value) {\n  return join(value, "x");\n}\n'
LINTED = next(check for check in BOOK.checks if check.name == "oxlint").options["rules"]


def of(tool: str) -> tuple[Seed, ...]:
    return tuple(seed for seed in BOOK.seeds if seed.rule.startswith(f"{tool}:"))


def fits(seed: Seed, path: str) -> bool:
    return not seed.files or matches(path, seed.files)


def planted(seeds: tuple[Seed, ...], end: str) -> dict[str, str | bytes | None]:
    files: dict[str, str | bytes | None] = {f"host.{end}": HOST}
    for number, seed in enumerate(seeds):
        path = f"{seed.rule.partition(':')[2]}.{end}"
        if fits(seed, path):
            files[path] = f"{HOST}\n\n{seed.text.replace('_seeded', f'_seeded_{number}')}\n"
    return files


def rules_by_file(report: Report) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in report.findings:
        found.setdefault(finding.path, set()).add(finding.rule)
    return found


def test_every_rule_of_oxlint_that_is_tried_has_a_seed_and_a_reason() -> None:
    assert [seed.rule for seed in of("oxlint")] == [f"oxlint:{rule}" for rule in LINTED]
    text = (Path(__file__).parents[3] / "playbooks" / "javascript" / "playbook.toml").read_text()
    assert re.findall(r'^    "([\w-]+)", # \S', text, re.MULTILINE) == list(LINTED)


def test_every_tool_has_a_seed_that_is_red_under_any_settings() -> None:
    rules = {seed.rule for seed in BOOK.seeds}
    assert {eslint.FATAL, biome.PARSE, prettier.RULE, biome_format.RULE} <= rules


def test_seeds_define_only_names_of_their_own() -> None:
    for seed in BOOK.seeds:
        names = re.findall(
            r"^(?:export )?(?:async )?(?:function\*?|class|const|let) +(\w+)", seed.text.strip(), re.MULTILINE
        )
        assert names and all("seeded" in name.lower() for name in names), seed


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
@pytest.mark.parametrize("end", ("js", "ts"))
def test_a_seed_of_oxlint_makes_its_rule_fire_and_no_other(end: str, tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "oxlint@1")
    files = planted(of("oxlint"), end)
    root = lay_out(tmp_path / "tree", files)
    report = execute(oxlint, request_for(oxlint, root, programs / "oxlint", rules=list(LINTED), environment="none"))
    assert (report.reason, report.looked_at) == ("", len(files))
    expected = {path: {f"oxlint:{path.rpartition('.')[0]}"} for path in files if path != f"host.{end}"}
    assert rules_by_file(report) == expected


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_a_seed_of_eslint_makes_its_rule_fire_where_it_is_on(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "eslint@9")
    seeds = of("eslint")
    rules = ", ".join(f'"{seed.rule.partition(":")[2]}": "error"' for seed in seeds if seed.rule != eslint.FATAL)
    files = {**planted(seeds, "js"), "eslint.config.mjs": f"export default [{{ rules: {{ {rules} }} }}];\n"}
    root = lay_out(tmp_path / "tree", files, programs.parent)
    report = execute(eslint, request_for(eslint, root, programs / "eslint"))
    assert report.reason == ""
    found = rules_by_file(report)
    for seed in seeds:
        assert seed.rule in found.get(f"{seed.rule.partition(':')[2]}.js", set()), seed.rule
    assert "host.js" not in found


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_seeds_of_biome_and_prettier_are_red(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "@biomejs/biome@2", "prettier@3")
    seeds = (*of("biome"), *of("prettier"))
    files = {**planted(seeds, "ts"), "biome.json": "{}", ".prettierrc": "{}"}
    root = lay_out(tmp_path / "tree", files, programs.parent)
    found = rules_by_file(execute(biome, request_for(biome, root, programs / "biome", environment="none")))
    for seed in of("biome"):
        assert seed.rule in found.get(f"{seed.rule.partition(':')[2]}.ts", set()), seed.rule
    report = execute(prettier, request_for(prettier, root, programs / "prettier"))
    assert prettier.RULE in rules_by_file(report)["unformatted.ts"]
    report = execute(biome_format, request_for(biome_format, root, programs / "biome", environment="none"))
    assert biome_format.RULE in rules_by_file(report)["unformatted.ts"]
