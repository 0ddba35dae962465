"""What a comparison should say, in plain slow loops that follow the wording of the agreement."""

from collections import Counter
from dataclasses import dataclass, field

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.settings import Rule, Side
from tests.narrow import present

BACKGROUND = "background"


@dataclass(frozen=True)
class Thing:
    row: int
    frame: int
    name: str | None
    """The evaluated name without case; None for an ignored class."""
    box: tuple[float, ...]
    confidence: float = 1.0
    crowd: bool = False


@dataclass
class Result:
    """What one set makes of the labels: outcomes and cells by row."""

    labels: list[Thing]
    inferences: list[Thing]
    partner: dict[int, int] = field(default_factory=dict)
    label_outcome: dict[int, str] = field(default_factory=dict)
    inference_outcome: dict[int, str] = field(default_factory=dict)

    def label_cell(self, row: int) -> tuple[str, str] | None:
        if self.label_outcome[row] == "ignored":
            return None
        if row not in self.partner:
            return present(self.labels[row].name), BACKGROUND
        return present(self.labels[row].name), present(self.inferences[self.partner[row]].name)

    def spurious_cell(self, row: int) -> tuple[str, str]:
        return BACKGROUND, present(self.inferences[row].name)

    def confusion(self) -> Counter[tuple[str, str]]:
        cells = [self.label_cell(label.row) for label in self.labels]
        cells += [self.spurious_cell(row) for row, o in self.inference_outcome.items() if o == "spurious"]
        return Counter(cell for cell in cells if cell)


def common(a, b) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def area(box: tuple[float, ...]) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def iou(a, b) -> float:
    both = common(a, b)
    return both / (area(a) + area(b) - both) if both > 0 else 0.0


def things(comparison: ObjectComparison, objects) -> list[Thing]:
    entries = comparison.dataset.project.class_map.entries
    found = []
    for row in range(len(objects)):
        entry = entries[objects.class_index[row]]
        name = None if entry.ignore_in_eval else (entry.train_name or entry.name).casefold()
        sure = float(objects.confidence[row]) if len(objects.confidence) else 1.0
        crowd = bool(objects.crowd[row]) if len(objects.crowd) else False
        frame = next(f for f in range(len(objects.starts)) if row < objects.starts[f + 1])
        found.append(Thing(row, frame, name, tuple(objects.box[row].tolist()), sure, crowd))
    return found


def sort_key(rule: Rule, label: Thing, inference: Thing):
    overlap, differs = -iou(label.box, inference.box), label.name != inference.name
    if rule is Rule.OVERLAP:
        return overlap, differs, -inference.confidence, label.row, inference.row
    if rule is Rule.SAME_CLASS:
        return differs, overlap, -inference.confidence, label.row, inference.row
    return -inference.confidence, inference.row, overlap, differs, label.row


def evaluate(comparison: ObjectComparison, side: Side) -> Result:
    settings = comparison.settings
    labels = things(comparison, comparison.dataset.labels)
    every = things(comparison, comparison.evaluation(side).inferences.objects)
    result = Result(labels, every)
    own: dict[str | None, float] = dict(settings.classes(side))
    active = [i for i in every if i.confidence >= own.get(i.name, settings.confidence(side))]
    for frame in range(len(comparison.dataset.frames)):
        _match_frame(
            result,
            [label for label in labels if label.frame == frame],
            [i for i in active if i.frame == frame],
            settings,
        )
    for thing in every:
        result.inference_outcome.setdefault(thing.row, "none")
    return result


def _match_frame(result: Result, labels: list[Thing], inferences: list[Thing], settings) -> None:
    regions = [label for label in labels if label.crowd or label.name is None]
    real = [label for label in labels if label not in regions]
    counted = [i for i in inferences if i.name is not None]
    pairs = [(a, b) for a in real for b in counted if iou(a.box, b.box) >= settings.iou]
    taken = set()
    for label, inference in sorted(pairs, key=lambda pair: sort_key(settings.rule, *pair)):
        if label.row in result.partner or inference.row in taken:
            continue
        result.partner[label.row] = inference.row
        taken.add(inference.row)
        outcome = "correct" if label.name == inference.name else "confused"
        result.label_outcome[label.row] = result.inference_outcome[inference.row] = outcome
    for label in labels:
        result.label_outcome.setdefault(label.row, "ignored" if label in regions else "missed")
    for inference in inferences:
        inside = any(
            area(inference.box) > 0
            and common(inference.box, region.box) / area(inference.box) >= settings.iou
            for region in regions
        )
        outcome = "ignored" if inside or inference.name is None else "spurious"
        result.inference_outcome.setdefault(inference.row, outcome)


