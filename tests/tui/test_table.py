"""The table: reads only what it draws, sorts stably, shows what comes first."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.strip import Strip

from aquarium_tui.kinds.columns import Sort, TableColumn
from aquarium_tui.tui.widgets.columns import Arrangement, stable_order
from aquarium_tui.tui.widgets.matrix import headings, whole_columns
from aquarium_tui.tui.widgets.table import Table
from tests.tui.screen import lines, shown

NUMBERS = st.lists(st.one_of(st.integers(0, 3).map(float), st.just(float("nan"))), max_size=12)


@given(NUMBERS, st.booleans())
def test_order_is_stable_and_undefined_comes_last(values: list[float], descending: bool) -> None:
    known = [i for i, v in enumerate(values) if not np.isnan(v)]
    expected = sorted(known, key=lambda i: -values[i] if descending else values[i])
    expected += [i for i, v in enumerate(values) if np.isnan(v)]
    assert stable_order(np.array(values, np.float64), descending).tolist() == expected


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Table(id="table", empty="nobody home")


def columns(asked: Counter[int], keys: Any = None) -> list[TableColumn]:
    def cell(row: int) -> str:
        asked[row] += 1
        return f"row {row}"

    return [
        TableColumn("name", "name", 0, cell, keys),
        TableColumn("twice", "twice", 12, lambda r: str(2 * r), right=True),
    ]


async def test_ten_million_rows_cost_no_more_than_a_screen() -> None:
    asked: Counter[int] = Counter()
    async with Host().run_test(size=(60, 20)) as pilot:
        table = pilot.app.query_one(Table)
        table.show(columns(asked), 10_000_000)
        table.focus()
        await pilot.pause()
        asked.clear()
        await pilot.press("end")
        await pilot.pause()
        assert "row 9999999" in shown(pilot.app)
        await pilot.press("pageup", "up", "home")
        await pilot.pause()
        assert "row 0 " in shown(pilot.app)
        assert sum(asked.values()) < 6 * 20


async def test_headings_sort_and_show_what_comes_first() -> None:
    keys = np.array([3.0, np.nan, 1.0, 2.0])
    async with Host().run_test(size=(40, 10)) as pilot:
        table = pilot.app.query_one(Table)
        table.show(columns(Counter(), lambda: keys), 4, sort=Sort("name", True))
        table.focus()
        await pilot.press("down")
        assert (table.row, table.order.tolist()) == (3, [0, 3, 2, 1])
        await pilot.click(Table, offset=(3, 0))
        assert (table.row, table.order.tolist()) == (2, [2, 3, 0, 1])
        assert "name↑" in lines(pilot.app)[0]


async def test_totals_stay_first_and_an_order_by_harm_has_no_arrow() -> None:
    harm = np.array([9.0, 2.0, 1.0, 3.0])
    async with Host().run_test(size=(40, 10)) as pilot:
        table = pilot.app.query_one(Table)
        column = TableColumn("delta", "delta", 0, str, lambda: harm, descending=True, harm=True)
        table.show([column], 4, pinned=1)
        table.sort_by(Sort("delta", False))
        assert (table.order.tolist(), table.row, table.pinned) == ([0, 2, 1, 3], 2, 1)
        table.sort_by(Sort("delta", True))
        await pilot.pause()
        assert table.order.tolist() == [0, 3, 1, 2]
        assert "delta▼" in lines(pilot.app)[0]
        assert column.order_words(True) == "delta, worse first"


@pytest.mark.parametrize("rows", [np.array([4, 2]), np.array([], np.int64)])
async def test_only_the_rows_asked_for_are_shown(rows: np.ndarray) -> None:
    async with Host().run_test(size=(40, 10)) as pilot:
        table = pilot.app.query_one(Table)
        table.show(columns(Counter()), 5, rows=rows)
        await pilot.pause()
        text = shown(pilot.app)
        assert [f"row {r}" in text for r in range(5)] == [r in rows for r in range(5)]
        assert ("nobody home" in text) == (len(rows) == 0)
        assert table.total == len(rows)


async def test_another_click_on_a_row_goes_in() -> None:
    entered: list[int] = []

    class Listening(Host):
        def on_table_selected(self, event: Table.Selected) -> None:
            entered.append(event.row)

    async with Listening().run_test(size=(40, 10)) as pilot:
        pilot.app.query_one(Table).show(columns(Counter()), 5)
        await pilot.pause()
        await pilot.click(Table, offset=(5, 3))
        await pilot.click(Table, offset=(9, 4))
        await pilot.pause()
        assert entered == []
        await pilot.click(Table, offset=(2, 4))
        await pilot.pause()
        assert entered == [3]


async def test_text_from_outside_is_cut_to_its_column() -> None:
    long = "a name much longer than its column " * 3
    async with Host().run_test(size=(40, 10)) as pilot:
        table = pilot.app.query_one(Table)
        table.show(
            [
                TableColumn("a", "a", 10, lambda _: long),
                TableColumn("b", "b", 5, lambda _: "right", right=True),
            ],
            1,
        )
        await pilot.pause()
        assert lines(pilot.app)[1].rstrip() == "▌a name mu… right"


def test_headings_that_begin_alike_keep_their_ends() -> None:
    assert headings(["class_1", "class_10", "class_17"], 7) == [
        ("class_1",),
        ("class_", "10"),
        ("class_", "17"),
    ]
    assert headings(["pedestrian", "road"], 7) == [("pedes-", "trian"), ("road",)]


def test_a_column_that_is_not_all_in_sight_shows_no_part_of_a_number() -> None:
    numbers = [str(-1000 * i) for i in range(1, 9)]
    body = Strip([Segment("".join(f"{number:>7} " for number in numbers))])
    for left in range(30):
        for room in range(4, 70):
            seen = whole_columns(body, 8, left, room, Style())
            assert seen.cell_length == room
            inside = [n for i, n in enumerate(numbers) if left <= 8 * i and 8 * i + 8 <= left + room]
            assert seen.text.split() == inside


async def test_columns_at_the_edge_are_shortened_or_left_out_and_a_sign_says_so() -> None:
    wide = [
        TableColumn("name", "name", 20, lambda _: "a name that takes 20"),
        TableColumn("number", "number", 8, lambda _: "1234.567", right=True),
        TableColumn("words", "words", 20, lambda _: "words of 20 cells ..."),
    ]
    async with Host().run_test(size=(27, 6)) as pilot:
        table = pilot.app.query_one(Table)
        table.show(wide, 1)
        table.focus()
        await pilot.pause()
        assert lines(pilot.app)[:2] == [" name                     ›", "▌a name that takes 20      "]
        await pilot.press("right")
        assert lines(pilot.app)[0].startswith("‹") and "1234.567" in lines(pilot.app)[1]
        await pilot.resize_terminal(42, 6)
        await pilot.press("left")
        assert "1234.567 words of" in lines(pilot.app)[1] and lines(pilot.app)[1].rstrip().endswith("…")
        await pilot.resize_terminal(60, 6)
        await pilot.pause()
        assert "›" not in lines(pilot.app)[0]
        await pilot.resize_terminal(27, 6)
        table.show(wide, 100)
        await pilot.pause()
        assert lines(pilot.app)[0].startswith(" name                    ›")  # Beside the scrollbar.


async def test_columns_are_hidden_and_sized_and_the_first_one_stays() -> None:
    async with Host().run_test(size=(60, 20)) as pilot:
        table = pilot.app.query_one(Table)
        table.show(columns(Counter()), 3, sort=Sort("name", False))
        table.rearrange(Arrangement().sized("twice", 4).toggled("name"))
        await pilot.pause()
        assert table.widths[1] == 4
        assert "name" in lines(pilot.app)[0]
        assert "twi…" in lines(pilot.app)[0]
        table.rearrange(Arrangement(frozenset({"twice"})))
        await pilot.pause()
        assert "twice" not in lines(pilot.app)[0]
        table.show(columns(Counter()), 3)
        await pilot.pause()
        assert "twice" not in lines(pilot.app)[0], "other data has the columns that were wanted"


async def test_the_gap_behind_a_heading_sizes_its_column_by_the_mouse() -> None:
    async with Host().run_test(size=(60, 20)) as pilot:
        table = pilot.app.query_one(Table)
        table.show(columns(Counter(), lambda: np.arange(3)), 3)
        await pilot.pause()
        gap = 1 + table.widths[0]
        await pilot.mouse_down(table, offset=(gap, 0))
        await pilot.hover(table, offset=(21, 0))
        await pilot.mouse_up(table, offset=(21, 0))
        await pilot.pause()
        assert table.widths[0] == 20
        assert table.sort is None
        await pilot.click(table, offset=(3, 0))
        await pilot.pause()
        assert table.sort == Sort("name", False)


async def test_marks_stay_on_their_rows_while_sorting() -> None:
    async with Host().run_test(size=(60, 20)) as pilot:
        table = pilot.app.query_one(Table)
        keys = np.array([3.0, 1.0, 2.0])
        table.show(columns(Counter(), lambda: keys), 3)
        table.mark(0, True)
        await pilot.pause()
        assert lines(pilot.app)[1].startswith("●row 0")
        table.sort_by(Sort("name", False))
        await pilot.pause()
        assert [line[:6] for line in lines(pilot.app)[1:4]] == ["▌row 1", " row 2", "●row 0"]


async def test_why_a_table_is_empty_is_said_in_full() -> None:
    async with Host().run_test(size=(24, 8)) as pilot:
        table = pilot.app.query_one(Table)
        table.empty = "no frame has both a car and a truck; Escape clears the query"
        table.show(columns(Counter()), 0)
        await pilot.pause()
        assert " ".join(shown(pilot.app).split("\n", 1)[1].split()) == table.empty
