from __future__ import annotations

import pytest

from qualitygate.bootstrap.edits import Edit, add_precommit_repo, add_toml_table, cut, inserted, joined, set_block
from qualitygate.errors import ConfigError

OURS = {"repo": "local", "hooks": [{"id": "qualitygate", "name": "gate"}]}
PYPROJECT = b'[project]\nname = "x"\n'
RUFF = Edit("pyproject.toml", PYPROJECT, add_toml_table(PYPROJECT, "tool.ruff", {"fix": False}), kind="toml")
HOOKS = b"repos:\n- repo: a\n  hooks: []\nci: {}\n"
HOOK = Edit(".pre-commit-config.yaml", HOOKS, add_precommit_repo(HOOKS, OURS), kind="precommit")
IGNORED = Edit(".gitignore", b"x", set_block(b"x", "# {}", ["y"]), kind="block")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    (
        (b"", b"a", b"a"),
        (b"a\nb\n", b"a\nx\nb\n", b"x\n"),
        (b"a\n- b\n", b"a\n- x\n- b\n", b"- x\n"),
        (b"a", b"a\nb", b"\nb"),
        (b"a", b"a", b""),
        (b"ab", b"b", b""),
        (b"ab", b"xaxb", b""),
    ),
)
def test_inserted(before: bytes, after: bytes, text: bytes) -> None:
    assert inserted(before, after) == text
    if text:
        assert after.replace(text, b"") == before


@pytest.mark.parametrize(
    ("edit", "now", "without"),
    (
        (RUFF, RUFF.after.replace(b'"x"', b'"y"'), b'[project]\nname = "y"\n'),
        (RUFF, RUFF.after + b"\n[tool.mypy]\nstrict = true\n", PYPROJECT + b"\n[tool.mypy]\nstrict = true\n"),
        (HOOK, b"# top\n" + HOOK.after, b"# top\n" + HOOKS),
        (
            HOOK,
            HOOK.after.replace(b"ci: {}", b"- repo: c\n  hooks: []"),
            HOOKS.replace(b"ci: {}", b"- repo: c\n  hooks: []"),
        ),
        (IGNORED, b"z\n" + IGNORED.after + b"\nmore\n", b"z\nx\nmore\n"),
    ),
)
def test_what_is_ours_is_cut_from_a_file_that_was_changed(edit: Edit, now: bytes, without: bytes) -> None:
    assert cut(edit, now) == without


@pytest.mark.parametrize(
    ("edit", "now"),
    (
        (RUFF, RUFF.after + b"mine = 1\n"),  # a key that would fall into another table
        (RUFF, RUFF.after.replace(b"fix = false", b"fix = true")),
        (RUFF, RUFF.after + b"broken ="),
        (RUFF, PYPROJECT + b"# mine\n"),
        (HOOK, HOOK.after.replace(b"name: gate", b"name: mine")),
        (HOOK, HOOK.after.replace(b"ci: {}", b"  - id: mine\nci: {}")),
        (HOOK, HOOK.after + b"broken: ["),
        (HOOK, HOOKS + b"# mine\n"),
        (IGNORED, b"x\nmine\n"),
        (IGNORED, IGNORED.after + b"\n" + IGNORED.after),
        (Edit("a", b"x\n", b"x\ny\n"), b"x\ny\nz\n"),
    ),
)
def test_what_cannot_be_cut_safely_is_not_cut(edit: Edit, now: bytes) -> None:
    assert cut(edit, now) is None


def test_edits_of_one_file_are_joined() -> None:
    mypy = Edit(RUFF.path, RUFF.after, add_toml_table(RUFF.after, "tool.mypy", {"strict": True}), kind="toml")
    assert joined([RUFF, IGNORED, mypy]) == (Edit(RUFF.path, PYPROJECT, mypy.after, kind="toml"), IGNORED)
    with pytest.raises(ConfigError, match=r"^pyproject\.toml would be written twice$"):
        joined([RUFF, RUFF])
