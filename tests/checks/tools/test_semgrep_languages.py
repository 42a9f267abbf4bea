from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.tools.semgrep_languages import KNOWN, Named, language, named_in, of_files, of_rules

BOTH = frozenset(("javascript", "typescript"))


def test_what_language_a_file_is_in() -> None:
    assert {language(f"src/a.{kind}") for kind in ("js", "jsx", "mjs", "cjs")} == {"javascript"}
    assert {language(f"src/a.{kind}") for kind in ("ts", "tsx", "mts", "cts", "d.ts")} == {"typescript"}
    assert (language("a.pyi"), language("a.vue"), language("js"), language(".js")) == ("python", "", "", "")


def test_the_rules_of_a_file_with_their_languages_however_they_are_written() -> None:
    text = """rules:
  - id: one
    languages: [ts, "javascript"]
  - "id": two
    message: |
      languages are many
    languages:
      - js   # and all that is like it
      - 'typescript'
    pattern: x
  - id: three
    "languages": [python3]
  - id: four
    pattern: y
"""
    assert named_in(text) == (
        Named("one", BOTH),
        Named("two", BOTH),
        Named("three", frozenset(("python",))),
        Named("four", None),
    )
    assert named_in("rules:\n- languages: [go]\n  id: late\n") == ()


def test_what_cannot_be_told_is_any_language_so_that_no_file_is_left_out() -> None:
    pack = [{"languages": ["python"]}]
    assert of_rules(pack, [], unread=False) == {"python"}
    assert of_rules(pack, [Named("a", frozenset(("go",)))], unread=False) == {"python", "go"}
    assert of_rules(pack, [Named("a", None)], unread=False) == of_rules(pack, [], unread=True) == set(KNOWN)
    assert of_files(("a.py", "a.ts", "a.go"), {"python", "go"}) == ("a.py",)


@given(st.text(alphabet=" -\n\t:[],#'\"idlanguesjrp|", max_size=80))
def test_no_text_makes_it_raise(text: str) -> None:
    assert named_in(f"- id: a\n{text}")[0].id == "a"
