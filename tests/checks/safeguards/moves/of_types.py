"""Types that say less, and errors that are swallowed (B3)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.checks.safeguards.moves.move import Move, Swaps, in_file

_BODY = "    value = compute(a)\n    return value + 1\n"
PY = (
    "import json\nfrom typing import Any, Protocol, cast, overload\n\n\n"
    "def f(a: int, b: list[str], *rest: str, **more: int) -> int:\n" + _BODY + "\n\n"
    "class Reader(Protocol):\n    def read(self) -> bytes: ...\n\n\n"
    "def g(path: str) -> None:\n    load(path)\n"
)
TS = """export function load(a: number, b?: Map<string, number>): Promise<Box> {
  return both(a, b)
}
export type Row = { name: string }
function work() {
  run()
}
"""
GO = "package a\n\nfunc Load(a int) (int, error) {\n\treturn run(a), nil\n}\n"
RUST = "pub fn load(a: u32) -> Result<u32, Error> {\n    run(a)\n}\n"
KOTLIN = "fun load(a: Int): Int {\n    return run(a)\n}\n"
CSHARP = "class A {\n  int Load(int a) {\n    return Run(a);\n  }\n}\n"
JAVA = "class A {\n  int load(int a) {\n    return run(a);\n  }\n}\n"
RUBY = "# typed: true\nsig { params(a: Integer).returns(Integer) }\ndef load(a)\n  run(a)\nend\n"
PLACES = {
    "Python": ("src/a.py", PY),
    "JS/TS": ("src/a.ts", TS),
    "Go": ("a.go", GO),
    "Rust": ("src/a.rs", RUST),
    "Kotlin": ("src/a.kt", KOTLIN),
    "C#": ("src/a.cs", CSHARP),
    "Java": ("src/A.java", JAVA),
    "Ruby": ("lib/a.rb", RUBY),
}
_CATCH = ("  run()", "  try {\n    run()\n  } catch {}")
_ROWS: tuple[tuple[str, str, Swaps, Swaps], ...] = (
    ("Python", "annotation dropped", (("a: int", "a"),), (("a: int", "a: float"),)),
    ("Python", "type of the result dropped", ((") -> int", ")"),), ((") -> int", ") -> float"),)),
    ("Python", "parameter becomes Any", (("a: int", "a: Any"),), (("a: int", "a: 'int'"),)),
    (
        "Python",
        "parameter becomes object",
        (("a: int", "a: object"),),
        (("a: int", "number: int"), ("compute(a)", "compute(number)")),
    ),
    ("Python", "list becomes bare", (("list[str]", "list"),), (("list[str]", "list[bytes]"),)),
    ("Python", "list of Any", (("list[str]", "list[Any]"),), (("list[str]", "Sequence[str]"),)),
    ("Python", "**more: Any", (("**more: int", "**more: Any"),), (("**more: int", "**more: float"),)),
    ("Python", "cast", (("compute(a)", "cast(int, compute(a))"),), (("compute(a)", "int(compute(a))"),)),
    (
        "Python",
        "Any in a new function",
        (("class Reader", "def h(x: Any) -> Any: ...\n\n\nclass Reader"),),
        (("class Reader", "def h(x: int) -> int: ...\n\n\nclass Reader"),),
    ),
    (
        "Python",
        "Any in a new alias",
        (("class Reader", "Loose = dict[str, Any]\n\n\nclass Reader"),),
        (("class Reader", "Tight = dict[str, int]\n\n\nclass Reader"),),
    ),
    (
        "Python",
        "__getattr__ that gives Any",
        (("class Reader", "def __getattr__(name: str) -> Any: ...\n\n\nclass Reader"),),
        (("class Reader", "def __getattr__(name: str) -> int: ...\n\n\nclass Reader"),),
    ),
    (
        "Python",
        "protocol without members",
        (("    def read(self) -> bytes: ...", "    pass"),),
        (("-> bytes: ...", "-> bytes:\n        raise NotImplementedError"),),
    ),
    (
        "Python",
        "broad and empty handler",
        (("    load(path)", "    try:\n        load(path)\n    except Exception:\n        pass"),),
        (
            (
                "    load(path)",
                "    try:\n        load(path)\n    except Exception:\n        log.exception('x')\n        raise",
            ),
        ),
    ),
    (
        "Python",
        "suppress(Exception)",
        (("    load(path)", "    with contextlib.suppress(Exception):\n        load(path)"),),
        (("    load(path)", "    with contextlib.closing(path):\n        load(path)"),),
    ),
    (
        "Python",
        "warnings.filterwarnings('ignore')",
        (("import json\n", "import json\nimport warnings\n\nwarnings.filterwarnings('ignore')\n"),),
        (("import json\n", "import json\nimport warnings\n\nwarnings.filterwarnings('error')\n"),),
    ),
    (
        "Python",
        "if not TYPE_CHECKING",
        (("class Reader", "if not TYPE_CHECKING:\n    load = hidden\n\n\nclass Reader"),),
        (("class Reader", "if TYPE_CHECKING:\n    from a import load\n\n\nclass Reader"),),
    ),
    ("JS/TS", "parameter becomes any", (("a: number", "a: any"),), (("a: number", "a: string"),)),
    ("JS/TS", "annotation dropped", (("a: number", "a"),), (("a: number", "\n  a: number"),)),
    ("JS/TS", "type of the result dropped", (("): Promise<Box>", ")"),), (("): Promise<Box>", "): Promise<Row>"),)),
    (
        "JS/TS",
        "any in a type",
        (("Map<string, number>", "Map<string, any>"),),
        (("Map<string, number>", "Map<string, string>"),),
    ),
    ("JS/TS", "as any", (("both(a, b)", "both(a as any, b)"),), (("both(a, b)", "both(a as number, b)"),)),
    (
        "JS/TS",
        "as unknown as",
        (("both(a, b)", "both(a as unknown as Box, b)"),),
        (("both(a, b)", "both(a satisfies number, b)"),),
    ),
    ("JS/TS", "non-null !", (("both(a, b)", "both(a, b!)"),), (("both(a, b)", "both(a, !b)"),)),
    (
        "JS/TS",
        "Function",
        (("Row = { name: string }", "Row = Function"),),
        (("Row = { name: string }", "Row = () => void"),),
    ),
    (
        "JS/TS",
        "Record<string, any>",
        (("Row = { name: string }", "Row = Record<string, any>"),),
        (("Row = { name: string }", "Row = Record<string, number>"),),
    ),
    ("JS/TS", "empty catch", (_CATCH,), (("  run()", "  try {\n    run()\n  } catch (e) {\n    report(e)\n  }"),)),
    ("JS/TS", ".catch(() => {})", (("  run()", "  run().catch(() => {})"),), (("  run()", "  run().catch(report)"),)),
    ("Go", "interface{}", (("a int)", "a interface{})"),), (("a int)", "a int64)"),)),
    ("Go", "any", (("a int)", "a any)"),), (("a int)", "a int64)"),)),
    (
        "Go",
        "`_ = err`",
        (("\treturn run(a), nil", "\tn, err := run(a)\n\t_ = err\n\treturn n, nil"),),
        (("\treturn run(a), nil", "\tn, err := run(a)\n\treturn n, err"),),
    ),
    ("Rust", "unwrap", (("    run(a)", "    Ok(run(a).unwrap())"),), (("    run(a)", "    Ok(run(a)?)"),)),
    (
        "Rust",
        "unsafe, transmute",
        (("    run(a)", "    unsafe { std::mem::transmute(a) }"),),
        (("    run(a)", "    run(a.into())"),),
    ),
    ("Rust", "dyn Any", (("a: u32", "a: Box<dyn Any>"),), (("a: u32", "a: Box<dyn Read>"),)),
    ("Kotlin", "!!", (("run(a)", "run(a)!!"),), (("run(a)", "run(a) ?: 0"),)),
    ("Kotlin", "as", (("run(a)", "run(a) as Int"),), (("run(a)", "run(a as? Int)"),)),
    (
        "Kotlin",
        "empty catch",
        (("    return run(a)", "    try { return run(a) } catch (e: Exception) {}\n    return 0"),),
        (("    return run(a)", "    try { return run(a) } catch (e: Exception) { throw Wrapped(e) }"),),
    ),
    (
        "C#",
        "dynamic",
        (("    return Run(a);", "    dynamic x = Run(a);\n    return x;"),),
        (("    return Run(a);", "    var x = Run(a);\n    return x;"),),
    ),
    ("C#", "null!", (("Run(a)", "Run(null!)"),), (("Run(a)", "Run(a ?? 0)"),)),
    (
        "C#",
        "empty catch",
        (("    return Run(a);", "    try { return Run(a); } catch {}\n    return 0;"),),
        (("    return Run(a);", "    try { return Run(a); } finally { Close(); }"),),
    ),
    (
        "Java",
        "empty catch",
        (("    return run(a);", "    try { return run(a); } catch (Exception e) {}\n    return 0;"),),
        (("    return run(a);", "    try { return run(a); } catch (Exception e) { throw new Wrapped(e); }"),),
    ),
    (
        "Ruby",
        "T.untyped",
        (("params(a: Integer)", "params(a: T.untyped)"),),
        (("params(a: Integer)", "params(a: Float)"),),
    ),
    ("Ruby", "T.unsafe", (("  run(a)", "  T.unsafe(run(a))"),), (("  run(a)", "  T.let(run(a), Integer)"),)),
    ("Ruby", "rescue nil", (("  run(a)", "  run(a) rescue nil"),), (("  run(a)", "  run(a) || raise"),)),
)


def moves() -> Iterator[Move]:
    """All of them."""
    for language, name, bad, twin in _ROWS:
        path, text = PLACES[language]
        yield in_file("types", name, language, path, text, bad, twin)
    ts = {"src/a.ts": TS}
    yield Move(
        "types", ".ts to .js", "JS/TS", ts, {"src/a.js": "export {}\n"}, {"src/b.ts": TS}, {}, {"src/b.ts": "src/a.ts"}
    )
    typed = {"p/py.typed": "", "p/a.py": ""}
    yield Move("types", "py.typed gone", "Python", typed, {"p/a.py": ""}, {"src/p/py.typed": "", "src/p/a.py": ""})
    module, stub = {"src/a.py": PY}, {"src/a.pyi": "def f(a: int) -> int: ...\n"}
    bare = {"src/b.py": "def f(a):\n    return a\n"}
    beside_bare = {**module, **bare, "src/b.pyi": "def f(a: int) -> int: ...\n"}
    yield Move("types", "stub beside a module", "Python", {**module, **bare}, {**module, **bare, **stub}, beside_bare)
    yield Move(
        "types",
        "declare module '*'",
        "JS/TS",
        {"src/x.d.ts": "export {}\n"},
        {"src/x.d.ts": "declare module '*'\nexport {}\n"},
        {"src/x.d.ts": "declare module 'known' {\n  export const a: number\n}\n"},
    )
