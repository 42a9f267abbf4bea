"""What must not reach an agent: the words by which tools offer to be switched off."""

from __future__ import annotations

import re

INSTEAD = "[exemption]"

# The noun is the name of a check of ours. `contextlib.suppress` is ordinary code, and the right answer to more than
# one lint rule.
_WORDS = (
    r"(?<!contextlib\.)suppress(?!ions?\b)\w*",
    r"(?:--)?no-verify",
    r"no(?:qa|sec|semgrep|lint)\w*",
    r"(?:type|mypy|ruff|pyright|pyre|ty|basedpyright)\s*:\s*(?:file-)?ignore(?:-errors)?",
    r"(?:eslint|oxlint|tslint|stylelint|pylint|biome|prettier|deno-lint|ruff|yamllint|shellcheck)[\s:-]*(?:disable|ignore)[\w-]*",
    r"@?ts-(?:ignore|expect-error|nocheck)",
    r"pragma\s*:\s*(?:no cover|allowlist|whitelist)[\w ]*",
    r"(?:fmt|isort|yapf)\s*:\s*(?:off|skip(?:_file)?)",
    r"(?:istanbul|c8|v8)\s+ignore",
    r"hooks-?path",
    r"(?-i:SKIP|HUSKY|LEFTHOOK)=\S*",
    r"qualitygate\s+(?:accept|waive(?!\s+--request)|undo|uninstall)",
)
_found: list[re.Pattern[str]] = []


def without_exemptions(text: str) -> str:
    """The text with every such word replaced by `[exemption]`; equal to the text if there is none."""
    if not _found:
        _found.append(re.compile("|".join(_WORDS), re.IGNORECASE))  # compiled when there is a finding to tell
    return _found[0].sub(INSTEAD, text)
