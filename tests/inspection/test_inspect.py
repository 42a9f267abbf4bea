from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qualitygate.errors import GitError
from qualitygate.inspection.facts import Broken, Facts, to_json
from qualitygate.inspection.inspect import inspect
from qualitygate.reporters.facts import render_json, render_text
from tests.support import git, make_repo, write

PYPROJECT = '[project]\nname = "thing"\nrequires-python = ">=3.10"\n\n[tool.ruff.lint]\nselect = ["E", "F"]\n'


def reasons(facts: Facts) -> dict[str, str]:
    return {u.path: u.reason for u in facts.unreadable}


def test_not_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not in a git repository"):
        inspect(tmp_path)


def test_nothing_tracked_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    facts = inspect(tmp_path)
    assert (facts.tracked_files, facts.languages, facts.primary_language) == (0, {}, None)
    assert json.loads(json.dumps(to_json(facts)))["min_runtime"] == {}


def test_staged_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.py": "x = 1\n"})
    git(tmp_path, "add", "-A")
    assert inspect(tmp_path).python_files == ("a.py",)


def test_untracked_file_is_not_counted(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    write(root, {"b.py": "y = 2\n"})
    assert inspect(root).python_files == ("a.py",)


def test_asked_from_a_subdirectory(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", "sub/b.py": "y = 2\n"})
    assert inspect(root / "sub").python_files == ("a.py", "sub/b.py")


def test_linked_worktree(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    git(root, "worktree", "add", "-q", str(tmp_path / "other"))
    write(tmp_path / "r" / ".git" / "hooks", {"pre-commit": "#!/bin/sh\n"})
    (root / ".git/hooks/pre-commit").chmod(0o755)
    facts = inspect(tmp_path / "other")
    assert facts.python_files == ("a.py",)
    assert [(h.name, h.manager) for h in facts.git_hooks] == [("pre-commit", "script")]


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": b"# caf\xe9\nx = 1\n", "pyproject.toml": b'[project]\nname = "\xff"\n'})
    facts = inspect(root)
    assert facts.hazards.non_utf8 == ("a.py", "pyproject.toml")
    assert facts.languages["Python"].lines == 2


@pytest.mark.parametrize("name", [b"a b.py", b'quo"te.py', b"new\nline.py", b"caf\xe9.py", "ünï.py".encode(), b"-n.py"])
def test_odd_name(tmp_path: Path, name: bytes) -> None:
    root = make_repo(tmp_path / "r", {})
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_bytes(b"x = 1\n")
    except OSError:
        pytest.skip("the file system refuses this name")
    git(root, "add", "-A")
    facts = inspect(root)
    assert facts.python_files == (os.fsdecode(name),)
    assert facts.unreadable == ()


def test_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"outside.py": "import secret\n"})
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "pyproject.toml").symlink_to(tmp_path / "absent.toml")
    git(root, "add", "-A")
    facts = inspect(root)
    assert facts.python_files == ("a.py",)
    assert facts.hazards.symlinks == ("link.py", "pyproject.toml")


def test_file_replaced_by_a_link(tmp_path: Path) -> None:
    write(tmp_path, {"outside.toml": PYPROJECT})
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", "pyproject.toml": ""})
    (root / "pyproject.toml").unlink()
    (root / "pyproject.toml").symlink_to(tmp_path / "outside.toml")
    facts = inspect(root)
    assert facts.linters == ()
    assert set(reasons(facts)) == {"pyproject.toml"}


def test_folder_replaced_by_a_link(tmp_path: Path) -> None:
    write(tmp_path, {"outside/a.py": "x = 1\n" * 9})
    root = make_repo(tmp_path / "r", {"pkg/a.py": "x = 1\n"})
    (root / "pkg/a.py").unlink()
    (root / "pkg").rmdir()
    (root / "pkg").symlink_to(tmp_path / "outside")
    facts = inspect(root)
    assert reasons(facts) == {"pkg/a.py": "a parent is not a directory"}
    assert facts.languages["Python"].lines == 0


