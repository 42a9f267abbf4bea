"""JavaScript and TypeScript, Go and Rust. Places are found by pattern and bracket, not by what is measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from benchmarks.weakenings.mutation import Changed, Mutator, only


class Block(NamedTuple):
    """A test in its text: where it starts and ends, and where its body does, brackets excluded."""

    start: int
    end: int
    body: int
    body_end: int


_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"
_SKIPPED = re.compile(
    rf"//[^\n]*|/\*.*?\*/|{_STRING}|(?<=[(,=:\[!&|?;\s])/(?![/*\s])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*",
    re.DOTALL,
)
_RUST_SKIPPED = re.compile(
    r"//[^\n]*|/\*.*?\*/|b?r(#*)\".*?\"\1|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\\n]|\\[^\n][^'\n]{0,8})'", re.DOTALL
)


def closing(text: str, opening: int, skipped: re.Pattern[str] = _SKIPPED) -> int:
    """The index of the bracket that closes this one; -1 for none."""
    depth, at = 0, opening
    while at < len(text):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
            if depth == 0:
                return at
        found = skipped.match(text, at)
        at = found.end() if found and found.end() > at else at + 1
    return -1


_IT = re.compile(
    r"^([ \t]*)(it|test)\((\"[^\"\n]*\"|'[^'\n]*'|`[^`$\n]*`),\s*"
    r"(?:async\s*)?(?:function\s*\w*\s*\([^()]*\)|\([^()]*\)\s*=>)\s*\{",
    re.M,
)
_GO = re.compile(r"^func (Test\w+)\(t \*testing\.T\) \{", re.M)
_RUST = re.compile(r"^([ \t]*)#\[test\]\n\s*fn (\w+)\(\)[^{\n]*\{", re.M)


def javascript_tests(text: str) -> Iterator[Block]:
    """Calls of `it` and `test` with a function."""
    for found in _IT.finditer(text):
        end = closing(text, found.end() - 1)
        outer = closing(text, found.start(3) - 1)
        if 0 < end < outer:
            after = outer + 1 + (text[outer + 1 : outer + 2] == ";")
            yield Block(found.start(), after, found.end(), end)


def go_tests(text: str) -> Iterator[Block]:
    """Functions that `go test` runs."""
    for found in _GO.finditer(text):
        end = text.find("\n}", found.end())
        if end > 0 and text.count("`", found.end(), end) % 2 == 0:
            yield Block(found.start(), end + 2, found.end(), end + 1)


def rust_tests(text: str) -> Iterator[Block]:
    """Functions under `#[test]`."""
    for found in _RUST.finditer(text):
        end = closing(text, found.end() - 1, _RUST_SKIPPED)
        if end > 0:
            yield Block(found.start(), end + 1, found.end(), end)


Finder = Callable[[str], Iterator[Block]]
Edit = Callable[[str, Block, int], "str | None"]


def on_test(finder: Finder, edit: Edit, needs: str) -> Mutator:
    """Change one test whose body has an assertion, as `needs` tells them."""
    pattern = re.compile(needs)

    def mutate(path: str, text: str, seed: int) -> Changed | None:
        found = [block for block in finder(text) if pattern.search(text, block.body, block.body_end)]
        for turn in range(len(found)):
            new = edit(text, found[(seed + turn) % len(found)], seed)
            if new is not None and new != text:
                return only(path, text, new)
        return None

    return mutate


def cut(text: str, block: Block, seed: int) -> str | None:
    """Delete it."""
    return text[: block.start] + text[block.end :]


def head(pattern: str, new: str | Callable[[re.Match[str]], str]) -> Edit:
    """Change what leads it."""

    def edit(text: str, block: Block, seed: int) -> str | None:
        lead = re.sub(pattern, new, text[block.start : block.body], count=1)
        return text[: block.start] + lead + text[block.body :]

    return edit


def body(new: str) -> Edit:
    """Put something in place of its body."""
    return lambda text, block, seed: text[: block.body] + new + text[block.body_end :]


def top(new: str) -> Edit:
    """Put something on top of its body."""
    return lambda text, block, seed: text[: block.body] + new + text[block.body :]


def inside(pattern: str, new: str | Callable[[re.Match[str]], str]) -> Edit:
    """Change one match in its body."""
    compiled = re.compile(pattern, re.M)

    def edit(text: str, block: Block, seed: int) -> str | None:
        found = list(compiled.finditer(text, block.body, block.body_end))
        if not found:
            return None
        match = found[seed % len(found)]
        changed = match.expand(new) if isinstance(new, str) else new(match)
        return text[: match.start()] + changed + text[match.end() :]

    return edit


_LINE = r"^([ \t]*)((?:await |return )?(?:expect|assert)(?:\.\w+)?\([^\n]*\);?)[ \t]*$"
_EQUAL = r"\.(toBe|toEqual|toStrictEqual)\((?!true\)|false\)|undefined\))([^\n]*)\)(;?)$"
_EXPECTED = r"\.expect\((?=[^)\n]*\d|'|\")[^\n]*?\)(?=;?$)"


def _js(edit: Edit, needs: str = r"expect\((?!true|false|\d)|assert") -> Mutator:
    return on_test(javascript_tests, edit, needs)


def gone(finder: Finder) -> Mutator:
    """The whole file."""
    return lambda path, text, seed: Changed({path: None}) if any(finder(text)) else None


def moved(finder: Finder, rename: Callable[[str], str]) -> Mutator:
    """The file under another name."""

    def mutate(path: str, text: str, seed: int) -> Changed | None:
        new = rename(path)
        return Changed({path: None, new: text}, {new: path}) if new != path and any(finder(text)) else None

    return mutate


def _not_spec(path: str) -> str:
    return re.sub(r"\.(test|spec)\.", ".old.", path)


def _swap_out(text: str, block: Block, seed: int) -> str | None:
    return text[: block.start] + "it('works', () => { expect(1).toBe(1) })" + text[block.end :]


JAVASCRIPT: dict[str, Mutator] = {
    "delete the test": _js(cut),
    "delete the file": gone(javascript_tests),
    "put an empty test in its place": _js(_swap_out),
    "rename the file out of collection": moved(javascript_tests, _not_spec),
    "rename the file to .bak": moved(javascript_tests, lambda path: path + ".bak"),
    ".skip": _js(head(r"\b(it|test)\(", r"\1.skip(")),
    ".todo": _js(lambda text, block, seed: text[: block.start] + "it.todo('later')" + text[block.end :]),
    ".fails": _js(head(r"\b(it|test)\(", r"\1.fails(")),
    ".only": _js(head(r"\b(it|test)\(", r"\1.only(")),
    "xit": _js(head(r"\b(it|test)\(", "xit(")),
    "describe.skip": lambda path, text, seed: (
        only(path, text, re.sub(r"^describe\(", "describe.skip(", text, count=1, flags=re.M))
        if any(javascript_tests(text))
        else None
    ),
    "skip: true": _js(head(r",\s*(?=async|function|\()", ", { skip: true }, ")),
    ".skipIf (shown)": _js(head(r"\b(it|test)\(", r"\1.skipIf(process.env.CI)(")),
    "return on top": _js(top("\n    return;\n")),
    "empty body": _js(body("")),
    "body is expect(true)": _js(body(" expect(true).toBe(true); ")),
    "delete an assertion": _js(inside(_LINE, "")),
    "comment an assertion out": _js(inside(_LINE, r"\1// \2")),
    "toBe to toBeTruthy": _js(inside(_EQUAL, r".toBeTruthy()\3")),
    "toBe to toBeDefined": _js(inside(_EQUAL, r".toBeDefined()\3")),
    "toEqual to expect.anything": _js(inside(_EQUAL, r".toEqual(expect.anything())\3")),
    "toEqual to toMatchObject({})": _js(inside(_EQUAL, r".toMatchObject({})\3")),
    "toBe to not.toBeNull": _js(inside(_EQUAL, r".not.toBeNull()\3")),
    "toThrow(x) to toThrow()": _js(inside(r"\.toThrow\([^()\n]+\)", ".toThrow()")),
    "expect(true)": _js(inside(_LINE, r"\1expect(true).toBe(true);")),
    "|| true": _js(inside(r"^([ \t]*)assert\((?!\()([^\n,]*)\);?$", r"\1assert(\2 || true)")),
    "try catch": _js(inside(_LINE, r"\1try { \2 } catch {}")),
    "if (false)": _js(inside(_LINE, r"\1if (false) { \2 }")),
    "not awaited": _js(inside(r"(?<!return )\bawait (expect\([^\n]*\.(?:resolves|rejects)\.)", r"\1")),
    "drop .expect": _js(inside(r"\n[ \t]*\.expect\([^\n]*?\)(?=;?\n|$)", ""), r"\.expect\("),
    ".expect to a function": _js(inside(r"\.expect\([\d'\"][^\n]*?\)", ".expect(() => {})"), r"\.expect\("),
}

_GO_FAIL = r"^([ \t]*)if ([^\n]*) \{\n[ \t]*t\.(?:Error|Errorf|Fatal|Fatalf)\([^\n]*\)\n[ \t]*\}\n"
_TESTIFY = r"^([ \t]*)((?:assert|require)\.\w+\([^\n]*\))\n"


def _go(edit: Edit, needs: str = r"t\.(?:Error|Fatal)|(?:assert|require)\.") -> Mutator:
    return on_test(go_tests, edit, needs)


def _go_row(text: str, block: Block, seed: int) -> str | None:
    """One row less in a table."""
    found = re.search(r"\[\]struct \{.*?\n\t\}\{\n", text[block.body : block.body_end], re.DOTALL)
    if found is None:
        return None
    first = block.body + found.end()
    row = re.compile(r"\t\t\{[^\n]*\},\n|\t\t\{\n.*?\n\t\t\},\n", re.DOTALL).match(text, first)
    return text[:first] + text[row.end() :] if row else None


GO: dict[str, Mutator] = {
    "delete the test": _go(cut),
    "delete the file": gone(go_tests),
    "put an empty test in its place": _go(
        lambda text, block, seed: text[: block.start] + "func TestWorks(t *testing.T) {\n}" + text[block.end :]
    ),
    "rename it out of collection": _go(head(r"func Test", "func test")),
    "rename the file out of collection": moved(go_tests, lambda path: path.replace("_test.go", "_tests.go")),
    "rename the file to .bak": moved(go_tests, lambda path: path + ".bak"),
    "build tag ignore": lambda path, text, seed: (
        only(path, text, "//go:build ignore\n\n" + text) if any(go_tests(text)) else None
    ),
    "t.Skip on top": _go(top('\n\tt.Skip("later")')),
    "if testing.Short() (shown)": _go(top("\n\tif testing.Short() {\n\t\tt.Skip()\n\t}")),
    "return on top": _go(top("\n\treturn")),
    "empty body": _go(body("\n")),
    "delete an assertion": _go(inside(f"{_GO_FAIL}|{_TESTIFY}", "")),
    "t.Errorf to t.Logf": _go(inside(r"t\.(Errorf|Fatalf|Error|Fatal)\(", "t.Log(")),
    "if false &&": _go(inside(r"^([ \t]*)if ([^\n;]*) \{(?=\n[ \t]*t\.(?:Error|Fatal))", r"\1if false {")),
    "!= to == nil": _go(
        inside(
            r"^([ \t]*)if (\w[\w.]*) != (?!nil)([^\n;&|]*) \{(?=\n[ \t]*t\.(?:Error|Fatal))", r"\1if any(\2) == nil {"
        )
    ),
    "Equal to NotNil": _go(inside(r"(assert|require)\.Equal\(t, ([^,\n]*), ([^,\n]*)\)$", r"\1.NotNil(t, \3)")),
    "Equal to itself": _go(inside(r"(assert|require)\.Equal\(t, ([^,\n]*), ([^,\n]*)\)$", r"\1.Equal(t, \3, \3)")),
    "a row less": _go(_go_row),
}

_RUST_LINE = r"^([ \t]*)(assert(?:_eq|_ne)?!\((?:[^\n]*)\);)$"


def _rust(edit: Edit, needs: str = r"assert") -> Mutator:
    return on_test(rust_tests, edit, needs)


RUST: dict[str, Mutator] = {
    "delete the test": _rust(cut),
    "delete the file": lambda path, text, seed: (
        Changed({path: None}) if "tests/" in path and any(rust_tests(text)) else None
    ),
    "put an empty test in its place": _rust(
        lambda text, block, seed: text[: block.start] + "#[test]\nfn works() { assert!(true); }" + text[block.end :]
    ),
    "take #[test] away": _rust(head(r"#\[test\]\n", "")),
    "#[ignore]": _rust(head(r"#\[test\]", "#[test]\n#[ignore]")),
    "#[cfg(any())]": _rust(head(r"#\[test\]", "#[test]\n#[cfg(any())]")),
    "return on top": _rust(top("\n    return;")),
    "empty body": _rust(body("")),
    "body is assert!(true)": _rust(body(" assert!(true); ")),
    "delete an assertion": _rust(inside(_RUST_LINE, "")),
    "comment an assertion out": _rust(inside(_RUST_LINE, r"\1// \2")),
    "assert!(true)": _rust(inside(_RUST_LINE, r"\1assert!(true);")),
    "|| true": _rust(inside(r"^([ \t]*)assert!\(([^\n,]*)\);$", r"\1assert!(\2 || true);")),
    "if false": _rust(inside(_RUST_LINE, r"\1if false { \2 }")),
    "assert_eq to is_some": _rust(
        inside(r"^([ \t]*)assert_eq!\((\w[\w.()]*), ([^\n]*)\);$", r"\1assert!(Some(&\2).is_some());")
    ),
    "assert_eq to assert_ne": _rust(inside(r"^([ \t]*)assert_eq!\(([^,\n]*), ([^,\n]*)\);$", r"\1assert_ne!(\2, 99);")),
    "assert_eq of itself": _rust(inside(r"^([ \t]*)assert_eq!\(([^,\n]*), ([^,\n]*)\);$", r"\1assert_eq!(\2, \2);")),
}


# What changes nothing that matters.


def _last(finder: Finder) -> Mutator:
    """The test goes to the end of what it stands in: in front of the next one, it comes behind."""

    def mutate(path: str, text: str, seed: int) -> Changed | None:
        found = list(finder(text))
        pairs = [pair for pair in pairwise(found) if pair[0].end <= pair[1].start]
        if not pairs:
            return None
        one, two = pairs[seed % len(pairs)]
        new = (
            text[: one.start]
            + text[two.start : two.end]
            + text[one.end : two.start]
            + text[one.start : one.end]
            + text[two.end :]
        )
        return only(path, text, new)

    return mutate


def _indented(path: str, text: str, seed: int) -> Changed | None:
    return (
        only(path, text, re.sub(r"^([ \t]+)(?=\w)", r"\1\1", text, flags=re.M))
        if "`" not in text and 'r#"' not in text
        else None
    )


def _tidied(finder: Finder) -> Mutator:
    return lambda path, text, seed: _indented(path, text, seed) if any(finder(text)) else None


def _half(lines: re.Pattern[str], rename: Callable[[str, str], str]) -> Edit:
    """Two tests, each with the set-up and half of the assertions."""

    def edit(text: str, block: Block, seed: int) -> str | None:
        rows = text[block.start : block.end].split("\n")
        marks = [
            at
            for at, row in enumerate(rows)
            if lines.match(row) and row.count("(") == row.count(")") and row.count("{") == row.count("}")
        ]
        if len(marks) < 2:
            return None
        half = len(marks) // 2
        one = "\n".join(row for at, row in enumerate(rows) if at not in marks[half:])
        two = "\n".join(row for at, row in enumerate(rows) if at not in marks[:half])
        return text[: block.start] + rename(one, " first") + "\n\n" + rename(two, " rest") + text[block.end :]

    return edit


def _js_name(text: str, more: str) -> str:
    return re.sub(
        r"(\bit|\btest)\((.)([^\n]*?)\2,",
        lambda found: f"{found[1]}({found[2]}{found[3]}{more}{found[2]},",
        text,
        count=1,
    )


def _fn_name(text: str, more: str) -> str:
    return re.sub(r"\b(fn|func) (\w+)", rf"\1 \2{more.strip().title()}", text, count=1)


def _renamed(name: Callable[[str, str], str]) -> Edit:
    return lambda text, block, seed: (
        text[: block.start] + name(text[block.start : block.end], " as documented") + text[block.end :]
    )


def _to_file(finder: Finder, lead: str, new: str, wrap: str) -> Mutator:
    """The test goes to a file of its own."""

    def mutate(path: str, text: str, seed: int) -> Changed | None:
        found = list(finder(text))
        if not found:
            return None
        block = found[seed % len(found)]
        folder = path.rpartition("/")[0]
        moved_text = lead + wrap.format(text[block.start : block.end]) + "\n"
        return Changed({path: text[: block.start] + text[block.end :], f"{folder}/{new}".lstrip("/"): moved_text})

    return mutate


_JS_LINE = re.compile(r"[ \t]*(?:await )?expect\([^\n]*\)\.[^\n]*\);?$")
_GO_LINE = re.compile(r"[ \t]*(?:assert|require)\.\w+\([^\n]*\)$")
_RS_LINE = re.compile(r"[ \t]*assert(?:_eq|_ne)?!\([^\n]*\);$")

JAVASCRIPT_SAME: dict[str, Mutator] = {
    "rename": _js(_renamed(_js_name)),
    "reorder": _last(javascript_tests),
    "re-indent": _tidied(javascript_tests),
    "move to another file": _to_file(
        javascript_tests, "import x from 'x'\n", "moved.test.ts", "describe('moved', () => {{\n{}\n}})"
    ),
    "rename the file": moved(javascript_tests, lambda path: re.sub(r"([\w-]+)(\.(?:test|spec)\.)", r"new-\1\2", path)),
    "split in two": _js(_half(_JS_LINE, _js_name)),
    "it to test": _js(head(r"\b(it|test)\(", lambda found: "test(" if found[1] == "it" else "it(")),
    "comment on top": _js(top("\n    // what this is about\n")),
    "into a describe": _js(
        lambda text, block, seed: "".join(
            (
                text[: block.start],
                "describe('group', () => {\n",
                text[block.start : block.end],
                "\n})\n",
                text[block.end :],
            )
        )
    ),
}
GO_SAME: dict[str, Mutator] = {
    "rename": _go(_renamed(_fn_name)),
    "reorder": _last(go_tests),
    "re-indent": _tidied(go_tests),
    "move to another file": _to_file(go_tests, 'package x\n\nimport "testing"\n\n', "moved_test.go", "{}"),
    "rename the file": moved(go_tests, lambda path: path.replace("_test.go", "_new_test.go")),
    "split in two": _go(_half(_GO_LINE, _fn_name)),
    "comment on top": _go(top("\n\t// what this is about\n")),
}
RUST_SAME: dict[str, Mutator] = {
    "rename": _rust(_renamed(_fn_name)),
    "reorder": _last(rust_tests),
    "re-indent": _tidied(rust_tests),
    "move to another file": _to_file(rust_tests, "use x::y;\n\n", "tests/moved.rs", "{}"),
    "split in two": _rust(_half(_RS_LINE, _fn_name)),
    "comment on top": _rust(top("\n    // what this is about\n")),
}
