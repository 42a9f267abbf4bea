"""Compile a policy on the hook path, where the libraries for it are not loaded: in an interpreter of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qualitygate.errors import ConfigError, QualityGateError
from qualitygate.gate.policy import FILE
from qualitygate.process import run, tool_env


def compile_elsewhere(data: bytes | None, extended: Mapping[str, bytes] = {}) -> Mapping[str, Any]:
    """The policy in `data`, that of the playbook for None. Raises ConfigError for what it says, QualityGateError."""
    program = Path(__file__).parents[1] / "compile_policy.py"
    argv = [sys.executable, "-I", os.fspath(program), *(["--defaults"] if data is None else [])]
    given = data or b""
    if extended:
        # As text in which each character is a byte: what is in a file decides nothing here.
        files = {path: content.decode("latin-1") for path, content in extended.items()}
        given = json.dumps({"settings": given.decode("latin-1"), "extended": files}).encode("ascii")
        argv.append("--extended")
    output = run(argv, env=tool_env(), stdin=given, timeout=60)
    try:
        document = json.loads(output.stdout)
    except ValueError:
        said = output.stderr.decode("utf-8", "replace").strip().splitlines()
        raise QualityGateError(
            f"cannot compile {FILE}: {said[-1] if said else 'no output'}", hint="reinstall qualitygate-toolkit"
        ) from None
    if "error" in document:
        raise ConfigError(document["error"], hint=document.get("hint", ""))
    return document  # type: ignore[no-any-return]
