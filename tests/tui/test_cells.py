"""Cells of one kind, or sure ones, on Metrics."""

from collections.abc import Callable

from aquarium_tui.tui.app import AquariumApp
from tests.tui.screen import leaves, sees

Make = Callable[..., AquariumApp]


async def test_cells_are_filtered_by_kind_and_certainty(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("percent_sign")
        await sees(pilot, "Which cells", "sure changes only")
        await pilot.press(*"confus", "enter")
        await sees(pilot, "only confusions", "pedestrian → cyclist   0 → 1")
        await leaves(pilot, "spurious  ")
        await pilot.press("w")
        await sees(pilot, "cells", "pedestrian")
        await pilot.press("percent_sign", *"missed", "enter")
        await sees(pilot, "only missed")


async def test_the_cells_of_a_class_are_left_when_classes_are_grouped(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("w")
        await sees(pilot, "matrix")
        await pilot.click("#report", offset=(5, 6))
        await sees(pilot, "cells of pedestrian")
        await pilot.press("underscore")
        await leaves(pilot, "cells of pedestrian")
        await sees(pilot, "traffic    missed")
