from __future__ import annotations

import ast
from pathlib import Path

import pytest

from qualitygate.inspection.facts import Facts
from qualitygate.inspection.inspect import inspect
from qualitygate.inspection.python_project import lowest
from qualitygate.inspection.requirements import parse_requirement
from qualitygate.inspection.setup_py import read_setup
from tests.support import make_repo

CLASSIFIERS = str([f"Programming Language :: Python :: {version}" for version in ("2.7", "3", "3.6")])
SETUP = f"from setuptools import setup\nsetup(name='one', py_modules=['one'], classifiers={CLASSIFIERS})\n"


def look(tmp_path: Path, **files: str) -> Facts:
    return inspect(make_repo(tmp_path / "r", {name.replace("__", "/"): text for name, text in files.items()}))


def names(facts: Facts, key: str) -> list[str]:
    return [fact.name for fact in getattr(facts, key)]


def test_single_module_library_with_setup_py(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            "one.py": "x = 1\n",
            "test_one.py": "import pytest\n",
            "conftest.py": "import pytest\n",
            "setup.cfg": "[bdist_wheel]\nuniversal = 1\n",
            "setup.py": SETUP,
            "tox.ini": "[tox]\nenvlist = py27\n[testenv]\ncommands = py.test --doctest-glob='README.rst'\n",
            ".travis.yml": "python:\n  - 2.6\nscript: tox\n",
            "examples/a.py": "import one\n",
        },
    )
    facts = inspect(root)
    assert [(f.name, f.files) for f in facts.package_managers] == [("pip/setuptools", ("setup.py", "setup.cfg"))]
    assert facts.build_system and facts.build_system.name == "setuptools"
    assert {k: f.name for k, f in facts.min_runtime.items() if f} == {"python": "2.7"}
    assert (facts.source_roots, facts.test_roots) == ((".",), (".",))
    assert names(facts, "first_party_packages") == ["one"]
    assert names(facts, "test_frameworks") == ["pytest", "doctest"]
    assert (names(facts, "task_runners"), names(facts, "ci")) == (["tox"], ["Travis CI"])


def test_application_without_metadata(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            "requirements.txt": "flask==3.0\nFlask_SQLAlchemy==3.1\nrq==1.0\ntornado==6.4\npytest==8.0",
            "web.py": "from app import create\n",
            "config.py": "x = 1\n",
            "tests.py": "import unittest\n",
            "app/__init__.py": "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n",
            "app/tasks.py": "import rq\n",
            "migrations/env.py": "x = 1\n",
            "migrations/script.py.mako": "",
            "migrations/versions/a1_first.py": "x = 1\n",
            "Dockerfile": "FROM python:slim\n",
        },
    )
    facts = inspect(root)
    assert names(facts, "package_managers") == ["pip"]
    assert facts.build_system is None
    assert facts.min_runtime == {"python": None}
    assert names(facts, "frameworks") == ["Flask", "Flask-SQLAlchemy", "RQ"]
    assert [(f.name, f.files) for f in facts.test_frameworks] == [("unittest", ("tests.py",))]
    assert set(facts.source_roots) == {"app", "."}
    assert facts.test_roots == (".",)
    assert set(names(facts, "first_party_packages")) == {"app", "config", "web", "tests"}
    assert names(facts, "generated_or_vendored_paths") == ["migrations/versions"]
    assert facts.dockerfiles == ("Dockerfile",)


def test_chapters_of_scripts_beside_a_package(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
            '[project]\nname = "deep-things"\nrequires-python = ">=3.10,<3.14"\n'
            'dependencies = ["torch>=2", "jupyterlab>=4", "tensorflow>=2; sys_platform != \'x\'"]\n'
            '[tool.setuptools.packages.find]\nwhere = ["pkg"]\n[tool.uv.sources]\ntorch = {index = "x"}\n'
            "[tool.ruff]\nline-length = 140\n",
            "requirements.txt": "torch\n",
            "pixi.toml": '[workspace]\nname = "x"\n',
            "pkg/deep_things/__init__.py": "import torch\n",
            "pkg/deep_things/tests/test_a.py": "import pytest\n",
            "ch02/01_main/main.py": "import torch\n",
            "ch03/02 bonus/tests/test_x.py": "x = 1\n",
            "ch03/02 bonus/gpt.py": "import tensorflow\n",
            "conftest.py": "",
            "ch02/nb.ipynb": "{}\n",
        },
    )
    facts = inspect(root)
    assert names(facts, "package_managers") == ["uv", "pip", "pixi"]
    assert {k: f.name for k, f in facts.min_runtime.items() if f} == {"python": "3.10", "python_max_exclusive": "3.14"}
    assert names(facts, "frameworks") == ["PyTorch", "TensorFlow", "Jupyter"]
    assert set(facts.source_roots) == {"pkg/deep_things", "ch02", "ch03"}
    assert facts.test_roots == ("ch03/02 bonus/tests", "pkg/deep_things/tests")
    assert names(facts, "first_party_packages") == ["deep_things"]
    assert (names(facts, "linters"), names(facts, "formatters")) == (["ruff"], [])


