"""What the checks that compare two trees add to a commit of one file: the hook with all of them, and without any.

    python benchmarks/safeguards_cost.py SOURCE [--runs 21]

SOURCE is copied twice and set up with two cheap checks, the second copy with every comparer besides. The same edit is
staged in both, the hooks run in turn; printed are medians, and the median of the differences pair by pair, which
holds when the machine's speed drifts. `qualitygate` is taken from PATH. Nothing fails if a target is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.latency_ground import Ground, Took, middle, our_hook, timed
from benchmarks.story_tree import git, run, surroundings
from qualitygate.checks.safeguards.inventory.places import is_test
from qualitygate.checks.safeguards.product import is_product
from qualitygate.config import PAIRS

_ALONE = ("markers", "large-files")
_TARGET = 15
"""Milliseconds that all of them together may add."""


def prepare(source: Path, work: Path, checks: tuple[str, ...]) -> Ground:
    """A copy with these checks."""
    env = {**surroundings(work), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0"}
    root = work / "tree"
    shutil.copytree(source, root, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", "node_modules"))
    (root / "qualitygate.toml").write_text("schema = 1\n\n" + "".join(f"[checks.{name}]\n" for name in checks))
    git(root, env, "init", "-q")
    git(root, env, "add", "-A")
    git(root, env, "commit", "-qm", "The tree")
    done = run(["qualitygate", "install"], root, env)
    if done.code:
        raise SystemExit(done.said)
    hosts = [path for path in git(root, env, "ls-files", "*.py", "*.ts", "*.js").split() if _is_host(root / path)]
    return Ground(root, env, work, hosts, "")


def _is_host(path: Path) -> bool:
    return 2_000 < path.stat().st_size < 40_000


def edit(ground: Ground, path: str, number: int) -> None:
    """One more statement at the end of this file, staged alone."""
    git(ground.root, ground.env, "reset", "-q", "--hard")
    mark = "" if path.endswith(".py") else "var "
    text = (ground.root / path).read_bytes().rstrip(b"\n") + f"\n\n{mark}spare_{number} = {number}\n".encode()
    (ground.root / path).write_bytes(text)
    git(ground.root, ground.env, "add", "-A")


def measure(bare: Ground, full: Ground, hosts: list[str], runs: int) -> tuple[list[Took], list[Took]]:
    """The hook in both, in turn, on edits that no cache has seen."""
    without: list[Took] = []
    with_: list[Took] = []
    for number in range(-len(hosts), runs):  # first all of base, which is kept then
        path = hosts[number % len(hosts)]
        for ground in (bare, full):
            edit(ground, path, number + 1000)
        order = [(bare, without), (full, with_)]
        for ground, took in order if number % 2 else order[::-1]:
            one = timed(partial(our_hook, ground))
            if number >= 0:
                took.append(one)
    return without, with_


def main() -> int:
    """Print a row for a file of the product and one for a file of tests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--checks", default=",".join(PAIRS), help="which of them")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cost-") as work:
        bare = prepare(asked.source, Path(work) / "bare", _ALONE)
        full = prepare(asked.source, Path(work) / "full", (*_ALONE, *asked.checks.split(",")))
        files = len(git(bare.root, bare.env, "ls-files").splitlines())
        print(f"{asked.source.name}: {files} files, {asked.runs} pairs, load {os.getloadavg()[0]:.1f}; milliseconds")
        print(f"{'one file of':<12} {'without':>14} {'with':>14} {'added (median of pairs)':>26}  target {_TARGET}")
        for kind, wanted in (("the product", is_product), ("the tests", lambda path: is_test(path, {}))):
            hosts = [path for path in bare.hosts if wanted(path)]
            if not hosts:
                continue
            without, with_ = measure(bare, full, hosts[:: max(len(hosts) // 4, 1)][:4], asked.runs)
            one, two = middle(without), middle(with_)
            pairs = list(zip(without, with_, strict=True))
            wall = statistics.median(after.wall - before.wall for before, after in pairs)
            cpu = statistics.median(after.cpu - before.cpu for before, after in pairs)
            print(
                f"{kind:<12} {one.wall:6.0f} {one.cpu:5.0f}cpu {two.wall:6.0f} {two.cpu:5.0f}cpu"
                f" {wall:12.1f} {cpu:8.1f}cpu",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
