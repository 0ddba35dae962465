"""`log_dataset` and `log_inferences`: labels and inferences as NumPy arrays, frame by frame."""

import warnings
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
from aquarium_tui.client.spool import SOURCE, ArraySpool, frame_arrays, numbers
from aquarium_tui.errors import NotFoundError, UploadWarning
from aquarium_tui.formats.shared.listed_images import metadata_of
from aquarium_tui.ingest.frame_keys import locate
from aquarium_tui.ingest.objects import settle
from aquarium_tui.ingest.readings import listed
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import check_name, name_key, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Project, Provenance
from aquarium_tui.store import Store
from aquarium_tui.upload import UploadMode, UploadResult, refuse_existing, store_dataset, store_inferences


def warn_of(problems: Iterable[Problem]) -> None:
    """Warn of each problem, at the line that called this package; scripts do not look at returned values."""
    for problem in problems:
        warnings.warn(problem.sentence(), UploadWarning, stacklevel=4)


class Log(ABC):
    """Takes frames until `close` stores them; use it in a `with` block, or close it yourself.

    Attributes:
        result: What was stored; None until then.
    """

    def __init__(self) -> None:
        self.result: UploadResult | None = None
        self._spool = ArraySpool()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the values, and what was done about it; known after `close`."""
        return self.result.problems if self.result else ()

    def close(self) -> None:
        """Store what was added. A closed log stays as it is.

        Raises:
            InputError: None of it can be used.
            StoreError: It cannot be written, or the name has been taken meanwhile.
        """
        if self._spool.open:
            try:
                self.result = self._store()
            finally:
                self.discard()
            warn_of(self.result.problems)

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
            raise checks.RefusedValueError("This log is closed: open another one for more frames.")

    @abstractmethod
    def _store(self) -> UploadResult:
        """Store everything that was added."""


def _provenance(notes: Iterable[str], problems: Iterable[Problem]) -> Provenance:
    """Where arrays that are stored now came from."""
    created = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Provenance(created, SOURCE, tuple(notes), tuple(problems))


class ClassPositions:
    """Finds positions in a class map by id or by name.

    Args:
        class_map: The class map.
        categories: The id in the class map by the id that arrays use.
    """

    def __init__(self, class_map: ClassMap, categories: Mapping[int, int]) -> None:
        by_id = class_map.positions_by_id
        self._by_id = {used: by_id[own] for used, own in categories.items()}
        self._by_name = class_map.positions_by_name
        self._names = [f"{used} {class_map.entries[at].name}" for used, at in sorted(self._by_id.items())]

    def of(self, where: str, classes: NDArray[np.generic]) -> NDArray[np.int32]:
        """`(n,)` int32 positions of `classes` (`(n,)` ints or text).

        Raises:
            UsageError: A class is unknown.
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
        image: Path or URL. Relative paths start in the working directory.
        width: Pixels, 0 if unknown.
        height: Pixels, 0 if unknown.
        boxes: `(n, 4)` left, top, right, bottom in pixels, right and bottom exclusive.
        classes: `(n,)` class ids or class names.
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
    """A dataset in the making; see `log_dataset`.

    Args:
        store: The store.
        project: Its class map names the classes.
        name: The name of the dataset.
        categories: The class id of the project by the id that labels use.
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
            UsageError: The shapes do not fit, a class is unknown, or the frame was already added.
        """
        self._check_open()
        where = f"Frame {visible(str(frame.id))}"
        if str(frame.id) in self._frames:
            raise checks.RefusedValueError(f"{where} was already added.")
        arrays = frame_arrays(where, frame.boxes, frame.classes, None)
        positions = self._classes.of(where, arrays.classes)
        width, height = _side(where, frame.width), _side(where, frame.height)
        self._spool.add(len(self._frames), arrays, positions)
        self._frames[str(frame.id)] = replace(frame, boxes=(), classes=(), width=width, height=height)

    def _store(self) -> UploadResult:
        if not self._frames:
            raise checks.RefusedValueError("No frames were added.")
        frames, notes = self._table()
        found = locate(frames.path, Path.cwd(), Path.cwd())
        frames = replace(frames, path=found.paths)
        names = [entry.name for entry in self._project.class_map.entries]
        labels, problems = settle(self._spool.placed("labels", frames.id, names), frames, "")
        provenance = _provenance(("logged from Python", *notes, *found.notes), (*found.problems, *problems))
        dataset = Dataset(
            self._project, self._name, frames, labels, found.folder, self._categories, provenance
        )
        return store_dataset(self._into, dataset)

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
    """A width or height; NumPy integers are allowed."""
    if isinstance(pixels, int | np.integer) and 0 <= pixels < 2**31:
        return int(pixels)
    raise checks.RefusedValueError(
        f"{where}: width and height must be whole numbers of pixels, not {pixels!r}."
    )


