from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.tool import Environment, Request
from qualitygate.checks.tools import mypy, mypy_seeds
from qualitygate.errors import ToolError
from qualitygate.gate.matching import Delta, Side, match
from qualitygate.model import Report
from qualitygate.process import Output, run, tool_env

RECORDED = sorted((Path(__file__).parents[2] / "data" / "mypy").glob("*.json"))
ELSEWHERE = Environment("/environment", "/environment/bin/python", ("/environment/lib/python3.11/site-packages",))
EXECUTABLE = os.fspath(Path(sys.executable).with_name("mypy"))


def request_for(root: Path | str, files: tuple[str, ...] = (), **more: Any) -> Request:
    return Request(
        check="types",
        root=os.fspath(root),
        files=files,
        executable=more.pop("executable", EXECUTABLE),
        options=more.pop("options", {}),
        cache_dir=os.fspath(more.pop("cache_dir", "/cache")),
        environment=more.pop("environment", None),
    )


def recorded(path: Path, scenario: str) -> Report:
    known = json.loads(path.read_text())["runs"][scenario]
    output = Output(known["code"], known["stdout"].encode(), known["stderr"].encode())
    environment = ELSEWHERE if known["environment"] else None
    return mypy.parse(output, request_for("/gate/snapshot", tuple(known["files"]), environment=environment))


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def check(root: Path, **more: Any) -> Report:
    files = tuple(sorted(os.fspath(p.relative_to(root)) for p in root.rglob("*.py")))
    request = request_for(root, files, **more)
    command = mypy.command(request)
    return mypy.parse(run(command.argv, cwd=root, env=tool_env(command.env), timeout=120), request)


def brief(report: Report) -> list[tuple[str, int, str]]:
    return [(finding.path, finding.line, finding.rule) for finding in report.findings]


def test_recordings_are_there() -> None:
    assert {"1.4.1", "1.17.1", "2.4.1"} <= {path.stem for path in RECORDED}


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
@pytest.mark.parametrize("scenario", ["findings", "all-settings"])
def test_findings(path: Path, scenario: str) -> None:
    report = recorded(path, scenario)
    missing = "mypy:import" if path.stem == "1.4.1" else "mypy:import-not-found"
    assert sorted(brief(report)) == [
        ("pkg/a.py", 2, "mypy:return-value"),
        ("pkg/a.py", 6, "mypy:empty-body"),
        ("pkg/a.py", 9, "mypy:assignment"),
        ("pkg/a.py", 9, "mypy:assignment"),
        ("pkg/b.py", 4, missing),
        ("pkg/b.py", 6, "mypy:arg-type"),
        ("pkg/b.py", 8, "mypy:arg-type"),
    ]
    assert (report.looked_at, report.reason) == (3, "")
    first = next(finding for finding in report.findings if finding.line == 2)
    assert first.message == 'Incompatible return value type (got "int", expected "str")'
    assert (first.check, first.column, first.end_line, first.end_column) == ("types", 12, 2, 12)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
@pytest.mark.parametrize("scenario", ["clean", "odd-settings", "no-section"])
def test_nothing_found(path: Path, scenario: str) -> None:
    assert recorded(path, scenario) == Report((), 1)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("syntax", "mypy stopped: syn.py:1: "),
        ("python2", "mypy stopped: py2.py:1: "),
        ("duplicate", 'mypy stopped: y/same.py: Duplicate module named "same"'),
        ("twice", "mypy stopped: x/y/mod.py: Source file found twice under different module names"),
        ("missing-path", "nope.py"),
        ("missing-folder", "nope"),
        ("empty-folder", "mypy stopped: There are no .py[i] files in directory 'docs'"),
        ("bad-ini", "mypy cannot read its configuration: mypy.ini: File contains no section headers."),
        ("bad-toml", "mypy cannot read its configuration: pyproject.toml: Invalid value"),
        ("python-version-2", "mypy stopped: Mypy no longer supports checking Python 2 code"),
        ("bad-error-code", "mypy stopped: Invalid error code(s): nonsense"),
        ("crash", "mypy crashed: internal error at "),
        ("plugin-missing", 'mypy stopped: mypy.ini:2: Can\'t find plugin "nowhere.py"'),
        ("outside", "an import leads out of the judged tree, to "),
    ],
)
def test_incomplete(path: Path, scenario: str, reason: str) -> None:
    assert reason in recorded(path, scenario).reason


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_syntax_errors_are_findings_too(path: Path) -> None:
    assert set(brief(recorded(path, "syntax"))) == {("syn.py", 1, "mypy:syntax")}


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_an_error_outside_is_no_finding(path: Path) -> None:
    assert recorded(path, "outside").findings == ()


