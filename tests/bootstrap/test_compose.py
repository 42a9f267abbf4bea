"""How decisions for one folder read among those for others."""

from __future__ import annotations

import pytest

from qualitygate.bootstrap.compose import _with_folder
from qualitygate.bootstrap.plan import Step

NAMES = frozenset(("src/auth/pyproject.toml", "pyproject.toml"))


@pytest.mark.parametrize(
    ("root", "evidence", "told"),
    (
        (
            "src/auth",
            "pyproject.toml:61; mypy 2.4.1",
            ("adopt it in src/auth", "src/auth/pyproject.toml:61; mypy 2.4.1"),
        ),
        ("src/auth", "no configuration; ours", ("adopt it in src/auth", "no configuration; ours")),
        ("", "pyproject.toml:61", ("adopt it", "pyproject.toml:61")),
    ),
)
def test_five_projects_are_not_told_of_five_times_in_the_same_words(
    root: str, evidence: str, told: tuple[str, str]
) -> None:
    """And `pyproject.toml:61` of the folder is another line than that of the file at the top."""
    step = _with_folder(Step("adopt it", "why", evidence), root, NAMES)
    assert (step.step, step.evidence) == told
