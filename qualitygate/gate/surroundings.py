"""What a judgement rests on besides the trees: our own environment, and that of the project."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from qualitygate import git
from qualitygate.checks import environment as environments
from qualitygate.checks.resolve import our_environment
from qualitygate.checks.tool import Environment
from qualitygate.gate.state import digest
from qualitygate.git import Repo


class Surroundings(NamedTuple):
    """`environment` is the project's: None where there is none, or it may not be used; `untrusted` is its place then.

    `roots` are the work trees whose code it may hold. The digests say in short what stands in it ("" for none),
    and in our own environment (`ours`): an upgrade of either makes every result anew.
    """

    environment: Environment | None
    untrusted: str
    environment_digest: str
    roots: tuple[Path, ...]
    ours: str

    def without_environment(self) -> Surroundings:
        """The same for a check that does not use the project's environment."""
        return self._replace(environment=None, environment_digest="")


def around(repo: Repo, environment: Environment | None, untrusted: str = "") -> Surroundings:
    """The surroundings in which this environment, and no other of the project's, may be used."""
    found = environments.digest(environment) if environment else ""
    ours = digest(version(), environments.digest(our_environment()))
    return Surroundings(environment, untrusted, found, work_trees(repo), ours)


def version() -> str:
    """Our own version, from the metadata beside us; `unknown` in a checkout that was never installed."""
    return environments.installed(our_environment(), "qualitygate-toolkit") or "unknown"


def project_environment(repo: Repo) -> Environment | None:
    """The environment of the project in this clone, be it trusted or not."""
    return environments.find(repo.root, work_trees(repo)[-1], lambda path: git.is_tracked(repo, path))


def work_trees(repo: Repo) -> tuple[Path, ...]:
    """This work tree, and the main one where this is linked to it."""
    main = repo.common_dir.parent if repo.common_dir.name == ".git" else repo.root
    return tuple(dict.fromkeys((repo.root, main)))
