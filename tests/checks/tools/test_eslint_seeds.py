from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.running import run_command
from qualitygate.checks.tools import eslint, eslint_seeds
from qualitygate.process import Output
from tests.recorded import install, lay_out, request_for


def test_rules_that_are_on() -> None:
    printed = (
        b'{"rules": {"no-var": [2], "eqeqeq": ["warn", "always"], "semi": [0], "quotes": "off", "no-eval": "error"}}'
    )
    assert eslint_seeds.rules_in_force(Output(0, printed, b"")) == frozenset(
        ("eslint:no-var", "eslint:eqeqeq", "eslint:no-eval")
    )


@pytest.mark.parametrize(
    "output",
    (Output(2, b"", b"no"), Output(0, b"undefined", b""), Output(0, b"[]", b""), Output(0, b"", b"", timed_out=True)),
)
def test_what_cannot_be_told(output: Output) -> None:
    assert eslint_seeds.rules_in_force(output) is None


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "eslint@9")
    root = lay_out(
        tmp_path / "tree", {"eslint.config.mjs": 'export default [{ rules: { "no-var": "warn" } }];\n', "a.js": ""}
    )
    command = eslint_seeds.config_command(request_for(eslint, root, programs / "eslint"), "a.js")
    assert eslint_seeds.rules_in_force(run_command(command, root, 60)) == frozenset(("eslint:no-var",))
