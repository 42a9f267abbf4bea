"""The gate with semgrep: what happens without it, and the whole way with it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from qualitygate import process
from qualitygate.checks import running
from qualitygate.checks.tool import is_config
from qualitygate.cli import main
from qualitygate.gate.editing import _settings, judge_edit
from qualitygate.gate.planning import open_gate
from qualitygate.gate.trees import under_configuration
from qualitygate.model import Entry
from qualitygate.process import Output
from tests.support import commit, git, make_repo, write

SETTINGS = 'schema = 1\n[checks.semgrep]\nrules = ["swallowed-exception"]\n'
SWALLOWS = "def save(order):\n    try:\n        order.save()\n    except Exception:\n        pass\n"
OWN = """rules:
  - id: no-print
    languages: [python]
    severity: ERROR
    message: the shop does not print
    metadata:
      instead: return the text
    pattern: print(...)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repo(tmp_path / "shop", {"shop.py": "print(1)\n", "qualitygate.toml": SETTINGS})
    monkeypatch.chdir(root)
    return root


def judged(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    capsys.readouterr()
    code = main(["run", "--format", "json", *args])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == {"passed": 0, "failed": 1, "undecided": 2}[document["verdict"]]
    return document


def rules(document: dict[str, Any], key: str = "new") -> list[tuple[str, str, int]]:
    return [(row["rule"], row["path"], row["line"]) for row in document[key]]


def test_without_the_tool_a_change_is_undecided_and_the_hint_names_the_command(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {"shop.py": SWALLOWS})
    document = judged(capsys)
    assert document["verdict"] == "undecided"
    (row,) = document["undecided"]
    assert "is not set up on this machine" in row["reason"] and "`qualitygate install`" in row["reason"]


def test_where_it_was_never_configured_nobody_misses_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(root, {"qualitygate.toml": "schema = 1\n[checks.syntax]\n"})
    write(root, {"shop.py": SWALLOWS, "a.json": "{}"})
    assert judged(capsys)["verdict"] == "passed"
    assert main(["install", "."]) == 0


def test_install_on_a_fresh_clone_without_network_says_so_after_the_hooks(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["install", "."]) == 2
    said = capsys.readouterr().err
    assert "error: the hooks are installed, but a tool is missing: semgrep" in said
    assert "hint: `qualitygate install`" in said
    assert (root / ".git/hooks/pre-commit").exists()


def test_bootstrap_without_network_leaves_it_out_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_repo(tmp_path / "plain", {"shop.py": "x = 1\n"})
    monkeypatch.chdir(root)
    assert main(["bootstrap", "--dry-run", "."]) == 0
    assert "semgrep: not on this machine yet; without --dry-run bootstrap fetches it" in capsys.readouterr().out
    assert main(["bootstrap", "."]) == 0
    assert "is not fetched while QUALITYGATE_OFFLINE is set" in capsys.readouterr().out
    assert "semgrep" not in (root / "qualitygate.toml").read_text()


def test_a_folder_of_settings_counts_with_all_that_is_in_it() -> None:
    names = ("ruff.toml", ".qualitygate/rules/")
    assert is_config(".qualitygate/rules/a.yml", names) and is_config("src/ruff.toml", names)
    assert not is_config("src/.qualitygate/rules/a.yml", names) and not is_config("rules/a.yml", names)
    old, new = Entry("100644", "1"), Entry("100644", "2")
    base = {".qualitygate/rules/a.yml": old, ".qualitygate/rules/gone.yml": old, "a.py": old}
    head = {".qualitygate/rules/a.yml": new, ".qualitygate/rules/b.yml": new, "a.py": new}
    assert under_configuration(base, head, names) == {**head, "a.py": old}


def test_an_edit_is_judged_with_the_rules_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {".qualitygate/rules/a.yml": OWN, "src/a.py": "", "src/ruff.toml": ""})
    found = _settings(tmp_path, ["src/a.py"], {"ruff.toml", ".qualitygate/rules/"})
    assert sorted(found) == [".qualitygate/rules/a.yml", "src/ruff.toml"]


live = pytest.mark.usefixtures("tools")


