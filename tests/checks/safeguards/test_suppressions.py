from __future__ import annotations

import ast
import sys
from collections.abc import Mapping

import pytest

from qualitygate.checks.safeguards import suppressions
from qualitygate.checks.safeguards.suppression.directives import Directive, directives
from qualitygate.checks.safeguards.suppression.document import document
from qualitygate.model import Finding
from tests.checkout import ROOT, run
from tests.checks.safeguards.pairs import compared
from tests.checks.safeguards.test_suppression_catalogue import rows

ENDING = {
    "python": "py",
    "javascript": "ts",
    "component": "vue",
    "shell": "sh",
    "yaml": "yml",
    "json": "jsonc",
    "hcl": "tf",
    "markdown": "md",
    "css": "css",
    "go": "go",
    "rust": "rs",
    "ruby": "rb",
    "java": "java",
    "kotlin": "kt",
    "csharp": "cs",
    "c": "cpp",
    "php": "php",
    "swift": "swift",
    "sql": "sql",
}


def name_of(directive: Directive) -> str:
    language = directive.languages[0]
    return "Dockerfile" if language == "dockerfile" else f"x.{ENDING.get(language, 'py')}"


def findings(
    base: Mapping[str, str], head: Mapping[str, str], renames: Mapping[str, str] = {}
) -> list[tuple[str, str, int]]:
    return [(one.rule.partition(":")[2], one.path, one.line) for one in whole(base, head, renames)]


def whole(base: Mapping[str, str], head: Mapping[str, str], renames: Mapping[str, str] = {}) -> tuple[Finding, ...]:
    return compared(base, head, suppressions, renames)


def expected(directive: Directive, kind: str) -> str:
    if directive.kind == "spelling":
        return "layout"
    if directive.scope == "project":
        return "project-wide"
    if directive.scope == "file":
        return "file-wide" if kind == "wide" else "file-code"
    if directive.kind in ("coverage", "format"):
        return "coverage" if directive.kind == "coverage" else "layout"
    if kind == "wide":
        return directive.bare
    return "no-reason" if kind == "coded" else "reasoned"


EXAMPLES = [
    pytest.param(row["name"], kind, row[kind], id=f"{row['name']}-{kind}")
    for row in rows()
    if not row.get("guard")
    for kind in ("wide", "coded", "reasoned")
    if kind in row
]


@pytest.mark.parametrize(("name", "kind", "text"), EXAMPLES)
def test_every_form_that_is_added_is_found(name: str, kind: str, text: str) -> None:
    directive = directives()[name]
    path = name_of(directive)
    (found,) = whole({path: ""}, {path: text})
    assert found.name.startswith(f"{path}:{name}:")
    assert f"`{name}`" in found.message
    assert found.rule.partition(":")[2] == expected(directive, kind)


QUOTED = {
    "python": 'x = """\n{}\n"""\n',
    "javascript": "const x = `\n{}\n`\n",
    "component": "<script>\nconst x = `\n{}\n`\n</script>\n",
    "shell": "cat <<'EOF'\n{}\nEOF\n",
    "yaml": "a: |\n{}\n",
    "hcl": "a = <<EOF\n{}\nEOF\n",
    "dockerfile": "RUN cat <<EOF\n{}\nEOF\n",
    "markdown": "text\n\n```html\n{}\n```\n",
    "go": "package a\n\nvar x = `\n{}\n`\n",
    "rust": 'const X: &str = r##"\n{}\n"##;\n',
    "ruby": "x = <<~EOS\n{}\nEOS\n",
    "java": 'class B {{\n  String x = """\n{}\n""";\n}}\n',
    "kotlin": 'val x = """\n{}\n"""\n',
    "csharp": 'class B {{\n  string x = @"\n{}\n";\n}}\n',
    "c": 'auto x = R"~(\n{}\n)~";\n',
    "php": "<?php\n$x = <<<'EOS'\n{}\nEOS;\n",
    "swift": 'let x = #"""\n{}\n"""#\n',
    "sql": "SELECT $$\n{}\n$$\n",
}


@pytest.mark.parametrize(("name", "kind", "text"), EXAMPLES)
def test_the_same_text_in_a_string_is_none(name: str, kind: str, text: str) -> None:
    directive = directives()[name]
    language = directive.languages[0] if directive.languages != ("*",) else "python"
    if language == "css":
        pytest.skip("strings of CSS hold one line")
    inner = text.replace('"', '""') if language == "csharp" else text
    if language in ("java", "kotlin"):
        inner = text.replace('"""', "")
    inner = "".join(f"  {line}" for line in inner.splitlines(keepends=True)).rstrip("\n")
    assert findings({}, {name_of(directive): QUOTED[language].format(inner)}) == []


