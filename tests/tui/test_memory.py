"""What was closed is gone: screens, dialogs, keys and what they drew do not pile up in a long session."""

import gc
from collections import Counter
from collections.abc import Callable

from textual._styles_cache import StylesCache
from textual.screen import Screen
from textual.widgets._footer import FooterKey

from aquarium_tui.tui.app import AquariumApp
from tests.tui.screen import until


def alive() -> Counter[str]:
    gc.collect()
    kinds = (Screen, FooterKey, StylesCache)
    return Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, kinds))


async def test_screens_and_keys_that_are_closed_are_forgotten(make_app: Callable[..., AquariumApp]) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.view is not None, "a view")

        async def round_trip() -> None:
            for key, depth in (("enter", 2), ("question_mark", 3), ("escape", 2), ("escape", 1)):
                await pilot.press(key)
                await until(pilot, lambda depth=depth: len(app.screen_stack) == depth, key)  # type: ignore[misc]
                await pilot.pause()

        await round_trip()
        before = alive()
        await round_trip()
        await round_trip()
        after = alive()
    # One screen and the keys that it had may wait for the next one to be opened.
    assert all(after[name] - before[name] < 20 for name in after), after - before
    assert after["SamplesScreen"] <= 2
