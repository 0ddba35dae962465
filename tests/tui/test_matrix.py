"""How wide the columns of the matrix are: as narrow as its numbers allow, so that all of them are seen."""

from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.lists import Grid, MatrixMode
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.widgets.matrix import Matrix, headings
from tests.tui.screen import lines

NAMES = ["pedestrian", "cyclist", "car", "van", "truck", "traffic light"]
COUNTS = np.array([[133, 5, 0, 0, 0, 0, 33], *[[0, 19, 7, 1, 2, 3, 4]] * 6])


def grid(scale: int = 1) -> Grid:
    return Grid(
        labels=range(7),
        inferred=range(7),
        row_names=[*NAMES, "spurious"],
        column_names=[*NAMES, "missed"],
        colors=["#336699"] * 6 + [""],
        base=COUNTS * scale,
        other=np.maximum(COUNTS - 29, 0) * scale,
        state=lambda label, inferred: State.FEW,
    )


class Shown(App[None]):
    """A matrix alone."""

    def compose(self) -> ComposeResult:
        yield Matrix()


async def test_all_columns_are_seen_where_their_numbers_fit() -> None:
    app = Shown()
    async with app.run_test(size=(64, 12)) as pilot:
        matrix = app.query_one(Matrix)
        matrix.show(grid())
        await pilot.pause()
        above, heading, first, *_ = lines(app)
        assert above.split() == ["pedes", "cycl-", "traff", "mis-"]
        assert heading.split() == ["label", "↓", "trian", "ist", "car", "van", "truck", "…ight", "sed"]
        assert first.split()[-1] == "~−29"
        matrix.show(grid(scale=1000))
        await pilot.pause()
        assert "mis" not in "".join(lines(app)[:2])


async def test_names_are_in_full_where_there_is_room() -> None:
    app = Shown()
    async with app.run_test(size=(130, 12)) as pilot:
        app.query_one(Matrix).show(grid())
        await pilot.pause()
        assert lines(app)[0].split() == ["label", "↓", *NAMES[:-1], "traffic", "light", "missed"]


@pytest.mark.parametrize(
    ("names", "width", "written"),
    [
        (["car"], 5, [("car",)]),
        (["traffic light", "traffic sign"], 7, [("traffic", "light"), ("traffic", "sign")]),
        (["construction_vehicle"], 6, [("constr", "…hicle")]),
        (["night_of_the_cat", "night_on_the_cat"], 4, [("…the", "_cat")] * 2),
        (["交通信号機械"], 6, [("交通信", "号機械")]),
        (["交通信号機械"], 5, [("交通", "…機械")]),
    ],
)
def test_names_too_long_for_a_line(names: list[str], width: int, written: list[tuple[str, ...]]) -> None:
    found = headings(names, width)
    assert all(cell_len(line) <= width for heading in found for line in heading)
    if len(set(written)) == len(names):
        assert found == written


async def test_shading_shows_the_size_of_a_change_or_its_share() -> None:
    app = Shown()
    async with app.run_test(size=(130, 12)) as pilot:
        matrix = app.query_one(Matrix)
        counts = np.zeros((7, 7), int)
        counts[0, 1], counts[0, 2] = 100, 10
        sure = replace(grid(), base=counts * 0, other=counts, state=lambda label, inferred: State.SURE)
        matrix.show(sure, (3, 3))
        await pilot.pause()
        inks = Inks(matrix)
        grounds = [matrix._content(0, column, inks)[2] for column in (1, 2)]
        matrix.shading = "share"
        assert grounds[0] != grounds[1]
        assert len({matrix._content(0, column, inks)[2] for column in (1, 2)}) == 1


@pytest.mark.parametrize("mode", ["delta", "base", "other", "percent", "column", "relative"])
@pytest.mark.parametrize("scale", [1, 100, 12_345])
async def test_no_number_is_wider_than_its_column(mode: MatrixMode, scale: int) -> None:
    app = Shown()
    async with app.run_test(size=(60, 12)) as pilot:
        matrix = app.query_one(Matrix)
        matrix.show(grid(scale))
        matrix.mode = mode
        await pilot.pause()
        inks = Inks(matrix)
        for row, column in np.ndindex(7, 7):
            matrix.cursor = row, column
            drawn = matrix._drawn(row, column, inks)
            assert sum(cell_len(part.text) for part in drawn) == matrix._cell, (row, column)


async def test_a_cursor_on_a_class_that_is_gone_moves_to_one_that_is_there() -> None:
    app = Shown()
    async with app.run_test(size=(64, 12)):
        matrix = app.query_one(Matrix)
        matrix.show(grid())
        matrix.cursor = (5, 5)
        corner = replace(
            grid(), labels=[0, 6], inferred=[6], row_names=["pedestrian", "spurious"],
            column_names=["missed"], colors=["#336699", ""], base=COUNTS[:2, :1], other=COUNTS[:2, :1],
        )  # fmt: skip
        matrix.show(corner)
        assert matrix.cursor == (0, 0)
        assert matrix.cell == (0, 6)