@pytest.mark.parametrize("row", [row for row in rows() if row.get("guard")], ids=lambda row: row["name"])
def test_a_strict_check_that_is_taken_away_is_found(row: dict[str, str]) -> None:
    path = name_of(directives()[row["name"]])
    rest = row["wide"].partition("\n")[2]
    assert findings({path: row["wide"]}, {path: rest}) == [("file-wide", path, 1)]
    assert findings({path: rest}, {path: row["wide"]}) == []
    other = path + "x" if not path.endswith(".ts") else "x.js"
    assert findings({path: row["wide"]}, {other: rest}, {other: path}) == []
    assert findings({path: row["wide"]}, {}) == []


@pytest.mark.parametrize("name", document()["files"])
def test_a_line_of_a_file_that_hides_things_is_found(name: str) -> None:
    tree = {"a/x.js": "", "src/b/x.js": "", "c/x.js": ""}
    rule = "layout" if document()["files"][name]["kind"] == "format" else "project-wide"
    head = {**tree, name: "# why\na/\nb/\n!c\n"}
    assert findings({**tree, name: "# why\na/\n"}, head) == [(rule, name, 3)]
    assert findings({**tree, name: "a/\nb/\n"}, {**tree, name: "b/\n\na/\n"}) == []


def test_a_pattern_that_means_no_tracked_file_hides_nothing() -> None:
    tree = {"src/x.js": ""}
    assert findings(tree, {**tree, ".eslintignore": "node_modules\ncoverage/\n/x.js\n"}) == []
    assert findings(tree, {**tree, ".eslintignore": "x.js\n*.js\n/src/\n"}) == [
        ("project-wide", ".eslintignore", 1),
        ("project-wide", ".eslintignore", 2),
        ("project-wide", ".eslintignore", 3),
    ]
    assert findings(tree, {**tree, "src/.eslintignore": "x.js\n"}) == [("project-wide", "src/.eslintignore", 1)]
    assert findings({}, {".trivyignore": "CVE-2024-1234\n"}) == [("project-wide", ".trivyignore", 1)]


LINE = "import os  # noqa: F401\n"


def test_moved_with_its_code_is_not_new() -> None:
    base = {"a.py": "x = 1\n" + LINE, "b.py": "y = 1\n"}
    assert findings(base, {"a.py": LINE + "x = 1\n", "b.py": "y = 1\n"}) == []
    assert findings(base, {"a.py": "x = 1\n", "b.py": "y = 1\n" + LINE}) == []
    assert findings(base, {"c.py": "x = 2\n" + LINE, "b.py": "y = 1\n"}, {"c.py": "a.py"}) == []
    assert findings(base, {"c.py": "x = 2\n" + LINE, "b.py": "y = 1\n"}) == []


def test_a_second_one_of_the_same_is_new() -> None:
    base = {"a.py": LINE}
    assert findings(base, {"a.py": LINE + LINE}) == [("no-reason", "a.py", 2)]
    assert findings(base, {"a.py": LINE, "b.py": LINE}) == [("no-reason", "b.py", 1)]


def test_mending_one_does_not_pay_for_another() -> None:
    base = {"a.py": "import os  # noqa: F401\n", "b.py": "def f(a=[]):\n    return a\n"}
    head = {"a.py": "import os\nos.x\n", "b.py": "import re\nfrom collections import deque  # noqa: F401\n"}
    assert findings(base, head) == [("no-reason", "b.py", 2)]


def test_short_code_that_looks_alike_is_not_the_same() -> None:
    gap = "".join(f"x{n} = {n}\n" for n in range(9))
    base = {"a.py": f"import os  # noqa: F401\n{gap}", "b.py": gap}
    assert findings(base, {"a.py": gap, "b.py": f"{gap}import re  # noqa: F401\n"}) == [("no-reason", "b.py", 10)]
    assert findings(base, {"a.py": f"{gap}import re  # noqa: F401\n", "b.py": gap}) == [("no-reason", "a.py", 10)]


