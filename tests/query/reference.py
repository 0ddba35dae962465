"""Frames and objects as dictionaries, field by field in plain Python: what queries are held against."""

import math
from datetime import UTC, datetime
from typing import Any

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.tables import Objects
from tests.query.worlds import CLASSES

Row = dict[str, Any]
RATES = {
    "precision": lambda c: _share(c["correct"], c["correct"] + c["confused"] + c["spurious"]),
    "recall": lambda c: _share(c["correct"], c["correct"] + c["confused"] + c["missed"]),
    "f1": lambda c: _share(
        2 * c["correct"], 2 * c["correct"] + 2 * c["confused"] + c["missed"] + c["spurious"]
    ),
    "errors": lambda c: c["confused"] + c["missed"] + c["spurious"],
}

SPELLED: dict[str, str] = {}
"""Each evaluated class as the class map first spells it."""
for _entry in CLASSES.entries:
    SPELLED.setdefault((_entry.train_name or _entry.name).casefold(), _entry.train_name or _entry.name)


def frame_rows(comparison: ObjectComparison, objects: list[Row], tags: dict[str, list[int]]) -> list[Row]:
    frames = comparison.dataset.frames
    rows = []
    for i in range(len(frames)):
        mine = [row for row in objects if row["#frame"] == i]
        row: Row = {
            "frame.id": frames.id[i],
            "frame.path": frames.path[i],
            "frame.width": float(frames.width[i]) or None,
            "frame.height": float(frames.height[i]),
            "frame.tag": [name for name, members in tags.items() if i in members],
            "#objects": mine,
        }
        for name, column in frames.metadata.items():
            row["frame.metadata.width" if name == "width" else f"frame.{name}"] = _aware(column[i])
        for side in comparison.sides:
            row |= _scores(side, mine)
        for name in ("correct", "confused", "missed", "spurious", "errors", "precision", "recall", "f1"):
            row[f"delta.{name}"] = difference(row.get(f"other.{name}"), row[f"base.{name}"])
        rows.append(row)
    return rows


def difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _aware(value):
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _scores(side: str, objects: list[Row]) -> Row:
    counts = {
        word: float(sum(row[f"{side}.outcome"] == word for row in objects))
        for word in ("correct", "confused", "missed", "spurious")
    }
    counts |= {name: rate(counts) for name, rate in RATES.items()}
    return {f"{side}.{name}": value for name, value in counts.items()}


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def in_cell(row: Row, side: str, label: str, inferred: str) -> bool:
    """Whether an object is in a cell of a side's confusion, by class names."""
    outcome = row[f"{side}.outcome"]
    actual = {
        "correct": (row["label.class"], row[f"{side}.class"]),
        "confused": (row["label.class"], row[f"{side}.class"]),
        "missed": (row["label.class"], "background"),
        "spurious": ("background", row[f"{side}.class"]),
    }.get(str(outcome))
    return actual is not None and [str(a).lower() for a in actual] == [label.lower(), inferred.lower()]


def object_rows(comparison: ObjectComparison) -> list[Row]:
    """The objects of the ledger."""
    ledger = comparison.ledger
    rows = []
    for i in range(len(ledger)):
        frame = int(ledger.frame[i])
        row: Row = {"#frame": frame, "change": _word(Change(int(ledger.change[i])))}
        label = _object("label", comparison.dataset.labels, int(ledger.label[i]))
        row |= label
        for side in comparison.sides:
            at, outcome = (
                (ledger.base, ledger.base_outcome) if side == "base" else (ledger.other, ledger.other_outcome)
            )
            objects = comparison.evaluation(side).inferences.objects
            found = _object(side, objects, int(at[i]))
            row |= found
            row[f"{side}.outcome"] = _word(Outcome(int(outcome[i])))
            row[f"{side}.iou"] = _iou(label.get("#box"), found.get("#box"))
        rows.append(row)
    return rows


def _word(member) -> str | None:
    return member.name.lower() if member else None


def _object(part: str, objects: Objects, at: int) -> Row:
    names = ("class", "own_class", "id", "left", "top", "width", "height", "area", "confidence", "crowd")
    attributes = ("occluded", "distance", "track")
    if at < 0:
        return {f"{part}.{name}": None for name in (*names, *attributes)} | {f"#{part}": False}
    entry = CLASSES.entries[int(objects.class_index[at])]
    left, top, right, bottom = objects.box[at].tolist()
    values = {
        "class": SPELLED[(entry.train_name or entry.name).casefold()],
        "own_class": entry.name,
        "id": f"l{at}" if part == "label" else str(at),
        "left": left,
        "top": top,
        "width": right - left,
        "height": bottom - top,
        "area": max(right - left, 0.0) * max(bottom - top, 0.0) / (2 if part == "label" else 1),
        "confidence": None if part == "label" else float(objects.confidence[at]),
        "crowd": bool(objects.crowd[at]) if part == "label" else None,
    }
    values |= {
        name: objects.attributes[name][at] if name in objects.attributes else None for name in attributes
    }
    return {f"{part}.{name}": value for name, value in values.items()} | {
        f"#{part}": True,
        "#box": (left, top, right, bottom),
    }


def _iou(a, b) -> float | None:
    if a is None or b is None:
        return None
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0.0)
    common = width * max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
    sizes = [max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0) for box in (a, b)]
    union = sizes[0] + sizes[1] - common
    return common / union if union > 0 else 0.0


def calculated(a: float | None, operator: str, b: float | None) -> float | None:
    if a is None or b is None or (operator == "/" and b == 0):
        return None
    value = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[operator]()
    return None if math.isnan(value) else value
