"""What a terminal shows, whole: `UPDATE_SCREENS=1 pytest tests/reporters/test_screens.py` writes it anew; then look."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.bootstrap.edits import Edit
from qualitygate.bootstrap.existing_gate import standings
from qualitygate.bootstrap.plan import LeftOut, Plan, PlannedCheck, Step
from qualitygate.bootstrap.prove import Proof
from qualitygate.commands.bootstrap import BootstrapResult
from qualitygate.commands.install import InstallResult
from qualitygate.hook_scripts import Installed
from qualitygate.inspection.facts import Facts
from qualitygate.output import Console
from qualitygate.reporters import bootstrap_screen, facts_screen, setting_up
from qualitygate.reporters.facts import render_text
from tests.checkout import ROOT
from tests.reporters.test_facts import FACTS
from tests.reporters.test_setting_up import command
from tests.support import make_repo

SCREENS = ROOT / "tests" / "data" / "screens"

PLAN = Plan(
    (
        Step("add check syntax", "a settings file that does not parse breaks whatever reads it"),
        Step("configure ruff in pyproject.toml", "108 rules that find defects, each tried on this code",
             "no ruff settings; ruff 0.17.6, ours; the project has none installed"),
        Step("configure mypy in pyproject.toml", "a call that does not fit its function is found before it runs",
             "no mypy configuration; imports of other projects are not resolved: no trusted environment is here"),
        Step("check the paths in größe/日本語/\x1b[31mred", "names are shown, and draw nothing"),
    ),
    tuple(PlannedCheck(name, name, "ratchet", "commit", "", {}) for name in ("syntax", "ruff", "mypy")),
    (Edit("qualitygate.toml", None, b"schema = 1\n"),),
    (
        *(LeftOut(f"PLR{n}", f"{n * 10} findings in {n} files: not a rule of this code") for n in range(1, 12)),
        LeftOut("pytest", "tests run in the project's environment, and there is none to trust: python -m venv .venv"),
    ),
)  # fmt: skip
PROOFS = (
    Proof("syntax", 3, 3, True, True, seeds=2, planted=2),
    Proof("ruff", 34, 34, True, True, debt=8, seeds=107, planted=108, unproven=("S113",)),
    Proof("mypy", 25, 34, True, True, debt=1200, seeds=2, planted=2, expected=25),
    Proof("semgrep", 0, 34, False, False, reason="no seed turned it red"),
)
HOOKS = InstallResult(Installed(Path("/r/.git/hooks"), ("pre-commit",), (), ()), "", False)
RESULT = BootstrapResult(
    Path("/r"), Facts(gate_commands=(command("tox -e lint", 10),)), PLAN, PROOFS,
    ("pyproject.toml", "qualitygate.toml"), HOOKS, False, False,
    existing=standings(Facts(gate_commands=(command("tox -e lint", 10),)), ()),
)  # fmt: skip


class Terminal(io.StringIO):
    """A terminal that is as wide as it is told to be."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


def console(columns: int = 80, encoding: str = "utf-8", **env: str) -> Console:
    return Console(stdout=Terminal(encoding), stderr=io.StringIO(), env={"COLUMNS": str(columns), **env})


def same(name: str, text: str) -> None:
    file = SCREENS / f"{name}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), "if this is meant: UPDATE_SCREENS=1"


@pytest.mark.parametrize(
    ("name", "columns", "encoding", "env"),
    [
        ("color-80", 80, "utf-8", {}),
        ("plain-80", 80, "utf-8", {"NO_COLOR": "1"}),
        ("plain-40", 40, "utf-8", {"NO_COLOR": "1"}),
        ("plain-300", 300, "utf-8", {"NO_COLOR": "1"}),
        ("plain-80", 80, "ascii", {"NO_COLOR": "1"}),
        ("plain-80", 80, "cp1252", {"NO_COLOR": "1"}),
    ],
)
def test_the_page_of_a_terminal(name: str, columns: int, encoding: str, env: Mapping[str, str]) -> None:
    for what, text in (
        ("bootstrap", bootstrap_screen.render(RESULT, console(columns, encoding, **env))),
        ("inspect", facts_screen.render(FACTS, console(columns, encoding, **env))),
    ):
        same(f"{what}-{name}", text)
        assert "\x1b[31mred" not in text
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
        lines = [line for line in plain.splitlines() if not line.startswith("next")]
        assert max(map(len, lines)) <= min(columns, 100)
        assert ("\x1b[" in text) == (not env)


