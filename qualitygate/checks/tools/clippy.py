"""`cargo clippy`: Rust that compiles and still is not what one would write; Rust that does not compile."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

MANIFESTS = ("Cargo.toml", ".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain")

name = "clippy"
title = "cargo clippy"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = (
    *("clippy.toml", ".clippy.toml", "Cargo.toml", "Cargo.lock", "config.toml", "rust-toolchain.toml"),
    "rust-toolchain",
)
package = "cargo"
ecosystem = "system"
version_argv = ("clippy", "--version")
# Where there is no lock file, cargo writes one.
writes_tree = True

_FETCH = "; `cargo fetch` fetches what is missing"


def wants(path: str) -> bool:
    """Rust, but for what cargo has built or copied."""
    return path.endswith(".rs") and not f"/{path}".startswith(("/target/", "/vendor/"))


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """The manifest, whose build scripts and macros run while it is compiled, and what may replace the compiler."""
    return tuple(path for path in (*MANIFESTS, "build.rs") if read(path) is not None)


def environment(request: Request) -> dict[str, str]:
    """What keeps cargo and rustup off the network, and the build out of the tree."""
    target = os.path.join(request.cache_dir, "target")
    offline = {"CARGO_NET_OFFLINE": "true", "RUSTUP_AUTO_INSTALL": "0", "CARGO_TERM_COLOR": "never"}
    return {**offline, "CARGO_TARGET_DIR": target, "CARGO_INCREMENTAL": "0"}


def command(request: Request) -> Command:
    """Clippy on all crates and targets of the workspace."""
    argv = (request.executable, "clippy", "--workspace", "--all-targets", "--offline", "--message-format=json")
    return Command(argv, environment(request))


def parse(output: Output, request: Request) -> Report:
    """One finding per message and place; where a crate does not compile, its errors, and the rest is not known."""
    if b'"build-finished"' not in output.stdout:
        reason = why_incomplete(output, (), os.path.realpath(request.root))
        return Report((), 0, reason + (_FETCH if b"offline" in output.stderr else ""))
    report = rows.report(output, request, name, _rows, red=(0, 101))
    if report.reason:
        return report
    # What a build script has written is nobody's to mend.
    found = tuple(finding for finding in report.findings if not os.path.isabs(finding.path))
    if stray := next((one.path for one in found if not os.path.exists(os.path.join(request.root, one.path))), ""):
        return Report((), 0, f"names {stray}, which is not here: is the workspace in a folder above?")
    reason = "" if output.code == 0 else f"not all of it compiles: {complaint(output.stderr, request.root)}"
    return Report(found, len(request.files) if not reason else 0, reason)


def _rows(output: Output) -> Iterator[Row]:
    finished = None
    for line in output.stdout.splitlines():
        said = json.loads(line)
        if said["reason"] == "build-finished":
            finished = bool(said["success"])
        if said["reason"] != "compiler-message":
            continue
        message = said["message"]
        place = next((span for span in message["spans"] if span["is_primary"]), None)
        if place is None or message["level"] not in ("error", "warning"):
            continue  # a summary, or a note that belongs to another
        code = (message["code"] or {}).get("code") or "error"
        yield Row(
            *(code.removeprefix("clippy::"), place["file_name"], place["line_start"], place["column_start"]),
            *(message["message"], place["line_end"], place["column_end"]),
        )
    if finished is not (output.code == 0):
        raise ValueError("it did not say that the build had ended")
