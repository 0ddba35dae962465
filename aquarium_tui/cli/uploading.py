"""`upload`: a labelled dataset, or the inferences of one model on it, into the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.common import progress
from aquarium_tui.cli.masks import Classes, Ignore, Suffix, upload_masks
from aquarium_tui.cli.metrics import MetricFrom, Metrics, MetricSaid, check_metrics, upload_metrics
from aquarium_tui.cli.wording import provenance_lines
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import check_name

if TYPE_CHECKING:
    from aquarium_tui.model.tables import Project
    from aquarium_tui.store import Store

_STAGES = 4

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
) -> None:
    """Upload a labelled dataset, or with --inferences-id the inferences of one model on it."""
    from aquarium_tui.ingest.masks import MaskOptions
    from aquarium_tui.store import Store

    check_name(project, "project")
    check_name(dataset, "dataset")
    store, place = Store.default(), (project, dataset, inferences_id)
    measured = metrics is not None or bool(metric_from)
    check_metrics(inferences_id, measured, metric or [])
    if labels or inferences or not measured:
        options = MaskOptions(images, classes, ignore or (), suffix, metadata)
        if iou_type or not upload_masks(store, place, labels, inferences, options, format_=format_):
            _upload_objects(
                store,
                place,
                labels,
                inferences,
                images=images,
                metadata=metadata,
                format_=format_,
                split=split,
                category_offset=category_offset,
                voc_zero_based=voc_zero_based,
                field=field,
                iou_type=iou_type,
            )
    if measured:
        upload_metrics(store, place, metrics, metric_from or [], metric or [])


def _upload_objects(
    store: "Store",
    place: tuple[str, str, str],
    labels: Path | None,
    inferences: Path | None,
    *,
    images: Path | None,
    metadata: Path | None,
    format_: str,
    split: str,
    category_offset: int | None,
    voc_zero_based: bool,
    field: str,
    iou_type: str | None,
) -> None:
    project, dataset, inferences_id = place
    if inferences_id:
        if labels or images or metadata or split or iou_type:
            raise UsageError(
                "--labels, --images, --metadata, --split and --iou-type are of a dataset: "
                "leave out --inferences-id."
            )
        if inferences is None:
            raise UsageError("--inferences is missing: the file that holds the inferences.")
        upload_inferences(
            store,
            project,
            dataset,
            inferences_id,
            inferences,
            format_=format_,
            category_offset=category_offset,
            voc_zero_based=voc_zero_based,
            field=field,
        )
        return
    if inferences is not None or category_offset is not None:
        raise UsageError("--inferences-id is missing: the name of the inference set, such as model_a.")
    if labels is None:
        raise UsageError("--labels is missing: the file that holds images, annotations and categories.")
    upload_dataset(
        store,
        project,
        dataset,
        labels,
        images=images,
        metadata=metadata,
        format_=format_,
        split=split,
        voc_zero_based=voc_zero_based,
        field=field,
        iou_type=iou_type,
    )


def upload_dataset(
    store: "Store",
    project: str,
    name: str,
    labels: Path,
    *,
    images: Path | None = None,
    metadata: Path | None = None,
    format_: str = "auto",
    split: str = "",
    voc_zero_based: bool = False,
    field: str = "",
    iou_type: str | None = None,
) -> None:
    """Store a labelled dataset, and print what was understood."""
    from aquarium_tui.ingest import labelled_dataset
    from aquarium_tui.model.numbers import grouped

    store.refuse_existing(project, name)
    owner = _owner(store, project, iou_type)
    with progress(_STAGES) as tell:
        dataset = labelled_dataset(
            owner,
            name,
            labels,
            tell,
            images=images,
            metadata=metadata,
            format_=format_,
            split=split,
            zero_based=voc_zero_based,
            field=field,
        )
        tell("storing")
        store.add_dataset(dataset)
    counts = f"{grouped(len(dataset.frames))} frames, {grouped(len(dataset.labels))} labels"
    typer.echo(f"{project}/{name}: {counts}, {len(set(dataset.categories.values()))} classes")
    for line in provenance_lines(dataset.provenance):
        typer.echo(line)
    typer.echo(f"next: {_next_set(project, name, 'model_a')}")


def _owner(store: "Store", name: str, iou_type: str | None) -> "Project":
    """The project of a dataset, made where it is not there.

    Raises:
        UsageError: It matches objects otherwise.
    """
    from aquarium_tui.model.tables import BOX, Project

    if name not in store.projects():
        return Project(name, iou_type=iou_type or BOX)
    owner = store.project(name)
    if iou_type not in (None, owner.iou_type):
        raise UsageError(
            f"project {name} matches by {owner.iou_type} IoU: leave out --iou-type, or name a new project."
        )
    return owner


def upload_inferences(
    store: "Store",
    project: str,
    name: str,
    id_: str,
    file: Path,
    *,
    format_: str = "auto",
    category_offset: int | None = None,
    voc_zero_based: bool = False,
    field: str = "",
) -> None:
    """Store an inference set, and print what was understood."""
    from aquarium_tui.ingest import inference_set
    from aquarium_tui.model.numbers import grouped

    store.refuse_existing(project, name, id_)
    dataset = store.load_dataset(project, name)
    with progress(_STAGES) as tell:
        inferences = inference_set(
            dataset,
            id_,
            file,
            format_,
            tell,
            category_offset=category_offset,
            zero_based=voc_zero_based,
            field=field,
        )
        tell("storing")
        store.add_inferences(dataset, inferences)
    card = store.dataset_card(project, name)
    frames = next(one.frames for one in card.sets if one.id == id_)
    counts = (
        f"{grouped(len(inferences.objects))} inferences on {grouped(frames)} of {grouped(card.frames)} frames"
    )
    typer.echo(f"{project}/{name}/{id_}: {counts}")
    for line in provenance_lines(inferences.provenance):
        typer.echo(line)
    others = [one.id for one in card.sets if one.id != id_]
    if others:
        typer.echo(f"next: aquarium-tui open {project}/{name} --base {others[0]} --other {id_}")
    else:
        typer.echo(f"next: {_next_set(project, name, 'model_b')}")


def _next_set(project: str, dataset: str, id_: str) -> str:
    place = f"--aquarium-project {project} --aquarium-dataset {dataset}"
    return f"aquarium-tui upload {place} --inferences-id {id_} --inferences RESULTS.json"
