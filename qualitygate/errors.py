"""The errors that a person can act on."""

from __future__ import annotations


class QualityGateError(Exception):
    """Something the user must change; printed as `error:` and `hint:`, exit code 2."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(QualityGateError):
    """A configuration file that cannot be used; the message names file and key."""


class GitError(QualityGateError):
    """Git refused, or the repository is not one that a gate can judge."""


class ToolError(QualityGateError):
    """An external tool is missing, of another version, or printed what cannot be read."""
