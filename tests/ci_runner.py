"""Play a workflow: its `run:` steps, in a checkout of a real repository, with the variables that GitHub sets."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from tests.checkout import BIN
from tests.support import git

ZERO = "0" * 40


class Played(NamedTuple):
    """How a run went: whether each step that ran succeeded, what they printed, and the files they left."""

    code: int
    said: str
    summary: str
    sarif: Any
    ran: tuple[str, ...]


class Context(NamedTuple):
    """`github` as expressions see it; the inputs of an action, and what its step `python` put out."""

    github: Mapping[str, Any]
    inputs: Mapping[str, Any] = {}
    steps: Mapping[str, Any] = {}

    @property
    def event(self) -> Mapping[str, Any]:
        return self.github["event"]  # type: ignore[no-any-return]


def load(text: bytes | str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def pull_request(number: int, *, base: str, head: str, fork: bool = False, private: bool = False) -> dict[str, Any]:
    repository = {"full_name": "us/shop", "default_branch": "main", "private": private}
    source = {"full_name": "somebody/shop" if fork else "us/shop"}
    request = {"number": number, "base": {"ref": "main", "sha": base}, "head": {"sha": head, "repo": source}}
    return {"number": number, "pull_request": request, "repository": repository}


def push(before: str, after: str, *, branch: str = "main", forced: bool = False) -> dict[str, Any]:
    repository = {"full_name": "us/shop", "default_branch": "main", "private": False}
    return {"ref": f"refs/heads/{branch}", "before": before, "after": after, "forced": forced, "repository": repository}


def context(name: str, event: Mapping[str, Any], *, sha: str, ref: str) -> Context:
    return Context({"event_name": name, "event": event, "sha": sha, "ref": ref, "repository": "us/shop"})


def check_out(origin: Path, place: Path, ref: str, sha: str, *, depth: int = 0) -> Path:
    """What actions/checkout does: branches, the ref of the event, and a detached HEAD."""
    git(place.parent, "init", "-q", str(place))
    git(place, "remote", "add", "origin", f"file://{origin}")
    cut = [f"--depth={depth}"] if depth else []
    every = [] if depth else ["+refs/heads/*:refs/remotes/origin/*"]
    git(place, "fetch", "-q", "--no-tags", *cut, "origin", *every, f"+{sha}:refs/remotes/{ref.removeprefix('refs/')}")
    git(place, "checkout", "-q", "--detach", sha)
    return place


def environment(ground: Path, work: Path, context: Context) -> dict[str, str]:
    """The variables of a run; nothing secret is among them."""
    event = ground / "event.json"
    event.write_text(json.dumps(context.event))
    (ground / "temp").mkdir(exist_ok=True)
    env = {key: value for key, value in os.environ.items() if not re.search("TOKEN|SECRET|PASSWORD|_KEY", key)}
    return {
        **env,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": context.github["event_name"],
        "GITHUB_EVENT_PATH": os.fspath(event),
        "GITHUB_SHA": context.github["sha"],
        "GITHUB_REF": context.github["ref"],
        "GITHUB_REPOSITORY": "us/shop",
        "GITHUB_WORKSPACE": os.fspath(work),
        "GITHUB_STEP_SUMMARY": os.fspath(ground / "summary.md"),
        "RUNNER_TEMP": os.fspath(ground / "temp"),
    }


def play(steps: list[dict[str, Any]], work: Path, context: Context, *, job_env: Mapping[str, str] = {}) -> Played:
    """Run the `run:` steps as the runner does, each with `bash -e`; the first that fails ends it."""
    ground = work.parent / f"{work.name}-run"
    ground.mkdir()
    env = {**environment(ground, work, context), **job_env}
    said, ran, code = "", [], 0
    for step in steps:
        if "run" not in step or not holds(step.get("if", "true"), context, failed=code != 0):
            continue
        own = {key: filled(str(value), context) for key, value in step.get("env", {}).items()}
        assert "${{" not in step["run"], "an expression in a script is code that somebody else can write"
        folder = work / step.get("working-directory", ".")
        script = ground / "script.sh"
        script.write_text(step["run"])
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", os.fspath(script)]
        done = subprocess.run(shell, cwd=folder, env={**env, **own}, capture_output=True, text=True, check=False)
        said += done.stdout + done.stderr
        ran.append(step.get("name", ""))
        code = code or done.returncode
    summary, sarif = ground / "summary.md", ground / "temp" / "qualitygate.sarif"
    return Played(
        code,
        said,
        summary.read_text() if summary.exists() else "",
        json.loads(sarif.read_text()) if sarif.exists() else None,
        tuple(ran),
    )


def filled(text: str, context: Context) -> str:
    """A value with its expressions worked out."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: _shown(evaluate(found[1], context)), text, flags=re.S)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def holds(condition: str, context: Context, *, failed: bool = False) -> bool:
    """Whether a step or job runs: after a failure only what asks for it does."""
    expression = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", condition.strip(), flags=re.S)
    if failed and not re.search(r"\b(?:cancelled|always|failure)\(\)", expression):
        return False
    return bool(evaluate(expression, context))


def evaluate(expression: str, context: Context) -> Any:
    """The few forms of expressions that our files use; any other is an error."""
    known = {
        "github": context.github,
        "inputs": context.inputs,
        "steps": {"python": {"outputs": context.steps}},
        "runner": {"os": "Linux", "temp": "/temp"},
    }
    tokens = re.findall(r"'[^']*'|[\w.-]+(?:\(\))?|&&|\|\||==|!=|!|[()]", expression)
    words = {"&&": "and", "||": "or", "!": "not", "true": "True", "false": "False", "cancelled()": "False"}
    values: list[Any] = []

    def word(token: str) -> str:
        if token in words or token in ("==", "!=", "(", ")"):
            return words.get(token, token)
        if token.startswith("'"):
            values.append(token[1:-1])
        else:
            found: Any = known
            for part in token.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            values.append(found)
        return f"values[{len(values) - 1}]"

    return eval(" ".join(map(word, tokens)), {"values": values, "__builtins__": {}})  # of our own files only
