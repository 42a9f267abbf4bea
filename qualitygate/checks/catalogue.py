"""Every tool there is an adapter for."""

from __future__ import annotations

from qualitygate.checks.tool import Tool

TOOLS: dict[str, Tool] = {}
