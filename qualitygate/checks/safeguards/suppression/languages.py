"""Which language the text of a file is in, by its name; for one without an ending by its first line."""

from __future__ import annotations

_ENDINGS = {
    "python": "py pyi pyw",
    "javascript": "js jsx mjs cjs ts tsx mts cts",
    "component": "vue svelte astro",
    "shell": "sh bash zsh ksh bats",
    "yaml": "yml yaml",
    "json": "jsonc json5",
    "hash": "toml ini cfg conf env properties mk",
    "dockerfile": "dockerfile containerfile",
    "hcl": "tf tfvars hcl tofu",
    "markdown": "md markdown mdx",
    "html": "html htm xml",
    "css": "css scss less",
    "go": "go",
    "rust": "rs",
    "ruby": "rb rake gemspec ru",
    "java": "java",
    "kotlin": "kt kts",
    "scala": "scala sc groovy gradle",
    "csharp": "cs",
    "c": "c h cc cpp cxx hpp hh hxx m mm cu",
    "php": "php phtml",
    "swift": "swift",
    "sql": "sql",
}
_BY_ENDING = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}
_NAMES = {
    **dict.fromkeys(("Dockerfile", "Containerfile"), "dockerfile"),
    **dict.fromkeys(("Gemfile", "Rakefile", "Guardfile", "Podfile", "Fastfile", "Vagrantfile"), "ruby"),
    **dict.fromkeys(("Makefile", "GNUmakefile", ".env", ".editorconfig"), "hash"),
    **dict.fromkeys((".bashrc", ".profile", ".zshrc"), "shell"),
}
_PROGRAMS = (("python", "python"), ("node", "javascript"), ("deno", "javascript"), ("ruby", "ruby"), ("sh", "shell"))

LANGUAGES = (*_ENDINGS,)


def by_name(path: str) -> str:
    """The language of a file; `?` for one whose first line has to say, "" for one that is in none known here."""
    name = path.rpartition("/")[2]
    if name in _NAMES:
        return _NAMES[name]
    stem, dot, ending = name.rpartition(".")
    if dot and stem:
        return _BY_ENDING.get(ending.lower(), _NAMES.get(stem, "") if stem == "Dockerfile" else "")
    return "" if dot or name.isupper() else "?"


def by_first_line(data: bytes) -> str:
    """The language that a `#!` names; "" without one that is known."""
    if not data.startswith(b"#!"):
        return ""
    words = data[2:200].partition(b"\n")[0].decode("latin-1").replace("/", " ").split()
    for word in words:
        for program, language in _PROGRAMS:
            if word.startswith(program) or (program == "sh" and word in ("bash", "dash", "zsh", "ksh", "bats")):
                return language
    return ""