def test_workspace_with_a_backend(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["backend"]\n',
            "uv.lock": '[[package]]\nname = "mypy"\nversion = "1.20.0"\n',
            "backend/pyproject.toml": '[project]\nname = "app"\nrequires-python = ">=3.12"\n'
            'dependencies = ["fastapi"]\n[dependency-groups]\ndev = ["mypy"]\n'
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[tool.mypy]\nstrict = true\n',
            "backend/app/__init__.py": "",
            "backend/app/main.py": "from fastapi import FastAPI\n",
            "backend/tests/test_main.py": "import pytest\n",
        },
    )
    facts = inspect(root)
    assert [(f.name, f.files) for f in facts.package_managers] == [
        ("uv workspace", ("uv.lock", "pyproject.toml", "backend/pyproject.toml"))
    ]
    assert facts.build_system and facts.build_system.name == "hatchling"
    assert names(facts, "frameworks") == ["FastAPI"]
    assert facts.source_roots == ("backend/app",)
    assert facts.test_roots == ("backend/tests",)
    assert names(facts, "first_party_packages") == ["app"]
    assert [(f.name, dict(f.detail)) for f in facts.type_checkers] == [("mypy", {"strict": True})]
    assert [(p.tool, p.version, p.evidence.line) for p in facts.pinned_versions] == [("mypy", "1.20.0", 3)]


def test_largest_file_does_not_make_the_primary_language(tmp_path: Path) -> None:
    facts = look(tmp_path, **{"site.css": "a {}\n" * 500, "vendor__v.js": "x\n" * 500, "Main.java": "class A {}\n"})
    assert (facts.primary_language, facts.secondary_language) == ("Java", None)


@pytest.mark.parametrize(
    ("name", "text", "tool"),
    [
        ("setup.cfg", "[flake8]\nmax-line-length = 99\n", "flake8"),
        ("tox.ini", "[flake8]\nmax-line-length = 99\n", "flake8"),
        (".flake8", "[flake8]\n", "flake8"),
        ("pyproject.toml", "[tool.pylint.main]\n", "pylint"),
        ("ruff.toml", 'select = ["E"]\n', "ruff"),
        ("requirements-dev.txt", "bandit==1.7.0\n", "bandit"),
        ("pyproject.toml", '[dependency-groups]\nlint = ["codespell"]\n', "codespell"),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\npylint = "^3"\n', "pylint"),
        ("eslint.config.mjs", "", "eslint"),
    ],
)
def test_linter_by_one_trace(tmp_path: Path, name: str, text: str, tool: str) -> None:
    facts = inspect(make_repo(tmp_path / "r", {name: text}))
    assert [(f.name, f.files) for f in facts.linters] == [(tool, (name,))]
    assert facts.task_runners == ()


def test_freeze_does_not_make_a_tool_used(tmp_path: Path) -> None:
    facts = look(tmp_path, **{"requirements.txt": "flake8==7.0\nblack==24.1\nmypy==1.8\n", "a.py": "x = 1\n"})
    assert (facts.linters, facts.formatters, facts.type_checkers) == ((), (), ())
    assert [(p.tool, p.version) for p in facts.pinned_versions] == [
        ("flake8", "7.0"),
        ("black", "24.1"),
        ("mypy", "1.8"),
    ]


