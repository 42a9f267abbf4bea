"""What the hook of strict mode runs: `python -I -S strict_hook.py GIT_DIR COMMON_DIR REF COMMIT TREE [detached]`.

It looks records up and judges nothing, for git waits at each branch that moves. Exit code 1 keeps the branch where it
is; whatever goes wrong with ourselves lets it move, with a word.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # run by path, so that neither `site` nor the current directory has a say
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from collections.abc import Sequence
from pathlib import Path

from qualitygate import actor
from qualitygate.errors import QualityGateError
from qualitygate.gate import accept, records
from qualitygate.quote import clean


def main(argv: Sequence[str]) -> int:
    """0: the branch may move; 1: it may not."""
    git_dir, common, ref, commit, tree = argv[:5]
    shared = Path(common) / "qualitygate"
    try:
        seen = records.is_trusted(shared, tree) or accept.is_accepted(shared, tree)
        if seen or (argv[5:] == ["detached"] and is_rebased(Path(git_dir), ref)):
            return 0
    except (OSError, QualityGateError) as exc:
        sys.stderr.write(f"warning: qualitygate cannot read its records, the branch moves unseen: {exc}\n")
        return 0
    branch = clean(ref.removeprefix("refs/heads/"), 100)
    sys.stderr.write(f"error: {branch} would move to {commit[:7]}, and no record says that the gate has seen it\n")
    sys.stderr.write(f"hint: {_PERSON if actor.agent() is None else _AGENT}\n")
    return 1


_AGENT = "bring it in with `git merge --no-ff`, `git cherry-pick` or `git commit`, and mend what these say"
_PERSON = f"{_AGENT}; there `qualitygate accept` lets a person through"


def is_rebased(git_dir: Path, ref: str) -> bool:
    """Whether a rebase of this branch ends: its tip is judged right after."""
    for folder in ("rebase-merge", "rebase-apply"):
        place = git_dir / folder
        names = [_text(place / name) for name in ("head-name", "orig-head", "onto")]
        if all(names) and (ref == names[0] or ref in _text(place / "update-refs").splitlines()):
            return True
    return False


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "surrogateescape").strip()
    except OSError:
        return ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
