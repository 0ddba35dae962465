"""Settings refuse what cannot be a threshold."""

import pytest

from aquarium_tui.errors import UsageError
from aquarium_tui.model.settings import Rule, Settings


def test_defaults():
    assert Settings() == Settings(0.1, 0.1, 0.5, Rule.SAME_CLASS)
    assert (Settings(0.2, 0.3).confidence("base"), Settings(0.2, 0.3).confidence("other")) == (0.2, 0.3)


@pytest.mark.parametrize("settings", [{"base_confidence": 0.0}, {"other_confidence": 1.0}, {"iou": 1.0}])
def test_the_ends_are_allowed(settings):
    assert Settings(**settings)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan"), float("inf")])
@pytest.mark.parametrize("side", ["base_confidence", "other_confidence"])
def test_a_confidence_outside_0_and_1_is_refused(side, confidence):
    with pytest.raises(UsageError, match="between 0 and 1"):
        Settings(**{side: confidence})


@pytest.mark.parametrize("iou", [0.0, -0.5, 1.01, float("nan")])
def test_an_iou_that_is_no_share_is_refused(iou):
    with pytest.raises(UsageError, match="above 0 and at most 1"):
        Settings(iou=iou)


def test_rules_are_named_as_on_the_command_line():
    assert [rule.value for rule in Rule] == ["overlap", "same-class", "confidence"]
