"""How long a commit waits, as ratios to prek with the same tools in the same run; DESIGN's budget in figures.

    python benchmarks/latency.py SOURCE [--runs N] [--types FOLDER] [--rules SEMGREP] [--cold N]

SOURCE is a folder with some thousand files, unpacked from a source distribution; it is copied. Medians
of paired runs, in turn. `qualitygate`, `prek`, `lefthook` and `pre-commit` are taken from PATH. Nothing fails if a
target is missed: figures depend on the machine, ratios less so, and ratios of processor time least.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.latency_ground import (
    Ground,
    Took,
    edit,
    forget,
    git_calls,
    lefthook,
    middle,
    our_hook,
    peak,
    percentile,
    pre_commit,
    prek,
    prepare,
    side_by_side,
    timed,
)
from benchmarks.story_tree import Done, git, run


class Row(NamedTuple):
    """One line of the table. `target` bounds `value`, a ratio unless `unit` says otherwise; `cpu` is that of cores."""

    case: str
    ours: str
    theirs: str
    value: float
    target: float | None
    unit: str = "x"
    cpu: float = 0.0


def _ratio(case: str, ours: list[Took], theirs: list[Took], target: float | None) -> Row:
    one, other = middle(ours), middle(theirs)
    ratio, cpu = one.wall / other.wall, one.cpu / other.cpu
    return Row(case, f"{one.wall:.0f} ms", f"{other.wall:.0f} ms", ratio, target, cpu=cpu)


def staged(ground: Ground, runs: int) -> Iterator[Row]:
    """One staged file: judged for the first time, and judged again; beside three hook managers."""
    managers: dict[str, Callable[[Ground], Done]] = {"prek": prek}
    managers |= {"lefthook": lefthook} if shutil.which("lefthook") else {}
    managers |= {"pre-commit": pre_commit} if shutil.which("pre-commit") else {}
    edit(ground, 0)
    our_hook(ground)
    for manager in managers.values():
        manager(ground)
    fresh: list[Took] = []
    again: list[Took] = []
    other: dict[str, list[Took]] = {name: [] for name in managers}
    for number in range(1, runs + 1):
        turns = ["", *managers]
        edit(ground, number)
        for name in turns[number % len(turns) :] + turns[: number % len(turns)]:
            if name:
                other[name].append(timed(partial(managers[name], ground), codes=(0, 1)))
            else:
                fresh.append(timed(lambda: our_hook(ground)))
        again.append(timed(lambda: our_hook(ground)))
    for name, took in other.items():
        yield _ratio(f"one staged file, to {name}", fresh, took, 0.8 if name == "prek" else None)
    yield _ratio("judged before, to prek on the staged file", again, other["prek"], None)
    every = [timed(lambda: prek(ground, "--all-files"), codes=(0, 1)) for _ in range(3)]
    yield _ratio("judged before, to prek on all files", again, every, 0.1)


def whole(ground: Ground, runs: int) -> Iterator[Row]:
    """All files, without any cache and with."""
    argv = ["qualitygate", "run", "--all-files"]
    cold: list[Took] = []
    warm: list[Took] = []
    bare: list[Took] = []
    managed: list[Took] = []
    for _ in range(runs):
        forget(ground)
        cold.append(timed(lambda: run(argv, ground.root, ground.env)))
        warm.append(timed(lambda: run(argv, ground.root, ground.env)))
        forget(ground)
        bare.append(timed(lambda: side_by_side(ground)))
        forget(ground)
        managed.append(timed(lambda: prek(ground, "--all-files"), codes=(0, 1)))
    yield _ratio("all files, cold, to bare tools", cold, bare, 1.1)
    yield _ratio("all files, cold, to prek", cold, managed, None)
    yield _ratio("all files, warm, to cold", warm, cold, 0.05)


def inspection(ground: Ground, runs: int) -> Row:
    """`qualitygate inspect`, in seconds."""
    took = [timed(lambda: run(["qualitygate", "inspect", "--json"], ground.root, ground.env)) for _ in range(runs)]
    return Row("inspect", f"{middle(took).wall:.0f} ms", "", middle(took).wall / 1000, 2.0, "s")


def commits(ground: Ground, runs: int) -> Iterator[Row]:
    """`git commit` as a whole, beside one without hooks."""
    times: dict[str, list[Took]] = {"no hooks": [], "judged before": [], "judged now": []}
    for number in range(runs):
        for at, (kind, took) in enumerate(times.items()):
            edit(ground, 1000 + 3 * number + at)
            if kind == "judged before":
                timed(lambda: our_hook(ground))
            off = ["-c", "core.hooksPath=/dev/null"] if kind == "no hooks" else []
            took.append(timed(partial(run, ["git", *off, "commit", "-qm", "x"], ground.root, ground.env)))
            git(ground.root, ground.env, "reset", "-q", "--soft", "HEAD~1")
    for kind in ("judged before", "judged now"):
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            ours, bare = percentile(times[kind], share), percentile(times["no hooks"], share)
            yield _ratio(f"git commit, {kind}, {name}", [ours], [bare], None)


def processes(ground: Ground) -> Iterator[Row]:
    """What one commit hook starts and holds."""
    edit(ground, 5000)
    for kind, target in (("miss", 6), ("hit", 2)):
        calls = git_calls(ground, our_hook)
        names = Counter(_command(call) for call in calls)
        what = ", ".join(f"{name} {count}" if count > 1 else name for name, count in names.items())
        yield Row(f"git calls of a hook, record {kind}", what, "", len(calls), target, "")
    yield Row("memory of the gate process, record hit", "", "", peak(ground), 100, "MiB")
    edit(ground, 5001)
    yield Row("memory of the gate process, one staged file", "", "", peak(ground), 100, "MiB")


def _command(call: str) -> str:
    words = iter(call.split())
    for word in words:
        if word == "-c":
            next(words)
        elif not word.startswith("-"):
            return word
    return "?"


def machine(ground: Ground) -> str:
    """What the figures were taken on."""
    files = len(git(ground.root, ground.env, "ls-files").splitlines())
    tools = [run([name, "--version"], ground.root, ground.env).said.strip() for name in ("git", "prek", "ruff")]
    tools += [
        run([name, "version"], ground.root, ground.env).said.strip() for name in ("lefthook",) if shutil.which(name)
    ]
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load}; "
        f"Python {platform.python_version()}, {', '.join(tools)}; {files} files"
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--runs", type=int, default=11, help="paired runs of the short cases")
    parser.add_argument("--cold", type=int, default=3, help="runs of the long cases; 0 leaves them out")
    parser.add_argument("--types", default="", metavar="FOLDER", help="also run mypy, on this folder of the tree")
    parser.add_argument(
        "--rules", default="", metavar="SEMGREP", help="also run our rules; for the others by this program"
    )
    parser.add_argument("--work", type=Path, help="an empty or new folder to work in, kept afterwards")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="latency-") as temporary:
        ground = prepare(asked.source.resolve(), (asked.work or Path(temporary)).resolve(), asked.types, asked.rules)
        print(machine(ground), flush=True)
        print(f"{'case':<44} {'ours':>9} {'other':>9} {'value':>10} {'cpu':>7} {'target':>8}")
        for rows in (
            staged(ground, asked.runs),
            whole(ground, asked.cold) if asked.cold else (),
            [inspection(ground, 3)],
            commits(ground, asked.runs),
            processes(ground),
        ):
            for row in rows:
                print(_line(row), flush=True)
    return 0


def _line(row: Row) -> str:
    value = f"{row.value:.2f} {row.unit}" if row.unit in ("x", "s") else f"{row.value:.0f} {row.unit}"
    target = f"{row.target:g}" if row.target is not None else ""
    missed = "  missed" if row.target is not None and row.value > row.target else ""
    cpu = f"{row.cpu:.2f} x" if row.cpu else ""
    rest = f"{row.theirs:>9} {value:>10} {cpu:>7} {target:>8}{missed}"
    if len(row.ours) > 9:
        return f"{row.case:<44} {'':>9} {rest}\n    {row.ours}"
    return f"{row.case:<44} {row.ours:>9} {rest}"


if __name__ == "__main__":
    sys.exit(main())
