"""Random edit scripts over real files, with or without an injected violation: does the verdict equal the injection?

    python benchmarks/edit_scripts.py FOLDER... [--runs N] [--seed N] [--show N]

All is done in memory, with a tool that looks at single lines, so that thousands run in minutes. FOLDERs hold
sources in Python or TypeScript. What differs from the expected is printed with its seed; `--seed S --runs 1` plays
that one again.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qualitygate.gate.editing import hunks
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.matching import Delta, Side
from qualitygate.gate.ratchet import Judgement, judge
from qualitygate.model import Finding

SMALLEST, LARGEST = 30, 700
"""Lines of a file that takes part."""


class Language(NamedTuple):
    """What is wrong on a line (a group is the place), how it is mended, and what a script needs to write code."""

    end: str
    rules: Mapping[str, str]
    cure: tuple[tuple[str, str], ...]
    bad: Mapping[str, str]
    clean: str
    header: re.Pattern[str]
    wrap: tuple[str, str]
    comment: str


PYTHON = Language(
    end="py",
    rules={
        "raise": r"\b(raise) \w+\(",
        "not": r"\bif (not) ",
        "none": r"[!=]= (None)\b|is (?:not )?(None)\b",
        "str": r"\b(str)\(",
        "self": r"^\s+(self)\.\w+ = ",
        "doc": r"^\s*(?:async )?def (\w+)",
    },
    cure=(
        ("raise (?=\\w)", "mended."),
        (r"\bif not ", "if "),
        (r"\bNone\b", "nil"),
        (r"\bstr\(", "text("),
        (r"\bself\.(?=\w+ = )", ""),
    ),
    bad={
        "raise": "raise Fresh{n}(1)",
        "not": "if not fresh{n}: pass",
        "none": "fresh{n} = other{n} == None",
        "str": "fresh{n} = str(other{n})",
    },
    clean='def clean{n}(a, b):  # noqa: doc\n    """Add."""\n    return a + b + {n}\n\n\n',
    header=re.compile(r"^(?:async )?(?:def|class) |^@"),
    wrap=("if True:\n", ""),
    comment="#",
)
TYPESCRIPT = Language(
    end="ts",
    rules={
        "any": r": (any)\b",
        "as": r"\b(as) \w+",
        "let": r"\b(let) \w+",
        "throw": r"\b(throw) new ",
        "bang": r"(?:if|return|=) \(?(!)\w+",
        "strict": r"[^=!](==) ",
    },
    cure=(
        (r": any\b", ": unknown"),
        (r"\bas (?=\w)", "satisfies "),
        (r"\blet (?=\w)", "const "),
        (r"\bthrow new ", "report "),
        (r"!(?=\w)", ""),
        (r"(?<=[^=!])==(?= )", "==="),
    ),
    bad={
        "any": "const fresh{n}: any = other{n};",
        "let": "let fresh{n} = other{n};",
        "throw": "throw new Fresh{n}(1);",
        "strict": "const fresh{n} = other{n} == 1;",
    },
    clean="export function clean{n}(a: number, b: number): number {{\n  return a + b + {n};\n}}\n\n",
    header=re.compile(r"^(?:export |default |async |abstract )*(?:function|class|interface|type|const|enum) "),
    wrap=("namespace Wrapped {\n", "}\n"),
    comment="//",
)
LANGUAGES = (PYTHON, TYPESCRIPT)
Files = dict[str, str]


def findings(language: Language, files: Files) -> tuple[Finding, ...]:
    """One for every place that a rule matches; comments and documentation count like code."""
    found = []
    for path, text in files.items():
        rows = re.split(r"\r?\n", text)
        for number, row in enumerate(rows, 1):
            for rule, pattern in language.rules.items():
                if rule == "doc" and ("# noqa: doc" in row or '"""' in "".join(rows[number : number + 2])):
                    continue
                for hit in re.finditer(pattern, row):
                    at = hit.start(hit.lastindex or 0) + 1
                    found.append(Finding("lines", rule, path, number, at, number, at + 1, f"{rule} on line {number}"))
    return tuple(found)


