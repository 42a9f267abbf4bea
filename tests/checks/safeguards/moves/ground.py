"""One file of tests in each language, for moves to be made in."""

from __future__ import annotations

from tests.checks.safeguards.moves.move import Swaps

PY = """import pytest

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
"""
UNIT = """import unittest


class ShopTest(unittest.TestCase):
    def test_total(self):
        self.assertEqual(total([1, 2]), 3)
        self.assertAlmostEqual(total([0.1]), 0.1, delta=0.001)
"""
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


def on_top(language: str, row: str) -> Swaps:
    """A statement on top of the body."""
    old, new = _TOP[language]
    return ((old, new.replace("{}", row)),)
