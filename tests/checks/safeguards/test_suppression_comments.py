from __future__ import annotations

import io
import tokenize
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.checks.safeguards import suppressions
from qualitygate.checks.safeguards.suppression import comments
from qualitygate.checks.safeguards.suppression.languages import LANGUAGES
from tests.checkout import ROOT

# How a language writes one comment on a line of its own, and strings; `{}` is where the text goes.
COMMENTS = {
    "a.py": ("# {}", "x = 1  # {}"),
    "a.ts": ("// {}", "/* {} */", "f(x) // {}", "f(x) /* {} */"),
    "a.jsx": ("const x = <p>{{/* {} */}}</p>", "f(`${{x}}`) // {}"),
    "a.vue": ("<script>\n// {}\n</script>",),
    "a.sh": ("# {}",),
    "a.yml": ("# {}", "a: 1  # {}", "a: |  # {}\n  text\nb: 1"),
    "a.tf": ("# {}", "// {}", "/* {} */"),
    "Dockerfile": ("# {}", "FROM scratch\n  # {}"),
    "a.md": ("<!-- {} -->", "text <!-- {} -->"),
    "a.go": ("// {}", "/* {} */", "var x = 'a' // {}"),
    "a.rs": ("// {}", "/* a /* b */ {} */", "fn f<'a>(x: &'a str) {{}} // {}", "let c = '\"'; // {}"),
    "a.rb": ("# {}", "x = 1 # {}", "x = y / z # {}"),
    "a.java": ("// {}", "char c = '\"'; // {}"),
    "a.kt": ("// {}", "/* a /* b */ {} */"),
    "a.cs": ("// {}", 'var x = @"\\"; // {}'),
    "a.cpp": ("// {}", "int x = 1'000'000; // {}", "char c = '\"'; // {}"),
    "a.php": ("<?php\n// {}", "<?php\n# {}", "<?php\n/* {} */"),
    "a.swift": ("// {}", "/* a /* b */ {} */"),
    "a.sql": ("-- {}", "SELECT 'it''s' -- {}"),
    "a.toml": ("# {}", "x = 'a' # {}"),
    "a.css": ("/* {} */",),
    "a.html": ("<!-- {} -->",),
}
STRINGS = {
    "a.py": ('x = "{}"', "x = '{}'", 'x = """\n{}\n"""', 'x = rb"{}"', "def f():\n    '''a\n    {}\n    '''"),
    "a.ts": ('x = "{}"', "x = '{}'", "x = `\n{}\n`", "x = /{}/", "x = `${{f(`{}`)}}`"),
    "a.jsx": ("const x = <p>\n{}\n</p>", 'const x = <p a="{}"/>'),
    "a.sh": ("x='\n{}\n'", 'x="\n{}\n"', "cat <<EOF\n{}\nEOF", "cat <<-'EOF' | f\n\t{}\n\tEOF"),
    "a.yml": ("a: |\n  {}\n  b", "a: >-\n  {}", 'a: "{}"', "- '{}'", "a:\n  - |\n    {}"),
    "a.tf": ('x = "{}"', "x = <<-EOF\n  {}\n  EOF"),
    "Dockerfile": ("RUN <<EOF\n{}\nEOF",),
    "a.md": ("```\n{}\n```", "~~~html\n{}\n~~~", "text\n\n    {}\n", "a `{}` b", "- a\n  ```\n  {}\n  ```"),
    "a.go": ('var x = "{}"', "var x = `\n{}\n`"),
    "a.rs": ('let x = "\n{}\n";', 'let x = r#"\n{}\n"#;'),
    "a.rb": ("x = '\n{}\n'", "x = <<~EOS\n  {}\nEOS", "x = %q({})", "__END__\n{}"),
    "a.java": ('String x = "{}";', 'String x = """\n{}\n""";'),
    "a.kt": ('val x = "{}"', 'val x = """\n{}\n"""'),
    "a.cs": ('var x = "{}";', 'var x = @"\n{}\n";', 'var x = """\n{}\n""";'),
    "a.cpp": ('auto x = "{}";', 'auto x = R"x(\n{}\n)x";'),
    "a.php": ("<?php\n$x = '\n{}\n';", "<p>\n{}\n</p>\n<?php\n", "<?php\n$x = <<<EOS\n{}\nEOS;"),
    "a.swift": ('let x = "{}"', 'let x = """\n{}\n"""', 'let x = #"{}"#'),
    "a.sql": ("SELECT '\n{}\n'", 'SELECT "{}"'),
    "a.toml": ('x = "{}"', "x = '''\n{}\n'''"),
}
# Any tool obeys this one, in every language.
DIRECTIVE = "gitleaks:allow"
WORDS = st.lists(st.sampled_from(["a", "secret", "1", "=", "ok.", "é", "#", "//"]), max_size=4).map(" ".join)
PLAIN = st.lists(st.sampled_from(["a", "secret", "1", "=", "ok.", "é"]), max_size=4).map(" ".join)


