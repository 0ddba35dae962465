"""Actions of single screens."""

from collections.abc import Sequence

from aquarium_tui.tui.actions.action import (
    BEHIND,
    FRAME,
    FRAMES,
    MASKS,
    METRICS,
    NARROWED,
    OPEN,
    PICTURES,
    SAMPLES,
    SCENARIOS,
    SUMS,
    Action,
    Use,
    action,
    simple,
)

_LIST_AFTER, _LIST_BEFORE = "Show the next list of the cell", "Show the previous list of the cell"
_WHAT_IS_SHOWN = "choose what is shown"

LISTS: Sequence[Action] = (
    simple("query.open", "slash", NARROWED, "query", "Query", "Query frames and objects", shown=True),
    simple(
        "query.from_view",
        "equals_sign",
        NARROWED,
        "equivalent",
        "As query",
        "Turn the current view into a query",
    ),
    simple(
        "view.remarks",
        "exclamation_mark",
        NARROWED,
        "remarks",
        "Remarks",
        "Show what limits the comparison",
    ),
    simple(
        "segments.save",
        "ctrl+s",
        NARROWED,
        "save_segment",
        "Save query",
        "Save the query or frames as a segment",
    ),
    simple(
        "segments.list", "ctrl+o", (*NARROWED, SCENARIOS), "segments", "Segments", "List the saved segments"
    ),
    simple("sort.by", "s", (*NARROWED, SUMS, BEHIND), "sort", "Sort", "Choose what to sort by", shown=True),
    simple("sort.reverse", "S", (*NARROWED, SUMS, BEHIND), "reverse", "Reverse", "Reverse the order"),
    simple(
        "table.columns",
        "C",
        (FRAMES, METRICS),
        "columns",
        "Columns",
        "Choose the columns and their widths",
        means=_WHAT_IS_SHOWN,
    ),
    simple(
        "frames.mark", "space", FRAMES, "mark", "Mark", "Mark or unmark the frame", shown=True, means="mark"
    ),
    simple("frames.mark_all", "asterisk", FRAMES, "mark_all", "Mark all", "Mark all listed frames, or none"),
    simple("frames.copy_ids", "Y", FRAMES, "copy_ids", "Copy ids", "Copy the marked frames' ids"),
    simple(
        "scenarios.edit",
        "E",
        SCENARIOS,
        "edit",
        "Targets",
        "Change the kind and the targets of the scenario",
        shown=True,
    ),
    simple(
        "scenarios.next_view",
        "v",
        SCENARIOS,
        "view",
        "View",
        "Show deltas, values, then intervals",
        shown=True,
        means="next view",
    ),
    simple("open.demo", "D", OPEN, "demo", "Demo", "Open the demo", shown=True),
)

MATRICES: Sequence[Action] = (
    simple(
        "metrics.next_view",
        "v",
        METRICS,
        "view",
        "View",
        "Show delta, base, other, then percent",
        shown=True,
        means="next view",
    ),
    simple("metrics.list", "w", METRICS, "form", "List", "Show the cells as a matrix or a list", shown=True),
    simple(
        "metrics.shading",
        "H",
        METRICS,
        "shading",
        "Shading",
        "Shade deltas by size, or by share",
    ),
    simple("metrics.next_matrix", "M", METRICS, "confusion", "Matrix", "Show the next matrix"),
    simple("metrics.report", "r", METRICS, "report", "Report", "Go to the report or the cells", shown=True),
    simple(
        "metrics.intervals", "I", METRICS, "intervals", "Intervals", "Show the report's intervals or deltas"
    ),
    simple("metrics.sums", "X", METRICS, "sums", "ΔAP", "Show the difference in AP as a sum of parts"),
    simple("metrics.filter", "f", METRICS, "filter", "Filter", "Filter the table by class"),
)

