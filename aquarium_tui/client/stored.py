"""What is in the store, as the classic interface has it: frames, pictures, answers to scripts that wait."""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.client import checks
from aquarium_tui.client.frames import InferencesFrame, LabeledFrame
from aquarium_tui.client.objects import MASK, FrameObjects, JsonRecord
from aquarium_tui.drawing.drawing import picture
from aquarium_tui.formats.aquarium.crops import MASK_KIND
from aquarium_tui.ingest.merge import moved_inferences, picked
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import PictureOptions
from aquarium_tui.kinds.reader import FileOptions
from aquarium_tui.model.columns import Column
from aquarium_tui.model.names import joined
from aquarium_tui.model.outlines import run_lengths
from aquarium_tui.model.tables import Dataset, Project, Provenance
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from aquarium_tui.upload import read_dataset, read_inferences

_OWN = ("device_id", "date_captured", "latitude", "longitude")
"""Metadata that the client has arguments for."""


def stored_frame(dataset: Dataset, row: int) -> LabeledFrame:
    """A frame of a dataset with its labels, which can be changed and uploaded again."""
    frames = dataset.frames
    known = {key: column[row] for key, column in frames.metadata.items()}
    when, device = known.get("date_captured"), known.get("device_id")
    captured = when.isoformat() if hasattr(when, "isoformat") else when
    frame = LabeledFrame(
        str(frames.id[row]),
        date_captured=None if captured is None else str(captured),
        device_id=None if device is None else str(device),
    )
    path = frames.path[row]
    if path is not None:
        width, height = int(frames.width[row]), int(frames.height[row])
        frame.add_image(image_url=joined(dataset.images, path), width=width or None, height=height or None)
    for key, column in frames.metadata.items():
        if key not in _OWN and column[row] is not None:
            frame.add_stored_metadata(key, _plain(column, row))
    if known.get("latitude") is not None and known.get("longitude") is not None:
        frame.add_geo_latlong_data(*(float(str(known[key])) for key in ("latitude", "longitude")))
    _add_labels(frame.objects, dataset, row)
    return frame


def _plain(column: Column, row: int) -> object:
    value = column[row]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _add_labels(objects: FrameObjects, dataset: Dataset, frame: int) -> None:
    labels, entries = dataset.labels, dataset.project.class_map.entries
    mask = dataset.masks.file(frame) if dataset.masks else None
    if mask is not None:
        objects.records.append(_record(f"mask_{frame}", MASK_KIND, MASK, {"url": mask}))
    boxes = kind_of(dataset.project).boxes
    for row in range(*labels.starts[frame : frame + 2].tolist()):
        attributes: JsonRecord = {}
        if boxes:
            left, top, right, bottom = labels.box[row].tolist()
            attributes = {"top": top, "left": left, "width": right - left, "height": bottom - top}
            if labels.crowd[row]:
                attributes["iscrowd"] = True
            outline = None if labels.mask is None else labels.mask[row]
            if outline is not None:
                width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
                counts = run_lengths(outline, (width, height))
                attributes["segmentation"] = {"size": [height, width], "counts": counts}
        attributes |= {
            f"user__{key}": _plain(column, row)
            for key, column in labels.attributes.items()
            if column[row] is not None
        }
        kind = "BBOX_2D" if boxes else "CLASSIFICATION_2D"
        name = entries[labels.class_index[row]].name
        objects.records.append(_record(labels.name(row), kind, name, attributes))


def _record(id_: str, kind: str, name: str, attributes: JsonRecord) -> JsonRecord:
    return {
        "uuid": id_,
        "label_type": kind,
        "label": name,
        "label_coordinate_frame": "DEFAULT",
        "attributes": attributes,
    }


def without_frames(store: Store, project: str, name: str, deleted: Iterable[str]) -> int:
    """Remove frames of a stored dataset, and what its inference sets have on them; returns how many."""
    dataset = store.load_dataset(project, name)
    gone = set(deleted)
    rows = np.array([row for row, id_ in enumerate(dataset.frames.id) if id_ not in gone], np.int64)
    lost = len(dataset.frames) - len(rows)
    if lost:
        if not len(rows):
            raise checks.RefusedValueError("No frame would be left: remove the dataset with delete_dataset.")
        left = picked(dataset, rows)
        ids = [one.id for one in store.dataset_card(project, name).sets]
        sets = [moved_inferences(store.load_inferences(project, name, id_), dataset, left) for id_ in ids]
        store.put_dataset(left, sets, dataset.provenance.fingerprint)
    return lost


