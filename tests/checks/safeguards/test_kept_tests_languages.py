"""What is said of weaker and of reworked tests of JavaScript, TypeScript, Go, Rust, Java, Kotlin and Ruby."""

from __future__ import annotations

import pytest

from qualitygate.checks.safeguards import tests
from qualitygate.model import Finding
from tests.checks.safeguards.pairs import compared

VITEST = """
import { expect, it, describe } from 'vitest'
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
MOCHA = """
var assert = require('assert')
describe('shop', function () {
  it('answers', function (done) {
    request(app).get('/').expect('X-Tax', '1').expect(200, 'ok', done)
  })
  it('sums', function () {
    assert.strictEqual(total([1, 2]), 3)
    total([1]).should.equal(1)
    if (total([2]) !== 2) {
      assert(0)
    }
  })
})
"""
GO = """
package shop

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
RUST = """
pub fn total(items: &[u32]) -> u32 { items.iter().sum() }

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
JAVA = """
class ShopTest {
  @Test
  void sums() {
    int result = total(1, 2);
    assertEquals(3, result);
    assertThat(names()).containsExactly("a", "b");
    assertThrows(IllegalArgumentException.class, () -> total(-1));
  }
}
"""
KOTLIN = """
class ShopTest {
    @Test
    fun `sums items`() = runTest {
        assertEquals(3, total(1, 2))
        names() shouldBe listOf("a")
    }
}
"""
RSPEC = """
RSpec.describe Shop do
  it "sums" do
    result = total([1, 2])
    expect(result).to eq(3)
    expect { total([-1]) }.to raise_error(ArgumentError, "negative")
  end
end
"""
MINITEST = """
class ShopTest < Minitest::Test
  def test_sums
    assert_equal 3, total([1, 2])
    assert_nil tax
  end
