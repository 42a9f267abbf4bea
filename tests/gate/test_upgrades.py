from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks import environment
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging, upgrades
from qualitygate.gate.planning import open_gate
from qualitygate.model import Verdict
from tests.support import commit, make_environment, make_repo, write

CHECKS = 'schema = 1\n[checks.mypy]\nenvironment = "project"\n'
USE = "from lib import f\n\nx: int = f()\n"


def install(root: Path, version: int, returns: str) -> None:
    """The package of which the whole environment consists, in this version."""
    folder = next((root / ".venv/lib").glob("python*")) / "site-packages"
    for old in folder.glob("lib-*.dist-info"):
        old.rmdir()
    (folder / f"lib-{version}.dist-info").mkdir()
    write(folder, {"lib/py.typed": "", "lib/__init__.py": f"def f() -> {returns}: ...\n"})


def judged(root: Path, head: dict[str, str | None]) -> Verdict:
    write(root, head)
    loaded = environment.load(root / ".venv")
    gate = open_gate(root, TOOLS, compile_any)._replace(project=lambda folder: Project(loaded), trusted=True)
    verdict = judging.judge_worktree(gate)
    assert verdict.undecided == ()
    return verdict


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "qualitygate.toml": CHECKS,
        "mypy.ini": "[mypy]\n",
        "requirements.txt": "lib==1\n",
        ".gitignore": ".venv\n",
    }
    root = make_repo(tmp_path / "r", {**files, "a.py": USE})
    make_environment(root)
    install(root, 1, "int")
    return root


def new(verdict: Verdict) -> list[tuple[str, int]]:
    return [(f.path, f.line) for f in verdict.new]


def test_what_an_upgrade_brings_is_new_and_says_so(root: Path) -> None:
    assert judged(root, {"b.py": "y = 1\n"}).status == "passed"
    commit(root, {})
    install(root, 2, "str")
    verdict = judged(root, {"requirements.txt": "lib==2\n"})
    assert new(verdict) == [("a.py", 3)]
    assert "packages that requirements.txt names now" in verdict.new[0].message


def test_an_upgrade_that_brings_nothing_and_one_that_was_made_up_for_pass(root: Path) -> None:
    assert judged(root, {"b.py": "y = 1\n"}).status == "passed"
    commit(root, {})
    install(root, 2, "int")
    assert judged(root, {"requirements.txt": "lib==2\n"}).status == "passed"
    install(root, 3, "str")
    assert judged(root, {"requirements.txt": "lib==3\n", "a.py": USE.replace("int", "str")}).status == "passed"


def test_what_is_new_besides_does_not_blame_the_upgrade(root: Path) -> None:
    assert judged(root, {"b.py": "y = 1\n"}).status == "passed"
    commit(root, {})
    install(root, 2, "str")
    verdict = judged(root, {"requirements.txt": "lib==2\n", "b.py": "y: int = ''\n"})
    assert [(f.path, "packages" in f.message) for f in verdict.new] == [("a.py", True), ("b.py", False)]


def test_an_upgrade_of_which_nothing_is_known_is_noted(root: Path) -> None:
    install(root, 2, "str")
    verdict = judged(root, {"requirements.txt": "lib==2\n", "b.py": "y = 1\n"})
    assert verdict.status == "passed"
    assert any(note.startswith("requirements.txt changed, and mypy") for note in verdict.notes)


def test_packages_that_change_without_the_project_blame_nobody(root: Path) -> None:
    assert judged(root, {"b.py": "y = 1\n"}).status == "passed"
    commit(root, {})
    install(root, 2, "str")
    verdict = judged(root, {"b.py": "y = 2\n"})
    assert (verdict.status, verdict.known, verdict.notes) == ("passed", 1, ())


@pytest.mark.parametrize(
    ("path", "before", "after", "packages", "tools"),
    [
        ("uv.lock", "1", "2", True, True),
        ("pyproject.toml", "[project]\na\n[tool.mypy]\nb\n", "[project]\nc\n[tool.mypy]\nb\n", True, False),
        ("pyproject.toml", "[project]\na\n[tool.mypy]\nb\n", "[project]\na\n[tool.mypy]\nc\n", False, True),
        ("package.json", '{"version": "1", "jest": {}}', '{"version": "2", "jest": {}}', True, False),
        ("package.json", '{"version": "1", "jest": {}}', '{"version": "1", "jest": {"a": 1}}', False, True),
        ("package.json", "{", "[", True, True),
    ],
)  # fmt: skip
def test_what_a_manifest_says_of_packages(path: str, before: str, after: str, packages: bool, tools: bool) -> None:
    old, now = (upgrades._split(path, text.encode()) for text in (before, after))
    assert (old[0] != now[0], old[1] != now[1]) == (packages, tools)
