"""Handlers that do nothing, each with a change that looks like it and is right."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.safeguards import handlers
from qualitygate.checks.safeguards.protocol import Comparer
from tests.checks.safeguards.pairs import compared, pair


def rules(base: dict[str, str], head: dict[str, str], renames: dict[str, str] | None = None) -> list[str]:
    found = handlers.compare(pair(base, head, cast("Comparer", handlers), renames or {}), {}).findings
    assert len({finding.name for finding in found}) == len(found), "two findings share a name"
    return [finding.rule.partition(":")[2] for finding in found]


TRY = "def f():\n    try:\n        work()\n    {}\n"
JS = "function f() {{\n  try {{\n    work()\n  }} {}\n}}\n"


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ("except:\n        pass", ["empty-broad"]),
        ("except Exception:\n        pass", ["empty-broad"]),
        ("except BaseException as e:\n        ...", ["empty-broad"]),
        ("except (ValueError, Exception):\n        'nothing'", ["empty-broad"]),
        ("except Exception:\n        pass  # noqa: S110", ["empty-broad"]),
        ("except Exception:  # noqa: BLE001\n        pass", ["empty-broad"]),
        ("except Exception:\n        # the file may be gone by now\n        pass", ["empty-broad-reasoned"]),
        ("except Exception:  # noqa: S110 - nobody waits for it\n        pass", ["empty-broad-reasoned"]),
        ("except ValueError:\n        pass", ["empty-specific"]),
        ("except Exception:\n        return None", ["swallowed"]),
        ("except Exception:\n        return []", ["swallowed"]),
        ("except Exception:\n        log.exception('x')", []),
        ("except Exception:\n        raise", []),
        ("except ValueError:\n        return None", []),
        ("finally:\n        pass", []),
    ],
)
@pytest.mark.parametrize("path", ["src/a.py", "tests/test_a.py"])
def test_a_new_handler_of_python(path: str, handler: str, expected: list[str]) -> None:
    code = TRY.format(handler)
    assert rules({path: "def f():\n    work()\n"}, {path: code}) == expected
    assert rules({path: code}, {path: "# above\n" + code}) == []
    assert (
        rules({path: code}, {"src/moved.py": "class K:\n" + "".join(f"    {row}\n" for row in code.split("\n"))}) == []
    )


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ("catch {}", ["empty-broad"]),
        ("catch (e) {\n  }", ["empty-broad"]),
        ("catch (e: unknown) { /* eslint-disable-next-line no-empty */ }", ["empty-broad"]),
        ("catch { /* the cache is only a cache */ }", ["empty-broad-reasoned"]),
        ("catch (e) { report(e) }", []),
        ("catch (e) { throw e }", []),
    ],
)
def test_a_new_handler_of_javascript(handler: str, expected: list[str]) -> None:
    code = JS.format(handler)
    assert rules({"src/a.ts": ""}, {"src/a.ts": code}) == expected
    assert rules({"src/a.ts": code}, {"src/a.ts": "// above\n" + code}) == []
    assert rules({"src/a.ts": code}, {"lib/b.ts": code.replace("  ", "\t")}) == []


@pytest.mark.parametrize("end", ["() => {}", "(e) => {}", "function () {}", "noop"])
def test_a_promise_whose_errors_are_dropped(end: str) -> None:
    code = f"load(x).catch({end})\n"
    assert rules({"a.js": ""}, {"a.js": code}) == ["empty-broad"]
    assert rules({"a.js": ""}, {"a.js": "load(x).catch((e) => { report(e) })\nconst s = 'p.catch(() => {})'\n"}) == []


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("A.java", "try { a(); } catch (Exception e) { }", ["empty-broad"]),
        ("A.java", "try { a(); } catch (IOException e) { }", ["empty-specific"]),
        ("A.java", "try { a(); } catch (Exception e) { throw e; }", []),
        ("A.kt", "try { a() } catch (e: Exception) {\n}", ["empty-broad"]),
        ("A.cs", "try { A(); } catch {}", ["empty-broad"]),
        ("A.cs", "try { A(); } catch (TimeoutException) {}", ["empty-specific"]),
        ("a.php", "try { a(); } catch (\\Throwable $e) {}", ["empty-broad"]),
        ("a.cpp", "try { a(); } catch (...) {}", ["empty-broad"]),
    ],
)
def test_handlers_of_other_languages(path: str, code: str, expected: list[str]) -> None:
    assert rules({path: ""}, {path: code}) == expected
    assert rules({path: code}, {path: "// more\n" + code}) == []


def test_a_handler_that_is_widened_or_emptied_is_new() -> None:
    specific, broad = TRY.format("except ValueError:\n        pass"), TRY.format("except Exception:\n        pass")
    handled = TRY.format("except Exception:\n        log.exception('x')")
    assert rules({"a.py": specific}, {"a.py": broad}) == ["empty-broad"]
    assert rules({"a.py": handled}, {"a.py": broad}) == ["empty-broad"]
    assert rules({"a.py": broad}, {"a.py": handled}) == []


def test_an_error_that_becomes_a_value_is_shown() -> None:
    assert rules({"a.js": ""}, {"a.js": "load(x).catch(() => null)\n"}) == ["swallowed"]


def test_what_a_program_wrote_nobody_is_to_mend() -> None:
    code = TRY.format("except Exception:\n        pass")
    written = "# This file is auto-generated by a tool.\n"
    assert rules({}, {"a.py": written + code}) == []
    assert rules({"a.py": written}, {"a.py": written + code}) == []


def test_a_change_cannot_say_that_a_program_wrote_what_it_changes() -> None:
    code = TRY.format("except Exception:\n        pass")
    assert rules({"a.py": "x = 1\n"}, {"a.py": "# @generated\nx = 1\n" + code}) == ["empty-broad"]


def test_a_reason_that_is_taken_out_is_needed() -> None:
    bare = TRY.format("except Exception:\n        pass")
    reasoned = TRY.format("except Exception:\n        pass  # the file may be gone")
    assert rules({"a.py": reasoned}, {"a.py": bare}) == ["empty-broad"]
    assert rules({"a.py": bare}, {"a.py": reasoned}) == []


def test_code_that_changed_before_an_old_handler_makes_it_no_new_one() -> None:
    code = TRY.format("except Exception:\n        pass")
    assert rules({"a.py": code}, {"a.py": code.replace("work()", "work(1)\n        more()")}) == []
    assert rules({"a.py": code}, {"a.py": code + code.replace("f()", "g()").replace("work", "other")}) == [
        "empty-broad"
    ]


def test_suppress_is_a_handler_too() -> None:
    code = "import contextlib\ndef f():\n    with contextlib.suppress({}):\n        work()\n"
    assert rules({"a.py": ""}, {"a.py": code.format("Exception")}) == ["empty-broad"]
    assert rules({"a.py": ""}, {"a.py": code.format("KeyError")}) == ["empty-specific"]


@given(st.text(alphabet="try catch{}() except:\n pass.=>'\"`/*#", max_size=200))
def test_any_text_is_read_and_a_copy_of_it_is_silent(text: str) -> None:
    for suffix in ("py", "ts", "java"):
        assert rules({f"a.{suffix}": text}, {f"b.{suffix}": text}) == []


def test_handlers_of_a_file_that_did_not_parse_before_are_not_new() -> None:
    text = "def f():\n    try:\n        g()\n    except Exception:\n        pass\n"
    broken = text + "x = (1 +\n"
    assert not compared({"a.py": broken}, {"a.py": text + "x = 1\n"}, cast(Comparer, handlers))
    more = text + "\n\ndef h():\n    try:\n        g()\n    except BaseException:\n        pass\n"
    assert [one.rule for one in compared({"a.py": broken}, {"a.py": more}, cast(Comparer, handlers))] == [
        "handlers:empty-broad"
    ]