def test_reformatted_is_not_new() -> None:
    base = {"a.py": "x = 1\nvalue = call(alpha, 'beta', [gamma])  # type: ignore[arg-type]\ny = 2\n"}
    split = 'x = 1\nvalue = call(\n    alpha,\n    "beta",\n    [gamma],\n)  # type: ignore[arg-type]\ny = 2\n'
    moved = 'x = 1\nvalue = call(  # type: ignore[arg-type]\n    alpha,\n    "beta",\n    [gamma],\n)\ny = 2\n'
    assert findings(base, {"a.py": split}) == []
    assert findings(base, {"a.py": moved}) == []


def test_edited_round_the_directive_is_not_new() -> None:
    base = {"a.py": "x = 1\nvalue = call(alpha)  # type: ignore[arg-type]\ny = 2\n"}
    assert findings(base, {"a.py": "x = 1\nvalue = call(alpha, beta)  # type: ignore[arg-type]\ny = 2\n"}) == []
    assert findings(base, {"a.py": "x = 1\nother[0] = 7  # type: ignore[arg-type]\ny = 2\n"}) == []


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.py", "import os  # noqa\n", "import os  # noqa: F401\n"),
        ("a.py", "import os  # noqa: F401, E501\n", "import os  # noqa: E501\n"),
        ("a.py", "# ruff: noqa\nimport os\nimport re\n", "import os  # noqa: F401\nimport re  # noqa: F401\n"),
        ("a.py", "# ruff: noqa: F401\nimport os\n", "import os  # noqa: F401\n"),
        ("a.py", "x = f()  # type: ignore\n", "x = f()  # type: ignore[arg-type]\n"),
        ("a.py", "x = f()  # type: ignore[a]\n", "x = f()  # pyright: ignore[a]\n"),
        ("a.ts", "// @ts-ignore\nf(x)\n", "// @ts-expect-error the types are wrong\nf(x)\n"),
        ("a.ts", "// @ts-nocheck\nf(x)\n", "// @ts-expect-error the types are wrong\nf(x)\n"),
        ("a.ts", "/* eslint-disable no-alert */\nf(x)\n", "// eslint-disable-next-line no-alert\nf(x)\n"),
        ("a.ts", "/* eslint-disable */\nf(x)\n", "/* eslint-disable no-alert */\nf(x)\n"),
        ("a.rs", "#[allow(dead_code)]\nfn f() {}\n", '#[expect(dead_code, reason = "for the macro")]\nfn f() {}\n'),
        ("a.rs", "#![allow(dead_code)]\nfn f() {}\n", "#[allow(dead_code)]\nfn f() {}\n"),
        (
            "a.ts",
            "f(x)\n/* eslint-disable no-alert */\ng(x)\nh(x)\n/* eslint-enable no-alert */\n",
            "f(x)\n// eslint-disable-next-line no-alert\ng(x)\n// eslint-disable-next-line no-alert\nh(x)\n",
        ),
    ],
)
def test_narrowed_is_allowed_and_widened_is_not(path: str, old: str, new: str) -> None:
    assert findings({path: old}, {path: new}) == []
    if "pyright" not in new:
        assert len(findings({path: new}, {path: old})) == 1


def test_widened_says_what_it_was() -> None:
    (found,) = whole({"a.py": "import os  # noqa: F401\n"}, {"a.py": "import os  # noqa\n"})
    assert found.rule == "suppression:blanket"
    assert found.message.endswith("before it was F401")
    (found,) = whole({"a.py": "import os  # noqa: F401\n"}, {"a.py": "import os  # noqa: F401, E402\n"})
    assert found.rule == "suppression:no-reason"


def test_a_range_that_is_never_ended_is_the_whole_file() -> None:
    whole_file = "/* eslint-disable no-alert -- it is a page of tests */\nf(x)\n"
    assert findings({}, {"a.ts": whole_file}) == [("file-code", "a.ts", 1)]
    assert findings({}, {"a.ts": whole_file + "/* eslint-enable no-alert */\n"}) == [("reasoned", "a.ts", 1)]
    assert findings({"a.ts": whole_file + "/* eslint-enable */\n"}, {"a.ts": whole_file}) == [("file-code", "a.ts", 1)]


