"""Reviews as files, for people and tools that do not have the store; the lines of other stores taken over."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError, StoreError
from aquarium_tui.export.records import key, sized
from aquarium_tui.formats.shared.format import read_any_text
from aquarium_tui.formats.shared.tables import csv_rows
from aquarium_tui.model.names import name_key, visible
from aquarium_tui.model.reviews import Edit, Review, ReviewField, Sighting, Subject, folded
from aquarium_tui.model.tables import Dataset
from aquarium_tui.report import records
from aquarium_tui.session.reviews import Suspicion
from aquarium_tui.store.access import reading
from aquarium_tui.store.reviews import SUFFIX, ReviewLine, ReviewLog, line_of, now, written

COLUMNS = (
    *("frame", "kind", "set", "id", "class", "left", "top", "right", "bottom"),
    *("flag", "tags", "note", "verdict", "users", "edited"),
)
_EDGES = ("left", "top", "right", "bottom")
_SAYS = ("flag", "tags", "note", "verdict")
_BETWEEN = ";"
_TRUE = ("1", "true", "yes", "x")


def standing(edits: Iterable[Edit]) -> list[tuple[Subject, Review]]:
    """What stands of each subject of which something stands, by frame."""
    said: defaultdict[Subject, list[Edit]] = defaultdict(list)
    for edit in edits:
        said[edit.subject].append(edit)
    found = [(subject, review) for subject, each in said.items() if (review := folded(each))]
    return sorted(found, key=lambda pair: (pair[0].frame, not pair[0].whole, pair[1].edited))


def as_jsonl(lines: Iterable[ReviewLine]) -> Iterator[str]:
    """Every line of every person, as it is stored."""
    return (json.dumps(written(line)) + "\n" for line in lines)


def as_csv(edits: Iterable[Edit], safe: bool = False) -> Iterator[str]:
    """What stands, a row for each frame and object; one for each set that has an object without a label.

    Args:
        edits: What was said.
        safe: Put `'` before text that a spreadsheet would take for a formula.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for subject, review in standing(edits):
        for row in _rows(subject):
            told = {**row, **_words(review)}
            writer.writerow({name: _written(value, safe) for name, value in told.items()})
    yield text.getvalue()


def _written(value: object, safe: bool) -> object:
    """A cell; line breaks and tabs of notes stay, as `review import` takes them for what was typed."""
    if not isinstance(value, str):
        return value
    shown = "".join(each if each in "\n\t" else visible(each) for each in value)
    return f"'{shown}" if safe and records.harmless(value) != visible(value) else shown


def _rows(subject: Subject) -> Iterator[dict[str, object]]:
    seen = [("label", "", subject.label)] if subject.label else []
    seen += [("inference", id_, each) for id_, each in subject.inferences]
    if not seen:
        yield {"frame": subject.frame, "kind": "frame"}
    for kind, set_, each in seen:
        assert each
        box = dict(zip(_EDGES, map(float, each.box), strict=True))
        yield {
            "frame": subject.frame,
            "kind": kind,
            "set": set_,
            "id": each.id,
            "class": each.class_name,
            **box,
        }


def suspect_lines(
    found: Sequence[Suspicion], verdicts: Sequence[str], format_: str, safe: bool = False
) -> Iterator[str]:
    """Suspected label errors, one per line: what, where, how likely, and the verdict that was given."""
    columns = ("frame", "suspected", "score", "verdict", "set", "id", "class", *_EDGES)
    rows: list[records.FlatRecord] = []
    for each, verdict in zip(found, verdicts, strict=True):
        row = next(_rows(each.subject))
        row |= {"suspected": each.kind.value, "score": round(each.score, 4), "verdict": verdict}
        rows.append({name: row.get(name, "") for name in columns})
    return records.as_csv(rows, columns, safe) if format_ == "csv" else records.as_jsonl(rows)


def _words(review: Review) -> dict[str, str]:
    return {
        "flag": "1" if review.flag else "",
        "tags": _BETWEEN.join(review.tags),
        "note": review.note,
        "verdict": review.verdict,
        "users": " ".join(review.users),
        "edited": review.edited,
    }


def as_coco(edits: Iterable[Edit], dataset: Dataset) -> str:
    """The frames and objects of which something stands, as COCO instances; `attributes` say what stands."""
    frames, entries = dataset.frames, dataset.project.class_map.entries
    ids = {name_key(entry.name): entry.id for entry in entries}
    found = standing(edits)
    images: dict[str, dict[str, Any]] = {}
    annotations: list[dict[str, Any]] = []
    for subject, review in found:
        row = frames.row_by_id.get(subject.frame)
        image = images.setdefault(subject.frame, {"id": key(subject.frame)})
        if row is not None:
            path = frames.path[row]
            image |= {"file_name": path} if path is not None else {}
            image |= {"width": int(frames.width[row]), "height": int(frames.height[row])}
        if subject.whole:
            image["attributes"] = _attributes(review)
        for name, seen in (("", subject.label), *subject.inferences):
            if seen is None:
                continue
            box = sized(list(seen.box))
            of = {"label": seen.id} if not name else {"set": name, "inference": seen.id}
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": key(subject.frame),
                    "category_id": ids.get(name_key(seen.class_name), 0),
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                    "attributes": {**of, **_attributes(review)},
                }
            )
    categories = [{"id": entry.id, "name": entry.name} for entry in entries]
    document = {"images": list(images.values()), "annotations": annotations, "categories": categories}
    return json.dumps(document, indent=1) + "\n"


