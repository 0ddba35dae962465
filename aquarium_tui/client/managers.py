"""Issues and metrics of the classic interface: issues are segments, metrics are those of `compare`."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from aquarium_tui.client import checks
from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.errors import NotFoundError
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.names import name_key, visible
from aquarium_tui.model.problems import Segment
from aquarium_tui.report import records_of
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Segments, Store

CellQuery = list[tuple[str, str]]
"""Cells as (label class, inferred class); `background` stands for nothing."""

_PERCENT = 100
"""The old client gives thresholds in per cent, everything here as shares."""


@dataclass
class IssueElement:
    """One frame or object of an issue."""

    element_id: str
    frame_id: str
    element_type: str
    dataset: str
    status: str | None = None
    inference_set: str | None = None
    frame_data: dict[str, Any] | None = None
    crop_data: dict[str, Any] | None = None
    label_metadata: dict[str, Any] | None = None
    comments: dict[str, Any] | None = None
    updated_at: str | None = None

    def __post_init__(self) -> None:
        if self.element_type not in ("frame", "crop"):
            raise checks.RefusedValueError(
                f'element_type must be "frame" or "crop", not {self.element_type!r}.'
            )

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


@dataclass
class Issue:
    """A set of frames, as a segment has it."""

    name: str
    dataset: str | None
    elements: list[IssueElement]
    element_type: str
    created_at: str | None = None
    updated_at: str | None = None
    reporter: str | None = None
    assignee: str | None = None
    state: str | None = None
    issue_id: str | None = None
    inference_set: str | None = None
    comments: dict[str, Any] | None = None
    template_type: str | None = None
    custom_template_fields: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


class IssueManager:
    """The issues of a project: each is a segment of one of its datasets, with its frames.

    An issue's id is `DATASET/SEGMENT`. Objects stand for their frames, and states, assignees and comments are
    not kept.

    Args:
        client: A client.
        project_id: The project.
    """

    def __init__(self, client: object, project_id: str) -> None:
        self.client, self.project_id = client, project_id
        self._store = Store.default()
        self._store.project(project_id)

    def list_issues(self) -> list[Issue]:
        """All segments that hold frames, without those that are queries."""
        return [
            _issue(dataset, segment)
            for dataset in self._store.datasets(self.project_id)
            for segment in self._segments(dataset).all()
            if segment.frames is not None
        ]

    def create_issue(
        self,
        name: str,
        dataset: str,
        elements: Iterable[IssueElement],
        element_type: str,
        inference_set: str | None = None,
        issue_type: str | None = "Bucket",
        work_queue_batch_size: int | None = None,
    ) -> str:
        """Save the frames of the elements as a segment; returns the id of the issue."""
        del element_type, inference_set, issue_type, work_queue_batch_size
        frames = tuple(dict.fromkeys(element.frame_id for element in elements))
        self._segments(dataset).save(Segment(name, "", frames))
        return f"{dataset}/{name}"

    def create_work_queue(
        self,
        name: str,
        dataset: str,
        elements: Iterable[IssueElement],
        element_type: str,
        inference_set: str | None = None,
        work_queue_batch_size: int | None = None,
    ) -> str:
        """The same as `create_issue`."""
        return self.create_issue(
            name, dataset, elements, element_type, inference_set, None, work_queue_batch_size
        )

    def get_issue(
        self, issue_id: str, exclude_frame_data: bool = False, include_comment_data: bool = False
    ) -> Issue:
        """One issue."""
        del exclude_frame_data, include_comment_data
        dataset, name = _issue_place(issue_id)
        return _issue(dataset, self._segments(dataset).get(name))

    def delete_issue(self, issue_id: str) -> None:
        """Delete the segment."""
        dataset, name = _issue_place(issue_id)
        self._segments(dataset).delete(name)

    def add_elements_to_issue(self, issue_id: str, elements: Iterable[IssueElement]) -> None:
        """Add the frames of the elements."""
        self._changed(issue_id, [element.frame_id for element in elements], added=True)

    def remove_elements_from_issue(self, issue_id: str, elements: Iterable[IssueElement]) -> None:
        """Take the frames of the elements out."""
        self._changed(issue_id, [element.frame_id for element in elements], added=False)

    def update_issue_name(self, issue_id: str, issue_name: str) -> None:
        """Rename the segment."""
        dataset, name = _issue_place(issue_id)
        self._segments(dataset).rename(name, issue_name)

    def update_issue_state(self, issue_id: str, issue_state: str) -> None:
        """Has no effect: states of issues are not kept."""
        checks.unused("update_issue_state", {"issue_id": issue_id, "issue_state": issue_state})

    def update_elements_status(self, issue_id: str, element_ids: Sequence[str], new_status: str) -> None:
        """Has no effect: the status of elements is not kept."""
        told = {"issue_id": issue_id, "element_ids": element_ids, "new_status": new_status}
        checks.unused("update_elements_status", told)

    def _changed(self, issue_id: str, frames: Sequence[str], *, added: bool) -> None:
        dataset, name = _issue_place(issue_id)
        segment = self._segments(dataset).get(name)
        known = segment.frames or ()
        kept = (*known, *frames) if added else (id_ for id_ in known if id_ not in set(frames))
        self._segments(dataset).save(replace(segment, frames=tuple(dict.fromkeys(kept))), replaces=True)

    def _segments(self, dataset: str) -> Segments:
        return Segments(self._store.dataset_folder(self.project_id, dataset))


def _issue_place(issue_id: str) -> tuple[str, str]:
    dataset, _, name = checks.text(issue_id, "issue_id").partition("/")
    return dataset, name


def _issue(dataset: str, segment: Segment) -> Issue:
    elements = [IssueElement(id_, id_, "frame", dataset) for id_ in segment.frames or ()]
    return Issue(
        segment.name, dataset, elements, "frame", segment.created, issue_id=f"{dataset}/{segment.name}"
    )


class MetricsManager:
    """Figures and confusions of one inference set, as `compare` and `objects` have them.

    Args:
        client: A client.
        project_id: The project.
    """

    ORDER_CONF_DESC = "inference_data.confidence__by__desc"
    ORDER_CONF_ASC = "inference_data.confidence__by__asc"
    ORDER_IOU_DESC = "iou__by__desc"
    ORDER_IOU_ASC = "iou__by__asc"
    ORDER_BOX_SIZE_DESC = "box_size__by__desc"
    ORDER_BOX_SIZE_ASC = "box_size__by__asc"

    def __init__(self, client: object, project_id: str) -> None:
        self.client, self.project_id = client, project_id
        self._store = Store.default()
        names = self._store.project(project_id).class_map.evaluated_names
        self.inference_classes_nobg = sorted(name_key(name) for name in names)
        self.inference_classes = [*self.inference_classes_nobg, "background"]

    def list_scenarios(self, dataset_id: str) -> list[dict[str, Any]]:
        """The segments of a dataset."""
        found = Segments(self._store.dataset_folder(self.project_id, dataset_id)).all()
        return [
            {
                "name": segment.name,
                "issue_id": f"{dataset_id}/{segment.name}",
                "uuid": segment.name,
                "updated_at": segment.created,
                "template_type": "testScenarioGeneric",
                "thresholds": {},
            }
            for segment in found
        ]

    def get_metrics(
        self,
        dataset_id: str,
        inferences_id: str,
        confidence_pct: float,
        iou_pct: float,
        scenario_ids: Sequence[str] | None = (),
        metrics_class: str | None = None,
    ) -> list[dict[str, Any]]:
        """Precision, recall, F1 and counts of errors, of all frames and of segments.

        Args:
            dataset_id: The dataset.
            inferences_id: The inference set.
            confidence_pct: The confidence threshold in per cent.
            iou_pct: The IoU threshold in per cent.
            scenario_ids: Names of segments; None takes all, () none.
            metrics_class: A class; None weights classes by their support.
        """
        scenarios = [each["name"] for each in self.list_scenarios(dataset_id)]
        names = scenarios if scenario_ids is None else list(scenario_ids)
        whole = self._open(dataset_id, inferences_id, confidence_pct / _PERCENT, iou_pct / _PERCENT)
        found = [_scores("all frames", "Split", whole, metrics_class)]
        for name in names:
            part = self._open(dataset_id, inferences_id, confidence_pct / _PERCENT, iou_pct / _PERCENT, name)
            found.append(_scores(name, "Scenario", part, metrics_class))
        return found

    def make_cell_query(self, gt: str, inf: str) -> CellQuery:
        """The cell of a label class and an inferred class."""
        return [(self._named(gt), self._named(inf))]

    def make_correct_query(self) -> CellQuery:
        """All cells on the diagonal."""
        return [(name, name) for name in self.inference_classes_nobg]

    def make_confusions_query(self) -> CellQuery:
        """All cells of two different classes."""
        names = self.inference_classes_nobg
        return [(label, inferred) for label in names for inferred in names if label != inferred]

    def make_false_positives_query(self) -> CellQuery:
        """Spurious inferences of every class."""
        return [("background", name) for name in self.inference_classes_nobg]

    def make_false_negatives_query(self) -> CellQuery:
        """Missed labels of every class."""
        return [(name, "background") for name in self.inference_classes_nobg]

    def make_confused_as_query(self, name: str) -> CellQuery:
        """Labels of other classes that are inferred as this one."""
        wanted = self._named(name)
        return [cell for cell in self.make_confusions_query() if cell[1] == wanted]

    def make_confused_from_query(self, name: str) -> CellQuery:
        """Labels of this class that are inferred as another one."""
        wanted = self._named(name)
        return [cell for cell in self.make_confusions_query() if cell[0] == wanted]

    def fetch_confusions(self, dataset_id: str, inferences_id: str, opts: dict[str, Any]) -> dict[str, Any]:
        """The objects in the cells of queries.

        Args:
            dataset_id: The dataset.
            inferences_id: The inference set.
            opts: `confidence_threshold` and `iou_threshold` from 0 to 1, `queries`, `ordering`, and where
                wished `cur_offset` and `max_results`.
        """
        comparison = self._open(
            dataset_id, inferences_id, opts["confidence_threshold"], opts["iou_threshold"]
        )
        places = {name_key(name): i for i, name in enumerate(comparison.classes[:-1])}
        background = len(places)
        cells = dict.fromkeys(cell for query in opts["queries"] for cell in map(tuple, query))
        rows = [
            comparison.rows_of(places.get(label, background), places.get(inferred, background), which)
            for label, inferred in cells
            for which in CellList
        ]
        records = list(records_of(comparison, np.unique(np.concatenate([*rows, np.zeros(0, np.int64)]))))
        key, _, way = str(opts.get("ordering") or "").partition("__by__")
        _sort(records, key, down=way != "asc")
        start = int(opts.get("cur_offset") or 0)
        most = int(opts.get("max_results") or 10_000)
        shown = records[start : start + most]
        return {"cur_offset": start + len(shown), "num_rows": len(shown), "rows": shown}

    def _open(
        self, dataset: str, inferences: str, confidence: float, iou: float, segment: str = ""
    ) -> Comparison:
        choice = Choice(
            self.project_id, dataset, base=inferences, confidence=confidence, iou=iou, segment=segment
        )
        return Session(self._store).open(choice).comparison

    def _named(self, name: str) -> str:
        if name_key(name) in self.inference_classes:
            return name_key(name)
        raise checks.RefusedValueError(
            f"There is no class {visible(name)}.", f"Classes: {', '.join(self.inference_classes)}."
        )


_SORTED = {"inference_data.confidence": "base_confidence", "iou": "base_iou"}
"""The column of a record that an order is by; the size of boxes is computed."""


def _sort(records: list[dict[str, Any]], key: str, *, down: bool) -> None:
    def value(record: dict[str, Any]) -> float:
        if key == "box_size":
            width, height = record.get("base_width"), record.get("base_height")
            found = width * height if width is not None and height is not None else None
        else:
            found = record.get(_SORTED.get(key, ""))
        if found is None:  # What has no such number comes last.
            return -math.inf if down else math.inf
        return float(found)

    if key:
        records.sort(key=value, reverse=down)


def _scores(name: str, kind_: str, comparison: Comparison, class_: str | None) -> dict[str, Any]:
    report = kind_of(comparison.dataset.project).class_report(comparison)
    fields = {field.key: field for field in report.fields}
    places = {name_key(each): row for row, each in enumerate(report.names)}
    if class_ is not None and name_key(class_) not in places:
        raise NotFoundError(f"There is no class {visible(class_)}.")
    average = next(iter(report.averages))

    def of(key: str) -> float | None:
        if key not in fields:
            return None
        found = fields[key]
        if class_ is not None:
            value = float(found.values["base"][places[name_key(class_)]])
        else:
            value = float(found.totals[average]["base"])
        return None if math.isnan(value) else value

    rates = ("precision", "recall", "f1")
    matrix = comparison.confusion("base")[:-1, :-1]
    row = None if class_ is None else places[name_key(class_)]
    confusions = matrix.sum() - np.trace(matrix) if row is None else matrix[row].sum() - matrix[row, row]
    return {
        "segment_name": name,
        "frame_count": comparison.frame_count,
        "segment_type": kind_,
        "uuid": name,
        **{
            f"{key}_score" if key == "f1" else key: {"score": of(key), "threshold": None, "succeeds": None}
            for key in rates
        },
        "false_positives": {"score": of("false_positives")},
        "false_negatives": {"score": of("false_negatives")},
        "total_confusions": {"score": int(confusions)},
    }


@dataclass
class WorkQueueElement:
    """An element of a work queue; there are none here."""

    element_id: str
    frame_id: str
    element_type: str
    dataset: str
    batch_name: str
    status: str
    assignee: str
    inference_set: str | None = None
    label_metadata: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


@dataclass
class WorkQueue:
    """A work queue; there are none here."""

    name: str
    dataset: str | None
    element_count: int
    element_type: str
    work_queue_id: str
    batch_statuses: dict[str, str] = field(default_factory=dict)
    batch_assignees: dict[str, str] = field(default_factory=dict)
    elements: list[WorkQueueElement] = field(default_factory=list)
    created_at: str | None = None
    updated_at: str | None = None
    inference_set: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


class WorkQueueManager:
    """Work queues of a project: always none.

    Args:
        client: A client.
        project_id: The project.
    """

    def __init__(self, client: object, project_id: str) -> None:
        self.client, self.project_id = client, project_id

    def list_work_queues(self) -> list[WorkQueue]:
        """None: this program has no work queues."""
        return []

    def get_work_queue(self, work_queue_id: str) -> WorkQueue:
        """Raises `NotFoundError`: this program has no work queues."""
        raise NotFoundError(f"There is no work queue {visible(str(work_queue_id))}: there are none here.")