def test_coverage_counts_where_it_is_configured_and_run(tmp_path: Path) -> None:
    config = "[tool.coverage.report]\nfail_under = 90\n"
    assert look(tmp_path / "a", **{"pyproject.toml": config}).test_frameworks == ()
    (found,) = look(
        tmp_path / "b", **{"pyproject.toml": config, "Makefile": "t:\n\tcoverage run x.py\n"}
    ).test_frameworks
    assert (found.name, found.detail) == ("coverage", (("fail_under", 90),))


@pytest.mark.parametrize(
    ("rev", "version"),
    [("v0.9.1", "0.9.1"), ("0.9.1", "0.9.1"), ("deadbeef  # frozen: v0.9.2", "0.9.2"), ("main", ""), ("deadbeef", "")],
)
def test_version_of_a_hook(tmp_path: Path, rev: str, version: str) -> None:
    config = f"repos:\n- repo: https://example.org/ruff-pre-commit\n  rev: {rev}\n  hooks:\n  - id: ruff\n"
    facts = inspect(make_repo(tmp_path / "r", {".pre-commit-config.yaml": config}))
    assert [p.version for p in facts.pinned_versions] == ([version] if version else [])


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.8"\n'}, "3.8"),
        ({"setup.cfg": "[options]\npython_requires = >=3.7\n"}, "3.7"),
        ({"setup.py": "setup(python_requires='~=3.9')\n"}, "3.9"),
        ({"Pipfile": '[requires]\npython_version = "3.11"\n'}, "3.11"),
        ({"runtime.txt": "python-3.12.1\n"}, "3.12"),
        ({".python-version": "3.13.2\n"}, "3.13"),
        ({"pyproject.toml": '[tool.ruff]\ntarget-version = "py310"\n'}, "3.10"),
        ({"tox.ini": "[tox]\nenvlist = py{36,310}, pypy3\n"}, "3.6"),
        (
            {".github/workflows/c.yml": "jobs: {a: {strategy: {matrix: {python-version: [pypy-2.7, 3.x, '3.10']}}}}\n"},
            "2.7",
        ),
    ],
)
def test_lowest_python(tmp_path: Path, files: dict[str, str], version: str) -> None:
    fact = inspect(make_repo(tmp_path / "r", {**files, "a.py": "x = 1\n"})).min_runtime["python"]
    assert fact is not None
    assert fact.name == version
    assert fact.evidence[0].path in files


@pytest.mark.parametrize(
    ("constraint", "version"),
    [(">=3.9", "3.9"), ("^3.8", "3.8"), (">=2.7, !=3.0.*, <4", "2.7"), ("==3.11.*", "3.11"), ("<4", ""), ("*", "")],
)
def test_lowest_of_a_constraint(constraint: str, version: str) -> None:
    assert lowest(constraint) == version


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("Flask_Login==0.6.3", ("flask-login", "==0.6.3")),
        ("coverage[toml]==7.1 ; python_version > '3'", ("coverage", "==7.1")),
        ("uvicorn", ("uvicorn", "")),
        ("black>=23,<25  # why", ("black", ">=23,<25")),
        ("ruff==0.9 --hash=sha256:abc \\", ("ruff", "==0.9")),
        ("-e .[dev]", None),
        ("-r base.txt", None),
        ("# comment", None),
        ("", None),
        ("https://example.org/x.whl", None),
        ("./local", None),
    ],
)
def test_requirement_line(line: str, parsed: tuple[str, str] | None) -> None:
    assert parse_requirement(line) == parsed


def test_setup_py_is_read_as_a_tree() -> None:
    text = "import os\nREQ = ['a'] + ['b']\nV = os.environ['X']\n"
    text += "setuptools.setup(name='n', install_requires=REQ, version=V,"
    text += " packages=find_packages(where='src'), package_dir={'': 'src'}, **dict(zip_safe=False))\n"
    assert read_setup(ast.parse(text)) == {
        "name": "n",
        "install_requires": ["a", "b"],
        "packages": {"where": "src"},
        "package_dir": {"": "src"},
        "zip_safe": False,
    }


def test_what_a_framework_brings_is_not_named_again(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            "requirements.txt": "flask-sqlalchemy\nsqlalchemy\nalembic\nfastapi\nstarlette\n",
            "a.py": "import sqlalchemy, alembic, starlette\nfrom flask_sqlalchemy import SQLAlchemy\nimport fastapi\n",
        },
    )
    assert sorted(names(inspect(root), "frameworks")) == ["Alembic", "FastAPI", "Flask-SQLAlchemy"]