def preview(project: Project, labeled: LabeledFrame, inferred: InferencesFrame | None) -> Path:
    """The path of a PNG with one frame, its labels and inferences, that need not be stored.

    Raises:
        AquariumError: They do not fit the project.
    """
    folder = Path(tempfile.mkdtemp(prefix="aquarium_preview_"))
    options = FileOptions(images=Path.cwd(), format="aquarium")
    store = Store(folder / "store")
    store.add_project(project)
    labels = _file(folder, "labels", labeled)
    store.add_dataset(read_dataset(store, project.name, "preview", labels, options))
    dataset = store.load_dataset(project.name, "preview")
    inferences = _file(folder, "inferences", inferred or InferencesFrame(labeled.frame_id))
    store.add_inferences(dataset, read_inferences(dataset, "preview", inferences, options))
    view = Session(store).open(Choice(project.name, "preview", base="preview"))
    drawing = kind_of(project).picture(view, 0, PictureOptions(masks="all"))
    path = folder / f"{project.name}_preview.png"
    picture(drawing).save(path)
    return path


def _file(folder: Path, name: str, frame: LabeledFrame | InferencesFrame) -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text(json.dumps(frame.record()) + "\n", "utf-8")
    return path


_DONE = ("DONE", 100.0)
"""The state of everything that is stored, and how much of it is done, in per cent."""


class ProcessStates:
    """Answers of a client on what is there. Uploads are done when they return, so nothing is ever pending."""

    _store: Store

    def project_exists(self, project_id: str) -> bool:
        """Whether there is a project of this name."""
        return project_id in self._store.projects()

    def dataset_exists(self, project_id: str, dataset_id: str) -> bool:
        """Whether the project exists and has a dataset of this name."""
        return self.project_exists(project_id) and dataset_id in self._store.datasets(project_id)

    def inferences_exist(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """Whether the dataset exists and has an inference set of this name."""
        if not self.dataset_exists(project_id, dataset_id):
            return False
        return self._store.dataset_card(project_id, dataset_id).set(inferences_id) is not None

    def inferences_exists(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """The same as `inferences_exist`."""
        return self.inferences_exist(project_id, dataset_id, inferences_id)

    def is_dataset_processed(self, project_id: str, dataset_id: str) -> bool:
        """Whether the dataset is there: it is processed once it is stored."""
        return self.dataset_exists(project_id, dataset_id)

    def is_dataset_archived(self, project_id: str, dataset_id: str) -> bool:
        """False: datasets are not archived here."""
        self._store.dataset_folder(project_id, dataset_id)
        return False

    def is_inferences_processed(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """Whether the inference set is there."""
        return self.inferences_exist(project_id, dataset_id, inferences_id)

    def current_dataset_process_state(self, project_id: str, dataset_id: str) -> tuple[str, float]:
        """That a dataset is done."""
        self._store.dataset_folder(project_id, dataset_id)
        return _DONE

    def current_abstract_dataset_process_step_status(
        self, project_id: str, dataset_id: str
    ) -> dict[str, Any]:
        """That a dataset, or an inference set, is done."""
        del project_id, dataset_id
        return {"process_step_statuses": {"normalize": {"status": _DONE[0]}}}

    @staticmethod
    def parse_normalize_process_step_status(process_step_status_payload: dict[str, Any]) -> str:
        """The state in what `current_abstract_dataset_process_step_status` returns."""
        return str(process_step_status_payload["process_step_statuses"]["normalize"]["status"])

    def current_inferences_process_state(
        self, project_id: str, dataset_id: str, inferences_id: str
    ) -> tuple[str, float]:
        """That an inference set is done."""
        self._store.load_inferences(project_id, dataset_id, inferences_id)
        return _DONE

    def get_dataset_ingest_error_logs(self, project_id: str, dataset_id: str) -> list[dict[str, Any]]:
        """What was wrong with a dataset when it was uploaded."""
        return _problems(self._store.dataset_card(project_id, dataset_id).provenance)

    def get_inferences_ingest_error_logs(
        self, project_id: str, dataset_id: str, inferences_id: str
    ) -> list[dict[str, Any]]:
        """What was wrong with an inference set when it was uploaded."""
        return _problems(self._store.load_inferences(project_id, dataset_id, inferences_id).provenance)


def _problems(provenance: Provenance) -> list[dict[str, Any]]:
    return [{"message": problem.sentence(), "count": problem.count} for problem in provenance.problems]
