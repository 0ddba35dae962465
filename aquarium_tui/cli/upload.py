"""`upload`: stores a labelled dataset, or the inferences of one model on it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli import completion
from aquarium_tui.cli.options import (
    MetricFromOption,
    MetricOption,
    default_store,
    progress_bar,
)
from aquarium_tui.errors import InputError, UsageError

if TYPE_CHECKING:
    from aquarium_tui.upload import UploadMode

ProjectOption = Annotated[
    str,
    typer.Option(
        "--aquarium-project",
        "--project",
        help="The project; created if it does not exist.",
        autocompletion=completion.projects,
    ),
]
DatasetOption = Annotated[str, typer.Option("--aquarium-dataset", "--dataset", help="The dataset in it.")]
InferencesIdOption = Annotated[
    str,
    typer.Option(
        help="Upload the inferences of one model under this name. Without it, upload a labelled dataset."
    ),
]
LabelsOption = Annotated[
    Path | None, typer.Option(help="The labels: a file such as COCO instances or data.yaml, or a folder.")
]
ImagesOption = Annotated[
    Path | None, typer.Option(help="The folder of the images. Default: the folder of the labels.")
]
InferencesOption = Annotated[
    Path | None, typer.Option(help="The inferences: a file such as COCO results, or a folder.")
]
MetadataOption = Annotated[
    Path | None, typer.Option(help="CSV or JSON Lines with metadata of the frames, by id or file name.")
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format", help="The format, such as coco, yolo, voc or masks; auto detects it from the content."
    ),
]
SplitOption = Annotated[
    str,
    typer.Option(
        help="The part of a YOLO data.yaml: train, val, test or all. Default: val, else test, else train."
    ),
]
CategoryOffsetOption = Annotated[
    int | None,
    typer.Option(help="The offset of class ids in the file from the dataset's. Default: detected."),
]
VocZeroBasedOption = Annotated[bool, typer.Option("--voc-zero-based", help="Pascal VOC boxes count from 0.")]
VocOneBasedOption = Annotated[bool, typer.Option("--voc-one-based", help="Pascal VOC boxes count from 1.")]
CocoIgnoreOption = Annotated[
    bool, typer.Option("--coco-ignore", help="COCO annotations with ignore = 1 are never counted as missed.")
]
ClassAliasOption = Annotated[
    Path | None,
    typer.Option(help="Other names that a model has for classes: CSV name,class or JSON {name: class}."),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Store nothing if any record would be left out (exit code 2).")
]
LenientOption = Annotated[
    bool, typer.Option("--lenient", help="Exit with 0 even if more than half of a file cannot be used.")
]
ReadingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="WHAT=WAY",
        help="How to read frames, classes, boxes, scale or values, where the labels do not decide it: "
        "classes=position, boxes=corners and so on; may be repeated.",
    ),
]
FieldOption = Annotated[
    str, typer.Option(help="The field of a FiftyOne samples.json. Default: the only possible one.")
]
IouTypeOption = Annotated[
    Literal["box", "mask"] | None,
    typer.Option(help="Match objects by the IoU of boxes or masks; fixed by the first labels of a project."),
]
ClassesOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE|NAME",
        help="The classes, or the values of masks: one name per line, CSV value,name[,r,g,b][,ignore], or "
        "JSON such as a class map of the Aquarium client; or the name of a dataset: ade20k, bdd100k, camvid, "
        "cityscapes, coco, coco-stuff, kitti, voc.",
    ),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME|ID", help="A class that is excluded from all counts; may be repeated."),
]
GroupByOption = Annotated[
    str | None,
    typer.Option(
        metavar="FIELD",
        help="The metadata that says which frames belong together, such as video or patient; id_prefix takes "
        'the id without its last number, name_prefix the file name without it, and "" ungroups. Needs no '
        "--labels if the dataset exists.",
    ),
]
SuffixOption = Annotated[
    str | None,
    typer.Option(help="The suffix that mask names add to image names. Default: found automatically."),
]
MetricsOption = Annotated[
    Path | None,
    typer.Option(help="Your own metrics, one row per frame by id or file name: CSV, JSON Lines or Parquet."),
]
ValueOption = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        metavar="NAME=NUMBER:lower|higher",
        help="A figure of the whole inference set, such as latency_ms=12:lower; may be repeated. Needs no "
        "--inferences if the set exists.",
    ),
]
ReplaceOption = Annotated[bool, typer.Option("--replace", help="Replace what exists under this name.")]
AppendOption = Annotated[
    bool, typer.Option("--append", help="Add to what exists; frames that already exist are replaced.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Report what would be stored, without storing it.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(upload)
    app.command()(formats)


def upload(
    *,
    project: ProjectOption,
    dataset: DatasetOption,
    inferences_id: InferencesIdOption = "",
    labels: LabelsOption = None,
    images: ImagesOption = None,
    inferences: InferencesOption = None,
    metadata: MetadataOption = None,
    format_: FormatOption = "auto",
    split: SplitOption = "",
    category_offset: CategoryOffsetOption = None,
    voc_zero_based: VocZeroBasedOption = False,
    voc_one_based: VocOneBasedOption = False,
    coco_ignore: CocoIgnoreOption = False,
    class_alias: ClassAliasOption = None,
    field: FieldOption = "",
    reading: ReadingOption = None,
    iou_type: IouTypeOption = None,
    classes: ClassesOption = None,
    ignore: IgnoreOption = None,
    suffix: SuffixOption = None,
    group_by: GroupByOption = None,
    metrics: MetricsOption = None,
    metric_from: MetricFromOption = None,
    metric: MetricOption = None,
    value: ValueOption = None,
    replace: ReplaceOption = False,
    append: AppendOption = False,
    dry_run: DryRunOption = False,
    strict: StrictOption = False,
    lenient: LenientOption = False,
) -> None:
    """Upload a labelled dataset or, with --inferences-id, the inferences of one model on it."""
    from aquarium_tui.upload import FileOptions, MetricOptions, UploadRequest
    from aquarium_tui.upload import upload as store_files
    from aquarium_tui.upload.upload import upload_lines

    request = UploadRequest(
        project=project,
        dataset=dataset,
        inferences_id=inferences_id,
        labels=labels,
        inferences=inferences,
        options=FileOptions(
            images=images,
            metadata=metadata,
            format=format_,
            split=split,
            category_offset=category_offset,
            voc_zero_based=voc_zero_based,
            voc_one_based=voc_one_based,
            coco_ignore=coco_ignore,
            class_alias=class_alias,
            field=field,
            readings=tuple(reading or ()),
            iou_type=iou_type,
            classes=classes,
            ignore=tuple(ignore or ()),
            suffix=suffix,
        ),
        group_by=group_by,
        metrics=MetricOptions(metrics, tuple(metric_from or ()), tuple(metric or ())),
        values=tuple(value or ()),
        mode=_mode(replace, append),
        dry=dry_run,
        strict=strict,
    )
    if strict and lenient:
        raise UsageError("--strict and --lenient cannot be combined.")
    with progress_bar() as progress:
        result = store_files(default_store(), request, progress)
    for line, problem in upload_lines(result):
        typer.echo(line, err=problem)
    if result.unusable and not lenient:
        raise InputError(result.unusable, "--lenient accepts this.")


def formats() -> None:
    """List the formats that `upload` reads, and what each looks for."""
    from importlib.metadata import entry_points

    from aquarium_tui.formats.registry import FORMATS, GROUP
    from aquarium_tui.model.names import visible

    width = max(len(format_.name) for format_ in FORMATS)
    for format_ in FORMATS:
        typer.echo(f"{format_.name:<{width}}  {format_.sentence}")
        typer.echo(f"{'':<{width}}  looks for: {', '.join(format_.marks)}")
    for point in entry_points(group=GROUP):
        typer.echo(f"{visible(point.name):<{width}}  supplied by {visible(point.value)}")


def _mode(replace: bool, append: bool) -> "UploadMode":
    from aquarium_tui.upload import UploadMode

    if replace and append:
        raise UsageError("--replace and --append cannot be combined.")
    if replace:
        return UploadMode.REPLACE
    return UploadMode.APPEND if append else UploadMode.NEW
