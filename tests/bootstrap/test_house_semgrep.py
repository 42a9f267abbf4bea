from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from qualitygate.bootstrap import house_semgrep
from qualitygate.bootstrap.house_rules import house_rules
from qualitygate.bootstrap.semgrep_seeds import examples, made_up
from qualitygate.cli import main
from tests.support import commit, git, make_repo, write

RULES = """rules:
- id: no-eval
  languages: [python]
  severity: ERROR
  message: no eval
  pattern: eval(...)
- id: no-legacy
  languages: [py]
  severity: ERROR
  message: no legacy
  pattern-either:
  - pattern-regex: legacy\\.call
- id: blind
  languages: [python]
  severity: ERROR
  message: finds nothing
  pattern-regex: never-[0-9]{99}
"""
TEST = "import legacy\n\n# ruleid: no-legacy\nlegacy.call(1)\n"
GO = RULES.replace("[python]", "[go]")


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"pattern": "eval(...)"}, "eval()\n"),
        ({"pattern": "open($PATH, ...)"}, "open(seeded)\n"),
        ({"pattern": 'run("...", shell=True)'}, 'run("seeded", shell=True)\n'),
        ({"patterns": [{"pattern-not": "f()"}, {"pattern": "f($X)"}]}, "f(seeded)\n"),
        ({"pattern-either": [{"pattern": "$A.call(...)"}, {"pattern": "g()"}]}, "seeded.call()\n"),
    ],
)
def test_code_is_made_from_a_plain_pattern(rule: dict[str, object], text: str) -> None:
    assert made_up({**rule, "languages": ["python"]}) == {"py": text}


@pytest.mark.parametrize("pattern", ("<... f() ...>", "def $F(...): ...", "(", 7))
def test_of_a_pattern_that_is_no_code_nothing_is_made(pattern: object) -> None:
    assert made_up({"pattern": pattern, "languages": ["python"]}) == {}


def test_the_test_of_a_rule_comes_before_what_its_pattern_says() -> None:
    files = {".semgrep/a.yml": RULES, ".semgrep/a.py": TEST}
    found = examples((), files, lambda path: files[path].encode() if path in files else None, [".semgrep/a.yml"])
    assert found["no-legacy"]["py"].endswith("legacy.call(1)\n")
    assert (found["no-eval"], found["blind"]) == ({"py": "eval()\n"}, {})


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        (".semgrep/a.yml", RULES, ""),
        ("semgrep.yml", RULES, ""),
        (".semgrep/a.yml", GO, "the file has a rule for go, and rules are tried for Python, JavaScript, TypeScript"),
        ("rules/a.yml", RULES, "only rules in .semgrep/, "),
        (".semgrep/a.yml", "rules: 7\n", ".semgrep/a.yml: must hold a list `rules`"),
    ],
)
def test_which_files_with_rules_are_tried(path: str, text: str, why: str) -> None:
    said = house_semgrep._unfit(path, text.encode())
    assert said.startswith(why) and bool(said) is bool(why)


def test_rules_in_a_folder_of_that_name_are_listed() -> None:
    files = {"rules/a.yml": RULES, "rules/ansible.yml": "rules:\n- id: x\n"}
    rows = house_rules(tuple(files), lambda path: files[path].encode() if path in files else None)
    assert [row.what for row in rows] == ["rule no-eval", "rule no-legacy", "rule blind"]


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.usefixtures("tools")
def test_rules_of_the_project_become_a_check_and_each_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files: dict[str, str | bytes | None] = {
        ".semgrep/house.yml": RULES,
        ".semgrep/house.py": TEST,
        ".semgrep/go.yml": GO,
        "shop/a.py": '"""A."""\n\nONE = eval("1")\n',
    }
    root = make_repo(tmp_path / "shop", files)
    monkeypatch.chdir(root)
    assert main(["bootstrap", "--json", "."]) == 0
    document = json.loads(capsys.readouterr().out)
    fires = {(row["path"], row["what"]): row["fires"] for row in document["house_rules"]}
    assert fires[(".semgrep/house.yml", "rule no-eval")] is True
    assert fires[(".semgrep/house.yml", "rule no-legacy")] is True
    assert fires[(".semgrep/house.yml", "rule blind")] is None
    assert fires[(".semgrep/go.yml", "rule no-eval")] is None
    assert 'rule_files = [".semgrep/house.yml"]' in (root / "qualitygate.toml").read_text()
    (proof,) = (row for row in document["proof"] if row["check"] == house_semgrep.NAME)
    assert (proof["installed"], proof["debt"], proof["unproven"]) == (True, 1, ["semgrep:blind"])

    commit(root, {})
    write(root, {"shop/b.py": '"""B."""\n\nimport legacy\n\nlegacy.call(2)\n'})
    git(root, "add", "-A")
    refused = subprocess.run(["git", "commit", "-qm", "b"], cwd=root, capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and "semgrep:no-legacy no legacy" in refused.stderr
    write(root, {"shop/b.py": None, ".semgrep/house.yml": RULES.replace("never-[0-9]{99}", "ONE")})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "a rule that is new finds old code")
