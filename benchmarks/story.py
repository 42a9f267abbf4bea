"""The story of a repository that gets a gate, told step by step: what must pass, what must be refused and why.

    python benchmarks/story.py REPO... [--via hooks|pre-commit|prek|shared] [--trust] [--keep-remote] [--json]

Each REPO is copied; the original is only read. `qualitygate`, and the hook manager asked for, are taken
from PATH. Exits 1 if any step is not as expected. README.md beside this file says what the steps are.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import story_managers
from benchmarks.story_defects import KNOWN, moved, of_check
from benchmarks.story_ground import Ground, survey
from benchmarks.story_languages import SHELL, SLASHES
from benchmarks.story_tree import Defect, Done, Listing, copy, differences, git, listing, run, surroundings
from qualitygate.config import parse_toml
from qualitygate.globs import matches


class Step(NamedTuple):
    """One step: whether it went as expected, how long it took, and what happened."""

    name: str
    ok: bool
    seconds: float
    what: str


class Scene(NamedTuple):
    """The copy that the story plays in."""

    root: Path
    env: Mapping[str, str]
    trust: bool


def by_hooks(scene: Scene) -> Iterator[Step]:
    """Everything through `git commit`."""
    before = listing(scene.root)
    done, document = _bootstrap(scene)
    yield _told(done, document)
    if done.code != 0:
        return
    yield _passes(scene, "commit of bootstrap's files", document["written"])
    yield from _moving(scene)
    for check, defect in _defects(scene, document):
        if defect is None:
            yield Step(f"{check}: a new defect", False, 0, "this script knows no defect for it, or has no file for it")
        elif _settings(scene.root, check).get("tier") == "push":
            yield from _pushed(scene, defect)
        else:
            yield from _refused_and_mended(scene, defect)
    yield from _ways_round(scene)
    yield _again(scene)
    yield _undone(scene, before, document["written"])


def _bootstrap(scene: Scene) -> tuple[Done, dict[str, Any]]:
    argv = ["qualitygate", "bootstrap", ".", "--json", *(["--trust"] if scene.trust else [])]
    done = run(argv, scene.root, scene.env)
    # What was planned and left out, to be read afterwards: the table has no room for it.
    kept = Path(f"{scene.root}-bootstrap.txt")
    if not kept.exists():
        kept.write_text(done.said)
    try:
        return done, json.loads(done.said[done.said.index("{\n") : done.said.rindex("}") + 1])
    except ValueError:
        return done, {"verdict": "none", "proof": [], "written": []}


def _told(done: Done, document: Mapping[str, Any]) -> Step:
    proof = document["proof"]
    proven = [row["check"] for row in proof if row["installed"]]
    missing = [f"{row['check']} not: {row['reason']}" for row in proof if not row["installed"]]
    debt = sum(row["debt"] for row in proof)
    what = f"{document['verdict']}: {len(proven)} checks, {debt} known findings"
    if done.code != 0:
        what = _last(done)
    return Step("bootstrap", done.code == 0 and not missing, done.seconds, "; ".join([what, *missing]))


def _last(done: Done) -> str:
    lines = [line for line in done.said.splitlines() if line.strip()]
    return f"exit {done.code}: {' / '.join(lines[-4:])[:300]}"


def _commit(scene: Scene, *args: str) -> Done:
    return run(["git", "commit", "-q", "-m", "Story", *args], scene.root, scene.env)


def _passes(scene: Scene, name: str, paths: list[str]) -> Step:
    git(scene.root, scene.env, "add", "--", *paths)
    if not git(scene.root, scene.env, "status", "--porcelain"):
        return Step(name, True, 0, "as it was before")
    done = _commit(scene)
    if done.code == 1 and story_managers.is_layout(done):  # as the refusal says: this script knows no formatter
        run(["qualitygate", "fix", "--staged"], scene.root, scene.env)
        done = _commit(scene)
    left = git(scene.root, scene.env, "status", "--porcelain")
    ok = done.code == 0 and not left
    return Step(name, ok, done.seconds, "passed" if ok else f"{_last(done)} {left}")


def _tracked(scene: Scene) -> list[str]:
    return [path for path in git(scene.root, scene.env, "ls-files", "-z").split("\0") if path]


def _moving(scene: Scene) -> Iterator[Step]:
    """Comments on top of files: every line of them moves, and nothing else happens."""
    ground = survey(scene.root, _tracked(scene))
    others = ground.hosts.of(*SLASHES, *SHELL)
    first = [*ground.sources[:1], *others[:1]][:1]
    rest = [path for path in (*ground.python, *others) if path not in first]
    for name, paths in (("a source file moved", first), ("all source files moved", rest)):
        changed = []
        for path in paths:
            data = moved(path, (scene.root / path).read_bytes())
            if data is not None:
                (scene.root / path).write_bytes(data)
                changed.append(path)
        if changed:
            yield _passes(scene, f"{name} ({len(changed)})" if len(paths) > 1 else name, changed)


def _defects(scene: Scene, document: Mapping[str, Any]) -> Iterator[tuple[str, Defect | None]]:
    for row in document["proof"]:
        if not row["installed"]:
            continue
        settings = {"max_kib": 500, **_settings(scene.root, row["check"])}
        defects = of_check(_ground(scene, settings), row["check"], settings)
        count = 0
        for defect in defects or ():
            count += 1
            yield row["check"], defect
        if not count:
            yield row["check"], None


def _ground(scene: Scene, settings: Mapping[str, Any]) -> Ground:
    """Where the defects of one check can be: what lies below its root and is not excluded."""
    root, exclude = str(settings.get("root", "")).strip("/"), tuple(settings.get("exclude", ()))
    # What bootstrap writes it writes anew.
    ours = {".github/workflows/qualitygate.yml"}
    below = [path for path in _tracked(scene) if path not in ours and (not root or path.startswith(f"{root}/"))]
    return survey(scene.root, [path for path in below if not matches(path, exclude)])


def _put(scene: Scene, defect: Defect, data: bytes) -> None:
    (scene.root / defect.path).write_bytes(data)
    git(scene.root, scene.env, "add", "--", defect.path)


def _refused_and_mended(scene: Scene, defect: Defect) -> Iterator[Step]:
    _put(scene, defect, defect.broken)
    name = f"{defect.check}: new defect in {defect.path}"
    yield _refusal(scene, name, defect, env={"AI_AGENT": "1"} if defect.agent else None)
    _put(scene, defect, defect.mended)
    yield _passes(scene, f"{defect.check}: mended", [defect.path])


def _settings(root: Path, check: str) -> Mapping[str, Any]:
    place = root / "qualitygate.toml"
    settings = parse_toml(place.read_bytes(), file=place.name)["checks"] if place.exists() else {}
    return dict(settings.get(check, {}))


def _pushed(scene: Scene, defect: Defect) -> Iterator[Step]:
    """A defect that only a push is asked about: the commit passes, the push does not, until it is mended."""
    there = scene.root.parent / f"{scene.root.name}-there.git"
    git(scene.root, scene.env, "init", "--quiet", "--bare", str(there))
    done = _push(scene, there)
    yield Step("push of what there is", done.code == 0, done.seconds, "passed" if done.code == 0 else _last(done))
    _put(scene, defect, defect.broken)
    yield _passes(scene, f"{defect.check}: commit of a new defect in {defect.path}", [defect.path])
    done = _push(scene, there)
    wrong = story_managers.unexpected(defect, done, 1)
    yield Step(f"{defect.check}: push of it", not wrong, done.seconds, "; ".join(wrong) or story_managers.shown(defect))
    _put(scene, defect, defect.mended)
    yield _passes(scene, f"{defect.check}: mended", [defect.path])
    done = _push(scene, there)
    yield Step(f"{defect.check}: push, mended", done.code == 0, done.seconds, _last(done) if done.code else "passed")


def _push(scene: Scene, there: Path) -> Done:
    return run(["git", "push", "--quiet", str(there), "HEAD:refs/heads/story"], scene.root, scene.env)


def _refusal(scene: Scene, name: str, defect: Defect, *args: str, env: Mapping[str, str] | None = None) -> Step:
    head = git(scene.root, scene.env, "rev-parse", "HEAD")
    done = run(["git", "commit", "-q", "-m", "Story", *args], scene.root, {**scene.env, **(env or {})})
    wrong = story_managers.unexpected(defect, done, 1)
    if git(scene.root, scene.env, "rev-parse", "HEAD") != head:
        wrong.append("the commit was made")
    if (scene.root / defect.path).read_bytes() != defect.broken:
        wrong.append("the file was changed")
    return Step(name, not wrong, done.seconds, "; ".join(wrong) or story_managers.shown(defect))


def _ways_round(scene: Scene) -> Iterator[Step]:
    """What people and agents try when a commit is refused."""
    ground = survey(scene.root, _tracked(scene))
    defect = next(KNOWN["secrets"](ground, {}), None)
    if defect is None:
        return
    _put(scene, defect, defect.broken)
    yield _refusal(scene, "commit --no-verify", defect, "--no-verify")
    agent = run(["git", "commit", "-q", "-m", "Story"], scene.root, {**scene.env, "AI_AGENT": "1"})
    place = f"{defect.expected.line}"
    ok = agent.code == 1 and place in agent.said and defect.expected.rule in agent.said and len(agent.said) < 8000
    yield Step("what an agent reads", ok, agent.seconds, f"{len(agent.said)} characters" if ok else _last(agent))
    git(scene.root, scene.env, "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Unseen")
    (scene.root / "story-later.txt").write_text("Later.\n")
    git(scene.root, scene.env, "add", "story-later.txt")
    yield _refusal(scene, "the commit after one that was not judged", defect)
    _put(scene, defect, defect.mended)
    yield _passes(scene, "mended after that", [defect.path])


def _again(scene: Scene) -> Step:
    before = listing(scene.root)
    done, document = _bootstrap(scene)
    changed = differences(before, listing(scene.root))
    ok = done.code == 0 and not changed and not document["written"] and document["verdict"] == "proven"
    return Step("second bootstrap", ok, done.seconds, "changed nothing" if ok else f"{_last(done)} {changed[:5]}")


def _undone(scene: Scene, before: Listing, written: list[str]) -> Step:
    """Undo must restore what bootstrap wrote; what the story itself committed stays."""
    mine = differences(before, listing(scene.root))
    edited = {path for path in mine if path not in written and not path.startswith(".git/hooks/")}
    done = run(["qualitygate", "undo"], scene.root, scene.env)
    left = [path for path in differences(before, listing(scene.root)) if path not in edited]
    folders = {str(parent) for path in edited for parent in Path(path).parents}
    left = [path for path in left if path not in folders]
    ok = done.code == 0 and not left
    return Step("undo", ok, done.seconds, "every byte and mode restored" if ok else f"{_last(done)} {left[:5]}")


def by_manager(scene: Scene, manager: str) -> Iterator[Step]:
    """Defects in the work tree, unstaged, found through a hook manager."""
    done, document = _bootstrap(scene)
    yield _told(done, document)
    if done.code != 0:
        return
    yield _passes(scene, "commit of bootstrap's files", document["written"])
    config = story_managers.ours_alone(scene.root, scene.root.parent / f"{scene.root.name}-config.yaml")
    for all_files in (True, False):
        yield Step(*story_managers.clean(manager, config, scene.root, scene.env, all_files=all_files))
    for check, defect in _defects(scene, document):
        if defect is None:
            yield Step(f"{check}: a new defect", False, 0, "this script knows no defect for it")
            continue
        for row in story_managers.tried(manager, config, scene.root, scene.env, defect):
            yield Step(*row)
        yield _passes(scene, f"{check}: commit of what was mended", [defect.path])


def by_shared(scene: Scene) -> Iterator[Step]:
    """A repository without `qualitygate.toml` that uses the published hook from a clone of this one."""
    clone, rev = story_managers.published(Path(__file__).resolve().parents[1], scene.root.parent / "hooks", scene.env)
    config = scene.root.parent / f"{scene.root.name}-config.yaml"
    hooks = [{"id": "qualitygate"}]
    config.write_text(json.dumps({"repos": [{"repo": clone.as_uri(), "rev": rev, "hooks": hooks}]}))
    document = {"proof": [{"check": name, "installed": True} for name in story_managers.DEFAULTS]}
    for manager in ("pre-commit", "prek"):
        for all_files in (True, False):
            yield Step(*story_managers.clean(manager, config, scene.root, scene.env, all_files=all_files))
        for _, defect in _defects(scene, document):
            if defect is not None:
                for row in story_managers.tried(manager, config, scene.root, scene.env, defect):
                    yield Step(*row)
        git(scene.root, scene.env, "reset", "--hard", "--quiet")
        git(scene.root, scene.env, "clean", "-fdq")
        yield from _installed(scene, manager, config)


def _installed(scene: Scene, manager: str, config: Path) -> Iterator[Step]:
    """A commit with the manager's own git hook, which calls ours."""
    done = run([manager, "install", "-f", "-c", str(config)], scene.root, scene.env)
    yield Step(f"{manager} install", done.code == 0, done.seconds, _last(done) if done.code else "installed")
    for defect in KNOWN["secrets"](survey(scene.root, _tracked(scene)), {}):
        _put(scene, defect, defect.broken)
        yield _refusal(scene, f"git commit through {manager}", defect)
        _put(scene, defect, defect.mended)
        yield _passes(scene, f"git commit through {manager}, mended", [defect.path])
    run([manager, "uninstall", "-c", str(config)], scene.root, scene.env)