def test_a_new_file_may_begin_as_those_beside_it_do() -> None:
    top, other = "#!/bin/sh\n# shellcheck disable=SC2034\n", "#!/bin/sh\n# shellcheck disable=SC2086\n"
    base = {f"dns/{name}.sh": f"{top}echo {name}\n" for name in "abc"}
    assert findings(base, {**base, "dns/new.sh": f"{top}echo new\n"}) == [("habit", "dns/new.sh", 2)]
    assert findings(base, {**base, "dns/new.sh": f"{other}echo new\n"}) == [("file-code", "dns/new.sh", 2)]
    assert findings(base, {**base, "new.sh": f"{top}echo new\n"}) == [("file-code", "new.sh", 2)]
    # Who was not among them, or has more to hide, does not fall in with them.
    late = {**base, "dns/d.sh": "#!/bin/sh\necho d\n"}
    assert findings(late, {**late, "dns/d.sh": f"{top}echo d\n"}) == [("file-code", "dns/d.sh", 2)]
    more = {**base, "dns/new.sh": "#!/bin/sh\n# shellcheck disable=SC2034,SC2086\necho new\n"}
    assert findings(base, more) == [("file-code", "dns/new.sh", 2)]
    few = {path: base[path] for path in sorted(base)[:2]}
    assert findings(few, {**few, "dns/new.sh": f"{top}echo new\n"}) == [("file-code", "dns/new.sh", 2)]


def test_one_for_the_whole_file_moves_only_with_its_file() -> None:
    base = {"a.py": "# ruff: noqa\nimport os\n"}
    assert findings(base, {"b.py": "# ruff: noqa\nimport os\n"}) == []
    assert findings(base, {"b.py": "# ruff: noqa\nimport os\n"}, {"b.py": "a.py"}) == []
    assert findings(base, {"a.py": "import os\n", "b.py": "# ruff: noqa\nx\n"}) == [("file-wide", "b.py", 1)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("import os  # noqa: F401  # loaded for its side effect\n", "reasoned"),
        ("import os  # loaded for its side effect  # noqa: F401\n", "reasoned"),
        ("import os  # noqa: F401 - loaded for its side effect\n", "reasoned"),
        ("import os  # noqa: F401  # see #1234\n", "reasoned"),
        ("import os  # noqa: F401  # https://example.com/why\n", "reasoned"),
        ("import os  # noqa: F401  # type: ignore[import]\n", "no-reason"),
        ("import os  # noqa: F401  # TODO fix later\n", "no-reason"),
        ("import os  # noqa: F401  # ignore this lint error\n", "no-reason"),
        ("import os  # noqa: F401  # ok\n", "no-reason"),
        ("import os  # noqa: F401  # defensive check\n", "reasoned"),
        ("import os  # noqa: F401  # 副作用のため\n", "reasoned"),
        ("# loaded for its side effect\nimport os  # noqa: F401\n", "no-reason"),
        ("import os  # noqa  # loaded for its side effect\n", "blanket"),
    ],
)
def test_what_counts_as_a_reason(text: str, rule: str) -> None:
    assert {found[0] for found in findings({}, {"a.py": text})} == {rule}


def test_two_in_one_comment_are_two() -> None:
    text = "import os  # noqa: F401  # type: ignore[import]\n"
    assert [found[0] for found in findings({}, {"a.py": text})] == ["no-reason", "no-reason"]


@pytest.mark.parametrize(
    "text",
    [
        "if TYPE_CHECKING:  # pragma: no cover\n    import os\n",
        "if __name__ == '__main__':  # pragma: no cover\n    main()\n",
        "class A:\n    @abc.abstractmethod\n    def f(self):  # pragma: no cover\n        return 1\n",
        "class A:\n    @abstractmethod\n    def f(self):\n        return 1  # pragma: no cover\n",
        "@typing.overload\ndef f(x: int) -> int: ...  # pragma: no cover\n",
        "def f():\n    raise NotImplementedError  # pragma: no cover\n",
    ],
)
def test_a_pragma_where_nothing_can_run_is_silent(text: str) -> None:
    assert findings({}, {"a.py": text}) == []
    assert findings({}, {"a.py": "def f():\n    go()  # pragma: no cover\n"}) == [("coverage", "a.py", 2)]


def test_an_expected_error_in_a_test_of_types_is_what_it_asserts() -> None:
    text = "// @ts-expect-error\nf(x)\n"
    assert findings({}, {"src/a.test.ts": text, "tests/b.ts": text}) == []
    assert findings({}, {"src/a.ts": text}) == [("no-reason", "src/a.ts", 1)]
    assert findings({}, {"src/a.test.ts": text.replace("expect-error", "ignore")}) == [("blanket", "src/a.test.ts", 1)]


