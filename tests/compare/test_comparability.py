"""What makes two sets unlike beside how good they are: each remark, and silence where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.comparability import comparability
from aquarium_tui.kinds.masks.kind import MaskKind
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, Provenance, starts_of

FRAMES = 40
CLASSES = ClassMap((ClassEntry(1, "car"), ClassEntry(2, "bus")))


def objects(
    frame: list[int], confidence: list[float] | None = None, classes: list[int] | None = None
) -> Objects:
    n = len(frame)
    labels = confidence is None
    return Objects(
        starts=starts_of(np.array(frame, np.int64), FRAMES),
        class_index=np.array(classes or [0] * n, np.int32),
        box=np.tile([0.0, 0.0, 9.0, 9.0], (n, 1)),
        confidence=np.array(confidence or [], np.float64),
        crowd=np.zeros(n if labels else 0, bool),
        area=np.zeros(n if labels else 0),
    )


def dataset() -> Dataset:
    names = [f"f{i}" for i in range(FRAMES)]
    side = np.full(FRAMES, 64, np.int32)
    frames = Frames(Text.from_words(names), Text.from_words(names), side, side)
    labels = objects(list(range(FRAMES)), classes=[i % 2 for i in range(FRAMES)])
    return Dataset(Project("street", class_map=CLASSES), "val", frames, labels)


def even(
    id_: str = "a", frames: int = FRAMES, low: float = 0.0, high: float = 1.0, each: int = 2
) -> InferenceSet:
    """Inferences on the first frames, of both classes, with confidences spread evenly."""
    frame = [i for i in range(frames) for _ in range(each)]
    confidence = np.linspace(low, high, len(frame))
    shuffled = np.random.default_rng(1).permutation(confidence)
    return InferenceSet(id_, objects(frame, shuffled.tolist(), [i % 2 for i in range(len(frame))]))


def told(base: InferenceSet, other: InferenceSet, settings: Settings | None = None) -> list[tuple[str, bool]]:
    return [(r.sentence, r.matters(settings or Settings())) for r in comparability(dataset(), base, other)]


def test_sets_that_are_alike_need_no_remark():
    assert told(even("a"), even("b", high=0.99)) == []


@pytest.mark.parametrize(("frames", "matters"), [(38, False), (30, True)])
def test_frames_that_only_one_covers(frames, matters):
    assert told(even("a"), even("b", frames)) == [
        (
            f"{FRAMES - frames} of 40 frames are covered by a and not by b "
            f"({', '.join(f'f{i}' for i in range(frames, min(frames + 3, FRAMES)))}"
            f"{'' if frames == 38 else ' … 7 more'}): their labels count as missed under b",
            matters,
        )
    ]


def test_classes_that_only_one_knows():
    other = even("b")
    only = replace(other, objects=replace(other.objects, class_index=np.zeros(80, np.int32)))
    assert told(even("a"), only) == [
        ("classes that only a infers, and b never: bus (40 inferences)", True),
    ]


@pytest.mark.parametrize(("threshold", "matters"), [(0.1, True), (0.3, False)])
def test_score_floors(threshold, matters):
    assert told(even("a"), even("b", low=0.25), Settings(threshold, threshold)) == [
        (
            "score floors differ: a goes down to 0, b to 0.25: compare at 0.25 and above; "
            "the AP of b lacks what lies below",
            matters,
        )
    ]


def test_caps_of_boxes_per_image():
    capped = [i for i in range(FRAMES) for _ in range(min(i % 12 + 1, 6))]
    free = [i for i in range(FRAMES) for _ in range(i % 12 + 1)]
    sets = [
        InferenceSet(
            id_, objects(frame, np.linspace(0, 1, len(frame)).tolist(), [i % 2 for i in range(len(frame))])
        )
        for id_, frame in (("a", capped), ("b", free))
    ]
    frames = capped.count(5) and sum(capped.count(i) == 6 for i in range(FRAMES))
    (remark,) = told(sets[0], sets[1])
    assert remark[0] == (
        f"caps differ: {frames} frames have just 6 inferences of a, none has more; b has up to 12: "
        "what a left out counts as missed"
    )


def test_confidences_of_different_spread():
    sure = even("b")
    sure = replace(sure, objects=replace(sure.objects, confidence=sure.objects.confidence**0.25))
    (remark,) = told(even("a"), sure)
    assert remark[0].startswith(
        "confidences are of different spread: from 0 on, their median is 0.50 under a, 0.84"
    )


def test_duplicates_and_masks_of_other_sizes_are_those_the_imports_found():
    again = Provenance(problems=(Problem("inferences equal to an earlier one", 12, "kept"),))
    (remark,) = told(even("a"), replace(even("b"), provenance=again))
    assert remark[0] == ("b has 12 exact duplicates, and a has 0: each repeat counts as spurious")


def test_masks_are_compared_by_frames_classes_and_sizes():
    path = Text.from_values(["m.png"] * FRAMES)
    full = Masks("/m", path, {1: 1, 2: 2}, {1: 50, 2: 7})
    labelled = replace(dataset(), masks=full, labels=objects([]))
    sized = Provenance(problems=(Problem("masks whose size is not that of the label mask", 3, "changed"),))
    partial = Text.from_values([*["m.png"] * (FRAMES - 1), None])
    sets = [
        InferenceSet("a", objects([], []), masks=full),
        InferenceSet("b", objects([], []), sized, Masks("/m", partial, {1: 1, 2: 2}, {1: 50})),
    ]
    assert [remark.sentence for remark in MaskKind().remarks(labelled, *sets)] == [
        "1 of 40 frames are covered by a and not by b (f39): they are excluded from all counts under b",
        "classes that only a infers, and b never: bus (7 pixels)",
        "3 masks differ in size from the label masks under b",
    ]


def test_sets_without_inferences_are_compared_without_numbers():
    empty = InferenceSet("b", objects([], []))
    assert [sentence.split(" ")[0] for sentence, _ in told(even("a"), empty)] == ["40", "classes"]


def test_labelled_frames_that_every_set_leaves_out_are_told_of_one_set_too():
    for sets in ((even("a", 30), even("b", 30)), (even("a", 30), None)):
        (remark,) = comparability(dataset(), *sets)
        names = "a and b" if sets[1] else "a"
        sentence = f"10 of 40 frames have labels and nothing of {names} (f30, f31, f32 … 7 more)"
        assert (remark.what, remark.sentence, remark.always) == ("frames left out", sentence, True)
    assert comparability(dataset(), even("a"), None) == ()


def test_equal_and_few_confidences_are_told_of_one_set_and_of_two():
    flat = replace(even("a"), objects=replace(even("a").objects, confidence=np.full(2 * FRAMES, 0.5)))
    sentence = (
        "all confidences are equal under a (0.5): a threshold keeps all of its inferences or none; AP then "
        "depends on the order in the file"
    )
    assert (sentence, True) in told(flat, even("b"))
    assert [r.sentence for r in comparability(dataset(), flat, None)] == [sentence]
    assert "AP" not in comparability(dataset(), flat, None, several=False)[0].sentence
    rounded = replace(flat, objects=replace(flat.objects, confidence=np.arange(2 * FRAMES) % 5 / 5))
    assert told(even("b"), rounded)[0][0].startswith(
        "the 80 inferences of a have only 5 distinct confidences"
    )


def test_more_than_a_hundred_of_a_class_in_a_frame_are_told():
    crowded = InferenceSet(
        "a", objects([3] * 101 + [4] * 101, np.linspace(0, 1, 202).tolist(), [0] * 101 + [0, 1] * 50 + [0])
    )
    found = [r.sentence for r in comparability(dataset(), crowded, None) if r.what.startswith("more")]
    assert found == [
        "1 frame has more than 100 inferences of one class under a, up to 101: AP takes the 100 most "
        "confident, as COCO does"
    ]


def test_groups_are_told_and_missing_ones_are_missed():
    ids = Text.from_words([f"Seq{i // 10}_{i:04}" for i in range(FRAMES)])
    plain = dataset()
    videos = replace(plain, frames=replace(plain.frames, id=ids))
    told_of = [
        [r.sentence for r in comparability(each, even("a"), even("b", high=0.99))]
        for each in (videos, replace(videos, group_by="id_prefix"))
    ]
    assert told_of[0][0].startswith(
        "frame ids look like 4 sequences (Seq0_ (10), Seq1_ (10), Seq2_ (10) … 1 more)"
    )
    assert told_of[1] == ["frames are drawn in 4 groups by id_prefix to say how sure a delta is"]
