"""The JSON files of the store: what each holds, what lists show without opening tables, and segments."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aquarium_tui.errors import NotFoundError, StoreError, UsageError
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.metrics import Metric, MetricKind, SetValue
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import ALL_FRAMES, Problem, Segment, SegmentKind
from aquarium_tui.model.settings import ClassConfidences, Rule, SetConfidence, Settings
from aquarium_tui.model.tables import BOX, Project, Provenance
from aquarium_tui.store import transaction
from aquarium_tui.store.access import read_bytes, reading, there

FORMAT = 1
"""The version that every file of the store carries."""

_CHECK = "checksum"
_CHANGED = f'its content does not fit its checksum; if you changed it yourself, delete its "{_CHECK}"'

JsonDocument = Mapping[str, Any]


def encode(document: JsonDocument) -> bytes:
    """The file that holds `document`, with a checksum of it."""
    whole = {"format": FORMAT, **document}
    return (json.dumps({**whole, _CHECK: _checksum(whole)}, indent=1) + "\n").encode()


def read(path: Path) -> JsonDocument:
    """The document at `path`.

    Raises:
        StoreError: It is missing, damaged, or written by another version.
    """
    content = read_bytes(path)
    with sound(path):
        document = dict(json.loads(content))
        version, check = document["format"], document.pop(_CHECK, None)
        if version == FORMAT:
            if check not in (None, _checksum(document)):
                raise damaged(path, _CHANGED)
            return document
    raise StoreError(
        f"{path} has format {version!r}; this version of aquarium-tui reads format {FORMAT}.",
        "Upgrade aquarium-tui, or set AQUARIUM_HOME to another folder.",
    )


def _checksum(document: JsonDocument) -> int:
    """A checksum of the values, whatever the layout of the file."""
    return zlib.crc32(json.dumps(json.loads(json.dumps(document)), sort_keys=True).encode())


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turn whatever reading a damaged file raises into one `StoreError`."""
    with reading(path):
        try:
            yield
        except RecursionError as error:
            raise damaged(path, "it is nested too deeply") from error
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            raise damaged(path, f"{type(error).__name__}: {error}") from error


def damaged(path: Path, reason: str) -> StoreError:
    """What to say of a file that can be read but does not hold what it should."""
    # `--replace` keeps the segments of a dataset.
    segment = path.parent.name == "segments" and path.name != "dataset.json"
    further = "delete it" if segment else "upload what it belongs to again with --replace"
    return StoreError(
        f"{visible(str(path))} is damaged: {visible(reason)}.", f"Restore it from a copy, or {further}."
    )


def project_document(project: Project) -> JsonDocument:
    """What `project.json` holds."""
    return {
        "task": project.task,
        "iou_type": project.iou_type,
        "settings": {name: value for name, value in asdict(project.settings).items() if value != ()},
        "classes": [asdict(entry) for entry in project.class_map.entries],
        "metrics": [asdict(metric) for metric in project.metrics],
    }


def project_of(name: str, path: Path) -> Project:
    """The project whose `project.json` is at `path`."""
    document = read(path)
    with sound(path):
        settings = dict(document["settings"])
        settings["rule"] = Rule(settings["rule"])
        for key in ("base_classes", "other_classes"):
            settings[key] = class_confidences(settings.get(key, ()))
        classes = ClassMap(tuple(_class_of(entry) for entry in document["classes"]))
        metrics = tuple(_metric_of(metric) for metric in document.get("metrics", ()))
        iou_type = str(document.get("iou_type", BOX))
        return Project(name, str(document["task"]), classes, Settings(**settings), metrics, iou_type)


def class_confidences(pairs: Iterable[Sequence[Any]]) -> ClassConfidences:
    """Thresholds of classes as a document has them; call it inside `sound`, which explains damage."""
    return tuple((str(name), float(value)) for name, value in pairs)


def provenance_document(provenance: Provenance) -> JsonDocument:
    """The part of `dataset.json` or `set.json` that says where it came from."""
    return asdict(provenance)


def provenance_of(document: JsonDocument) -> Provenance:
    """The reverse of `provenance_document`; call it inside `sound`, which explains damage."""
    problems = [Problem(**{**p, "examples": tuple(p["examples"])}) for p in document["problems"]]
    return Provenance(
        created=str(document["created"]),
        source=str(document["source"]),
        notes=tuple(map(str, document["notes"])),
        problems=tuple(problems),
        fingerprint=str(document["fingerprint"]),
    )


def _metric_of(metric: JsonDocument) -> Metric:
    kind, higher = MetricKind(metric["kind"]), bool(metric["higher_is_better"])
    return Metric(str(metric["name"]), kind, higher, str(metric["unit"]))


