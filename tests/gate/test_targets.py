from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.gate import judging, targets
from qualitygate.gate.planning import open_gate
from qualitygate.model import Check, Verdict
from tests.support import git, make_repo, write

DEBT = "def one() -> int:\n    return 'x'\n"
USER = "from shop.prices import one\n\nTWO: int = one()\n"


def judged(root: Path) -> Verdict:
    return judging.judge_worktree(open_gate(root, TOOLS, compile_any))


def shop(root: Path, settings: str, options: str = "") -> Path:
    gate = f"schema = 1\n[checks.mypy]\n{options}\n"
    files = {"shop/__init__.py": "", "shop/prices.py": DEBT, "shop/orders.py": USER, "tests/a.py": "A = 1\n"}
    return make_repo(root, {**files, "mypy.ini": settings, "qualitygate.toml": gate})


def to_store(root: Path) -> None:
    git(root, "mv", "shop", "store")
    write(root, {"store/orders.py": USER.replace("shop", "store")})


NAMED = (("files = shop", ""), ("packages = shop", ""), ("", 'paths = ["shop"]'))


@pytest.mark.parametrize(("settings", "options"), NAMED)
def test_a_renamed_source_folder_is_no_dead_end_and_its_debt_stays_known(
    tmp_path: Path, settings: str, options: str
) -> None:
    root = shop(tmp_path / "r", f"[mypy]\n{settings}\n", options)
    to_store(root)
    for name in ("mypy.ini", "qualitygate.toml"):
        write(root, {name: (root / name).read_text().replace("shop", "store")})
    verdict = judged(root)
    assert (verdict.status, verdict.known, verdict.new) == ("passed", 1, ())
    write(root, {"store/orders.py": USER.replace("shop", "store") + "THREE: str = one()\n"})
    assert [f.path for f in judged(root).new] == ["store/orders.py"]


@pytest.mark.parametrize(("settings", "options"), NAMED)
def test_settings_that_name_a_folder_which_the_change_renamed_do_not_switch_the_check_off(
    tmp_path: Path, settings: str, options: str
) -> None:
    root = shop(tmp_path / "r", f"[mypy]\n{settings}\n", options)
    to_store(root)
    verdict = judged(root)
    ((check, reason),) = verdict.undecided
    assert (verdict.status, check) == ("undecided", "mypy")
    assert "names shop, which is not in this tree" in reason and "correct it" in reason


@pytest.mark.parametrize(("settings", "options"), NAMED)
def test_a_new_folder_that_settings_name_is_looked_at_though_base_does_not_have_it(
    tmp_path: Path, settings: str, options: str
) -> None:
    root = shop(tmp_path / "r", f"[mypy]\n{settings}\n", options)
    write(root, {"tools/__init__.py": "", "tools/a.py": "A: int = 'x'\n"})
    write(root, {"mypy.ini": (root / "mypy.ini").read_text().replace("shop", "shop, tools")})
    write(root, {"qualitygate.toml": (root / "qualitygate.toml").read_text().replace('"shop"', '"shop", "tools"')})
    verdict = judged(root)
    assert ([f.path for f in verdict.new], verdict.known) == (["tools/a.py"], 1)


@pytest.mark.parametrize(
    ("named", "paths"),
    [
        (".", (".",)),
        ("./src/", ("src",)),
        ("src/a.py", ("src/a.py",)),
        ("sr", ()),
        ("src/*.py", ("src/a.py",)),
        ("s*", ("src",)),
        ("src/**/*.py", ("src/a.py", "src/deep/b.py")),
        ("lib/*", ()),
    ],
)
def test_what_a_name_stands_for(named: str, paths: tuple[str, ...]) -> None:
    check = Check("mypy", "mypy", "ratchet", "commit", "", {"paths": [named]})
    found = targets.find(check, TOOLS["mypy"], ("src/a.py", "src/deep/b.py", "README"), lambda path: None)
    assert found is not None and found.places == {named: paths}


@pytest.mark.parametrize("files", ["/elsewhere", "~/x", "$MYPY_CONFIG_FILE_DIR/src"])
def test_what_only_mypy_can_find_is_left_to_it(files: str) -> None:
    check = Check("mypy", "mypy", "ratchet", "commit", "", {})
    read = {"mypy.ini": f"[mypy]\nfiles = {files}\n".encode()}.get
    assert targets.find(check, TOOLS["mypy"], ("src/a.py",), read) is None
