"""Annotations that a change took away, each with a change that looks like it and is right."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.safeguards import types
from qualitygate.checks.safeguards.protocol import Comparer
from tests.checks.safeguards.pairs import pair

TYPES = cast("Comparer", types)


def rules(base: dict[str, str], head: dict[str, str], renames: dict[str, str] | None = None) -> list[str]:
    found = types.compare(pair(base, head, TYPES, renames or {}), {}).findings
    assert len({finding.name for finding in found}) == len(found), "two findings share a name"
    return sorted(finding.rule.partition(":")[2] for finding in found)


def py(base: str, head: str, path: str = "src/a.py") -> list[str]:
    head_text = "from typing import Any, cast\nimport typing as t\n" + head
    return rules({path: "from typing import Any, cast\nimport typing as t\n" + base}, {path: head_text})


BODY = "    value = compute_something(a)\n    return value + 1\n"
BASE = "def f(a: int, b: str = '') -> int:\n" + BODY


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("def f(a, b: str = '') -> int:\n" + BODY, ["lost-annotation"]),
        ("def f(a, b='') :\n" + BODY, ["lost-annotation"] * 3),
        ("def f(a: Any, b: str = '') -> int:\n" + BODY, ["any-annotation"]),
        ("def f(a: object, b: str = '') -> int:\n" + BODY, ["any", "loosened"][1:]),
        ("def f(a: t.Any, b: str = '') -> int:\n" + BODY, ["any-annotation"]),
        ("def f(a: 'Any', b: str = '') -> int:\n" + BODY, ["any-annotation"]),
        ("def f(a: Any | None, b: str = '') -> int:\n" + BODY, ["any-annotation"]),
        ("def f(a: int, b: str = '', c=None) -> int:\n" + BODY, ["lost-annotation"]),
        ("def f(a: list[Any], b: str = '') -> int:\n" + BODY, ["loosened"]),
        ("def renamed(a, b: str = '') -> int:\n" + BODY, ["lost-annotation"]),
        (
            "class K:\n    def f(self, a, b: str = '') -> int:\n    " + BODY.replace("\n    ", "\n        "),
            ["lost-annotation"],
        ),
        ("def f(a: int, b: str = '') -> float:\n" + BODY, []),
        ('def f(\n    a: "int",\n    b: str = "",\n) -> int:\n' + BODY, []),
        ("def f(a: int) -> int:\n" + BODY, []),
        ("def f(a: int, c: str) -> int:\n" + BODY, []),
        ("", []),
        ("def added(x):\n    return x\n" + BASE, []),
    ],
)
def test_a_function_of_python_that_says_less(head: str, expected: list[str]) -> None:
    assert py(BASE, head) == expected


def test_an_import_that_renames_any_hides_nothing() -> None:
    head = "from typing import Any as Precise\ndef f(a: Precise, b: str = '') -> int:\n" + BODY
    assert rules({"src/a.py": BASE}, {"src/a.py": head}) == ["any-annotation"]


def test_a_method_that_lost_its_types_is_found_whatever_else_changed() -> None:
    base = "class K:\n    def m(self, a: int) -> None:\n        print(a)\n"
    assert py(base, "class K:\n    def m(self, a) -> None:\n        print(a, 'more')\n") == ["lost-annotation"]
    assert py(base, "class K:\n    def m(self, a: int) -> None:\n        print(a, 'more')\n") == []


def test_a_function_that_moved_keeps_its_name_as_identity() -> None:
    moved = BASE.replace("a: int", "a")
    assert rules({"src/a.py": BASE, "src/b.py": "x = 1\n"}, {"src/a.py": "", "src/b.py": moved}) == ["lost-annotation"]
    assert rules({"src/a.py": BASE, "src/b.py": "x = 1\n"}, {"src/a.py": "", "src/b.py": BASE}) == []
    renamed = rules({"src/a.py": BASE}, {"src/c.py": moved.replace("+ 1", "+ 2")}, {"src/c.py": "src/a.py"})
    assert renamed == ["lost-annotation"]


def test_overloads_and_setters_are_not_taken_for_one_another() -> None:
    base = (
        "class K:\n    @property\n    def v(self) -> int:\n        return self._v\n"
        "    @v.setter\n    def v(self, value: int) -> None:\n        self._v = value\n"
        "    @t.overload\n    def o(self, a: int) -> int: ...\n    @t.overload\n    def o(self, a: str) -> str: ...\n"
        "    def o(self, a):\n        return a\n"
    )
    assert py(base, base.replace("return a\n", "return a or 0\n")) == []
    assert py(base, base.replace("value: int", "value")) == ["lost-annotation"]


def test_what_a_file_that_cannot_be_parsed_has_lost_is_not_known() -> None:
    assert py(BASE, "def f(a, b:\n") == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("def g(x: Any) -> None: ...\n", ["any"]),
        ("def g(x: dict[str, Any]) -> None: ...\n", ["any"]),
        ("def g(x: object) -> None: ...\n", ["any"]),
        ("Loose = dict[str, Any]\n", ["any"]),
        ("y = cast(int, z)\n", ["cast"]),
        ("y = t.cast('int', z)\n", ["cast"]),
        ("class K:\n    def __eq__(self, other: object) -> bool: ...\n", []),
        ("def g(*args: object) -> None: ...\n", []),
        ("y = obj.cast(int)\n", []),
        ("text = 'Any'  # Any, cast(int, z)\n", []),
        ("y = Any\n", ["any"]),
        ("def g(x: Anything) -> None: ...\n", []),
    ],
)
def test_a_new_way_round_the_types_of_python(head: str, expected: list[str]) -> None:
    assert py("", head) == expected
    assert py("", head, "tests/test_a.py") == []
    assert py(head, head + "z = 1\n") == []


def test_ways_round_that_moved_are_not_new() -> None:
    code = "from typing import Any\ndef g(x: Any) -> None: ...\n"
    assert rules({"src/a.py": code}, {"src/b.py": code}) == []
    assert rules({"src/a.py": code}, {"src/a.py": code, "src/b.py": code.replace("g", "h")}) == ["any"]


TS = "class Box<T> {\n  private load(a: number, b?: Map<string, number>): Promise<T> {\n    return both(a, b)\n  }\n}\n"
TS_FUNCTION = (
    "export const load = async (a: number, { b, c }: Options = {}): Promise<number> => {\n  return use(a, b, c)\n}\n"
)


@pytest.mark.parametrize(
    ("base", "old", "new", "expected"),
    [
        (TS, "a: number", "a", ["inferred"]),
        (TS, ": Promise<T>", "", ["inferred"]),
        (TS, "a: number", "a: any", ["any-annotation"]),
        (TS, "Map<string, number>", "Map<string, any>", ["any", "loosened"]),
        (TS, "a: number", "a: string", []),
        (TS, "a: number, b", "\n    a: number,\n    b", []),
        (TS_FUNCTION, "a: number", "a", ["inferred"]),
        (TS_FUNCTION, ": Options", "", ["inferred"]),
        (TS_FUNCTION, ": Promise<number>", "", ["inferred"]),
        (TS_FUNCTION, ": Options", ": any", ["any-annotation"]),
        (TS_FUNCTION, "use(a", "other(a", []),
    ],
)
def test_a_function_of_typescript_that_says_less(base: str, old: str, new: str, expected: list[str]) -> None:
    assert old in base
    assert sorted(rules({"src/a.ts": base}, {"src/a.ts": base.replace(old, new)})) == sorted(expected)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("const x = y as any\n", ["cast"]),
        ("const x = y as unknown as Foo\n", ["cast"]),
        ("const x = y!.z\n", ["non-null"]),
        ("f(y!)\n", ["non-null"]),
        ("const x: any = y\n", ["any"]),
        ("type X = Record<string, any>\n", ["any"]),
        ("let f: Function\n", ["any"]),
        ("const x = y as Foo\n", []),
        ("if (!y || x !== y) {}\n", []),
        ("Promise.any([y])\nz.any()\n", []),
        ("const s = 'as any'; // as any, y!.z\n", []),
        ("const x = <p>any value</p>\n", []),
        ("import { any } from 'x'\n", []),
    ],
)
def test_a_new_way_round_the_types_of_typescript(code: str, expected: list[str]) -> None:
    assert rules({"src/a.tsx": ""}, {"src/a.tsx": code}) == expected
    assert rules({"src/a.test.tsx": ""}, {"src/a.test.tsx": code}) == []
    assert rules({"src/a.tsx": code}, {"src/a.tsx": code + "const more = 1\n"}) == []


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.go", "func f(x interface{}) {}\n", ["escape"]),
        ("a.go", "func f(x any) {}\n", ["escape"]),
        ("a.go", "func f[T any](x T) {}\n", []),
        ("src/a.rs", "let x = y.unwrap();\n", ["escape"]),
        ("src/a.rs", "let x = y.unwrap_or(1); // .unwrap()\n", []),
        ("src/a.rs", "#[cfg(test)]\nmod tests { fn a() { y.unwrap(); } }\n", []),
        ("src/a.kt", "val x = y!!\n", ["escape"]),
        ("src/a.kt", 'val x = "y!!"\n', []),
        ("src/a.cs", "dynamic x = y;\n", ["escape"]),
        ("src/a.cs", "string x = null!;\n", ["escape"]),
        ("src/a.cs", "bool isdynamic = x != null;\n", []),
    ],
)
def test_ways_round_the_types_of_other_languages(path: str, code: str, expected: list[str]) -> None:
    assert rules({path: ""}, {path: code}) == expected
    assert rules({path: code}, {path: code + "\n// more\n"}) == []


def test_another_function_is_not_blamed_for_what_one_lost() -> None:
    base = "def f(a: int) -> None:\n    pass\n\n\ndef g(b: Any) -> None:\n    pass\n"
    assert py(base, base.replace("a: int", "a: Any")) == ["any-annotation"]


def test_typescript_that_becomes_javascript_is_checked_no_more() -> None:
    assert rules({"src/a.ts": TS}, {"src/a.js": "class Box {}\n"}) == ["js"]
    assert rules({"src/a.ts": TS}, {"lib/b.mjs": TS}, {"lib/b.mjs": "src/a.ts"}) == ["js"]
    assert rules({"src/a.ts": TS}, {}) == []
    assert rules({"src/a.js": "x"}, {"src/a.ts": "x"}) == []


def test_a_package_that_no_longer_says_that_it_is_typed() -> None:
    assert rules({"p/py.typed": "", "p/a.py": ""}, {"p/a.py": ""}) == ["lost-marker"]
    assert rules({"p/py.typed": "", "p/a.py": ""}, {}) == []
    assert rules({"p/py.typed": "", "p/a.py": ""}, {"src/p/py.typed": "", "src/p/a.py": ""}) == []


def test_a_stub_that_hides_a_module_from_the_type_checker() -> None:
    typed, bare, stub = "def f(a: int) -> int: return a\n", "def f(a): return a\n", "def f(a: int) -> int: ...\n"
    assert rules({"p/a.py": typed}, {"p/a.py": typed, "p/a.pyi": stub}) == ["stub"]
    assert rules({"p/a.py": typed}, {"q/a.py": typed, "q/a.pyi": stub}, {"q/a.py": "p/a.py"}) == ["stub"]
    assert rules({"p/a.py": bare}, {"p/a.py": bare, "p/a.pyi": stub}) == []
    assert rules({"p/b.py": typed}, {"p/b.py": typed, "p/a.pyi": stub}) == []
    both = {"p/a.py": typed, "p/a.pyi": stub}
    assert rules(both, {**both, "p/a.pyi": stub + "X: int\n"}) == []


@given(st.text(alphabet="abc:any<>()={}[],;!?.'\"`/\n =>|&as ", max_size=200))
def test_any_text_is_read_and_a_copy_of_it_has_lost_nothing(text: str) -> None:
    assert rules({"src/a.ts": text}, {"src/a.ts": text + "\n"}) == rules({"src/a.ts": text}, {"src/a.ts": text + "\n"})
    assert rules({"src/a.ts": text}, {"lib/a.ts": text}) == []
    assert rules({"src/a.py": text}, {"lib/a.py": text}) == []


def test_an_example_that_is_javascript_now_takes_no_types_from_the_product() -> None:
    text = "export const a: number = 1\n"
    for path, lost in (("src/a.ts", ["js"]), ("examples/a.ts", []), ("vitest.config.ts", [])):
        assert rules({path: text}, {path[:-2] + "js": "export const a = 1\n"}) == lost, path


def test_a_change_cannot_say_that_a_program_wrote_what_it_changes() -> None:
    assert rules({"src/a.py": BASE}, {"src/a.py": "# @generated\n" + BASE.replace("a: int", "a")}) == [
        "lost-annotation"
    ]
    written = "# @generated\n"
    assert rules({"src/a.py": written + BASE}, {"src/a.py": written + BASE.replace("a: int", "a")}) == []