BLOCKED = "Found 1 error in 1 file (errors prevented further checking)\n"
ERROR = "a.py:1:1:1:1: error: Wrong  [misc]\n"


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (Output(None, b"", b"No such file"), "could not be started"),
        (Output(-15, b"", b"", timed_out=True), "no answer"),
        (Output(-9, b"", b""), "killed by signal 9"),
        (Output(0, b"", b""), "printed no summary"),
        (Output(1, ERROR.encode(), b""), "printed no summary"),
        (Output(1, b"", b"Traceback (most recent call last):\n  x\nKeyError: 'y'\n"), "printed no summary"),
        (Output(1, b"", b"/e is in the MYPYPATH. Please remove it.\n"), "/e is in the MYPYPATH"),
        (Output(1, b"Found 1 error in 1 file (checked 2 source files)\n", b""), "announced 1 errors, 0 of them"),
        (Output(0, b"Success: no issues found in 0 source files\n", b""), "found no file to check"),
        (
            Output(2, f"/environment/np.pyi:3: error: New  [syntax]\n{BLOCKED}".encode(), b""),
            "error in an installed package, /environment/np.pyi:3: New",
        ),
        (
            Output(1, f"/gate/work/{ERROR}Found 1 error in 1 file (checked 2 source files)\n".encode(), b""),
            "out of the judged tree, to /gate/work/a.py:1",
        ),
    ],
)  # fmt: skip
def test_no_proof(output: Output, reason: str) -> None:
    assert reason in mypy.parse(output, request_for("/gate/snapshot")).reason


@pytest.mark.parametrize("path", ["a.py", "./a.py", "/gate/snapshot/a.py"])
def test_paths_are_relative_to_the_tree(path: str) -> None:
    text = f"{path}:3:1: error: Wrong [index] here  [misc]\nFound 1 error in 1 file (checked 2 source files)\n"
    report = mypy.parse(Output(1, text.encode(), b""), request_for("/gate/snapshot"))
    assert [(f.path, f.line, f.column, f.end_line, f.message) for f in report.findings] == [
        ("a.py", 3, 1, 3, "Wrong [index] here")
    ]
    assert report.reason == ""


def test_an_environment_leaves_missing_imports_alone() -> None:
    text = 'a.py:1:1:1:1: error: Cannot find implementation or library stub for module named "x"  [import-not-found]\n'
    output = Output(1, f"{text}Found 1 error in 1 file (checked 1 source file)\n".encode(), b"")
    assert len(mypy.parse(output, request_for("/gate", ("a.py",), environment=ELSEWHERE)).findings) == 1
    assert mypy.parse(output, request_for("/gate", ("a.py",))).findings == ()


@pytest.mark.parametrize(
    ("files", "options", "tail"),
    [
        ({}, {}, ["--", "."]),
        ({"mypy.ini": "[mypy]\nfiles = src\n"}, {}, []),
        ({"pyproject.toml": '[tool.mypy]\npackages = ["a"]\n'}, {}, []),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, {}, ["--", "."]),
        ({"mypy.ini": "[mypy]\nfiles = src\n"}, {"paths": ["-a", "b"]}, ["--", "-a", "b"]),
    ],
)
def test_targets(tmp_path: Path, files: dict[str, str], options: dict[str, Any], tail: list[str]) -> None:
    write(tmp_path, files)
    argv = list(mypy.command(request_for(tmp_path, options=options)).argv)
    assert (argv[argv.index("--") :] if "--" in argv else []) == tail


