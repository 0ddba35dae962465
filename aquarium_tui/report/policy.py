"""What a policy for thresholds came to, as text and as plain values."""

import math

from aquarium_tui.compare.objects.policy_thresholds import Aimed, PolicyOutcome
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import number, share, signed_number, signed_share, threshold
from aquarium_tui.model.settings import Aim
from aquarium_tui.report.certainty import JsonObject

_NAMED = 3
"""Classes that are named: those for which most is left."""


def policy_lines(outcome: PolicyOutcome) -> list[str]:
    """A sentence for each set whose threshold was chosen; of matched classes, what is left and where."""
    found = [_whole(outcome, one) for one in outcome.whole]
    if outcome.policy.aim is not Aim.BEST_F1:
        left = sorted(outcome.classes, key=lambda one: (-abs(one.remaining), one.name))[:_NAMED]
        told = [f"{visible(one.name)} {_signed(outcome, one.remaining)}" for one in left if one.remaining]
        if outcome.classes:
            found.append(f"What is left of classes: {', '.join(told) or 'nothing'}.")
    return found


def _whole(outcome: PolicyOutcome, one: Aimed) -> str:
    words = outcome.policy.aim.words
    words = words[:1].upper() + words[1:]
    own = math.isnan(one.confidence)
    place = "a threshold per class" if own else f"confidence ≥ {threshold(one.confidence)}"
    if outcome.policy.aim is Aim.BEST_F1:
        fitted = f"{words} of {one.side} is best with {place}: {_plain(outcome, one.value)}"
        checked = "" if math.isnan(one.aim) else f", cross-validated {_plain(outcome, one.aim)}"
        return f"{fitted}{checked}."
    left = f"{_signed(outcome, one.remaining)} is left" if one.remaining else "nothing is left"
    return (
        f"{words} matched with {place} of other: base {_plain(outcome, one.aim)}, "
        f"other {_plain(outcome, one.value)}; {left}."
    )


def _plain(outcome: PolicyOutcome, value: float) -> str:
    return number(value) if outcome.policy.aim is Aim.FALSE_ALARMS else share(value)


def _signed(outcome: PolicyOutcome, value: float) -> str:
    return signed_number(value) if outcome.policy.aim is Aim.FALSE_ALARMS else signed_share(value)


def policy_document(outcome: PolicyOutcome) -> JsonObject:
    """The same as plain values."""
    return {
        "aim": outcome.policy.aim.value,
        "per_class": outcome.policy.per_class,
        "whole": [_document(outcome, one) for one in outcome.whole],
        "classes": [{"class": one.name, **_document(outcome, one)} for one in outcome.classes],
    }


def _document(outcome: PolicyOutcome, one: Aimed) -> JsonObject:
    values = {"confidence": one.confidence, "value": one.value}
    if outcome.policy.aim is Aim.BEST_F1:
        values["cross_validated"] = one.aim
    else:
        values |= {"base": one.aim, "remaining": one.remaining}
    return {"set": one.side, **{key: None if math.isnan(v) else v for key, v in values.items()}}
