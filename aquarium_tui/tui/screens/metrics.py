"""The report, the delta confusion, and the samples of the cell under the cursor."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from aquarium_tui.compare.verdict import Direction, Verdict
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.columns import Sort
from aquarium_tui.kinds.lists import CellTable, Confusion, Grid, shorter_sentences
from aquarium_tui.kinds.report_columns import ReportTable, number_totals, own_columns
from aquarium_tui.kinds.walks import CellWalk
from aquarium_tui.report import VERDICT_FORMS, verdict_parts
from aquarium_tui.session.view import View, reproduce
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import METRICS
from aquarium_tui.tui.controllers.tables import CellFilter, TableControl
from aquarium_tui.tui.screens.samples import SamplesScreen, subject_of_samples
from aquarium_tui.tui.screens.view import NarrowedScreen
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import FilterBar, Line, Pane
from aquarium_tui.tui.widgets.matrix import Matrix
from aquarium_tui.tui.widgets.samples import Samples
from aquarium_tui.tui.widgets.table import Table

REST = 0.12
"""Seconds for which the cursor must rest before the samples follow."""

MOST_CLASSES = 25
"""More classes than this are shown as two tables."""

MOST_OWN = 4
"""Metrics of the user that are seen at once."""


class MetricsScreen(NarrowedScreen):
    """What got better and what got worse, class by class and cell by cell."""

    HERE = "metrics"
    CSS_PATH = "metrics.tcss"
    PLACE = METRICS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(METRICS)]

    single: bool | None = None
    cell: tuple[int, int] | None = None
    cells: CellTable | None = None
    intervals = False
    report: ReportTable | None = None
    listed: bool | None = None
    only: int | None = None
    named: tuple[str, ...] = ()
    number = 0

    def __init__(self) -> None:
        super().__init__()
        self.tables = TableControl(self, "#cells")
        self.cell_filter = CellFilter(self, self._show_confusion)

    def panes(self) -> ComposeResult:
        """Report and confusion above, the cell and its samples below."""
        yield Line(id="verdict")
        with Horizontal(id="top"):
            with Pane(id="report-pane", classes="pane"):
                yield Table(id="report", empty="this dataset has no classes")
                yield Table(id="own")
            with Vertical(id="cells-pane", classes="pane"):
                yield Matrix(id="matrix")
                yield Table(id="cells")
        yield FilterBar()
        yield Line(id="cell-line")
        yield Samples(self.sign("previous.item", "next.item"))

    @property
    def confusion(self) -> Confusion:
        """The confusion that is shown."""
        confusions = self.program.presentation.confusions
        return confusions[min(self.number, len(confusions) - 1)]

    def show(self, view: View) -> None:
        """Fill report, matrix and list of cells; keep the cell, or begin at the worst."""
        if self.named != view.comparison.classes:
            self.named = view.comparison.classes
            self.cell = self.only = None
        super().show(view)
        single = view.comparison.other is None
        if self.single != single:
            self.single, self.cell = single, None
        self._fill_own()
        self._show_confusion()
        self._say_verdict()

    def _show_confusion(self) -> None:
        """The confusion that is chosen, and the samples of a cell of it."""
        grid = self._grid()
        if self.cell is None or grid.place_of(self.cell) is None:
            self.cell = grid.worst() if grid.cells else None
        if self.listed is None:
            self.listed = max(grid.rows, grid.columns) - 1 > MOST_CLASSES
        self.cells = self.confusion.table(self.known)
        self.query_one(Matrix).show(grid, self.cell)
        self._fill_report()
        self._fill_cells()
        self._arrange()
        self._show_cell(at_once=True)

    def _grid(self) -> Grid:
        """The cells that are shown."""
        assert self.drawn
        return self.cell_filter.grid(self.confusion.grid(self.known), len(self.drawn.comparison.classes) - 1)

    def _fill_report(self) -> None:
        if self.drawn is None:
            return
        table, report = (
            self.query_one("#report", Table),
            self.program.presentation.report(self.known, self.intervals),
        )
        names = self.drawn.comparison.classes[:-1]
        wanted = self.query_one(FilterBar).wanted
        rows = None
        if wanted:
            rows = report.rows_of([i for i, name in enumerate(names) if wanted in name.casefold()])
        self.report = report
        table.show(report.columns, report.count, sort=table.sort, rows=rows, pinned=report.averages)
        self.query_one("#report-pane", Pane).say_below(report.summary)

    def _fill_own(self) -> None:
        """The user's numbers, where there are any."""
        own = self.query_one("#own", Table)
        if self.drawn is None:
            return
        totals = number_totals(self.drawn.comparison)
        own.display = bool(totals)
        own.show(own_columns(self.drawn.comparison, totals, self.known), len(totals))
        own.styles.height = min(len(totals), MOST_OWN) + 1

    def _fill_cells(self, moves: bool = True) -> None:
        """Fill the list of cells; `moves` puts its cursor on the cell, else it stays where it is."""
        table, cells = self.query_one("#cells", Table), self.cells
        if cells is None or self.cell is None or self.drawn is None:
            return
        last = len(self.drawn.comparison.classes) - 1
        rows = self.cell_filter.rows(cells, self.confusion.grid(self.known), last)
        if self.only is not None:
            touching = cells.touching(self.only)
            rows = touching if rows is None else np.intersect1d(rows, touching)
        wanted = self.query_one(FilterBar).wanted
        if wanted:
            names = [name.casefold() for name in self.drawn.comparison.classes]
            kept = np.arange(len(cells.label)) if rows is None else rows
            hits = [r for r in kept if wanted in names[cells.label[r]] or wanted in names[cells.inferred[r]]]
            rows = np.array(hits, np.int64)
        table.empty = self.cell_filter.why_none(wanted) or self._why_nothing()
        default = Sort("worse" if self.drawn.comparison.other else "base", True)
        table.show(
            cells.columns,
            len(cells.label),
            sort=table.sort or default,
            rows=rows,
            row=cells.row_of(*self.cell) if moves else None,
        )

    def _why_nothing(self) -> str:
        lowers = f"{self.sign('view.confidence_down')} lowers them"
        return self.nothing_selected() or f"no labels and no inferences at these thresholds: {lowers}"

    def learn(self) -> None:
        """AP50, intervals and p-values, where the cursor is."""
        stale = self.drawn is not self.program.presentation.view  # Another view is about to be shown.
        if self.drawn and self.cell and not stale:
            if self.cell_filter.sure:
                self._show_confusion()  # Which cells are shown depends on what has been learned.
            self.query_one(Matrix).show(self._grid())
            self.cells = self.confusion.table(self.known)
            self._fill_report()
            self._fill_own()
            self._fill_cells(moves=False)
            self._say_cell(self.cell)
            self._say_verdict()

    def _say_verdict(self) -> None:
        """What the comparison comes to, once that is known; one set alone has no verdict."""
        line, verdict = self.query_one("#verdict", Line), self.known.verdict if self.known else None
        line.display = self.single is False
        if nothing := self.nothing_selected():
            line.show([(f" {nothing}", "warn")])
            return
        inks = {Direction.BETTER: "good", Direction.WORSE: "bad", Direction.UNCLEAR: ""}
        unknown = [[("…", Direction.UNCLEAR)]]
        forms = [self._verdict_parts(verdict, *form) for form in VERDICT_FORMS] if verdict else unknown
        forms += [forms[-1][:count] for count in range(len(forms[-1]) - 1, 0, -1)]
        long, *shorter = [[(f" {text}  ", inks[way]) for text, way in parts] for parts in forms]
        line.show(long, (), *shorter)

    def _verdict_parts(self, verdict: Verdict, detail: int, doubts: int) -> list[tuple[str, Direction]]:
        """The verdict, with the key that matches operating points where they differ."""
        hint = f", {self.sign('thresholds.policy')} matches them"
        parts = verdict_parts(verdict, detail, doubts)
        return [(text + hint * text.startswith("! other operating points"), way) for text, way in parts]

    def _say_cell(self, cell: tuple[int, int]) -> None:
        sentence = self.confusion.sentence(cell, self.known)
        self.query_one("#cell-line", Line).show(sentence, (), *shorter_sentences(sentence))

    def _arrange(self) -> None:
        """Show the matrix or the list, and say what is shown."""
        matrix, table = self.query_one(Matrix), self.query_one("#cells", Table)
        matrix.display, table.display = not self.listed, bool(self.listed)
        pane = self.query_one("#cells-pane")
        if self.listed:
            only = (
                f" of {self.drawn.comparison.classes[self.only]}"
                if self.drawn and self.only is not None
                else ""
            )
            only += f"   only {self.cell_filter.title}" * bool(self.cell_filter.title)
            pane.border_title = f"cells{f' of {self.confusion.title}' * bool(self.number)}{only}"
            pane.border_subtitle = "   ".join(
                f"{self.sign(action)} {word}"
                for action, word in (
                    ("metrics.list", "matrix"),
                    ("metrics.filter", "filter"),
                    ("sort.by", "sort"),
                )
            )
        else:
            only = f"only {self.cell_filter.title}   " * bool(self.cell_filter.title)
            pane.border_title = f"{self.confusion.title}   {only}{matrix.words}"
            pane.border_subtitle = "rows: label   columns: inferred"
        shown = "95 % intervals of other − base" if self.intervals else "other − base"
        self.query_one("#report-pane").border_title = "report" if self.single else f"report   {shown}"
        self._share_height()

    def _share_height(self) -> None:
        """Matrix and report as high as they are, where that leaves the samples at least half."""
        matrix = self.query_one(Matrix)
        needed = max(matrix.height_needed, self.report.count + 1 if self.report else 0)
        rows = self.size.height if self.listed else needed + 2
        self.query_one("#top").styles.height = max(8, min(rows, self.size.height // 2 - 1))

    def on_resize(self) -> None:
        """Share the height anew."""
        self._share_height()

    @on(Table.Highlighted, "#report")
    def focus_moved(self) -> None:
        """Say where the cursor of the table in focus is; that of the report narrows the list of cells."""
        if isinstance(self.focused, Table):
            self.tables.say(self.focused)
            if self.focused.id == "report" and self.report and self.focused.row is not None:
                self.show_only(self.report.class_at(self.focused.row))
        else:
            self.query_one(Tabs).say("")

    def _focus_cells(self) -> None:
        self.remove_class("-report")
        self.set_focus(self.query_one("#cells" if self.listed else "#matrix"))

    @on(Matrix.Highlighted)
    def _matrix_moved(self, event: Matrix.Highlighted) -> None:
        self._go_to((event.label, event.inferred))

    @on(Table.Highlighted, "#cells")
    def _cells_moved(self, event: Table.Highlighted) -> None:
        self.focus_moved()
        if self.cells and self.listed:
            self._go_to((int(self.cells.label[event.row]), int(self.cells.inferred[event.row])))

    def show_only(self, class_: int | None) -> None:
        """Narrow the list of cells to those of a class; None shows all."""
        if class_ != self.only:
            self.only = class_
            self._fill_cells()
            self._arrange()

    def _go_to(self, cell: tuple[int, int]) -> None:
        if cell != self.cell:
            self.cell = cell
            self._show_cell()

    def _show_cell(self, at_once: bool = False) -> None:
        """The sentence at once, the samples a moment after the cursor rests."""
        view, cell = self.drawn, self.cell
        if view is None or cell is None:
            return
        self._say_cell(cell)
        draw: Callable[[], None] = lambda: self._show_samples(view, cell)  # noqa: E731
        if at_once:
            draw()
        else:
            self.set_timer(REST, draw)

    def _show_samples(self, view: View, cell: tuple[int, int]) -> None:
        if self.cell == cell and self.drawn is view:
            self.query_one(Samples).show(self.confusion, self._walk(cell), why=self.nothing_selected())

    def _walk(self, cell: tuple[int, int]) -> CellWalk:
        """The list of the cell that is shown below, or is about to be."""
        samples, confusion = self.query_one(Samples), self.confusion
        known = samples.confusion is not None and samples.walk.which in confusion.lists(cell)
        if known and samples.walk.cell == cell and samples.walk.sort in confusion.sorts:
            return samples.walk
        return confusion.start(cell)

    def focus_content(self) -> None:
        """To the cells."""
        self._focus_cells()

    def subject(self) -> dict[str, str]:
        """The cell, and the frame of the sample under the cursor."""
        return subject_of_samples(self, self.query_one(Samples))

    def command(self, view: View) -> str:
        """The command that prints the report, where that is what is looked at."""
        reads = self.intervals or self.query_one("#report", Table).has_focus
        return reproduce(view, "compare") if reads else super().command(view)

    def equivalent(self) -> str:
        """The class under the cursor of the report, or the list of the cell that is shown."""
        report = self.query_one("#report", Table)
        if self.drawn is None or self.cell is None:
            return ""
        row = report.row if report.has_focus else None
        class_ = self.report.class_at(row) if row is not None and self.report else None
        if class_ is not None:
            return self.confusion.query_of_class(class_)
        return self.confusion.query(self._walk(self.cell))

    # Keys

    def on_mount(self) -> None:
        """Begin with the columns that were wanted last."""
        self.tables.restore()

    @on(Table.Arranged)
    def _keep_columns(self, event: Table.Arranged) -> None:
        self.tables.keep(event.table)

    def action_sort(self) -> None:
        """Ask what to sort the table by."""
        self.tables.sort()

    def action_reverse(self) -> None:
        """Reverse the order of the table."""
        self.tables.reverse()

    def action_columns(self) -> None:
        """Choose the columns of the table."""
        self.tables.choose_columns()

    @on(Matrix.Selected)
    @on(Table.Selected, "#cells")
    def action_enter(self) -> None:
        """All samples of the cell."""
        if self.cell and self.drawn:
            self.app.push_screen(SamplesScreen(self._walk(self.cell), self.number))

    @on(Table.Selected, "#report")
    def _enter_class(self) -> None:
        """From a class to its cells."""
        self.listed = True
        self._arrange()
        self._focus_cells()

    @on(Samples.Selected)
    def _enter_sample(self, event: Samples.Selected) -> None:
        self.program.look(event.look)

    @on(Table.Selected, "#own")
    def _enter_own(self, event: Table.Selected) -> None:
        """From a number of the user's to the frames that it changes most in."""
        assert self.drawn
        metric = number_totals(self.drawn.comparison)[event.row].metric
        pair = self.drawn.comparison.other is not None
        column = f"delta_{metric.name}" if pair else metric.name
        self.program.list_frames(Sort(column, not metric.higher_is_better))

    def action_view(self) -> None:
        """The next of delta, base, other, percent."""
        matrix = self.query_one(Matrix)
        if matrix.grid:
            modes = matrix.grid.modes()
            matrix.mode = modes[(modes.index(matrix.mode) + 1) % len(modes)]
            self._arrange()

    def action_cells(self) -> None:
        """Ask which cells to show."""
        self.cell_filter.ask()

    def action_boundary(self) -> None:
        """Boundary IoU beside IoU, or not."""
        if self.drawn is None:
            return
        if not kind_of(self.drawn.comparison.dataset.project).boundaries:
            self.notify("Boundary IoU is of masks of pixels.", severity="warning")
            return
        choice = self.program.now(self.drawn)
        self.program.compare(replace(choice, boundary=not choice.boundary))

    def action_parents(self) -> None:
        """Count classes as their parents, or by their own names again."""
        if self.drawn:
            choice = self.program.now(self.drawn)
            self.program.compare(replace(choice, by_parent=not choice.by_parent))

    def action_shading(self) -> None:
        """Shade deltas by how large they are, or by how much of their counts they are."""
        self.query_one(Matrix).turn_shading()
        self._arrange()

    def action_form(self) -> None:
        """Matrix or ranked list."""
        self.listed = not self.listed
        if not self.listed and self.cell:
            self.query_one(Matrix).go_to(self.cell)
        self._fill_cells()
        self._arrange()
        self._focus_cells()

    def action_confusion(self) -> None:
        """The next confusion: the comparison's own, or one of the user's matrices."""
        confusions = self.program.presentation.confusions
        if len(confusions) < 2:
            self.notify(
                "There is only one matrix: none of your metrics is a confusion matrix.", severity="warning"
            )
            return
        self.number = (self.number + 1) % len(confusions)
        self.cell = None
        self._show_confusion()

    def action_report(self) -> None:
        """To the report, or back to the cells; on a narrow screen it takes their place."""
        report = self.query_one("#report", Table)
        if report.has_focus:
            self._focus_cells()
        else:
            self.add_class("-report")
            report.focus()

    def action_intervals(self) -> None:
        """Intervals instead of deltas, over the whole width, or back."""
        if self.single:
            self.notify("One set has no deltas: intervals are those of other − base.", severity="warning")
            return
        self.intervals = not self.intervals
        self.set_class(self.intervals, "-intervals")
        self._fill_report()
        self._arrange()
        if self.intervals:
            self.set_focus(self.query_one("#report"))
        else:
            self._focus_cells()

    def action_curves(self) -> None:
        """Curves of the class under the cursor of the report, or of the cell."""
        from aquarium_tui.tui.screens.curves import CurvesScreen  # Loaded when it is asked for.

        report, view = self.query_one("#report", Table), self.drawn
        if report.has_focus and self.report and report.row is not None:
            self.app.push_screen(CurvesScreen(self.report.class_at(report.row)))
        elif self.cell and view:
            self.app.push_screen(CurvesScreen.of_cell(self.cell, len(view.comparison.classes) - 1))

    def action_sums(self) -> None:
        """Show the difference in AP as a sum."""
        from aquarium_tui.tui.screens.sums import SumsScreen  # Loaded when it is asked for.

        view = self.drawn
        if view and kind_of(view.comparison.dataset.project).ranked(view.comparison):
            self.app.push_screen(SumsScreen())
            return
        self.notify("Only two sets of objects with confidences have a ΔAP to add up.", severity="warning")

    def action_filter(self) -> None:
        """Filter report, cells and crops by class; the matrix gives way to the list of cells."""
        table = self.focused if isinstance(self.focused, Table) else self.query_one("#cells", Table)
        if not self.listed:
            self.listed = True
            self._fill_cells()
            self._arrange()
        self.query_one(FilterBar).open_for(table)

    @on(FilterBar.Filtered)
    def _filtered(self) -> None:
        if self.drawn:
            self._fill_report()
            self._fill_cells()

    def action_list(self, by: int) -> None:
        """The next or previous list of the cell."""
        self.query_one(Samples).action_list(by)
