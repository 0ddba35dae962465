from pathlib import Path

import pytest

from aquarium_tui.client import checks
from aquarium_tui.store import Store


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store, which the client uses; warnings are given anew."""
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checks, "_told", set())
    return Store(tmp_path / "home")
