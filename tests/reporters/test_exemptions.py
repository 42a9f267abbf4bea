from __future__ import annotations

import pytest

from qualitygate.reporters.exemptions import INSTEAD, without_exemptions


@pytest.mark.parametrize(
    "text",
    [
        "noqa",
        "nosec",
        "NOLINTNEXTLINE",
        "--no-verify",
        "suppressed",
        "type:ignore",
        "type : ignore",
        "ruff: file-ignore",
        "ruff: noqa",
        "pyright: ignore",
        "eslint-disable-next-line",
        "oxlint-disable",
        "biome-ignore",
        "pylint: disable",
        "@ts-expect-error",
        "ts-nocheck",
        "pragma: no cover",
        "pragma: allowlist secret",
        "fmt: skip",
        "isort: skip_file",
        "istanbul ignore",
        "hooksPath",
        "SKIP=mypy,ruff",
        "HUSKY=0",
        "qualitygate accept",
    ],
)
def test_each_form_is_replaced_whole(text: str) -> None:
    replaced = without_exemptions(f"please add `{text}` here")
    assert INSTEAD in replaced
    assert text.lower() not in replaced.lower()
    assert replaced.startswith("please add `")


@pytest.mark.parametrize(
    "text",
    ["imported but unused", "contextlib.suppress(OSError)", "a type is ignored", "skip this", "skip=True", "nose"],
)
def test_ordinary_words_stay(text: str) -> None:
    assert without_exemptions(text) == text
