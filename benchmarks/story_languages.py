"""Defects for what is not Python: a few lines, laid out as the file is, put between two of its definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.story_asking import switched_on
from benchmarks.story_tree import Defect, Found

SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
SLASHES = (*SCRIPTS, ".go", ".rs", ".java")
"""Files whose comments begin with two slashes."""
SHELL = (".sh", ".bash", ".bats")
HASHES = (".py", *SHELL, ".tf", ".yml", ".yaml", ".toml")
"""Files whose comments begin with a hash."""

_NOT_SOURCE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|testing|docs?|examples?|scripts|tools|vendor|third_?party|fixtures|testdata|"
    r"dist|public|playground|e2e|\.[^/]*)/|[.-](?:test|spec|config|stories|min|d)\.[cm]?[jt]sx?$|_test\.go$|\.gen\.ts$"
)
TEST_FILE = re.compile(r"[.-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|/)(?:tests?|__tests__)/.*\.[cm]?[jt]sx?$")
CALL = re.compile(rb"(?m)^\s*(it|test)\(")
"""Where a test of JavaScript begins."""
_LINES = 4000
# A closing bracket alone at the margin, a blank line, and something that begins at the margin.
_GAP = re.compile(rb"(?m)^[})\]]+;?\r?\n\r?\n(?=[A-Za-z#/])")
# Comments that have to stay on top: of tools, of builds, of lawyers.
_ON_TOP = re.compile(rb"(?i)go:build|\+build|@ts-|eslint|@jest|@vitest|licen[cs]e|copyright|shellcheck|biome|prettier")
_OF_THE_NEXT = re.compile(rb"next-line|@ts-(?:ignore|expect-error)|prettier-ignore|biome-ignore ")
_STATEMENT = re.compile(r"\s*(?:import|export .* from|const|let|var|return|throw|await|expect|[\w.]+\().*\S")


class Hosts(NamedTuple):
    """Where code can be put: a folder, and its tracked files that are no tests, examples or settings of tools."""

    root: Path
    tracked: Sequence[str]

    def read(self, path: str) -> bytes:
        """What is in a file."""
        return (self.root / path).read_bytes()

    def of(self, *kinds: str, tests: bool = False) -> list[str]:
        """Files by what their names end in, first kinds first, then the longest: they repeat themselves most."""
        found = [path for path in self.tracked if path.endswith(kinds) and (self.root / path).is_file()]
        sources = [path for path in found if not _NOT_SOURCE.search(path)]
        found = found if tests else sources
        lines = {path: self.read(path).count(b"\n") for path in found}
        order = {kind: n for n, kind in enumerate(kinds)}
        found = [path for path in found if 0 < lines[path] <= _LINES]
        return sorted(found, key=lambda path: (order[f".{path.rsplit('.', 1)[-1]}"], -lines[path]))


def put(data: bytes, text: str) -> tuple[bytes, int]:
    """The file with `text` and a blank line between two definitions, or at its end; and the line where it begins."""
    end = b"\r\n" if b"\r\n" in data[:400] else b"\n"
    added = text.strip("\n").encode().replace(b"\n", end) + end
    gaps = [found.end() for found in _GAP.finditer(data)]
    if gaps:
        at = gaps[-1]
        return data[:at] + added + end + data[at:], data[:at].count(b"\n") + 1
    data = data.rstrip() + end + end
    return data + added, data.count(b"\n") + 1


class Layout(NamedTuple):
    """How a script is laid out: what ends its statements, what indents, what quotes."""

    end: str
    indent: str
    quote: str


def layout(data: bytes) -> Layout:
    """Told by what most of its lines do."""
    lines = data.decode("utf-8", "replace").splitlines()
    # Types and tables have lines that end in a quote, too: only statements tell.
    statements = [line.rstrip() for line in lines if _STATEMENT.match(line)]
    ended = sum(line.endswith(";") for line in statements)
    open_ended = sum(line.endswith((")", '"', "'")) for line in statements)
    indents = [found[0] for line in lines if (found := re.match(r"\t|  (?=\S)|    (?=\S)", line))]
    indent = max(set(indents), key=indents.count) if indents else "  "
    # What is nested deeply has few lines of one step.
    indent = "  " if indent == "    " and indents.count("  ") * 10 > len(indents) else indent
    text = data.decode("utf-8", "replace")
    return Layout("" if open_ended > ended else ";", indent, "'" if text.count("'") > text.count('"') else '"')


def placed(hosts: Hosts, path: str, broken: str, mended: str, line: int, rule: str) -> Defect:
    """One text or the other between two definitions of a file; the finding is `line` lines below its first."""
    data = hosts.read(path)
    text, first = put(data, broken)
    return Defect("", path, text, put(data, mended)[0], Found(path, first + line, rule))


def _statement(
    hosts: Hosts, kinds: Sequence[str], broken: str, mended: str, rule: str, *, anywhere: bool = True
) -> Iterator[Defect]:
    """One statement of JavaScript, ended as the file ends its own; in a test where there is nothing else."""
    for path in (hosts.of(*kinds) or (hosts.of(*kinds, tests=True) if anywhere else []))[:1]:
        end = layout(hosts.read(path)).end
        yield placed(hosts, path, broken + end, mended if mended.startswith("//") else mended + end, 0, rule)


def _debugger(rule: str) -> Callable[[Hosts], Iterator[Defect]]:
    # What takes its place is laid out well in every style.
    return lambda hosts: _statement(hosts, SCRIPTS, "debugger", "// A story without it.", rule)


_ESLINT = (
    ("no-debugger", SCRIPTS, "debugger", "// A story without it."),
    ("no-dupe-keys", SCRIPTS, "Object.freeze({ a: 1, a: 2 })", "Object.freeze({ a: 1, b: 2 })"),
    ("react/jsx-key", (".jsx", ".tsx", ".js"), "Object.freeze([<b />, <i />])", "Object.freeze([])"),
    ("no-eval", SCRIPTS, "eval(process.title)", "Object.freeze([])"),
    ("eqeqeq", SCRIPTS, "Boolean(Object == Array)", "Boolean(Object === Array)"),
    ("no-unused-vars", SCRIPTS, "function story() {}", "// A story without it."),
    ("@typescript-eslint/no-unused-vars", SCRIPTS, "function story() {}", "// A story without it."),
)


def _eslint(hosts: Hosts) -> Iterator[Defect]:
    """The first of these rules that the project has switched on, as its own eslint says."""
    for rule, kinds, broken, mended in _ESLINT:
        path = next(iter(hosts.of(*kinds)), None)
        if path is not None and rule in switched_on(hosts.root, path):
            if rule.endswith("no-unused-vars") and not layout(hosts.read(path)).end:
                continue
            if rule.endswith("no-unused-vars"):
                yield placed(hosts, path, broken, mended, 0, f"eslint:{rule}")
            else:
                yield from _statement(hosts, kinds, broken, mended, f"eslint:{rule}")
            return


def _types(hosts: Hosts) -> Iterator[Defect]:
    modules = [
        path for path in hosts.of(".ts", ".mts", ".tsx") if re.search(rb"(?m)^(?:import|export)\b", hosts.read(path))
    ]
    for path in modules[:1]:
        data = hosts.read(path)
        # Checks of two folders may look at one file.
        name, end = f"storyCount{data.count(b'const storyCount') or ''}", layout(data).end
        yield placed(
            hosts, path, f"export const {name}: string = 1{end}", f"export const {name} = 1{end}", 0, "tsc:TS2322"
        )


def _spaced(rule: str) -> Callable[[Hosts], Iterator[Defect]]:
    return lambda hosts: _statement(hosts, SCRIPTS, "Object.freeze( [1, 2] )", "Object.freeze([1, 2])", rule)


def _test(tool: str) -> Callable[[Hosts], Iterator[Defect]]:
    def make(hosts: Hosts) -> Iterator[Defect]:
        tests = [path for path in hosts.of(*SCRIPTS, tests=True) if TEST_FILE.search(path)]
        for path in [path for path in tests if CALL.search(hosts.read(path))][:1]:
            data = hosts.read(path).rstrip() + b"\n\n"
            call = CALL.search(data)
            end, indent, quote = layout(data)
            word = call[1].decode() if call else "it"
            top, bottom = f"{word}({quote}has a story{quote}, () => {{\n{indent}", f"{end}\n}}){end}\n"
            broken = data + f"{top}throw new Error({quote}story{quote}){bottom}".encode()
            mended = data + f"{top}Object.freeze([]){bottom}".encode()
            yield Defect("", path, broken, mended, Found(path, data.count(b"\n") + 2, f"{tool}:failed"))

    return make


def pattern(hosts: Hosts) -> Iterator[Defect]:
    """What none of the project's linters finds, for our rules about patterns."""
    texts = ("Object.freeze({ rejectUnauthorized: false })", "Object.freeze({ rejectUnauthorized: true })")
    return _statement(hosts, SCRIPTS, *texts, "semgrep:certificate-unchecked", anywhere=False)


