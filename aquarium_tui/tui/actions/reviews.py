"""Actions of review, on every screen that shows frames or objects."""

from collections.abc import Sequence

from aquarium_tui.tui.actions.action import (
    FRAME,
    LISTED,
    NARROWED,
    REVIEW,
    REVIEWED,
    Action,
    Use,
    action,
    simple,
)

_REST = tuple(place for place in REVIEWED if place not in (REVIEW, FRAME))
_FLAG = "Flag it, or take the flag away"
_LABEL, _MODEL = "Judge it a label error, or take that back", "Judge it a model error, or take that back"
_AMBIGUOUS = "Judge it ambiguous, or take that back"
_TAG, _NOTE = "Give it a tag, or take one away", "Write a note on it"

REVIEWS: Sequence[Action] = (
    action(
        "review.flag",
        "b",
        Use((FRAME, REVIEW), "flag", "Flag", _FLAG, shown=True),
        Use(_REST, "flag", "Flag", _FLAG),
    ),
    action(
        "review.label_error",
        "J",
        Use((FRAME, REVIEW), "judge('label error')", "Label error", _LABEL, shown=True),
        Use(_REST, "judge('label error')", "Label error", _LABEL),
    ),
    action(
        "review.model_error",
        "W",
        Use((REVIEW,), "judge('model error')", "Model error", _MODEL, shown=True),
        Use((*_REST, FRAME), "judge('model error')", "Model error", _MODEL),
    ),
    action(
        "review.ambiguous",
        "A",
        Use((REVIEW,), "judge('ambiguous')", "Ambiguous", _AMBIGUOUS, shown=True),
        Use((*_REST, FRAME), "judge('ambiguous')", "Ambiguous", _AMBIGUOUS),
    ),
    simple("review.verdict", "V", REVIEWED, "verdict", "Verdict", "Give it any verdict, or take one back"),
    action(
        "review.tag",
        "t",
        Use((REVIEW,), "tag", "Tag", _TAG, shown=True),
        Use((*_REST, FRAME), "tag", "Tag", _TAG),
    ),
    action(
        "review.note",
        "m",
        Use((REVIEW,), "note", "Note", _NOTE, shown=True),
        Use((*_REST, FRAME), "note", "Note", _NOTE),
    ),
    simple("review.undo", "u", REVIEWED, "undo", "Undo", "Undo your last review edit"),
    simple("review.redo", "U", REVIEWED, "redo", "Redo", "Redo what you undid"),
    simple("review.whole", "Z", FRAME, "whole", "Whole frame", "Review the whole frame, or its objects"),
    simple("review.queue", "Q", LISTED, "queue", "Queue", "Make a queue of this list"),
    simple(
        "review.exclude",
        "ctrl+x",
        NARROWED,
        "exclude",
        "Exclude",
        "Count without judged label errors, or with them",
    ),
    simple("review.remove", "delete", REVIEW, "remove_queue", "Remove", "Remove the queue"),
)
