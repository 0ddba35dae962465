"""`compare`, `objects` and `frames`: print a comparison, and what it is made of."""

import csv
import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli import completion
from aquarium_tui.cli.options import (
    ClusterOption,
    CsvSafeOption,
    ForceOption,
    chooses,
    default_store,
    opened,
    refuse_existing,
    workers_of,
)
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import name_key, visible
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aquarium_tui.compare.cells import CellList
    from aquarium_tui.compare.comparison import Comparison
    from aquarium_tui.gate import GateRule, Ruling, ScenarioResult
    from aquarium_tui.publish import Known
    from aquarium_tui.report import ApSum, BehindCell, Findings
    from aquarium_tui.report.certainty import JsonObject
    from aquarium_tui.report.records import FlatRecord
    from aquarium_tui.session.view import View


_FORMAT = typer.Option("--format", help="The output format.")
ComparisonFormatOption = Annotated[Literal["text", "json", "md", "html"], _FORMAT]
ObjectFormatOption = Annotated[Literal["csv", "jsonl"], _FORMAT]
FrameFormatOption = Annotated[Literal["ids", "csv", "jsonl"], _FORMAT]
ObjectCellOption = Annotated[
    str,
    typer.Option(
        "--cell",
        metavar="LABEL:INFERRED",
        help="A cell: background:car holds spurious cars, car:background missed cars.",
        autocompletion=completion.cells,
    ),
]
FrameCellOption = Annotated[
    str,
    typer.Option(
        "--cell",
        metavar="LABEL:INFERRED",
        help="Only the frames behind this cell, largest change first.",
        autocompletion=completion.cells,
    ),
]
ListOption = Annotated[
    Literal["fixed", "introduced", "moved", "unchanged", "lost", "gained", "kept"] | None,
    typer.Option(
        "--list", help="One list of the cell; diagonal cells have lost, gained and kept. Default: all lists."
    ),
]


DIAGONAL_WORDS = {"lost": "fixed", "gained": "introduced", "kept": "unchanged"}
"""What the lists of a diagonal cell are called, and the lists they are."""


def cell_of(text: str, classes: tuple[str, ...]) -> tuple[int, int]:
    """Row and column of the confusion that `LABEL:INFERRED` names; names are compared case-insensitively.

    Args:
        text: As given; a name may itself hold a colon.
        classes: Names of the rows and columns, background last.

    Raises:
        UsageError: There is no such cell.
    """
    places = {name_key(name): i for i, name in enumerate(classes)}
    words = text.split(":")
    halves = [(":".join(words[:i]), ":".join(words[i:])) for i in range(1, len(words))]
    if not halves:
        raise UsageError(f'"{visible(text)}" does not name a cell.', "Write it as LABEL:INFERRED.")
    for half in halves:
        row, column = (places.get(name_key(name)) for name in half)
        if row is not None and column is not None:
            return _existing(row, column, len(classes) - 1)
    unknown = next(name for name in halves[0] if name_key(name) not in places)
    raise UsageError(f'There is no class "{visible(unknown)}".', _offer(unknown, classes))


def lists_of(word: str | None, cell: tuple[int, int]) -> "list[CellList]":
    """The lists that a word of `--list` means for a cell; all without a word.

    Raises:
        UsageError: A word of diagonal cells for a wrong cell.
    """
    from aquarium_tui.compare.cells import CellList

    if word in DIAGONAL_WORDS and cell[0] != cell[1]:
        hint = f"Ask for {DIAGONAL_WORDS[word]}, or for a diagonal cell such as car:car."
        raise UsageError(f"Only diagonal cells have a list {word}, and this cell holds errors.", hint)
    return [CellList(DIAGONAL_WORDS.get(word, word))] if word else list(CellList)


def _existing(row: int, column: int, background: int) -> tuple[int, int]:
    if row == column == background:
        raise UsageError("There is no cell background:background; it would always be empty.")
    return row, column


def _offer(name: str, classes: tuple[str, ...]) -> str:
    from aquarium_tui.query.wording import listed, nearest

    near = nearest(name, classes)
    return f'Did you mean "{visible(near)}"?' if near else f"Classes: {visible(listed(classes, 'and'))}."


