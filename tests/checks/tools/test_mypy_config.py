from __future__ import annotations

import pytest

from qualitygate.checks.tools import mypy_config


@pytest.mark.parametrize(
    ("files", "path", "keys"),
    [
        ({}, None, set()),
        ({"mypy.ini": "[mypy]\nstrict = True\n", "setup.cfg": "[mypy]\nplugins = x\n"}, "mypy.ini", {"strict"}),
        ({".mypy.ini": "", "pyproject.toml": "[tool.mypy]\n"}, ".mypy.ini", set()),
        ({"setup.cfg": "[flake8]\n"}, None, set()),
        ({"setup.cfg": "[mypy]\nfiles = a\n"}, "setup.cfg", {"files"}),
        ({"pyproject.toml": '[project]\ndependencies = ["mypy"]\n'}, None, set()),
        ({"pyproject.toml": '[tool.mypy]\nno-strict = 1\nfiles = [\n"a",\n]\n'}, "pyproject.toml", {"files"}),
        ({"pyproject.toml": "[[tool.mypy.overrides]]\nmodule = 'a'\n"}, "pyproject.toml", {"overrides"}),
        ({"mypy.ini": "[mypy", "pyproject.toml": "[tool.mypy]\n"}, "mypy.ini", set()),
        ({"mypy.ini": "[DEFAULT]\nplugins = x\n[mypy]\n"}, "mypy.ini", {"plugins"}),
    ],
)  # fmt: skip
def test_find(files: dict[str, str], path: str | None, keys: set[str]) -> None:
    found = mypy_config.find({name: text.encode() for name, text in files.items()}.get)
    assert (found.path if found else None) == path
    assert (set(found.settings) if found else set()) >= keys - {"overrides"}
    if found and "plugins" not in keys:
        assert not found.has("plugins")


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        ({}, ()),
        ({"mypy.ini": "[mypy]\nstrict = True\npython_executable = evil\n"}, ()),
        ({"mypy.ini": "[mypy]\nplugins = a.b, tools/p.py:start\n", "tools/p.py": ""}, ("mypy.ini", "tools/p.py")),
        ({".mypy.ini": "[mypy]\nplugins = ./p.py\n", "p.py": ""}, (".mypy.ini", "p.py")),
        ({"setup.cfg": "[mypy]\nplugins = gone.py\n"}, ("setup.cfg",)),
        ({"pyproject.toml": '[tool.mypy]\nplugins = ["pydantic.mypy"]\n'}, ("pyproject.toml",)),
        ({"pyproject.toml": '[tool.pylint]\nload-plugins = ["x"]\n[tool.other]\nplugins = []\n'}, ()),
        ({"pyproject.toml": "[tool.mypy]\n", "setup.cfg": "[mypy]\nplugins = x\n"}, ("setup.cfg",)),
    ],
)
def test_executes(files: dict[str, str], paths: tuple[str, ...]) -> None:
    assert mypy_config.executes({name: text.encode() for name, text in files.items()}.get) == paths


@pytest.mark.parametrize(
    ("config", "options", "asked"),
    [
        ("", {}, "a.py docs/c.py src/p/b.py src/q.py tests/t.py"),
        ("files = src, a.py", {}, "a.py src/p/b.py src/q.py"),
        ("files = ./src/*.py", {}, "src/p/b.py src/q.py"),
        ("files = src", {"paths": ["tests/"]}, "tests/t.py"),
        ("files = src", {"paths": ["."]}, "a.py docs/c.py src/p/b.py src/q.py tests/t.py"),
        ("packages = p", {}, "src/p/b.py"),
        ("modules = q", {}, "src/q.py"),
        ("exclude = ^(docs|tests)/", {}, "a.py src/p/b.py src/q.py"),
        ("exclude = (", {"paths": ["a.py"]}, "a.py"),
    ],
)
def test_asked_for(config: str, options: dict[str, list[str]], asked: str) -> None:
    files = ["a.py", "docs/c.py", "src/p/b.py", "src/q.py", "tests/t.py"]
    read = {"mypy.ini": f"[mypy]\n{config}\n".encode()}.get
    assert mypy_config.asked_for(files, read, options) == tuple(asked.split())


@pytest.mark.parametrize(
    "text",
    [
        '[tool]\nmypy.plugins = ["x"]\n',
        '[tool]\nmypy = {plugins = ["x"]}\n',
        '["tool"."mypy"]\n"plugins" = ["x"]\n',
        'tool.mypy.plugins = ["x"]\n',
        '[tool.m\\u0079py]\nplugins = ["x"]\n'.replace("m\\u0079py", '"m\\u0079py"'),
        '[tool.mypy]\n"\\u0070lugins" = ["x"]\n',
    ],
)
def test_plugins_cannot_hide(text: str) -> None:
    exact = mypy_config.executes({"pyproject.toml": text.encode()}.get)
    guess = mypy_config._guess_toml("pyproject.toml", text)
    # Without a TOML parser, a table that is not recognised is a file that mypy is told not to read.
    assert guess is None or guess.has("plugins")
    assert exact == ("pyproject.toml",) or guess is None


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("[project]\nfiles = 1\n", None),
        (
            "[tool.mypy]\nfiles = [\n  'a', # b\n  \"c\",\n]\nstrict=true\n\n[tool.ruff]\nselect = []\n",
            {"files": ["a", "c"], "strict": ""},
        ),
        ("[ tool . mypy ]\nfiles = 'a'\n", {"files": "a"}),
        ("[tool.mypy]\nwarn-x.y = 1\nexclude = '/x'\n", {"warn_x": "", "exclude": "/x"}),
        ("[[tool.mypy.overrides]]\nfiles = 1\n", {}),
        ("[tool.mypy]\n[tool.other]\nplugins = 1\n", {"plugins": ""}),
    ],
)
def test_guess(text: str, settings: dict[str, object] | None) -> None:
    found = mypy_config._guess_toml("pyproject.toml", text)
    assert (None if found is None else found.settings) == settings
