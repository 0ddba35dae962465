"""Classes and outcomes can be told apart, also by the colour-blind, on light and dark photos."""

from itertools import combinations

import numpy as np
import pytest

from aquarium_tui.render.palette import class_color, palette, parse_color

SEEN_BY = {
    "all": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}
OUTCOMES = ("correct", "confused", "missed", "spurious")
CHANGES = ("fixed", "broken", "moved", "same_error", "both_correct")


def seen(color, by="all"):
    """A colour in OKLab as someone sees it (Machado et al. 2009; Ottosson 2020)."""
    share = np.array(color) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(SEEN_BY[by]) @ linear, 0, 1)
    cones = np.cbrt(
        np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]]) @ linear
    )
    return np.array([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]) @ cones


def least_distance(colors, by="all"):
    return min(np.linalg.norm(seen(a, by) - seen(b, by)) for a, b in combinations(colors, 2))


@pytest.mark.parametrize(("classes", "distance"), [(8, 0.1), (20, 0.08), (80, 0.045)])
def test_classes_can_be_told_apart(classes, distance):
    colors = [class_color(i) for i in range(classes)]
    assert len(set(colors)) == classes
    assert least_distance(colors) > distance


@pytest.mark.parametrize("by", SEEN_BY)
def test_the_first_classes_can_be_told_apart_by_everyone(by):
    assert least_distance([class_color(i, "colourblind") for i in range(8)], by) > 0.07


@pytest.mark.parametrize("name", ["default", "colourblind"])
@pytest.mark.parametrize("words", [OUTCOMES, CHANGES])
def test_outcomes_and_changes_can_be_told_apart(name, words):
    colors = [palette(name).word_color(word) for word in words]
    for by in SEEN_BY if name == "colourblind" else ("all",):
        assert least_distance(colors, by) > 0.07


def test_class_colours_are_strong_enough_for_lines_on_a_photo():
    for i in range(96):
        lightness, green_red, blue_yellow = seen(class_color(i))
        assert lightness > 0.5
        assert np.hypot(green_red, blue_yellow) > 0.08


def test_more_classes_than_colours_begin_again():
    assert class_color(96) == class_color(0)
    assert class_color(16, "colourblind") == class_color(0, "colourblind")


def test_a_word_without_a_colour_is_grey():
    red, green, blue = palette().word_color("ignored")
    assert max(red, green, blue) - min(red, green, blue) < 10


def test_colours_are_read_as_they_are_written():
    assert parse_color("#ff8000") == parse_color("ff8000") == (255, 128, 0)
