from __future__ import annotations

from pathlib import Path

from qualitygate.bootstrap.existing_gate import standings
from qualitygate.bootstrap.plan import Plan, PlannedCheck
from qualitygate.bootstrap.prove import Proof
from qualitygate.commands.bootstrap import BootstrapResult
from qualitygate.inspection.facts import Facts, GateCommand
from qualitygate.model import Policy
from qualitygate.reporters.existing_gate import render_existing
from qualitygate.reporters.setting_up import render_bootstrap

PUSHED: tuple[str, str, Policy, str] = ("pytest", "pytest", "ratchet", "push")


def shown(facts: Facts, *proofs: Proof) -> str:
    return render_bootstrap(BootstrapResult(Path(), facts, Plan((), (), ()), proofs, (), None, False, False))


def test_a_check_that_only_a_push_runs_is_not_said_to_judge_commits() -> None:
    plan = Plan((), tuple(PlannedCheck(*row, "", {}) for row in (("ruff", "ruff", "ratchet", "edit"), PUSHED)), ())
    proofs = tuple(Proof(name, 3, 3, True, True, planted=1) for name in ("ruff", "pytest"))
    text = render_bootstrap(BootstrapResult(Path(), Facts(), plan, proofs, (), None, False, False))
    assert "enforced now: ruff; by `qualitygate run`; no hooks were installed; pytest at push only\n" in text


def command(text: str, line: int, kind: str = "test") -> GateCommand:
    return GateCommand(text, kind, (), "tox", "", "tox.ini", line)  # type: ignore[arg-type]


def test_what_builds_or_publishes_is_no_check_and_nothing_is_listed_twice() -> None:
    rows = (command("pytest", 10), command("uv build", 12, "other"), command("mypy", 13), command("pytest", 15))
    found = standings(Facts(gate_commands=rows), ())
    text = "\n".join(render_existing(found, ()))
    assert [line.split()[0] for line in text.splitlines()[1:]] == ["mypy", "pytest"]
    assert "(tox.ini:10)" in text and "listed only: tox makes an environment" in text
    assert standings(Facts(gate_commands=(command("uv build", 12, "other"),)), ()) == ()


def test_files_that_settings_leave_out_are_named_as_such() -> None:
    text = shown(Facts(), Proof("mypy", 25, 34, True, True, seeds=2, planted=2, expected=25))
    assert "9 files left out by the settings of mypy\n" in text
    assert "1 file not looked at: left out by its settings, not text, or too large" in shown(
        Facts(), Proof("secrets", 3, 4, True, True, planted=1)
    )
