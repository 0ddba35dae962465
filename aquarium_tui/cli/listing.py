"""The contents of the store as a list: for `ls`, as a table or as JSON."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aquarium_tui.cli.wording import coverage
from aquarium_tui.errors import StoreError, UsageError
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.store import Store

Listed = dict[str, Any]
_HEAD = ("", "frames", "labels", "inferences", "uploaded", "")


def listed_projects(store: "Store", what: str) -> list[Listed]:
    """The projects named by `what` (`PROJECT`, `PROJECT/DATASET` or nothing) and what lies in them.

    Raises:
        UsageError: `what` is neither.
        NotFoundError: It is not in the store.
    """
    project, _, dataset = what.partition("/")
    if not what:
        return [_project(store, name, store.datasets(name)) for name in store.projects()]
    if what.endswith("/") or "/" in dataset:
        raise UsageError(f'"{visible(what)}" is not PROJECT or PROJECT/DATASET.')
    if dataset:
        store.dataset_folder(project, dataset)
    return [_project(store, project, [dataset] if dataset else store.datasets(project))]


def as_table(projects: Sequence[Listed]) -> Iterator[str]:
    """The list as aligned lines of text."""
    rows = [row for project in projects for row in _rows(project)]
    if not rows:
        return
    table = [_HEAD, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(_HEAD))]
    for row in table:
        name, *counts, uploaded, remark = (cell for cell in row)
        numbers = "  ".join(count.rjust(width) for count, width in zip(counts, widths[1:4], strict=True))
        yield f"{name.ljust(widths[0])}  {numbers}  {uploaded.ljust(widths[4])}  {remark}".rstrip()


def _project(store: "Store", name: str, datasets: Sequence[str]) -> Listed:
    try:
        project = store.project(name)
        told: Listed = {"name": name, "task": project.task, "classes": len(project.class_map.entries)}
    except StoreError as error:
        told = {"name": name, "error": error.message}
    return {**told, "datasets": [_dataset(store, name, dataset) for dataset in datasets]}


def _dataset(store: "Store", project: str, name: str) -> Listed:
    try:
        card = store.dataset_card(project, name)
    except StoreError as error:
        return {"name": name, "error": error.message}
    return {
        "name": name,
        "frames": card.frames,
        "labels": card.labels,
        "uploaded": card.provenance.created,
        "problems": [problem.sentence() for problem in card.provenance.problems],
        "inference_sets": [
            {
                "id": one.id,
                "inferences": one.objects,
                "frames": one.frames,
                "uploaded": one.provenance.created,
                "problems": [problem.sentence() for problem in one.provenance.problems],
            }
            for one in card.sets
        ],
        "damaged": list(card.damaged),
    }


def _rows(project: Listed) -> Iterator[tuple[str, ...]]:
    yield (project["name"], "", "", "", "", visible(project.get("error", "")))
    for dataset in project["datasets"]:
        name = f"  {dataset['name']}"
        if "error" in dataset:
            yield (name, "", "", "", "", visible(dataset["error"]))
            continue
        yield _row(name, dataset, "labels", "")
        for one in dataset["inference_sets"]:
            remark = coverage(one["frames"], dataset["frames"])
            yield _row(f"    {one['id']}", one, "inferences", remark)
        for sentence in dataset["damaged"]:
            yield ("    ?", "", "", "", "", visible(sentence))


def _row(name: str, told: Listed, counted: str, remark: str) -> tuple[str, ...]:
    from aquarium_tui.model.numbers import grouped

    counts = {"labels": "", "inferences": "", counted: grouped(told[counted])}
    found = len(told["problems"])
    kinds = f"{found} kinds of problems" if found > 1 else "1 kind of problem" if found else ""
    remarks = "; ".join(filter(None, (remark, kinds)))
    return (
        name,
        grouped(told["frames"]),
        counts["labels"],
        counts["inferences"],
        told["uploaded"][:10],
        remarks,
    )
