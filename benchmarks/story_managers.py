"""The steps of the story that go through pre-commit or prek."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.story_tree import Defect, Done, Found, findings, git, is_meant, run

DEFAULTS = (
    *("syntax", "ruff", "merge-marker", "large-file", "secrets"),
    *("suppressions", "handlers", "kept-tests", "kept-types", "kept-settings"),
)
"""The checks that run where there is no `qualitygate.toml`."""

Row = tuple[str, bool, float, str]
"""Name, as expected, seconds, what happened."""


def shown(defect: Defect) -> str:
    """The one finding that is expected."""
    at = defect.expected
    return f"refused: {at.path}:{at.line} {at.rule}" if at.line > 0 else f"refused: {at.path} {at.rule}"


_LAYOUT = ":unformatted"


def is_layout(done: Done) -> bool:
    """Whether a refusal is about the layout of the text alone."""
    found = findings(done.said)
    return bool(found) and all(one.rule.endswith(_LAYOUT) for one in found)


def unexpected(defect: Defect, done: Done, code: int) -> list[str]:
    """What is wrong with the answer to a defect: exactly it must be named, and nothing else."""
    wrong = [] if done.code == code else [f"exit {done.code}"]
    found = findings(done.said)
    meant = [one for one in found if is_meant(one, defect.expected)]
    if not meant:
        wrong.append(f"not named: {defect.expected.path}:{defect.expected.line} {defect.expected.rule}")
    others = [one for one in found if one not in meant and not _is_allowed(one, defect)]
    wrong += [f"also named: {one.path}:{one.line} {one.rule}" for one in others][:5]
    if "undecided" in done.said:
        wrong.append(next(line.strip() for line in done.said.splitlines() if "undecided" in line)[:200])
    if len(meant) > len(set(meant)):
        wrong.append("named more than once")
    if wrong and not found:
        wrong.append(" / ".join(line for line in done.said.splitlines() if line.strip())[-300:])
    return wrong


def _is_allowed(found: Found, defect: Defect) -> bool:
    """What may be named besides: a test that fails by every check that runs it, a broken file by all that parse it.

    And the layout of what this script writes, by the project's formatter.
    """
    tests = found.rule.endswith(":failed") and defect.expected.rule.endswith(":failed")
    tests = tests and (found.path == defect.path or found.rule == "command:failed")
    torn = found.rule.endswith((":parse", ":invalid-syntax"))
    parse = torn and defect.check == "syntax" and found.path == defect.path
    laid_out = found.rule.endswith(_LAYOUT) and not defect.expected.rule.endswith(_LAYOUT) and found.path == defect.path
    return tests or parse or laid_out or any(is_meant(found, one) for one in defect.also)


def ours_alone(root: Path, target: Path) -> Path:
    """A configuration with nothing but our entry: the other hooks would have to be fetched."""
    from ruamel.yaml import YAML

    document = YAML(typ="safe").load((root / ".pre-commit-config.yaml").read_text())
    ours = [repo for repo in document["repos"] if any(hook["id"] == "qualitygate" for hook in repo["hooks"])]
    target.write_text(json.dumps({"repos": ours}))
    return target


def _run(manager: str, config: Path, root: Path, env: Mapping[str, str], all_files: bool) -> Done:
    argv = [manager, "run", "-c", str(config), "--verbose", *(["--all-files"] if all_files else [])]
    return run(argv, root, env)


def _name(manager: str, all_files: bool) -> str:
    return f"{manager} run{' --all-files' if all_files else ''}"


def clean(manager: str, config: Path, root: Path, env: Mapping[str, str], *, all_files: bool) -> Row:
    """The work tree as it is passes."""
    done = _run(manager, config, root, env, all_files)
    ok = done.code == 0 and not findings(done.said)
    said = "passed" if ok else f"exit {done.code}: {done.said.strip()[-300:]}"
    return f"{_name(manager, all_files)}: as it is", ok, done.seconds, said


def tried(manager: str, config: Path, root: Path, env: Mapping[str, str], defect: Defect) -> Iterator[Row]:
    """An unstaged defect is refused with and without `--all-files`, and passes once it is mended."""
    place = root / defect.path
    env = {**env, "AI_AGENT": "1"} if defect.agent else env
    for all_files in (True, False):
        place.write_bytes(defect.broken)
        done = _run(manager, config, root, env, all_files)
        wrong = unexpected(defect, done, 1)
        if place.read_bytes() != defect.broken:
            wrong.append("the file was changed")
        name = f"{_name(manager, all_files)}: {defect.check} in {defect.path}"
        yield name, not wrong, done.seconds, "; ".join(wrong) or shown(defect)
    place.write_bytes(defect.mended)
    done = _run(manager, config, root, env, False)
    ok = done.code == 0
    said = "passed" if ok else f"exit {done.code}: {done.said.strip()[-300:]}"
    yield f"{_name(manager, False)}: {defect.check} mended", ok, done.seconds, said


def published(checkout: Path, target: Path, env: Mapping[str, str]) -> tuple[Path, str]:
    """A clone of this repository, with what is not committed yet committed there; its path and revision."""
    if not target.exists():
        git(checkout, env, "clone", "--quiet", "--no-hardlinks", str(checkout), str(target))
        for path in git(checkout, env, "ls-files", "-z", "--modified", "--others", "--exclude-standard").split("\0"):
            if path and (checkout / path).is_file():
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(checkout / path, target / path)
        git(target, env, "add", "-A")
        git(target, env, "commit", "--quiet", "--allow-empty", "-m", "The checkout as it is")
    return target, git(target, env, "rev-parse", "HEAD").strip()
