"""The lists of keys in `docs/keys.md` and the README, written from the registry of actions.

`python -m tests.docs.key_tables` brings both up to date.
"""

import re
from pathlib import Path

from aquarium_tui.tui.actions import ACTIONS, TWO_MEANINGS
from aquarium_tui.tui.actions.action import PLACES, Place
from aquarium_tui.tui.keymap import sign

ROOT = Path(__file__).parents[2]

INTRODUCTION = """\
# Keys

A key keeps its meaning on every screen. Where two screens give it different work, the work is of one kind:
`C` chooses what is shown (columns, or the colours of the diff map), `v` goes to the next view, `0` goes back
to the usual size. `?` lists the keys that work where you are, `ctrl+p` all commands. Lists also take the
mouse: a click moves the cursor, another click on the same item, however much later, goes in, and a click on a
heading sorts.

`[keys]` in `config.toml` gives an action other keys, by the ids below. A key is a character such as `"v"` or
`"?"`, a name such as `"F5"`, `"Space"` or `"PageUp"`, or one of these after `ctrl+`, `alt+` or `shift+`:

```toml
[keys]
"metrics.next_view" = "F5"
"next.changed" = ["n", "ctrl+down"]
```

A key that already means something else in the same place, an unknown id and a key that cannot be used are
reported with their line when the program starts; the action keeps its default keys.
"""

MOVES = ("move.left", "move.down", "move.up", "move.right")
GROUPS = (
    (("app.frames", "app.metrics", "app.scenarios"), "Frames, Metrics, Scenarios"),
    (("app.review", "app.slices", "app.leaderboard"), "Review, Slices, Sets (the leaderboard)"),
    (("go.in", "go.back"), "go in, go back"),
    (MOVES, "move"),
    (("previous.item", "next.item"), "previous, next list or frame"),
    (("next.changed", "previous.changed"), "next, previous changed object"),
    (("sort.by", "sort.reverse"), "sort, reverse"),
    (("sets.base", "sets.other", "sets.add", "sets.swap"), "choose base, choose other (two keys), swap"),
    (("metrics.next_view", "metrics.list"), "next view of the matrix, matrix or list"),
    (("view.confidence_down", "view.confidence_up"), "lower, raise the confidence thresholds"),
    (("view.iou_down", "view.iou_up"), "lower, raise the IoU threshold"),
    (("view.thresholds",), "exact thresholds and the matching rule"),
    (("app.copy",), "copy the command for what you see"),
    (("query.open", "query.from_view"), "query bar, what you see as a query"),
    (("segments.save", "segments.list"), "save the query or the marked frames, saved segments"),
    (("frames.mark", "frames.mark_all", "frames.copy_ids"), "mark a frame, mark all or none, copy their ids"),
    (("review.queue",), "make a list a queue"),
    (("review.flag", "review.tag", "review.note", "review.verdict"), "flag, tag, note, any verdict"),
    (
        ("review.label_error", "review.model_error", "review.ambiguous"),
        "label error, model error, ambiguous",
    ),
    (("review.undo", "review.redo"), "undo, redo what you said in review"),
    (("table.columns",), "choose columns and their widths"),
    (("picture.zoom_in", "picture.zoom_out", "picture.fit"), "zoom in, zoom out, fit"),
    (("layers.labels", "layers.base", "layers.other", "layers.blink"), "labels, base, other, blink"),
    (("app.keys", "app.palette"), "keys that work here, all commands"),
    (("metrics.intervals", "metrics.shading"), "intervals in the report, shade by size or by share"),
    (("metrics.curves", "metrics.sums"), "curves, why AP changed"),
    (("thresholds.policy", "slice.open"), "thresholds by a policy, count only some objects"),
    (("app.report", "view.remarks"), "write a report, what limits the comparison"),
    (("view.undo", "view.reset"), "take back the last change, reset thresholds, rule and query"),
    (("frame.outside",), "open the image in another program"),
    (("app.suspend",), "go to the shell; `fg` returns"),
    (("app.quit",), "quit"),
)
"""What the README says of keys: actions, and what they do in a few words."""


def keys_page() -> str:
    """Every action of every place, as the Markdown of `docs/keys.md`."""
    return "\n".join([INTRODUCTION, _meanings(), *map(_place, PLACES)])


def with_key_table(readme: str) -> str:
    """The README with its table of keys brought up to date."""
    cells = [f"{_signs(ids, first=ids is not MOVES)} | {words}" for ids, words in GROUPS]
    pairs = zip(cells[::2], cells[1::2], strict=True)
    rows = "\n".join(f"| {left} | {right} |" for left, right in pairs)
    table = f"<!-- keys -->\n| key | does | key | does |\n|---|---|---|---|\n{rows}\n<!-- /keys -->"
    return re.sub(r"<!-- keys -->.*<!-- /keys -->", lambda _: table, readme, flags=re.DOTALL)


def _place(place: Place) -> str:
    rows = [
        f"| {_signs((action.id,))} | {use.sentence} | `{action.id}` |"
        for action in ACTIONS.values()
        for use in action.uses
        if place in use.places
    ]
    return "\n".join([f"## {place.title}\n", "| key | does | id |", "|---|---|---|", *rows, ""])


def _meanings() -> str:
    exceptions = [f"`{sign(key)}` {words}" for key, words in TWO_MEANINGS.items()]
    return "Some keys have two meanings: " + ";\n".join(exceptions) + ".\n"


def _signs(ids: tuple[str, ...], first: bool = False) -> str:
    keys = [key for id_ in ids for key in (ACTIONS[id_].keys[:1] if first else ACTIONS[id_].keys)]
    return " ".join(f"`{sign(key)}`" for key in keys)


def write() -> None:
    """Bring both documents up to date."""
    (ROOT / "docs" / "keys.md").write_text(keys_page(), "utf-8")
    readme = ROOT / "README.md"
    readme.write_text(with_key_table(readme.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write()
