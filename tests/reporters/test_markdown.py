from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualitygate.model import CheckResult, Finding, Tree, Verdict
from qualitygate.reporters import markdown


def test_it_says_what_blocks_and_what_was_looked_at(failed: Verdict) -> None:
    text = markdown.render(failed)
    assert text.startswith("## qualitygate: failed\n\n5 new findings, 1 lost against")
    assert "| new | src/app.py\\:7 | ruff\\:E711 | comparison to None | use \\`is None\\` |" in text
    assert "| lost | tests/test\\_views.py | tests\\:case |" in text
    assert "- tsc could not decide: tsc is missing; \\`npm ci\\`" in text
    assert "| mypy | failed | 140 files | 11.9 |" in text


def test_more_findings_than_a_page_shows_are_counted(failed: Verdict) -> None:
    many = tuple(failed.new[0]._replace(line=line) for line in range(1, 61))
    text = markdown.render(failed._replace(new=many, lost=()))
    assert (text.count("| new |"), "and 10 more, in the log" in text) == (50, True)


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_what_comes_from_a_repository_is_text_in_one_cell(said: str) -> None:
    finding = Finding("c", "c:r", f"a{said}", 1, 1, 1, 1, said, fix=said)
    checks = (CheckResult("c", "c", "1", 1, "failed", False, 0.1),)
    text = markdown.render(Verdict("failed", Tree("a", {}, "it"), (), new=(finding,), checks=checks, notes=(said,)))
    (row,) = [line for line in text.split("\n") if line.startswith("| new |")]
    plain = row.replace("\\\\", "")
    assert plain.count("|") - plain.count("\\|") == 6
    for sign in "<>`[]@!":
        assert plain.count(sign) == plain.count(f"\\{sign}")
