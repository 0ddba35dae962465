"""Actions that work on every screen: moving, screens, sets, settings, the program; and those of review."""

from collections.abc import Sequence

from aquarium_tui.tui.actions.action import (
    BEHIND,
    CROPS,
    CURSORS,
    CURVES,
    EVERYWHERE,
    FRAME,
    FRAMES,
    LEADERBOARD,
    LIST,
    LISTED,
    MASKS,
    MATRIX,
    METRICS,
    NARROWED,
    OPEN,
    PANES,
    REHEARSAL,
    REMARKS,
    REVIEW,
    REVIEWED,
    SAMPLES,
    SCENARIOS,
    SLICES,
    SUMS,
    Action,
    Use,
    action,
    simple,
)

_LESS, _MORE = "left_curly_bracket", "right_curly_bracket"
_EXACT = "Set thresholds and the matching rule"

ENTERING: Sequence[Action] = (
    action(
        "go.in",
        "enter",
        Use((OPEN,), "enter", "Open", "Open the dataset", shown=True),
        Use((FRAMES,), "enter", "Open frame", "Open the frame under the cursor", shown=True),
        Use((LEADERBOARD,), "enter", "Open pair", "Compare the set, or the two picked", shown=True),
        Use((BEHIND,), "enter", "Open object", "Open the frame of the object", shown=True),
        Use((SCENARIOS,), "enter", "Metrics of it", "Open Metrics on these frames alone", shown=True),
        Use((SLICES,), "enter", "Metrics of it", "Count only the objects of this slice", shown=True),
        Use((SAMPLES, CROPS), "select", "Open frame", "Open the frame of this sample", shown=True),
        Use((CURVES,), "enter", "Take", "Take the threshold under the cursor", shown=True),
        Use((MATRIX,), "select", "Samples", "List all samples of this cell", shown=True),
        Use((LIST,), "select", "Open", "Open what is under the cursor", shown=True),
        means="in",
    ),
)

MOVING: Sequence[Action] = (
    action(
        "go.back",
        "escape",
        Use((OPEN,), "return", "Back", "Go back to the comparison", shown=True),
        Use((FRAMES,), "leave", "Datasets", "Clear query and slice, then list datasets", shown=True),
        Use((METRICS,), "leave", "Datasets", "Clear query and slice, then list datasets"),
        Use((SCENARIOS,), "leave", "Datasets", "Choose another dataset"),
        Use((SLICES,), "leave", "Metrics", "Go to Metrics"),
        Use((SAMPLES, SUMS, CURVES), "back", "Back", "Go back to Metrics", shown=True),
        Use((BEHIND,), "back", "Back", "Go back to where you came from", shown=True),
        Use((LEADERBOARD,), "leave", "Metrics", "Go to Metrics", shown=True),
        Use((REVIEW,), "app.go('metrics')", "Metrics", "Go to Metrics", shown=True),
        Use((FRAME, MASKS), "back", "Back", "Go back to where you came from", shown=True),
        means="back",
    ),
    simple("pane.next", "tab", PANES, "pane(1)", "Pane", "Go to the next pane"),
    simple("pane.previous", "shift+tab", PANES, "pane(-1)", "Pane before", "Go to the previous pane"),
    action(
        "move.up",
        "up,k",
        Use(CURSORS, "move(0,-1)", "Up", "Move up"),
        Use((MASKS,), "pan(0,-0.2)", "Up", "Pan up while zoomed in"),
        Use((REMARKS, REHEARSAL), "scroll(-1)", "Up", "Scroll up"),
        means="up",
    ),
    action(
        "move.down",
        "down,j",
        Use(CURSORS, "move(0,1)", "Down", "Move down"),
        Use((MASKS,), "pan(0,0.2)", "Down", "Pan down while zoomed in"),
        Use((REMARKS, REHEARSAL), "scroll(1)", "Down", "Scroll down"),
        means="down",
    ),
    action(
        "move.left",
        "left,h",
        Use((LIST,), "move(-1,0)", "Left", "Scroll to the left"),
        Use((MATRIX, CROPS, CURVES), "move(-1,0)", "Left", "Move left"),
        Use((FRAME,), "pan(-0.2,0)", "Left", "Pan left while zoomed in", priority=True),
        Use((MASKS,), "pan(-0.2,0)", "Left", "Pan left while zoomed in"),
        means="left",
    ),
    action(
        "move.right",
        "right,l",
        Use((LIST,), "move(1,0)", "Right", "Scroll to the right"),
        Use((MATRIX, CROPS, CURVES), "move(1,0)", "Right", "Move right"),
        Use((FRAME,), "pan(0.2,0)", "Right", "Pan right while zoomed in", priority=True),
        Use((MASKS,), "pan(0.2,0)", "Right", "Pan right while zoomed in"),
        means="right",
    ),
    simple("move.page_up", "pageup,ctrl+b", CURSORS, "page(-1)", "Page up", "Move up one page"),
    simple("move.page_down", "pagedown,ctrl+f", CURSORS, "page(1)", "Page down", "Move down one page"),
    simple("move.first", "home,g", CURSORS, "first", "First", "Go to the first"),
    simple("move.last", "end,G", CURSORS, "last", "Last", "Go to the last"),
)

