"""Settings that demand less: a step of CI that cannot fail, a hook that nobody runs, tests that pass whatever happens.

A person is only shown them, so that it takes an agent to be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.story_ground import Ground
from benchmarks.story_tree import Defect, Found

_CHECK = (
    r"(?:pytest|tox|nox|mypy|pyright|ruff check|eslint|jest|vitest|rspec|rubocop|golangci-lint run"
    r"|cargo (?:test|clippy)|go (?:test|vet)|make (?:test|lint|check)"
    r"|(?:npm|yarn|pnpm|bun)(?: run)? (?:test|lint|typecheck)\b"
    r"|\./mvnw [^|&]*verify|\./gradlew [^|&]*check)"
)
_RUNS = r"(?:uv run (?:--[\w-]+ )*|poetry run |npx |pnpm exec |python -m )?"
_STEP = re.compile(rf"(?m)^(?P<key>[ ]*(?:- )?run: )?[ ]*{_RUNS}{_CHECK}[^\n|&;\\#]*$")
_HOOK = re.compile(r"(?m)^(?P<pad>[ ]+)- id: (?P<id>[\w-]+)[ ]*\n(?!(?P=pad)  [^\n]*(?:\n(?P=pad)  [^\n]*)*stages:)")
_SCRIPT = re.compile(rf'(?m)^(?P<pad>[ ]*|\t*)"test": "(?P<run>{_RUNS}(?:{_CHECK}|mocha|node --test|ava)[^"|]*)"')
_ENDING = "# It is here again.\n"


def weakened(ground: Ground) -> Iterator[Defect]:
    """One file of settings, the best that there is: CI, then a hook manager's, then a manifest, then our own."""
    for way in (_step, _hook, _script, _gate):
        found = next(way(ground), None)
        if found is not None:
            yield found._replace(agent=True)
            return


def _text(ground: Ground, path: str) -> str:
    return (ground.root / path).read_text(encoding="utf-8", errors="replace")


def _defect(path: str, broken: str, mended: str, line: int, kind: str) -> Defect:
    return Defect("", path, broken.encode(), mended.encode(), Found(path, line, f"settings:{kind}"))


def _step(ground: Ground) -> Iterator[Defect]:
    """A check that CI runs, whose failure no longer counts."""
    for path in ground.hosts.tracked:
        if path.startswith(".github/workflows/") and path.endswith((".yml", ".yaml")):
            text = _text(ground, path)
            found = _STEP.search(text)
            if found and (found["key"] or _in_block(text, found.start())):
                broken = f"{text[: found.end()].rstrip(' ')} || true{text[found.end() :]}"
                yield _defect(path, broken, text.rstrip() + f"\n{_ENDING}", _line(text, found.start()), "softened")


def _in_block(text: str, at: int) -> bool:
    """Whether a line belongs to a script of several lines."""
    pad = len(text[at:]) - len(text[at:].lstrip(" "))
    for row in reversed(text[:at].splitlines()):
        if row.strip() and len(row) - len(row.lstrip()) < pad:
            return bool(re.search(r"\brun: [|>]", row))
    return False


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _hook(ground: Ground) -> Iterator[Defect]:
    path = ".pre-commit-config.yaml"
    if path in ground.hosts.tracked:
        text = _text(ground, path)
        for found in _HOOK.finditer(text):
            if found["id"] != "qualitygate":
                broken = f"{text[: found.end()]}{found['pad']}  stages: [manual]\n{text[found.end() :]}"
                line = _line(text, found.start())
                # Mended it is as it was: bootstrap wrote into it, and has to find its own part again.
                yield _defect(path, broken, text, line, "hook-softened")


def _script(ground: Ground) -> Iterator[Defect]:
    """What `npm test` runs; mended it is another manifest than before, with a script of ours."""
    for path in ground.hosts.tracked:
        if path.rpartition("/")[2] == "package.json":
            text = _text(ground, path)
            found = _SCRIPT.search(text)
            if found:
                broken = f"{text[: found.end('run')]} || true{text[found.end('run') :]}"
                own = f'{found["pad"]}"story": "node --version",\n'
                mended = text[: found.start()] + own + text[found.start() :]
                yield _defect(path, broken, mended, _line(text, found.start()), "softened")


def _gate(ground: Ground) -> Iterator[Defect]:
    """What calls the gate itself, with nothing in it."""
    path = ".github/workflows/qualitygate.yml"
    if (ground.root / path).is_file():
        text = _text(ground, path)
        yield _defect(path, "# A story.\n", text, 0, "gate-removed")