FRAME_SCREENS: Sequence[Action] = (
    action(
        "next.changed",
        "n",
        Use((FRAME,), "walk(1)", "Next", "Go to the next object, across frames", shown=True),
        Use((MASKS,), "walk(1)", "Next", "Go to the next region, across frames", shown=True),
    ),
    action(
        "previous.changed",
        "p",
        Use((FRAME,), "walk(-1)", "Previous", "Go to the previous object, across frames"),
        Use((MASKS,), "walk(-1)", "Previous", "Go to the previous region, across frames"),
    ),
    action(
        "next.item",
        "right_square_bracket",
        Use((METRICS,), "list(1)", "Next list", _LIST_AFTER),
        Use((SAMPLES,), "list(1)", "Next list", _LIST_AFTER, shown=True),
        Use(PICTURES, "frame(1)", "Frame", "Go to the next frame of the list", shown=True),
    ),
    action(
        "previous.item",
        "left_square_bracket",
        Use((METRICS, SAMPLES), "list(-1)", "Previous list", _LIST_BEFORE),
        Use(PICTURES, "frame(-1)", "Previous frame", "Go to the previous frame of the list"),
    ),
    action(
        "picture.close",
        "z",
        Use((FRAME,), "close", "Zoom", "Zoom to the object or the whole frame", shown=True),
        Use((MASKS,), "close", "Zoom", "Look at the region, or the whole frame", shown=True),
    ),
    simple("picture.zoom_in", "plus", PICTURES, "zoom(1.5)", "Zoom in", "Zoom in"),
    simple("picture.zoom_out", "minus", PICTURES, "zoom(0.667)", "Zoom out", "Zoom out"),
    simple("picture.fit", "0", PICTURES, "fit", "Fit", "Show the whole frame", means="reset"),
    simple("picture.pan_up", "shift+up", FRAME, "pan(0,-0.2)", "Pan up", "Pan up while zoomed in"),
    simple("picture.pan_down", "shift+down", FRAME, "pan(0,0.2)", "Pan down", "Pan down while zoomed in"),
    action(
        "layers.labels",
        "L",
        Use((FRAME,), "layer('labels')", "Labels", "Show or hide the labels", shown=True),
        Use((MASKS,), "layer('labels')", "Labels", "Show only the labels, or all masks"),
    ),
    action(
        "layers.base",
        "comma",
        Use((FRAME,), "layer('base')", "Base", "Show or hide the inferences of base", shown=True),
        Use((MASKS,), "layer('base')", "Base", "Show only the masks of base, or all masks"),
    ),
    action(
        "layers.other",
        "full_stop",
        Use((FRAME,), "layer('other')", "Other", "Show or hide the inferences of other", shown=True),
        Use((MASKS,), "layer('other')", "Other", "Show only the masks of other, or all masks"),
    ),
    action(
        "layers.blink",
        "d",
        Use((FRAME,), "blink", "Blink", "Alternate between base and other", shown=True),
        Use((MASKS,), "blink", "Blink", "Alternate between base and other"),
    ),
    simple("frame.colours", "c", FRAME, "colour", "Colours", "Colour by class or by change"),
    simple("frame.full", "F", PICTURES, "full", "Full", "Show only the picture, or everything"),
)

MASK_SCREENS: Sequence[Action] = (
    simple(
        "masks.cell",
        "a",
        MASKS,
        "cell",
        "Cell",
        "Show all pixels, or only the cell's",
        shown=True,
    ),
    simple(
        "masks.next_view",
        "v",
        MASKS,
        "masks(1)",
        "Masks",
        "Show all masks, labels, base, then other",
        shown=True,
        means="next view",
    ),
    simple(
        "masks.colours",
        "C",
        MASKS,
        "colours",
        "Colours",
        "Choose the colours of the diff map",
        shown=True,
        means=_WHAT_IS_SHOWN,
    ),
    simple("masks.outline", "i", MASKS, "outline", "Outline", "Draw masks as outlines, or filled"),
    simple("masks.fainter", "semicolon", MASKS, "opacity(-0.15)", "Fainter", "Make masks more transparent"),
    simple("masks.stronger", "colon", MASKS, "opacity(0.15)", "Stronger", "Draw masks stronger"),
    simple(
        "masks.divider_left", "left_parenthesis", MASKS, "divide(-0.06)", "Divider ←", "Move the divider left"
    ),
    simple(
        "masks.divider_right",
        "right_parenthesis",
        MASKS,
        "divide(0.06)",
        "Divider →",
        "Move the divider right",
    ),
)
