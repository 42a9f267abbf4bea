from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.bootstrap import journal
from qualitygate.bootstrap.blocks import holds_block
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.instructions import COMMENT, Clone, add_instructions, refresh_instructions
from qualitygate.model import Check
from qualitygate.rulebook.force import Sight

PAGE = ".qualitygate/RULEBOOK.md"
CHECKS = (Check("markers", "markers", "ratchet", "edit", "", {}),)
BEGIN = "<!-- qualitygate: begin (managed, edits are lost) -->"
BLOCK = f"""{BEGIN}
## Quality gate

This repository has a gate, `qualitygate`. It judges each commit, merge, rebase and push, and refuses what is new
and wrong; findings from before are tolerated.

- `qualitygate run` judges the files on disk: run it before you commit, and before you say that a task is done.
- `qualitygate fix` applies the safe fixes of new findings.
- `qualitygate explain RULE` says why a rule is there, and shows wrong and right code.

Refused? Fix each finding that is named, in the code, and run the same command again, until it passes.
The rules in force: [.qualitygate/RULEBOOK.md](.qualitygate/RULEBOOK.md).
<!-- qualitygate: end -->
"""


def write_all(root: Path, ignored: tuple[str, ...] = (), *, again: bool = False) -> dict[str, str]:
    """Write what bootstrap would; what was left out, and why."""

    def read(path: str) -> bytes | None:
        return (root / path).read_bytes() if (root / path).exists() else None

    draft = Draft(read)
    sight = Sight(CHECKS, "qualitygate.toml", draft.read, lambda check: frozenset())
    tell = refresh_instructions if again else add_instructions
    tell(draft, sight, Clone(root, lambda path: path in ignored))
    journal.apply(root, draft.plan().edits, root.parent / "journal")
    return {row.what: row.reason for row in draft.left_out}


def state(root: Path) -> Mapping[str, bytes | str]:
    return {
        path.relative_to(root).as_posix(): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def undo(root: Path) -> journal.Undone:
    return journal.undo(root, root.parent / "journal")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "r").mkdir()
    return tmp_path / "r"


def test_where_there_is_nothing_agents_md_is_made(root: Path) -> None:
    assert write_all(root) == {}
    assert sorted(state(root)) == [PAGE, "AGENTS.md"]
    assert (root / "AGENTS.md").read_text() == BLOCK
    undo(root)
    assert sorted(root.rglob("*")) == []


@pytest.mark.parametrize(
    "text",
    [
        b"# Ours\n",
        b"# Ours, without final newline",
        b"# Ours\r\nand more\r\n",
        b"# Ours\r\nwithout final newline",
        b"\xef\xbb\xbf# With a mark\n",
        b"# Gr\xfc\xdfe, not UTF-8\n",
        b"```\nan open fence\n",
        b"\n",
        b"",
    ],
)
@pytest.mark.parametrize("name", ["AGENTS.md", "CLAUDE.md"])
def test_a_file_that_is_there_keeps_its_bytes(root: Path, name: str, text: bytes) -> None:
    (root / name).write_bytes(text)
    before = state(root)
    write_all(root)
    after = (root / name).read_bytes()
    assert after.startswith(text) and after.count(BEGIN.encode()) == 1
    assert (b"\r\n" in text) == (after.count(b"\r\n") == after.count(b"\n"))
    assert sorted(state(root)) == [PAGE, name]
    standing = state(root)
    write_all(root)
    write_all(root, again=True)
    assert state(root) == standing
    undo(root)
    assert state(root) == before


@pytest.mark.parametrize(("name", "text"), [("AGENTS.md", b"# Ours\n"), ("CLAUDE.md", b"# Ours"), ("AGENTS.md", None)])
def test_undo_cuts_the_block_out_of_a_file_that_was_edited_since(root: Path, name: str, text: bytes | None) -> None:
    if text is not None:
        (root / name).write_bytes(text)
    write_all(root)
    (root / name).write_bytes(b"New first line\n" + (root / name).read_bytes() + b"\nNew last line\n")
    assert undo(root).cut == (name,)
    assert (root / name).read_bytes() == b"New first line\n" + (text or b"") + b"\nNew last line\n"