def blocks(language: Language, text: str) -> list[str]:
    """A file cut in front of every definition at its top level; decorators stay with what they decorate."""
    cut: list[list[str]] = [[]]
    last = ""
    for row in text.splitlines(keepends=True):
        if language.header.match(row) and not last.startswith("@") and cut[-1]:
            cut.append([])
        cut[-1].append(row)
        last = row
    return ["".join(rows) for rows in cut]


class Play:
    """Files on their way from base to head, where they came from, and what was injected."""

    def __init__(self, language: Language, base: Files, random: Random) -> None:
        self.language, self.random = language, random
        self.base, self.head = base, dict(base)
        self.came: dict[str, str] = {path: path for path in base}
        self.injected: Counter[str] = Counter()
        self.told: list[str] = []
        self.number = 0

    def fresh(self) -> int:
        self.number += 1
        return self.random.randrange(10**6) * 100 + self.number

    def pick(self) -> str:
        return self.random.choice(sorted(self.head))

    def blocks(self, path: str) -> list[str]:
        return blocks(self.language, self.head[path])

    def put(self, path: str, parts: Iterable[str]) -> None:
        self.head[path] = "".join(part if part.endswith("\n") else part + "\n" for part in parts)

    def bad_rows(self, path: str) -> list[int]:
        return sorted({f.line - 1 for f in findings(self.language, {path: self.head[path]})})


# Edits that leave the debt as it is, or less


def insert_above(play: Play) -> None:
    path = play.pick()
    parts = play.blocks(path)
    at = play.random.randrange(1, len(parts) + 1)
    parts[at:at] = [play.language.clean.format(n=play.fresh()) for _ in range(play.random.randint(1, 5))]
    play.put(path, parts)


def swap_blocks(play: Play) -> None:
    path = play.pick()
    parts = play.blocks(path)
    if len(parts) > 3:
        one, other = play.random.sample(range(1, len(parts)), 2)
        parts[one], parts[other] = parts[other], parts[one]
        play.put(path, parts)


def move_block(play: Play) -> None:
    path, other = play.pick(), play.pick()
    parts = play.blocks(path)
    if path == other or len(parts) < 3:
        return
    block = parts.pop(play.random.randrange(1, len(parts)))
    play.put(path, parts)
    play.put(other, [*play.blocks(other), "\n", block])


def split_file(play: Play) -> None:
    path = play.pick()
    parts = play.blocks(path)
    if len(parts) > 4:
        at = len(parts) // 2
        play.put(path, parts[:at])
        play.put(f"half{play.fresh()}.{play.language.end}", parts[at:])


def delete_block(play: Play) -> None:
    path = play.pick()
    parts = play.blocks(path)
    if len(parts) > 2:
        parts.pop(play.random.randrange(1, len(parts)))
        play.put(path, parts)


def rename_file(play: Play) -> None:
    path = play.pick()
    if path in play.came:
        new = f"renamed{play.fresh()}.{play.language.end}"
        play.head = {new if name == path else name: text for name, text in play.head.items()}
        play.came[new] = play.came.pop(path)


def indent_file(play: Play) -> None:
    path = play.pick()
    opening, end = play.language.wrap
    play.head[path] = opening + re.sub(r"(?m)^(?=.)", "    ", play.head[path]) + end


def convert_line_endings(play: Play) -> None:
    path = play.pick()
    play.head[path] = play.head[path].replace("\r\n", "\n").replace("\n", "\r\n")


def edit_clean_lines(play: Play) -> None:
    path = play.pick()
    rows, bad = play.head[path].splitlines(keepends=True), set(play.bad_rows(path))
    good = [n for n, row in enumerate(rows) if n not in bad and re.search(r"\b[a-z]{4,}\b", row)]
    for n in play.random.sample(good, min(len(good), play.random.randint(1, 4))):
        edited = re.sub(r"\b[a-z]{4,}\b", f"changed{play.fresh()}", rows[n], count=1)
        if not play.language.header.match(rows[n]) and '"""' not in rows[n]:
            rows[n] = edited
    play.head[path] = "".join(rows)


