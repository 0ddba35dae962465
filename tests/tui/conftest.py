import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aquarium_tui.session import view
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from tests.tui.scene import CHOSEN, make_store


@pytest.fixture(autouse=True)
async def eager_tasks() -> None:
    """Start tasks at once, as `App.run` does from Python 3.12 on, and `run_test` does not."""
    if sys.version_info >= (3, 12):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refine intervals in steps that take no time; how many replicates they need is tested elsewhere.

    With 100 and 1,000, half of what these tests computed was intervals of AP that no test looks at.
    """
    monkeypatch.setattr(view, "_STEPS", (20, 40))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


@pytest.fixture
def make_app(store: Store) -> Callable[..., AquariumApp]:
    def make(chosen: Choice | None = CHOSEN) -> AquariumApp:
        return AquariumApp(store, chosen)

    return make
