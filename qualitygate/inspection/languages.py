"""What the census calls each language, and what kind of text it is."""

from __future__ import annotations

from typing import Literal

from qualitygate.frozen import NamedTuple

Sort = Literal["code", "notebook", "markup", "style", "data", "prose", "build"]
"""Only `code` and `notebook` have roles; a repository is first of all written in its `code`."""


class Known(NamedTuple):
    """A language under its display name, the `identify` tags that mean it, and its sort."""

    name: str
    sort: Sort
    tags: tuple[str, ...]


# In order: the first whose tag a file has wins (a header is tagged c, c++ and header).
LANGUAGES: tuple[Known, ...] = (
    Known("Jupyter Notebook", "notebook", ("jupyter",)),
    Known("Python", "code", ("python", "pyi")),
    Known("Cython", "code", ("cython",)),
    Known("TypeScript", "code", ("ts", "tsx")),
    Known("JavaScript", "code", ("javascript", "jsx")),
    Known("Vue", "code", ("vue",)),
    Known("Svelte", "code", ("svelte",)),
    Known("Astro", "code", ("astro",)),
    Known("CoffeeScript", "code", ("coffee",)),
    Known("C/C++ header", "code", ("header",)),
    Known("CUDA", "code", ("cuda",)),
    Known("C++", "code", ("c++",)),
    Known("Objective-C", "code", ("objective-c", "objective-c++")),
    Known("C", "code", ("c",)),
    Known("C#", "code", ("c#", "c#script")),
    Known("F#", "code", ("f#", "f#script")),
    Known("Visual Basic", "code", ("vb",)),
    Known("Rust", "code", ("rust",)),
    Known("Go", "code", ("go",)),
    Known("Java", "code", ("java",)),
    Known("Kotlin", "code", ("kotlin",)),
    Known("Scala", "code", ("scala",)),
    Known("Gradle", "build", ("gradle",)),
    Known("Groovy", "code", ("groovy",)),
    Known("Clojure", "code", ("clojure", "clojurescript")),
    Known("Ruby", "code", ("ruby",)),
    Known("PHP", "code", ("php",)),
    Known("Perl", "code", ("perl",)),
    Known("Lua", "code", ("lua", "luau")),
    Known("R", "code", ("r",)),
    Known("Julia", "code", ("julia",)),
    Known("Swift", "code", ("swift",)),
    Known("Dart", "code", ("dart",)),
    Known("Elixir", "code", ("elixir",)),
    Known("Erlang", "code", ("erlang",)),
    Known("Elm", "code", ("elm",)),
    Known("Haskell", "code", ("haskell", "literate-haskell")),
    Known("OCaml", "code", ("ocaml",)),
    Known("Nim", "code", ("nim",)),
    Known("Zig", "code", ("zig",)),
    Known("Crystal", "code", ("crystal",)),
    Known("Fortran", "code", ("fortran",)),
    Known("Pascal", "code", ("pascal",)),
    Known("Assembly", "code", ("asm",)),
    Known("Solidity", "code", ("solidity",)),
    Known("Nix", "code", ("nix",)),
    Known("Vim script", "code", ("vim",)),
    Known("PowerShell", "code", ("powershell",)),
    Known("Batch", "code", ("batch",)),
    Known("Shell", "code", ("shell", "bats")),
    Known("SQL", "data", ("sql",)),
    Known("Prisma", "data", ("prisma",)),
    Known("GraphQL", "data", ("graphql",)),
    Known("Protocol Buffers", "data", ("proto",)),
    Known("Terraform", "build", ("terraform",)),
    Known("HCL", "build", ("hcl",)),
    Known("Dockerfile", "build", ("dockerfile",)),
    Known("Makefile", "build", ("makefile",)),
    Known("CMake", "build", ("cmake",)),
    Known("Meson", "build", ("meson",)),
    Known("Bazel", "build", ("bazel",)),
    Known("HTML", "markup", ("html", "xhtml")),
    Known("Jinja", "markup", ("jinja",)),
    Known("SCSS", "style", ("scss",)),
    Known("Sass", "style", ("sass",)),
    Known("Less", "style", ("less",)),
    Known("CSS", "style", ("css",)),
    Known("MDX", "prose", ("mdx",)),
    Known("Markdown", "prose", ("markdown", "quarto")),
    Known("reStructuredText", "prose", ("rst",)),
    Known("AsciiDoc", "prose", ("asciidoc",)),
    Known("TeX", "prose", ("tex",)),
    Known("YAML", "data", ("yaml",)),
    Known("TOML", "data", ("toml",)),
    Known("JSON", "data", ("json", "json5", "jsonld")),
    Known("XML", "data", ("xml",)),
)

# Names that `identify` files under something broader, or does not know.
# A machine's or a package list's settings in Ruby's dress make no Ruby project.
NAMES = {
    "justfile": "",
    "Jenkinsfile": "Groovy",
    ".babelrc": "JSON",
    "Dockerfile": "Dockerfile",
    "Vagrantfile": "",
    "Brewfile": "",
}
SUFFIXES = {".dockerignore": "", ".gradle": "Gradle", ".gradle.kts": "Gradle", ".svg": "", ".lock": "", ".in": ""}
PREFIXES = {"Dockerfile.": "Dockerfile", "Containerfile.": "Dockerfile"}

SORT_OF: dict[str, Sort] = {known.name: known.sort for known in LANGUAGES}
BY_TAG: dict[str, int] = {tag: at for at, known in enumerate(LANGUAGES) for tag in known.tags}


def language_of(name: str, tags: frozenset[str] | set[str]) -> str:
    """The language of a file by its base name and its `identify` tags; empty for none that is counted."""
    if name in NAMES:
        return NAMES[name]
    for suffix, language in SUFFIXES.items():
        if name.endswith(suffix):
            return language
    for prefix, language in PREFIXES.items():
        if name.startswith(prefix):
            return language
    ranks = [BY_TAG[tag] for tag in tags if tag in BY_TAG]
    return LANGUAGES[min(ranks)].name if ranks else ""
