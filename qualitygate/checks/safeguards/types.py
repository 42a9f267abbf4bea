"""Types that a change took away: annotations that are gone, or say nothing now, and new ways round them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from qualitygate.checks.safeguards.annotated.pairing import Placed, pairs
from qualitygate.checks.safeguards.annotated.signature import Mark, Signature, marks, signatures
from qualitygate.checks.safeguards.masked import TYPESCRIPT
from qualitygate.checks.safeguards.product import excused, generated, is_product
from qualitygate.checks.safeguards.protocol import Pair, Rule
from qualitygate.checks.tool import Reads
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Report

name = "kept-types"
title = "types kept"
scope: Literal["pair"] = "pair"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = ""
facts_version = 2

_PYTHON = (".py", ".pyi")
_UNTYPED = (".js", ".jsx", ".mjs", ".cjs")
_OTHERS = (".go", ".rs", ".kt", ".kts", ".cs", ".swift", ".rb")
_MARKER = "py.typed"

rules = (
    Rule(
        "types:lost-annotation",
        "block",
        "block",
        "a function without annotations is not checked, and nobody can read what it takes",
        "put the annotation back; where it is wrong, write the right one",
    ),
    Rule(
        "types:any-annotation",
        "block",
        "block",
        "`Any` switches the type checker off for everything that touches the value",
        "write the precise type: a union, a Protocol, a TypeVar",
    ),
    Rule(
        "types:js",
        "block",
        "show",
        "what was checked as TypeScript is checked no more",
        "keep the file in TypeScript and mend its types",
    ),
    Rule(
        "types:lost-marker",
        "block",
        "show",
        "without `py.typed` no user of the package gets its types checked",
        "put the file back",
    ),
    Rule(
        "types:stub",
        "block",
        "show",
        "type checkers read a stub in place of the module beside it, of which nothing is checked any more",
        "annotate the module itself, and take the stub out",
    ),
    Rule(
        "types:inferred",
        "show",
        "show",
        "an annotation that is inferred changes with the code, unseen",
        "put the annotation back",
    ),
    Rule("types:loosened", "show", "show", "the type says less than it did", "write the precise type"),
    Rule(
        "types:any",
        "show",
        "show",
        "`Any` and `any` switch the type checker off for what they touch",
        "write the precise type",
        direction="debt",
    ),
    Rule(
        "types:cast",
        "show",
        "show",
        "a cast is believed, not checked",
        "narrow the type with a test that runs",
        direction="debt",
    ),
    Rule(
        "types:non-null",
        "show",
        "show",
        "`!` claims that there is a value, and nothing checks it",
        "test for the value",
        direction="debt",
    ),
    Rule(
        "types:escape",
        "show",
        "show",
        "it fails when it runs, not when it is compiled",
        "handle the case, or write the precise type",
        direction="debt",
    ),
)
_SAID = {
    "any": "`{}` says nothing of the type",
    "cast": "new cast: `{}`",
    "non-null": "new claim that there is a value: `{}`",
    "escape": "new way round the types: `{}`",
}


def wants(path: str) -> bool:
    """Source code of the languages that are known here."""
    if path.endswith((*_PYTHON, *_UNTYPED, *_OTHERS)) or path.rpartition("/")[2] == _MARKER:
        return True
    return path.endswith(TYPESCRIPT) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))


def extract(path: str, data: bytes, options: Mapping[str, Any]) -> Any:
    """Functions with their annotations, and the places where types are got round."""
    facts = _read(path, data)
    return {**facts, "generated": True} if generated(data) else facts


def _read(path: str, data: bytes) -> Mapping[str, Any]:
    if path.endswith(_PYTHON):
        from qualitygate.checks.safeguards.annotated import python

        return python.read(data)
    if path.endswith(TYPESCRIPT):
        from qualitygate.checks.safeguards.annotated import typescript

        return typescript.read(path, data)
    suffix = "." + path.rpartition(".")[2]
    if suffix in _OTHERS:
        from qualitygate.checks.safeguards.annotated import escapes

        return escapes.read(suffix, data)
    return {"functions": [], "marks": []}


class _Side(NamedTuple):
    functions: Sequence[Placed]
    marks: Sequence[tuple[str, Mark]]


def compare(pair: Pair, options: Mapping[str, Any]) -> Report:
    """What head says less of, and the new places that get round types, above what went away elsewhere."""
    paths = sorted(path for path in pair.changed if wants(path))
    looked = len(paths)
    homes = {old: new for new, old in pair.renames.items()}
    foreign = {path for path in paths if excused(pair.head_facts(path), pair.base_facts(pair.renames.get(path, path)))}
    paths = [path for path in paths if path not in foreign and homes.get(path) not in foreign]
    unread = {path for path in paths if "unread" in (pair.head_facts(path) or {})}
    unread |= {old for old, new in homes.items() if new in unread}
    base = _side(pair.base_facts, [path for path in paths if path in pair.base and path not in unread], homes)
    head = _side(pair.head_facts, [path for path in paths if path in pair.head and path not in unread], {})
    found: list[Finding] = []
    changed: set[tuple[str, str]] = set()
    for old, new in pairs(base.functions, head.functions):
        for finding in _weaker(old.signature, new):
            found.append(finding)
            changed.add((new.path, finding.name.partition("::")[2]))
            if finding.rule == "types:any-annotation":
                changed.add((new.path, new.signature.name))
    found += _surplus(base.marks, head.marks, changed)
    found += _dropped(pair)
    found += _stubbed(pair)
    return Report(tuple(found), looked)


def _side(facts: Any, paths: Iterable[str], homes: Mapping[str, str]) -> _Side:
    functions: list[Placed] = []
    found: list[tuple[str, Mark]] = []
    for path in paths:
        held = facts(path)
        home = homes.get(path, path)
        functions += [Placed(home, one) for one in signatures(held)]
        found += [(home, mark) for mark in marks(held)] if is_product(path) else []
    return _Side(functions, found)


def _weaker(old: Signature, new: Placed) -> Iterator[Finding]:
    """What one function says less of its types than it did."""
    python = new.path.endswith(_PYTHON)
    now = new.signature

    def finding(rule: str, label: str, message: str) -> Finding:
        where = f"{now.name}({label})"
        return Finding(name, rule, new.path, now.line, 1, now.line, 1, message, name=f"{new.path}::{where}")

    for label, kind in now.types.items():
        before = old.types.get(label, "")
        what = f"what `{now.name}` returns" if label == "return" else f"`{label}` of `{now.name}`"
        if not kind and label not in now.exempt:
            if before and before != "=":
                yield finding("types:lost-annotation" if python else "types:inferred", label, f"{what} was `{before}`")
            elif python and label not in old.types and old.complete and len(old.types) > len(old.exempt):
                yield finding("types:lost-annotation", label, f"{what} has no type, in a function that was annotated")
        elif before and before not in (kind, "=") and not _says_nothing(before, python):
            if _says_nothing(kind, python):
                yield finding("types:any-annotation", label, f"{what} was `{before}`, now it is `{kind}`")
            elif _vaguer(before, kind, python):
                yield finding("types:loosened", label, f"{what} was `{before}`, now it is `{kind}`")


_NOTHING = frozenset(("Any", "Any|None", "None|Any", "Optional[Any]", "Union[Any,None]"))
_NOTHING_JS = frozenset(("any", "Promise<any>", "any|null", "any|undefined", "Function", "{}"))


def _says_nothing(kind: str, python: bool) -> bool:
    if not python:
        return kind in _NOTHING_JS
    for module in ("typing.", "typing_extensions.", "t."):
        kind = kind.replace(module, "")
    return kind in _NOTHING


def _vaguer(before: str, kind: str, python: bool) -> bool:
    """Whether a type leaves more open than before: `X` to `X[Any]` only says what was so."""
    if (python and kind == "object") or before.startswith(kind + "["):
        return True
    import re

    word = r"(?<![\w.])Any(?!\w)" if python else r"(?<![\w$.])any(?![\w$])"
    if len(re.findall(word, kind)) <= len(re.findall(word, before)):
        return False
    stated = rf"\[[^\[\]]*{word}[^\[\]]*\]|<[^<>]*{word}[^<>]*>"
    bare = r"(?:typing\.|t\.)?(?:\[\]|<>)"
    return re.sub(bare, "", re.sub(stated, "", kind)) != re.sub(bare, "", re.sub(stated, "", before))


def _surplus(
    base: Sequence[tuple[str, Mark]], head: Sequence[tuple[str, Mark]], changed: set[tuple[str, str]]
) -> Iterator[Finding]:
    """Marks of head that base does not have, as many as there are more of their kind in all."""
    more = Counter(mark.kind for _, mark in head)
    more.subtract(mark.kind for _, mark in base)
    here = Counter((path, mark.where, mark.kind, mark.code) for path, mark in base)
    old = Counter((mark.kind, mark.code) for _, mark in base)
    places = Counter((mark.kind, path, mark.where) for path, mark in base)
    new: list[tuple[str, Mark]] = []
    moved: list[tuple[str, Mark]] = []
    for path, mark in head:
        # What stands where it stood is no surplus, however many of its like there are in other functions.
        if here[path, mark.where, mark.kind, mark.code] > 0:
            here[path, mark.where, mark.kind, mark.code] -= 1
            old[mark.kind, mark.code] -= 1
        else:
            moved.append((path, mark))
    for path, mark in moved:
        if old[mark.kind, mark.code] > 0:
            old[mark.kind, mark.code] -= 1
        else:
            new.append((path, mark))
    unknown = [(path, mark) for path, mark in new if not places[mark.kind, path, mark.where]]
    rest = [(path, mark) for path, mark in new if places[mark.kind, path, mark.where]]
    nth: Counter[str] = Counter()
    for path, mark in (*unknown, *rest):
        if more[mark.kind] <= 0 or (path, mark.where) in changed:
            continue
        more[mark.kind] -= 1
        place = f"{path}::{mark.kind}:{mark.where}:{mark.code}"
        nth[place] += 1
        said = _SAID[mark.kind].format(mark.code[:80])
        line = mark.line
        yield Finding(name, f"types:{mark.kind}", path, line, 1, line, 1, said, name=f"{place}#{nth[place]}")


def _dropped(pair: Pair) -> Iterator[Finding]:
    """Files that were checked and are no more: TypeScript become JavaScript, the marker of a typed package."""
    for path in sorted(pair.changed):
        if path in pair.head or path not in pair.base:
            continue
        stem, _, suffix = path.rpartition(".")
        if f".{suffix}" in TYPESCRIPT and not stem.endswith(".d") and is_product(path):
            heirs = [new for new, old in pair.renames.items() if old == path]
            heirs += [stem + end for end in _UNTYPED]
            for heir in heirs:
                if heir.endswith(_UNTYPED) and heir in pair.head and heir not in pair.base:
                    said = f"`{path}` was TypeScript"
                    yield Finding(name, "types:js", heir, 1, 1, 1, 1, said, name=path)
                    break
        elif path.rpartition("/")[2] == _MARKER and not any(
            new in pair.head and new.rpartition("/")[2] == _MARKER for new in pair.changed
        ):
            folder = path.rpartition("/")[0]
            if any(kept.startswith(f"{folder}/") and kept.endswith(".py") for kept in pair.head):
                said = "the package no longer says that it is typed"
                yield Finding(name, "types:lost-marker", path, 0, 0, 0, 0, said, name=path)


def _stubbed(pair: Pair) -> Iterator[Finding]:
    """New stubs beside modules that had types of their own: one for a module without any takes nothing away."""
    for path in sorted(pair.changed):
        module = path.removesuffix("i")
        if not path.endswith(".pyi") or path not in pair.head or path in pair.base or module not in pair.head:
            continue
        home = pair.renames.get(module, module)
        if home in pair.base and any(any(one.types.values()) for one in signatures(pair.base_facts(home))):
            said = f"no type checker looks at `{module}` any more, only at this stub"
            yield Finding(name, "types:stub", path, 1, 1, 1, 1, said, name=path)