def tell(source: Path, work: Path, via: str, *, trust: bool, keep_remote: bool) -> list[Step]:
    """Play the story on a copy of `source` below `work`; an error of the script itself is a failed step."""
    env = surroundings(work)
    root = work / f"{source.name}-{via}{'-remote' if keep_remote else ''}"
    copy(source.resolve(), root, env, keep_remote=keep_remote)
    scene = Scene(root, env, trust)
    steps = {"hooks": by_hooks, "shared": by_shared}
    told: list[Step] = []
    try:
        for step in steps[via](scene) if via in steps else by_manager(scene, via):
            told.append(step)
            print(f"  {step.name}: {'ok' if step.ok else 'NOT AS EXPECTED'}", file=sys.stderr)
    except (RuntimeError, OSError, KeyError) as exc:
        told.append(Step("the story", False, 0, f"stopped: {type(exc).__name__}: {exc}"[:400]))
    return told


def table(title: str, steps: list[Step]) -> str:
    """The steps of one repository, one a line."""
    width = max(len(step.name) for step in steps)
    rows = [
        f"  {step.name:<{width}}  {'yes' if step.ok else 'NO':<3}  {step.seconds:6.2f}  {step.what}" for step in steps
    ]
    wrong = sum(not step.ok for step in steps)
    end = f"  {len(steps)} steps, " + ("all as expected" if not wrong else f"{wrong} NOT as expected")
    return "\n".join([title, f"  {'step':<{width}}  ok   seconds  what happened", *rows, end])


