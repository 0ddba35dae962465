"""Fixtures of the tests of drawings."""

from pathlib import Path

import pytest

from tests.render.pictures import slope


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A photo of 200 × 100."""
    slope().save(tmp_path / "a.png")
    return str(tmp_path / "a.png")