def test_fifo_in_place_of_a_file(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", "setup.cfg": "[mypy]\n"})
    for name in ("a.py", "setup.cfg"):
        (root / name).unlink()
        os.mkfifo(root / name)
    assert reasons(inspect(root)) == {"a.py": "not a regular file", "setup.cfg": "not a regular file"}


def test_directory_in_place_of_a_file(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", "pyproject.toml": PYPROJECT})
    for name in ("a.py", "pyproject.toml"):
        (root / name).unlink()
        (root / name).mkdir()
    assert set(reasons(inspect(root))) == {"a.py", "pyproject.toml"}


def test_tracked_file_is_missing(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", "b/c.py": "y = 2\n", "pyproject.toml": PYPROJECT})
    (root / "pyproject.toml").unlink()
    (root / "b/c.py").unlink()
    (root / "b").rmdir()
    facts = inspect(root)
    assert reasons(facts) == {"b/c.py": "missing", "pyproject.toml": "missing"}
    assert facts.languages["Python"].files == 2
    assert facts.linters == ()


def test_huge_file_is_counted_but_not_parsed(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r", {"big.py": b"x = 1\n" * 300_000, "data.json": b'{"a": "' + b"b" * 2_000_000 + b'"}'}
    )
    facts = inspect(root)
    assert facts.languages["Python"].lines == 300_000
    assert facts.hazards.files_over_1mb == ("big.py", "data.json")
    assert set(reasons(facts)) == {"big.py", "data.json"}


def test_a_file_over_a_million_bytes_is_large_though_it_is_read_whole(tmp_path: Path) -> None:
    facts = inspect(make_repo(tmp_path / "r", {"a.json": "1" * 1_000_001, "b.json": "1" * 1_000_000}))
    assert (facts.hazards.files_over_1mb, facts.unreadable) == (("a.json",), ())


def test_last_line_without_a_line_break(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\ny = 2", "b.py": "", "c.py": "a\r\nb\rc\n"})
    assert inspect(root).languages["Python"].lines == 2 + 0 + 3


def test_binary_with_the_name_of_source(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": b"\x00\x01\x02import os\n"})
    assert inspect(root).languages == {}


def test_submodule(tmp_path: Path) -> None:
    inner = make_repo(tmp_path / "inner", {"x.py": "x = 1\n"})
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    git(root, "submodule", "add", "-q", str(inner), "libs/inner")
    facts = inspect(root)
    assert facts.submodules == ("libs/inner",)
    assert facts.python_files == ("a.py",)
    assert [f.name for f in facts.generated_or_vendored_paths] == ["libs/inner"]


def test_unmerged_index(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    git(root, "checkout", "-qb", "side")
    write(root, {"a.py": "x = 2\n"})
    git(root, "commit", "-qam", "side")
    git(root, "checkout", "-q", "main")
    write(root, {"a.py": "x = 3\n"})
    git(root, "commit", "-qam", "main")
    git(root, "merge", "side", check=False)
    assert inspect(root).python_files == ("a.py",)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("pyproject.toml", "[project]\nname = \n", 2),
        (".pre-commit-config.yaml", "repos:\n  - repo: [\n", 0),
        (".github/workflows/ci.yml", "on: push\njobs:\n\t- a\n", 3),
        ("package.json", '{\n  "name" "x"\n}\n', 2),
        ("tox.ini", "commands = pytest\n", 1),
        ("setup.py", "from setuptools import setup\nsetup(\n", 2),
        ("noxfile.py", "def f(:\n", 1),
        ("tox.ini", "[testenv]\na = b\ncommands\n  pytest\n", 4),  # `configparser` answers this with AttributeError
        ("tasks.py", "import invoke\nprint 'x'\n", 2),
        ("pyproject.toml", "a = " + "[" * 5000, 0),
        ("package.json", "[" * 100_000, 0),
        (".travis.yml", "script: " + "[" * 5000, 0),
    ],
)
def test_broken_configuration_is_a_fact(tmp_path: Path, path: str, text: str, line: int) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", path: text})
    (broken,) = inspect(root).broken_configuration
    assert broken.path == path
    assert not line or broken.line == line
    assert broken.reason


def test_aliases_that_multiply(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    root = make_repo(tmp_path / "r", {".pre-commit-config.yaml": "\n".join(rows) + "\n"})
    (broken,) = inspect(root).broken_configuration
    assert isinstance(broken, Broken)
    assert "too many" in broken.reason


def test_more_yaml_than_there_is_time_for(tmp_path: Path) -> None:
    step = "      - run: pytest\n        name: step\n"
    big = "on: push\njobs:\n  a:\n    steps:\n" + step * 6000
    root = make_repo(tmp_path / "r", {".github/workflows/big.yml": big, ".github/workflows/ok.yml": big[:80]})
    facts = inspect(root)
    assert [u.path for u in facts.unreadable] == [".github/workflows/big.yml"]
    assert [c.path for c in facts.gate_commands] == [".github/workflows/ok.yml"]


EXECUTED = (
    *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "diff.external"),
    *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.evil.command"),
    *("merge.evil.driver", "gpg.program", "credential.helper", "uploadpack.packObjectsHook", "interactive.diffFilter"),
)


def test_nothing_of_the_repository_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "executed"
    touch = f"open({str(marker)!r}, 'w').close()\n"
    shell = f"#!/bin/sh\ntouch {marker}\n"
    root = make_repo(
        tmp_path / "r",
        {
            **dict.fromkeys(("setup.py", "conftest.py", "noxfile.py", "tasks.py", "sitecustomize.py"), touch),
            "pkg/__init__.py": touch,
            ".gitattributes": "* filter=evil diff=evil merge=evil linguist-vendored\n",
            ".venv/pyvenv.cfg": "version = 3.11\n",
            ".venv/bin/python": shell,
            ".venv/bin/ruff": shell,
            "ruff": shell,
            "git": shell,
            "tox.ini": f"[testenv]\ncommands = touch {marker}\n",
            "package.json": '{"scripts": {"prepare": "touch x"}}',
            ".husky/pre-commit": shell,
            ".envrc": f"touch {marker}\n",
            ".pre-commit-config.yaml": "repos:\n- repo: !!python/object/apply:os.system ['touch x']\n  hooks: []\n",
            "Makefile": f"X := $(shell touch {marker})\ntest:\n\ttouch {marker}\n",
        },
    )
    write(root, {".git/hooks/post-index-change": shell, "evil.sh": shell})
    write(root, {"hooks/pre-commit": shell, "hooks/post-index-change": shell, "hooks/post-checkout": shell})
    programs = (".git/hooks/post-index-change", "evil.sh", "hooks/pre-commit", "hooks/post-index-change", "git", "ruff")
    for name in (*programs, ".venv/bin/python", ".venv/bin/ruff"):
        (root / name).chmod(0o755)
    for key in EXECUTED:
        git(root, "config", key, str(root / "evil.sh"))
    git(root, "config", "core.hooksPath", "hooks")
    for alias in ("ls-files", "rev-parse", "check-attr", "config"):
        git(root, "config", f"alias.{alias}", f"!touch {marker}")
    (root / "a.py").write_text("x = 1\n", encoding="utf-8")  # git has to look at its content
    monkeypatch.chdir(root)
    render_text(inspect(root))
    render_json(inspect(root))
    assert not marker.exists()
    git(root, "status", check=False)
    assert marker.exists(), "the trap is not set"


def test_untracked_environment_is_a_hint(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n", ".gitignore": ".venv\n"})
    write(
        root,
        {
            ".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.11.9\n",
            ".venv/lib/python3.11/site-packages/ruff-0.9.1.dist-info/METADATA": "",
        },
    )
    facts = inspect(root)
    assert [tuple(e) for e in facts.environments] == [(".venv", "3.11.9", False)]
    assert [(p.tool, p.version, p.evidence.path) for p in facts.pinned_versions] == [("ruff", "0.9.1", ".venv")]


def test_tracked_environment_is_hostile(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            "a.py": "x = 1\n",
            "envs/mine/pyvenv.cfg": "version = 3.9.1\n",
            "envs/mine/bin/ruff": "#!/bin/sh\n",
            "envs/mine/lib/six.py": "x = 1\n",
            "venv/bin/mypy": "#!/bin/sh\n",
        },
    )
    write(root, {"venv/pyvenv.cfg": "version = 3.9.1\n"})
    facts = inspect(root)
    assert {e.path: e.hostile for e in facts.environments} == {"envs/mine": True, "venv": True}
    assert facts.roles["envs/mine/lib/six.py"] == "vendored"
    assert facts.pinned_versions == ()


def test_a_bundle_in_one_line_is_not_written_by_hand_whatever_its_name(tmp_path: Path) -> None:
    line = "var a=function(b){return b+1};" * 100
    files = {"static/editor.bundle.js": line + "\n", "static/own.js": "let a = 1;\n" * 300, "data/rows.json": line}
    facts = inspect(make_repo(tmp_path / "r", dict(files)))
    assert [(f.name, f.evidence[0].text) for f in facts.generated_or_vendored_paths] == [
        ("static/editor.bundle.js", "minified")
    ]


def test_linguist_attributes_mark_files(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            ".gitattributes": "api/** linguist-generated\nvendor/ours.py -linguist-vendored\n",
            "api/client.py": "x = 1\n",
            "vendor/ours.py": "x = 1\n",
            "vendor/theirs.py": "x = 1\n",
        },
    )
    facts = inspect(root)
    assert dict(facts.roles) == {
        "api/client.py": "generated",
        "vendor/ours.py": "source",
        "vendor/theirs.py": "vendored",
    }
    assert [f.name for f in facts.generated_or_vendored_paths] == ["api", "vendor/theirs.py"]


def test_hooks_configured_and_effective(tmp_path: Path) -> None:
    config = "repos:\n- repo: local\n  hooks:\n  - id: x\n    name: x\n    entry: ruff check\n    language: system\n"
    root = make_repo(tmp_path / "r", {".pre-commit-config.yaml": config})
    assert [(m.name, dict(m.detail)) for m in inspect(root).hook_managers] == [
        ("pre-commit", {"installed": (), "problem": "not installed in this clone"})
    ]
    write(root, {".git/hooks/pre-commit": "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n"})
    write(root, {".git/hooks/pre-push": "#!/bin/sh\n# not executable\n"})
    (root / ".git/hooks/pre-commit").chmod(0o755)
    facts = inspect(root)
    assert [dict(m.detail) for m in facts.hook_managers] == [{"installed": ("pre-commit",)}]
    assert [tuple(h) for h in facts.git_hooks] == [("pre-commit", ".git/hooks/pre-commit", "pre-commit")]


def test_hooks_path_hides_the_installed_hooks(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"team/commit-msg": "#!/bin/sh\n"})
    write(root, {".git/hooks/pre-commit": "#!/bin/sh\n"})
    for name in (".git/hooks/pre-commit", "team/commit-msg"):
        (root / name).chmod(0o755)
    git(root, "config", "core.hooksPath", "team")
    assert [tuple(h) for h in inspect(root).git_hooks] == [("commit-msg", "team/commit-msg", "script")]


def test_json_has_every_key_of_the_contract(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"thing/__init__.py": "", "thing/a.py": "x = 1\n", "pyproject.toml": PYPROJECT})
    document = json.loads(json.dumps(to_json(inspect(root))))
    assert {
        *("languages", "primary_language", "package_managers", "build_system", "min_runtime", "frameworks"),
        *("test_frameworks", "linters", "formatters", "type_checkers", "hook_managers", "task_runners", "ci"),
        *("source_roots", "test_roots", "first_party_packages", "generated_or_vendored_paths", "dockerfiles"),
        *("submodules", "gate_commands"),
    } <= set(document)
    assert document["min_runtime"] == {"python": "3.10"}
    assert document["languages"]["Python"] == {"files": 2, "lines": 1}
    assert document["first_party_packages"] == ["thing"]
    (ruff,) = document["linters"]
    assert (ruff["name"], ruff["files"], ruff["select"]) == ("ruff", ["pyproject.toml"], ["E", "F"])
    assert ruff["evidence"] == [{"path": "pyproject.toml", "line": 5, "text": "[tool.ruff.lint]"}]
    assert document["evidence"]["min_runtime.python"][0]["line"] == 3


CHAIN = "".join(f"t{n}: t{n + 1} t{n + 2}\n\tcoverage run x\n" for n in range(60))


def test_more_commands_than_there_is_time_for(tmp_path: Path) -> None:
    text = "[testenv]\ncommands =\n" + " pytest\n" * 100_000
    root = make_repo(tmp_path / "r", {"tox.ini": text, ".pre-commit-config.yaml": "repos: [{hooks: [{id: ruff}]}]\n"})
    facts = inspect(root)
    assert len(facts.gate_commands) <= 3000
    assert [c.command for c in facts.gate_commands if c.runner == "pre-commit"] == ["ruff"]
    assert reasons(facts) == {"tox.ini": "more than 3000 commands in this repository: the rest was not looked at"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "from " + "a" * 900_000 + "\n"),
        ("pyproject.toml", ".".join(["a"] * 400_000) + " = 1\n"),
        ("pyproject.toml", '[tool.coverage.run]\nx = """fail_under' + " " * 900_000 + '"""\n'),
        ("setup.cfg", "[a]\nb" + " " * 400_000 + "c\n"),
        ("setup.cfg", "[a]\nb\n" + "\tc\n" * 300_000),
        ("setup.cfg", "[a]\n" + "=c\n" * 300_000),
        ("setup.cfg", "[a]\nb = c\n" + "\td\n" * 300_000),
        ("requirements.txt", "a\n" * 300_000),
        ("uv.lock", '[[package]]\nname = "ruff"\nversion = "0.9"\n' * 24_000),
        ("setup.py", "a" + ".a" * 120_000 + "\n"),
        ("noxfile.py", 'f"' + "{a}" * 80_000 + '"\n'),
        ("Makefile", "a" + " " * 900_000 + "b\n"),
        ("Makefile", CHAIN),
        ("justfile", "a" + " " * 900_000 + "=\n"),
        ("noxfile.py", "@" + "a." * 2000 + "session\ndef f(): pass\n"),
        ("setup.py", "setup(name=" + "+".join(["'a'"] * 5000) + ")\n"),
        ("requirements.txt", "a" + " " * 900_000 + "b\n"),
        ("scripts/check.sh", "#!/bin/sh\n" + "x" * 900_000),
        (".pre-commit-config.yaml", "repos:\n- rev: " + "rev:" * 20_000 + "\n  repo: ruff\n  hooks: [{id: ruff}]\n"),
        (".travis.yml", "python: '" + "3.1" + "1" * 80_000 + "!'\n"),
        (".travis.yml", "script: " + "{a: " * 5000),
    ],
)
def test_text_made_to_take_for_ever(tmp_path: Path, path: str, text: str) -> None:
    assert inspect(make_repo(tmp_path / "r", {path: text})).tracked_files == 1


