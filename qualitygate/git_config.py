"""git's configuration, as the user set it and as we set it for this clone."""

from __future__ import annotations

from qualitygate import git
from qualitygate.git import Repo
from qualitygate.process import run


def value(repo: Repo, key: str, scope: str = "") -> str | None:
    """One value of git's configuration as the user set it, or None; of one `scope` (`local`, `global`) where given."""
    # Without our own overrides: the caller wants to know what the user has set.
    args = (*([f"--{scope}"] if scope else []), "--get", key)
    output = run(["git", "config", *args], cwd=repo.root, env=git.environment(repo), timeout=git.TIMEOUT)
    return output.stdout.decode("utf-8", "surrogateescape").rstrip("\n") if output.code == 0 else None


def aliases(repo: Repo) -> dict[str, str]:
    """The short names for commands that git's configuration knows here, and what they stand for."""
    rows = git.call(repo, "config", "-z", "--get-regexp", r"^alias\.").stdout.split(b"\0")[:-1]
    pairs = (row.decode("utf-8", "surrogateescape").partition("\n") for row in rows)
    return {key.removeprefix("alias."): value for key, _, value in pairs}


def remotes(repo: Repo) -> dict[str, str]:
    """The remotes and their URLs, as they are written."""
    found = {}
    for row in git.call(repo, "config", "-z", "--get-regexp", r"^remote\..*\.url$").stdout.split(b"\0")[:-1]:
        key, _, url = row.decode("utf-8", "surrogateescape").partition("\n")
        found[key.removeprefix("remote.").removesuffix(".url")] = url
    return found


def scope_of(repo: Repo, key: str) -> str:
    """Where a value that counts is set: `local`, `worktree`, `global`, `system`; "" where it is not."""
    argv = ["git", "config", "--show-scope", "--get", key]
    output = run(argv, cwd=repo.root, env=git.environment(repo), timeout=git.TIMEOUT)
    return output.stdout.decode("utf-8", "surrogateescape").partition("\t")[0] if output.code == 0 else ""


def put(repo: Repo, key: str, value: str | None) -> None:
    """Set a value for this clone, or take it out again. Raises GitError."""
    what = ("--unset", key) if value is None else (key, value)
    output = run(["git", "config", "--local", *what], cwd=repo.root, env=git.environment(repo), timeout=git.TIMEOUT)
    if output.code not in (0, 5):  # 5: it was not set
        raise git.failure(("config",), output)
