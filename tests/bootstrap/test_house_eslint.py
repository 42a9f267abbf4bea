"""Restrictions that a project's settings for ESLint make are tried; the program is one that answers as ESLint does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from qualitygate.cli import main
from tests.support import make_repo, write

CONFIG = {
    "rules": {
        "no-restricted-imports": [2, "lodash", "never-found"],
        "no-restricted-syntax": [2, "WithStatement", "CallExpression[callee.name='setTimeout']"],
        "no-restricted-globals": ["off", "event"],
        "no-restricted-properties": [2, {"object": "Math", "property": "po-w"}],
    }
}
ESLINT = """#!{python}
import json, pathlib, sys

if any(word.startswith("--print-config=./src/") for word in sys.argv):
    print({config!r})
    sys.exit()
path = pathlib.Path("src/a.js").resolve()
rows = []
for number, line in enumerate(path.read_text().splitlines(), 1):
    for text, rule in (("lodash", "no-restricted-imports"), ("setTimeout", "no-restricted-syntax")):
        if text in line:
            rows.append(dict(ruleId=rule, severity=2, message=text, line=number, column=1))
    if line.startswith("with"):
        rows = [dict(ruleId=None, fatal=True, severity=2, message="Parsing error: with", line=number, column=1)]
        break
found = dict(filePath=str(path), messages=rows, errorCount=len(rows), warningCount=0, fatalErrorCount=0)
print(json.dumps([found]))
sys.exit(bool(rows))
"""


def test_each_restriction_is_tried_on_code_made_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files: dict[str, str | bytes | None] = {
        "package.json": '{"devDependencies": {"eslint": "9"}}',
        "eslint.config.js": "module.exports = [];\n",
        "src/a.js": "export const a = 1;\n",
        ".gitignore": "node_modules/\n",
    }
    root = make_repo(tmp_path / "js", files)
    monkeypatch.chdir(root)
    program = ESLINT.format(python=sys.executable, config=json.dumps(CONFIG))
    write(root, {"node_modules/eslint/package.json": '{"version": "9.0.0"}', "node_modules/.bin/eslint": program})
    (root / "node_modules/.bin/eslint").chmod(0o755)
    assert main(["bootstrap", "--json", "--no-install", "--trust", "."]) == 0
    rows = json.loads(capsys.readouterr().out)["house_rules"]
    assert {row["what"]: row["fires"] for row in rows} == {
        "no-restricted-imports lodash": True,
        "no-restricted-imports never-found": False,
        "no-restricted-syntax WithStatement": None,
        "no-restricted-syntax CallExpression[callee.name='setTimeout']": True,
        "no-restricted-properties Math.po-w": None,
    }
    whys = {row["what"]: row["why"] for row in rows}
    assert whys["no-restricted-syntax WithStatement"] == "code made for it does not parse in that file"
    assert whys["no-restricted-properties Math.po-w"] == "no code is made for it"
    assert {row["path"] for row in rows} == {"eslint.config.js"}
