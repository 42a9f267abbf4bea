"""What we read and write, compiled against the types that the vendor ships."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from qualitygate.agents import claude
from qualitygate.agents.agent import KINDS, Answer

DATA = Path(__file__).parents[1] / "data" / "claude"
ANSWERS = (Answer(), Answer(True, "text"), Answer(text="text"), Answer(True, "text", "aside"), Answer(aside="aside"))


def source() -> str:
    lines = ['import type { HookInput, Settings, SyncHookJSONOutput } from "@anthropic-ai/claude-agent-sdk";']
    replies = [claude.reply(kind, answer).stdout for kind in KINDS for answer in ANSWERS]
    lines += [f"const r{n}: SyncHookJSONOutput = {text};" for n, text in enumerate(filter(None, replies))]
    events = [path.read_text() for path in sorted(DATA.glob("*.json"))] + [claude.example("/r", "ls").decode()]
    lines += [f"const e{n}: HookInput = {text};" for n, text in enumerate(events)]
    registered = json.dumps(claude.registration("gate/hook")["hooks"])
    return "\n".join((*lines, f'const hooks: Settings["hooks"] = {registered};', ""))


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_replies_events_and_registration_fit_the_types_of_the_vendor(tmp_path: Path) -> None:
    def run(*argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)

    (tmp_path / "package.json").write_text("{}")
    packages = ("typescript@5", "@anthropic-ai/claude-agent-sdk")
    done = run("npm", "install", "--silent", "--no-audit", "--ignore-scripts", "--omit=optional", *packages)
    assert done.returncode == 0, done.stderr
    check = ("npx", "--no-install", "tsc", "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "t.ts")
    (tmp_path / "t.ts").write_text(source())
    done = run(*check)
    assert done.returncode == 0, done.stdout
    (tmp_path / "t.ts").write_text(source().replace('"deny"', '"refuse"'))
    assert "refuse" in run(*check).stdout  # it can fail