def test_only_the_configuration_of_the_tree(tmp_path: Path) -> None:
    assert "--config-file=" in mypy.command(request_for(tmp_path)).argv
    write(tmp_path, {"setup.cfg": "[mypy]\n", "pyproject.toml": '[project]\ndependencies = ["mypy"]\n', "a/b.ini": ""})
    assert "--config-file=setup.cfg" in mypy.command(request_for(tmp_path)).argv
    argv = mypy.command(request_for(tmp_path, options={"config_file": "a/b.ini"})).argv
    assert "--config-file=a/b.ini" in argv
    with pytest.raises(ToolError, match=r"no\.ini"):
        mypy.command(request_for(tmp_path, options={"config_file": "no.ini"}))


def test_environment(tmp_path: Path) -> None:
    assert "--no-site-packages" in mypy.command(request_for(tmp_path)).argv
    argv = mypy.command(request_for(tmp_path, environment=ELSEWHERE)).argv
    assert "--python-executable=/environment/bin/python" in argv
    assert "--no-site-packages" not in argv
    with pytest.raises(ToolError, match="not found"):
        mypy.command(request_for(tmp_path, options={"environment": "project"}))


@pytest.mark.parametrize(
    ("flag", "allowed"),
    [
        ("--strict", True),
        ("--no-implicit-optional", True),
        ("--ignore-missing-imports", True),
        ("--python-version=3.12", True),
        ("--enable-error-code=redundant-expr,truthy-bool", True),
        ("--python-executable=./evil", False),
        ("--config-file=x", False),
        ("--cache-dir=.", False),
        ("--junit-xml=x", False),
        ("--install-types", False),
        ("-c", False),
        ("--shadow-file", False),
        ("src", False),
    ],
)
def test_flags(tmp_path: Path, flag: str, allowed: bool) -> None:
    request = request_for(tmp_path, options={"flags": [flag]})
    if allowed:
        assert flag in mypy.command(request).argv
    else:
        with pytest.raises(ToolError, match="not a flag"):
            mypy.command(request)


def test_plugins_do_not_run_without_an_environment(tmp_path: Path) -> None:
    write(tmp_path, {"mypy.ini": "[mypy]\nplugins = evil.py\n"})
    with pytest.raises(ToolError, match=r"mypy\.ini has plugins"):
        mypy.command(request_for(tmp_path))
    assert mypy.command(request_for(tmp_path, environment=ELSEWHERE)).argv


def test_wants() -> None:
    assert mypy.wants("a/b.py") and mypy.wants("a.pyi")
    assert not mypy.wants("py.typed") and not mypy.wants("a.pyx")


HOSTILE = {
    "executable": ("python_executable = ./evil.sh", 'python_executable = "./evil.sh"'),
    "install": ("install_types = True\nnon_interactive = True", "install_types = true\nnon_interactive = true"),
    "writes": (
        "junit_xml = ../x/junit.xml\nlinecount_report = ../x\ncache_dir = ../x",
        'junit_xml = "../x/junit.xml"\nlinecount_report = "../x"\ncache_dir = "../x"',
    ),
}
SECTIONS = {"mypy.ini": "[mypy]", "setup.cfg": "[mypy]", "pyproject.toml": "[tool.mypy]"}


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy-cache")


def traps(place: Path) -> str:
    evil = place / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {place}/ran\nexit 1\n")
    evil.chmod(0o755)
    (place / "plugin.py").write_text(f'open("{place}/ran", "w")\n')
    return os.fspath(place / "plugin.py")


