from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML

from qualitygate.cli import cli
from qualitygate.config import parse_toml
from tests.checkout import BIN, ROOT, copy_as_repository, run
from tests.support import GIT_IDENTITY, make_repo

README = (ROOT / "README.md").read_text(encoding="utf-8")

# A repository that nobody has prepared, with one old defect in it.
SHOP = {
    "CLAUDE.md": "Keep it small.\n",
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1.0"\n',
    "shop/__init__.py": "",
    "shop/orders.py": '"""Orders and what they cost."""\n\nimport os\n\n\n'
    "def total(prices: list[float]) -> float:\n    return sum(prices)\n",
    "tests/test_orders.py": "from shop.orders import total\n\n\n"
    "def test_total() -> None:\n    assert total([1.0, 2.5]) == 3.5\n",
}


class Block(NamedTuple):
    """A fenced block, and the comment above it that says what becomes of it here."""

    kind: str
    argument: str
    language: str
    text: str


def blocks(text: str) -> list[Block]:
    found = []
    for match in re.finditer(r"^(?:<!-- (\w+)(?:: (.*?))? -->\n)?```(\w*)\n(.*?)^```$", text, re.M | re.S):
        found.append(Block(match[1] or "", match[2] or "", match[3], match[4]))
    return found


BLOCKS = blocks(README)


def commands(block: Block) -> list[tuple[str, str]]:
    """Each command of a terminal session, with the output that follows it."""
    found: list[tuple[str, str]] = []
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].strip(), ""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def play(text: str, root: Path, path: str) -> str:
    """The README with the sessions that really take place in a repository; `path` is the PATH they see."""
    for block in blocks(text):
        if block.kind == "append":
            with (root / block.argument).open("a") as file:
                file.write("\n\n" + block.text)
        elif block.kind == "session":
            env = {"PATH": path, "QUALITYGATE_OFFLINE": "1"}
            said = [(command, run("bash", "-c", command, cwd=root, **env).stdout) for command, _ in commands(block)]
            text = text.replace(block.text, "".join(f"$ {command}\n{output}" for command, output in said))
    return text


def steady(output: str) -> str:
    """Output without what differs from run to run: object ids, times, versions, trailing blanks."""
    for pattern, instead in (
        (r"\b[0-9a-f]{7,12}\b", "ID"),
        (r" +(?:cached|\d+(?:\.\d+)?s)$", " TIME"),
        (r"\b\d+\.\d+\.\d+\b", "VERSION"),
        (r"[ \t]+$", ""),
    ):
        output = re.sub(pattern, instead, output, flags=re.M)
    return output.strip()


def test_every_block_says_how_it_is_tested() -> None:
    kinds = {"session", "append", "checkout", "hooks", "settings", "help", "rule", "action"}
    assert {block.kind for block in BLOCKS} == kinds


def test_the_action_needs_no_more_than_the_line_that_names_it() -> None:
    (block,) = (block for block in BLOCKS if block.kind == "action")
    (step,) = YAML(typ="safe").load(block.text)
    assert set(step) == {"uses"}
    inputs = YAML(typ="safe").load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    assert [name for name, row in inputs.items() if row.get("required") and "default" not in row] == []


def make_shims(folder: Path) -> str:
    """A PATH on which `qualitygate` is this checkout, installed or not."""
    folder.mkdir()
    shim = folder / "qualitygate"
    shim.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m qualitygate "$@"\n')
    shim.chmod(0o755)
    return f"{folder}:{BIN}:/usr/bin:/bin"


@pytest.fixture
def shims(tmp_path: Path) -> str:
    return make_shims(tmp_path / "bin")


def test_the_sessions_are_what_really_happens(tmp_path: Path, shims: str) -> None:
    played = blocks(play(README, make_repo(tmp_path / "shop", SHOP), shims))
    told = [block for block in BLOCKS if block.kind == "session"]
    assert len(told) >= 2
    for block, real in zip(told, (block for block in played if block.kind == "session"), strict=True):
        assert steady(real.text) == steady(block.text)


@pytest.mark.slow
def test_set_up_run_and_test_from_a_fresh_checkout(tmp_path: Path) -> None:
    copy = copy_as_repository(tmp_path / "qualitygate")
    shop = make_repo(tmp_path / "shop", SHOP)
    for block in BLOCKS:
        if block.kind != "checkout":
            continue
        for line in block.text.splitlines():
            command = line.partition(" #")[0].replace("../shop", str(shop))
            # The suite is not run inside itself: collecting it shows that the command works.
            done = run("bash", "-c", command, cwd=copy, PYTEST_ADDOPTS="--collect-only -q")
            assert done.returncode == 0, f"{command}\n{done.stdout}"
    assert (shop / "qualitygate.toml").exists()


def test_the_hooks_that_it_names_are_published() -> None:
    from ruamel.yaml import YAML

    (block,) = (block for block in BLOCKS if block.kind == "hooks")
    (entry,) = YAML(typ="safe").load(block.text)["repos"]
    published = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in entry["hooks"]] == [hook["id"] for hook in published]


def test_the_rule_that_it_shows_is_one() -> None:
    from qualitygate.locations import OWN_RULES
    from qualitygate.rule_pack import documents

    (block,) = (block for block in BLOCKS if block.kind == "rule")
    (rule,) = documents(block.text.encode(), file=block.argument)
    assert block.argument == f"{OWN_RULES}{rule['id']}.yml"
    assert rule["languages"] == ["python"] and rule["metadata"]["instead"]


def test_the_settings_that_it_shows_are_settings() -> None:
    from qualitygate.checks.catalogue import TOOLS
    from qualitygate.config import compile_policy

    for block in (block for block in BLOCKS if block.kind == "settings"):
        policy = compile_policy(block.text.encode(), file="qualitygate.toml", tools=tuple(TOOLS))
        assert policy["checks"]


def test_every_command_that_it_lists_is_there_and_none_is_missing() -> None:
    (block,) = (block for block in BLOCKS if block.kind == "help")
    listed = [line.split()[1] for line in block.text.splitlines()]
    assert listed == [name for name in listed if name in cli.commands]
    assert set(listed) == {name for name, command in cli.commands.items() if not command.hidden}


def test_the_version_is_the_one_that_the_changelog_begins_with() -> None:
    project = parse_toml((ROOT / "pyproject.toml").read_bytes(), file="pyproject.toml")["project"]
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[0] == project["version"]


def test_it_claims_no_more_than_is_true() -> None:
    for phrase in ("tamper-proof", "tamperproof", "unbypassable", "cannot be bypassed"):
        assert phrase not in README.lower()


def rewrite() -> None:
    """Bring the sessions of the README up to date: `python -m tests.test_readme`."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        os.environ.update(HOME=name, XDG_CACHE_HOME=f"{name}/cache", XDG_STATE_HOME=f"{name}/state")
        (home / ".gitconfig").write_text(GIT_IDENTITY)
        text = play(README, make_repo(home / "shop", SHOP), make_shims(home / "bin"))
    (ROOT / "README.md").write_text(re.sub(r"[ \t]+$", "", text, flags=re.M), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
