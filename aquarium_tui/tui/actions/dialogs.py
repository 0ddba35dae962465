"""Actions of the query bar, the filter and the dialogs."""

from collections.abc import Sequence

from aquarium_tui.tui.actions.action import (
    CHOOSE,
    COLOURS,
    COLUMNS,
    FILTER,
    KEYS,
    NAMING,
    QUERY,
    THRESHOLDS,
    Action,
    Use,
    action,
    simple,
)

_TYPED = (CHOOSE, NAMING, THRESHOLDS)

BARS: Sequence[Action] = (
    simple(
        "query.complete",
        "tab",
        QUERY,
        "bar('accept')",
        "Complete",
        "Accept the selected completion",
        shown=True,
    ),
    simple(
        "query.next", "down", QUERY, "bar('next')", "Next", "Go to the next completion or query", means="down"
    ),
    simple(
        "query.previous",
        "up",
        QUERY,
        "bar('previous')",
        "Previous",
        "Go to the previous completion or query",
        means="up",
    ),
    simple(
        "query.apply",
        "enter",
        QUERY,
        "bar('apply')",
        "Apply",
        "Apply the query; an empty one shows all frames",
        shown=True,
        means="in",
    ),
    simple(
        "query.leave",
        "escape",
        QUERY,
        "bar('leave')",
        "Leave",
        "Close the bar without changes",
        shown=True,
        means="back",
    ),
    simple(
        "filter.keep", "enter", FILTER, "keep", "Keep", "Keep the filter, go back", priority=True, means="in"
    ),
    simple("filter.drop", "escape", FILTER, "drop", "Drop", "Drop the filter, go back", means="back"),
)

DIALOGS: Sequence[Action] = (
    action(
        "dialog.accept",
        "enter",
        Use((CHOOSE,), "take", "Choose", "Choose what is under the cursor", shown=True, priority=True),
        Use((NAMING,), "take", "Save", "Save under this name", shown=True, priority=True),
        Use((THRESHOLDS,), "take", "Apply", "Apply the values", shown=True, priority=True),
        Use((COLOURS,), "take", "Only this", "Show only this colour", shown=True, priority=True),
        Use((KEYS,), "dismiss", "Close", "Close the list"),
        means="in",
    ),
    action(
        "dialog.cancel",
        "escape",
        Use(_TYPED, "dismiss(None)", "Cancel", "Close without changes", shown=True),
        Use((COLUMNS, COLOURS), "dismiss(None)", "Done", "Close", shown=True),
        Use((KEYS,), "dismiss", "Close", "Close the list", shown=True),
        means="back",
    ),
    action(
        "dialog.up",
        "up",
        Use((CHOOSE,), "move(-1)", "Up", "Move up", priority=True),
        Use((THRESHOLDS,), "app.focus_previous", "Up", "Go to the previous value", priority=True),
        means="up",
    ),
    action(
        "dialog.down",
        "down",
        Use((CHOOSE,), "move(1)", "Down", "Move down", priority=True),
        Use((THRESHOLDS,), "app.focus_next", "Down", "Go to the next value", priority=True),
        means="down",
    ),
    simple("thresholds.rule", "ctrl+n", THRESHOLDS, "rule", "Rule", "Select the next rule", priority=True),
    simple(
        "segments.save_frames",
        "ctrl+l",
        NAMING,
        "take_frames",
        "Save frames",
        "Save the frames rather than the query",
        priority=True,
    ),
    simple("segments.rename", "ctrl+r", CHOOSE, "rename", "Rename", "Rename the segment", priority=True),
    simple("segments.delete", "ctrl+d", CHOOSE, "delete", "Delete", "Delete the segment", priority=True),
    simple(
        "choice.flip",
        "space",
        (COLUMNS, COLOURS),
        "flip",
        "Show or hide",
        "Show or hide what is under the cursor",
        shown=True,
        priority=True,
        means="mark",
    ),
    simple(
        "columns.narrower",
        "left",
        COLUMNS,
        "widen(-1)",
        "Narrower",
        "Make the column narrower",
        priority=True,
        means="left",
    ),
    simple(
        "columns.wider",
        "right",
        COLUMNS,
        "widen(1)",
        "Wider",
        "Make the column wider",
        priority=True,
        means="right",
    ),
    simple(
        "columns.reset",
        "0",
        COLUMNS,
        "reset",
        "Reset",
        "Reset columns to their default widths",
        shown=True,
        priority=True,
        means="reset",
    ),
)