def test_the_same_where_nobody_watches() -> None:
    same("bootstrap-piped", setting_up.render_bootstrap(RESULT) + "\n")
    same("inspect-piped", render_text(FACTS))


def test_nothing_is_lost_on_a_narrow_terminal() -> None:
    """Each word of the wide page is on the narrow one too, however it is broken."""
    wide, narrow = (bootstrap_screen.render(RESULT, console(columns, NO_COLOR="1")) for columns in (300, 40))
    squeezed = "".join(narrow.split())
    for step in PLAN.steps[:3]:
        for text in step:
            assert "".join(text.split()) in squeezed
    assert {row.check for row in PROOFS} <= set(narrow.split()) & set(wide.split())


def test_the_ending_is_three_lines() -> None:
    for text in (setting_up.render_bootstrap(RESULT), bootstrap_screen.render(RESULT, console(300, NO_COLOR="1"))):
        last = text.rstrip("\n").split("\n\n")[-1].split("\n")
        assert [line.split()[0] for line in last] == [
            "enforced",
            "old",
            "next" if len(last[2]) < 9 else last[2].split()[0],
        ]
        assert len(last) == 3 and "git add" in last[2]
    assert len(setting_up.ending(RESULT)) == 3


def test_what_can_be_typed_is_not_broken() -> None:
    text = bootstrap_screen.render(RESULT, console(40, NO_COLOR="1"))
    assert "git add pyproject.toml qualitygate.toml && git commit -m 'Add a quality gate'\n" in text


def test_inspect_fits_one_screen() -> None:
    assert len(facts_screen.render(FACTS, console(80)).splitlines()) <= 23


@pytest.mark.parametrize(
    ("env", "terminal", "screen"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({}, False, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"CI": "true"}, False, False),
    ],
)
def test_who_gets_the_page(env: Mapping[str, str], terminal: bool, screen: bool) -> None:
    stdout = Terminal() if terminal else io.StringIO()
    assert Console(stdout=stdout, stderr=io.StringIO(), env=env).is_screen == screen


def in_terminal(root: Path, *argv: str, columns: int, **env: str) -> str:
    """What a program draws on a real terminal of that width."""
    leader, follower = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    full = {**os.environ, "PYTHONPATH": os.fspath(ROOT), "TERM": "xterm", **env}
    full.pop("COLUMNS", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "qualitygate", *argv], cwd=root, env=full,
        stdin=subprocess.DEVNULL, stdout=follower, stderr=follower,
    )  # fmt: skip
    os.close(follower)
    drawn = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:  # Linux says that the other side is closed
            break
        if not chunk:
            break
        drawn += chunk
    os.close(leader)
    assert process.wait() == 0, drawn
    return drawn.decode("utf-8", "replace").replace("\r\n", "\n")


@pytest.mark.parametrize("locale", ["C.UTF-8", "POSIX"])
@pytest.mark.parametrize("columns", [80, 40])
def test_a_real_terminal_of_any_width_and_locale(columns: int, locale: str, tmp_path: Path) -> None:
    root = make_repo(tmp_path / "größe", {"a.py": "x = 1\n", "große/ü.py": "y = 1\n"})
    env = {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    drawn = in_terminal(root, "inspect", columns=columns, NO_COLOR="1", **env)
    assert "\x1b" not in drawn and "languages" in drawn
    assert max(map(len, drawn.splitlines())) <= columns
    assert "\x1b[1m" in in_terminal(root, "inspect", columns=columns, **env)
    assert "\x1b" not in in_terminal(root, "inspect", "--no-color", columns=columns, **env)
    assert "first party       a" in in_terminal(root, "inspect", columns=columns, **env, TERM="dumb")


def test_only_the_screens_load_rich(tmp_path: Path) -> None:
    """No hook and no `run` pays for it, nor does a bootstrap or inspect that nobody watches."""
    root = make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n[checks.markers]\n", "a.py": "x = 1\n"})
    code = "import sys; from qualitygate.cli import main; main(sys.argv[1:]); sys.exit('rich' in sys.modules and 9)"
    for argv, expected in (
        (["run"], False),
        (["inspect"], False),
        (["install"], False),
        (["inspect", "--color", "always"], True),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *argv], cwd=root, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": os.fspath(ROOT)},
        )  # fmt: skip
        assert done.returncode == (9 if expected else 0), done.stderr
