"""What the change does to the code that the tests are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from qualitygate.checks.safeguards.inventory.places import is_product, language, suffix
from qualitygate.checks.safeguards.inventory.words import python_words
from qualitygate.checks.safeguards.protocol import Pair

if TYPE_CHECKING:
    from qualitygate.checks.safeguards.kept.touched import Part

_MOST_FILES = 3000
_TELLING = 5
"""A name of so many letters is meant where a title holds it: `TestBuildURLViewer`, `buildURL`."""
_MANIFESTS = frozenset(
    (
        *("package.json", "go.mod", "Cargo.toml", "Gemfile", "pom.xml", "build.gradle", "build.gradle.kts", "setup.py"),
        *("requirements.txt", "pyproject.toml", "setup.cfg", "libs.versions.toml"),
    )
)


class Product:
    """The product in both trees, looked at when somebody asks."""

    def __init__(self, pair: Pair, options: Mapping[str, Any]) -> None:
        self.pair = pair
        self.options = options
        self._changed: bool | None = None
        self._gone: frozenset[str] | None = None
        self._elsewhere: dict[str, bool] = {}
        self._parts: Mapping[str, Part] | None = None
        self._texts: tuple[str, ...] | None = None
        self._concerned: frozenset[str] | None = None
        self._shrunk: tuple[frozenset[str], frozenset[str]] | None = None

    def _paths(self) -> list[str]:
        return sorted(path for path in self.pair.changed if is_product(path, self.options))

    @property
    def changed(self) -> bool:
        """Whether code of the product differs in more than comments and layout."""
        if self._changed is None:
            self._changed = any(self._differs(path) for path in self._paths())
        return self._changed

    @property
    def needs_others(self) -> bool:
        """Whether the change touches what the product depends on, where behaviour may have come from."""
        return any(path.rpartition("/")[2] in _MANIFESTS for path in self.pair.changed)

    def _differs(self, path: str) -> bool:
        before, after = self.pair.read_base(path), self.pair.read_head(path)
        if before is None or after is None:
            data = before if before is not None else after
            return bool(data and _meaning(data.decode("utf-8", "replace"), path))
        texts = before.decode("utf-8", "replace"), after.decode("utf-8", "replace")
        if language(path) == "python":
            words = [[word for word in python_words(text) if word[0] != '"'] for text in texts]
            if (
                words[0] != words[1]
            ):  # more than a docstring; what follows tells those from other strings, and takes longer
                return True
        return _meaning(texts[0], path) != _meaning(texts[1], path)

    def gone(self, source: str) -> list[str]:
        """The names that this text uses, that the product defined in base and that it defines nowhere in head."""
        from qualitygate.checks.safeguards.kept.names import defined, used

        if self._gone is None:
            before: set[str] = set()
            after: set[str] = set()
            for path in self._paths():
                before |= defined(self.pair.read_base(path), path)
                after |= defined(self.pair.read_head(path), path, imported=True)
            self._gone = frozenset(before - after)
        found = sorted(name for name in self._gone & used(source) if not self._still(name))
        return list(dict.fromkeys(name.strip('.="') for name in found))

    # what the change touches

    def concerns(self, source: str) -> bool:
        """Whether this text of a test names a definition that the change touches, or one that leads to it."""
        from qualitygate.checks.safeguards.kept.touched import callers, words

        if self._concerned is None:
            found = callers(self._touched(), self._of_both())
            for path in self._paths():
                if not language(path):  # a template, a query: the words of its name stand for it
                    found |= words(path.rpartition("/")[2].partition(".")[0])
            self._concerned = found
        return not self._concerned.isdisjoint(words(source))

    def shrunk(self, source: str, title: str) -> list[str]:
        """The definitions that lost code and got next to none for it, and that this text of a test uses.

        One that half of the product uses, or that another file defines as well, counts only if the title of the test
        names it.
        """
        from qualitygate.checks.safeguards.kept.touched import callers, definitions, rare, words

        if self._shrunk is None:
            names = [name for name, part in self._touched().items() if part.shrunk]
            wide = callers(names, self._of_both(), deep=1) if names else frozenset()
            there = definitions(_decoded([path for path in self._paths() if language(path)], self.pair.read_head))
            doubtful = {name for name in names if name not in there and (self._still(name) or self._still(f".{name}"))}
            self._shrunk = wide, rare(wide - doubtful, self._of_both())
        wide, few = self._shrunk
        said = "".join(title.lower().split())
        titled = frozenset(part for word in words(title) for part in (word, *word.split("_")))
        titled |= {name for name in wide if len(name) >= _TELLING and name.lower() in said}
        return sorted((few & words(source)) | (wide & titled))

    def _touched(self) -> Mapping[str, Part]:
        from qualitygate.checks.safeguards.kept.touched import parts

        if self._parts is None:
            paths = [path for path in self._paths() if language(path)]
            self._parts = parts(_decoded(paths, self.pair.read_base), _decoded(paths, self.pair.read_head))
        return self._parts

    def _of_both(self) -> tuple[str, ...]:
        """The files of the product: both versions of those that changed, and the others."""
        if self._texts is None:
            paths = [path for path in self.pair.head if is_product(path, self.options) and language(path)]
            if len(paths) > _MOST_FILES:
                paths = [path for path in paths if path in self.pair.changed]
            gone = [path for path in self._paths() if language(path)]
            self._texts = (
                *_decoded(paths, self.pair.read_head).values(),
                *_decoded(gone, self.pair.read_base).values(),
            )
        return self._texts

    def _still(self, name: str) -> bool:
        """Whether a file that did not change defines it too."""
        found = self._elsewhere.get(name)
        if found is None:
            found = self._elsewhere[name] = self._search(name)
        return found

    def _search(self, name: str) -> bool:
        from qualitygate.checks.safeguards.kept.names import defined

        paths = [path for path in self.pair.head if path not in self.pair.changed and is_product(path, self.options)]
        if len(paths) > _MOST_FILES:
            return True
        wanted = name.strip(".=").encode()
        for path in paths:
            data = self.pair.read_head(path)
            if data is not None and wanted in data and name in defined(data, path):
                return True
        return False


def _decoded(paths: list[str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    contents = ((path, read(path)) for path in paths)
    return {path: _without_tests(data.decode("utf-8", "replace"), path) for path, data in contents if data is not None}


def _without_tests(text: str, path: str) -> str:
    if language(path) != "rust" or "test" not in text:
        return text
    from qualitygate.checks.safeguards.inventory.rust import product_text

    return product_text(text)


def _meaning(text: str, path: str) -> object:
    """A text without what only readers see."""
    kind = language(path)
    if kind == "python":
        return _python_meaning(text)
    if kind == "rust":
        from qualitygate.checks.safeguards.inventory.rust import product_words

        return product_words(text)
    if kind in ("go", "jvm", "csharp"):
        from qualitygate.checks.safeguards.inventory.braces import lex

        return lex(text, kind).words
    if kind == "javascript":
        from qualitygate import javascript_tokens

        return javascript_tokens.lex(text, jsx=suffix(path) not in (".ts", ".mts", ".cts")).tokens
    if kind == "ruby":
        return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return text.split()


def _python_meaning(text: str) -> object:
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return text
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_remark(each)]  # type: ignore[attr-defined]
    return ast.dump(tree) if tree.body else ""


def _is_remark(node: object) -> bool:
    import ast

    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
