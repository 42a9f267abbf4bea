"""The policy of a tree: from its `qualitygate.toml` or from the playbooks, and what to do about each rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from qualitygate.checks.catalogue import TOOLS
from qualitygate.config import FILE_NAME
from qualitygate.extension import compile_extended
from qualitygate.locations import WAIVERS
from qualitygate.playbook import default_policy, load_playbooks
from qualitygate.rule_pack import compiled
from qualitygate.rule_texts import load_texts
from qualitygate.waivers import compile_waivers


def compile_any(
    data: bytes | None, extended: Mapping[str, bytes] = {}, *, tools: Collection[str] = tuple(TOOLS)
) -> dict[str, Any]:
    """The compiled policy; `data` is None where the tree has no configuration. Raises ConfigError.

    `extended`: the files below `.qualitygate/extended/`, with which its settings are joined, and the waivers.

    With it goes `advice`: per rule what to do about a finding, for tools that do not say.
    """
    extended = dict(extended)
    let = extended.pop(WAIVERS, None)
    if data is None:
        policy = default_policy(load_playbooks(tools=tools))
    else:
        policy = compile_extended(data, extended, file=FILE_NAME, tools=tools)
    for check in policy["checks"]:
        if check["tool"] == "semgrep":  # its rules are files of ours
            check["options"] = compiled(check["options"], file=f"{FILE_NAME}: checks.{check['name']}.rules")
    advice = {rule: text.instead for rule, text in load_texts().rules.items() if text.instead}
    return {**policy, **(compile_waivers(let) if let is not None else {}), "advice": advice}