@pytest.mark.parametrize(
    ("claude", "wanted"),
    [
        ("See @AGENTS.md\n", ["AGENTS.md"]),
        ("@./AGENTS.md", ["AGENTS.md"]),
        ("We have an AGENTS.md too\n", ["AGENTS.md", "CLAUDE.md"]),
        ("```\n@AGENTS.md\n```\n", ["AGENTS.md", "CLAUDE.md"]),
        ("@AGENTS.md.old\nme@AGENTS.md\n", ["AGENTS.md", "CLAUDE.md"]),
    ],
)
def test_claude_md_gets_it_too_unless_it_reads_agents_md(root: Path, claude: str, wanted: list[str]) -> None:
    (root / "AGENTS.md").write_text("# Ours\n")
    (root / "CLAUDE.md").write_text(claude)
    write_all(root)
    assert [name for name, data in state(root).items() if isinstance(data, bytes) and BEGIN.encode() in data] == wanted


@pytest.mark.parametrize(("link", "file"), [("AGENTS.md", "CLAUDE.md"), ("CLAUDE.md", "AGENTS.md")])
def test_two_names_for_one_file_get_it_once(root: Path, link: str, file: str) -> None:
    (root / file).write_text("# Ours\n")
    (root / link).symlink_to(file)
    before = state(root)
    write_all(root)
    assert (root / file).read_text() == "# Ours\n" + BLOCK
    assert os.readlink(root / link) == file
    standing = state(root)
    write_all(root, again=True)
    assert state(root) == standing
    undo(root)
    assert state(root) == before


def test_a_link_to_another_file_of_the_repository_is_followed(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs" / "agents.md").write_text("# Ours\n")
    (root / "AGENTS.md").symlink_to("docs/agents.md")
    write_all(root)
    assert (root / "docs" / "agents.md").read_text() == "# Ours\n" + BLOCK


@pytest.mark.parametrize("target", ["../outside.md", "nowhere.md", "AGENTS.md", ".git/config"])
def test_a_link_that_leads_elsewhere_is_not_followed(root: Path, target: str) -> None:
    (root.parent / "outside.md").write_text("of somebody else\n")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("")
    (root / "AGENTS.md").symlink_to(target)
    assert write_all(root) == {"AGENTS.md": "it is not a file of this repository"}
    assert (root.parent / "outside.md").read_text() == "of somebody else\n"
    assert (root / ".git" / "config").read_text() == ""


def test_a_claude_md_that_leads_elsewhere_does_not_count_as_being_there(root: Path) -> None:
    (root / "CLAUDE.md").symlink_to("/nowhere/CLAUDE.md")
    assert write_all(root) == {"CLAUDE.md": "it is not a file of this repository"}
    assert (root / "AGENTS.md").read_text() == BLOCK


def test_what_git_ignores_is_left_alone_and_never_linked(root: Path) -> None:
    (root / "CLAUDE.md").write_text("mine alone\n")
    left_out = write_all(root, ("CLAUDE.md", PAGE))
    assert left_out == {"CLAUDE.md": "git ignores it", PAGE: "git ignores it"}
    assert (root / "CLAUDE.md").read_text() == "mine alone\n"
    assert "RULEBOOK" not in (root / "AGENTS.md").read_text()
    assert not (root / PAGE).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [("# Ours\n".encode("utf-16"), "is not UTF-8 text"), (f"{BEGIN}\nno end\n".encode(), "the marks")],
)
def test_a_file_that_cannot_hold_a_block_is_left_alone_and_bootstrap_goes_on(
    root: Path, text: bytes, said: str
) -> None:
    (root / "AGENTS.md").write_bytes(text)
    assert said in write_all(root)["AGENTS.md"]
    assert (root / "AGENTS.md").read_bytes() == text
    assert (root / PAGE).exists()


def test_what_somebody_removed_stays_away(root: Path) -> None:
    write_all(root)
    (root / PAGE).unlink()
    (root / "AGENTS.md").write_text("# Ours alone\n")
    before = state(root)
    write_all(root, again=True)
    assert state(root) == before


def test_another_gate_rewrites_what_is_there(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_all(root)
    standing = state(root)
    monkeypatch.setattr("tests.bootstrap.test_instructions.CHECKS", (CHECKS[0]._replace(name="renamed"),))
    write_all(root, again=True)
    assert "| renamed |" in (root / PAGE).read_text()
    assert state(root) != standing
    assert holds_block((root / "AGENTS.md").read_bytes(), COMMENT)
    undo(root)
    assert sorted(root.rglob("*")) == []