IntervalsOption = Annotated[
    bool,
    typer.Option(
        "--intervals/--no-intervals", help="Say how sure the deltas are: intervals, tests and the verdict."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (compare, objects, frames):
        app.command()(chooses(command))


FailOnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on", metavar="RULE", help="Exit with 1 where this holds, as in 'worse(f1)'; see docs/gate.md."
    ),
]
GateOption = Annotated[
    Path | None, typer.Option("--gate", metavar="FILE.toml", help="A file of such rules; see docs/gate.md.")
]
PicturesOption = Annotated[
    bool,
    typer.Option(
        "--no-pictures", help="Write no pictures; Markdown is then short enough for a pull request."
    ),
]
ReportFileOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write to this file. Markdown has its pictures beside it.",
    ),
]
JunitOption = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write the rules' results as JUnit XML."),
]


LabelsBeforeOption = Annotated[
    bool,
    typer.Option(
        "--labels-before",
        help="Show what the last correction of the labels (upload --replace or --append) alone changed.",
    ),
]

ApPartsOption = Annotated[
    bool,
    typer.Option("--ap-parts", help="Write ΔAP as a sum over classes and parts; see docs/decide.md."),
]


CurvesOption = Annotated[
    Path | None,
    typer.Option(
        "--curves",
        metavar="FILE.csv",
        help="Write all curves as a table.",
    ),
]


def compare(
    choice: Choice,
    format_: ComparisonFormatOption = "text",
    *,
    intervals: IntervalsOption = True,
    fail_on: FailOnOption = None,
    gate: GateOption = None,
    junit: JunitOption = None,
    out: ReportFileOption = None,
    no_pictures: PicturesOption = False,
    labels_before: LabelsBeforeOption = False,
    ap_parts: ApPartsOption = False,
    curves: CurvesOption = None,
    csv_safe: CsvSafeOption = False,
    force: ForceOption = False,
    cluster: ClusterOption = "",
) -> None:
    """Compare two inference sets, or print the metrics of one; as a gate, exit with 1 where a rule fails."""
    from aquarium_tui.gate import needs_findings
    from aquarium_tui.publish import Known, findings_of
    from aquarium_tui.report import Findings, ap_sum_lines, policy_lines
    from aquarium_tui.report.correction import judged_errors, label_error_document, label_error_lines

    if labels_before:
        _compare_labels(choice, format_, bool(fail_on or gate or junit or out))
        return
    rules = _rules(fail_on or [], gate, junit)
    illustrated = format_ == "html" or (format_ == "md" and out is not None and not no_pictures)
    _refuse_existing([out, junit, curves], force, pictured=illustrated and format_ == "md")
    with workers_of(cluster) as executor:
        view = opened(choice, executor, quiet=True)
    comparison = view.comparison
    if view.outcome:
        choice = replace(choice.under(view.settings), policy=None)  # It holds for scenarios too.
    if curves:
        _write_curves(comparison, curves, csv_safe)
    findings = None
    if ap_parts or needs_findings(rules) or (intervals and not illustrated):
        findings = Findings.of(comparison)
    elif intervals:
        findings = findings_of(comparison)
    rulings = _rulings(rules, choice, comparison, findings)
    shown = findings if intervals else None
    found = _ap_sum(comparison, shown) if ap_parts else None
    lines = [*(policy_lines(view.outcome) if view.outcome else []), *(ap_sum_lines(found) if found else [])]
    judged = judged_errors(view)
    lines += ["", *label_error_lines(judged)][not lines :] if judged else []
    scenarios = _scenarios(view) if format_ in ("md", "html") else ()
    known = Known(shown, rulings, scenarios=scenarios, further=lines)
    if illustrated:
        _publish(view, known, format_, out, pictures=not no_pictures)
    else:
        _print(
            _written(
                view,
                known,
                {**_policy(view), **_sum_document(found), **(label_error_document(judged) if judged else {})},
                format_,
            ),
            out,
        )
    _finish(rulings, choice, junit)


def _refuse_existing(files: "Sequence[Path | None]", force: bool, *, pictured: bool) -> None:
    """Make sure, before anything is counted, that writing destroys nothing."""
    from aquarium_tui.publish import pictures_of

    for file in filter(None, files):
        refuse_existing(file, force)
    if pictured and files[0] and (folder := pictures_of(files[0])).exists() and not force:
        raise UsageError(
            f"{visible(str(folder))}, the folder for the pictures, already exists.",
            "Name another file, or overwrite the pictures with --force.",
        )


