"""A leaderboard, and slices with their figures: as text, JSON and CSV."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence

import numpy as np

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.compare.objects.leaderboard import FALSE_ALARMS, Leaderboard, LeaderboardFigure
from aquarium_tui.compare.slice_table import SliceSearch, SliceTable
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import (
    UNDEFINED,
    counted,
    grouped,
    number,
    p_text,
    share,
    signed_number,
    signed_share,
)
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Dataset
from aquarium_tui.report.certainty import (
    LEGEND,
    JsonObject,
    between,
    certainty_document,
    change,
    left,
    lines,
    right,
)
from aquarium_tui.report.document import by_side

TITLES = {
    "precision": "P",
    "recall": "R",
    "f1": "F1",
    FALSE_ALARMS: "false alarms",
    "miou": "mIoU",
    "fwiou": "weighted IoU",
}
_OF = {
    "label": "Figures are over all objects (micro)",
    "frame": "Figures are over all pixels; wins and losses are frames, by mIoU",
}
FRONT = "◆"
"""What stands beside a set on the front."""


def figure_text(figure: LeaderboardFigure, row: int) -> str:
    """A figure as it is written."""
    value = float(figure.values[row])
    if figure.own:
        return number(value)
    if math.isnan(value):
        return UNDEFINED
    return f"{value:.2f}" if figure.name == FALSE_ALARMS else share(value)


def delta_text(figure: LeaderboardFigure, row: int) -> str:
    """Its delta to base; empty of base."""
    if row == 0:
        return ""
    delta = float(figure.values[row] - figure.values[0])
    if figure.name == FALSE_ALARMS and not math.isnan(delta):
        return f"{'+' if delta > 0 else '−' if delta < 0 else ''}{abs(delta):.2f}"
    return signed_number(delta) if figure.own else signed_share(delta)


def interval_text(figure: LeaderboardFigure, row: int) -> str:
    """The 95 % interval of its delta; empty where there is none."""
    certainty = figure.certainty
    if row == 0 or certainty is None or math.isnan(certainty.low[row]):
        return ""
    low, high = float(certainty.low[row]), float(certainty.high[row])
    if figure.name == FALSE_ALARMS:
        return f"[{_signed(low)}, {_signed(high)}]"
    return f"[{signed_share(low)}, {signed_share(high)}]"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):.2f}"


def state_of(figure: LeaderboardFigure, row: int) -> State:
    """How sure its delta is."""
    return figure.certainty.state(row) if figure.certainty and row else State.UNKNOWN


def leaderboard_lines(found: Leaderboard, dataset: Dataset) -> list[str]:
    """A line for each set, then what they have in common."""
    order = ranked_rows(found)
    first, second = found.pareto
    head = (
        f"{visible(f'{dataset.project.name}/{dataset.name}')}   base {visible(found.sets[0])}   "
        f"{counted(found.frames, 'frame')}   {counted(found.labels, 'label')}"
    )
    columns = [left("set", [f"{FRONT if found.front[r] else ' '} {visible(found.sets[r])}" for r in order])]
    for figure in found.figures.values():
        columns += _figure_columns(figure, order)
    columns.append(right("wins", [_plus("+", found.wins[r]) if r else "" for r in order]))
    columns.append(right("losses", [_plus("−", found.losses[r]) if r else "" for r in order]))
    columns.append(left("", [found.record.state(r).mark if r else "" for r in order]))
    shared = (
        []
        if found.unit == "frame"
        else [
            f"{counted(len(found.all_wrong), 'label')} that every set gets wrong",
            f"{counted(len(found.only_one), 'label')} that only one set gets right: {_who(found)}"
            if len(found.only_one)
            else "no label that only one set gets right",
        ]
    )
    return [
        head,
        f"{FRONT} on the Pareto front of {first} and {second}. {_OF[found.unit]}; "
        "deltas and 95 % intervals are to base.",
        *lines(columns),
        LEGEND,
        *shared,
    ]


def ranked_rows(found: Leaderboard) -> list[int]:
    """The sets in the order of the first figure of the front, the best first."""
    figure = found.figures[found.pareto[0]]
    gain = figure.values if figure.higher_is_better else -figure.values
    return [int(row) for row in np.argsort(-np.nan_to_num(gain, nan=-np.inf), kind="stable")]


def _figure_columns(figure: LeaderboardFigure, order: list[int]) -> list[list[str]]:
    title = TITLES.get(figure.name, figure.name)
    values = right(title, [figure_text(figure, row) for row in order])
    deltas = right("Δ", [delta_text(figure, row) for row in order])
    if figure.own:
        return [values, deltas]
    marks = [state_of(figure, row).mark if row else "" for row in order]
    ends = [f"{interval_text(figure, row)}{mark}" for row, mark in zip(order, marks, strict=True)]
    return [values, deltas, left("", ends)]


def _plus(sign: str, count: int) -> str:
    return f"{sign}{grouped(count)}"


def _who(found: Leaderboard) -> str:
    """Which set alone gets how many right, the most first."""
    counts = np.bincount(found.by, minlength=len(found.sets))
    order = np.argsort(-counts, kind="stable")
    return ", ".join(f"{visible(found.sets[row])} {grouped(counts[row])}" for row in order if counts[row])


def leaderboard_json(found: Leaderboard, dataset: Dataset) -> str:
    """The leaderboard as JSON; what is undefined is null."""
    ids = [dataset.labels.name(int(row)) for row in found.all_wrong]
    only = [
        {"label": dataset.labels.name(int(row)), "set": found.sets[int(by)]}
        for row, by in zip(found.only_one, found.by, strict=True)
    ]
    document: JsonObject = {
        "format": 1,
        "project": dataset.project.name,
        "dataset": dataset.name,
        "base": found.sets[0],
        "frames": found.frames,
        "labels": found.labels,
        "pareto": list(found.pareto),
        "sets": [_set_document(found, row) for row in ranked_rows(found)],
        "all_wrong": ids,
        "only_one_right": only,
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _set_document(found: Leaderboard, row: int) -> JsonObject:
    figures = {}
    for name, figure in found.figures.items():
        value, base = float(figure.values[row]), float(figure.values[0])
        figures[name] = {
            "value": _plain(value),
            "delta": _plain(value - base),
            "better": "higher" if figure.higher_is_better else "lower",
            "certainty": certainty_document({"delta": figure.certainty}, row)["delta"]
            if figure.certainty and row
            else None,
        }
    return {
        "id": found.sets[row],
        "figures": figures,
        "wins": int(found.wins[row]),
        "losses": int(found.losses[row]),
        "wins_and_losses": certainty_document({"delta": found.record}, row)["delta"] if row else None,
        "on_front": bool(found.front[row]),
    }


def leaderboard_csv(found: Leaderboard) -> str:
    """One row for each set: figures, the ends of the intervals of their deltas, wins and losses."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = [h for name in found.figures for h in (name, f"{name}_delta", f"{name}_low", f"{name}_high")]
    writer.writerow(["set", *heads, "wins", "losses", "on_front"])
    for row in ranked_rows(found):
        cells: list[object] = [found.sets[row]]
        for figure in found.figures.values():
            sure = figure.certainty
            ends = (float(sure.low[row]), float(sure.high[row])) if sure and row else (math.nan, math.nan)
            numbers = (figure.values[row], figure.values[row] - figure.values[0], *ends)
            cells += ["" if math.isnan(value) else f"{value:.6g}" for value in numbers]
        cells += [int(found.wins[row]), int(found.losses[row]), "yes" if found.front[row] else ""]
        writer.writerow(cells)
    return out.getvalue()


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


