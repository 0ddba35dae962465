"""`log_dataset`: frames and their labels, one by one, as NumPy arrays."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aquarium_tui.client import checks
from aquarium_tui.client.spool import ArraySpool, frame_arrays, numbers
from aquarium_tui.errors import NotFoundError
from aquarium_tui.formats.shared.frames import metadata_of
from aquarium_tui.ingest.images import locate
from aquarium_tui.ingest.objects import settle
from aquarium_tui.ingest.provenance import listed
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import check_name, visible
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Project, Provenance
from aquarium_tui.store import Store


class Log(ABC):
    """Takes frames until `close` stores them; use it in a `with` block, or close it yourself."""

    def __init__(self) -> None:
        self._spool = ArraySpool()

    def close(self) -> None:
        """Store what was added; once is enough, and more does nothing.

        Raises:
            InputError: Nothing of it can be used.
            StoreError: It cannot be written.
        """
        if self._spool.open:
            try:
                self._store()
            finally:
                self.discard()

    def discard(self) -> None:
        """Forget what was added; nothing is stored."""
        self._spool.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _check_open(self) -> None:
        if not self._spool.open:
            raise checks.RefusedValueError("this log is closed: open another one for more frames.")

    @abstractmethod
    def _store(self) -> None:
        """Put everything into the store."""


class ClassPositions:
    """Positions in a class map by id or by name.

    Args:
        class_map: The class map.
        categories: Id in the class map by the id that arrays use.
    """

    def __init__(self, class_map: ClassMap, categories: Mapping[int, int]) -> None:
        by_id = class_map.positions_by_id
        self._by_id = {used: by_id[own] for used, own in categories.items()}
        self._by_name = class_map.positions_by_name
        self._names = [f"{used} {class_map.entries[at].name}" for used, at in sorted(self._by_id.items())]

    def of(self, where: str, classes: NDArray[np.generic]) -> NDArray[np.int32]:
        """`(n,)` int32 position of each of `classes` (`(n,)` of ints or text).

        Raises:
            UsageError: One is not known.
        """
        found, inverse = np.unique(classes, return_inverse=True)
        positions = np.array([self._position(where, each) for each in found.tolist()], dtype=np.int32)
        return np.asarray(positions[inverse], dtype=np.int32)

    def _position(self, where: str, wanted: object) -> int:
        if isinstance(wanted, str):
            position = self._by_name.get(wanted.casefold())
        else:
            position = self._by_id.get(wanted) if isinstance(wanted, int) else None
        if position is None:
            raise checks.RefusedValueError(
                f"{where}: there is no class {wanted!r}.", f"There are {listed(self._names)}."
            )
        return position


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame with its labels.

    Attributes:
        id: Unique in the dataset.
        image: Path or URL; relative paths start in the working directory.
        width: Pixels, 0 where not known.
        height: The same.
        boxes: `(n, 4)` left, top, right, bottom in pixels, right and bottom exclusive.
        classes: `(n,)` of class ids or class names.
        metadata: Text, numbers, booleans or ISO dates by name.
    """

    id: str | int
    image: str | Path | None = None
    width: int = 0
    height: int = 0
    boxes: ArrayLike = ()
    classes: ArrayLike = ()
    metadata: Mapping[str, object] = field(default_factory=dict)


class DatasetLog(Log):
    """A dataset that is being made; see `log_dataset`.

    Args:
        store: The store.
        project: Has the class map.
        name: The name of the dataset.
        categories: Class id of the project by the id that labels use.
    """

    def __init__(self, store: Store, project: Project, name: str, categories: Mapping[int, int]) -> None:
        super().__init__()
        self._into = store
        self._project = project
        self._name = name
        self._categories = categories
        self._classes = ClassPositions(project.class_map, categories)
        self._frames: dict[str, Frame] = {}

    def add(self, frame: Frame) -> None:
        """Add one frame with its labels.

        Raises:
            UsageError: The shapes do not fit, a class is not known, or the frame was added before.
        """
        self._check_open()
        where = f"frame {visible(str(frame.id))}"
        if str(frame.id) in self._frames:
            raise checks.RefusedValueError(f"{where} was added before.")
        arrays = frame_arrays(where, frame.boxes, frame.classes, None)
        positions = self._classes.of(where, arrays.classes)
        width, height = _side(where, frame.width), _side(where, frame.height)
        self._spool.add(len(self._frames), arrays, positions)
        self._frames[str(frame.id)] = replace(frame, boxes=(), classes=(), width=width, height=height)

    def _store(self) -> None:
        if not self._frames:
            raise checks.RefusedValueError("no frames were added.")
        frames, notes = self._table()
        found = locate(frames.path, Path.cwd(), Path.cwd())
        frames = replace(frames, path=found.paths)
        names = [entry.name for entry in self._project.class_map.entries]
        labels, problems = settle(self._spool.placed("labels", frames.id, names), frames, "")
        provenance = Provenance(
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
            source="aquarium_tui.client",
            notes=("logged from Python", *notes, *found.notes),
            problems=(*found.problems, *problems),
        )
        dataset = Dataset(
            self._project, self._name, frames, labels, found.folder, self._categories, provenance
        )
        self._into.add_dataset(dataset)

    def _table(self) -> tuple[Frames, Sequence[str]]:
        given = self._frames.values()
        metadata, notes = metadata_of([frame.metadata for frame in given])
        frames = Frames(
            id=Text.from_words(list(self._frames)),
            path=Text.from_values(None if frame.image is None else str(frame.image) for frame in given),
            width=np.array([frame.width for frame in given], dtype=np.int32),
            height=np.array([frame.height for frame in given], dtype=np.int32),
            metadata=metadata,
        )
        return frames, notes


def _side(where: str, pixels: object) -> int:
    """A width or height; whole numbers of NumPy are fine."""
    if isinstance(pixels, int | np.integer) and 0 <= pixels < 2**31:
        return int(pixels)
    raise checks.RefusedValueError(f"{where}: width and height are whole numbers of pixels, not {pixels!r}.")


def log_dataset(
    project: str, dataset: str, frames: Iterable[Frame] | None = None, *, classes: Sequence[str] = ()
) -> DatasetLog:
    """Log a labelled dataset: all at once, or frame by frame with `add` until the log is closed.

    Args:
        project: The project; made if it is not there.
        dataset: The name of the new dataset.
        frames: The frames. What is given here is stored by this call, and the log is closed.
        classes: The names of the classes, in the order of the class ids in the arrays, which count from 0.
            Names that the project does not know are added to it. Without them, ids are those of the project.

    Raises:
        UsageError: A name is not legal, or a frame cannot be used.
        StoreError: There is such a dataset already, or it cannot be written.
    """
    store = Store.default()
    check_name(project, "project")
    store.refuse_existing(project, dataset)
    known = store.project(project) if project in store.projects() else Project(project)
    owner = replace(known, class_map=known.class_map.extended(enumerate(classes)))
    entries, positions = owner.class_map.entries, owner.class_map.positions_by_name
    categories = {id_: entries[positions[name.casefold()]].id for id_, name in enumerate(classes)}
    log = DatasetLog(store, owner, dataset, categories or {entry.id: entry.id for entry in entries})
    if frames is not None:
        with log:
            for frame in frames:
                log.add(frame)
    return log


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
