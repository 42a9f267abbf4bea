from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import ruff_check, ruff_format
from qualitygate.model import Report
from qualitygate.playbook import Seed, load_seeds
from qualitygate.process import run, tool_env

FILE = Path(__file__).parents[3] / "playbooks" / "python" / "seeds.toml"
SEEDS = load_seeds(FILE.read_bytes(), file="seeds.toml")
LINT = tuple(seed for seed in SEEDS if seed.rule.startswith("ruff:"))
# A file such as a repository has: a seed must be red in company, not only alone.
HOST = '"""An ordinary module."""\n\nimport json\n\n\ndef ordinary(value):\n    return json.dumps(value)\n'


def settings() -> str:
    codes = sorted({seed.rule.removeprefix("ruff:") for seed in LINT} | {"E9", "F"})
    return f'target-version = "py310"\nlint.select = {codes}\n'


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("seeds")
    (root / "ruff.toml").write_text(settings())
    (root / "host.py").write_text(HOST)
    for seed in LINT:
        (root / file_of(seed)).write_text(HOST + "\n\n" + seed.text)
    files = ("host.py", *map(file_of, LINT))
    program = os.fspath(Path(sys.executable).with_name("ruff"))
    request = Request("ruff", os.fspath(root), files, program, {}, os.fspath(root / "cache"))
    command = ruff_check.command(request)
    return ruff_check.parse(run(command.argv, cwd=root, env=tool_env(command.env), timeout=60), request)


def file_of(seed: Seed) -> str:
    return f"{seed.rule.removeprefix('ruff:').lower()}.py"


@pytest.mark.live
def test_without_a_seed_nothing_fires(report: Report) -> None:
    assert (report.reason, report.looked_at) == ("", len(LINT) + 1)
    assert [finding for finding in report.findings if finding.path == "host.py"] == []


@pytest.mark.live
@pytest.mark.parametrize("seed", LINT, ids=lambda seed: str(seed.rule))
def test_seed_makes_its_rule_fire_once_and_no_other(report: Report, seed: Seed) -> None:
    assert [finding.rule for finding in report.findings if finding.path == file_of(seed)] == [seed.rule]


@pytest.mark.live
def test_format_seed(tmp_path: Path) -> None:
    (seed,) = (seed for seed in SEEDS if seed.rule == ruff_format.RULE)
    (tmp_path / "ruff.toml").write_text(settings())
    (tmp_path / "host.py").write_text(HOST)
    (tmp_path / "seeded.py").write_text(HOST + "\n\n" + seed.text)
    program = os.fspath(Path(sys.executable).with_name("ruff"))
    request = Request("f", os.fspath(tmp_path), ("host.py", "seeded.py"), program, {}, os.fspath(tmp_path / "cache"))
    command = ruff_format.command(request)
    report = ruff_format.parse(run(command.argv, cwd=tmp_path, env=tool_env(command.env), timeout=60), request)
    assert [(finding.rule, finding.path) for finding in report.findings] == [(ruff_format.RULE, "seeded.py")]
    assert (
        ruff_check.parse(
            run(ruff_check.command(request).argv, cwd=tmp_path, env=tool_env(), timeout=60), request
        ).findings
        == ()
    )


def test_seeds_define_only_names_of_their_own() -> None:
    for seed in SEEDS:
        names = re.findall(r"^(?:async )?(?:def|class) (\w+)|^(\w+)(?: =|:)", seed.text, re.MULTILINE)
        assert all("seeded" in (first or second).lower() or second == "__all__" for first, second in names), seed