PROGRAM: Sequence[Action] = (
    simple("app.frames", "1", EVERYWHERE, "go('frames')", "Frames", "Show all frames"),
    simple("app.metrics", "2", EVERYWHERE, "go('metrics')", "Metrics", "Show the report and the matrix"),
    simple(
        "app.scenarios", "3", EVERYWHERE, "go('scenarios')", "Scenarios", "Show scenarios and their targets"
    ),
    simple("app.review", "4", EVERYWHERE, "go('review')", "Review", "Show what was reviewed, and queues"),
    simple("app.slices", "5", EVERYWHERE, "go('slices')", "Slices", "Show slices of objects"),
    simple("app.leaderboard", "6", EVERYWHERE, "go('leaderboard')", "Sets", "Show all sets against base"),
    simple("sets.base", "B", EVERYWHERE, "choose('base')", "Base", "Choose the base set"),
    simple("sets.other", "O", EVERYWHERE, "choose('other')", "Other", "Choose or add the other set"),
    simple("sets.add", "plus", NARROWED, "app.choose('other')", "Add", "Add or choose the other set"),
    simple("view.reset", "R", EVERYWHERE, "reset", "Reset", "Reset thresholds, rule and query"),
    simple("view.undo", "backspace", EVERYWHERE, "undo", "Take back", "Take back the last change"),
    simple("frame.outside", "o", EVERYWHERE, "view_outside", "Outside", "Open the image in another program"),
    simple("sets.swap", "x", EVERYWHERE, "swap", "Swap", "Swap base and other"),
    simple(
        "view.confidence_down",
        "less_than_sign",
        EVERYWHERE,
        "confidence(-1)",
        "Confidence −",
        "Lower confidence thresholds by .05",
    ),
    simple(
        "view.confidence_up",
        "greater_than_sign",
        EVERYWHERE,
        "confidence(1)",
        "Confidence +",
        "Raise confidence thresholds by .05",
    ),
    simple("view.iou_down", _LESS, EVERYWHERE, "iou(-1)", "IoU −", "Lower the IoU threshold by .05"),
    simple("view.iou_up", _MORE, EVERYWHERE, "iou(1)", "IoU +", "Raise the IoU threshold by .05"),
    action(
        "view.thresholds",
        "T",
        Use((EVERYWHERE,), "thresholds", "Thresholds", _EXACT),
        Use((METRICS,), "app.thresholds", "Thresholds", _EXACT, shown=True),
    ),
    simple(
        "thresholds.policy",
        "P",
        EVERYWHERE,
        "policy",
        "Match",
        "Match both sets, or find the best F1",
    ),
    action(
        "app.copy",
        "y",
        Use((EVERYWHERE,), "copy", "Copy", "Copy the command for what you see"),
        Use((OPEN,), "copy", "Copy upload commands", "Copy the two upload commands", shown=True),
    ),
    simple("app.report", "e", EVERYWHERE, "report", "Report", "Write a report with pictures to a file"),
    action(
        "app.keys",
        "question_mark",
        Use((EVERYWHERE,), "keys", "Keys", "List keys, and what signs mean", shown=True),
    ),
    simple("app.palette", "ctrl+p", EVERYWHERE, "command_palette", "Commands", "List all commands"),
    simple(
        "app.suspend", "ctrl+z", EVERYWHERE, "suspend_process", "Suspend", "Go to the shell; `fg` returns"
    ),
    action(
        "app.quit",
        "q,ctrl+q",
        Use((EVERYWHERE,), "quit", "Quit", "Quit the program"),
    ),
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
