"""The text of a comparison: what each number is, aligned, and safe for a terminal."""

import unicodedata

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.report import Findings, as_text
from aquarium_tui.report.certainty import width
from aquarium_tui.report.text import MOST_CELLS
from tests.compare.scenes import Inference, comparison
from tests.report.scene import scene


def lines(found) -> list[str]:
    return as_text(found).splitlines()


def test_the_header_says_what_was_compared_and_how_to_read_it():
    found = lines(scene(base_confidence=0.2, other_confidence=0.125, iou=0.6))
    assert found[0] == (
        "test/val   base old → other new   conf ≥ .20 / .125   IoU ≥ .60   same-class   1 frame   4 labels"
    )
    assert "label → inferred" in found[1]
    assert "Delta is other − base" in found[2]
    assert "conf ≥ .10   IoU" in lines(scene())[0]


def test_report():
    found = lines(scene())
    start = found.index(next(line for line in found if line.startswith("class")))
    assert found[start].split() == ["class", "support", "precision", "recall", "F1", "AP50"]
    assert " ".join(found[start + 1].split()).startswith("car 3 .500 → 1.000 +.500 .333 → .667 +.333 ")
    assert " ".join(found[start + 2].split()).startswith("truck 1 .500 → .000 −.500 1.000 → .000 −1.00 ")
    assert found[start + 3].startswith("all (weighted by support)")
    assert found[start + 6] == "and 1 class without labels and inferences"
    arrows = {tuple(i for i, c in enumerate(line) if c == "→")[:3] for line in found[start + 1 : start + 6]}
    assert len(arrows) == 1, "arrows stand below each other"


def test_counts_and_changes():
    found = lines(scene())
    start = found.index("objects")
    assert [" ".join(line.split()) for line in found[start + 1 : start + 7]] == [
        "correct 2 → 2 0",
        "confused 1 → 1 0",
        "missed 1 → 1 0",
        "spurious 1 → 0 −1",
        "false positives 2 → 1 −1",
        "false negatives 2 → 2 0",
    ]
    assert found[start + 7] == "2 fixed, 1 broken, 1 moved, 0 same error, 1 both correct"


def test_cells_say_how_their_delta_comes_about():
    found = lines(scene())
    start = found.index("cells that changed most: base → other, and what makes up the delta")
    assert [" ".join(line.split()) for line in found[start + 1 : start + 7]] == [
        "car correct 1 → 2 +1 = +1 gained − 0 lost",
        "car missed 1 → 0 −1 = +0 new − 0 fixed − 1 moved",
        "truck correct 1 → 0 −1 = +0 gained − 1 lost",
        "truck missed 0 → 1 +1 = +1 new − 0 fixed − 0 moved",
        "spurious car 1 → 0 −1 = +0 new − 1 fixed − 0 moved",
        "car → truck 1 → 1 0 = +1 new − 1 fixed − 0 moved",
    ]


def test_undefined_is_a_dash_and_never_zero():
    found = lines(scene())
    large = next(line for line in found if line.startswith("APl"))
    assert large.split() == ["APl", "–", "→", "–", "–"]
    assert "nan" not in as_text(scene()).lower()


def test_one_set_alone_shows_absolute_numbers():
    found = lines(scene(alone=True))
    assert found[0].startswith("test/val   old   conf")
    assert "Delta" not in as_text(scene(alone=True))
    assert "→ other" not in as_text(scene(alone=True))
    start = found.index("largest wrong cells")
    assert [" ".join(line.split()) for line in found[start + 1 : start + 4]] == [
        "car → truck 1",
        "car missed 1",
        "spurious car 1",
    ]


def test_nothing_at_all_is_still_a_report():
    others: list[list[Inference] | None] = [[], None]
    for other in others:
        text = as_text(comparison([], [], [], other, frames=0))
        assert "0 frames   0 labels" in text
        assert ": none" in text


def test_names_from_outside_cannot_steer_the_terminal():
    classes = [ClassEntry(0, "car"), ClassEntry(1, "truck\x1b[2J\n"), ClassEntry(2, "bus")]
    text = as_text(scene(classes=["car", "truck", "bus"]))
    hostile = as_text(comparison(classes, [(0, "truck\x1b[2J\n", (0, 0, 9, 9))], [], []))
    for shown in (text, hostile):
        assert not any(unicodedata.category(c) == "Cc" for c in shown.replace("\n", ""))
    assert "truck\\x1b[2J\\n" in hostile


def test_wide_names_stay_aligned():
    classes = ["自転車", "car", "e\u0301lan"]
    labels = [(0, name, (i * 20.0, 0.0, i * 20.0 + 9, 9.0)) for i, name in enumerate(classes)]
    found = lines(comparison(classes, labels, [], []))
    rows = [next(line for line in found if line.startswith(name)) for name in classes]
    assert len({width(row.split("→")[0]) for row in rows}) == 1


def test_only_the_cells_that_changed_most_are_shown():
    classes = [f"c{i}" for i in range(30)]
    labels = [(0, name, (i * 20.0, 0.0, i * 20.0 + 9, 9.0)) for i, name in enumerate(classes)]
    found = lines(comparison(classes, labels, [], [(*label, 0.9) for label in labels]))
    assert f"… and {60 - MOST_CELLS} more; --format json has them all" in found


def test_intervals_stand_beside_deltas_and_undefined_ones_alone():
    found = scene()
    printed = as_text(found, findings=Findings.of(found))
    assert "how sure the deltas are: 95 % intervals, 1000 resamples of the frames" in printed
    assert "– ~" not in printed and "+.333 [+.333, +.333]~" in printed


def test_the_verdict_on_equal_sets_is_that_nothing_differs():
    one = scene()
    same = ObjectComparison.of(one.dataset, one.base, one.base, one.settings)
    first = as_text(same, findings=Findings.of(same)).splitlines()[0]
    assert "on labels: the same in all frames" in first
    assert "on false alarms: the same in all frames" in first
    assert "to tell" not in first


def test_cells_say_how_sure_their_delta_is():
    """Ten frames turn a car into a truck, one turns it back; the interval stands beside the sum."""
    labels = [(frame, "car", (0.0, 0.0, 9.0, 9.0)) for frame in range(12)]
    right = [(*label, 0.9) for label in labels]
    wrong = [(frame, "truck", box, 0.9) for frame, _, box in labels]
    compared = comparison(
        ["car", "truck"], labels, [*right[:11], wrong[11]], [*wrong[:10], *right[10:]], frames=12
    )
    printed = as_text(compared, findings=Findings.of(compared)).splitlines()
    start = printed.index(
        "cells that changed most: base → other, what makes up the delta, and its 95 % interval"
    )
    turned = next(line for line in printed[start:] if line.startswith("car → truck"))
    assert " ".join(turned.split()).startswith("car → truck 1 → 10 +9 = +10 new − 1 fixed − 0 moved [+")
    assert turned.endswith("]*")