@pytest.mark.live
@pytest.mark.parametrize("file", SECTIONS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_configuration(tmp_path: Path, cache: Path, file: str, kind: str) -> None:
    root = tmp_path / "root"
    text = HOSTILE[kind][file == "pyproject.toml"]
    write(root, {"a.py": "import requests\nx: int = ''\n", file: f"{SECTIONS[file]}\n{text}\n"})
    traps(root)
    before = sorted(os.fspath(p) for p in tmp_path.rglob("*"))
    report = check(root, cache_dir=cache, options={"paths": ["a.py"]})
    assert brief(report) == [("a.py", 2, "mypy:assignment")]
    assert report.reason == ""
    assert sorted(os.fspath(p) for p in tmp_path.rglob("*")) == before


@pytest.mark.live
def test_the_trap_is_one(tmp_path: Path, cache: Path) -> None:
    write(tmp_path, {"a.py": "", "mypy.ini": "[mypy]\npython_executable = ./evil.sh\n"})
    traps(tmp_path)
    run([EXECUTABLE, f"--cache-dir={cache}", "a.py"], cwd=tmp_path, env=tool_env(), timeout=120)
    assert (tmp_path / "ran").exists()


@pytest.mark.live
def test_configuration_of_the_user_and_of_parent_folders(tmp_path: Path, own_home: Path, cache: Path) -> None:
    plugin = traps(own_home)
    text = f"[mypy]\nplugins = {plugin}\n"
    write(own_home, {".mypy.ini": text, ".config/mypy/config": text, "config/mypy/config": text})
    write(tmp_path, {"mypy.ini": text, "root/a.py": "x: int = ''\n"})
    assert brief(check(tmp_path / "root", cache_dir=cache)) == [("a.py", 1, "mypy:assignment")]
    assert not (own_home / "ran").exists()


@pytest.mark.live
def test_without_an_environment_only_our_own_imports_can_be_missing(tmp_path: Path, cache: Path) -> None:
    write(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "import numpy\nimport yaml\nfrom pkg import other\nfrom pkg.gone import x\n",
            "script.py": "import pkg.lost\n",
        },
    )
    report = check(tmp_path, cache_dir=cache)
    assert sorted(brief(report)) == [
        ("pkg/a.py", 3, "mypy:attr-defined"),
        ("pkg/a.py", 4, "mypy:import-not-found"),
        ("script.py", 1, "mypy:import-not-found"),
    ]
    assert (report.looked_at, report.reason) == (3, "")


@pytest.mark.live
def test_an_edit_of_equal_size_needs_a_new_second(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, {"a.py": "x: int = 12\n"})
    os.utime(root / "a.py", (1_700_000_000, 1_700_000_000))
    assert check(root, cache_dir=tmp_path / "cache").findings == ()
    (root / "a.py").write_text("x: str = 12\n")
    os.utime(root / "a.py", (1_700_000_000.5, 1_700_000_000.5))
    assert check(root, cache_dir=tmp_path / "cache").findings == ()
    os.utime(root / "a.py", (1_700_000_001, 1_700_000_001))
    assert brief(check(root, cache_dir=tmp_path / "cache")) == [("a.py", 1, "mypy:assignment")]


@pytest.mark.live
def test_it_writes_nothing_into_the_tree(tmp_path: Path, cache: Path) -> None:
    write(tmp_path, {"a.py": "x: int = ''\n"})
    check(tmp_path, cache_dir=cache)
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


@pytest.mark.live
def test_seeds_are_reported(tmp_path: Path, cache: Path) -> None:
    sources = {
        "empty.py": "",
        "untyped.py": "def f(a):\n    return a\n",
        "old.py": "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n'''Doc.'''\nfrom __future__ import print_function\n"
        "try:\n    unicode_ = 1\nexcept NameError:\n    pass\n",
        "ends.py": "import sys\n\n__all__ = ['x']\nx = 1\nsys.exit(1)\n",
        "crlf.py": "x = 1\r\ny = 2\r\n",
        "pkg/__init__.py": '"""Doc."""',
        "pkg/class_.py": "import functools\n\n\n@functools.lru_cache\ndef f():\n    pass\n",
    }
    expected = []
    for path, text in sources.items():
        data, line, rule = mypy_seeds.seed(path, text.encode())
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
        expected.append((path, line, rule))
    report = check(tmp_path, cache_dir=cache)
    assert sorted(brief(report)) == sorted(expected)
    assert report.looked_at == len(sources)


def test_a_module_that_mypy_does_not_know_is_the_same_wherever_it_is_met_first() -> None:
    line = 'a.py:3:1:3:9: error: Library stubs not installed for "requests"  [import-untyped]\n'
    there = line.replace("a.py:3", "b.py:7")
    summary = "Found 1 error in 1 file (checked 2 source files)\n"
    environment = Environment("/venv", "/venv/bin/python", ())
    asked = Request("mypy", "/snapshot", ("a.py", "b.py"), "mypy", {}, "/cache", environment)
    (first,), (second,) = (
        mypy.parse(Output(1, (said + summary).encode(), b""), asked).findings for said in (line, there)
    )
    assert (first.name, second.name) == ("requests", "requests")
    sides = Side((first,), lambda path: b""), Side((second,), lambda path: b"")
    assert match(*sides, Delta()).new == ()
