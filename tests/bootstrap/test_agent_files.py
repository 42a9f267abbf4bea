from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate.agents.catalogue import AGENTS
from qualitygate.bootstrap import journal
from qualitygate.bootstrap.agent_files import Chosen, add_agents, choose
from qualitygate.bootstrap.draft import Draft
from qualitygate.errors import ConfigError, QualityGateError
from qualitygate.locations import LAUNCHER
from tests.support import write

CLAUDE = (Chosen(AGENTS["claude"], "as asked"),)
SETTINGS = ".claude/settings.json"


def draft_of(root: Path) -> Draft:
    return Draft(lambda path: (root / path).read_bytes() if (root / path).exists() else None)


@pytest.mark.parametrize(
    ("files", "environ", "on_path", "evidence"),
    (
        ({}, {}, False, None),
        ({"CLAUDE.md": ""}, {}, False, "CLAUDE.md is here"),
        ({".claude/commands/go.md": ""}, {}, True, ".claude is here"),
        ({}, {"CLAUDECODE": "1"}, False, "CLAUDECODE is set"),
        ({}, {}, True, "`claude` is on the PATH"),
    ),
)
def test_an_agent_is_chosen_by_the_signs_that_it_left(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str], on_path: bool, evidence: str | None
) -> None:
    write(tmp_path, {**files})
    found = choose(tmp_path, "auto", environ, lambda name: f"/bin/{name}" if on_path else None)
    assert [chosen.evidence for chosen in found] == ([evidence] if evidence else [])


def test_an_agent_is_chosen_by_name(tmp_path: Path) -> None:
    write(tmp_path, {"CLAUDE.md": ""})
    assert choose(tmp_path, "none") == ()
    assert choose(tmp_path, "claude, claude") == CLAUDE
    with pytest.raises(QualityGateError, match="unknown agent 'clyde'") as error:
        choose(tmp_path, "claude,clyde")
    assert "known: claude" in error.value.hint


def test_what_is_written_is_undone_to_the_byte(tmp_path: Path) -> None:
    before = b'{"permissions": {"allow": ["Bash(ls)"]},\n "hooks": {"Stop": []}}'
    write(tmp_path, {SETTINGS: before})
    draft = draft_of(tmp_path)
    assert add_agents(draft, CLAUDE) == CLAUDE
    journal.apply(tmp_path, draft.plan().edits, tmp_path / "journal")
    assert (tmp_path / LAUNCHER).stat().st_mode & 0o111
    assert LAUNCHER in (tmp_path / SETTINGS).read_text()
    journal.undo(tmp_path, tmp_path / "journal")
    assert (tmp_path / SETTINGS).read_bytes() == before
    assert not (tmp_path / LAUNCHER).parent.exists()


def test_what_others_wrote_into_the_settings_since_survives_undo(tmp_path: Path) -> None:
    draft = draft_of(tmp_path)
    add_agents(draft, CLAUDE)
    journal.apply(tmp_path, draft.plan().edits, tmp_path / "journal")
    document = json.loads((tmp_path / SETTINGS).read_text())
    document["model"] = "opus"
    document["hooks"]["Stop"].append({"hooks": [{"type": "command", "command": "say done"}]})
    write(tmp_path, {SETTINGS: json.dumps(document, indent=4)})
    undone = journal.undo(tmp_path, tmp_path / "journal")
    assert (undone.cut, undone.refused) == ((SETTINGS,), ())
    assert json.loads((tmp_path / SETTINGS).read_text()) == {
        "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]},
        "model": "opus",
    }


def test_a_second_registration_changes_nothing(tmp_path: Path) -> None:
    first = draft_of(tmp_path)
    add_agents(first, CLAUDE)
    write(tmp_path, {path: edit.after for path, edit in first.edits.items()})
    second = draft_of(tmp_path)
    add_agents(second, CLAUDE)
    assert (second.plan().edits, second.plan().steps) == ((), ())


def test_hooks_that_are_switched_off_are_not_claimed_to_work(tmp_path: Path) -> None:
    write(tmp_path, {SETTINGS: '{"disableAllHooks": true}'})
    draft = draft_of(tmp_path)
    assert add_agents(draft, CLAUDE) == ()
    assert draft.plan().edits == ()
    assert draft.plan().left_out[0].reason == "`disableAllHooks` is set in .claude/settings.json"


def test_settings_that_are_broken_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    write(tmp_path, {SETTINGS: '{"hooks": {},\n  broken}'})  # a trailing comma has another line in Python 3.13
    with pytest.raises(ConfigError, match=r"\.claude/settings\.json:2"):
        add_agents(draft_of(tmp_path), CLAUDE)
