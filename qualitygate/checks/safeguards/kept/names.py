"""Names that a file defines and names that a test uses, each in the form in which one can be the other.

`f`: a function, class or constant; `.f`: a member, or a name that a module hands out; `f=`: a parameter; `"f"`: a
word between quotes, which is how options of a command line, routes, keys and headers are defined.
"""

from __future__ import annotations

import re

from qualitygate.checks.safeguards.inventory.places import language

_STRINGS = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
_QUOTED = re.compile(r"""(["'`])([\w./:@$*<>{}-]{3,60})\1""")
_FREE = re.compile(
    r"""\b(export\s+)?(?:default\s+)?(?:async\s+)?(?:pub(?:\([\w\s]*\))?\s+)?
    (?:function\*?|class|interface|type|enum|const|let|var|fn|func|struct|trait|mod|def|val|fun|object|record|union|macro_rules!)
    \s+(?:\([^()]*\)\s*)?(?:self\.)?([\w$]+)(?!\s*=\s*(?:await\s+)?(?:require|import)\s*\()""",
    re.VERBOSE,
)
_MEMBER = re.compile(
    r"""\.([\w$]+)\s*=(?![=>])
    |\bdefine(?:Property|Getter)\w*\(\s*[\w.]+\s*,\s*["']([\w$]+)
    |^\s*(?:[\w<>\[\],.?]+\s+)*([\w$]+)\s*(?:<[^<>]*>)?\([^()]*\)\s*(?:->[^{;]+|:[^{;=]+|throws\s[\w,\s.]+)?\{
    |^\s*(?:(?:readonly|public|private|protected|static|pub|final)\s+)*([\w$]+)\??\s*:(?!:)""",
    re.VERBOSE | re.MULTILINE,
)
_NOT_NAMES = frozenset(
    ("if", "for", "while", "switch", "catch", "function", "return", "match", "case", "default", "new")
)
_USED = re.compile(r"(\.\s*)?([A-Za-z_$][\w$]*)(\s*=(?![=>]))?")
_LEAST = 3


def used(source: str) -> set[str]:
    """The forms in which a test uses names."""
    found = {f'"{word}"' for _, word in _QUOTED.findall(source)}
    for dot, name, equals in _USED.findall(source):
        if len(name) >= _LEAST:
            found.add(f".{name}" if dot else name)
            if equals and not dot:
                found.add(f"{name}=")
    return found


def defined(data: bytes | None, path: str, *, imported: bool = False) -> set[str]:
    """The forms of what a file defines; with `imported` also of what it only hands on."""
    if data is None:
        return set()
    text = data.decode("utf-8", "replace")
    found = {f'"{word}"' for _, word in _QUOTED.findall(text)}
    if language(path) == "python":
        return found | _defined_in_python(text, imported=imported)
    if language(path) == "rust":
        from qualitygate.checks.safeguards.inventory.rust import product_words

        text = "\n".join(product_words(text))
        found = {f'"{word}"' for _, word in _QUOTED.findall(text)}
    text = _STRINGS.sub(" ", text)
    for exported, name in _FREE.findall(text):
        found.add(name)
        if exported or language(path) != "javascript":
            found.add(f".{name}")
    for names in _MEMBER.findall(text):
        found.update(f".{name}" for name in names if name and name not in _NOT_NAMES)
    return found


def _defined_in_python(text: str, *, imported: bool) -> set[str]:
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.update((node.name, f".{node.name}"))
        elif isinstance(node, ast.arg):
            found.add(f"{node.arg}=")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.update((node.target.id, f".{node.target.id}", f"{node.target.id}="))  # a field of a dataclass, too
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(f".{node.attr}")
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.update((node.id, f".{node.id}"))
        elif imported and isinstance(node, ast.alias):
            name = (node.asname or node.name).rpartition(".")[2]
            found.update((name, f".{name}"))
    return found