def spurious_pairs(base: Result, other: Result, threshold: float) -> dict[int, int]:
    mine = [i for i in base.inferences if base.inference_outcome[i.row] == "spurious"]
    its = [i for i in other.inferences if other.inference_outcome[i.row] == "spurious"]
    pairs = [
        (-iou(a.box, b.box), a.row, b.row)
        for a in mine
        for b in its
        if a.frame == b.frame
        and a.name == b.name
        and (iou(a.box, b.box) >= threshold or (area(a.box) == 0 and a.box == b.box))
    ]
    found: dict[int, int] = {}
    for _, a, b in sorted(pairs):
        if a not in found and b not in found.values():
            found[a] = b
    return found


@dataclass(frozen=True)
class Object:
    """One row of the ledger; rows are -1 where there is nothing."""

    frame: int
    label: int
    base: int
    other: int
    base_outcome: str
    other_outcome: str
    base_cell: tuple[str, str] | None
    other_cell: tuple[str, str] | None
    change: str

    def lists(self) -> set[tuple[tuple[str, str], str]]:
        """The (cell, list) pairs in which this object stands."""
        before, after = self.base_cell, self.other_cell
        if before == after:
            return {(before, "unchanged")} if before else set()
        found = set()
        if after:
            found.add((after, "introduced"))
        if before:
            right_after = after is None or after[0] == after[1]
            lost = before[0] == before[1]
            found.add((before, "fixed" if right_after or lost else "moved"))
        return found


def change(base_outcome: str, other_outcome: str, same_cell: bool) -> str:
    """Of an object with a label."""
    if base_outcome == "ignored":
        return "none"
    before, after = base_outcome == "correct", other_outcome == "correct"
    if before and after:
        return "both_correct"
    if before != after:
        return "broken" if before else "fixed"
    return "same_error" if same_cell else "moved"


def ledger(base: Result, other: Result, threshold: float) -> set[Object]:
    paired = spurious_pairs(base, other, threshold)
    objects = {_of_label(label, base, other) for label in base.labels}
    for thing in base.inferences:
        if base.inference_outcome[thing.row] == "spurious" and thing.row in paired:
            cell, its = base.spurious_cell(thing.row), paired[thing.row]
            outcomes = ("spurious", "spurious")
            objects.add(Object(thing.frame, -1, thing.row, its, *outcomes, cell, cell, "same_error"))
        elif base.inference_outcome[thing.row] == "spurious":
            cell, outcomes = base.spurious_cell(thing.row), ("spurious", "none")
            objects.add(Object(thing.frame, -1, thing.row, -1, *outcomes, cell, None, "fixed"))
        elif base.inference_outcome[thing.row] == "ignored":
            objects.add(Object(thing.frame, -1, thing.row, -1, "ignored", "none", None, None, "none"))
    for thing in other.inferences:
        outcome = other.inference_outcome[thing.row]
        if outcome == "spurious" and thing.row not in paired.values():
            cell = other.spurious_cell(thing.row)
            objects.add(Object(thing.frame, -1, -1, thing.row, "none", outcome, None, cell, "broken"))
        elif outcome == "ignored":
            objects.add(Object(thing.frame, -1, -1, thing.row, "none", outcome, None, None, "none"))
    return objects


def _of_label(label: Thing, base: Result, other: Result) -> Object:
    row = label.row
    outcomes = base.label_outcome[row], other.label_outcome[row]
    cells = base.label_cell(row), other.label_cell(row)
    partners = base.partner.get(row, -1), other.partner.get(row, -1)
    return Object(label.frame, row, *partners, *outcomes, *cells, change(*outcomes, cells[0] == cells[1]))