@live
@pytest.mark.slow
@pytest.mark.live
def test_new_is_refused_and_old_is_known(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(root, {"old.py": SWALLOWS})
    assert main(["install", "."]) == 0
    write(root, {"old.py": "# Moved down.\n\n\n" + SWALLOWS, "new.py": SWALLOWS})
    document = judged(capsys)
    assert rules(document) == [("semgrep:swallowed-exception", "new.py", 5)]
    assert document["known"] == 1
    assert document["new"][0]["fix"].startswith("catch the exceptions that you expect, and let the others through")
    write(root, {"new.py": SWALLOWS.replace("pass", "pass  # the order is saved with the next one")})
    assert judged(capsys)["verdict"] == "passed", "a handler may give its reason, in Python as in JavaScript"
    write(root, {"new.py": SWALLOWS.replace("pass", "pass  # nosemgrep: swallowed-exception")})
    assert judged(capsys)["verdict"] == "passed"


@live
@pytest.mark.slow
@pytest.mark.live
def test_files_of_both_trees_are_looked_at_in_one_run_and_told_apart(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    second = "import re\n\ntry:\n    re.compile(text)\nexcept Exception:\n    pass\nprint(re)\n"
    commit(root, {"old.py": "# Old.\n" + SWALLOWS, "mended.py": SWALLOWS, "broken.py": SWALLOWS})
    started: list[list[str]] = []

    def counted(argv: list[str], **more: Any) -> Output:
        started.append(argv)
        return process.run(argv, **more)

    monkeypatch.setattr(running, "run", counted)
    write(root, {"old.py": "# Café.\n" + SWALLOWS + second, "mended.py": "x = 1\n", "broken.py": SWALLOWS + "(:"})
    document = judged(capsys)
    assert rules(document) == [("semgrep:swallowed-exception", "old.py", 12)]
    assert (document["known"], document["fixed"]) == (2, 1)
    assert [row["path"] for row in document["shown"]] == ["broken.py"]
    assert len(started) == 1
    assert judged(capsys)["checks"][0]["cached"] and len(started) == 1
    write(root, {"old.py": SWALLOWS})
    assert judged(capsys)["verdict"] == "passed"
    assert len(started) == 2, "base's part of the first run is known"


@live
@pytest.mark.slow
@pytest.mark.live
def test_a_rule_of_the_repository_holds_for_both_trees_and_is_not_cached_away(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {".qualitygate/rules/no-print.yml": OWN, "shop.py": "print(1)\nprint(2)\n"})
    document = judged(capsys)
    assert rules(document) == [("semgrep:no-print", "shop.py", 2)], "what was there before the rule is known"
    assert (document["known"], document["new"][0]["fix"]) == (1, "return the text")
    write(root, {".qualitygate/rules/no-print.yml": OWN.replace("print(...)", "print(2)")})
    assert judged(capsys)["known"] == 0
    write(root, {".qualitygate/rules/no-print.yml": OWN.replace("print(...)", "print(3)")})
    assert judged(capsys)["verdict"] == "passed"
    write(root, {".qualitygate/rules/no-print.yml": OWN.replace("print(...)", "print((")})
    document = judged(capsys)
    assert document["verdict"] == "undecided"
    assert "Rule parse error (no-print in .qualitygate/rules/no-print.yml)" in document["undecided"][0]["reason"]


@live
@pytest.mark.slow
@pytest.mark.live
def test_a_file_that_does_not_parse_is_named_and_hides_nothing_elsewhere(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {"broken.py": "try:\n    x()\nexcept Exception:\n    pass\n\ndef f(:::\n", "new.py": SWALLOWS})
    document = judged(capsys)
    assert ("semgrep:swallowed-exception", "new.py", 5) in rules(document)
    assert ("semgrep:not-looked-at", "broken.py", 1) in rules(document, "shown")
    write(root, {"new.py": None})
    git(root, "rm", "-q", "--cached", "--ignore-unmatch", "new.py")


@live
@pytest.mark.slow
@pytest.mark.live
def test_valid_python_that_the_engine_cannot_read_is_undecided_until_it_is_excluded(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    modern = 'try:\n    x = 1\nexcept Exception:\n    pass\n\nmatch x:\n    case {"a": 1, **rest}:\n        pass\n'
    write(root, {"modern.py": modern, "shop.py": "print(2)\n"})
    document = judged(capsys)
    assert document["verdict"] == "undecided"
    assert "cannot read all of modern.py" in document["undecided"][0]["reason"]
    settings = SETTINGS + 'exclude = ["modern.py"]\n'
    write(root, {"qualitygate.toml": settings})
    assert judged(capsys)["verdict"] == "undecided"  # what a change leaves out is looked at in that change
    (root / "modern.py").unlink()
    commit(root, {"qualitygate.toml": settings, "shop.py": "print(1)\n"})
    write(root, {"modern.py": modern, "shop.py": "print(2)\n"})
    assert judged(capsys)["verdict"] == "passed"


@live
@pytest.mark.slow
@pytest.mark.live
def test_a_rule_for_another_language_makes_it_undecided(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = OWN + OWN.removeprefix("rules:\n").replace("no-print", "no-log").replace("[python]", "[go]")
    write(root, {".qualitygate/rules/no-print.yml": both, "shop.py": "x = 1\n"})
    (row,) = judged(capsys)["undecided"]
    assert row["reason"] == "did not try the rule no-log: is it for Python, JavaScript or TypeScript?"
    tests_only = OWN.replace("    pattern:", "    paths:\n      include: ['**/tests/**']\n    pattern:")
    write(root, {".qualitygate/rules/no-print.yml": tests_only})
    assert judged(capsys)["verdict"] == "passed"


@live
@pytest.mark.slow
@pytest.mark.live
def test_at_an_edit_too(root: Path) -> None:
    from qualitygate.checks.catalogue import TOOLS
    from qualitygate.defaults import compile_any

    write(root, {"qualitygate.toml": SETTINGS + 'tier = "edit"\n', ".qualitygate/rules/no-print.yml": OWN})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "rules")
    write(root, {"shop.py": "print(1)\nprint(2)\n" + SWALLOWS})
    gate = open_gate(root, TOOLS, compile_any)._replace(tier="edit")
    verdict = judge_edit(gate, ["shop.py"])
    assert sorted(f.rule for f in verdict.new) == ["semgrep:no-print", "semgrep:swallowed-exception"]
    assert verdict.status == "failed"


@live
@pytest.mark.slow
@pytest.mark.live
def test_at_an_edit_the_fast_form_stands_in_with_the_same_names(root: Path) -> None:
    from qualitygate.checks.catalogue import TOOLS
    from qualitygate.defaults import compile_any

    both = SETTINGS.replace("[", '["time-without-zone", ', 2).replace('["time-without-zone", checks', "[checks")
    commit(root, {"qualitygate.toml": both, "shop.py": SWALLOWS})
    silent = SWALLOWS.replace("pass", "pass  # nosemgrep: swallowed-exception")
    write(root, {"shop.py": "# Moved.\n\n" + SWALLOWS + "\n\n" + SWALLOWS + "\n\n" + silent})
    gate = open_gate(root, TOOLS, compile_any)._replace(tier="edit")
    verdict = judge_edit(gate, ["shop.py"])
    assert [(f.rule, f.line) for f in verdict.new] == [("semgrep:swallowed-exception", 14)]
    (row,) = verdict.checks
    assert (row.check, row.tool, row.files, verdict.known) == ("semgrep", "ast-grep", 1, 1)


@live
@pytest.mark.slow
@pytest.mark.live
def test_bootstrap_sets_it_up_proves_every_rule_and_the_hook_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = "".join(f"\n\ndef load_{n}(path):\n    return open(path).read()\n" for n in range(30))
    test = "from shop import load_1\n\n\ndef test_load(tmp_path):\n    assert load_1(tmp_path / 'a')\n"
    files = {"shop.py": many.lstrip("\n"), "tests/test_shop.py": test, "vendor/theirs.py": SWALLOWS}
    root = make_repo(tmp_path / "shop", files)
    monkeypatch.chdir(root)
    assert main(["bootstrap", "--json", "."]) == 0
    document = json.loads(capsys.readouterr().out)
    (proof,) = (row for row in document["proof"] if row["check"] == "semgrep")
    assert proof["green_on_head"] and proof["red_on_seed"] and proof["files"] == 2, "and not somebody else's"
    assert any(row["what"] == "semgrep:file-left-open" for row in document["left_out"]), "30 times in 120 lines"
    settings = (root / "qualitygate.toml").read_text()
    assert "file-left-open" not in settings and "test-checks-nothing" in settings
    git(root, "add", "-A")
    git(root, "commit", "-qm", "gate")
    write(root, {"shop.py": (root / "shop.py").read_text() + "\n\n" + SWALLOWS})
    git(root, "add", "-A")
    done = subprocess.run(
        ["git", "commit", "-qm", "bad", "--no-verify"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "semgrep:swallowed-exception" in done.stderr
    assert os.listdir(root / ".git" / "qualitygate" / "cache")


WEB = SETTINGS.replace("swallowed-exception", "swallowed-error")
DROPS = "export function save(order: { save(): void }) {\n  try {\n    order.save();\n  } catch {}\n}\n"
NO_LOG = (
    OWN.replace("no-print", "no-log").replace("[python]", "[javascript, typescript]").replace("print", "console.log")
)


@live
@pytest.mark.slow
@pytest.mark.live
def test_rules_for_the_web_of_ours_and_of_the_repository(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = {".qualitygate/rules/no-log.yml": NO_LOG, ".qualitygate/rules/no-print.yml": OWN}
    commit(root, {"qualitygate.toml": WEB, **own, "old.ts": "console.log(1);\n"})
    page = "export const Page = () => <b onClick={() => console.log(2)}>{<i />}</b>;\n"
    write(root, {"old.ts": "console.log(1);\n" + DROPS, "page.tsx": page, "shop.py": "print(1)\nprint(2)\n"})
    document = judged(capsys)
    assert rules(document) == [
        ("semgrep:swallowed-error", "old.ts", 3),
        ("semgrep:no-log", "page.tsx", 1),
        ("semgrep:no-print", "shop.py", 2),
    ]
    assert document["known"] == 2
    write(root, {"old.ts": "console.log(1);\n", "page.tsx": "export const x = @@;\n", "shop.py": "print(1)\n"})
    document = judged(capsys)
    assert document["verdict"] == "undecided"
    assert "cannot read all of page.tsx" in document["undecided"][0]["reason"]


@live
@pytest.mark.slow
@pytest.mark.live
@pytest.mark.parametrize("name", ("shop.ts", "shop.tsx", "shop.mts"))
def test_at_an_edit_the_fast_form_of_a_rule_for_the_web(root: Path, name: str) -> None:
    from qualitygate.checks.catalogue import TOOLS
    from qualitygate.defaults import compile_any

    commit(root, {"qualitygate.toml": WEB})
    write(root, {name: DROPS})
    verdict = judge_edit(open_gate(root, TOOLS, compile_any)._replace(tier="edit"), [name])
    assert [(f.rule, f.line) for f in verdict.new] == [("semgrep:swallowed-error", 2)]
    assert verdict.status == "failed"


@live
@pytest.mark.slow
@pytest.mark.live
def test_bootstrap_proves_rules_of_several_languages_and_leaves_out_what_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Valid code that the engine cannot read kept the whole check from being set up."""
    page = "export function Page() {\n  return <b>one</b>;\n}\n"
    files = {
        "shop.py": "x = 1\n",
        "web/package.json": '{"name": "web", "dependencies": {"react": "19.0.0"}}\n',
        "web/page.tsx": page,
        "web/sums.js": "export const sum = (a, b) => a + b;\n",
        "web/terms.tsx": page.replace("one", "Terms & Conditions"),
        "web/sums.test.ts": 'it("adds", () => {\n  expect(1 + 2).toBe(3);\n});\n',
    }
    root = make_repo(tmp_path / "shop", files)
    monkeypatch.chdir(root)
    assert main(["bootstrap", "--json", "."]) == 0
    document = json.loads(capsys.readouterr().out)
    (proof,) = (row for row in document["proof"] if row["check"] == "semgrep")
    assert proof["green_on_head"] and proof["red_on_seed"] and not proof["unproven"]
    settings = (root / "qualitygate.toml").read_text()
    assert 'exclude = ["web/terms.tsx"]' in settings
    for rule in ("swallowed-exception", "swallowed-error", "effect-is-async", "awaited-without-look", "test-is-empty"):
        assert f'"{rule}"' in settings
    assert "answered-twice" not in settings, "there is no Express"
