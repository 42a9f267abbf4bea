"""Read a file of a snapshot without following links or waiting for devices."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from typing import Any

from qualitygate.model import Finding, Report

TEXT_LIMIT = 2 * 1024 * 1024
"""Bytes; a larger file is data, or generated, and is not looked at."""

_SNIFFED = 8192
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_LINK = (errno.ELOOP, getattr(errno, "EMLINK", errno.ELOOP))
_BINARY = (
    *(".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".avif", ".bmp", ".tiff", ".psd", ".pdf"),
    *(".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz", ".whl", ".jar", ".so", ".dll", ".dylib", ".exe"),
    *(".pyc", ".class", ".o", ".a", ".wasm", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".mov"),
    *(".webm", ".ogg", ".wav", ".flac", ".avi", ".sqlite", ".db", ".parquet", ".npy", ".npz", ".pt", ".onnx", ".mo"),
)


def may_be_text(path: str) -> bool:
    """False for names of formats that are binary."""
    return not path.lower().endswith(_BINARY)


def read_text(root: str, path: str, limit: int = TEXT_LIMIT) -> bytes | None:
    """The bytes of a text file, None for a link, a larger file, and what is binary. Raises OSError."""
    try:
        handle = os.open(os.path.join(root, path), _FLAGS)
    except OSError as exc:
        if exc.errno in _LINK:
            return None
        raise
    with os.fdopen(handle, "rb") as stream:
        about = os.fstat(stream.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_size > limit:
            return None
        data = stream.read(limit + 1)
    return None if len(data) > limit or b"\0" in data[:_SNIFFED] else data


def look_at_texts(
    find: Callable[[str, bytes, Mapping[str, Any]], list[Finding]],
    root: str,
    files: tuple[str, ...],
    options: Mapping[str, Any],
) -> Report:
    """Apply `find` to every text file; the others are passed over."""
    found: list[Finding] = []
    others: list[str] = []
    looked_at = 0
    for path in files:
        try:
            data = read_text(root, path)
        except OSError as exc:
            return Report(tuple(found), looked_at, f"cannot read {path}: {(exc.strerror or 'error').lower()}")
        if data is None:
            others.append(path)
            continue
        looked_at += 1
        found += find(path, data, options)
    return Report(tuple(found), looked_at, passed_over=tuple(others))
