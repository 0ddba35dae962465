"""`log_inferences`: what a model finds, frame by frame, as NumPy arrays."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from numpy.typing import ArrayLike

from aquarium_tui.client import checks
from aquarium_tui.client.arrays import frame_arrays, numbers
from aquarium_tui.client.dataset_log import ClassPositions, Log
from aquarium_tui.errors import NotFoundError
from aquarium_tui.ingest.objects import settle
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import Dataset, InferenceSet, Provenance
from aquarium_tui.store import Store

ByFrame = Mapping[str, ArrayLike] | Sequence[ArrayLike]
"""One array a frame: by frame id, or in the order of the dataset's frames."""


class InferenceLog(Log):
    """An inference set that is being made; see `log_inferences`.

    Args:
        store: The store.
        dataset: What it belongs to.
        id_: The name of the set.
    """

    def __init__(self, store: Store, dataset: Dataset, id_: str) -> None:
        super().__init__()
        self._into = store
        self._dataset = dataset
        self._id = id_
        self._classes = ClassPositions(dataset.project.class_map, dataset.categories)
        self._seen: set[int] = set()

    def add(self, frame: str | int, *, boxes: ArrayLike, classes: ArrayLike, confidences: ArrayLike) -> None:
        """Add the inferences in one frame.

        Args:
            frame: Its id.
            boxes: `(n, 4)` left, top, right, bottom in pixels, right and bottom exclusive.
            classes: `(n,)` of the class ids that the dataset's labels use, or of class names.
            confidences: `(n,)`, 0 to 1.

        Raises:
            UsageError: The shapes do not fit, a class is not known, or the frame was added before.
            NotFoundError: The dataset has no such frame.
        """
        self._check_open()
        where = f"frame {visible(str(frame))}"
        row = self._dataset.frames.row_by_id.get(str(frame))
        if row is None:
            first = ", ".join(map(str, list(self._dataset.frames.row_by_id)[:3]))
            place = f"{self._dataset.project.name}/{self._dataset.name}"
            raise NotFoundError(f"{place} has no {where}.", f"Its frames are called {first} …")
        if row in self._seen:
            raise checks.RefusedValueError(f"{where} was added before.")
        arrays = frame_arrays(where, boxes, classes, numbers(where, "confidences", confidences))
        self._spool.add(row, arrays, self._classes.of(where, arrays.classes))
        self._seen.add(row)

    def _store(self) -> None:
        entries = self._dataset.project.class_map.entries
        names = [entry.name for entry in entries]
        placed = self._spool.placed("inferences", self._dataset.frames.id, names)
        objects, problems = settle(placed, self._dataset.frames, "")
        provenance = Provenance(
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
            source="aquarium_tui.client",
            notes=(f"logged from Python: {len(self._seen):,} frames",),
            problems=problems,
        )
        self._into.add_inferences(self._dataset, InferenceSet(self._id, objects, provenance))


def log_inferences(
    project: str,
    dataset: str,
    id: str,  # noqa: A002
    *,
    boxes: ByFrame | None = None,
    classes: ByFrame | None = None,
    confidences: ByFrame | None = None,
) -> InferenceLog:
    """Log the inferences of one model: all at once, or frame by frame with `add` until the log is closed.

    Args:
        project: The project.
        dataset: The dataset in it.
        id: The name of the new inference set.
        boxes: One `(n, 4)` array a frame, left, top, right, bottom in pixels. What is given here is stored by
            this call, and the log is closed.
        classes: One `(n,)` array a frame, of class ids that the dataset's labels use, or of class names.
        confidences: One `(n,)` array a frame, 0 to 1.

    Raises:
        UsageError: A name is not legal, or arrays do not fit together.
        NotFoundError: There is no such project, dataset or frame.
        StoreError: There is such a set already.
    """
    store = Store.default()
    store.refuse_existing(project, dataset, id)
    owner = store.load_dataset(project, dataset)
    log = InferenceLog(store, owner, id)
    if boxes is not None:
        with log:
            _add_all(log, list(owner.frames.row_by_id), boxes, classes, confidences)
    return log


def _add_all(
    log: InferenceLog,
    ids: Sequence[str],
    boxes: ByFrame,
    classes: ByFrame | None,
    confidences: ByFrame | None,
) -> None:
    if classes is None or confidences is None:
        raise checks.RefusedValueError("boxes need classes and confidences beside them.")
    named = _by_id("boxes", boxes, ids)
    further = [_by_id("classes", classes, ids), _by_id("confidences", confidences, ids)]
    for other in further:
        if other.keys() != named.keys():
            raise checks.RefusedValueError("boxes, classes and confidences are not of the same frames.")
    for id_, box in named.items():
        log.add(id_, boxes=box, classes=further[0][id_], confidences=further[1][id_])


def _by_id(what: str, given: ByFrame, ids: Sequence[str]) -> Mapping[str, ArrayLike]:
    if isinstance(given, Mapping):
        return {str(id_): values for id_, values in given.items()}
    if len(given) != len(ids):
        raise checks.RefusedValueError(
            f"{what} are of {len(given):,} frames, and the dataset has {len(ids):,}."
        )
    return dict(zip(ids, given, strict=True))
