"""Figures: what is given is understood, is equal to its digits or not, and what would give it is named."""

import pytest

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import Curve
from aquarium_tui.errors import UsageError
from aquarium_tui.explain.explained_set import ExplainedSet
from aquarium_tui.explain.explanation import Asked, explain
from aquarium_tui.explain.figures import FigureCheck, given_figure, mean_average_precision
from aquarium_tui.explain.rules import TOOLS, AverageRule
from aquarium_tui.model.settings import Settings
from tests.compare.scenes import comparison as made
from tests.compare.scenes import tiny
from tests.explain.comparisons import of_coco
from tests.explain.sample import SCENES


@pytest.fixture(scope="module")
def comparison() -> ObjectComparison:
    return of_coco(*SCENES["bundled"](), Settings())


def check(comparison: ObjectComparison, tool: str, text: str, release: str = "") -> FigureCheck:
    asked = Asked(TOOLS[tool], release, figures=(given_figure(text, TOOLS[tool]),))
    (found,) = explain(comparison, asked).figure_checks
    return found


@pytest.mark.parametrize(
    ("tool", "text", "expected"),
    [
        ("pycocotools", "AP50=.412", ("AP50", 0.412, 3)),
        ("pycocotools", "ap=41.2", ("AP", 0.412, 3)),
        ("ultralytics", "mAP50-95=0.41", ("AP", 0.41, 2)),
        ("ultralytics", "map50=0.4", ("AP50", 0.4, 1)),
        ("mmdet", "bbox_mAP_75=0.412", ("AP75", 0.412, 3)),
        ("fiftyone", "precision=0.5", ("P", 0.5, 1)),
        ("detectron2", "APm=41.234", ("APm", 41.234, 3)),
        ("detectron2", "AP=0.412", ("AP", 41.2, 1)),
    ],
)
def test_figures_are_understood(tool: str, text: str, expected: tuple[str, float, int]) -> None:
    found = given_figure(text, TOOLS[tool])
    name, value, digits = expected
    assert (found.name, found.digits) == (name, digits)
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "words"), [("AP50", "does not give a figure"), ("P=.3", 'does not print "P"')]
)
def test_figures_that_are_not_understood(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        given_figure(text, TOOLS["pycocotools"])


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("pycocotools", "AP=.674"),
        ("ultralytics", "P=.973"),
        ("detectron2", "APl=77.07"),
        ("fiftyone", "R=0.879"),
    ],
)
def test_a_figure_is_equal_to_the_digits_given(tool: str, text: str, comparison: ObjectComparison) -> None:
    found = check(comparison, tool, text)
    assert found.equal and not found.others
    last = "1" if text[-1] == "0" else str(int(text[-1]) - 1)
    assert not check(comparison, tool, text[:-1] + last).equal


def equal_words(found: FigureCheck) -> list[str]:
    return [words for words, value in found.others if found.given.equals(value)]


def test_what_would_give_a_figure_is_named(comparison: ObjectComparison) -> None:
    of = ExplainedSet.of(comparison)
    own = TOOLS["pycocotools"].releases[0].average
    area = mean_average_precision(of, AverageRule(own.rule, Curve.AREA))
    found = check(comparison, "pycocotools", f"AP={area:.6f}")
    assert equal_words(found) == ["the exact area under the curve, as Pascal VOC takes it"]
    theirs = explain(comparison, Asked(TOOLS["ultralytics"])).figures["AP"]
    assert "the rule of ultralytics 8.4.190" in equal_words(
        check(comparison, "pycocotools", f"AP={theirs:.7f}")
    )
    floored = [v for w, v in found.others if w == "only inferences with a confidence of at least 0.25"]
    assert floored and floored[0] < found.value
    pooled = explain(comparison, Asked(TOOLS["fiftyone"], confidence=0.25)).figures["P"]
    assert equal_words(check(comparison, "fiftyone", f"P={pooled:.6f}")) == [
        "all classes pooled at confidence 0.25"
    ]


def test_curves_worked_by_hand() -> None:
    """Two labels; the surest inference is right, the second wrong, the third right: precision 1, 1/2, 2/3."""
    boxes = [tiny(10), (30.0, 0.0, 40.0, 10.0)]
    guesses = [(boxes[0], 0.9), ((50.0, 50.0, 60.0, 60.0), 0.8), (boxes[1], 0.7)]
    scene = made(
        ["car"], [(0, "car", box) for box in boxes], [(0, "car", box, sure) for box, sure in guesses]
    )
    of, rule = ExplainedSet.of(scene), TOOLS["pycocotools"].releases[0].average.rule
    found = {curve: mean_average_precision(of, AverageRule(rule, curve)) for curve in Curve}
    assert found[Curve.AREA] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert found[Curve.POINTS] == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    # Between points 0.01 apart, the curve falls from 1 to 2/3 before recall 0.5, and from 2/3 to 0 before 1.
    expected = 0.49 + 0.01 * (1 + 2 / 3) / 2 + 0.49 * 2 / 3 + 0.01 * (2 / 3) / 2
    assert found[Curve.TRAPEZOID] == pytest.approx(expected)
    assert found[Curve.SLOPE] == found[Curve.TRAPEZOID], "recall reaches 1"


def test_a_straight_line_to_recall_one_adds_area() -> None:
    scene = made(["car"], [(0, "car", tiny(10)), (0, "car", (30, 0, 40, 10))], [(0, "car", tiny(10), 0.9)])
    of, rule = ExplainedSet.of(scene), TOOLS["ultralytics"].releases[0].average.rule
    assert mean_average_precision(of, AverageRule(rule, Curve.TRAPEZOID)) == pytest.approx(0.49 + 0.01 / 2)
    assert mean_average_precision(of, AverageRule(rule, Curve.SLOPE)) == pytest.approx(0.75)


def test_a_set_without_inferences_and_a_dataset_without_labels() -> None:
    for labels, expected in (([(0, "car", tiny(10))], 0.0), ([], float("nan"))):
        scene = made(["car"], labels, [])
        for tool in TOOLS.values():
            found = explain(scene, Asked(tool)).figures
            assert found["AP"] == pytest.approx(expected, nan_ok=True), tool.name
