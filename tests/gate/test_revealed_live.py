"""What only comes to light in JavaScript and TypeScript, and what ESLint 9 does to old debt: with the real tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.footprint import Answer, gate
from tests.recorded import install
from tests.support import git, make_repo, write

pytestmark = [pytest.mark.slow, pytest.mark.wide, pytest.mark.live]

CODE = """\
export function first(rows) {
  debugger;
  return rows;
}

export function second(names) {
  debugger;
  return names;
}
"""
TYPED = CODE.replace("rows)", "rows: number): string").replace("names)", "names: number): string")
MORE = "\nexport function third(names) {\n  debugger;\n  return names;\n}\n"
FLAT = "export default [{ rules: { 'no-debugger': 'error' } }];\n"


class Case(NamedTuple):
    package: str
    settings: dict[str, str]
    path: str
    code: str
    more: str
    hidden: str


CASES = {
    "eslint": Case("eslint@9", {"eslint.config.mjs": FLAT}, "a.js", CODE, MORE, "/* eslint-disable */\n"),
    "oxlint": Case(
        "oxlint@1",
        {".oxlintrc.json": '{"rules": {"no-debugger": "error"}}\n'},
        "a.ts",
        TYPED,
        MORE,
        "/* eslint-disable */\n",
    ),
    "tsc": Case(
        "typescript@5",
        {"tsconfig.json": '{"compilerOptions": {"types": []}}\n'},
        "a.ts",
        TYPED,
        "\nexport const third: string = first(1).length;\n",
        "// @ts-nocheck\n",
    ),
}
in_each = pytest.mark.parametrize("name", CASES)


@pytest.fixture(autouse=True)
def _online(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUALITYGATE_OFFLINE", raising=False)  # oxlint gets an environment of its own


def gated(tmp_path: Path, name: str, text: str) -> tuple[Path, Case]:
    case = CASES[name]
    programs = install(tmp_path / "project", case.package)
    package, _, version = case.package.rpartition("@")
    files: dict[str, Any] = {
        "qualitygate.toml": f'schema = 1\n[checks.{name}]\nenvironment = "project"\n',
        "package.json": f'{{"type": "module", "devDependencies": {{"{package}": "^{version}"}}}}\n',
        ".gitignore": "node_modules\n",
    }
    root = make_repo(tmp_path / "r", {**files, **case.settings, case.path: text})
    (root / "node_modules").symlink_to(programs.parent)
    assert gate(root, "install", "--trust").code == 0
    return root, case


def judged(root: Path, files: dict[str, str | None]) -> Answer:
    write(root, files)
    git(root, "add", "-A")
    return gate(root, "run", "--staged")


@in_each
def test_removing_what_hides_a_whole_file_is_never_punished(tmp_path: Path, name: str) -> None:
    root, case = gated(tmp_path, name, CASES[name].hidden + CASES[name].code)
    said = judged(root, {case.path: case.code})
    assert said.code == 0 and f"{name}: 2 revealed" in said.out, said
    said = judged(root, {case.path: case.code + case.more})
    assert said.code == 1 and "failed: 1 new finding" in said.out and f"{name}: 2 revealed" in said.out, said


@in_each
def test_repairing_a_file_that_does_not_parse_is_never_punished(tmp_path: Path, name: str) -> None:
    root, case = gated(tmp_path, name, "const = 1;\n" + CASES[name].code)
    said = judged(root, {case.path: case.code})
    assert said.code == 0, said
    said = judged(root, {case.path: case.code + case.more})
    assert said.code == 1 and "failed: 1 new finding" in said.out, said


def test_an_upgrade_from_eslint_8_to_9_blames_nobody_and_hides_nothing(tmp_path: Path) -> None:
    """Other settings under another name, and another major version, in one commit."""
    root, case = gated(tmp_path, "eslint", CODE)
    old = (
        '{"root": true, "parserOptions": {"ecmaVersion": 2022, "sourceType": "module"}, "rules": {"no-debugger": 2}}\n'
    )
    write(
        root,
        {"eslint.config.mjs": None, ".eslintrc.json": old, "package.json": '{"devDependencies": {"eslint": "8"}}\n'},
    )
    (root / "node_modules").unlink()
    (root / "node_modules").symlink_to(install(tmp_path / "older", "eslint@8").parent)
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "as it was")
    (root / ".git/qualitygate/adopted.json").unlink()
    assert gate(root, "install", "--trust").code == 0
    assert judged(root, {case.path: "\n" + CODE}).code == 0
    (root / "node_modules").unlink()
    (root / "node_modules").symlink_to(tmp_path / "project/node_modules")
    manifest = '{"type": "module", "devDependencies": {"eslint": "^9"}}\n'
    files = {".eslintrc.json": None, "eslint.config.mjs": FLAT, "package.json": manifest, case.path: "\n\n" + CODE}
    said = judged(root, files)
    assert said.code == 0 and "(2 known)" in said.out, said
    said = judged(root, {case.path: CODE + MORE})
    assert said.code == 1 and "failed: 1 new finding (2 known)" in said.out, said
