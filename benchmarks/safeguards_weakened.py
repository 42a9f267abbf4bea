"""Weaken files of real repositories, one way at a time, and count what the checks that compare two trees tell.

    python benchmarks/safeguards_weakened.py CLONE... [--most 40] [--list]

Each way is tried on at most `--most` files of each clone's HEAD, in this process; beside it, a change of the same
files that weakens nothing, which must be silent. Nothing is written to the clones.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from hashlib import sha1
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qualitygate.checks.safeguards.product import is_product
from qualitygate.checks.safeguards.protocol import Comparer, Pair
from qualitygate.model import Entry

Change = Callable[[str], "str | None"]

_CHECKING = re.compile(
    r"\b(pytest|tox|nox|(?:npm|yarn|pnpm|bun) (?:run )?(?:test|lint|typecheck)\b|cargo (?:test|clippy)|go (?:test|vet)"
    r"|make (?:test|lint|check)|(?:mvnw?|gradlew?) .*(?:test|verify|check)|rspec|rubocop|phpunit|mypy|ruff check"
    r"|eslint|jest|vitest|dotnet test|golangci-lint run)\b"
)


class Way(NamedTuple):
    """One way to weaken files: of which check's concern, which files, how, and which rules may tell of it."""

    title: str
    check: str
    files: tuple[str, ...]
    change: Change
    rules: tuple[str, ...]