Precisions = Sequence[Mapping[Side, float]]
"""AP of each slice by side; empty where it was not asked for."""

_TITLES = {"precision": "precision", "recall": "recall", "f1": "F1"}


def slice_lines(table: SliceTable, precision: Precisions = ()) -> list[str]:
    """One line per slice: labels, frames, rates of all its classes together, how sure, and its condition."""
    if not len(table):
        return [search_words(table.search)] if table.search else ["There are no slices with labels."]
    figures, rows = table.figures, range(len(table))
    columns = [left("slice", [slice_name(table, row) for row in rows])]
    columns.append(right("support", [grouped(n) for n in figures.support.tolist()]))
    columns.append(right("frames", [grouped(n) for n in figures.frames.tolist()]))
    for name, title in _TITLES.items():
        values = {side: each[name].tolist() for side, each in figures.values.items()}
        columns.append(change(title, values["base"], values.get("other"), share, signed_share))
        if name != "precision" and figures.certainty:
            columns.append(left("", [between(figures.certainty[name], row) for row in rows]))
        if name == "recall" and figures.certainty:
            columns.append(right("q", [_q(table.q(row)) for row in rows]))
    if precision:
        of_sets = {side: [each[side] for each in precision] for side in figures.values}
        columns.append(change("AP", of_sets["base"], of_sets.get("other"), share, signed_share))
    columns.append(left("condition", [visible(each.condition) for each in table.slices]))
    found = lines(columns)
    if figures.certainty:
        found += ["", f"q is of the delta of recall; {LEGEND}"]
    return [*found, search_words(table.search)] if table.search else found


def slice_name(table: SliceTable, row: int) -> str:
    """What a slice is, in words."""
    each = table.slices[row]
    return visible(each.title if table.search else f"{each.about}: {each.title}")


def search_words(search: SliceSearch) -> str:
    """What a search did."""
    found, candidates = counted(len(search.found), "slice"), counted(search.candidates, "candidate")
    halves = f"half of the frames proposed {grouped(search.tested)}, and the other half tested them"
    return f"{found} found among {candidates}: {halves}"


def _q(q: float) -> str:
    return UNDEFINED if math.isnan(q) else p_text(q).removeprefix("p ").removeprefix("= ")


def slice_document(table: SliceTable, precision: Precisions = ()) -> str:
    """The slices as JSON; undefined numbers are null."""
    rows = [_document(table, row, precision[row] if precision else {}) for row in range(len(table))]
    document: JsonObject = {"format": 1, "slices": rows}
    if table.search:
        document |= {"candidates": table.search.candidates, "tested": table.search.tested}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _document(table: SliceTable, row: int, precision: Mapping[Side, float]) -> JsonObject:
    figures, each = table.figures, table.slices[row]
    sides = list(figures.values)

    def of_side(side: Side) -> dict[str, float]:
        rates = {name: float(values[row]) for name, values in figures.values[side].items()}
        return rates | ({"AP": precision[side]} if precision else {})

    found: JsonObject = {"about": each.about, "title": each.title, "condition": each.condition}
    found |= {"support": int(figures.support[row]), "frames": int(figures.frames[row])}
    found |= by_side(sides, of_side)
    if figures.certainty:
        found["certainty"] = certainty_document(figures.certainty, row)
    if table.search:
        test = table.search.found[row]
        found["test"] = {"delta": test.delta, "rest": test.rest, "p": test.p, "q": test.q}
    return found
