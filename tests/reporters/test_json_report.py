from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.model import Base, CheckResult, Finding, Tree, Verdict
from qualitygate.reporters import json_report
from tests.support import with_ids

DATA = Path(__file__).parent.parent / "data" / "reports"
MakeFinding = Callable[..., Finding]
TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


def load(verdict: Verdict) -> Any:
    return json.loads(json_report.render(with_ids(verdict, lambda finding: f"id{finding.line}")))


def test_whole_document(failed: Verdict) -> None:
    report = json_report.render(with_ids(failed, lambda finding: f"{finding.line:016d}"))
    assert report == (DATA / "failed.json").read_text("ascii")


def test_keys_are_the_contract(failed: Verdict) -> None:
    document = load(failed)
    assert list(document) == [
        *("schema", "verdict", "head", "base", "bases", "new", "lost", "touched", "revealed", "hidden", "shown"),
        *("known", "fixed", "checks", "undecided", "waived", "notes", "accepted", "acceptances", "shared_settings"),
        "carriers",
    ]
    assert document["schema"] == 1
    assert set(document["base"]) == {"tree", "commit", "why"}
    assert document["bases"][0] == document["base"]
    assert set(document["new"][0]) == {
        *("check", "rule", "path", "line", "column", "message", "direction", "fingerprint", "fix"),
    }
    assert set(document["checks"][0]) == {
        "check",
        "tool",
        "version",
        "files",
        "state",
        "cached",
        "seconds",
        "reason",
    } | {"unit", "cache"}
    assert set(document["undecided"][0]) == {"check", "reason"}
    assert document["waived"] == []


def test_findings_stand_in_reading_order(failed: Verdict) -> None:
    places = [(row["path"], row["line"]) for row in load(failed)["new"]]
    assert places == sorted(places)
    assert load(failed._replace(new=failed.new[::-1])) == load(failed)


def test_without_base_and_checks_it_is_undecided(failed: Verdict) -> None:
    document = load(Verdict("passed", failed.head, ()))
    assert document["verdict"] == "undecided"
    assert document["base"] is None
    assert document["undecided"] == [{"check": "gate", "reason": "no check ran"}]


def test_a_path_that_is_not_utf8_keeps_its_bytes(failed: Verdict, finding: MakeFinding) -> None:
    raw = b"caf\xe9/\xff.py"
    row = load(failed._replace(new=(finding("c", "r", os.fsdecode(raw), 1, 1, "m"),)))["new"][0]
    assert row["path"] == "caf\\xe9/\\xff.py"
    assert base64.b64decode(row["path_bytes"]) == raw
    plain = load(failed._replace(new=(finding("c", "r", "größe.py", 1, 1, "m"),)))["new"][0]
    assert plain["path"] == "größe.py"
    assert "path_bytes" not in plain


@settings(deadline=None)
@given(TEXT, TEXT, TEXT)
def test_it_always_loads_and_is_ascii(path: str, message: str, name: str) -> None:
    found = Finding(name, name, path, 1, 1, 1, 1, message, "debt", message)
    verdict = Verdict(
        "failed",
        Tree("0" * 40, {}, name),
        (Base("0" * 40, "", message),),
        new=(found,),
        checks=(CheckResult(name, name, name, 1, "failed", False, 0.1, message),),
        undecided=((name, message),),
        notes=(message,),
    )
    report = json_report.render(with_ids(verdict, lambda finding: name))
    assert report.isascii()
    document = json.loads(report)
    row = document["new"][0]
    json.dumps(document, ensure_ascii=False).encode("utf-8")
    restored = base64.b64decode(row["path_bytes"]) if "path_bytes" in row else row["path"].encode("utf-8")
    assert restored == (os.fsencode(path) if _can_name_a_file(path) else path.encode("utf-8", "surrogatepass"))


def _can_name_a_file(path: str) -> bool:
    return not any("\ud800" <= char <= "\udc7f" or "\udd00" <= char <= "\udfff" for char in path)
