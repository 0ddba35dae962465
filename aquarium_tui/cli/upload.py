"""`upload`: a labelled dataset, or the inferences of one model on it, into the store."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import check_name
from aquarium_tui.upload.arrival import Arrival
from aquarium_tui.upload.files import How, read_dataset, read_inferences
from aquarium_tui.upload.metrics import MetricFrom, Metrics, MetricSaid, MetricsAsked, upload_metrics

ProjectName = Annotated[
    str, typer.Option("--aquarium-project", "--project", help="The project; made if it is not there.")
]
DatasetName = Annotated[str, typer.Option("--aquarium-dataset", "--dataset", help="The dataset in it.")]
InferencesId = Annotated[
    str,
    typer.Option(help="Upload the inferences of one model under this name; without it, a labelled dataset."),
]
Labels = Annotated[
    Path | None, typer.Option(help="The labels: a file such as COCO instances or data.yaml, or a folder.")
]
Images = Annotated[Path | None, typer.Option(help="The folder of the images; else that of the labels file.")]
Inferences = Annotated[
    Path | None, typer.Option(help="The inferences: a file such as COCO results, or a folder.")
]
Metadata = Annotated[
    Path | None, typer.Option(help="CSV or JSON Lines with more about each frame, by id or file name.")
]
Format = Annotated[
    str,
    typer.Option("--format", help="The format: coco, yolo, voc, masks …, where its content does not tell."),
]
Split = Annotated[
    str, typer.Option(help="Part of a YOLO data.yaml: train, val, test or all; else val, test or train.")
]
CategoryOffset = Annotated[
    int | None,
    typer.Option(help="What the file's class ids are above the dataset's; else decided by what fits."),
]
VocZeroBased = Annotated[bool, typer.Option("--voc-zero-based", help="Pascal VOC boxes count from 0.")]
Field = Annotated[
    str, typer.Option(help="The field of a FiftyOne samples.json; else the only one that can be meant.")
]

IouType = Annotated[
    Literal["box", "mask"] | None,
    typer.Option(help="Match objects by the IoU of their boxes or masks; set with a project's first labels."),
]

Classes = Annotated[
    Path | None,
    typer.Option(
        help="The classes, or what values of masks are called: a name a line, CSV value,name[,r,g,b]"
        "[,ignore], or JSON such as a class map of the Aquarium client."
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME|ID", help="A class that leaves every count; may be repeated."),
]
Suffix = Annotated[
    str | None, typer.Option(help="What names of masks have besides those of the images; else found.")
]
Replace = Annotated[bool, typer.Option("--replace", help="Take the place of what is there under this name.")]
Append = Annotated[
    bool, typer.Option("--append", help="Add to what is there: frames that come again are updated.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what was understood, and store nothing.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(upload)


def upload(
    *,
    project: ProjectName,
    dataset: DatasetName,
    inferences_id: InferencesId = "",
    labels: Labels = None,
    images: Images = None,
    inferences: Inferences = None,
    metadata: Metadata = None,
    format_: Format = "auto",
    split: Split = "",
    category_offset: CategoryOffset = None,
    voc_zero_based: VocZeroBased = False,
    field: Field = "",
    iou_type: IouType = None,
    classes: Classes = None,
    ignore: Ignore = None,
    suffix: Suffix = None,
    metrics: Metrics = None,
    metric_from: MetricFrom = None,
    metric: MetricSaid = None,
    replace: Replace = False,
    append: Append = False,
    dry_run: DryRun = False,
) -> None:
    """Upload a labelled dataset, or with --inferences-id the inferences of one model on it."""
    from aquarium_tui.store import Store

    check_name(project, "project")
    check_name(dataset, "dataset")
    how = How(
        images=images,
        metadata=metadata,
        format=format_,
        split=split,
        category_offset=category_offset,
        voc_zero_based=voc_zero_based,
        field=field,
        iou_type=iou_type,
        classes=classes,
        ignore=ignore or (),
        suffix=suffix,
    )
    store = Store.default()
    arrival = Arrival(store, replace, append, dry_run)
    place = (project, dataset, inferences_id)
    asked = MetricsAsked(metrics, metric_from or [], metric or [])
    asked.check(inferences_id)
    how.check(bool(inferences_id))
    if not inferences_id:
        _dataset(arrival, place, labels, inferences, how)
    elif inferences is None and asked:
        upload_metrics(store, place, asked, dry=dry_run)
    else:
        if labels is not None:
            raise UsageError("--labels: of a dataset, so leave out --inferences-id.")
        _inferences(arrival, place, inferences, how, asked)


def _dataset(
    arrival: Arrival, place: tuple[str, str, str], labels: Path | None, inferences: Path | None, how: How
) -> None:
    if inferences is not None:
        raise UsageError("--inferences-id is missing: the name of the inference set, such as model_a.")
    if labels is None:
        raise UsageError("--labels is missing: the file that holds images, annotations and categories.")
    arrival.check(*place)
    arrival.dataset(read_dataset(arrival.store, *place[:2], labels, how))


def _inferences(
    arrival: Arrival,
    place: tuple[str, str, str],
    inferences: Path | None,
    how: How,
    asked: MetricsAsked,
) -> None:
    if inferences is None:
        raise UsageError("--inferences is missing: the file that holds the inferences.")
    arrival.check(*place)
    dataset = arrival.store.load_dataset(*place[:2])
    arrival.inferences(dataset, asked.measured(dataset, read_inferences(dataset, place[2], inferences, how)))