def _class_of(entry: JsonDocument) -> ClassEntry:
    color = entry["color"]
    return ClassEntry(
        id=int(entry["id"]),
        name=str(entry["name"]),
        color=None if color is None else (int(color[0]), int(color[1]), int(color[2])),
        train_name=entry["train_name"],
        parent=entry.get("parent"),
        ignore_in_eval=bool(entry["ignore_in_eval"]),
    )


@dataclass(frozen=True)
class SetCard:
    """An inference set at a glance.

    Attributes:
        id: Its name.
        objects: How many inferences it holds.
        frames: How many frames have at least one.
        provenance: Where it came from, and what was found wrong.
        confidence: The confidence thresholds that comparisons of it start with; None leaves them to the
            project.
        values: Figures of the whole set that are in no file.
    """

    id: str
    objects: int
    frames: int
    provenance: Provenance = field(default_factory=Provenance)
    confidence: SetConfidence | None = None
    values: tuple[SetValue, ...] = ()


@dataclass(frozen=True)
class DatasetCard:
    """A dataset at a glance.

    Attributes:
        project: The project it belongs to.
        name: Its name.
        frames: How many frames it has.
        labels: How many labels.
        images: The folder of its images.
        group_by: What says which frames belong together; empty where each stands for itself.
        sets: Its inference sets, the oldest first.
        damage: For each inference set that cannot be read, by its id, a sentence that says why.
        provenance: Where it came from, and what was found wrong.
    """

    project: str
    name: str
    frames: int
    labels: int
    images: str = ""
    group_by: str = ""
    sets: tuple[SetCard, ...] = ()
    damage: Mapping[str, str] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def damaged(self) -> tuple[str, ...]:
        """A sentence for each inference set that cannot be read, with its id."""
        return tuple(f"{id_}: {sentence}" for id_, sentence in self.damage.items())

    def readable(self, id_: str) -> "SetCard":
        """The card of an inference set.

        Raises:
            StoreError: The set cannot be read.
            NotFoundError: There is no such set.
        """
        if id_ in self.damage:
            raise StoreError(self.damage[id_])
        found = self.set(id_)
        if found is None:
            raise NotFoundError(f"There is no inference set {visible(id_)} of {self.project}/{self.name}.")
        return found

    def set(self, id_: str) -> SetCard | None:
        """The card of the inference set `id_`."""
        return next((card for card in self.sets if card.id == id_), None)


def dataset_card(project: str, folder: Path, set_files: Mapping[str, Path]) -> DatasetCard:
    """The card of the dataset in `folder`, whose inference sets' `set.json` are `set_files`.

    Raises:
        StoreError: `dataset.json` is damaged.
    """
    path = folder / "dataset.json"
    document = read(path)
    cards, damage = _set_cards(set_files)
    with sound(path):
        return DatasetCard(
            project=project,
            name=folder.name,
            frames=int(document["frames"]),
            labels=int(document["labels"]),
            images=str(document["images"]),
            group_by=str(document.get("group_by", "")),
            sets=cards,
            damage=damage,
            provenance=provenance_of(document),
        )


def set_card(id_: str, path: Path) -> SetCard:
    """The card of the inference set whose `set.json` is at `path`.

    Raises:
        StoreError: It is damaged.
    """
    document: Mapping[str, Any] = read(path)
    with sound(path):
        return SetCard(
            id=id_,
            objects=int(document["inferences"]),
            frames=int(document["frames"]),
            provenance=provenance_of(document),
            confidence=_set_confidence(document.get("confidence")),
            values=set_values(document),
        )


def set_document(document: JsonDocument, confidence: SetConfidence | None) -> JsonDocument:
    """What `set.json` holds, with other thresholds; None leaves them to the project."""
    kept = {key: value for key, value in document.items() if key != "confidence"}
    return kept if confidence is None else {**kept, "confidence": asdict(confidence)}


def values_document(document: JsonDocument, values: Sequence[SetValue]) -> JsonDocument:
    """What `set.json` holds, with these figures of the whole set."""
    return {**document, "values": [asdict(value) for value in values]}


def set_values(document: JsonDocument) -> tuple[SetValue, ...]:
    """The figures of a whole set that `set.json` holds; call it inside `sound`, which explains damage."""
    return tuple(
        SetValue(str(each["name"]), float(each["value"]), bool(each["higher_is_better"]))
        for each in document.get("values", ())
    )


def _set_confidence(document: JsonDocument | None) -> SetConfidence | None:
    if document is None:
        return None
    rest = document["rest"]
    return SetConfidence(None if rest is None else float(rest), class_confidences(document["classes"]))


def _set_cards(set_files: Mapping[str, Path]) -> tuple[tuple[SetCard, ...], dict[str, str]]:
    cards: list[SetCard] = []
    damage: dict[str, str] = {}
    for id_, path in set_files.items():
        try:
            cards.append(set_card(id_, path))
        except StoreError as error:
            damage[id_] = error.message
    return tuple(sorted(cards, key=lambda card: card.provenance.created)), damage


