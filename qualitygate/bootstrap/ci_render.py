"""The CI files that bootstrap writes, as text: templates, pinned actions, and a digest that tells edited ones."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from qualitygate.bootstrap.ci_environment import Steps
from qualitygate.config import parse_toml
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.resources import read

REQUIREMENT = "qualitygate-toolkit=={version}"
"""What CI installs."""
_MARK = "# qualitygate: "
_HEAD = (
    "# Written by `qualitygate bootstrap`, which brings it up to date as long as nobody edits it. Edit it as you like:",
    "# it is then left alone. What it does and where to change it: the page on CI in the documentation of qualitygate.",
)
_PLACE = re.compile(r"<([\w-]+/[\w-]+)([\w/-]*)>")


class Settings(NamedTuple):
    """What differs from repository to repository; `stage` is GitLab's."""

    version: str
    branch: str
    python: str
    steps: tuple[Steps, ...] = ()
    stage: str = "test"


def render_github(settings: Settings) -> bytes:
    """The workflow for GitHub Actions."""
    blocks = [_github_steps(steps) for steps in settings.steps]
    return _finished("github.yml", settings, json.dumps(settings.branch), "\n".join(blocks))


def render_gitlab(settings: Settings) -> bytes:
    """The job for GitLab CI, to be included."""
    lines = [f"    # {_why(steps)}\n{_gitlab_lines(steps)}" for steps in settings.steps]
    return _finished("gitlab.yml", settings, settings.branch, "\n".join(lines))


def is_untouched(data: bytes) -> bool:
    """Whether a file is one of these, exactly as it was written."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    first, _, body = text.partition("\n")
    return first == _MARK + _digest(body)


def is_ours(data: bytes) -> bool:
    """Whether a file began as one of these."""
    return data.startswith(_MARK.encode("ascii"))


def pins() -> Mapping[str, tuple[str, str]]:
    """Action (`actions/checkout`) to the commit that it is pinned to, and the release which that is."""
    rows = parse_toml(_template("actions.toml").encode("utf-8"), file="templates/ci/actions.toml")
    return {name: (row["commit"], row["version"]) for name, row in rows.items()}


def _finished(template: str, settings: Settings, branch: str, environment: str) -> bytes:
    values = {
        "VERSION": settings.version,
        "REQUIREMENT": REQUIREMENT.format(version=settings.version),
        "PYTHON": settings.python,
        "BRANCH": branch,
        "STAGE": settings.stage,
    }
    text = _template(template).replace("@ENVIRONMENT@\n", f"{environment}\n" if environment else "")
    text = re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)
    known = pins()
    text = _PLACE.sub(lambda found: _pinned(known, found[1], found[2]), text)
    body = "\n".join((*_HEAD, text))
    return f"{_MARK}{_digest(body)}\n{body}".encode()


def _pinned(known: Mapping[str, tuple[str, str]], action: str, inner: str) -> str:
    commit, version = known[action]
    return f"{action}{inner}@{commit} # {version}"


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8")).hexdigest()[:24]


def _why(steps: Steps) -> str:
    return f"The project's own environment, {steps.source}. Change it here if it is set up in another way."


_WITHOUT_CACHE = {"astral-sh/setup-uv": "enable-cache", "actions/setup-node": "package-manager-cache"}


def _github_steps(steps: Steps) -> str:
    lines = [f"      # {_why(steps)}"]
    if steps.action:
        # A cache that pull requests of a release branch can fill is a way into the release.
        lines += [
            f"      - uses: <{steps.action}>",
            "        with:",
            f"          {_WITHOUT_CACHE[steps.action]}: false",
        ]
    lines += ["      - name: Set up the project", *_folder(steps), "        run: |"]
    return "\n".join((*lines, *(f"          {line}" for line in steps.lines)))


def _folder(steps: Steps) -> Sequence[str]:
    return [f"        working-directory: {json.dumps(steps.folder)}"] if steps.folder else []


def _gitlab_lines(steps: Steps) -> str:
    before = ("python -m pip install uv",) if steps.action == "astral-sh/setup-uv" else ()
    lines = [*before, *steps.lines]
    if steps.action == "actions/setup-node":
        lines = ["apt-get update -q && apt-get install -qy nodejs npm", *lines]
    if steps.folder:
        lines = [f"cd {json.dumps(steps.folder)}", *lines, "cd -"]
    return "\n".join(f"    - {json.dumps(line)}" for line in lines)


def _template(name: str) -> str:
    data = read("templates", "ci", name)
    if data is None:
        raise QualityGateError(f"the installation lacks templates/ci/{name}", hint="install it again")
    return data.decode("utf-8")
