"""What the guard refuses: the forms, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping

from qualitygate.frozen import NamedTuple


class Refusal(NamedTuple):
    """A command or a file that an agent is kept from: the form, what was seen, the reason, what to do instead."""

    form: str
    what: str
    reason: str
    instead: str

    def __str__(self) -> str:
        return f"refused: {self.what}. {self.reason}. Instead: {self.instead}."


_COMMIT = "commit without it; the gate names what is wrong, fix that and commit again"
_ASK = "leave it as it is; if it must change, say so and let a person do it"

_FORMS: Mapping[str, tuple[str, str]] = {
    "no-verify": ("Commits are judged, and an option that leaves hooks out does not change that", _COMMIT),
    "hooks-path": ("It would make git run other hooks than the ones that are installed", _COMMIT),
    "skip-variable": ("It would switch a hook off, or hide who commits", _COMMIT),
    "hook-files": ("Hooks and the registration of the gate are not an agent's to change", _ASK),
    "gate-state": ("What the gate has recorded is not an agent's to change", _ASK),
    "accept": ("To let a finding pass is a person's decision", "fix it, or say what it is and ask the person"),
    "plumbing": (
        "It writes commits or refs past the hooks",
        "use `git add`, `git commit`, `git merge`, `git rebase` or `git branch`",
    ),
    "remote-write": (
        "It writes commits at the code host, where no hook of this clone sees them",
        "write the files here, commit and push them",
    ),
    "unreadable": ("The guard must know what a git command is given", "write it out plainly, one command at a time"),
}
FORMS = tuple(_FORMS)


def refusal(form: str, what: str) -> Refusal:
    """The refusal of one form; `what` names what was seen, in a few words."""
    return Refusal(form, what if len(what) <= 120 else what[:117] + "...", *_FORMS[form])