def test_sparse_checkout_says_what_is_not_there(tmp_path: Path) -> None:
    make_repo(
        tmp_path / "full", {"src/a.py": "import os\n", "docs/b.py": "x = 1\n", ".github/workflows/c.yml": "a: b\n"}
    )
    git(tmp_path, "clone", "-q", str(tmp_path / "full"), "r")
    git(tmp_path / "r", "sparse-checkout", "set", "src")
    facts = inspect(tmp_path / "r")
    assert reasons(facts) == dict.fromkeys((".github/workflows/c.yml", "docs/b.py"), "outside of the sparse checkout")
    assert [f.name for f in facts.ci] == ["GitHub Actions"]


def test_links_that_lead_round_in_circles(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a/m.py": "x = 1\n", "b/n.py": "x = 1\n"})
    for link, target in (
        ("a/l", "../b"),
        ("b/l", "../a"),
        ("self", "self"),
        ("one", "two"),
        ("two", "one"),
        ("top", "."),
    ):
        (root / link).symlink_to(target)
    git(root, "add", "-A")
    facts = inspect(root)
    assert facts.python_files == ("a/m.py", "b/n.py")
    assert facts.hazards.symlinks == ("a/l", "b/l", "one", "self", "top", "two")


def test_a_repository_inside_is_not_entered(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    make_repo(root / "inner", {"b.py": "x = 1\n"})
    assert inspect(root).python_files == ("a.py",)
    assert inspect(root / "inner").python_files == ("b.py",)
    git(root, "add", "inner")  # a commit in the index, and no .gitmodules to explain it
    facts = inspect(root)
    assert (facts.submodules, facts.python_files) == (("inner",), ("a.py",))
    assert facts.grounds["submodules.inner"][0].path == "inner"


def test_bare_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(GitError, match="is a bare repository"):
        inspect(tmp_path / "bare")


def test_inside_the_git_directory(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {})
    with pytest.raises(GitError, match="inside a git directory"):
        inspect(root / ".git")
