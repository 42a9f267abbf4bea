"""What a commit costs as the repository grows, and as the change grows, beside what git itself needs there.

    python benchmarks/scaling.py [--files 100,1000,...] [--changed 1,10,...] [--runs N] [--work FOLDER]

Makes repositories of small Python modules. The first table changes one file in each of them; the second
changes more and more files in the one that `--among` names. `status` and `commit` are git's own, without hooks;
`again` is our hook on a tree that passed before, `judged` on one that nobody has seen. Medians, of runs in
turn; `--work` keeps what was made.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.latency_ground import Ground, Took, middle, our_hook, peak, timed
from benchmarks.story_tree import Done, git, run, surroundings

_CHECKS = ("syntax", "ruff", "ruff-format", "markers", "large-files", "secrets")
_PER_FOLDER = 50
_STEPS = f"{'status':>6} {'commit':>6} {'again':>6} {'judged':>6}"
_HEAD = f"{_STEPS}  |{_STEPS}  |  memory"


def name(number: int) -> str:
    """The path of one module."""
    return f"pkg{number // _PER_FOLDER // 40}/sub{number // _PER_FOLDER}/module{number}.py"


def text(number: int, edit: int) -> str:
    """A module that is like no other."""
    return f'"""Module {number}."""\n\nEDIT = {edit}\n\n\ndef twice(value: int) -> int:\n    return value * {number}\n'


def grow(work: Path, files: int) -> Ground:
    """A repository of that many files with our hooks, which has passed once."""
    env = {**surroundings(work), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0"}
    root = work / f"files-{files}"
    ground = Ground(root, env, work, [name(number) for number in range(files)], "")
    if root.exists():
        return ground
    for number, path in enumerate(ground.hosts):
        if number % _PER_FOLDER == 0:
            (root / path).parent.mkdir(parents=True)
            (root / path).with_name("__init__.py").write_text("")
        (root / path).write_text(text(number, 0))
    settings = "schema = 1\n[gate]\ntime_limit = 600\n" + "".join(f"[checks.{check}]\n" for check in _CHECKS)
    (root / "qualitygate.toml").write_text(settings)
    (root / "ruff.toml").write_text('[lint]\nselect = ["E9", "F"]\n')
    git(root, env, "init", "-q")
    git(root, env, "add", "-A")
    git(root, env, "commit", "-qm", "The tree")
    done = run(["qualitygate", "install"], root, env)
    if done.code != 0:
        raise RuntimeError(done.said)
    return ground


def edit(ground: Ground, count: int, number: int) -> None:
    """Stage a change of that many files, which no gate has seen before."""
    step = max(len(ground.hosts) // count, 1)
    for at in range(count):
        place = (at * step + number) % len(ground.hosts)
        (ground.root / ground.hosts[place]).write_text(text(place, number + 1))
    git(ground.root, ground.env, "add", "-A")


def measure(ground: Ground, count: int, runs: int, start: int) -> str:
    """One row: git alone, a tree that passed before, and one that is judged, with what the gate itself adds."""
    took: dict[str, list[Took]] = {"status": [], "commit": [], "again": [], "judged": []}

    def plain() -> Done:
        off = ["-c", "core.hooksPath=/dev/null"]
        return run(["git", *off, "commit", "-qm", "x"], ground.root, ground.env)

    steps: dict[str, Callable[[], Done]] = {
        "status": lambda: run(["git", "status", "--porcelain"], ground.root, ground.env),
        "judged": lambda: our_hook(ground),
        "again": lambda: our_hook(ground),
        "commit": plain,
    }
    memory = 0.0
    for number in range(runs + 1):
        edit(ground, count, start + number)
        for step, action in steps.items():
            value = timed(action)
            if number:  # the first one makes the snapshots
                took[step].append(value)
    edit(ground, count, start + runs + 1)
    memory = peak(ground)
    found = [middle(took[step]) for step in ("status", "commit", "again", "judged")]
    wall = " ".join(f"{one.wall:>6.0f}" for one in found)
    cpu = " ".join(f"{one.cpu:>6.0f}" for one in found)
    return f"{wall}  |{cpu}  | {memory:>4.0f} MiB"


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--files", default="100,1000,10000,100000")
    parser.add_argument("--changed", default="1,10,100,1000")
    parser.add_argument("--among", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scaling-") as temporary:
        work = (asked.work or Path(temporary)).resolve()
        print(f"load {', '.join(f'{number:.1f}' for number in os.getloadavg())}, {os.cpu_count()} cores")
        print(f"{'files':>8} {_HEAD}   (milliseconds: wall, then of all processors)", flush=True)
        for number, files in enumerate(map(int, asked.files.split(","))):
            print(f"{files:>8} {measure(grow(work, files), 1, asked.runs, 1000 * (number + 1))}", flush=True)
        ground = grow(work, asked.among)
        print(f"changed of {asked.among}", flush=True)
        for number, count in enumerate(map(int, asked.changed.split(","))):
            print(f"{count:>8} {measure(ground, count, asked.runs, 100_000 * (number + 1))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
