from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate import git
from qualitygate.bootstrap import prove
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.seeds import Ground, plant
from qualitygate.checks.catalogue import TOOLS
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check
from qualitygate.playbook import load_playbooks
from tests.support import make_repo

FILES: dict[str, str | bytes | None] = {
    "eslint.config.js": 'import rules from "./lint/rules.js";\n\nexport default rules;\n',
    "lint/rules.js": "export default [];\n",
    "src/a.js": "export const a = 1;\n",
    "package.json": json.dumps({"name": "a"}),
}
ESLINT = Check("eslint", "eslint", "ratchet", "commit", "", {"environment": "project"})


def ground(root: Path) -> Ground:
    repo = git.find_repo(make_repo(root, FILES))
    seeds = [seed for book in load_playbooks(tools=tuple(TOOLS)) for seed in book.seeds]
    entries = git.entries(repo, "HEAD")
    facts = Facts(roles=dict.fromkeys(FILES, "source"))
    return Ground(entries, lambda path: (root / path).read_bytes() if path in FILES else None, facts, seeds)


def test_settings_that_are_code_are_told_from_code(tmp_path: Path) -> None:
    found = prove._executed(TOOLS["eslint"], ESLINT, ground(tmp_path / "r"))
    assert found == {"eslint.config.js", "lint/rules.js"}


def test_nothing_is_planted_where_a_plugin_would_run_it() -> None:
    """A plugin of eslint loads `tailwind.config.cjs`: with a seed in it, it stopped, and no seed was found anywhere."""
    settings = ("tailwind.config.cjs", "web/vite.config.ts", ".storybookrc.js", "plopfile.mjs")
    assert prove._hosts((*settings, "src/config.ts", "src/app.config/a.ts"), ()) == (
        "src/config.ts",
        "src/app.config/a.ts",
    )
    assert prove._hosts(settings, ("plopfile.mjs",)) == settings[:-1]


@pytest.mark.parametrize(("tool", "rule"), (("eslint", "eslint:fatal"), ("biome", "biome:parse")))
def test_a_seed_that_does_not_parse_hides_no_other(tmp_path: Path, tool: str, rule: str) -> None:
    planned = PlannedCheck(tool, tool, "ratchet", "commit", "", {})
    first, last = plant(planned, Check(tool, tool, "ratchet", "commit", "", {}), ground(tmp_path / "r"), ["src/a.js"])
    rules = [{one.rule for rows in planting.groups.values() for one in rows} for planting in (first, last)]
    assert rule not in rules[0] and len(rules[0]) > 3
    assert rules[1] == {rule}
    assert b"( {" not in first.files["src/a.js"]
