"""A bounded number of what `benchmarks/edit_scripts.py` plays by the thousand: the verdict equals the injection."""

from __future__ import annotations

from collections import Counter
from random import Random

from benchmarks import edit_scripts
from tests.checkout import ROOT
from tests.gate.test_hazards import TYPESCRIPT


def corpus() -> dict[str, list[tuple[str, str]]]:
    """Modules of our own, and TypeScript in several names."""
    found = edit_scripts.read([ROOT / "qualitygate" / "inspection"])
    texts = [TYPESCRIPT.base, "\n".join((TYPESCRIPT.top, TYPESCRIPT.gamma, TYPESCRIPT.alpha, TYPESCRIPT.clean))]
    for number, name in enumerate(("alpha", "other")):
        texts = [text.replace("alpha", name).replace("total", f"sum{number}") for text in texts]
        found.setdefault("ts", []).extend((f"m{number}{n}.ts", text) for n, text in enumerate(texts))
    return found


def test_the_verdict_on_a_random_edit_equals_what_was_injected() -> None:
    count, injected, wrong = edit_scripts.run(corpus(), range(80))
    assert [(one.seed, one.told) for one in wrong] == []
    assert (count, injected > 15) == (80, True)


def test_a_script_that_is_judged_wrongly_is_told() -> None:
    """The benchmark can fail: what was injected is taken away from the account, and is wrong then."""
    play = next(
        made
        for made in (edit_scripts.script(edit_scripts.PYTHON, dict(corpus()["py"][:2]), Random(n)) for n in range(99))
        if made.injected
    )
    new = Counter(finding.rule for finding in edit_scripts.verdict(play).new)
    assert new == play.injected
    assert edit_scripts.Wrong(0, (), Counter(), edit_scripts.verdict(play).new, play).kind == "false"
    assert edit_scripts.Wrong(0, (), play.injected, (), play).kind == "missed"