def _of_first_function(text: str, pick: Callable[[ast.arg, ast.FunctionDef], bool], new: str) -> str | None:
    """The text with the annotation of the first parameter that is picked replaced; `new` "" takes it away."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            for arg in node.args.args:
                note = arg.annotation
                if note is None or note.lineno != note.end_lineno or not pick(arg, node):
                    continue
                rows = text.split("\n")
                row = rows[note.lineno - 1].encode()
                start, end = note.col_offset, note.end_col_offset or 0
                rows.append("import typing")
                before = row[:start] if new else row[: arg.col_offset] + arg.arg.encode()
                rows[note.lineno - 1] = (before + new.encode() + row[end:]).decode()
                return "\n".join(rows)
    return None


def _plain(arg: ast.arg, node: ast.FunctionDef) -> bool:
    return arg.annotation is not None and "Any" not in ast.dump(arg.annotation)


def _no_return(text: str) -> str | None:
    found = re.search(r"(?m)^([ ]*def (?!__)\w+\([^()]*\)) -> [^:\n]+:$", text)
    return text[: found.end(1)] + ":" + text[found.end() :] if found else None


def _swap(pattern: str, new: str) -> Change:
    expression = re.compile(pattern, re.MULTILINE)

    def change(text: str) -> str | None:
        found, count = expression.subn(new, text, count=1)
        return found if count else None

    return change


def _on_check(new: Callable[[str, str], list[str]]) -> Change:
    """Change the first line that runs a check, given its indentation and itself."""

    def change(text: str) -> str | None:
        rows = text.split("\n")
        for number, row in enumerate(rows):
            found = re.match(r"(\s*)(- )?run: (?![|>])(.*)$", row)
            if found and _CHECKING.search(found[3]) and "||" not in row:
                rows[number : number + 1] = new(found[1] + ("  " if found[2] else ""), row)
                return "\n".join(rows)
        return None

    return change


def _lower(text: str) -> str | None:
    found = re.search(r"(?:fail[_-]under\s*[=: ]\s*|(?:branches|lines|functions|statements)\"?:\s*)(\d+)", text)
    if found is None or int(found[1]) < 2:
        return None
    return text[: found.start(1)] + str(int(found[1]) // 2) + text[found.end(1) :]


def _empty_handler(text: str) -> str | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    rows = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Pass):
            pad = rows[node.lineno - 1][: node.col_offset]
            if not pad.strip():
                rows[node.lineno - 1 : node.end_lineno] = [f"{pad}except Exception:", f"{pad}    pass"]
                return "\n".join(rows)
    return None


_TS = ("*.ts", "*.tsx")
_FLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml")
_COVERAGE = (
    "*pyproject.toml",
    "*setup.cfg",
    "*.coveragerc",
    "*package.json",
    "*jest.config.*",
    "*vitest.config.*",
    "*.nycrc*",
)
_HOOKS = (".pre-commit-config.yaml",)
WAYS = (
    Way(
        "Python: the type of a parameter is gone",
        "types",
        ("*.py",),
        lambda text: _of_first_function(text, _plain, ""),
        ("types:lost-annotation",),
    ),
    Way(
        "Python: a parameter is `Any` now",
        "types",
        ("*.py",),
        lambda text: _of_first_function(text, _plain, "typing.Any"),
        ("types:any-annotation",),
    ),
    Way("Python: the type of the result is gone", "types", ("*.py",), _no_return, ("types:lost-annotation",)),
    Way(
        "TypeScript: a parameter is `any` now",
        "types",
        _TS,
        _swap(r"(\bfunction \w+\(\w+\??: )(?!any\b)[A-Za-z.]+(?=[,)])", r"\1any"),
        ("types:any-annotation",),
    ),
    Way(
        "TypeScript: the type of a parameter is gone",
        "types",
        _TS,
        _swap(r"(\bfunction \w+\(\w+)\??: (?!any\b)[A-Za-z.]+(?=[,)])", r"\1"),
        ("types:inferred",),
    ),
    Way(
        "TypeScript: `as any`",
        "types",
        _TS,
        _swap(r"^(\s*const \w+ = [\w.]+\([\w., ]*\))(;?)$", r"\1 as any\2"),
        ("types:cast",),
    ),
    Way("Python: a handler is broad and empty now", "handlers", ("*.py",), _empty_handler, ("handlers:empty-broad",)),
    Way(
        "JavaScript: a handler is empty now",
        "handlers",
        (*_TS, "*.js"),
        _swap(r"\bcatch (\(\w+\) )?\{[^{}]*\w[^{}]*\}", r"catch \1{}"),
        ("handlers:empty-broad",),
    ),
    Way("coverage threshold halved", "settings", _COVERAGE, _lower, ("settings:coverage",)),
    Way("CI: `|| true`", "settings", _FLOWS, _on_check(lambda pad, row: [row + " || true"]), ("settings:softened",)),
    Way(
        "CI: `continue-on-error`",
        "settings",
        _FLOWS,
        _on_check(lambda pad, row: [row, f"{pad}continue-on-error: true"]),
        ("settings:softened",),
    ),
    Way(
        "CI: `if: false`",
        "settings",
        _FLOWS,
        _on_check(lambda pad, row: [row, f"{pad}if: false"]),
        ("settings:softened",),
    ),
    Way(
        "CI: a check replaced by `echo`",
        "settings",
        _FLOWS,
        _on_check(lambda pad, row: [row.partition("run: ")[0] + "run: echo ok"]),
        ("settings:ci-step", "settings:runs-fewer"),
    ),
    Way(
        "pytest in CI: `-k`",
        "settings",
        _FLOWS,
        _swap(r"^(\s*(?:- )?run: .*\bpytest\b[^|;&\n]*)$", r"\1 -k smoke"),
        ("settings:deselected",),
    ),
    Way(
        "a hook removed",
        "settings",
        _HOOKS,
        _swap(r"\n\s+- id: [\w-]+[ ]*(?=\n\s*(?:- |\Z))", ""),
        ("settings:hook-removed",),
    ),
    Way(
        "a hook moved to `manual`",
        "settings",
        _HOOKS,
        _swap(r"^(\s+)- id: ([\w-]+)[ ]*$", r"\1- id: \2\n\1  stages: [manual]"),
        ("settings:hook-softened",),
    ),
    Way(
        "package.json: tests cannot fail",
        "settings",
        ("*package.json",),
        _swap(
            r'("test": "[^"|]*\b(?:jest|vitest|mocha|ava|tap|node --test|nyc|turbo|eslint|npm|pnpm|yarn)\b[^"|]*)"',
            r'\1 || true"',
        ),
        ("settings:softened",),
    ),
    Way(
        "tsconfig: `strict` off",
        "settings",
        ("*tsconfig*.json",),
        _swap(r'"strict":\s*true', '"strict": false'),
        ("settings:linter",),
    ),
    Way(
        "mypy: `strict` off",
        "settings",
        ("*pyproject.toml", "*setup.cfg", "*mypy.ini"),
        _swap(r"^strict = [tT]rue", "strict = false"),
        ("settings:linter",),
    ),
    Way(
        "ruff: one more rule ignored",
        "settings",
        ("*pyproject.toml", "*ruff.toml"),
        _swap(r"^(ignore = \[)", r'\1"XYZ999", '),
        ("settings:linter",),
    ),
    Way(
        "addopts: `--ignore`",
        "settings",
        ("*pyproject.toml", "*pytest.ini", "*setup.cfg"),
        _swap(r"""^(addopts\s*=\s*"?(?!\[)[^"\n\[]+)""", r"\1 --ignore=tests/hard"),
        ("settings:deselected",),
    ),
)


def _harmless(path: str, text: str) -> str:
    """A change that weakens nothing: a comment, or an empty line, in front."""
    if path.endswith(".json") or path.endswith("rc"):
        return "\n" + text
    return ("// more\n" if path.endswith((".ts", ".tsx", ".js", ".mjs", ".cjs")) else "# more\n") + text


def _pair(check: Comparer, files: Mapping[str, str], path: str, text: str) -> Pair:
    sides = [dict(files), {**files, path: text}]
    data = [{name: body.encode("utf-8", "surrogateescape") for name, body in side.items()} for side in sides]
    trees = [{name: Entry("100644", sha1(body).hexdigest()) for name, body in side.items()} for side in data]

    def facts(side: Mapping[str, bytes]) -> Callable[[str], Any]:
        return lambda name: check.extract(name, side[name], {}) if name in side else None

    return Pair(trees[0], trees[1], frozenset((path,)), {}, facts(data[0]), facts(data[1]), data[0].get, data[1].get)


def _files(clone: str, check: Comparer) -> Iterator[tuple[str, str]]:
    def git(*args: str) -> bytes:
        return subprocess.run(["git", "-C", clone, *args], stdout=subprocess.PIPE, check=True).stdout

    for path in git("ls-tree", "-r", "-z", "--name-only", "HEAD").decode("utf-8", "surrogateescape").split("\0")[:-1]:
        if check.wants(path) and "node_modules/" not in path:
            data = git("show", f"HEAD:{path}")
            if len(data) < 200_000:
                yield path, data.decode("utf-8", "surrogateescape")


def main() -> int:
    """Print one row per way: tried, told, told by a rule that stops an agent; and what was told of harmless changes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", nargs="+")
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--list", action="store_true", help="print every one that was missed")
    given = parser.parse_args()
    counts: dict[str, list[int]] = {way.title: [0, 0, 0, 0] for way in WAYS}
    for name in dict.fromkeys(way.check for way in WAYS):
        check = cast(Comparer, import_module(f"qualitygate.checks.safeguards.{name}"))
        stops = {rule.name for rule in check.rules if rule.agent == "block"}
        for clone in given.clones:
            files = dict(_files(clone, check))
            # A comparer of types and handlers reads what changed alone; settings may have moved to any other file.
            for way in (way for way in WAYS if way.check == name):
                tried = 0
                for path, text in files.items():
                    if tried == given.most or not any(fnmatchcase(path, pattern) for pattern in way.files):
                        continue
                    if "cast" in way.rules[0] and not is_product(path):
                        continue
                    weaker = way.change(text)
                    if weaker is None or weaker == text:
                        continue
                    tried += 1
                    around = files if name == "settings" else {path: text}
                    told = {one.rule for one in check.compare(_pair(check, around, path, weaker), {}).findings}
                    noise = check.compare(_pair(check, around, path, _harmless(path, text)), {}).findings
                    row = counts[way.title]
                    row[0] += 1
                    row[1] += bool(told & set(way.rules))
                    row[2] += bool(told & set(way.rules) & stops)
                    row[3] += bool(noise)
                    if given.list and (not told & set(way.rules) or noise):
                        print(f"missed: {way.title}: {clone}: {path}: {sorted(told)} {[one.message for one in noise]}")
    print("| way | tried | told | stops an agent | harmless change told |")
    print("|---|---|---|---|---|")
    for title, row in counts.items():
        print(f"| {title} | {row[0]} | {row[1]} | {row[2]} | {row[3]} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
