"""The policy of a tree: from its `qualitygate.toml`, or from the playbooks where it has none."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qualitygate.config import FILE_NAME, compile_policy
from qualitygate.playbook import default_policy, load_playbooks
from qualitygate.rule_pack import compiled


def compile_any(data: bytes | None, *, tools: Collection[str]) -> dict[str, Any]:
    """The compiled policy; `data` is None where the tree has no configuration. Raises ConfigError."""
    if data is None:
        return default_policy(load_playbooks(tools=tools))
    policy = compile_policy(data, file=FILE_NAME, tools=tools)
    for check in policy["checks"]:
        if check["tool"] == "semgrep":
            check["options"] = compiled(check["options"], file=f"{FILE_NAME}: checks.{check['name']}.rules")
    return policy