def _in(kinds: Sequence[str], broken: str, mended: str, line: int, rule: str) -> Callable[[Hosts], Iterator[Defect]]:
    def make(hosts: Hosts) -> Iterator[Defect]:
        for path in (hosts.of(*kinds) or hosts.of(*kinds, tests=True))[:1]:
            yield placed(hosts, path, broken, mended, line, rule)

    return make


_MAY_WRITE = re.compile(rb"(?m)^permissions: write-all|^permissions:\r?\n(?:[ \t]+[^\n]*\n)*?[ \t]+[\w-]+: write")
_JOB = """
  story:
    runs-on: ubuntu-latest
    permissions: {}
    steps:
      - run: echo {}
"""


def _workflow(hosts: Hosts) -> Iterator[Defect]:
    """A job at the end of a workflow whose last key is `jobs`."""
    for path in hosts.of(".yml", ".yaml", tests=True):
        if not path.startswith(".github/workflows/") or path.endswith("qualitygate.yml"):
            continue
        data = hosts.read(path).rstrip() + b"\n"
        # What one job may have, a second one turns into too much.
        if (
            _MAY_WRITE.search(data)
            or re.findall(rb"(?m)^([\w-]+|\"on\"):", data)[-1:] != [b"jobs"]
            or not re.search(rb"(?m)^  \w", data)
        ):
            continue
        broken, mended = (
            data + _JOB.replace("echo {}", f"echo {text}").encode()
            for text in ("${{ github.event.issue.title }}", "hello")
        )
        yield Defect("", path, broken, mended, Found(path, data.count(b"\n") + 6, "zizmor:template-injection"))
        return