def test_what_a_program_writes_is_not_looked_at() -> None:
    text = "import os  # noqa\n"
    generated = "# Generated by the protocol buffer compiler.  DO NOT EDIT!\n" + text
    assert findings({}, {"a_pb2.py": generated}) == []
    assert findings({"a_pb2.py": generated}, {"a_pb2.py": generated + "import re  # noqa\n"}) == []
    assert findings({}, {"third_party/a.py": text, "src/vendor/b.js": "/* eslint-disable */\n"}) == []
    marks = {
        ".gitattributes": "# x linguist-generated\n/gen/* linguist-generated=true\n*.x.py -text linguist-vendored\n"
    }
    assert findings(marks, {**marks, "gen/a.py": text, "src/b.x.py": text}) == []
    assert findings(marks, {**marks, "src/gen/a.py": text}) == [("blanket", "src/gen/a.py", 1)]


def test_what_tests_read_is_data() -> None:
    text = "import os  # noqa\n"
    for folder in ("tests/data", "test/unit/fixtures", "pkg/__fixtures__", "pkg/testdata"):
        assert findings({}, {f"{folder}/a.py": text}) == []
    assert len(findings({}, {"tests/a.py": text, "data/a.py": text, "tests/unit/a.py": text})) == 3


def test_a_change_cannot_excuse_itself() -> None:
    text = "import os  # noqa\n"
    assert findings({}, {".gitattributes": "* linguist-generated\n", "a.py": text}) == [("blanket", "a.py", 1)]
    head = {"a.py": "# @generated by me\n" + text}
    assert findings({"a.py": "import os\n"}, head) == [("file-wide", "a.py", 1), ("blanket", "a.py", 2)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "# one could write noqa: E501 there\n"),
        ("a.py", "def f():\n    '''Say\n    # noqa\n    '''\n"),
        ("a.py", "x = f'{y[\"# noqa\"]} # noqa'\n"),
        ("a.py", "#: E501 is what `# noqa` hides\n".replace("# noqa", "noqa")),
        ("a.js", "const x = /\\/\\/ eslint-disable-line/\n"),
        ("a.jsx", "const x = <p>// eslint-disable-line</p>\n"),
        ("a.ts", "/**\n * @ts-ignore hides the next line\n * of code.\n */\nf(x)\n"),
        ("a.ts", "/** Writes an `@ts-ignore` above the line. */\n"),
        ("a.md", "Write `<!-- markdownlint-disable -->` on top.\n"),
        ("a.md", "text\n\n    <!-- markdownlint-disable -->\n"),
        ("a.sh", "echo '# shellcheck disable=all'\n"),
        ("a.yml", "a: \"# yamllint disable\"\nb: '# yamllint disable'\nc: x# yamllint disable\n"),
        ("a.rs", "/// #[allow(dead_code)] is not asked for\nfn f() {}\n"),
        ("a.java", '/** {@code @SuppressWarnings("all")} */\nclass A {}\n'),
        ("a.cs", "// #pragma warning disable\nclass A {}\n"),
        ("a.php", "<p># phpcs:ignore</p>\n// phpcs:disable\n<?php\n$x = 1;\n"),
        ("a.rb", 'x = y =~ /# rubocop:disable all/\nz = "#{x} # rubocop:disable all"\n'),
        ("notes", "# noqa\n"),
        ("a.txt", "# noqa\n"),
    ],
)
def test_what_only_speaks_of_a_directive_is_none(path: str, text: str) -> None:
    assert findings({}, {path: text}) == []


def test_a_file_without_an_ending_is_read_by_its_first_line() -> None:
    text = "#!/usr/bin/env bash\ncd x\n# shellcheck disable=SC2086\nrm $1\n"
    assert findings({}, {"bin/run": text}) == [("no-reason", "bin/run", 3)]


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a.py", "import os  #noqa\n", "noqa"),
        ("a.py", "import os  # NoQA:F401\n", "noqa"),
        ("a.py", "import os  # words# noqa\n", "noqa"),
        ("a.py", "import os  #\u00a0noqa\n", "noqa"),
        ("a.py", "import os  # see https://example.com # noqa\n", "noqa"),
        ("a.py", "# mypy: disallow-untyped-defs=False\n", "mypy: ignore-errors"),
        ("a.ts", "/*\n * why\n * @ts-ignore */\nf(x)\n", "@ts-ignore"),
        ("a.ts", "//@ts-ignore\nf(x)\n", "@ts-ignore"),
        ("a.ts", "/* eslint\n   no-alert: 0 */\nf(x)\n", "eslint inline settings"),
        ("a.vue", "<template>\n<!-- eslint-disable-next-line vue/x -->\n</template>\n", "eslint-disable-next-line"),
        ("a.rs", "#[cfg_attr(not(test), allow(dead_code))]\nfn f() {}\n", "#[allow]"),
        ("a.cs", 'class A {\n  [Fact, SuppressMessage("a", "CA1:b")]\n  void F() {}\n}\n', "[SuppressMessage]"),
        ("a.tsx", "const x = <p>{/* @ts-expect-error the types are wrong */}{y}</p>\n", "@ts-expect-error"),
    ],
)
def test_what_a_tool_would_obey_is_found(path: str, text: str, name: str) -> None:
    assert [found.name.split(":", 1)[1][: len(name)] for found in whole({}, {path: text})] == [name]


