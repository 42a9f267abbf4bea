"""What tests ask is replaced for all of a file, or of a folder: by a fixture, by a module of doubles, by a namesake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.checks.safeguards.inventory.places import is_product, is_test, language
from qualitygate.checks.safeguards.kept.loss import Loss
from qualitygate.checks.safeguards.kept.sides import Sides
from qualitygate.checks.safeguards.protocol import Pair

_MOST = 300
_FAKE = ("fake", "stub", "mock", "double", "dummy")


def replaced(pair: Pair, sides: Sides, options: Mapping[str, Any]) -> Iterator[Loss]:
    """Losses of this kind, one for each name."""
    for path, held in sides.head.files.items():
        home = next((old for old, new in sides.home.items() if new == path), path)
        before, after = pair.read_base(home), pair.read_head(path)
        if after is None or (before is None and not path.endswith("conftest.py")):
            continue
        old, new = (before or b"").decode("utf-8", "replace"), after.decode("utf-8", "replace")
        known = sides.base.files.get(home)
        if known is not None and _bound(known.tables) == _bound(held.tables) and not _doubles(old, new):
            continue
        if language(path) == "python":
            yield from _of_python(pair, path, old, new, options)
        elif language(path) == "javascript" and held.tests:
            yield from _of_javascript(path, old, new)


def _bound(tables: Mapping[str, int]) -> set[str]:
    """What a file imports, mocks and assigns to, as its facts say."""
    return {key for key in tables if key.startswith(("from ", "import ", "mock ", "doMock ")) or key.endswith(" =")}


def _doubles(old: str, new: str) -> bool:
    """Whether there may be another double for all: a fixture that is always used, a patch that is started."""
    return any(word in new and new.count(word) > old.count(word) for word in ("autouse", "patch", "setattr"))


def _loss(path: str, name: str, said: str) -> Loss:
    return Loss("tolerance", path, 1, f"{path}::{name}", said)


def _of_python(pair: Pair, path: str, old: str, new: str, options: Mapping[str, Any]) -> Iterator[Loss]:
    import ast

    try:
        before, after = ast.parse(old), ast.parse(new)
    except (SyntaxError, ValueError, RecursionError):
        return
    texts = _texts(pair, path, new, options)
    was = set(_replacing(before))
    for name in dict.fromkeys(each for each in _replacing(after) if each not in was):
        if any(f"{name}(" in text for text in texts):
            yield _loss(path, name, f"`{name}`, which tests beside or below it call, is replaced here by a double")
    imported, now = _imports(before), _imports(after)
    own = {node.name for node in after.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    own |= {target.id for node in after.body if isinstance(node, ast.Assign) for target in _targets(node)}
    for name, module in imported.items():
        if (module in now.values() and name not in own) or not _is_ours(pair, module, options):
            continue
        there = now.get(name, "")
        faked = there != module and any(word in there.lower().rpartition(".")[2] for word in _FAKE)
        if (name in own and name not in now) or faked:
            said = f"comes from `{there}` now" if faked else "is defined here now"
            yield _loss(path, name, f"`{name}` of `{module}`, which the tests are about, {said}")


def _targets(node: Any) -> Iterator[Any]:
    return (target for target in node.targets if hasattr(target, "id"))


def _texts(pair: Pair, path: str, own: str, options: Mapping[str, Any]) -> list[str]:
    """The texts of the tests that a file bears on: its own, and for a `conftest.py` those beside and below it."""
    if not path.endswith("conftest.py"):
        return [own]
    folder = path[: path.rfind("/") + 1]
    paths = [one for one in pair.head if one.startswith(folder) and one != path and is_test(one, options)]
    return [(pair.read_head(one) or b"").decode("utf-8", "replace") for one in sorted(paths)[:_MOST]]


def _replacing(tree: Any) -> Iterator[str]:
    """Names that a file replaces for all: in a fixture that is always used, or as it is loaded."""
    import ast

    from qualitygate.checks.safeguards.inventory.python_subject import patched

    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if any("autouse=True" in ast.unparse(mark) for mark in node.decorator_list):
                yield from patched(node)
        elif not isinstance(node, ast.ClassDef):
            yield from patched(node)


def _imports(tree: Any) -> dict[str, str]:
    import ast

    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: "." * node.level + (node.module or "") for alias in node.names})
    return found


def _is_ours(pair: Pair, module: str, options: Mapping[str, Any]) -> bool:
    """Whether a module is one of the product: a file of base that is no test has its name."""
    if not module or module[0] == ".":
        return False
    inner = module.replace(".", "/")
    ends = tuple(f"{lead}{inner}{end}" for lead in ("", "src/", "lib/") for end in (".py", "/__init__.py"))
    return any(end in pair.base and is_product(end, options) for end in ends)


def _of_javascript(path: str, old: str, new: str) -> Iterator[Loss]:
    import re

    quoted = r"[\"'`](\.[^\"'`\n]*)[\"'`]"
    mocked = rf"\b(?:vi|jest)\.(?:mock|doMock)\(\s*{quoted}\s*,"
    was = set(re.findall(mocked, old))
    for module in dict.fromkeys(re.findall(mocked, new)):
        names = _imported(new, module) if module not in was else []
        for name in names:
            asked = re.search(rf"(?:expect\(\s*(?:await\s+)?|=\s*(?:await\s+)?){re.escape(name)}\(", new)
            if asked and not re.search(rf"\b{re.escape(name)}\s*\.\s*mock|mocked\(\s*{re.escape(name)}\b", new):
                yield _loss(path, name, f"`{name}` of `{module}`, which the tests are about, is replaced by a double")
                break
    now = {name for module in re.findall(r"\bfrom\s*[\"'`]([^\"'`\n]*)", new) for name in _imported(new, module)}
    for module in dict.fromkeys(re.findall(rf"\bfrom\s*{quoted}", old)):
        gone = [name for name in _imported(old, module) if name not in now]
        for name in gone:
            if re.search(rf"(?m)^(?:const|let|var|function)\s+{re.escape(name)}\b", new):
                yield _loss(path, name, f"`{name}` of `{module}`, which the tests are about, is defined here now")


def _imported(text: str, module: str) -> list[str]:
    import re

    found = re.findall(rf"import\s+([^;'\"]*?)\s+from\s*[\"'`]{re.escape(module)}[\"'`]", text)
    return [name for names in found for name in re.findall(r"(?:\bas\s+)?([\w$]+)(?=\s*[,}}]|$)", names.strip())]