def names(path: str, text: str) -> list[str]:
    return [row[0] for row in suppressions.extract(path, text.encode(), {}).get("found", ())]


@pytest.mark.parametrize(("path", "form"), [(path, form) for path, forms in COMMENTS.items() for form in forms])
@settings(max_examples=12)
@given(before=PLAIN, after=PLAIN)
def test_in_a_comment_it_always_is_one(path: str, form: str, before: str, after: str) -> None:
    text = form.format(f"{before} {DIRECTIVE} {after}")
    assert names(path, text) == [DIRECTIVE]
    assert names(path, text + "\n") == [DIRECTIVE]


@pytest.mark.parametrize(("path", "form"), [(path, form) for path, forms in STRINGS.items() for form in forms])
@settings(max_examples=12)
@given(before=WORDS, after=PLAIN)
def test_in_a_string_it_never_is_one(path: str, form: str, before: str, after: str) -> None:
    if form == "x = /{}/":
        before = before.replace("/", "")
    marks = ["#", "//", "--", ""]
    for mark in marks if "/{}/" not in form else ["#"]:
        assert names(path, form.format(f"{before} {mark} {DIRECTIVE} {after}") + "\n") == []


@given(st.text())
def test_no_python_string_holds_one(text: str) -> None:
    assert names("a.py", f"x = {text + '# noqa # gitleaks:allow' + text!r}\n") == []


PIECES = [
    *(
        "x = 1\n",
        "# a\n",
        "  # b",
        "'",
        '"',
        "'''",
        '"""',
        "\\",
        "\n",
        "f'{x}'",
        "rb'\\'",
        "(",
        ")",
        "f'",
        "{",
        "}",
        "#",
    ),
    *(
        "/*",
        "*/",
        "//",
        "`",
        "${",
        "<<EOF\n",
        "EOF\n",
        "--",
        "<!--",
        "-->",
        "|\n",
        "  ",
        'r#"',
        '"#',
        "=begin\n",
        "noqa",
    ),
]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=30)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_gives_spans_in_order(language: str, text: str) -> None:
    marked = comments.mark(language, "a.tsx", text)
    for spans in marked:
        assert all(0 <= start <= end <= len(text) for start, end in spans)
        assert all(one[1] <= two[0] for one, two in pairwise(spans))


def by_tokenize(text: str) -> list[str] | None:
    try:
        tokens = [*tokenize.generate_tokens(io.StringIO(text).readline)]
    except (SyntaxError, tokenize.TokenError):
        return None
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


WHOLE = [
    "x = 1",
    "# a",
    "'b # c'",
    '"d\\" # e"',
    "f'{x} # g'",
    "r'\\\\'",
    "'''h\n# i'''",
    '"""\n# j\n"""',
    "\n",
    "(",
    ")",
    ", ",
]


@given(st.lists(st.sampled_from(WHOLE), max_size=12).map("".join))
def test_comments_of_python_are_those_that_tokenize_finds(text: str) -> None:
    expected = by_tokenize(text)
    if expected is not None:
        assert [text[start:end] for start, end in comments.mark("python", "a.py", text).comments] == expected


def test_comments_of_our_own_code_are_those_that_tokenize_finds() -> None:
    for path in sorted((ROOT / "qualitygate").rglob("*.py")):
        text = path.read_text("utf-8")
        found = [text[start:end] for start, end in comments.mark("python", path.name, text).comments]
        assert found == by_tokenize(text), path
