"""A comparison as Markdown, short enough for a comment on a pull request; equal input gives equal bytes."""

from collections.abc import Mapping, Sequence

from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report import ClassField, ClassReport
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Side
from aquarium_tui.report.certainty import LEGEND, Findings, test_lines, verdict_line
from aquarium_tui.report.metrics import metric_lines
from aquarium_tui.report.text import cell_lines, header_lines

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
