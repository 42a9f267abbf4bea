"""A package of many modules that gets another name: is old debt left in peace, and what does the gate take beside git?

    python benchmarks/renaming.py [--modules N] [--base-names] [--work FOLDER]

Makes a package in which every module imports another one and has debt, with our hooks. Then it is moved by `git mv`,
all imports are written anew, and one violation is added in the same commit. Right is a refusal that names that one
alone, and a pass without it. `--base-names`: the modules get other names too, and each is edited besides.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.latency_ground import Took, timed
from benchmarks.story_tree import Done, git, run, surroundings

_PER_FOLDER = 50
_SETTINGS = {
    "qualitygate.toml": "schema = 1\n[gate]\ntime_limit = 600\n[checks.ruff]\n[checks.markers]\n",
    "ruff.toml": '[lint]\nselect = ["E7", "F"]\n',
}
_ADDED = "\n\ndef added(one):\n    return one == None\n"


class Outcome(NamedTuple):
    """What was called new with the violation and without it, what was known, and what git and our hook took."""

    refused: tuple[str, ...]
    passed: tuple[str, ...]
    known: int
    undecided: int
    commit: Took
    hook: Took


def module(number: int, count: int) -> str:
    """A module like no other, with an unused import and a comparison to None in each function."""
    random, other = Random(number), (number + 1) % count
    rows = [f'"""Module {number} of the shop."""', "", "import os", ""]
    rows += [f"from shop.part{other // _PER_FOLDER} import module{other}", ""]
    for part in range(random.randint(2, 8)):
        one, two = random.choice("abcdefgh"), random.choice("uvwxyz")
        rows += ["", f"def work_{number}_{part}({one}, {two}):", f'    """Work {random.randint(1, 9999)}."""']
        rows += [f"    if {one} == None:", f"        return {two} * {random.randint(1, 999)}"]
        rows += [f"    return module{other}.get({two}, {random.randint(1, 99)})", ""]
    return "\n".join(rows)


def play(work: Path, count: int, *, base_names: bool = False) -> Outcome:
    """Make the package in an empty folder, rename it, and say what the gate made of that."""
    env = {**surroundings(work), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0"}
    root = work / "tree"
    for number in range(count):
        path = root / f"shop/part{number // _PER_FOLDER}/module{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(module(number, count))
    for name, text in _SETTINGS.items():
        (root / name).write_text(text)
    git(root, env, "init", "-q")
    git(root, env, "add", "-A")
    git(root, env, "commit", "-qm", "The shop")
    done = run(["qualitygate", "install"], root, env)
    if done.code != 0:
        raise RuntimeError(done.said)
    git(root, env, "mv", "shop", "store")
    for path in sorted(root.glob("store/**/*.py")):
        _rewrite(path, base_names=base_names)
    hurt = min(root.glob("store/**/*.py"))
    clean = hurt.read_text()
    hurt.write_text(clean + _ADDED)
    refused, _, _, _ = _judged(root, env)
    hurt.write_text(clean)
    passed, known, undecided, hook = _judged(root, env)
    off = ["-c", "core.hooksPath=/dev/null"]
    commit = timed(lambda: run(["git", *off, "commit", "-qm", "The store"], root, env))
    return Outcome(refused, passed, known, undecided, commit, hook)


def _rewrite(path: Path, *, base_names: bool) -> None:
    text = re.sub(r"(?m)^from shop\.", "from store.", path.read_text())
    if base_names:
        text = re.sub(r"\bmodule(?=\d)", "unit_", text)
        path.unlink()
        path = path.with_name(path.name.replace("module", "unit_"))
    path.write_text(text)


def _judged(root: Path, env: Mapping[str, str]) -> tuple[tuple[str, ...], int, int, Took]:
    """What is new in all that is staged now, how much is known, how many checks were undecided, and what it took."""
    git(root, env, "add", "-A")
    said: list[str] = []

    def look() -> Done:
        done = run(["qualitygate", "run", "--staged", "--format", "json"], root, env)
        said.append(done.said)
        return done

    took = timed(look, codes=(0, 1, 2))
    report = json.loads(said[-1])
    new = tuple(f"{one['path']}:{one['line']} {one['rule']}" for one in report["new"])
    return new, report["known"], len(report["undecided"]), took


def main() -> int:
    """Print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--modules", type=int, default=1500)
    parser.add_argument("--base-names", action="store_true")
    parser.add_argument("--work", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="renaming-") as temporary:
        found = play((asked.work or Path(temporary)).resolve(), asked.modules, base_names=asked.base_names)
    print(f"{asked.modules} modules, {found.known} known, {found.undecided} undecided")
    print(f"with a violation: {list(found.refused[:5])} of {len(found.refused)}; without: {len(found.passed)} new")
    for name, took in (("git commit", found.commit), ("judged", found.hook)):
        print(f"{name:<12} {took.wall:>7.0f} ms, {took.cpu:>7.0f} ms of all processors")
    return 0 if len(found.refused) == 1 and not found.passed and not found.undecided else 1


if __name__ == "__main__":
    sys.exit(main())