def _written(view: "View", known: "Known", document: "JsonObject", format_: str) -> str:
    """The comparison as one text without pictures; `document` is what JSON says beside all else."""
    from aquarium_tui.gate import gate_document, gate_lines, segment_lines
    from aquarium_tui.report import as_json, as_markdown, as_text

    comparison, query, findings = view.comparison, view.choice.query, known.findings
    lines = gate_lines(known.rulings) if known.rulings else []
    if format_ == "json":
        gate = gate_document(known.rulings) if known.rulings else None
        return as_json(comparison, query, findings, gate, document)
    if format_ == "md":
        scenarios = list(segment_lines(known.scenarios)) if known.scenarios else ()
        return as_markdown(comparison, query, findings, lines, known.further, scenarios=scenarios)
    text = as_text(comparison, query, findings)
    return text + "".join(f"{line}\n" for block in (known.further, lines) if block for line in ["", *block])


def _print(text: str, out: Path | None) -> None:
    """Write a text to standard output, or to a file."""
    from aquarium_tui.publish import write_text

    if out is None:
        sys.stdout.write(text)
    else:
        typer.echo(f"wrote {visible(str(write_text(out, text)))}", err=True)


def _publish(view: "View", known: "Known", format_: str, out: Path | None, *, pictures: bool) -> None:
    """Write the report with pictures."""
    from aquarium_tui.publish import as_html, chapters_of, title_of, write_report

    title, chapters = title_of(view), chapters_of(view, known, pictures=pictures)
    if out is None:
        sys.stdout.write(as_html(title, chapters))
        return
    for path in write_report(title, chapters, "md" if format_ == "md" else "html", out):
        typer.echo(f"wrote {visible(str(path))}", err=True)


def _scenarios(view: "View") -> "Sequence[ScenarioResult]":
    """What the saved segments came to, all frames first; nothing where there are none."""
    from aquarium_tui.gate import scenario_results, with_all
    from aquarium_tui.store import Segments

    segments = Segments(default_store().dataset_folder(view.choice.project, view.choice.dataset)).all()
    return list(scenario_results(view.everything, with_all(segments))) if segments else ()


def _compare_labels(choice: Choice, format_: str, gated: bool) -> None:
    """Print the same inferences under the labels before and under those now."""
    from aquarium_tui.report.correction import correction_json, correction_text
    from aquarium_tui.session.comparisons import correction
    from aquarium_tui.session.session import Session

    if gated or format_ in ("md", "html"):
        what = "--fail-on, --gate, --junit and --out" if gated else f"--format {format_}"
        raise UsageError(f"--labels-before cannot be combined with {what}.")
    found = correction(Session(default_store()), choice)
    sys.stdout.write(correction_json(found) if format_ == "json" else correction_text(found))


def _ap_sum(comparison: "Comparison", findings: "Findings | None") -> "ApSum":
    """What is said of a difference in AP."""
    from aquarium_tui.kinds import kind_of
    from aquarium_tui.report import ApSum

    ranked = kind_of(comparison.dataset.project).ranked(comparison)
    if ranked is None:
        raise UsageError(
            "--ap-parts has no difference in AP to write as a sum.",
            "It needs two inference sets of objects with confidences.",
        )
    return ApSum.of(ranked, findings)


def _write_curves(comparison: "Comparison", path: Path, safe: bool) -> None:
    from aquarium_tui.publish import write_text
    from aquarium_tui.report.curves import CURVE_COLUMNS, curve_rows, curves_of
    from aquarium_tui.report.records import harmless

    rows = curve_rows(curves_of(comparison))
    file = io.StringIO()
    names = CURVE_COLUMNS.index("class")
    csv.writer(file).writerow(CURVE_COLUMNS)
    csv.writer(file).writerows(
        [*row[:names], harmless(row[names]) if safe else row[names], *row[names + 1 :]] for row in rows
    )
    write_text(path, file.getvalue())


def _policy(view: "View") -> "JsonObject":
    from aquarium_tui.report import policy_document

    return {"policy": policy_document(view.outcome)} if view.outcome else {}


def _sum_document(found: "ApSum | None") -> "JsonObject":
    from aquarium_tui.report import ap_parts_document, tide_document

    return {"ap_parts": ap_parts_document(found), "tide": tide_document(found.tide)} if found else {}


