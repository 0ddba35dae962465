"""`explain`: another tool's confusion matrix or figures, and why they differ from what is on screen."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.options import CsvSafeOption, opened, split_dataset
from aquarium_tui.errors import AmbiguousError, UsageError
from aquarium_tui.model.settings import Rule
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.compare.comparison import Comparison
    from aquarium_tui.explain.explanation import Asked

_LISTED = 20
"""Objects that text lists without `--limit`: a screen of them, after the figures and the reasons."""

ToolName = Literal["ultralytics", "supervision", "mmdet", "fiftyone", "detectron2", "pycocotools"]

_Dataset = Annotated[str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.")]
_Set = Annotated[
    str, typer.Option("--set", metavar="ID", help="The inference set; may be left out if there is one.")
]
_As = Annotated[ToolName, typer.Option("--as", help="The tool whose rule is applied; see docs/explain.md.")]
_Release = Annotated[
    str, typer.Option(help="A release of the tool, or part of its number, to apply an older rule.")
]
_Matrix = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="A confusion matrix written by the tool, to compare against."),
]
_Figures = Annotated[
    list[str] | None,
    typer.Option("--figure", metavar="NAME=VALUE", help="A figure that the tool printed, such as AP50=.412."),
]
_TheirConfidence = Annotated[
    float | None, typer.Option(min=0.0, max=1.0, help="The tool's confidence threshold, if not its default.")
]
_TheirIou = Annotated[
    float | None, typer.Option(min=0.01, max=1.0, help="The tool's IoU threshold, if not its default.")
]
_Limit = Annotated[
    int | None,
    typer.Option(min=0, help="The most objects to list; 0 lists all. 20 in text, all in JSON and CSV."),
]
_Format = Annotated[
    Literal["text", "json", "csv"],
    typer.Option("--format", help="The output format; csv writes the objects."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    dataset: _Dataset,
    *,
    as_: _As,
    set_: _Set = "",
    release: _Release = "",
    matrix: _Matrix = None,
    figures: _Figures = None,
    their_confidence: _TheirConfidence = None,
    their_iou: _TheirIou = None,
    confidence: Annotated[float | None, typer.Option(help="The confidence threshold on screen.")] = None,
    iou: Annotated[float | None, typer.Option(help="The IoU threshold on screen.")] = None,
    rule: Annotated[Rule | None, typer.Option(help="Which pair is matched first on screen.")] = None,
    query: Annotated[str, typer.Option(help="Only frames that a query selects; see docs/query.md.")] = "",
    limit: _Limit = None,
    format_: _Format = "text",
    csv_safe: CsvSafeOption = False,
) -> None:
    """Reproduce another tool's confusion matrix and figures, and list what it counts differently."""
    from aquarium_tui.explain import document
    from aquarium_tui.explain.explanation import explain as explained

    asked = _asked(as_, release=release, matrix=matrix, figures=figures or [])
    asked = replace(asked, confidence=their_confidence, iou=their_iou)
    choice = Choice(
        *split_dataset(dataset), base=set_, confidence=confidence, iou=iou, rule=rule, query=query
    )
    found = explained(_one_set(choice), asked)
    listed = _LISTED if format_ == "text" else 0
    most = listed if limit is None else limit
    if format_ == "csv":
        sys.stdout.write(document.as_csv(found, most, csv_safe))
    else:
        sys.stdout.write({"text": document.as_text, "json": document.as_json}[format_](found, most))


def _asked(name: str, *, release: str, matrix: Path | None, figures: list[str]) -> "Asked":
    from aquarium_tui.explain.explanation import Asked
    from aquarium_tui.explain.figures import given_figure
    from aquarium_tui.explain.matrices import read_matrix
    from aquarium_tui.explain.tools import tool_named

    tool = tool_named(name)
    given = tuple(given_figure(text, tool) for text in figures)
    return Asked(tool, release, matrix=read_matrix(matrix) if matrix else None, figures=given)


def _one_set(choice: Choice) -> "Comparison":
    """The comparison of one set; of a dataset with several, one must be named."""
    try:
        comparison = opened(choice).comparison
    except AmbiguousError:
        hint = f"Name one with --set; `aquarium-tui show {choice.title}` lists them."
        raise UsageError(f"{choice.title} has several inference sets.", hint) from None
    if comparison.other:
        known = f"{comparison.base.id} and {comparison.other.id}"
        raise UsageError(f"{choice.title} has the sets {known}.", "Name one of them with --set.")
    return comparison