def log_dataset(
    project: str, dataset: str, frames: Iterable[Frame] | None = None, *, classes: Sequence[str] = ()
) -> DatasetLog:
    """Log a labelled dataset: all at once, or frame by frame with `add` until the log is closed.

    Args:
        project: The project; created if it does not exist.
        dataset: The name of the new dataset.
        frames: The frames. If given, this call stores them and closes the log.
        classes: The names of the classes; class ids in the arrays are positions in this list. Names that are
            new to the project are added to it. Without this list, class ids are those of the project.

    Raises:
        UsageError: A name is not legal, or a frame cannot be used.
        StoreError: The dataset already exists, or it cannot be written.
    """
    store = Store.default()
    check_name(project, "project")
    refuse_existing(store, project, dataset, "", UploadMode.NEW)
    known = store.project(project) if project in store.projects() else Project(project)
    owner = replace(known, class_map=known.class_map.extended(enumerate(classes)))
    entries, positions = owner.class_map.entries, owner.class_map.positions_by_name
    categories = {id_: entries[positions[name_key(name)]].id for id_, name in enumerate(classes)}
    log = DatasetLog(store, owner, dataset, categories or {entry.id: entry.id for entry in entries})
    if frames is not None:
        with log:
            for frame in frames:
                log.add(frame)
    return log


ByFrame = Mapping[str, ArrayLike] | Sequence[ArrayLike]
"""One array per frame: by frame id, or in the order of the dataset's frames."""


class InferenceLog(Log):
    """An inference set in the making; see `log_inferences`.

    Args:
        store: The store.
        dataset: The dataset that it belongs to.
        id_: The name of the set.
        mode: What to do with a set of this name.
    """

    def __init__(self, store: Store, dataset: Dataset, id_: str, mode: UploadMode = UploadMode.NEW) -> None:
        super().__init__()
        self._mode = mode
        self._into = store
        self._dataset = dataset
        self._id = id_
        self._classes = ClassPositions(dataset.project.class_map, dataset.categories)
        self._seen: set[int] = set()

    def add(self, frame: str | int, *, boxes: ArrayLike, classes: ArrayLike, confidences: ArrayLike) -> None:
        """Add the inferences in one frame.

        Args:
            frame: The id of the frame.
            boxes: `(n, 4)` left, top, right, bottom in pixels, right and bottom exclusive.
            classes: `(n,)` class names, or class ids as the dataset's labels use them.
            confidences: `(n,)`, 0 to 1.

        Raises:
            UsageError: The shapes do not fit, a class is unknown, or the frame was already added.
            NotFoundError: The dataset has no such frame.
        """
        self._check_open()
        where = f"Frame {visible(str(frame))}"
        row = self._dataset.frames.row_by_id.get(str(frame))
        if row is None:
            first = ", ".join(map(str, list(self._dataset.frames.row_by_id)[:3]))
            place = f"{self._dataset.project.name}/{self._dataset.name}"
            raise NotFoundError(
                f"{place} has no frame {visible(str(frame))}.", f"The first frames are {first} …"
            )
        if row in self._seen:
            raise checks.RefusedValueError(f"{where} was already added.")
        arrays = frame_arrays(where, boxes, classes, numbers(where, "confidences", confidences))
        self._spool.add(row, arrays, self._classes.of(where, arrays.classes))
        self._seen.add(row)

    def _store(self) -> UploadResult:
        entries = self._dataset.project.class_map.entries
        names = [entry.name for entry in entries]
        placed = self._spool.placed("inferences", self._dataset.frames.id, names)
        objects, problems = settle(placed, self._dataset.frames, "")
        provenance = _provenance((f"logged from Python: {counted(len(self._seen), 'frame')}",), problems)
        inferences = InferenceSet(self._id, objects, provenance)
        return store_inferences(self._into, self._dataset, inferences, mode=self._mode)


def log_inferences(
    project: str,
    dataset: str,
    id: str,  # noqa: A002
    *,
    boxes: ByFrame | None = None,
    classes: ByFrame | None = None,
    confidences: ByFrame | None = None,
    replace: bool = False,
) -> InferenceLog:
    """Log the inferences of one model: all at once, or frame by frame with `add` until the log is closed.

    Args:
        project: The project.
        dataset: The dataset in it.
        id: The name of the new inference set.
        boxes: One `(n, 4)` array per frame: left, top, right, bottom in pixels. If given, this call stores
            them and closes the log.
        classes: One `(n,)` array per frame: class names, or class ids as the dataset's labels use them.
        confidences: One `(n,)` array per frame, 0 to 1.
        replace: Whether a set of this name is replaced.

    Raises:
        UsageError: A name is not legal, or arrays do not fit together.
        NotFoundError: There is no such project, dataset or frame.
        StoreError: The inference set already exists, or it cannot be written.
    """
    store = Store.default()
    mode = UploadMode.REPLACE if replace else UploadMode.NEW
    refuse_existing(store, project, dataset, id, mode)
    owner = store.load_dataset(project, dataset)
    log = InferenceLog(store, owner, check_name(id, "inference set"), mode)
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
        raise checks.RefusedValueError("boxes also need classes and confidences.")
    named = _by_id("boxes", boxes, ids)
    further = [_by_id("classes", classes, ids), _by_id("confidences", confidences, ids)]
    for other in further:
        if other.keys() != named.keys():
            raise checks.RefusedValueError("boxes, classes and confidences must name the same frames.")
    for id_, box in named.items():
        log.add(id_, boxes=box, classes=further[0][id_], confidences=further[1][id_])


def _by_id(what: str, given: ByFrame, ids: Sequence[str]) -> Mapping[str, ArrayLike]:
    if isinstance(given, Mapping):
        return {str(id_): values for id_, values in given.items()}
    if len(given) != len(ids):
        raise checks.RefusedValueError(
            f"{what} has arrays for {counted(len(given), 'frame')}, but the dataset has {len(ids):,}."
        )
    return dict(zip(ids, given, strict=True))