_VET = "func _() {{\n\tvar story = 1\n\t{} = story\n}}"
_CLIPPY = "fn _story(names: &[i32]) -> bool {{\n    names.{}\n}}"
_TERRAFORM = "locals {{\n  story {} 1\n}}"

KNOWN: Mapping[str, Callable[[Hosts], Iterator[Defect]]] = {
    "eslint": _eslint,
    "oxlint": _debugger("oxlint:no-debugger"),
    "biome": _debugger("biome:noDebugger"),
    "biome-format": _spaced("biome-format:unformatted"),
    "prettier": _spaced("prettier:unformatted"),
    "tsc": _types,
    **{tool: _test(tool) for tool in ("vitest", "jest", "mocha", "node-test")},
    "shellcheck": _in(SHELL, "story() { [ a = b ]; }", 'story() { [ "$1" = b ]; }', 0, "shellcheck:SC2050"),
    "shfmt": _in(SHELL, "story()   { :; }", "story() { :; }", 0, "shfmt:unformatted"),
    "gofmt": _in((".go",), "var _   = 1", "var _ = 1", 0, "gofmt:unformatted"),
    "go-vet": _in((".go",), _VET.format("story"), _VET.format("_"), 2, "go-vet:assign"),
    "rustfmt": _in((".rs",), "const _:u8 = 1;", "const _: u8 = 1;", 0, "rustfmt:unformatted"),
    "clippy": _in((".rs",), _CLIPPY.format("len() == 0"), _CLIPPY.format("is_empty()"), 1, "clippy:len_zero"),
    "zizmor": _workflow,
    "yamllint": _in((".yml", ".yaml"), "# story   ", "# story", 0, "yamllint:trailing-spaces"),
    "terraform-fmt": _in((".tf",), _TERRAFORM.format("  ="), _TERRAFORM.format("="), 1, "terraform-fmt:unformatted"),
}
"""Tool to its defects."""


def comment(path: str, text: str) -> str:
    """A line that is a comment there, or plain prose."""
    sign = "// " if path.endswith(SLASHES) else "# " if path.endswith(HASHES) else ""
    return f"{sign}{text}"


def moved(path: str, data: bytes) -> bytes | None:
    """The file with a comment and a blank line near its top, below what has to stay there; None for an empty one."""
    if not data.strip() or data.startswith(b"\xef\xbb\xbf") or len(data) > 500_000:
        return None
    end = b"\r\n" if b"\r\n" in data[:400] else b"\n"
    lines = data.split(b"\n")
    at = 1 if lines[0].startswith(b"#!") else 0
    first = at
    while first < len(lines) - 1 and not lines[first].strip():
        first += 1
    last = _comment_ends(lines, first)
    if last > first and _OF_THE_NEXT.search(lines[last - 1]):
        last = first
    if last > first and _ON_TOP.search(b"\n".join(lines[first:last])):
        at = last
    elif at and not lines[at].strip():
        at = first
    before = b"".join(line + b"\n" for line in lines[:at])
    apart = end if at and lines[at - 1].strip() and not lines[at - 1].startswith(b"#!") else b""
    rest = b"\n".join(lines[at:])
    blank = b"" if rest.startswith((b"\n", b"\r\n")) else end
    return before + apart + comment(path, "A story begins.").encode() + end + blank + rest


def _comment_ends(lines: Sequence[bytes], first: int) -> int:
    """The line after the comments that begin in line `first`, counted from 0; `first` itself where there is none."""
    at = first
    while at < len(lines):
        line = lines[at].strip()
        if line.startswith(b"/*"):
            while at < len(lines) and b"*/" not in lines[at]:
                at += 1
            at += 1
            continue
        apart = not line and at > first and at + 1 < len(lines) and lines[at + 1].startswith((b"/*", b"//"))
        if not apart and (not line.startswith((b"//", b"#")) or line.startswith((b"#[", b"#!["))):
            break
        at += 1
    return at
