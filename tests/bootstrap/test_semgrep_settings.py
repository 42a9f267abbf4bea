from __future__ import annotations

from typing import Any

import pytest

from qualitygate.bootstrap import semgrep_seeds, semgrep_settings
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.seeds import Expected, Ground, plant
from qualitygate.checks.tools.semgrep import READ_IN_PART
from qualitygate.inspection.facts import Fact, Facts, Language
from qualitygate.model import Check, Entry, Finding, Report
from qualitygate.playbook import load_playbooks
from qualitygate.rule_pack import load_pack

PACK = load_pack()
PLAYBOOK = next(one for one in load_playbooks() if one.stack == "python")


def facts(*languages: str, frameworks: tuple[str, ...] = (), tests: tuple[str, ...] = ()) -> Facts:
    counted = {name: Language(1, 1000) for name in languages}
    roles: Any = dict.fromkeys(tests, "test")
    return Facts(languages=counted, frameworks=tuple(Fact(name, ()) for name in frameworks), roles=roles)


def tried(found: Facts) -> set[str]:
    return set(semgrep_settings.candidates(PACK, found))


def test_a_rule_is_tried_where_its_language_is() -> None:
    assert {"sql-from-text", "swallowed-exception"} <= tried(facts("Python"))
    assert not {"sql-from-template", "awaited-without-look"} & tried(facts("Python"))
    assert "sql-from-template" in tried(facts("JavaScript")) and "awaited-without-look" not in tried(
        facts("JavaScript")
    )
    assert {"sql-from-template", "awaited-without-look"} <= tried(facts("TypeScript"))
    assert tried(facts("Go")) == set()


def test_a_rule_about_a_framework_is_tried_only_where_that_is_used() -> None:
    react, express = {"effect-is-async", "html-from-variable"}, {"error-handler-of-three", "answered-twice"}
    assert not (react | express) & tried(facts("TypeScript"))
    assert react <= tried(facts("TypeScript", frameworks=("React", "Vite")))
    assert not express & tried(facts("TypeScript", frameworks=("React", "Vite")))
    assert express <= tried(facts("JavaScript", frameworks=("Express",)))


def test_a_rule_about_tests_is_tried_only_where_there_are_some() -> None:
    assert "test-runs-alone" not in tried(facts("TypeScript"))
    assert "test-runs-alone" in tried(facts("TypeScript", tests=("a.test.ts",)))
    both = tried(facts("Python", "TypeScript", tests=("a.test.ts",)))
    assert "test-runs-alone" in both and "sleep-in-test" not in both, "no test in Python could prove it"


def finding(rule: str, path: str) -> Finding:
    return Finding("semgrep", rule, path, 1, 1, 1, 1, "m")


def test_what_the_engine_cannot_read_whole_is_left_out_unless_that_is_most_of_it() -> None:
    torn = tuple(finding(READ_IN_PART, f"{n}.ts") for n in range(11))
    other = finding("semgrep:swallowed-error", "b.ts")
    assert semgrep_settings.read_in_part(Report((*torn[:2], other), 5, "cannot")) == ("0.ts", "1.ts")
    assert len(semgrep_settings.read_in_part(Report(torn, 200, "cannot"))) == 11
    assert semgrep_settings.read_in_part(Report(torn, 100, "cannot")) == ()


def test_how_many_findings_are_many_depends_on_the_code_in_the_rules_languages() -> None:
    rules = [rule for rule in PACK if rule.id in ("swallowed-error", "swallowed-exception")]
    found = tuple(finding(f"semgrep:{rule.id}", f"{n}") for rule in rules for n in range(30))
    big = {"Python": Language(1, 100_000), "TypeScript": Language(1, 1000)}
    kept, dropped = semgrep_settings.settle(rules, Report(found, 60), PLAYBOOK, Facts(languages=big))
    assert kept == ("swallowed-exception",)
    assert [(row.rule, row.findings) for row in dropped] == [("semgrep:swallowed-error", 30)]


def test_a_seed_goes_into_files_of_its_language() -> None:
    found = semgrep_seeds.examples(
        ["html-from-variable", "swallowed-exception", "awaited-without-look"], (), lambda path: None
    )
    assert set(semgrep_seeds.for_host(found, "a.py")) == {"semgrep:swallowed-exception"}
    assert set(semgrep_seeds.for_host(found, "a.js")) == {"semgrep:html-from-variable"}
    assert set(semgrep_seeds.for_host(found, "a.mts")) == {"semgrep:awaited-without-look"}
    assert set(semgrep_seeds.for_host(found, "a.tsx")) == {"semgrep:html-from-variable", "semgrep:awaited-without-look"}
    assert semgrep_seeds.for_host(found, "a.go") == {}


def planted(rules: list[str], files: dict[str, bytes]) -> dict[str, tuple[Expected, ...]]:
    roles: Any = {path: "source" for path in files if not path.startswith(".")}
    ground = Ground({path: Entry("100644", "0") for path in files}, files.get, Facts(roles=roles), ())
    check = PlannedCheck("semgrep", "semgrep", "ratchet", "commit", "", {"rules": rules})
    (planting,) = plant(check, Check("semgrep", "semgrep", "ratchet", "commit", "", {}), ground, [*roles])
    assert all(data != files[path] for path, data in planting.files.items())
    return dict(planting.groups)


def test_each_rule_is_to_be_found_where_it_can_be() -> None:
    groups = planted(
        ["swallowed-exception", "swallowed-error"], {"a.py": b"x = 1\n", "b.ts": b"x;\n", "c.tsx": b"x;\n"}
    )
    assert {one.path for one in groups["semgrep:swallowed-error"]} == {"b.ts", "c.tsx"}
    assert {one.path for one in groups["semgrep:swallowed-exception"]} == {"a.py"}
    assert {one.path for one in groups["files of role source"]} == {"a.py", "b.ts", "c.tsx"}


@pytest.mark.parametrize("test", ({}, {".qualitygate/rules/own.go": b"// ruleid: own\n"}))
def test_a_rule_that_cannot_be_planted_is_not_proven_in_silence(test: dict[str, bytes]) -> None:
    own = b"rules: [{id: own, languages: [typescript]}]"
    groups = planted(["swallowed-error"], {"b.ts": b"x;\n", ".qualitygate/rules/own.yml": own, **test})
    assert groups["semgrep:own"] == (Expected("semgrep:own", "", 0),)


def test_the_test_of_an_own_rule_may_be_in_any_language() -> None:
    own = b"rules: [{id: own, languages: [typescript]}]"
    files = {".qualitygate/rules/own.yml": own, ".qualitygate/rules/own.ts": b"// ruleid: own\nx();\n", "b.ts": b"y;\n"}
    assert [one.path for one in planted([], files)["semgrep:own"]] == ["b.ts"]
