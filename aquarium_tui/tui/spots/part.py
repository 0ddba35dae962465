"""One thing that is seen of a screen as JSON can hold it, and what screens share: tables, focus, names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.widget import Widget

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds.columns import Sort
from aquarium_tui.kinds.walks import CellWalk
from aquarium_tui.session.view import View
from aquarium_tui.tui.screens.masks import MaskScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.columns import Arrangement
from aquarium_tui.tui.widgets.table import Table


@dataclass(frozen=True)
class SpotPart:
    """One thing that is seen of a screen.

    Attributes:
        read: Its value.
        write: Shows another value; raises LookupError where there is no such thing.
        usual: The value that is left out.
        last: When it is written: after what has a lower number, and once the data of the screen are there.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any, Any], object]
    usual: Any = None
    last: int = 0


# Names


def frame_of(comparison: Comparison, id_: str) -> int:
    """The place of a frame.

    Raises:
        LookupError: There is none.
    """
    row = comparison.dataset.frames.row_by_id.get(id_)
    if row is None:
        raise LookupError(f'there is no frame "{id_}"')
    return int(row)


def cell_of(comparison: Comparison, names: Sequence[str]) -> tuple[int, int]:
    """Row and column of a cell by its names.

    Raises:
        LookupError: There is no such class.
    """
    label, inferred = (_class_of(comparison, name) for name in names)
    return label, inferred


def _class_of(comparison: Comparison, name: str) -> int:
    if name not in comparison.classes:
        raise LookupError(f'there is no class "{name}"')
    return list(comparison.classes).index(name)


def view_of(screen: ViewScreen) -> View:
    """The view that a screen has drawn."""
    assert screen.drawn
    return screen.drawn


def names_of(screen: ViewScreen, cell: Sequence[int] | None) -> list[str] | None:
    """The names of a cell."""
    return None if cell is None else [view_of(screen).comparison.classes[at] for at in cell]


def list_in(walk: CellWalk) -> dict[str, Any]:
    """Which list of a cell it is, and how it is sorted; see `walk_of`."""
    return {"list": str(walk.which), "sort": walk.sort, "descending": walk.descending}


def walk_of(cell: tuple[int, int], said: Mapping[str, Any]) -> CellWalk:
    """The list of a cell that was seen."""
    return CellWalk(*cell, str(said["list"]), str(said["sort"]), bool(said.get("descending", True)))


# Tables, and the focus


def _tables(screen: ViewScreen) -> dict[str, dict[str, Any]]:
    found = {}
    for table in screen.query(Table):
        sort = [table.sort.key, table.sort.descending] if table.sort else None
        columns = table.arrangement.kept if table.arrangement != Arrangement() else None
        said = {"sort": sort, "columns": columns, "row": (table.row or None) if table.display else None}
        if table.id and any(value is not None for value in said.values()):
            found[table.id] = {key: value for key, value in said.items() if value is not None}
    return found


def _arrange_tables(screen: ViewScreen, tables: Mapping[str, Mapping[str, Any]]) -> None:
    for table in screen.query(Table):
        said = tables.get(table.id or "", {})
        arrangement = Arrangement.of(said.get("columns", {}))
        if table.arrangement != arrangement:
            table.rearrange(arrangement)
        sort = Sort(str(said["sort"][0]), bool(said["sort"][1])) if said.get("sort") else None
        if table.sort != sort:
            table.sort_by(sort)
        put(table, int(said.get("row", 0)))


def put(table: Table, row: int) -> None:
    """Put the cursor of a table on a row, where it is shown."""
    position = table.position_of(row)
    if position is not None:
        table.position = position


def _focus(screen: ViewScreen) -> str:
    focused = screen.focused
    return "" if focused is None else focused.id or type(focused).__name__


def _take_focus(screen: ViewScreen, name: str) -> None:
    if isinstance(screen, (MetricsScreen, MaskScreen)):
        screen.set_class(name == "report", "-report")
    for widget in screen.query(Widget):
        if name and name in (widget.id, type(widget).__name__) and widget.focusable:
            screen.set_focus(widget)
            return


TABLES = SpotPart(_tables, _arrange_tables, None, last=1)
FOCUS = SpotPart(_focus, _take_focus, None, last=1)