def _attributes(review: Review) -> dict[str, Any]:
    return {name: value for name, value in _words(review).items() if value and name in (*_SAYS, "users")}


# Reading


@dataclass
class ReadReviews:
    """What a file says.

    Attributes:
        edits: What differs from what stands.
        rows: How many rows or annotations were read.
        problems: A sentence for each row that was left out.
    """

    edits: list[Edit] = field(default_factory=list)
    rows: int = 0
    problems: list[str] = field(default_factory=list)


def read_reviews(path: Path, dataset: Dataset, edits: Sequence[Edit], user: str) -> ReadReviews:
    """What a table of CSV or a COCO file says that does not stand yet.

    Args:
        path: The file.
        dataset: Whose frames and labels are meant; a label may be named by its id alone.
        edits: What was said so far.
        user: Who says it.

    Raises:
        InputError: The file is neither, or cannot be read.
    """
    text = read_any_text(path)
    told = _of_coco(text, path) if text.lstrip().startswith("{") else _of_csv(text, path)
    stands = dict(standing(edits))
    found = ReadReviews()
    done: set[Subject] = set()
    for place, subject, says in _subjects(told, dataset, found):
        found.rows += 1
        if subject in done:
            continue
        done.add(subject)
        review = stands.get(subject, Review())
        found.edits += _changes(subject, review, says, user)
        if not any(name in says for name in _SAYS):
            found.problems.append(f"{place} says nothing of {visible(subject.frame)}.")
    return found


_Says = Mapping[str, str]
_Told = list[tuple[str, dict[str, str]]]
"""Each row: its place in the file, and its values by column."""


def _of_csv(text: str, path: Path) -> _Told:
    rows = csv_rows(io.StringIO(text, newline=""), path)
    names = next(rows, [])
    if "frame" not in names or not set(_SAYS) & set(names):
        raise InputError(
            f"{visible(path.name)} is not a table of reviews: it needs the column frame and one of "
            f"{', '.join(_SAYS)}.",
            "`aquarium-tui review export --format csv` writes such a table.",
        )
    return [
        (f"{visible(path.name)} line {number}", dict(zip(names, [*row, *[""] * len(names)], strict=False)))
        for number, row in enumerate(filter(None, rows), 2)
    ]


def _of_coco(text: str, path: Path) -> _Told:
    try:
        document = json.loads(text)
        classes = {each["id"]: str(each["name"]) for each in document["categories"]}
        found: _Told = []
        for number, image in enumerate(document["images"], 1):
            if image.get("attributes"):
                says = _text(image["attributes"])
                found.append((f"{visible(path.name)} image {number}", {"frame": str(image["id"]), **says}))
        for number, each in enumerate(document["annotations"], 1):
            attributes = _text(each.get("attributes") or {})
            if not set(_SAYS) & set(attributes):
                continue
            left, top, width, height = map(float, each["bbox"])
            box = dict(zip(_EDGES, map(repr, (left, top, left + width, top + height)), strict=True))
            of = attributes.get("set", "")
            id_ = attributes.get("inference" if of else "label", str(each.get("id", "")))
            row = {
                "frame": str(each["image_id"]),
                "kind": "inference" if of else "label",
                "id": id_,
                "class": classes.get(each["category_id"], ""),
                **box,
                **attributes,
            }
            found.append((f"{visible(path.name)} annotation {number}", row))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"{visible(path.name)} is not COCO with images, annotations and categories.",
            "`aquarium-tui review export --format coco` writes such a file.",
        ) from error
    return found


def _text(attributes: Mapping[str, object]) -> dict[str, str]:
    """Attributes as text; a list of tags as other tools write it is taken too."""
    return {
        str(name): _BETWEEN.join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in attributes.items()
    }


def _subjects(told: _Told, dataset: Dataset, found: ReadReviews) -> Iterator[tuple[str, Subject, _Says]]:
    """The subject of each row; the rows of the sets that have one object without a label are joined."""
    alone: defaultdict[tuple[str, ...], list[tuple[str, Sighting]]] = defaultdict(list)
    places: dict[tuple[str, ...], tuple[str, _Says]] = {}
    for place, row in told:
        frame, kind = row.get("frame", ""), row.get("kind", "")
        kind = kind or ("label" if row.get("id") else "frame")
        if frame not in dataset.frames.row_by_id:
            found.problems.append(f"{place}: there is no frame {visible(frame) or 'without a name'}.")
        elif kind == "frame":
            yield place, Subject(frame), row
        elif (seen := _sighting(row, dataset, frame, kind)) is None:
            found.problems.append(f"{place}: its class or box cannot be read.")
        elif kind == "label":
            yield place, Subject(frame, seen), row
        else:
            said = (frame, *(row.get(name, "") for name in _SAYS), row.get("edited", ""))
            alone[said].append((row.get("set", ""), seen))
            places.setdefault(said, (place, row))
    for said, each in alone.items():
        place, says = places[said]
        for group in _apart(each):
            yield place, Subject(said[0], None, tuple(sorted(group))), says


