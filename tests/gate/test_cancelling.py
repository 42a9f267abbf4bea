"""What is equal in both trees cancels out: never may that change what is new, fixed or undecided."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cancelling import DEFAULT, compare, sample
from qualitygate import git as our_git
from qualitygate.checks.tools import ruff_check, syntax
from tests.support import commit, git, make_repo, write

UNUSED = "import os\nimport re\nimport shop.cart\n\n\ndef f(x=[]):\n    return x\n"
CHART = {"chart/Chart.yaml": "name: shop\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A history in which what other files are called, and are there, decides what is found in one that is equal."""
    root = make_repo(
        tmp_path / "r",
        {"shop/__init__.py": "", "shop/cart.py": UNUSED, "a.py": UNUSED, "chart/templates/x.yaml": "a: [\n"},
    )
    commit(root, {"shop/cart.py": UNUSED + "\n\nprint( 1 )\n", "b.json": "{"})
    commit(root, {"re/__init__.py": "", "re/x.py": "import a\nimport os\n"})  # `re` is now of the project
    commit(root, {"shop/__init__.py": None})  # and `shop` a namespace
    commit(root, {**CHART, "a.py": UNUSED.replace("os", "sys")})
    commit(root, {"chart/Chart.yaml": None, "shop/moved.py": UNUSED, "shop/cart.py": None})
    git(root, "mv", "a.py", "c.py")
    (root / "c.py").chmod(0o755)
    commit(root, {"b.json": "{}", "secret.py": "key = 'AKIA" + "2E7Q4PLMX5RWZB3Y'\n"})
    write(root, {"large.bin": b"x" * (2 << 20), "shop/merge.py": "<<<<<<< a\nx = 1\n=======\nx = 2\n>>>>>>> b\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "last")
    return root


def test_equal_files_cancel_out_without_a_trace(root: Path, tmp_path: Path) -> None:
    repo = our_git.find_repo(root)
    score = compare(repo, DEFAULT, sample(repo, 20), tmp_path / "work")
    assert score.differences == ()
    assert (score.commits, score.undecided) == (7, 0)
    assert score.new > 10 and score.fixed > 1, "a comparison of nothing with nothing proves nothing"


@pytest.mark.parametrize("what", ["names", "heeds"])
def test_the_comparison_would_see_a_tool_that_declares_too_little(
    root: Path, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "names":
        monkeypatch.setattr(ruff_check, "reads", "self")
    else:
        monkeypatch.setattr(syntax, "heeds", ())
    repo = our_git.find_repo(root)
    score = compare(repo, ["ruff", "syntax"], sample(repo, 20), tmp_path / "work")
    assert {one.check for one in score.differences} - {"fixed"} == {"ruff" if what == "names" else "syntax"}