def main() -> int:
    """0 if every step of every repository was as expected."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("repos", nargs="+", type=Path, metavar="REPO")
    parser.add_argument("--via", choices=["hooks", "pre-commit", "prek", "shared"], default="hooks")
    parser.add_argument("--trust", action="store_true", help="let bootstrap use the repository's own environment")
    parser.add_argument("--keep-remote", action="store_true", help="judge against the remote's branch")
    parser.add_argument("--work", type=Path, help="an empty or new folder to play in, kept afterwards")
    parser.add_argument("--json", action="store_true", dest="as_json")
    asked = parser.parse_args()
    stories: dict[str, list[Step]] = {}
    with tempfile.TemporaryDirectory(prefix="story-") as temporary:
        work = (asked.work or Path(temporary)).resolve()
        for source in asked.repos:
            title = f"{source.name} via {asked.via}, {'with' if asked.keep_remote else 'no'} remote"
            stories[title] = tell(source, work, asked.via, trust=asked.trust, keep_remote=asked.keep_remote)
            if not asked.as_json:
                print(table(title, stories[title]), flush=True)
    if asked.as_json:
        print(json.dumps({title: [step._asdict() for step in steps] for title, steps in stories.items()}, indent=2))
    return 0 if all(step.ok for steps in stories.values() for step in steps) else 1


if __name__ == "__main__":
    sys.exit(main())
