"""Tests that are deleted, hidden, skipped, emptied or weakened (B2)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.checks.safeguards.moves import skipped, weaker
from tests.checks.safeguards.moves.ground import CODE, PLACES, Row, on_top
from tests.checks.safeguards.moves.move import Move, Swaps, Tree, in_file

# What an assertion is, test by test; `one` is taken away, `early` stands before it.
_ONE = {
    "Python": "        assert total([]) == 0\n",
    "Python, unittest": "        self.assertAlmostEqual(total([0.1]), 0.1, delta=0.001)\n",
    "JS/TS": "    expect(result).toEqual(3)\n",
    "Go": "\trequire.NoError(t, open())\n",
    "Rust": "        assert!(total(&[]) == 0);\n",
    "Ruby": "    expect(result).to eq(3)\n",
    "Java": "    assertEquals(3, result);\n",
    "Kotlin": "        assertEquals(3, result)\n",
    "C#": "        Assert.Equal(3, result);\n",
    "shell": '  [ "$output" = 3 ]\n',
}
_COMMENTED = {"Python": "#", "Python, unittest": "#", "Ruby": "#", "shell": "#"}
_NOTE = {name: f"{_COMMENTED.get(name, '//')} what this is about" for name in PLACES}


RENAMED = {
    "Python": ("test_total", "test_sum_of_all"),
    "Python, unittest": ("test_total", "test_sum_of_all"),
    "JS/TS": ("'sums'", "'adds up'"),
    "Go": ("TestShop", "TestAddsUp"),
    "Rust": ("fn sums", "fn adds_up"),
    "Ruby": ('"sums"', '"adds up"'),
    "Java": ("void sums", "void addsUp"),
    "Kotlin": ("sums items", "adds items"),
    "C#": ("Sums", "AddsUp"),
    "shell": ('"sums"', '"adds up"'),
}


def _everywhere() -> Iterator[Row]:
    """What can be done in each language."""
    for language in PLACES:
        one = _ONE[language]
        mark = _COMMENTED.get(language, "//")
        note = on_top(language, _NOTE[language])
        pad = one[: len(one) - len(one.lstrip())]
        yield language, "assertion deleted", ((one, ""),), (("\n", "\n\n"),)
        yield language, "assertion commented out", ((one, f"{pad}{mark} {one.lstrip()}"),), note
        yield language, "test taken out of the file", _without_test(language), (RENAMED[language],)
        yield language, "body emptied", _emptied(language), (RENAMED[language],)
        yield language, "return before the assertions", _returned(language), note


_TEST = {
    "Python": ("class TestShop", "def test_refuses"),
    "Python, unittest": ("    def test_total", ""),
    "JS/TS": ("  it('sums'", "  it.each"),
    "Go": ("func TestShop", ""),
    "Rust": ("    #[test]\n    fn sums", "    #[test]\n    #[should"),
    "Ruby": ('  it "sums"', "end"),
    "Java": ("  @Test", "}"),
    "Kotlin": ("    @Test", "}"),
    "C#": ("    [Fact]", "}"),
    "shell": ("@test", ""),
}
"""Where a test begins, and what stands behind it."""
_BODY = {
    "Python": ("        result = ", "\n\ndef test_refuses"),
    "Python, unittest": ("        self.assertEqual", ""),
    "JS/TS": ("    const result", "  })\n  it.each"),
    "Go": ("\tassert.Equal", "}"),
    "Rust": ("        let result", "    }\n\n    #[test]\n    #[should"),
    "Ruby": ("    result", "  end\nend"),
    "Java": ("    int result", "  }\n}"),
    "Kotlin": ("        val result", "    }\n}"),
    "C#": ("        var result", "    }\n}"),
    "shell": ("  run", "}"),
}


def _without(language: str, places: dict[str, tuple[str, str]], rest: str) -> Swaps:
    text = PLACES[language][1]
    first, end = places[language]
    return ((text[text.index(first) : text.rindex(end) if end else len(text)], rest),)


def _without_test(language: str) -> Swaps:
    return _without(language, _TEST, "    pass\n" if language == "Python, unittest" else "")


def _emptied(language: str) -> Swaps:
    rest = {"Python": "        pass\n", "Python, unittest": "        pass\n", "shell": "  true\n"}
    return _without(language, _BODY, rest.get(language, ""))


def _returned(language: str) -> Swaps:
    row = {"Ruby": "next", "Go": "return", "Python": "return", "Python, unittest": "return", "shell": "return 0"}
    return on_top(language, row.get(language, "return" if language == "Kotlin" else "return;"))


def _files() -> Iterator[Move]:
    for language, (place, text) in PLACES.items():
        path = place if language != "Rust" else "tests/shop.rs"
        also = CODE if language.startswith("Python") else {}
        base = {**also, path: text}
        new = path.replace("hop", "hops")
        if language == "Rust":
            base, new = {"src/lib.rs": "pub fn total() {}\n", path: text}, "tests/shops.rs"
        without = {name: data for name, data in base.items() if name != path}
        yield Move("tests", "file deleted", language, base, without, {**without, new: text}, {}, {new: path})
        hidden = path + ".bak"
        yield Move(
            "tests",
            "file renamed out of collection",
            language,
            base,
            {**without, hidden: text},
            {**without, new: text},
            {hidden: path},
            {new: path},
        )


def moves() -> Iterator[Move]:
    """All of them."""
    yield from _files()
    for language, name, bad, twin in (*_everywhere(), *skipped.ROWS, *weaker.ROWS):
        path, text = PLACES[language]
        also: Tree = CODE if language.startswith("Python") else {}
        yield in_file("tests", name, language, path, text, bad, twin, also)
