from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.tools import mypy_seeds

SEED = '_qualitygate_seed: int = "seed"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "@\n"),
        ("x = 1\n", "@\nx = 1\n"),
        ("x = 1", "@\nx = 1"),
        ("# only a comment", "# only a comment\n@\n"),
        ("#!/bin/sh\n# coding: utf-8\nx = 1\n", "#!/bin/sh\n# coding: utf-8\n@\nx = 1\n"),
        ('"""Doc.\n\nMore."""\nx = 1\n', '"""Doc.\n\nMore."""\n@\nx = 1\n'),
        ('"""Doc."""', '"""Doc."""\n@\n'),
        ("from __future__ import a\n\nx = 1\n", "from __future__ import a\n\n@\nx = 1\n"),
        ("'d'\nfrom __future__ import (\n    a,\n)\n", "'d'\nfrom __future__ import (\n    a,\n)\n@\n"),
        ("from __future__ import a; x = 1\n", "from __future__ import a; x = 1\n@\n"),
        ("import b\n\n\n@c\ndef f(): ...\n", "@\nimport b\n\n\n@c\ndef f(): ...\n"),
        ("@c\nclass D: ...\n", "@\n@c\nclass D: ...\n"),
        ("x = 1\r\n", "@\r\nx = 1\r\n"),
        ("\ufeffx = 1\n", "\ufeff@\nx = 1\n"),
        ("def f(:\n", "def f(:\n@\n"),
    ],
)
def test_seed(before: str, after: str) -> None:
    data, line, rule = mypy_seeds.seed("a.py", before.encode())
    at = next(row for row, text in enumerate(after.splitlines(), 1) if text.removeprefix("\ufeff") == "@")
    assert data.decode() == after.replace("@", SEED, 1)
    assert (line, rule) == (at, "mypy:assignment")


@given(
    st.lists(st.sampled_from(["'doc'", "from __future__ import annotations", "x = 1", "", "# c", "import a; b = 1"]))
)
def test_a_seed_breaks_nothing(lines: list[str]) -> None:
    data = "\n".join(lines).encode()
    try:
        compile(data, "a", "exec")
    except SyntaxError:
        return
    made, line, _ = mypy_seeds.seed("a.py", data)
    compile(made, "a", "exec")
    assert made.decode().splitlines()[line - 1] == SEED
    assert ast.get_docstring(ast.parse(made)) == ast.get_docstring(ast.parse(data))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a"),
        ("src/pkg/__init__.py", "pkg"),
        ("src/pkg/a.py", "pkg.a"),
        ("src/pkg/sub/b.pyi", "pkg.sub.b"),
        ("src/pkg/data/c.py", "c"),
        ("tests/test_a.py", "test_a"),
    ],
)
def test_module_name(path: str, name: str) -> None:
    known = frozenset(("src/pkg/__init__.py", "src/pkg/a.py", "src/pkg/sub/__init__.pyi"))
    assert mypy_seeds.module_name(path, known) == name


def made(files: dict[str, str]) -> tuple[mypy_seeds.Canary, ...]:
    return mypy_seeds.canaries(files, {path: text.encode() for path, text in files.items()}.get)


PACKAGE = {
    "src/pkg/__init__.py": "",
    "src/pkg/a.py": "A = 1\n",
    "src/pkg/b.py": "B = 1\n",
    "tests/test_b.py": "import pkg\n",
}


def test_a_canary_crosses_modules() -> None:
    first = made(PACKAGE)[0]
    edits = {path: data.decode() for path, data in first.edits}
    use = "from pkg.a import _qualitygate_canary\n_qualitygate_canary_x: str = _qualitygate_canary\n"
    assert edits == {
        "src/pkg/a.py": "_qualitygate_canary: int = 0\nA = 1\n",
        "src/pkg/b.py": use + "B = 1\n",
        "tests/test_b.py": use + "import pkg\n",
    }
    assert first.expected == (("src/pkg/b.py", 2, "mypy:assignment"), ("tests/test_b.py", 2, "mypy:assignment"))
    assert first.crosses


def test_a_canary_is_used_where_it_is_looked_at() -> None:
    first = mypy_seeds.canaries(
        PACKAGE, {path: text.encode() for path, text in PACKAGE.items()}.get, ["tests/test_b.py"]
    )
    assert [path for path, _ in first[0].edits] == ["src/pkg/a.py", "tests/test_b.py"]
    assert [path for path, *_ in first[0].expected] == ["tests/test_b.py"]


@pytest.mark.parametrize(
    "text",
    [
        "def __getattr__(name): ...\n",
        "# type: ignore\n",
        "# mypy: ignore-errors\n",
        "def f(:\n",
    ],
)
def test_modules_that_would_not_tell(text: str) -> None:
    edits = {path for path, _ in made({**PACKAGE, "src/pkg/a.py": text})[0].edits}
    assert edits == {"src/pkg/b.py", "tests/test_b.py"}


def test_flat_scripts() -> None:
    first = made({"one.py": "", "two.py": "import one\n", "three-d.py": ""})[0]
    assert [path for path, _ in first.edits] == ["one.py", "two.py"]
    assert first.crosses


def test_a_folder_of_scripts_is_on_nobodys_path() -> None:
    files = {"scripts/one.py": b"", "tests/t.py": b"", "tests/u.py": b""}
    crossing = mypy_seeds.canaries(files, files.get, ["tests/t.py"])
    assert [[path for path, _ in canary.edits] for canary in crossing] == [["tests/u.py", "tests/t.py"]]


def test_a_single_module_gets_a_seed() -> None:
    (only,) = made({"one.py": "x = 1\n", "setup.txt": ""})
    assert only.edits == (("one.py", f"{SEED}\nx = 1\n".encode()),)
    assert not only.crosses


def test_nothing_to_plant_in() -> None:
    assert made({}) == ()
    assert made({"a.py": "# type: ignore\n"}) == ()


def test_one_canary_per_package() -> None:
    packages = {f"{name}/{file}.py": "" for name in ("p", "q") for file in ("__init__", "a", "b")}
    assert [canary.edits[0][0] for canary in made(packages)] == ["p/a.py", "q/a.py"]