def test_a_module_called_setup_inside_a_package_is_no_project(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            "pyproject.toml": '[project]\nname = "thing"\n[build-system]\nrequires = []\n',
            "src/thing/__init__.py": "",
            "src/thing/models/__init__.py": "",
            "src/thing/models/setup.py": "# finds the call of setup()\n",
            "src/thing/models/other.py": "",
            "typings/shellingham.pyi": "x: int\n",
        },
    )
    facts = inspect(root)
    assert (facts.source_roots, names(facts, "first_party_packages")) == (("src",), ["thing"])


def test_a_package_without_init_is_the_projects_own(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "thing"\n[build-system]\nrequires = []\n',
        "src/thing/a.py": "x = 1\n",
    }
    assert names(inspect(make_repo(tmp_path / "r", files)), "first_party_packages") == ["thing"]


def test_hatch_keeps_its_environments_in_a_file_of_its_own(tmp_path: Path) -> None:
    text = '[envs.types]\nextra-dependencies = ["mypy==1.9"]\n[envs.types.scripts]\ncheck = "mypy src"\n'
    facts = look(tmp_path, **{"hatch.toml": text, "pyproject.toml": '[project]\nname = "thing"\n'})
    assert (names(facts, "type_checkers"), names(facts, "task_runners")) == (["mypy"], ["hatch scripts"])
    assert [p.version for p in facts.pinned_versions] == ["1.9"]


def test_a_vagrantfile_makes_no_ruby_project(tmp_path: Path) -> None:
    assert set(look(tmp_path, **{"Vagrantfile": "x\n", "a.py": "x = 1\n"}).languages) == {"Python"}


def test_the_settings_of_sphinx_beside_its_index_are_documentation(tmp_path: Path) -> None:
    facts = look(tmp_path, **{"conf.py": "x = 1\n", "index.rst": "x\n", "pkg__conf.py": "x = 1\n", "setup__a.py": ""})
    assert {path: facts.roles[path] for path in ("conf.py", "pkg/conf.py", "setup/a.py")} == {
        "conf.py": "docs",
        "pkg/conf.py": "source",
        "setup/a.py": "script",
    }


def test_a_namespace_in_the_source_folder_is_the_projects_own(tmp_path: Path) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='zope.thing')\n",
        "src/zope/thing/__init__.py": "x = 1\n",
        "src/zope/thing/tests/test_a.py": "x = 1\n",
    }
    assert names(inspect(make_repo(tmp_path / "r", files)), "first_party_packages") == ["zope"]


def test_tests_in_a_folder_of_another_name(tmp_path: Path) -> None:
    files = {f"t/unit/test_{n}.py": "import pytest\n" for n in range(6)}
    files |= {"t/unit/__init__.py": "", "t/unit/tasks.py": "x = 1\n", "pkg/__init__.py": "", "pkg/a.py": "x = 1\n"}
    facts = inspect(make_repo(tmp_path / "r", files))
    assert (facts.source_roots, facts.test_roots, facts.roles["t/unit/tasks.py"]) == (("pkg",), ("t",), "test")


def test_tests_beside_each_module_do_not_make_the_package_a_test_folder(tmp_path: Path) -> None:
    files = {f"pkg/test_{n}.py": "import pytest\n" for n in range(6)} | {f"pkg/m{n}.py": "x = 1\n" for n in range(6)}
    assert inspect(make_repo(tmp_path / "r", files)).source_roots == ("pkg",)


def test_a_package_with_many_tests_inside_is_still_source(tmp_path: Path) -> None:
    files = {f"pkg/tests/test_{n}.py": "import pytest\n" for n in range(20)} | {"pkg/__init__.py": "", "pkg/a.py": ""}
    facts = inspect(make_repo(tmp_path / "r", files))
    assert (facts.source_roots, facts.test_roots) == (("pkg",), ("pkg/tests",))


def test_the_ignore_file_of_docker_is_no_dockerfile(tmp_path: Path) -> None:
    files = {"a/Dockerfile.dev": "FROM x\n", "a/Dockerfile.dev.dockerignore": "x\n", "Dockerfile.dockerignore": "x\n"}
    assert inspect(make_repo(tmp_path / "r", files)).dockerfiles == ("a/Dockerfile.dev",)
