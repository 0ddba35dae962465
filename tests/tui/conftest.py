import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from tests.tui.scene import CHOSEN, make_store


@pytest.fixture(autouse=True)
async def eager_tasks() -> None:
    """Start tasks at once, as `App.run` does from Python 3.12 on, and `run_test` does not."""
    if sys.version_info >= (3, 12):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


@pytest.fixture
def make_app(store: Store) -> Callable[..., AquariumApp]:
    def make(chosen: Choice | None = CHOSEN) -> AquariumApp:
        return AquariumApp(store, chosen)

    return make