def _apart(seen: Sequence[tuple[str, Sighting]]) -> Iterator[list[tuple[str, Sighting]]]:
    """Rows that follow each other are one object as long as each belongs to another set."""
    group: list[tuple[str, Sighting]] = []
    for id_, each in seen:
        if id_ in {name for name, _ in group}:
            yield group
            group = []
        group.append((id_, each))
    if group:
        yield group


def _sighting(row: Mapping[str, str], dataset: Dataset, frame: str, kind: str) -> Sighting | None:
    """What a row names: by its class and box, or a label by its id alone."""
    try:
        left, top, right, bottom = (float(row[name]) for name in _EDGES)
    except (KeyError, ValueError):
        return _label(row.get("id", ""), dataset, frame) if kind == "label" else None
    return Sighting(row.get("id", ""), row["class"], (left, top, right, bottom)) if row.get("class") else None


def _label(id_: str, dataset: Dataset, frame: str) -> Sighting | None:
    labels, at = dataset.labels, dataset.frames.row_by_id[frame]
    for row in range(int(labels.starts[at]), int(labels.starts[at + 1])):
        if labels.name(row) == id_:
            left, top, right, bottom = labels.box[row].tolist()
            name = dataset.project.class_map.entries[int(labels.class_index[row])].name
            return Sighting(id_, name, (left, top, right, bottom))
    return None


def _changes(subject: Subject, review: Review, says: _Says, user: str) -> Iterator[Edit]:
    """The edits from what stands to what a row says; a column that is not there says nothing."""
    time = now([review.edited] if review.edited else ())

    def edit(about: ReviewField, value: str, removed: bool) -> Edit:
        return Edit(time, user, subject, about, value, removed)

    if "flag" in says and (says["flag"].strip().casefold() in _TRUE) != bool(review.flag):
        yield edit("flag", "", bool(review.flag))
    if "tags" in says:
        wanted = {tag.strip() for tag in says["tags"].split(_BETWEEN) if tag.strip()}
        for tag in sorted(wanted ^ set(review.tags)):
            yield edit("tag", tag, tag not in wanted)
    if "note" in says and says["note"].strip() != review.note:
        yield edit("note", says["note"].strip(), not says["note"].strip())
    if "verdict" in says and says["verdict"].strip() != review.verdict:
        yield edit("verdict", says["verdict"].strip(), not says["verdict"].strip())


def merged(log: ReviewLog, lines: Iterable[ReviewLine]) -> int:
    """Add the lines that a log does not have yet to it; how many these were.

    Raises:
        StoreError: The log cannot be read or written.
    """
    known = set(log.read())
    new = [line for line in dict.fromkeys(lines) if line not in known]
    log.append(new)
    return len(new)


def lines_in(path: Path, project: str, dataset: str) -> list[ReviewLine]:
    """The lines of a file, of a folder of such files, or of the same dataset in another store.

    Raises:
        InputError: There are none, or a line cannot be read.
        StoreError: The file system refuses.
    """
    return [line for file in _files(path, project, dataset) for line in _lines(file)]


def _files(path: Path, project: str, dataset: str) -> Sequence[Path]:
    if path.exists() and not path.is_dir():
        return [path]
    places = [path, path / "reviews", path / "projects" / project / dataset / "reviews"]
    for place in places:
        if place.is_dir():
            with reading(place):
                found = sorted(each for each in place.iterdir() if each.suffix == SUFFIX)
            if found:
                return found
    raise InputError(
        f"{visible(str(path))} holds no reviews.",
        "Name a file of `review export --format jsonl`, a folder `reviews`, or another store.",
    )


def _lines(path: Path) -> Iterator[ReviewLine]:
    texts = read_any_text(path).split("\n")
    complete = texts[:-1]  # What follows the last line break is what a killed process left, or nothing.
    if texts[-1].strip() and not complete:
        complete = texts
    for number, text in enumerate(complete, 1):
        if text.strip():
            yield _line(text, f"{visible(path.name)} line {number}")


def _line(text: str, place: str) -> ReviewLine:
    try:
        return line_of(json.loads(text))
    except StoreError as error:
        raise InputError(f"{place}: {error.message}", error.hint) from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"{place} is not a line of reviews.", "Export it again, or delete the line."
        ) from error


__all__ = ["as_coco", "as_csv", "as_jsonl", "lines_in", "merged", "read_reviews", "suspect_lines"]
