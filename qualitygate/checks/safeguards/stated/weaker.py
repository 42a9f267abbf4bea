"""What head's settings demand less than base's did, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from qualitygate.checks.safeguards.stated.catalogue import tools
from qualitygate.checks.safeguards.stated.fact import Fact
from qualitygate.checks.safeguards.stated.sides import Loss, Placed


def losses(
    base: Sequence[Placed], head: Sequence[Placed], kept: set[str], *, gone: Callable[[str], bool]
) -> Iterator[Loss]:
    """What the files that changed lost; what moved to another of them is no loss.

    `kept` are the tools that are set up in files that did not change, `gone` says whether head has nothing left in a
    folder.
    """
    base, head = ([one for one in side if one.fact.kind != "command"] for side in (base, head))
    left, right = _by_key(base), _by_key(head)
    places = {(fact.kind, fact.key, _plain(fact.value)) for _, fact in base}
    here = {(fact.kind, fact.key, _plain(fact.value)) for _, fact in head}
    tools = kept | {fact.tool for _, fact in base}
    still = kept | {fact.tool for _, fact in head}
    for key, olds in left.items():
        folder, kind, _ = key
        if gone(folder):
            continue
        news = right.get(key, ())
        if kind == "guard":
            yield from _dropped(olds, news, here, still)
        elif kind in ("floor", "ceiling", "retries", "rank"):
            yield from _numbers(kind, olds, news, head, left, right)
        elif kind == "scope":
            yield from _narrowed(olds, news, here)
    for key, news in right.items():
        if key[1] == "excuse":
            yield from _excused(left.get(key, ()), news, places, here, tools)
        elif key[1] == "retries" and key not in left:
            for path, fact in news:
                if fact.value and fact.tool in tools | {"retries"} and not _elsewhere(base, fact):
                    yield Loss(
                        fact.rule, path, fact.line, f"`{fact.key}` is {_said(fact.value)} now", f"{key[0]}:{fact.key}"
                    )
        elif key[1] == "rank" and key not in left:
            for path, fact in news:
                if not fact.value and fact.rule == "linter" and fact.tool in tools and not _elsewhere(base, fact):
                    yield Loss(fact.rule, path, fact.line, f"`{fact.key}` is off now", f"{key[0]}:{fact.key}")
        elif key[1] == "scope" and key not in left:
            for path, fact in news:
                if (
                    fact.tool in tools
                    and fact.rule not in ("collection", "replaced")
                    and not _came(fact, places, tools)
                ):
                    said = f"`{fact.key}` looks at {_said(fact.value)} only now"
                    yield Loss(fact.rule, path, fact.line, said, f"{key[0]}:{fact.key}")


def _came(fact: Fact, places: set[Any], tools: set[str]) -> bool:
    """Whether its tool, or its check of the gate, is new: that is no weaker for what it leaves out."""
    if fact.rule == "gate":
        check = fact.key.rpartition(".")[0]
        return check.startswith("checks.") and ("guard", check, "") not in places
    return fact.rule in ("linter", "collection") and fact.tool not in tools and not fact.tool.startswith(".")


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _said(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"`{one}`" for one in value[:4]) or "nothing"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _by_key(rows: Sequence[Placed]) -> Mapping[tuple[str, str, str], Sequence[Placed]]:
    found: dict[tuple[str, str, str], list[Placed]] = {}
    for one in rows:
        if one.fact.kind not in ("command", "tool"):
            found.setdefault((one.folder, one.fact.kind, one.fact.key), []).append(one)
    return found


def _elsewhere(rows: Sequence[Placed], fact: Any) -> bool:
    return any(other.kind == fact.kind and other.key == fact.key for _, other in rows)


def _dropped(olds: Sequence[Placed], news: Sequence[Placed], here: set[Any], still: set[str]) -> Iterator[Loss]:
    kept = {fact.value for _, fact in news}
    for path, fact in olds:
        if fact.value in kept or (fact.kind, fact.key, fact.value) in here:
            continue
        if ("guard", f"{fact.tool}.strict", "on") in here and fact.key.partition(".")[2] in tools()[fact.tool].implied:
            continue
        if fact.rule == "linter" and fact.tool not in still:
            continue  # the tool itself went: told by what no longer runs
        if any(_covers(other, fact.value) for other in kept):
            continue
        what = f"`{fact.key}`" if fact.value in ("", "on") else f"`{fact.value}` in `{fact.key}`"
        line = news[0].fact.line if news else 0
        yield Loss(fact.rule, path, line, f"{what} is gone", f"{olds[0].folder}:{fact.key}={fact.value}")


def _covers(kept: str, gone: str) -> bool:
    """`E` selects all that `E501` does, `ALL` everything, `src` all in `src/a`."""
    return kept in ("ALL", ".") or (
        bool(kept) and (gone.startswith(f"{kept}/") or (kept.isalpha() and kept.isupper() and gone.startswith(kept)))
    )


def _numbers(
    kind: str,
    olds: Sequence[Placed],
    news: Sequence[Placed],
    head: Sequence[Placed],
    left: Mapping[Any, Sequence[Placed]],
    right: Mapping[Any, Sequence[Placed]],
) -> Iterator[Loss]:
    path, old = olds[0]
    folder = olds[0].folder
    before = max(fact.value for _, fact in olds) if kind != "ceiling" else min(fact.value for _, fact in olds)
    now = list(news)
    if not now:  # moved to a folder that did not state it
        now = [
            one
            for one in head
            if (one.fact.kind, one.fact.key) == (kind, old.key) and (one.folder, kind, old.key) not in left
        ]
    name = f"{folder}:{old.key}"
    if not now:
        if kind == "floor" or (
            old.rule != "gate" and kind == "rank" and before > 0 and any(fact.tool == old.tool for _, fact in head)
        ):
            yield Loss(old.rule, path, 0, f"`{old.key}` was {_said(before)}, now it is not stated", name)
        return
    del right
    after = max(one.fact.value for one in now) if kind != "ceiling" else min(one.fact.value for one in now)
    weaker = after < before if kind in ("floor", "rank") else after > before
    if weaker:
        where = now[0]
        yield Loss(
            old.rule, where.path, where.fact.line, f"`{old.key}` was {_said(before)}, now it is {_said(after)}", name
        )


def _narrowed(olds: Sequence[Placed], news: Sequence[Placed], here: set[Any]) -> Iterator[Loss]:
    if not news:
        return  # without it, all is looked at
    kept = {item for _, fact in news for item in fact.value}
    for path, fact in olds:
        lost = [item for item in fact.value if item not in kept and not any(_covers(one, item) for one in kept)]
        if lost and (fact.kind, fact.key, tuple(fact.value)) not in here:
            where = news[0]
            said = f"`{fact.key}` no longer looks at {_said(lost)}"
            if fact.rule == "replaced":
                said = f"the {fact.key} was {_said(fact.value)}, now it is {_said(where.fact.value)}"
            yield Loss(
                fact.rule, where.path if news else path, where.fact.line, said, f"{olds[0].folder}:{fact.key}-{lost}"
            )


def _excused(
    olds: Sequence[Placed], news: Sequence[Placed], places: set[Any], here: set[Any], tools: set[str]
) -> Iterator[Loss]:
    known = {fact.value for _, fact in olds}
    del here
    for path, fact in news:
        if fact.value in known or (fact.kind, fact.key, fact.value) in places:
            continue
        if _came(fact, places, tools):
            continue
        if any(_covers(str(other), str(fact.value)) for other in known):
            continue
        what = f"`{fact.key}`" if fact.value in ("on", "off") else f"`{fact.value}` in `{fact.key}`"
        said = f"{what} is {fact.value} now" if fact.value in ("on", "off") else f"{what} is new"
        yield Loss(fact.rule, path, fact.line, said, f"{news[0].folder}:{fact.key}+{fact.value}")
