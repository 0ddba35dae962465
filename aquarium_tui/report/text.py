"""A comparison as text for a terminal or a log, or as Markdown for a comment; equal input, equal bytes."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report import ClassField, ClassReport, Heading, TotalGroup
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.names import background_words, cell_words, visible
from aquarium_tui.model.numbers import Unit, counted, grouped, signed
from aquarium_tui.model.settings import Side
from aquarium_tui.report.certainty import (
    LEGEND,
    Figures,
    Findings,
    between,
    change,
    interval_lines,
    left,
    lines,
    right,
    sensitivity_lines,
    test_lines,
    verdict_line,
)
from aquarium_tui.report.metrics import metric_lines

MOST_CELLS = 20
"""Cells that are listed: as many as fit a screen with what stands above them."""


def as_text(comparison: Comparison, query: str = "", findings: Findings | None = None) -> str:
    """Verdict, header, report, totals, the cells that changed most and the user's metrics, as lines of text.

    Args:
        comparison: What is written.
        query: The query that selects its frames; it is only named.
        findings: How sure the deltas are; None leaves that out.
    """
    kind = kind_of(comparison.dataset.project)
    report, further = kind.class_report(comparison), kind.slow_fields(comparison)
    blocks = [[verdict_line(findings.verdict)]] if findings else []
    blocks += [header_lines(comparison, kind.heading(comparison), query), _report(report, further)]
    if findings:
        sure = interval_lines(comparison, findings, report.seen.tolist())
        blocks.append([*sure, *test_lines(findings.significance)])
        blocks.append(sensitivity_lines(findings.sensitivity) if findings.sensitivity else [])
    known = findings.of_wholes if findings else {}
    blocks += [_totals(group, known) for group in kind.totals(comparison)]
    blocks += [
        cell_lines(comparison, findings),
        *(_totals(group, known) for group in kind.slow_totals(comparison)),
    ]
    blocks.append(metric_lines(comparison, findings.metrics if findings else {}))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def header_lines(comparison: Comparison, heading: Heading, query: str) -> list[str]:
    """What is compared, and under which settings; then notes."""
    dataset = comparison.dataset
    names = [visible(comparison.inferences(side).id) for side in comparison.sides]
    sets = f"base {names[0]} → other {names[1]}" if comparison.other else names[0]
    parts = [visible(f"{dataset.project.name}/{dataset.name}"), sets, *heading.parts]
    delta = " Delta is other − base." if comparison.other else ""
    frames = len(dataset.frames)
    of = f"{grouped(comparison.frame_count)} of {counted(frames, 'frame')}"
    asked = [f"query: {visible(query)}   {of}"] if query else []
    asked += [f"only: {visible(comparison.only)}   {'' if query else of}".rstrip()] if comparison.only else []
    if dataset.project.class_map.plain is not None:
        asked.append("by parent: each class is counted as the broader class that it belongs to")
    return ["   ".join(parts), *asked, *heading.notes, f"{delta} An undefined number is –.".strip()]


def _report(report: ClassReport, further: Sequence[ClassField]) -> list[str]:
    """One line per class that has labels or inferences, then the averages."""
    names = [*(visible(report.names[row]) for row in report.seen), *report.averages.values()]
    support = [*report.support[report.seen].tolist(), *[report.support.sum()] * len(report.averages)]
    columns = [left("class", names), right("support", [grouped(n) for n in support])]
    columns += [_column(report, field) for field in (*report.fields, *further) if field.title]
    found = lines(columns)
    unseen = len(report.names) - len(report.seen)
    if unseen:
        what = f"{grouped(unseen)} class{'es' * (unseen != 1)}"
        found.append(f"and {what} without labels and inferences")
    return found


def _column(report: ClassReport, field: ClassField) -> list[str]:
    """Title, the classes that are seen, and the averages; an average that there is not is left empty."""
    there = [average for average in report.averages if average in field.totals]
    values = {
        side: [*each[report.seen], *(field.totals[average][side] for average in there)]
        for side, each in field.values.items()
    }
    texts = iter(_change(field.title, values, field.unit))
    found = [next(texts) for _ in range(1 + len(report.seen))]
    return found + [next(texts) if average in field.totals else "" for average in report.averages]


def _change(title: str, values: Mapping[Side, Sequence[float]], unit: Unit) -> list[str]:
    return change(title, values["base"], values.get("other"), unit.written, unit.signed)


def _totals(group: TotalGroup, known: Figures) -> list[str]:
    """The numbers, and the intervals of the deltas that have one."""
    if not group.totals:
        return []
    titles = left("", [total.title for total in group.totals])
    sides = group.totals[0].values
    values = {side: [total.values[side] for total in group.totals] for side in sides}
    columns = [titles, _change("", values, group.totals[0].unit)]
    if any(total.key in known for total in group.totals):
        columns.append(left("", [between(known.get(total.key), 0) for total in group.totals]))
    found = lines(columns)[1:]
    return [*filter(None, [group.title]), *found, *filter(None, [group.remark])]


def cell_lines(comparison: Comparison, findings: Findings | None = None) -> list[str]:
    """The cells with the largest delta and how sure it is; without another set the largest wrong cells."""
    counts, n = comparison.cells, len(comparison.classes)
    churn = counts.fixed + counts.moved + counts.introduced
    wrong = counts.base * ~np.eye(n, dtype=bool)
    title, shown = ("cells that changed most", churn) if comparison.other else ("largest wrong cells", wrong)
    weight = np.abs(comparison.delta) if comparison.other else wrong
    order = np.lexsort((-churn.ravel(), -weight.ravel()))
    ranked = order[shown.ravel()[order] > 0]
    if not len(ranked):
        return [f"{title}: none"]
    parts = "what makes up the delta, and its 95 % interval" if findings else "and what makes up the delta"
    sums = f": base → other, {parts}" if comparison.other else ""
    found = [f"{title}{sums}", *lines(_cell_columns(comparison, ranked[:MOST_CELLS], findings))[1:]]
    rest = len(ranked) - MOST_CELLS
    return found + ([f"… and {grouped(rest)} more; --format json has them all"] if rest > 0 else [])


def _cell_columns(
    comparison: Comparison, cells: NDArray[np.int64], findings: Findings | None
) -> list[list[str]]:
    """Name, counts and, with two sets, how the delta comes about and its interval."""
    names, counts = [visible(name) for name in comparison.classes], comparison.cells
    rows, inferred = np.divmod(cells, len(names))
    diagonal = rows == inferred

    def of(matrix: CountMatrix) -> list[int]:
        return [int(count) for count in matrix.flat[cells]]

    def term(sign: str, matrix: CountMatrix, wrong: str, right_: str) -> list[str]:
        numbers = right("", [f"{sign}{grouped(count)}" for count in of(matrix)])
        words = left("", np.where(diagonal, right_, wrong).tolist())
        return [f"{number} {word}" for number, word in zip(numbers, words, strict=True)]

    words = background_words(not comparison.no_objects)
    cells_named = zip(rows.tolist(), inferred.tolist(), strict=True)
    columns = [left("", [cell_words(names, cell, *words) for cell in cells_named])]
    if comparison.other is None:
        return [*columns, right("", [grouped(count) for count in of(counts.base)])]
    moved = [
        "" if d else f"− {grouped(count)} moved" for count, d in zip(of(counts.moved), diagonal, strict=True)
    ]
    return [
        *columns,
        change("", of(counts.base), of(counts.other), grouped, signed),
        ["", *["="] * len(cells)],
        term("+", counts.introduced, "new", "gained"),
        term("− ", counts.fixed, "fixed", "lost"),
        right("", moved),
        *([left("", [_delta_interval(findings, cell) for cell in cells.tolist()])] if findings else []),
    ]


def _delta_interval(findings: Findings, cell: int) -> str:
    return between(findings.significance.cells, cell, lambda end: signed(round(end)))


_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~!"})
"""What Markdown would take for a mark, inside names."""


def as_markdown(
    comparison: Comparison,
    query: str = "",
    findings: Findings | None = None,
    gate: Sequence[str] = (),
    further: Sequence[str] = (),
    *,
    scenarios: Sequence[str] = (),
) -> str:
    """Verdict, rules, scenarios, report with how sure its deltas are, and the cells that changed most.

    Args:
        comparison: What is written.
        query: The query that selects its frames; it is only named.
        findings: How sure the deltas are; None leaves that out.
        gate: What the gate says, as lines of text.
        further: Lines of text whose columns line up.
        scenarios: What scenarios came to, as such lines.
    """
    kind = kind_of(comparison.dataset.project)
    first, *notes = header_lines(comparison, kind.heading(comparison), query)
    blocks = [f"### {escaped(first)}"]
    if findings:
        blocks.append(f"**{escaped(verdict_line(findings.verdict))}**")
    if gate:
        blocks.append(
            "\n".join([f"**{escaped(gate[0])}**", "", *(f"- {escaped(line)}" for line in gate[1:])])
        )
    blocks.append(_code(scenarios))
    report = kind.class_report(comparison)
    blocks.append("\n".join(_table(comparison, report, kind.slow_fields(comparison), findings)))
    if findings:
        blocks.append(escaped("; ".join([LEGEND, *test_lines(findings.significance)])))
    blocks.append(_code(cell_lines(comparison, findings)))
    blocks.append(_code(metric_lines(comparison, findings.metrics if findings else {})))
    blocks.append(_code(further))
    blocks.append(" ".join(map(escaped, notes)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def escaped(text: str) -> str:
    """A text that Markdown shows as it is."""
    return visible(text).translate(_SPECIAL)


def _code(lines: Sequence[str]) -> str:
    """Lines whose columns line up; no name can close the block, as names hold no line ends."""
    return "\n".join(["```text", *(line.replace("```", "'''") for line in lines), "```"]) if lines else ""


def _table(
    comparison: Comparison, report: ClassReport, further: Sequence[ClassField], findings: Findings | None
) -> list[str]:
    """The classes that have labels or inferences, and the averages: each number, and its delta."""
    fields = [field for field in (*report.fields, *further) if field.title]
    rows = [["class", "support", *(field.title for field in fields)]]
    rows.append([":--", *["--:"] * (len(fields) + 1)])
    for row in report.seen.tolist():
        numbers = [_class_cell(field, row, findings) for field in fields]
        rows.append([escaped(report.names[row]), report.unit.written(report.support[row]), *numbers])
    total = report.unit.written(report.support.sum())
    for average, title in report.averages.items():
        numbers = [_average_cell(field, average, findings) for field in fields]
        rows.append([f"**{escaped(title)}**", total, *numbers])
    return [f"| {' | '.join(row)} |" for row in rows]


def _class_cell(field: ClassField, row: int, findings: Findings | None) -> str:
    values = {side: float(each[row]) for side, each in field.values.items()}
    return _cell(field, values, findings.of_classes.get(field.key) if findings else None, row)


def _average_cell(field: ClassField, average: str, findings: Findings | None) -> str:
    if average not in field.totals:
        return ""
    return _cell(field, field.totals[average], findings.of_all(field.key, average) if findings else None, 0)


def _cell(field: ClassField, values: Mapping[Side, float], certainty: Certainty | None, row: int) -> str:
    """A number and how it differs; its mark says how sure that is."""
    if "other" not in values:
        return field.unit.written(values["base"])
    mark = certainty.state(row).mark if certainty else ""
    delta = field.unit.signed(values["other"] - values["base"])
    return f"{field.unit.written(values['other'])} ({escaped(delta + mark)})"