end
"""
FILES = {
    "shop.test.ts": VITEST,
    "test/shop.js": MOCHA,
    "shop_test.go": GO,
    "src/shop.rs": RUST,
    "src/test/java/ShopTest.java": JAVA,
    "src/test/kotlin/ShopTest.kt": KOTLIN,
    "spec/shop_spec.rb": RSPEC,
    "test/shop_test.rb": MINITEST,
}


def judged(path: str, *swaps: tuple[str, str]) -> tuple[Finding, ...]:
    before = after = FILES[path]
    for old, new in swaps:
        assert old in after, old
        after = after.replace(old, new, 1)
    return compared({path: before}, {path: after}, tests)


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("shop.test.ts", "it('sums'", "it.skip('sums'", "skipped"),
        ("shop.test.ts", "it('sums'", "xit('sums'", "skipped"),
        ("shop.test.ts", "it('sums'", "it.only('sums'", "skipped"),
        ("shop.test.ts", "it('sums'", "it.fails('sums'", "skipped"),
        ("shop.test.ts", "it('sums', ", "it('sums', { skip: true }, ", "skipped"),
        ("shop.test.ts", "describe('shop'", "describe.skip('shop'", "skipped"),
        ("shop.test.ts", "it('sums'", "it.skipIf(process.env.CI)('sums'", "skipped-conditionally"),
        ("shop.test.ts", "it('sums'", "it.skipIf(true)('sums'", "skipped"),
        ("shop.test.ts", "    expect(result).toEqual(3)\n", "", "fewer-assertions"),
        ("shop.test.ts", "    expect(result).toEqual(3)\n", "    // expect(result).toEqual(3)\n", "fewer-assertions"),
        ("shop.test.ts", "toEqual(3)", "toBeDefined()", "weaker-assertion"),
        ("shop.test.ts", "toEqual(3)", "not.toBeNull()", "weaker-assertion"),
        ("shop.test.ts", "toEqual(3)", "toEqual(expect.anything())", "weaker-assertion"),
        ("shop.test.ts", "toEqual(3)", "toEqual(4)", "expectation-changed"),
        ("shop.test.ts", "expect(result).toEqual(3)", "expect(true).toBe(true)", "tolerance"),
        ("shop.test.ts", "expect(result).toEqual(3)", "try { expect(result).toEqual(3) } catch {}", "tolerance"),
        ("shop.test.ts", "expect(result).toEqual(3)", "if (false) { expect(result).toEqual(3) }", "tolerance"),
        ("shop.test.ts", "expect(result).toEqual(3)", "expect(result)", "tolerance"),
        ("shop.test.ts", "    const result", "    return\n    const result", "tolerance"),
        ("shop.test.ts", "    const result", "    if (slow) return;\n    const result", "tolerance"),
        ("shop.test.ts", "toThrow('negative')", "toThrow()", "tolerance"),
        ("shop.test.ts", "await expect(load())", "expect(load())", "tolerance"),
        ("shop.test.ts", "[1, 2, 3]", "[1]", "tolerance"),
        ("shop.test.ts", "expect(total([n])).toBe(n)", "total([n])", "no-assertion"),
        ("test/shop.js", ".expect('X-Tax', '1')", "", "fewer-assertions"),
        ("test/shop.js", "200, 'ok', done", "function () {}", "tolerance"),
        ("test/shop.js", "assert.strictEqual(total([1, 2]), 3)", "assert.ok(total([1, 2]))", "weaker-assertion"),
        ("test/shop.js", "    total([1]).should.equal(1)\n", "", "fewer-assertions"),
        ("test/shop.js", "      assert(0)\n", "", "fewer-assertions"),
        ("test/shop.js", "assert(0)", "assert(0 || true)", "tolerance"),
        ("shop_test.go", "func TestShop", "func testShop", "uncollected"),
        ("shop_test.go", "\tassert.Equal", "\tt.Skip()\n\tassert.Equal", "skipped"),
        (
            "shop_test.go",
            "\tassert.Equal",
            "\tif testing.Short() {\n\t\tt.Skip()\n\t}\n\tassert.Equal",
            "skipped-conditionally",
        ),
        ("shop_test.go", "t.Errorf", "t.Logf", "no-assertion"),
        ("shop_test.go", "\trequire.NoError(t, open())\n", "", "fewer-assertions"),
        ("shop_test.go", "assert.Equal(t, 3, total(1, 2))", "assert.NotNil(t, total(1, 2))", "weaker-assertion"),
        ("shop_test.go", "assert.Equal(t, 3, total(1, 2))", "assert.Equal(t, 3, 3)", "tolerance"),
        ("shop_test.go", "got != tt.want", "false", "tolerance"),
        ("shop_test.go", "\tassert.Equal", "\treturn\n\tassert.Equal", "tolerance"),
        ("shop_test.go", "\t\t{2, 2},\n", "", "tolerance"),
        ("shop_test.go", "\npackage", "//go:build ignore\n\npackage", "skipped"),
        ("src/shop.rs", "    #[test]\n    fn sums", "    fn sums", "uncollected"),
        ("src/shop.rs", "    #[test]\n    fn sums", "    #[test]\n    #[ignore]\n    fn sums", "skipped"),
        ("src/shop.rs", "#[cfg(test)]", "#[cfg(any())]", "skipped"),
        ("src/shop.rs", "assert_eq!(result, 3)", "assert!(result > 0)", "weaker-assertion"),
        ("src/shop.rs", "assert_eq!(result, 3)", "assert!(true)", "tolerance"),
        ("src/shop.rs", "        assert_eq!(result, 3);\n", "", "fewer-assertions"),
        ("src/shop.rs", "        let result", "        return;\n        let result", "tolerance"),
        ("src/shop.rs", '(expected = "negative")', "", "tolerance"),
        ("src/test/java/ShopTest.java", "  @Test", "  @Disabled @Test", "skipped"),
        ("src/test/java/ShopTest.java", "  @Test\n", "", "uncollected"),
        ("src/test/java/ShopTest.java", "    assertEquals(3, result);\n", "", "fewer-assertions"),
        ("src/test/java/ShopTest.java", "assertEquals(3, result)", "assertNotNull(result)", "weaker-assertion"),
        ("src/test/java/ShopTest.java", "assertEquals(3, result)", "assertTrue(true)", "tolerance"),
        ("src/test/java/ShopTest.java", "IllegalArgumentException.class", "Exception.class", "tolerance"),
        ("src/test/java/ShopTest.java", 'containsExactly("a", "b")', "isNotNull()", "weaker-assertion"),
        (
            "src/test/java/ShopTest.java",
            "    int result",
            "    assumeTrue(fast);\n    int result",
            "skipped-conditionally",
        ),
        ("src/test/kotlin/ShopTest.kt", "    @Test", "    @Ignore @Test", "skipped"),
        ("src/test/kotlin/ShopTest.kt", '        names() shouldBe listOf("a")\n', "", "fewer-assertions"),
        ("spec/shop_spec.rb", 'it "sums"', 'xit "sums"', "skipped"),
        ("spec/shop_spec.rb", 'it "sums"', 'it "sums", skip: true', "skipped"),
        ("spec/shop_spec.rb", "    result = ", "    skip 'later'\n    result = ", "skipped"),
        ("spec/shop_spec.rb", "    expect(result).to eq(3)\n", "", "fewer-assertions"),
        ("spec/shop_spec.rb", "to eq(3)", "to be_truthy", "weaker-assertion"),
        ("spec/shop_spec.rb", 'raise_error(ArgumentError, "negative")', "raise_error", "tolerance"),
        ("test/shop_test.rb", "    assert_nil tax\n", "", "fewer-assertions"),
        ("test/shop_test.rb", "test_sums", "sums", "uncollected"),
        ("test/shop_test.rb", "assert_equal 3, total([1, 2])", "assert true", "tolerance"),
    ],
)
def test_a_weaker_test_is_told(path: str, old: str, new: str, expected: str) -> None:
    assert {finding.rule for finding in judged(path, (old, new))} == {f"tests:{expected}"}


@pytest.mark.parametrize("path", FILES)
def test_a_file_of_tests_is_deleted(path: str) -> None:
    found = {finding.rule for finding in compared({path: FILES[path]}, {}, tests)}
    assert found == {"tests:removed-with-subject" if path == "src/shop.rs" else "tests:lost"}


@pytest.mark.parametrize(
    ("path", "swaps"),
    [
        ("shop.test.ts", (("'sums'", "'adds'"),)),
        ("shop.test.ts", (("it('sums'", "test('sums'"),)),
        ("shop.test.ts", (("    expect(result)", "      expect(\n        result,\n      )"),)),
        ("shop.test.ts", (("'negative'", '"negative"'),)),
        ("shop.test.ts", (("[1, 2, 3]", "[1, 2, 3, 4]"),)),
        ("shop.test.ts", (("describe('shop'", "describe('the shop'"),)),
        ("shop.test.ts", (("  it.each", "  it.skip('later', () => { expect(0).toBe(f()) })\n  it.each"),)),
        ("test/shop.js", (("assert.strictEqual(total([1, 2]), 3)", "assert.equal(total([1, 2]), 3, 'sum')"),)),
        ("test/shop.js", (("total([1]).should.equal(1)", "should(total([1])).equal(1)"),)),
        ("shop_test.go", (("TestTotal", "TestSum"),)),
        ("shop_test.go", (("\t\t{2, 2},\n", "\t\t{2, 2},\n\t\t{3, 3},\n"),)),
        ("shop_test.go", (("\tassert.Equal(t, 3, total(1, 2))", "\trequire.Equal(t, 3, total(1, 2))"),)),
        ("src/shop.rs", (("fn sums", "fn adds"),)),
        ("src/shop.rs", (("assert!(total(&[]) == 0)", "assert_eq!(total(&[]), 0)"),)),
        ("src/test/java/ShopTest.java", (("void sums", "void adds"),)),
        ("src/test/java/ShopTest.java", (("assertEquals(3, result)", "assertThat(result).isEqualTo(3)"),)),
        ("src/test/kotlin/ShopTest.kt", (("sums items", "adds items"),)),
        ("spec/shop_spec.rb", (('"sums"', '"adds"'),)),
        ("spec/shop_spec.rb", (("to eq(3)", "to eq 3"),)),
        ("test/shop_test.rb", (("test_sums", "test_adds"),)),
    ],
)
def test_a_rework_is_let_through(path: str, swaps: tuple[tuple[str, str], ...]) -> None:
    blocked = {rule.name for rule in tests.rules if rule.agent == "block"}
    assert not [finding for finding in judged(path, *swaps) if finding.rule in blocked]


def test_a_file_of_javascript_that_no_runner_looks_for() -> None:
    base, head = {"shop.test.ts": VITEST}, {"shop.old.ts": VITEST}
    found = compared(base, head, tests, {"shop.old.ts": "shop.test.ts"})
    assert {finding.rule for finding in found} == {"tests:uncollected"}


def test_code_of_rust_beside_its_tests_is_code() -> None:
    lost = RUST.replace(
        '    #[test]\n    #[should_panic(expected = "negative")]\n    fn refuses() { total(&[9]); }\n', ""
    )
    assert lost != RUST
    rules = [finding.rule for finding in compared({"src/shop.rs": RUST}, {"src/shop.rs": lost}, tests)]
    assert rules == ["tests:lost"]
    other = lost.replace("items.iter().sum()", "items.iter().max()")
    rules = [finding.rule for finding in compared({"src/shop.rs": RUST}, {"src/shop.rs": other}, tests)]
    assert rules == ["tests:lost-with-code"]


def test_code_of_rust_that_asserts_is_no_test() -> None:
    base = "fn check(x: u32) {\n    assert!(x > 0);\n    assert!(x < 9);\n}\n" + RUST
    assert not compared({"src/a.rs": base}, {"src/a.rs": base.replace("    assert!(x > 0);\n", "")}, tests)


def test_one_of_two_equal_assertions_is_deleted() -> None:
    base = "it('twice', (done) => {\n  request(a).get('/').expect(200, cb)\n  request(b).get('/').expect(200, cb)\n})\n"
    after = base.replace("request(b).get('/').expect(200, cb)", "request(b).get('/')")
    assert after != base
    found = compared({"a.test.js": base}, {"a.test.js": after}, tests)
    assert [finding.rule for finding in found] == ["tests:fewer-assertions"]


def test_types_that_are_asserted() -> None:
    base = "it('types', () => {\n  expectTypeOf<A>().toEqualTypeOf<{ a: 1 }>()\n  util.assertEqual<A, B>(true)\n})\n"
    less = base.replace("  util.assertEqual<A, B>(true)\n", "")
    other = base.replace("{ a: 1 }", "any")
    for after, expected in ((less, "tests:fewer-assertions"), (other, "tests:expectation-changed")):
        found = compared({"a.test.ts": base}, {"a.test.ts": after}, tests)
        assert [finding.rule for finding in found] == [expected]