def comment_lines(play: Play) -> None:
    path = play.pick()
    rows = play.head[path].splitlines(keepends=True)
    for n in play.random.sample(range(len(rows)), min(len(rows), 3)):
        if rows[n].strip() and not re.search(r"""["'`\\]""", rows[n]):
            rows[n] = f"{rows[n].rstrip()}  {play.language.comment} seen{play.fresh()}\n"
    play.head[path] = "".join(rows)


def fix_some(play: Play) -> None:
    path = play.pick()
    rows, bad = play.head[path].splitlines(keepends=True), play.bad_rows(path)
    for n in play.random.sample(bad, min(len(bad), play.random.randint(1, 3))):
        if not re.match(r"\s*(async )?def ", rows[n]):
            for pattern, cured in play.language.cure:
                rows[n] = re.sub(pattern, cured, rows[n])
    play.head[path] = "".join(rows)


KEEP = (
    *(insert_above, swap_blocks, move_block, split_file, rename_file, indent_file, convert_line_endings),
    *(edit_clean_lines, comment_lines),
)
LESSEN = (delete_block, fix_some)


# Violations


def _places(play: Play, path: str) -> list[int]:
    """Rows that plain statements stand on, below which another one may stand."""
    rows = play.head[path].splitlines()
    return [n for n, row in enumerate(rows) if re.match(r"\s+[\w.]+ = [\w.()]+;?$", row.rstrip())]


def inject_line(play: Play) -> None:
    path = play.pick()
    places = _places(play, path)
    if not places:
        return
    rows = play.head[path].splitlines(keepends=True)
    at = play.random.choice(places)
    rule = play.random.choice(sorted(play.language.bad))
    indent = rows[at][: len(rows[at]) - len(rows[at].lstrip())]
    rows.insert(at + 1, f"{indent}{play.language.bad[rule].format(n=play.fresh())}\n")
    play.head[path] = "".join(rows)
    play.injected[rule] += 1


def inject_swap(play: Play) -> None:
    """One is mended, one of the same rule is put elsewhere: the sum is what it was."""
    path = play.pick()
    before = Counter(f.rule for f in findings(play.language, play.head))
    fix_some(play)
    gone = before - Counter(f.rule for f in findings(play.language, play.head))
    if set(gone) & set(play.language.bad):
        play.told.append(f"mended {dict(gone)}")
    del path
    inject_line(play)


def inject_copy_of_line(play: Play) -> None:
    path = play.pick()
    rows, bad = play.head[path].splitlines(keepends=True), play.bad_rows(path)
    bad = [
        n
        for n in bad
        if re.fullmatch(r"\s+[^\s#/*@].*[\w);]\s*", rows[n]) and not re.match(r"\s*(async )?def ", rows[n])
    ]
    if not bad:
        return
    at = play.random.choice(bad)
    before = Counter(f.rule for f in findings(play.language, {path: play.head[path]}))
    rows.insert(at + 1, rows[at])
    play.head[path] = "".join(rows)
    play.injected += Counter(f.rule for f in findings(play.language, {path: play.head[path]})) - before


def inject_copy_of_block(play: Play) -> None:
    path, other = play.pick(), play.pick()
    parts = play.blocks(path)
    if len(parts) < 2:
        return
    block = play.random.choice(parts[1:])
    copy = re.sub(r"\b(def|class|function|interface|type|const) (\w+)", rf"\1 copied{play.fresh()}", block, count=1)
    before = Counter(f.rule for f in findings(play.language, play.head))
    play.put(other, [*play.blocks(other), "\n", copy])
    play.injected += Counter(f.rule for f in findings(play.language, play.head)) - before


