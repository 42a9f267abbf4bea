"""A project's own rules for ast-grep, tried by the real engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate.cli import main
from tests.support import make_repo

FILES: dict[str, str | bytes | None] = {
    "sgconfig.yml": "ruleDirs: [rules]\ntestConfigs:\n- testDir: rule-tests\n",
    "rules/no-print.yml": "id: no-print\nlanguage: python\nmessage: no\nrule: {pattern: print($A)}\n",
    "rules/no-legacy.yml": "id: no-legacy\nlanguage: Python\nmessage: no\nrule:\n  any:\n  - pattern: legacy($$$)\n",
    "rule-tests/no-legacy-test.yml": "id: no-legacy\nvalid: [ok()]\ninvalid: [legacy(1)]\n",
    "rules/blind.yml": "id: blind\nlanguage: ts\nmessage: no\nrule: {pattern: never_there($A)}\n",
    "rule-tests/blind-test.yml": "id: blind\ninvalid: [something(else)]\n",
    "rules/odd.yml": "id: odd\nlanguage: python\nmessage: no\nrule: {kind: call, has: {pattern: x}}\n",
    "rules/of-go.yml": "id: of-go\nlanguage: go\nmessage: no\nrule: {pattern: panic($A)}\n",
    "a.py": "x = 1\n",
    "b.ts": "export const x = 1;\n",
}


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
def test_each_rule_is_tried_on_what_it_must_find(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", FILES)
    monkeypatch.delenv("QUALITYGATE_OFFLINE", raising=False)
    assert main(["bootstrap", "--dry-run", "--json", "--agents", "none", str(root)]) == 0, capsys.readouterr().err
    rows = {row["what"]: row for row in json.loads(capsys.readouterr().out)["house_rules"]}
    assert {what: row["fires"] for what, row in rows.items()} == {
        "rule no-print": True,
        "rule no-legacy": True,
        "rule blind": False,
        "rule odd": None,
        "rule of-go": None,
    }
    assert rows["rule blind"]["why"] == "it does not find the code that its test or pattern names"
    assert rows["rule odd"]["why"].startswith("no test says what is invalid, and its pattern is no code; where")
    assert rows["rule of-go"]["why"].startswith("rules are tried for Python, JavaScript and TypeScript")