_LONGEST = 80
"""Characters of a name: file systems allow 255 bytes, and a quoted character takes up to three."""


class Segments:
    """The segments in one folder.

    Args:
        folder: The dataset's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "segments"

    def all(self, told: Callable[[StoreError], object] = lambda error: None) -> list[Segment]:
        """All segments that can be read, sorted by name.

        Args:
            told: Called with the reason why a segment, or the whole folder, cannot be read.
        """
        found = []
        for path in self._paths(told):
            try:
                found.append(_read(path))
            except StoreError as error:
                told(error)
        return sorted(found, key=lambda segment: segment.name.casefold())

    def _paths(self, told: Callable[[StoreError], object]) -> list[Path]:
        try:
            with reading(self.folder):
                return sorted(path for path in self.folder.iterdir() if path.suffix == ".json")
        except StoreError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                told(error)
            return []

    def get(self, name: str) -> Segment:
        """One segment.

        Raises:
            NotFoundError: There is none of that name.
        """
        path = self._path(name)
        if not there(path):
            names = ", ".join(visible(segment.name) for segment in self.all()) or "none yet"
            raise NotFoundError(f'There is no segment "{visible(name)}".', f"Segments: {names}.")
        return _read(path)

    def save(self, segment: Segment, replaces: bool = False) -> Segment:
        """Save a segment, and when it was created.

        Raises:
            UsageError: The name is empty, too long or unreadable, or is taken and must not be replaced.
            StoreError: It cannot be written.
        """
        path = self._path(checked_name(segment.name))
        if segment.name.casefold() == ALL_FRAMES.casefold() and not segment.whole:
            raise UsageError(f'"{segment.name}" is always all frames.', "Choose another name.")
        dated = replace(segment, created=segment.created or datetime.now(UTC).isoformat(timespec="seconds"))
        with self._changing() as change:
            if not replaces:
                _refuse_taken(path, segment.name)
            change.put(path).write_bytes(encode(_document(dated)))
        return dated

    def rename(self, old: str, new: str) -> None:
        """Rename a segment.

        Raises:
            NotFoundError: There is none of the old name.
            UsageError: The new name cannot be used.
        """
        source, target = self._path(old), self._path(checked_name(new))
        with self._changing() as change:
            segment = replace(self.get(old), name=new)
            if source != target:  # Names that differ only in case share a file.
                _refuse_taken(target, new)
                change.remove(source)
            change.put(target).write_bytes(encode(_document(segment)))

    def delete(self, name: str) -> None:
        """Delete a segment.

        Raises:
            NotFoundError: There is none of that name.
        """
        project = self._swept()
        with transaction.locked(project):
            if not there(self._path(name)):
                self.get(name)
            transaction.remove(project, self._path(name))

    @contextmanager
    def _changing(self) -> Iterator[transaction.Transaction]:
        project = self._swept()
        with transaction.locked(project), transaction.change(project) as change:
            yield change

    def _swept(self) -> Path:
        """The folder of the project, without what killed commands have left in any."""
        project = self.folder.parent.parent
        transaction.sweep(project.parent)
        return project

    def _path(self, name: str) -> Path:
        return self.folder / f"{quote(name.casefold(), safe='').replace('.', '%2E')}.json"


def checked_name(name: str) -> str:
    """The name of a segment.

    Raises:
        UsageError: It is empty, too long or unreadable.
    """
    if not name.strip() or name != name.strip() or visible(name) != name or len(quote(name)) > _LONGEST * 3:
        raise UsageError(
            f'A segment cannot be called "{visible(name)}".',
            "A name is a short text without control characters and without spaces at its ends.",
        )
    return name


def _refuse_taken(path: Path, name: str) -> None:
    if there(path):
        raise UsageError(f'Segment "{name}" already exists.', "Delete it or choose another name.")


def _document(segment: Segment) -> JsonDocument:
    frames = None if segment.frames is None else list(segment.frames)
    purpose = {"kind": segment.kind.value, "targets": list(segment.targets), "only": segment.only}
    return {
        "name": segment.name,
        "query": segment.query,
        "frames": frames,
        "created": segment.created,
        **purpose,
    }


def _read(path: Path) -> Segment:
    document = read(path)
    with sound(path):
        frames = document["frames"]
        ids = None if frames is None else tuple(str(id_) for id_ in frames)
        kind = SegmentKind(document.get("kind", SegmentKind.SCENARIO))
        targets = tuple(str(target) for target in document.get("targets", ()))
        name, query, created = (str(document[key]) for key in ("name", "query", "created"))
        return Segment(name, query, ids, created, kind, targets, str(document.get("only", "")))
