"""Other people's repositories: what they have, and one commit of them. Nothing is checked out, so nothing can run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qualitygate.errors import GitError
from qualitygate.git import Repo, ask, call
from qualitygate.process import Output

PROTOCOLS = ("https", "ssh", "file")
"""What may be fetched over; all others are refused, `ext` and `git` among them."""

_LINES = 3
"""How much of what git says goes into a message."""


def make_empty(place: Path) -> Repo:
    """A repository of our own to fetch into, without templates and their hooks."""
    place.mkdir(parents=True, exist_ok=True)
    ask(None, "init", "--quiet", "--template=", ".", cwd=place)
    git_dir = place / ".git"
    # Or a source that is a partial clone makes git start whatever its configuration names.
    return Repo(place, git_dir, git_dir, git_dir / "index", env={"GIT_NO_LAZY_FETCH": "1"})


def refs(repo: Repo, url: str, protocol: str) -> dict[str, str]:
    """Full ref name to commit id, `HEAD` among them; tags are followed to their commits. Raises GitError."""
    found: dict[str, str] = {}
    rows = _remote(repo, protocol, url, "ls-remote", "--quiet", "--", url).stdout.decode("utf-8", "replace")
    for oid, _, name in (row.partition("\t") for row in rows.splitlines()):
        if name.endswith("^{}"):
            found[name.removesuffix("^{}")] = oid
        else:
            found.setdefault(name, oid)
    return found


def fetch(repo: Repo, url: str, protocol: str, what: str) -> str:
    """Fetch one tag or commit, without its history, submodules or anything else; returns its commit id."""
    flags = ("--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc")
    _remote(repo, protocol, url, "fetch", *flags, "--", url, f"+{what}:refs/qualitygate/source")
    return ask(repo, "rev-parse", "--verify", "refs/qualitygate/source^{commit}").decode("ascii").strip()


def _remote(repo: Repo, protocol: str, url: str, *args: str) -> Output:
    allowed = ("-c", f"protocol.{protocol}.allow=always", "-c", "transfer.fsckObjects=true")
    output = call(repo, *allowed, *args)
    if output.code != 0:
        said = [line for line in output.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        reason = "no answer in time" if output.timed_out else "; ".join(_plain(said)[:_LINES]) or "no message"
        raise GitError(f"cannot read {url}: {reason}")
    return output


def _plain(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix("fatal: ").removeprefix("error: ").strip() for line in lines]
