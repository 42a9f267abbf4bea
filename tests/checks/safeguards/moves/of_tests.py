"""Tests that are deleted, hidden, skipped, emptied or weakened (B2)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.checks.safeguards.moves.move import Move, Swaps, Tree, in_file

PY = '''import pytest

ROWS = [([1], 1), ([1, 2], 3), ([], 0)]


class TestShop:
    def test_total(self):
        result = total([1, 2])
        assert result == 3
        assert total([]) == 0


def test_refuses():
    with pytest.raises(ValueError, match="negative"):
        total([-1])


@pytest.mark.parametrize("items, expected", [([1], 1), ([1, 2], 3), ([], 0)])
def test_rows(items, expected):
    assert total(items) == expected


def test_rounds():
    for items, expected in ROWS:
        assert total(items) == pytest.approx(expected, abs=1e-6)


async def test_loads():
    assert await load() == 7
'''
UNIT = '''import unittest


class ShopTest(unittest.TestCase):
    def test_total(self):
        self.assertEqual(total([1, 2]), 3)
        self.assertAlmostEqual(total([0.1]), 0.1, delta=0.001)
'''
TS = """import { expect, it, describe } from 'vitest'
describe('shop', () => {
  it('sums', async () => {
    const result = total([1, 2])
    expect(result).toEqual(3)
    expect(() => total([-1])).toThrow('negative')
    await expect(load()).resolves.toBe(7)
  })
  it.each([1, 2, 3])('keeps %s', (n) => {
    expect(total([n])).toBe(n)
  })
})
"""
GO = """package shop

import "testing"

func TestTotal(t *testing.T) {
	for _, tt := range []struct {
		in, want int
	}{
		{1, 1},
		{2, 2},
	} {
		got := total(tt.in)
		if got != tt.want {
			t.Errorf("got %d", got)
		}
	}
}

func TestShop(t *testing.T) {
	assert.Equal(t, 3, total(1, 2))
	require.NoError(t, open())
}
"""
RUST = """pub fn total(items: &[u32]) -> u32 { items.iter().sum() }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        let result = total(&[1, 2]);
        assert_eq!(result, 3);
        assert!(total(&[]) == 0);
    }

    #[test]
    #[should_panic(expected = "negative")]
    fn refuses() { total(&[9]); }
}
"""
RSPEC = """RSpec.describe Shop do
  it "sums" do
    result = total([1, 2])
    expect(result).to eq(3)
    expect { total([-1]) }.to raise_error(ArgumentError, "negative")
  end