INJECT = (inject_line, inject_swap, inject_copy_of_line, inject_copy_of_block)
COPIES = (inject_copy_of_line, inject_copy_of_block)


def script(language: Language, base: Files, random: Random) -> Play:
    """A random edit of these files. What is copied is not mended as well: nobody could tell that from a move."""
    play = Play(language, base, random)
    inject = random.choice(INJECT) if random.random() < 0.5 else None
    edits = KEEP if inject in COPIES else (*KEEP, *LESSEN)
    for edit in (random.choice(edits) for _ in range(random.randint(0, 4))):
        edit(play)
        play.told.append(edit.__name__)
    if inject is not None:
        inject(play)
        play.told.append(inject.__name__)
    return play


def verdict(play: Play) -> Judgement:
    """What the ratchet says of it."""
    renames = {new: old for new, old in play.came.items() if new != old}

    def line_map(path: str) -> LineMap | None:
        old = play.came.get(path)
        if old is None or old not in play.base:
            return None
        pair = (play.base[old].encode(), play.head[path].encode())
        return LineMap(hunks(*pair, ignore_space=True))

    def side(files: Files) -> Side:
        return Side(findings(play.language, files), lambda path: files[path].encode() if path in files else None)

    def same(path: str) -> bool:
        return play.base.get(play.came.get(path, "")) == play.head.get(path)

    return judge("ratchet", [(side(play.base), Delta(renames, line_map, same))], side(play.head))


class Wrong(NamedTuple):
    """A script whose verdict does not equal what was injected."""

    seed: int
    told: tuple[str, ...]
    injected: Counter[str]
    new: tuple[Finding, ...]
    play: Play

    @property
    def kind(self) -> str:
        found = Counter(f.rule for f in self.new)
        return "missed" if self.injected - found else "false"


def run(corpus: Mapping[str, Sequence[tuple[str, str]]], seeds: Iterable[int]) -> tuple[int, int, list[Wrong]]:
    """Play scripts; returns how many ran, how many of them injected something, and the wrong ones."""
    count = injected = 0
    wrong = []
    for seed in seeds:
        random = Random(seed)
        language = random.choice([one for one in LANGUAGES if corpus.get(one.end)])
        chosen = random.sample(list(corpus[language.end]), min(random.randint(1, 3), len(corpus[language.end])))
        play = script(language, dict(chosen), random)
        found = verdict(play)
        count += 1
        injected += bool(play.injected)
        if Counter(f.rule for f in found.new) != play.injected or found.unaccounted:
            wrong.append(Wrong(seed, tuple(play.told), play.injected, found.new, play))
    return count, injected, wrong


def read(folders: Iterable[Path]) -> dict[str, list[tuple[str, str]]]:
    """Sources of both languages below these folders, by their ending: a name and the text."""
    corpus: dict[str, list[tuple[str, str]]] = {}
    for folder in folders:
        for language in LANGUAGES:
            for path in sorted(folder.rglob(f"*.{language.end}")):
                text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
                if SMALLEST <= text.count("\n") <= LARGEST:
                    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                    corpus.setdefault(language.end, []).append((name, text))
    return corpus


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=10)
    args = parser.parse_args()
    start = time.monotonic()
    corpus = read(args.folders)
    count, injected, wrong = run(corpus, range(args.seed, args.seed + args.runs))
    for one in wrong[: args.show]:
        print(f"{one.kind}: seed {one.seed}, {', '.join(one.told)}; injected {dict(one.injected)}")
        for finding in one.new:
            row = one.play.head[finding.path].splitlines()[finding.line - 1].strip()
            print(f"    new: {finding.rule} {finding.path}:{finding.line}: {row[:100]}")
    kinds = Counter(one.kind for one in wrong)
    files = ", ".join(f"{len(some)} {end}" for end, some in sorted(corpus.items()))
    print(f"{count} scripts over {files} files, {injected} with violations: {dict(kinds) or 'none wrong'}")
    print(f"{time.monotonic() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