def test_a_comment_in_jsx_and_in_a_template_is_one() -> None:
    text = "const x = <p>\n  {/* eslint-disable-next-line no-alert */}\n  <b/>\n</p>\n"
    assert findings({}, {"a.jsx": text}) == [("no-reason", "a.jsx", 2)]
    text = "const x = `${f(/* eslint-disable-line */ y)}`\n"
    assert findings({}, {"a.ts": text}) == [("blanket", "a.ts", 1)]


def test_lines_that_end_as_on_windows_are_the_same() -> None:
    base = {"a.py": "x = 1\nimport os  # noqa: F401\n"}
    assert findings(base, {"a.py": base["a.py"].replace("\n", "\r\n")}) == []


def test_a_broken_file_is_read_all_the_same() -> None:
    text = "def f(:\n  '''open\n x = 1 '''\n)) import os  # noqa\n"
    assert findings({}, {"a.py": text}) == [("blanket", "a.py", 4)]


def test_names_are_the_same_against_every_base() -> None:
    head = {"a.py": LINE + LINE + LINE}
    one = {found.name for found in whole({"a.py": LINE}, head)}
    two = {found.name for found in whole({"a.py": LINE + LINE}, head)}
    assert len(one) == 2 and len(two) == 1 and two < one
    assert not {found.name for found in whole({"a.py": LINE}, {"a.py": LINE, "b.py": LINE})} & one


def test_files_that_did_not_change_are_not_asked_for() -> None:
    from tests.checks.safeguards.pairs import pair

    asked: list[str] = []
    given = pair({"a.py": LINE, "b.py": LINE}, {"a.py": LINE + "x = 1\n", "b.py": LINE}, suppressions)

    def facts(path: str) -> object:
        asked.append(path)
        return given.head_facts(path)

    assert suppressions.compare(given._replace(head_facts=facts), {}).looked_at == 1
    assert asked == ["a.py"]


def test_what_finds_nothing_loads_almost_nothing() -> None:
    code = (
        "import sys; from qualitygate.checks.safeguards import suppressions as one;"
        "one.extract('a.py', b'x = 1', {}); print([name for name in sys.modules if '.suppression.' in name])"
    )
    said = run(sys.executable, "-c", code, cwd=ROOT).stdout
    assert sorted(name.rpartition(".")[2] for name in ast.literal_eval(said)) == ["document", "languages"]


def test_a_rule_that_a_tool_renamed_is_shown_and_stops_nobody() -> None:
    base = {"a.py": "x = load()  # type: ignore[misc]\ny = load()\n"}
    head = {"a.py": "x = load()  # type: ignore[untyped-decorator]\ny = load()\n"}
    assert [finding.rule for finding in compared(base, head, suppressions)] == ["suppression:recoded"]
    two = {"a.py": "x = load()  # type: ignore[arg-type, misc2]\ny = load()\n"}
    assert [finding.rule for finding in compared(base, two, suppressions)] == ["suppression:no-reason"]
    edited = {"a.py": "x = dump(1)  # type: ignore[arg-type]\ny = load()\n"}
    assert [finding.rule for finding in compared(base, edited, suppressions)] == ["suppression:no-reason"]


def test_one_old_directive_pays_for_one_new_code_only() -> None:
    base = {"a.py": "load()  # type: ignore[misc]\n"}
    head = {"a.py": "load()  # type: ignore[arg]\nload()  # type: ignore[arg]\n"}
    rules = sorted(finding.rule for finding in compared(base, head, suppressions))
    assert rules == ["suppression:no-reason", "suppression:recoded"]
