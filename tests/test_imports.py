from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualitygate.agents.agent import KINDS
from tests.checkout import BIN, ROOT, run
from tests.support import make_repo, write

PACKAGE = ROOT / "qualitygate"
SETTINGS = "schema = 1\n[checks.markers]\n[checks.secrets]\n"

# What a hook may load, over all supported versions of Python. Whoever adds a name here pays for it at every
# commit, and every edit of every agent: `python -I -S -X importtime qualitygate/git_hook.py` tells how much.
_PINNED = """
    abc bisect builtins codecs collections contextlib copy copyreg encodings enum errno fcntl fnmatch functools
    gc genericpath hashlib importlib io itertools json keyword linecache locale marshal math ntpath opcode operator os
    pathlib posix posixpath re reprlib select selectors shlex signal sre_compile sre_constants sre_parse stat struct
    subprocess sys threading time types typing urllib warnings weakref zipimport
    ipaddress glob grp pwd
    shutil bz2 lzma zlib
    base64 binascii
"""
PINNED = frozenset(_PINNED.split())
OF_THIS_TEST = frozenset(("__main__", "atexit", "runpy", "pkgutil"))
_HEAVY = {"importlib.metadata", "importlib.resources", "concurrent.futures"}

_DUMP = """
import atexit, json, runpy, sys
out, path, *rest = sys.argv[1:]
sys.argv = [path, *rest]
atexit.register(lambda: open(out, "w").write(json.dumps(sorted(sys.modules))))
runpy.run_path(path, run_name="__main__")
"""


def loaded_by(program: str, *args: str, root: Path, out: Path, stdin: str = "") -> tuple[str, list[str]]:
    argv = [sys.executable, "-I", "-S", "-c", _DUMP, str(out), str(PACKAGE / program), *args]
    done = subprocess.run(argv, cwd=root, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(out.read_text())


def loaded_by_hook(root: Path, out: Path) -> tuple[str, list[str]]:
    return loaded_by("git_hook.py", "pre-commit", root=root, out=out)


def not_pinned(modules: list[str]) -> list[str]:
    tops = {name.partition(".")[0] for name in modules if not name.startswith("_")}
    return sorted(tops - PINNED - OF_THIS_TEST - {"qualitygate"})


@pytest.fixture
def hook_runs(tmp_path: Path) -> Iterator[list[tuple[str, list[str]]]]:
    """One run that has to judge, and one that finds the record of the first."""
    root = make_repo(tmp_path / "r", {"qualitygate.toml": SETTINGS, "a.py": "x = 1\n"})
    run(sys.executable, "-m", "qualitygate", "install", ".", cwd=root, PYTHONPATH=str(ROOT))
    loaded_by_hook(root, tmp_path / "first.json")  # compiles the policy, in another interpreter
    write(root, {"a.py": "x = 2\n"})
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    yield [loaded_by_hook(root, tmp_path / f"{name}.json") for name in ("judged", "recorded")]


def test_the_hook_path_loads_only_the_standard_library_and_ours(hook_runs: list[tuple[str, list[str]]]) -> None:
    judged, recorded = hook_runs
    assert judged[0].startswith("passed: no new findings")
    assert "secrets ....." not in recorded[0]
    for _, modules in hook_runs:
        tops = {name.partition(".")[0] for name in modules}
        assert tops - {"qualitygate"} - OF_THIS_TEST <= sys.stdlib_module_names


def test_the_hook_path_loads_no_more_than_is_pinned(hook_runs: list[tuple[str, list[str]]]) -> None:
    for _, modules in hook_runs:
        assert not_pinned(modules) == []
        assert not _HEAVY & set(modules)


@pytest.fixture
def gated(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "r", {"qualitygate.toml": SETTINGS, "a.py": "x = 1\n"})
    run(sys.executable, "-m", "qualitygate", "install", ".", cwd=root, PYTHONPATH=str(ROOT))
    loaded_by_hook(root, tmp_path / "first.json")
    write(root, {"a.py": "x = 2\n"})
    return root


def loaded_by_event(kind: str, root: Path, out: Path) -> tuple[str, list[str]]:
    asked = {"file_path": str(root / "a.py"), "command": "git commit --no-verify"}
    event = json.dumps({"session_id": "s", "cwd": str(root), "tool_input": asked})
    return loaded_by("agent_hook.py", "claude", kind, root=root, out=out, stdin=event)


@pytest.mark.parametrize("kind", KINDS)
def test_no_event_of_an_agent_loads_more_than_is_pinned(kind: str, gated: Path, tmp_path: Path) -> None:
    _, modules = loaded_by_event(kind, gated, tmp_path / "loaded.json")
    assert not_pinned(modules) == []
    assert not _HEAVY & set(modules)
    ours = {name.split(".")[1] for name in modules if name.startswith("qualitygate.")}
    assert not {"bootstrap", "commands", "config", "inspection", "playbook", "rulebook"} & ours


def test_the_guard_of_a_command_starts_nothing_and_judges_nothing(gated: Path, tmp_path: Path) -> None:
    said, modules = loaded_by_event("command", gated, tmp_path / "loaded.json")
    assert '"permissionDecision": "deny"' in said
    assert not {"subprocess", "qualitygate.process", "qualitygate.git", "qualitygate.gate.judging"} & set(modules)


def test_the_contracts_on_imports_are_kept() -> None:
    if not (BIN / "lint-imports").exists():
        pytest.skip("import-linter is not installed")
    done = run("lint-imports", "--no-cache", cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_the_contract_on_the_hook_path_names_every_runtime_dependency() -> None:
    from qualitygate.config import parse_toml

    project = parse_toml((ROOT / "pyproject.toml").read_bytes(), file="pyproject.toml")["project"]
    names = {row.replace(">", " ").replace(";", " ").split()[0].partition(".")[0] for row in project["dependencies"]}
    contract = (ROOT / ".importlinter").read_text().partition("hook-path]")[2].partition("[importlinter")[0]
    assert names <= set(contract.split())


def test_only_the_screens_import_rich() -> None:
    found = {
        path.name
        for path in PACKAGE.rglob("*.py")
        if "rich" in {n.partition(".")[0] for n in _imported(ast.parse(path.read_bytes()))}
    }
    assert found == {"screen.py", "bootstrap_screen.py", "facts_screen.py"}
    for name in ("cli", "output", "error_handler", "reporters/setting_up", "reporters/facts", "reporters/steps"):
        source = (PACKAGE / f"{name}.py").read_text()
        assert not re.search(r"^(from|import) .*screen", source, re.M), "a screen is imported only when it is drawn"


@pytest.mark.parametrize("folder", ["agents", "checks", "gate"])
def test_the_core_imports_the_standard_library_and_itself(folder: str) -> None:
    for path in sorted((PACKAGE / folder).rglob("*.py")):
        tops = {name.partition(".")[0] for name in _imported(ast.parse(path.read_bytes()))}
        assert tops - {"qualitygate", "tomllib"} <= sys.stdlib_module_names, path  # tomllib: from 3.11 on, and guarded


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