def _rules(texts: "Sequence[str]", gate: Path | None, junit: Path | None) -> "list[GateRule]":
    """The rules given; they are read before anything is counted, so that a slip costs no time."""
    from aquarium_tui.gate import read_rules, rule_of

    rules = [*(read_rules(gate) if gate else []), *map(rule_of, texts)]
    if junit and not rules:
        raise UsageError("--junit has no rules to write.", "Add --fail-on RULE or --gate FILE.toml.")
    return rules


def _rulings(
    rules: "Sequence[GateRule]", choice: Choice, comparison: "Comparison", findings: "Findings | None"
) -> "list[Ruling]":
    from aquarium_tui.gate import judged

    def among(segment: str, only: str) -> "Comparison":
        narrowed = choice.within_slice(only) if only else choice
        return opened(replace(narrowed, segment=segment) if segment else narrowed).comparison

    return judged(rules, comparison, findings, among) if rules else []


def _finish(rulings: "Sequence[Ruling]", choice: Choice, junit: Path | None) -> None:
    """Write the results for other systems; where rules failed, say which, and exit with 1."""
    from aquarium_tui.gate import RuleState, as_junit, sentence
    from aquarium_tui.publish import write_text

    if junit:
        write_text(junit, as_junit(rulings, f"{choice.project}/{choice.dataset}"))
    failed = [each for each in rulings if each.outcome is RuleState.FAILED]
    for each in failed:
        typer.echo(f"aquarium-tui: gate: {sentence(each)}", err=True)
    if failed:
        raise typer.Exit(1)


def objects(
    choice: Choice,
    cell: ObjectCellOption = "",
    list_: ListOption = None,
    format_: ObjectFormatOption = "csv",
    *,
    csv_safe: CsvSafeOption = False,
) -> None:
    """Print the objects behind a cell, or those that a query selects, one per line."""
    from aquarium_tui.report import as_csv, as_jsonl, object_columns

    if not cell and not choice.query:
        raise UsageError("Say which objects to print.", "Use --cell LABEL:INFERRED or --query.")
    if list_ and not cell:
        raise UsageError("--list needs a cell.", "Add --cell LABEL:INFERRED.")
    view = opened(choice)
    if view.comparison.no_objects:
        hint = "`aquarium-tui frames … --cell LABEL:INFERRED` lists the frames behind a cell."
        raise UsageError(f"There are no objects to print: {view.comparison.no_objects}.", hint)
    records, columns = _objects(view, cell, list_), object_columns(view.comparison)
    sys.stdout.writelines(as_csv(records, columns, csv_safe) if format_ == "csv" else as_jsonl(records))


def _objects(view: "View", cell: str, list_: str | None) -> "Iterator[FlatRecord]":
    """In the order of the query; those behind a cell list by list."""
    from aquarium_tui.report import records_of

    comparison, selection = view.comparison, view.selection
    if selection and not cell:
        yield from records_of(comparison, selection.object_order)
        return
    place = cell_of(cell, comparison.classes)
    for which in lists_of(list_, place):
        rows = comparison.rows_of(*place, which)
        yield from records_of(comparison, rows[selection.objects[rows]] if selection else rows, which)


def frames(
    choice: Choice,
    cell: FrameCellOption = "",
    format_: FrameFormatOption = "ids",
    *,
    csv_safe: CsvSafeOption = False,
) -> None:
    """Print the frames that a query selects or that are behind a cell; by default all frames."""
    from aquarium_tui.report import as_csv, as_jsonl, frame_columns, frame_records

    view = opened(choice)
    behind = _behind(view, cell) if cell else None
    order, comparison = behind.frames if behind else view.frame_order, view.comparison
    if format_ == "ids":
        ids = comparison.dataset.frames.id
        sys.stdout.writelines(visible(ids[row] or "") + "\n" for row in order.tolist())
        return
    records, columns = frame_records(comparison, order), frame_columns(comparison)
    if behind:
        records, columns = behind.added(records), (*columns, *behind.counts)
    sys.stdout.writelines(as_csv(records, columns, csv_safe) if format_ == "csv" else as_jsonl(records))


def _behind(view: "View", cell: str) -> "BehindCell":
    from aquarium_tui.report import behind_cell

    place = cell_of(cell, view.comparison.classes)
    return behind_cell(view.binding, place, view.frame_order)
