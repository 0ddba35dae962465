"""Slices with their figures, as text and as JSON."""

import json
import math
from collections.abc import Mapping, Sequence

from aquarium_tui.compare.slice_search import SliceSearch
from aquarium_tui.compare.slice_table import SliceTable
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, counted, grouped, p_text, share, signed_share
from aquarium_tui.model.settings import Side
from aquarium_tui.report.certainty import LEGEND, JsonObject, between, certainty_document
from aquarium_tui.report.document import by_side
from aquarium_tui.report.table import change, left, lines, right

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
