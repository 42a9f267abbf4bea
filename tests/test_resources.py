from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate import resources
from qualitygate.errors import QualityGateError


def test_a_checkout_has_its_playbooks() -> None:
    assert (resources.data_dir("playbooks") / "python" / "playbook.toml").is_file()
    assert b"[when]" in (resources.read("playbooks", "python", "playbook.toml") or b"")
    assert resources.read("playbooks", "cobol", "playbook.toml") is None


def test_an_installation_has_them_below_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "qualitygate" / "_data" / "hooks").mkdir(parents=True)
    monkeypatch.setattr(resources, "files", lambda _: tmp_path / "qualitygate")
    assert resources.data_dir("hooks") == tmp_path / "qualitygate" / "_data" / "hooks"


def test_a_stranger_beside_the_package_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "qualitygate").mkdir()
    (tmp_path / "hooks").mkdir()
    monkeypatch.setattr(resources, "files", lambda _: tmp_path / "qualitygate")
    with pytest.raises(QualityGateError, match="installation is incomplete: no hooks folder"):
        resources.data_dir("hooks")
