"""Where seeds are put."""

from __future__ import annotations

from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.seeds import Ground, plant
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check, Entry
from qualitygate.playbook import Seed


def test_a_seed_in_the_settings_of_its_own_tool_keeps_it_from_running() -> None:
    """Biome lints JSON too, its own `biome.json` among it: broken by a seed, it said nothing of any file."""
    files = {"biome.json": b"{}\n", "package.json": b"{}\n", "a.css": b"a {}\n", "src/a.ts": b"export {};\n"}
    ground = Ground(
        {path: Entry("100644", "0") for path in files},
        files.get,
        Facts(roles={}),
        (Seed("biome:noDebugger", "debugger;\n"),),
    )
    planned = PlannedCheck("biome", "biome", "ratchet", "edit", "", {})
    as_check = Check("biome", "biome", "ratchet", "edit", "", {})
    found = [sorted(planting.files) for planting in plant(planned, as_check, ground, tuple(files))]
    assert found == [["a.css", "src/a.ts"]]
