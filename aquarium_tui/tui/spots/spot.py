"""What is seen of a screen, as JSON can hold it, and the same shown again on a screen of any size.

A spot names things (classes, frames, conditions) rather than positions wherever they have names, and leaves
out what is as it usually is.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import numpy as np

from aquarium_tui.session.reviews import TITLE
from aquarium_tui.tui.screens.curves import CurvesScreen
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.frames import FramesScreen
from aquarium_tui.tui.screens.leaderboard import LeaderboardScreen
from aquarium_tui.tui.screens.masks import MaskScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.review import ReviewScreen
from aquarium_tui.tui.screens.samples import SamplesScreen
from aquarium_tui.tui.screens.scenarios import ScenariosScreen
from aquarium_tui.tui.screens.slices import LISTS, SlicesScreen
from aquarium_tui.tui.screens.sums import BehindScreen, SumsScreen
from aquarium_tui.tui.screens.view import PictureScreen, ViewScreen
from aquarium_tui.tui.spots.part import (
    FOCUS,
    TABLES,
    SpotPart,
    cell_of,
    frame_of,
    list_in,
    names_of,
    put,
    view_of,
    walk_of,
)
from aquarium_tui.tui.spots.pictures import FRAME_PARTS, MASK_PARTS
from aquarium_tui.tui.widgets.lines import FilterBar
from aquarium_tui.tui.widgets.matrix import Matrix
from aquarium_tui.tui.widgets.samples import Crops, Samples
from aquarium_tui.tui.widgets.table import Table

Spot = Mapping[str, Any]
"""What is seen of a screen, as JSON can hold it."""
Until = Callable[[Callable[[], bool]], Awaitable[None]]
"""Waits until something holds."""

_MARKS = 1000
"""Frames whose marks are written down: more make every line of a recording long."""

NAMES: Mapping[type[ViewScreen], str] = {
    SamplesScreen: "samples",
    CurvesScreen: "curves",
    SumsScreen: "sums",
    BehindScreen: "behind",
}
"""Screens that open over those with a key of their own."""


def name_of(screen: ViewScreen) -> str:
    """What a recording calls a screen."""
    return "frame" if isinstance(screen, PictureScreen) else NAMES.get(type(screen), screen.HERE)


def spot_of(screen: ViewScreen) -> Spot:
    """What is seen of a screen whose view is drawn."""
    parts = _parts(screen)
    found = {name: part.read(screen) for name, part in parts.items()}
    return {name: value for name, value in found.items() if value != parts[name].usual}


async def take_spot(screen: ViewScreen, spot: Spot, until: Until) -> None:
    """Show what was seen, as far as it is there.

    Args:
        screen: A screen whose view is drawn.
        spot: What `spot_of` said of it.
        until: Waits for the data of the screen.

    Raises:
        LookupError: It is about what there is not.
    """
    parts = _parts(screen)
    for last in sorted({part.last for part in parts.values()}):
        for name, part in parts.items():
            if part.last == last:
                wanted = spot.get(name, part.usual)
                # What a recording of an older version does not say stays as it is.
                if part.read(screen) != wanted and (wanted is not None or name in spot):
                    part.write(screen, wanted)
        await until(lambda: _ready(screen))
        await _heard(screen, until)


def _ready(screen: ViewScreen) -> bool:
    """Whether the data that the cursor can be put on are there, or will not come."""
    if isinstance(screen, MetricsScreen):
        return _metrics_there(screen)
    if isinstance(screen, FrameScreen):
        return screen.picture.source is not None
    there = next((holds for kind, holds in _THERE.items() if isinstance(screen, kind)), None)
    return there is None or there(screen) or not screen.is_current or not _works(screen)


def _metrics_there(screen: MetricsScreen) -> bool:
    samples = screen.query_one(Samples)
    drawn = samples.confusion is None or samples.walk.cell == screen.cell
    return drawn and (screen.known is not None or not screen.cell_filter.sure)


async def _heard(screen: ViewScreen, until: Until) -> None:
    """Wait until the screen has handled what was posted to it so far: its queue keeps the order."""
    heard: list[bool] = []
    screen.call_later(heard.append, True)
    await until(lambda: bool(heard) or not screen.is_current)


def _works(screen: ViewScreen) -> bool:
    return any(not worker.is_finished and worker.node is screen for worker in screen.workers)


_THERE: Mapping[type[ViewScreen], Callable[[Any], bool]] = {
    SlicesScreen: lambda s: bool(s.lists[s.which] or s.problems[s.which]),
    ScenariosScreen: lambda s: all(result is not None for result in s.results),
    LeaderboardScreen: lambda s: s.board is not None,
    SumsScreen: lambda s: s.found is not None,
    CurvesScreen: lambda s: s.found is not None,
    BehindScreen: lambda s: s.objects is not None,
    ReviewScreen: lambda s: s.which in s.lists and bool(s.which != TITLE or s.suspected_of),
    MaskScreen: lambda s: s.regions is not None,
}
"""Data that workers bring; where they end without them, there will be none."""


# Metrics and samples


def _mode(screen: MetricsScreen) -> str:
    """What the numbers of the matrix are; empty where they are what they are at first."""
    matrix = screen.query_one(Matrix)
    return matrix.mode if matrix.grid and matrix.mode != matrix.grid.modes()[0] else ""


def _take_mode(screen: MetricsScreen, mode: str) -> None:
    for _ in range(len(screen.query_one(Matrix).grid.modes())):  # type: ignore[union-attr]
        if _mode(screen) == mode:
            return
        screen.action_view()
    raise LookupError(f'a matrix cannot show "{mode}"')


def _take_matrix(screen: MetricsScreen, number: int) -> None:
    while screen.number != number:
        before = screen.number
        screen.action_confusion()
        if screen.number in (before, 0):
            raise LookupError("there is no such matrix")


def _take_cells(screen: MetricsScreen, said: Sequence[Any]) -> None:
    screen.cell_filter.kind, screen.cell_filter.sure = str(said[0]), bool(said[1])
    screen.cell_filter.changed()


def _take_filter(screen: MetricsScreen, text: str) -> None:
    bar = screen.query_one(FilterBar)
    bar.table = screen.query_one("#cells", Table)
    bar.value = text
    bar.set_class(bool(text), "-open")


def _take_cell(screen: MetricsScreen, names: Sequence[str]) -> None:
    cell = cell_of(view_of(screen).comparison, names)
    screen.query_one(Matrix).go_to(cell)
    if screen.cells is not None and (row := screen.cells.row_of(*cell)) is not None:
        put(screen.query_one("#cells", Table), row)


def _take_class(screen: MetricsScreen, name: str) -> None:
    screen.show_only(cell_of(view_of(screen).comparison, [name, name])[0] if name else None)


def _class(screen: MetricsScreen) -> str:
    """The class that the list of cells is narrowed to; empty for all."""
    return "" if screen.only is None else view_of(screen).comparison.classes[screen.only]


def _samples(screen: MetricsScreen) -> dict[str, Any]:
    """The list below the cells; nothing for the one that is shown at first."""
    samples = screen.query_one(Samples)
    walk, at = samples.walk, samples.query_one(Crops).position
    if samples.confusion is None or walk.cell != screen.cell:
        return {}  # Another one is about to be shown.
    if not at and walk == samples.confusion.start(walk.cell):
        return {}
    return {**list_in(walk), "sample": at}


def _take_samples(screen: MetricsScreen, said: Mapping[str, Any]) -> None:
    samples = screen.query_one(Samples)
    if samples.confusion and screen.cell:
        walk = walk_of(screen.cell, said) if said else samples.confusion.start(screen.cell)
        if walk.which in samples.confusion.lists(walk.cell):
            samples.show(samples.confusion, walk, int(said["sample"]) if said else 0)


def _put_sample(screen: ViewScreen, at: int) -> None:
    crops = screen.query_one(Crops)
    crops.position = min(at, max(crops.total - 1, 0))


_METRICS: Mapping[str, SpotPart] = {
    "matrix": SpotPart(lambda s: s.number, _take_matrix, 0),
    "cells": SpotPart(lambda s: [s.cell_filter.kind, s.cell_filter.sure], _take_cells, ["", False]),
    "listed": SpotPart(lambda s: bool(s.listed), lambda s, _: s.action_form()),
    "filter": SpotPart(lambda s: s.query_one(FilterBar).value, _take_filter, ""),
    "view": SpotPart(_mode, _take_mode, ""),
    "shading": SpotPart(lambda s: s.query_one(Matrix).shading, lambda s, _: s.action_shading(), "size"),
    "intervals": SpotPart(lambda s: s.intervals, lambda s, _: s.action_intervals(), False),
    "tables": TABLES,
    "focus": FOCUS,
    "class": SpotPart(_class, _take_class, "", last=2),
    "cell": SpotPart(lambda s: names_of(s, s.cell), _take_cell, None, last=2),
    "samples": SpotPart(_samples, _take_samples, {}, last=3),
}


def _sample_cell(screen: SamplesScreen) -> list[str] | None:
    return names_of(screen, screen.query_one(Samples).walk.cell)


def _of_list(key: str) -> SpotPart:
    return SpotPart(lambda s: list_in(s.query_one(Samples).walk)[key], lambda *_: None)


_SAMPLES: Mapping[str, SpotPart] = {
    "cell": SpotPart(_sample_cell, lambda *_: None),
    **{key: _of_list(key) for key in ("list", "sort", "descending")},
    "sample": SpotPart(lambda s: s.query_one(Crops).position, _put_sample, None, last=1),
    "matrix": SpotPart(lambda s: s.number, lambda *_: None),
}


# Frames


def _frame_under(screen: FramesScreen) -> str | None:
    row = screen.query_one("#frames", Table).row
    return None if row is None else view_of(screen).comparison.dataset.frames.id[row] or ""


def _take_frame_under(screen: FramesScreen, id_: str) -> None:
    put(screen.query_one("#frames", Table), frame_of(view_of(screen).comparison, id_))


def _marked(screen: FramesScreen) -> list[str]:
    rows = np.flatnonzero(screen.query_one("#frames", Table).marks)
    ids = view_of(screen).comparison.dataset.frames.id
    return [ids[int(row)] or "" for row in rows[:_MARKS]]


def _take_marked(screen: FramesScreen, ids: Sequence[str]) -> None:
    table = screen.query_one("#frames", Table)
    table.mark(np.arange(len(table.marks)), False)
    for id_ in ids:
        table.mark(frame_of(view_of(screen).comparison, id_), True)


def _tile(screen: FramesScreen) -> int | None:
    return screen.query_one(Crops).position if screen.gallery is not None else None


_FRAMES: Mapping[str, SpotPart] = {
    "tables": TABLES,
    "marked": SpotPart(_marked, _take_marked, []),
    "frame": SpotPart(_frame_under, _take_frame_under, None, last=2),
    "gallery": SpotPart(lambda s: s.gallery is not None, lambda s, _: s.action_form(), False, last=3),
    "tile": SpotPart(_tile, lambda s, at: None if at is None else _put_sample(s, at), None, last=4),
}


# Screens of tables, and curves


def _scenario(screen: ScenariosScreen) -> str | None:
    row = screen.query_one("#scenarios", Table).row
    return None if row is None else screen.segments[row].name


def _named(id_: str, names: Callable[[Any], Sequence[str]], what: str) -> Callable[[Any, str], None]:
    """Puts the cursor of a table on the row of a name."""

    def take(screen: ViewScreen, name: str) -> None:
        there = list(names(screen))
        if name not in there:
            raise LookupError(f'there is no {what} "{name}"')
        put(screen.query_one(id_, Table), there.index(name))

    return take


def _conditions(screen: SlicesScreen) -> Sequence[str]:
    table = screen.lists[screen.which]
    return [each.condition for each in table.slices] if table else ()


def _sets(screen: LeaderboardScreen) -> Sequence[str]:
    return screen.board.sets if screen.board else ()


def _set_under(screen: LeaderboardScreen) -> str | None:
    row, sets = screen.query_one("#sets", Table).row, _sets(screen)
    return None if row is None or row >= len(sets) else sets[row]


def _picked(screen: LeaderboardScreen) -> list[str]:
    marks, sets = screen.query_one("#sets", Table).marks, _sets(screen)
    return [sets[int(row)] for row in np.flatnonzero(marks)] if len(marks) == len(sets) else []


def _take_picked(screen: LeaderboardScreen, names: Sequence[str]) -> None:
    table, sets = screen.query_one("#sets", Table), list(_sets(screen))
    table.mark(np.arange(len(table.marks)), False)
    for name in names:
        if name in sets:
            table.mark(sets.index(name), True)


def _front(screen: LeaderboardScreen) -> list[str] | None:
    return list(screen.board.pareto) if screen.board else None


def _take_front(screen: LeaderboardScreen, names: Sequence[str] | None) -> None:
    if names and screen.board and set(names) <= set(screen.board.figures):
        screen.take_front((str(names[0]), str(names[1])))


def _cycled(name: str) -> Callable[[Any, Any], None]:
    """Goes on to the next view until it is the one that was seen."""

    def take(screen: Any, wanted: object) -> None:  # noqa: ANN401
        first = getattr(screen, name)
        while getattr(screen, name) != wanted:
            screen.action_view()
            if getattr(screen, name) == first:
                raise LookupError(f'there is no view "{wanted}"')

    return take


def _curve(screen: CurvesScreen) -> dict[str, Any]:
    return {"chart": screen.chart, "figure": screen.figure, "at": screen.cursor, "side": screen.side}


def _curve_class(screen: CurvesScreen) -> str | None:
    return None if screen.class_ is None else view_of(screen).comparison.classes[screen.class_]


def _sum_class(screen: SumsScreen) -> str | None:
    row = screen.query_one("#sum-classes", Table).row
    return view_of(screen).comparison.classes[row - 1] if row else None


_FORM = SpotPart(lambda s: s.form, _cycled("form"), "delta")
_OVER: Mapping[str, SpotPart] = {"tables": TABLES, "focus": FOCUS}

_PARTS: Mapping[type[ViewScreen], Mapping[str, SpotPart]] = {
    MetricsScreen: _METRICS,
    SamplesScreen: _SAMPLES,
    FramesScreen: _FRAMES,
    FrameScreen: FRAME_PARTS,
    MaskScreen: MASK_PARTS,
    ScenariosScreen: {
        "view": _FORM,
        **_OVER,
        "scenario": SpotPart(
            _scenario,
            _named("#scenarios", lambda s: [each.name for each in s.segments], "scenario"),
            None,
            last=2,
        ),
    },
    SlicesScreen: {
        "slices": SpotPart(lambda s: LISTS[s.which], lambda s, _: s.action_list(1), LISTS[0]),
        "view": _FORM,
        **_OVER,
        "slice": SpotPart(
            lambda s: s.condition or None, _named("#slices", _conditions, "slice"), None, last=2
        ),
    },
    LeaderboardScreen: {
        "view": SpotPart(lambda s: s.form, _cycled("form"), "values and deltas"),
        **_OVER,
        "front": SpotPart(_front, _take_front, None, last=1),
        "picked": SpotPart(_picked, _take_picked, [], last=1),
        "set": SpotPart(_set_under, _named("#sets", _sets, "inference set"), None, last=2),
    },
    CurvesScreen: {
        "class": SpotPart(_curve_class, lambda *_: None),
        "cell": SpotPart(lambda s: names_of(s, s.cell), lambda *_: None),
        "curve": SpotPart(_curve, lambda s, said: s.look_at(**said), None, last=1),
    },
    SumsScreen: {**_OVER, "class": SpotPart(_sum_class, lambda *_: None)},
    BehindScreen: {"origin": SpotPart(lambda s: dict(s.origin), lambda *_: None), "tables": TABLES},
    ReviewScreen: {
        "list": SpotPart(lambda s: s.which, lambda s, name: s.choose(name), "Reviewed"),
        **_OVER,
    },
}


def _parts(screen: ViewScreen) -> Mapping[str, SpotPart]:
    return next((parts for kind, parts in _PARTS.items() if isinstance(screen, kind)), {})
