"""Bootstrap where the tests are those of node itself: nothing has to be installed for them, but they are code."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from qualitygate.cli import main
from tests.support import make_repo
from tests.test_bootstrap_places import try_commit

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")

MANIFEST = '{"scripts": {"test": "node --test"}}\n'
PRICE = "exports.price = (count) => count * 3;\n"
TEST = """\
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const {{ price }} = require("./price.js");

test("a price", () => {{
  fs.appendFileSync({ran}, "ran");
  assert.equal(price(2), 6);
}});
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    test = TEST.format(ran=json.dumps(os.fspath(tmp_path / "ran")))
    return make_repo(
        tmp_path / "shop", {"package.json": MANIFEST, "tools/price.js": PRICE, "tools/price.test.js": test}
    )


def bootstrapped(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["bootstrap", "--json", *options, os.fspath(root)]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def why_left_out(document: dict[str, Any], check: str = "node-test") -> str:
    return str(next(row["reason"] for row in document["left_out"] if row["what"] == check))


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--dry-run", "--trust")])
def test_no_test_of_node_runs_before_the_clone_is_trusted(
    root: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    document = bootstrapped(root, capsys, *options)
    assert not (root.parent / "ran").exists()
    assert "node-test" not in {row["check"] for row in document["proof"]}, "what may not run is not planned"
    assert why_left_out(document) == (
        "it executes code of this repository (its tests), which is not trusted in this clone; bootstrap with --trust"
    )


def test_tests_of_node_need_neither_packages_nor_an_environment_of_python(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = bootstrapped(root, capsys, "--trust")
    proofs = {row["check"]: row for row in document["proof"]}
    assert proofs["node-test"]["installed"], proofs["node-test"]["reason"]
    code, said = try_commit(root, {"tools/price.js": PRICE.replace("3", "4")})
    assert code == 1 and "tools/price.test.js:8: node-test:failed a price" in said
    assert try_commit(root, {"tools/price.js": PRICE.replace("count * 3", "3 * count")})[0] == 0


def test_tests_of_node_whose_packages_are_not_there_are_left_out(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = json.dumps({**json.loads(MANIFEST), "devDependencies": {"lib": "1.0.0"}})
    assert try_commit(root, {"package.json": manifest + "\n"})[0] == 0
    said = why_left_out(bootstrapped(root, capsys, "--trust"))
    assert "it needs the project's packages: there is none" in said and ".venv" not in said


def test_scripts_beside_the_workflows_have_tests_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = TEST.format(ran=json.dumps(os.fspath(tmp_path / "ran")))
    files = {".github/scripts/price.js": PRICE, ".github/scripts/price.test.js": test, "package.json": MANIFEST}
    root = make_repo(tmp_path / "shop", files)
    document = bootstrapped(root, capsys, "--trust")
    assert {row["check"]: row["installed"] for row in document["proof"]}.get("node-test")
    assert try_commit(root, {".github/scripts/price.js": PRICE.replace("3", "4")})[0] == 1


def test_what_cannot_get_lost_is_no_check_that_fails_its_proof(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a test, or a type, nothing turns the check of them red."""
    root = make_repo(tmp_path / "shop", {"price.js": PRICE})
    document = bootstrapped(root, capsys)
    assert all(row["installed"] for row in document["proof"])
    why = {row["what"]: row["reason"] for row in document["left_out"]}
    assert why["kept-tests"].startswith("there is no test here that could get lost")
    assert why["kept-types"].startswith("no product code here has a type that could get lost")


def test_nobody_is_told_to_install_packages_where_no_manifest_names_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hook of pre-commit brings prettier to projects that have nothing else to do with node."""
    hook = "repos:\n- repo: https://github.com/pre-commit/mirrors-prettier\n  rev: v3.1.0\n  hooks:\n  - id: prettier\n"
    root = make_repo(tmp_path / "shop", {".pre-commit-config.yaml": hook, "price.js": PRICE})
    said = why_left_out(bootstrapped(root, capsys, "--dry-run"), "prettier")
    assert said == "it runs from node_modules, and there is no package.json that could bring prettier there"