end
"""
JAVA = """class ShopTest {
  @Test
  void sums() {
    int result = total(1, 2);
    assertEquals(3, result);
    assertThat(names()).containsExactly("a", "b");
    assertThrows(IllegalArgumentException.class, () -> total(-1));
  }
}
"""
KOTLIN = """class ShopTest {
    @Test
    fun `sums items`() {
        val result = total(1, 2)
        assertEquals(3, result)
        names() shouldBe listOf("a")
        assertFailsWith<IllegalArgumentException> { total(-1) }
    }
}
"""
CSHARP = """public class ShopTests
{
    [Fact]
    public void Sums()
    {
        var result = Total(1, 2);
        Assert.Equal(3, result);
        Assert.Throws<ArgumentException>(() => Total(-1));
    }
}
"""
BATS = """@test "sums" {
  run total 1 2
  [ "$status" -eq 0 ]
  [ "$output" = 3 ]
}
"""

PLACES = {
    "Python": ("tests/test_shop.py", PY),
    "Python, unittest": ("tests/test_shop.py", UNIT),
    "JS/TS": ("shop.test.ts", TS),
    "Go": ("shop_test.go", GO),
    "Rust": ("src/shop.rs", RUST),
    "Ruby": ("spec/shop_spec.rb", RSPEC),
    "Java": ("src/test/java/ShopTest.java", JAVA),
    "Kotlin": ("src/test/kotlin/ShopTest.kt", KOTLIN),
    "C#": ("tests/ShopTests.cs", CSHARP),
    "shell": ("tests/shop.bats", BATS),
}
CODE = {"shop.py": "def total(items, tax=0):\n    return sum(items) + tax\n"}
Row = tuple[str, str, Swaps, Swaps]

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
_TOP = {
    "Python": ("        result = total", "        {}\n        result = total"),
    "Python, unittest": ("        self.assertEqual", "        {}\n        self.assertEqual"),
    "JS/TS": ("    const result", "    {}\n    const result"),
    "Go": ("\tassert.Equal", "\t{}\n\tassert.Equal"),
    "Rust": ("        let result", "        {}\n        let result"),
    "Ruby": ("    result = ", "    {}\n    result = "),
    "Java": ("    int result", "    {}\n    int result"),
    "Kotlin": ("        val result", "        {}\n        val result"),
    "C#": ("        var result", "        {}\n        var result"),
    "shell": ("  run total", "  {}\n  run total"),
}
_NOTE = {name: f"{_COMMENTED.get(name, '//')} what this is about" for name in PLACES}


def on_top(language: str, row: str) -> Swaps:
    """A statement on top of the body."""
    old, new = _TOP[language]
    return ((old, new.replace("{}", row)),)


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


# Row: language, move, what is done, what looks like it and is right.
_MARKS: tuple[Row, ...] = (
    ("Python", "mark.skip", (("class TestShop", "@pytest.mark.skip\nclass TestShop"),), (("class TestShop", "@pytest.mark.slow\nclass TestShop"),)),
    ("Python", "mark.xfail", (("def test_refuses", "@pytest.mark.xfail\ndef test_refuses"),), (("def test_refuses", "@pytest.mark.usefixtures('xfail')\ndef test_refuses"),)),
    ("Python", "pytest.skip() in it", on_top("Python", "pytest.skip('later')"), on_top("Python", "skip = False")),
    ("Python", "skip of the whole file", (("ROWS =", "pytestmark = pytest.mark.skip\nROWS ="),), (("ROWS =", "pytestmark = pytest.mark.slow\nROWS ="),)),
    ("Python", "importorskip for the whole file", (("ROWS =", "pytest.importorskip('nothing_like_it')\nROWS ="),), (("ROWS =", "import nothing_like_it\nROWS ="),)),
    ("Python", "skipif that always holds", (("def test_refuses", "@pytest.mark.skipif(sys.version_info >= (3,), reason='later')\ndef test_refuses"),), (("def test_refuses", "@pytest.mark.skipif(False, reason='later')\ndef test_refuses"),)),
    ("Python", "skipif with a condition", (("def test_refuses", "@pytest.mark.skipif(sys.platform == 'win32', reason='no signals')\ndef test_refuses"),), (("def test_refuses", "@pytest.mark.skipif(False, reason='later')\ndef test_refuses"),)),
    ("Python", "test renamed out of collection", (("def test_refuses", "def _test_refuses"),), (("def test_refuses", "def test_it_refuses"),)),
    ("Python", "class renamed out of collection", (("class TestShop", "class OldShop"),), (("class TestShop", "class TestTheShop"),)),
    ("Python", "`__test__ = False`", (("class TestShop:\n", "class TestShop:\n    __test__ = False\n\n"),), (("class TestShop:\n", "class TestShop:\n    __slots__ = ()\n\n"),)),
    ("Python", "cases taken from a list", ((", ([], 0)])", "])"),), (("([], 0)])", "([], 0), ([7], 7)])"),)),
    ("Python", "a case marked as skipped", (("([], 0)])", "pytest.param([], 0, marks=pytest.mark.skip)])"),), (("([], 0)])", "pytest.param([], 0, id='none')])"),)),
    ("Python, unittest", "unittest.skip", (("    def test_total", "    @unittest.skip('later')\n    def test_total"),), (("    def test_total", "    @patch('shop.tax', 0)\n    def test_total"),)),
    ("Python, unittest", "unittest.expectedFailure", (("    def test_total", "    @unittest.expectedFailure\n    def test_total"),), (("    def test_total", "    @staticmethod_free\n    def test_total"),)),
    ("Python, unittest", "raise SkipTest", on_top("Python, unittest", "raise unittest.SkipTest('later')"), on_top("Python, unittest", "self.maxDiff = None")),
    ("Python, unittest", "class without its base", (("(unittest.TestCase)", ""), ("ShopTest", "Shop")), (("(unittest.TestCase)", "(ShopCase, unittest.TestCase)"),)),
    ("JS/TS", ".skip", (("it('sums'", "it.skip('sums'"),), (("it('sums'", "test('sums'"),)),
    ("JS/TS", ".todo", ((TS[TS.index("it('sums'") : TS.index("\n  it.each")], "it.todo('sums')"),), (("  it.each", "  it.todo('divides')\n  it.each"),)),
    ("JS/TS", ".only", (("it('sums'", "it.only('sums'"),), (("it('sums'", "it('only sums'"),)),
    ("JS/TS", ".fails", (("it('sums'", "it.fails('sums'"),), (("it('sums'", "it.sequential('sums'"),)),
    ("JS/TS", "xit", (("it('sums'", "xit('sums'"),), (("it('sums'", "test('sums'"),)),
    ("JS/TS", "fit", (("it('sums'", "fit('sums'"),), (("it('sums'", "test('sums'"),)),
    ("JS/TS", "describe.skip", (("describe('shop'", "describe.skip('shop'"),), (("describe('shop'", "describe.concurrent('shop'"),)),
    ("JS/TS", "test.concurrent.skip", (("it('sums'", "it.concurrent.skip('sums'"),), (("it('sums'", "it.concurrent('sums'"),)),
    ("JS/TS", "skip: true", (("it('sums', ", "it('sums', { skip: true }, "),), (("it('sums', ", "it('sums', { timeout: 5 }, "),)),
    ("JS/TS", "skipIf that always holds", (("it('sums'", "it.skipIf(!false)('sums'"),), (("it('sums'", "it.skipIf(false)('sums'"),)),
    ("JS/TS", "skipIf with a condition", (("it('sums'", "it.skipIf(process.platform === 'win32')('sums'"),), (("it('sums'", "it.skipIf(false)('sums'"),)),
    ("JS/TS", "cases taken from a list", (("[1, 2, 3]", "[1]"),), (("[1, 2, 3]", "[1, 2, 3, 4]"),)),
    ("Go", "t.Skip", on_top("Go", "t.Skip()"), on_top("Go", "t.Parallel()")),
    ("Go", "t.Skip under a condition that always holds", on_top("Go", "if true {\n\t\tt.Skip()\n\t}"), on_top("Go", "if false {\n\t\tt.Skip()\n\t}")),
    ("Go", "testing.Short", on_top("Go", "if testing.Short() {\n\t\tt.Skip()\n\t}"), on_top("Go", "if testing.Verbose() {\n\t\tt.Log(1)\n\t}")),
    ("Go", "renamed out of collection", (("func TestShop", "func testShop"),), (("func TestShop", "func TestTheShop"),)),
    ("Go", "//go:build ignore", (("package shop", "//go:build ignore\n\npackage shop"),), (("package shop", "// Package shop sells.\npackage shop"),)),
    ("Go", "cases taken from a table", (("\t\t{2, 2},\n", ""),), (("\t\t{2, 2},\n", "\t\t{2, 2},\n\t\t{3, 3},\n"),)),
    ("Rust", "#[ignore]", (("    #[test]\n    fn sums", "    #[test]\n    #[ignore]\n    fn sums"),), (("    #[test]\n    fn sums", "    #[test]\n    #[inline(never)]\n    fn sums"),)),
    ("Rust", "#[test] taken away", (("    #[test]\n    fn sums", "    fn sums"),), (("    #[test]\n    fn sums", "    #[test]\n\n    fn sums"),)),
    ("Rust", "#[cfg(any())]", (("#[cfg(test)]", "#[cfg(any())]"),), (("#[cfg(test)]", "#[cfg( test )]"),)),
    ("Rust", "should_panic", (("    #[test]\n    fn sums", "    #[test]\n    #[should_panic]\n    fn sums"),), (("fn refuses", "fn refuses_less"),)),
    ("Ruby", "xit", (('it "sums"', 'xit "sums"'),), (('it "sums"', 'specify "sums"'),)),
    ("Ruby", "skip", on_top("Ruby", "skip 'later'"), on_top("Ruby", "skipped = []")),
    ("Ruby", "pending", on_top("Ruby", "pending 'later'"), on_top("Ruby", "depending = 1")),
    ("Ruby", "skip: true", (('it "sums"', 'it "sums", skip: true'),), (('it "sums"', 'it "sums", :slow'),)),
    ("Java", "@Disabled", (("  @Test", "  @Disabled\n  @Test"),), (("  @Test", "  @Tag(\"slow\")\n  @Test"),)),
    ("Java", "@Ignore", (("  @Test", "  @Ignore\n  @Test"),), (("  @Test", "  @DisplayName(\"@Ignore\")\n  @Test"),)),
    ("Java", "assumeTrue(false)", on_top("Java", "assumeTrue(false);"), on_top("Java", "assumeTrue(true);")),
    ("Java", "@Test taken away", (("  @Test\n", ""),), (("  @Test\n", "  @Test // JUnit 5\n"),)),
    ("Kotlin", "@Disabled", (("    @Test", "    @Disabled\n    @Test"),), (("    @Test", "    @Tag(\"slow\")\n    @Test"),)),
    ("Kotlin", "@Test taken away", (("    @Test\n", ""),), (("    @Test\n", "    @Test // JUnit 5\n"),)),
    ("C#", "Skip =", (("[Fact]", '[Fact(Skip = "later")]'),), (("[Fact]", '[Fact(DisplayName = "Skip")]'),)),
    ("C#", "[Ignore]", (("    [Fact]", "    [Ignore]\n    [Fact]"),), (("    [Fact]", '    [Trait("kind", "slow")]\n    [Fact]'),)),
    ("C#", "[Fact] taken away", (("    [Fact]\n", ""),), (("    [Fact]\n", "    [Fact] // xUnit\n"),)),
    ("shell", "skip", on_top("shell", "skip later"), on_top("shell", "skipped=0")),
)
_WEAKER: tuple[Row, ...] = (
    ("Python", "== to truthy", (("result == 3", "result"),), (("result == 3", "(result) == 3"),)),
    ("Python", "== to is not None", (("result == 3", "result is not None"),), (("result == 3", "3 == result"),)),
    ("Python", "== to in", (("result == 3", "result in (3, 4)"),), (("result == 3", "result == 3, 'sum'"),)),
    ("Python", "== ANY", (("result == 3", "result == ANY"),), (("result == 3", "result == (3)"),)),
    ("Python", "assert True", (("assert result == 3", "assert True"),), (("assert result == 3", "assert (result == 3) is True"),)),
    ("Python", "or True", (("result == 3", "result == 3 or True"),), (("result == 3", "result == 3 and True"),)),
    ("Python", "assert (x, message)", (("assert result == 3", "assert (result == 3, 'sum')"),), (("assert result == 3", "assert (result == 3), 'sum'"),)),
    ("Python", "assert replaced by print", (("assert result == 3", "print(result == 3)"),), (("assert result == 3", "print(result)\n        assert result == 3"),)),
    ("Python", "assertion no longer about the result", (("assert result == 3", "assert 3 == 3"),), (("result", "answer"), ("result", "answer"))),
    ("Python", "raises(Exception)", (('ValueError, match="negative"', "Exception"),), (('ValueError, match="negative"', 'shop.ValueError, match="negative"'),)),
    ("Python", "raises without match", ((', match="negative"', ""),), ((', match="negative"', ', match=r"negative"'),)),
    ("Python", "tolerance raised", (("abs=1e-6", "abs=10"),), (("abs=1e-6", "abs=1e-7"),)),
    ("Python", "try: except: pass", (("        assert result == 3", "        try:\n            assert result == 3\n        except AssertionError:\n            pass"),), (("        assert result == 3", "        try:\n            assert result == 3\n        finally:\n            close()"),)),
    ("Python", "contextlib.suppress", (("        assert result == 3", "        with contextlib.suppress(Exception):\n            assert result == 3"),), (("        assert result == 3", "        with subtests.test():\n            assert result == 3"),)),
    ("Python", "if False", (("        assert result == 3", "        if False:\n            assert result == 3"),), (("        assert result == 3", "        if True:\n            assert result == 3"),)),
    ("Python", "return if something holds", on_top("Python", "if not slow:\n            return"), on_top("Python", "if not slow:\n            prepare()")),
    ("Python", "return if it always holds", on_top("Python", "if sys.version_info >= (3,):\n            return"), on_top("Python", "if False:\n            return")),
    ("Python", "return deeper down", on_top("Python", "with lock:\n            return"), on_top("Python", "with lock:\n            pass")),
    ("Python", "loop over nothing", (("in ROWS:", "in []:"),), (("in ROWS:", "in list(ROWS):"),)),
    ("Python", "loop over a list that is empty now", (("ROWS = [([1], 1), ([1, 2], 3), ([], 0)]", "ROWS = []"),), (("([], 0)]\n", "([], 0), ([7], 7)]\n"),)),
    ("Python", "not awaited", (("assert await load()", "assert load()"),), (("assert await load() == 7", "answer = await load()\n    assert answer == 7"),)),
    ("Python", "expectation edited", (("result == 3", "result == 4"),), (("result == 3", "result == 3  # of two"),)),
    ("Python, unittest", "assertEqual to assertTrue", (("assertEqual(total([1, 2]), 3)", "assertTrue(total([1, 2]))"),), (("assertEqual(total([1, 2]), 3)", "assertEqual(3, total([1, 2]))"),)),
    ("Python, unittest", "delta raised", (("delta=0.001", "delta=1e9"),), (("delta=0.001", "delta=0.0001"),)),
    ("JS/TS", "toEqual to toBeTruthy", (("toEqual(3)", "toBeTruthy()"),), (("toEqual(3)", "toStrictEqual(3)"),)),
    ("JS/TS", "toEqual to toBeDefined", (("toEqual(3)", "toBeDefined()"),), (("toEqual(3)", "toBe(3)"),)),
    ("JS/TS", "expect.anything()", (("toEqual(3)", "toEqual(expect.anything())"),), (("toEqual(3)", "toEqual( 3 )"),)),
    ("JS/TS", "expect(true)", (("expect(result).toEqual(3)", "expect(true).toBe(true)"),), (("expect(result).toEqual(3)", "expect(result, 'sum').toEqual(3)"),)),
    ("JS/TS", "no matcher", (("expect(result).toEqual(3)", "expect(result)"),), (("expect(result).toEqual(3)", "expect(result)\n      .toEqual(3)"),)),
    ("JS/TS", "toThrow broadened", (("toThrow('negative')", "toThrow()"),), (("toThrow('negative')", 'toThrow("negative")'),)),
    ("JS/TS", "try catch", (("expect(result).toEqual(3)", "try { expect(result).toEqual(3) } catch {}"),), (("expect(result).toEqual(3)", "try { expect(result).toEqual(3) } finally { close() }"),)),
    ("JS/TS", "if (false)", (("expect(result).toEqual(3)", "if (false) { expect(result).toEqual(3) }"),), (("expect(result).toEqual(3)", "if (true) { expect(result).toEqual(3) }"),)),
    ("JS/TS", "return if something holds", on_top("JS/TS", "if (!slow) return"), on_top("JS/TS", "if (!slow) prepare()")),
    ("JS/TS", "return if it always holds", on_top("JS/TS", "if (true) { return }"), on_top("JS/TS", "if (false) { return }")),
    ("JS/TS", "not awaited", (("await expect(load())", "expect(load())"),), (("await expect(load())", "return expect(load())"),)),
    ("JS/TS", "expectation edited", (("toEqual(3)", "toEqual(4)"),), (("toEqual(3)", "toEqual(3) // of two"),)),
    ("Go", "Equal to NotNil", (("assert.Equal(t, 3, total(1, 2))", "assert.NotNil(t, total(1, 2))"),), (("assert.Equal", "require.Equal"),)),
    ("Go", "t.Errorf to t.Logf", (("t.Errorf", "t.Logf"),), (("t.Errorf", "t.Fatalf"),)),
    ("Go", "a condition that never holds", (("got != tt.want", "false"),), (("got != tt.want", "tt.want != got"),)),
    ("Go", "return if something holds", on_top("Go", "if !slow {\n\t\treturn\n\t}"), on_top("Go", "if !slow {\n\t\tprepare()\n\t}")),
    ("Go", "error ignored", (("\trequire.NoError(t, open())\n", "\t_ = open()\n"),), (("\trequire.NoError(t, open())\n", "\terr := open()\n\trequire.NoError(t, err)\n"),)),
    ("Rust", "assert_eq to a bound", (("assert_eq!(result, 3)", "assert!(result > 0)"),), (("assert_eq!(result, 3)", "assert_eq!(3, result)"),)),
    ("Rust", "assert!(true)", (("assert_eq!(result, 3)", "assert!(true)"),), (("assert_eq!(result, 3)", 'assert_eq!(result, 3, "sum")'),)),
    ("Rust", "if false", (("        assert_eq!(result, 3);", "        if false { assert_eq!(result, 3); }"),), (("        assert_eq!(result, 3);", "        { assert_eq!(result, 3); }"),)),
    ("Rust", "should_panic without a text", (('(expected = "negative")', ""),), (('expected = "negative"', 'expected="negative"'),)),
    ("Rust", "return if something holds", on_top("Rust", "if !slow() { return; }"), on_top("Rust", "if !slow() { prepare(); }")),
    ("Ruby", "eq to be_truthy", (("to eq(3)", "to be_truthy"),), (("to eq(3)", "to eq 3"),)),
    ("Ruby", "raise_error broadened", (('raise_error(ArgumentError, "negative")', "raise_error"),), (('raise_error(ArgumentError, "negative")', 'raise_error ArgumentError, "negative"'),)),
    ("Ruby", "rescue nil", (("expect(result).to eq(3)", "expect(result).to eq(3) rescue nil"),), (("expect(result).to eq(3)", "expect(result).to(eq(3))"),)),
    ("Java", "assertEquals to assertNotNull", (("assertEquals(3, result)", "assertNotNull(result)"),), (("assertEquals(3, result)", "assertThat(result).isEqualTo(3)"),)),
    ("Java", "assertTrue(true)", (("assertEquals(3, result)", "assertTrue(true)"),), (("assertEquals(3, result)", 'assertEquals(3, result, "sum")'),)),
    ("Java", "assertThrows broadened", (("IllegalArgumentException.class", "Exception.class"),), (("() -> total(-1)", "() -> { total(-1); }"),)),
    ("Java", "try catch", (("    assertEquals(3, result);", "    try { assertEquals(3, result); } catch (Throwable e) {}"),), (("    assertEquals(3, result);", "    try { assertEquals(3, result); } finally { close(); }"),)),
    ("Kotlin", "assertEquals to assertNotNull", (("assertEquals(3, result)", "assertNotNull(result)"),), (("assertEquals(3, result)", 'assertEquals(3, result, "sum")'),)),
    ("Kotlin", "assertFailsWith broadened", (("<IllegalArgumentException>", "<Exception>"),), (("{ total(-1) }", "{ total( -1 ) }"),)),
    ("C#", "Equal to NotNull", (("Assert.Equal(3, result)", "Assert.NotNull(result)"),), (("Assert.Equal(3, result)", "Assert.StrictEqual(3, result)"),)),
    ("C#", "Assert.True(true)", (("Assert.Equal(3, result)", "Assert.True(true)"),), (("var result", "int result"),)),
    ("C#", "Throws broadened", (("Throws<ArgumentException>", "ThrowsAny<Exception>"),), (("Total(-1)", "Total( -1 )"),)),
    ("C#", "try catch", (("        Assert.Equal(3, result);", "        try { Assert.Equal(3, result); } catch {}"),), (("        Assert.Equal(3, result);", "        try { Assert.Equal(3, result); } finally { Close(); }"),)),
    ("shell", "|| true", (('[ "$output" = 3 ]', '[ "$output" = 3 ] || true'),), (('[ "$output" = 3 ]', '[[ "$output" = 3 ]]'),)),
)


def _files() -> Iterator[Move]:
    for language, (path, text) in PLACES.items():
        also = CODE if language.startswith("Python") else {}
        base = {**also, path: text}
        new = path.replace("hop", "hops")
        if language == "Rust":
            path = "tests/shop.rs"
            base, new = {"src/lib.rs": "pub fn total() {}\n", path: text}, "tests/shops.rs"
        without = {name: data for name, data in base.items() if name != path}
        yield Move("tests", "file deleted", language, base, without, {**without, new: text}, {}, {new: path})
        hidden = path + ".bak"
        yield Move(
            "tests", "file renamed out of collection", language, base, {**without, hidden: text}, {**without, new: text},
            {hidden: path}, {new: path},
        )


def moves() -> Iterator[Move]:
    """All of them."""
    yield from _files()
    for language, name, bad, twin in (*_everywhere(), *_MARKS, *_WEAKER):
        path, text = PLACES[language]
        also: Tree = CODE if language.startswith("Python") else {}
        yield in_file("tests", name, language, path, text, bad, twin, also)
