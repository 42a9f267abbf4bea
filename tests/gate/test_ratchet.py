from __future__ import annotations

import pytest

from qualitygate.gate.matching import Delta, Side
from qualitygate.gate.ratchet import Group, Judgement, judge, unaccounted
from qualitygate.model import Finding

A = b"def a():\n    go(1)\n"
B = b"def b():\n    run(2)\n"
C = b"def c():\n    hop(3)\n"


def side(source: bytes, *words: bytes, rule: str = "r", path: str = "a.py") -> Side:
    """A side whose only file is `source`, with one finding for every one of its lines that holds one of `words`."""
    found = tuple(
        Finding("toy", rule, path, number, row.index(word) + 1, 0, 0, f"{rule} here")
        for number, row in enumerate(source.split(b"\n"), 1)
        for word in words
        if word in row
    )
    return Side(found, lambda name: source if name == path else None)


EVERY = (b"go(", b"run(", b"hop(")


def debt(source: bytes) -> Group:
    return side(source, *EVERY), Delta()


def lines(judgement: Judgement) -> list[int]:
    return [f.line for f in judgement.new]


def words(judgement: Judgement, head: bytes) -> list[str]:
    rows = head.decode().split("\n")
    return [rows[f.line - 1].split("(")[0].strip() for f in judgement.new]


def test_ratchet_reports_what_base_does_not_have() -> None:
    found = judge("ratchet", [debt(A + B)], side(A + C, *EVERY))
    assert lines(found) == [4]
    assert (found.known_count, found.fixed_count, found.shown, found.unaccounted) == (1, 1, (), ())


def test_clean_reports_all_and_looks_at_no_base() -> None:
    def never() -> Group:
        raise AssertionError

    found = judge("clean", [never], side(A + B, *EVERY))
    assert lines(found) == [2, 4]
    assert (found.known_count, found.fixed_count) == (0, 0)


def test_shown_reports_nothing_as_new() -> None:
    found = judge("shown", [debt(A)], side(A + B, *EVERY))
    assert found.new == ()
    assert [f.line for f in found.shown] == [4]
    assert found.unaccounted == ()


def test_no_base_at_all() -> None:
    assert lines(judge("ratchet", [], side(A + B, *EVERY))) == [2, 4]


@pytest.mark.parametrize(
    ("first", "second", "head", "new"),
    [
        pytest.param(A, A, A, [], id="known to both"),
        pytest.param(A, B, A + B, [], id="one known to each"),
        pytest.param(C, A + B, A + B, [], id="both known to the second"),
        pytest.param(A, A, A + A, ["go"], id="one debt seen in two bases pays once"),
        pytest.param(A + A, A, A + A, [], id="the base that has more counts"),
        pytest.param(A, A + A, A + A, [], id="the second base may have more"),
        pytest.param(A + A, A + A, A + A + A, ["go"], id="two in both"),
        pytest.param(A + B, B + A, A + B + B, ["run"], id="one known to both, in another order"),
        pytest.param(C, C, A, ["go"], id="known to none"),
    ],
)
def test_base_is_the_union_of_its_groups(first: bytes, second: bytes, head: bytes, new: list[str]) -> None:
    found = judge("ratchet", [debt(first), debt(second)], side(head, *EVERY))
    assert words(found, head) == new
    assert found.known_count == len(side(head, *EVERY).findings) - len(new)
    assert found.unaccounted == ()


def test_three_bases_pay_once() -> None:
    found = judge("ratchet", [debt(A), debt(A), debt(A)], side(A + A + A, *EVERY))
    assert len(found.new) == 2
    assert found.unaccounted == ()


@pytest.mark.parametrize(("head", "asked"), [(A, []), (A + B, ["second"]), (A + B + C, ["second", "third"])])
def test_farther_bases_are_computed_only_for_what_is_left(head: bytes, asked: list[str]) -> None:
    called = []

    def second() -> Group:
        called.append("second")
        return debt(A + B)

    def third() -> Group:
        called.append("third")
        return debt(C)

    assert judge("ratchet", [debt(A), second, third], side(head, *EVERY)).new == ()
    assert called == asked


def test_no_base_is_computed_for_a_head_without_findings() -> None:
    def never() -> Group:
        raise AssertionError

    assert judge("ratchet", [never], side(A)) == Judgement((), 0, 0)


def finding(rule: str, path: str = "a.py", message: str = "m") -> Finding:
    return Finding("toy", rule, path, 1, 1, 0, 0, message)


R, S = finding("r"), finding("s")


@pytest.mark.parametrize(
    ("groups", "head", "reported", "expected"),
    [
        ([[R]], [R], [], ()),
        ([[R]], [R, R], [R], ()),
        ([[R]], [R, R], [], (("r", 1),)),
        ([[R]], [R, R, S], [R], (("s", 1),)),
        ([[R, R]], [S, S], [S], (("s", 1),)),
        ([[]], [R, R, S], [], (("r", 2), ("s", 1))),
        ([], [R], [R], ()),
        ([[R], [R]], [R, R], [], (("r", 1),)),
        ([[R], [finding("r", "b.py")]], [R, finding("r", "b.py")], [], ()),
        ([[R], [R, R]], [R, R], [], ()),
    ],
)
def test_what_nothing_accounts_for(
    groups: list[list[Finding]], head: list[Finding], reported: list[Finding], expected: tuple[tuple[str, int], ...]
) -> None:
    bases: list[Group] = [(Side(tuple(found), lambda _: None), Delta()) for found in groups]
    assert unaccounted(bases, head, reported) == expected


def test_a_renamed_file_is_one_file_to_the_count() -> None:
    groups = [
        (side(A, *EVERY, path="old.py"), Delta({"new.py": "old.py"})),
        (side(A, *EVERY, path="new.py"), Delta()),
    ]
    head = side(A + A, *EVERY, path="new.py")
    found = judge("ratchet", groups, head)
    assert len(found.new) == 1
    assert found.unaccounted == ()
