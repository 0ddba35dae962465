"""What an action is, and the places where actions work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where keys work: the app, a screen, a dialog, or a widget on one.

    Attributes:
        name: What the program calls it.
        title: What people call it.
        within: The places whose keys work here too, unless the same key means something nearer by.
            A dialog has none: it is all that listens.
        typing: Whether text is typed here, so that letters are letters.
    """

    name: str
    title: str
    within: tuple["Place", ...] = ()
    typing: bool = False

    def hears(self, other: "Place") -> bool:
        """Whether the keys of another place work here too."""
        return other == self or any(place.hears(other) for place in self.within)


EVERYWHERE = Place("everywhere", "Everywhere")
OPEN = Place("open", "Open", (EVERYWHERE,))
FRAMES = Place("frames", "Frames", (EVERYWHERE,))
METRICS = Place("metrics", "Metrics", (EVERYWHERE,))
SCENARIOS = Place("scenarios", "Scenarios", (EVERYWHERE,))
SLICES = Place("slices", "Slices", (EVERYWHERE,))
LEADERBOARD = Place("leaderboard", "Leaderboard", (EVERYWHERE,))
SAMPLES = Place("samples", "Samples", (EVERYWHERE,))
CURVES = Place("curves", "Curves", (EVERYWHERE,))
SUMS = Place("sums", "ΔAP as a sum", (EVERYWHERE,))
BEHIND = Place("behind", "Objects behind a part of ΔAP", (EVERYWHERE,))
FRAME = Place("frame", "Frame", (EVERYWHERE,))
MASKS = Place("masks", "Frame of masks", (EVERYWHERE,))
REVIEW = Place("review", "Review", (EVERYWHERE,))
CHOOSE = Place("choose", "In a list of choices", typing=True)
NAMING = Place("naming", "When entering a name", typing=True)
THRESHOLDS = Place("thresholds", "Thresholds", typing=True)
TARGETS = Place("targets", "Kind and targets of a scenario", typing=True)
COLUMNS = Place("columns", "Columns")
COLOURS = Place("colours", "Colours of the diff map")
KEYS = Place("keys", "The list of keys", typing=True)
TEXT = Place("text", "A text to copy")
REMARKS = Place("remarks", "Remarks")
REHEARSAL = Place("rehearsal", "Before an upload is stored")
QUERY = Place("query", "In the query bar", (FRAMES, METRICS, SAMPLES), typing=True)
FILTER = Place("filter", "In the filter", (METRICS,), typing=True)
LIST = Place(
    "list",
    "In a list",
    (
        OPEN,
        FRAMES,
        METRICS,
        SCENARIOS,
        SLICES,
        LEADERBOARD,
        SUMS,
        BEHIND,
        FRAME,
        MASKS,
        REVIEW,
        CHOOSE,
        COLUMNS,
        COLOURS,
    ),
)
MATRIX = Place("matrix", "In the matrix", (METRICS, MASKS))
CROPS = Place("crops", "In a grid of crops", (FRAMES, METRICS, SAMPLES))

PLACES = (
    EVERYWHERE,
    OPEN,
    FRAMES,
    METRICS,
    SCENARIOS,
    LEADERBOARD,
    SLICES,
    SAMPLES,
    CURVES,
    SUMS,
    BEHIND,
    FRAME,
    MASKS,
    REVIEW,
    LIST,
    MATRIX,
    CROPS,
    QUERY,
    FILTER,
    CHOOSE,
    NAMING,
    THRESHOLDS,
    TARGETS,
    COLUMNS,
    COLOURS,
    KEYS,
    TEXT,
    REMARKS,
    REHEARSAL,
)
NARROWED = (FRAMES, METRICS, SAMPLES)
"""The screens that show what a query selects."""
PICTURES = (FRAME, MASKS)
"""The screens of one frame."""
REVIEWED = (*NARROWED, *PICTURES, REVIEW)
"""The screens where something can be reviewed."""
LISTED = (*NARROWED, REVIEW)
"""Those whose list can become a queue."""
CURSORS = (LIST, MATRIX, CROPS, CURVES)
"""The widgets with a cursor."""
PANES = (OPEN, *NARROWED, SCENARIOS, LEADERBOARD, SUMS, BEHIND, FRAME, MASKS, REVIEW)
"""The screens with more than one pane."""


@dataclass(frozen=True)
class Use:
    """What an action does in some places.

    Attributes:
        places: Where.
        does: The Textual action.
        title: One or two words for the footer.
        sentence: What it does, for `?`, the command palette and the documents.
        shown: Whether it is shown in the footer.
        priority: Whether it comes before what the focused widget does with the key.
    """

    places: tuple[Place, ...]
    does: str
    title: str
    sentence: str
    shown: bool = False
    priority: bool = False


@dataclass(frozen=True)
class Action:
    """Something that a key does.

    Attributes:
        id: Its name in `[keys]`.
        keys: Its keys unless the user chooses others, as Textual names them.
        uses: What it does, place by place.
        means: What it has in common with other actions on the same keys; by default nothing, so its id.
    """

    id: str
    keys: tuple[str, ...]
    uses: tuple[Use, ...]
    means: str

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it works."""
        return tuple(place for use in self.uses for place in use.places)

    @property
    def typing(self) -> bool:
        """Whether it works while text is typed."""
        return any(place.typing for place in self.places)


def action(id_: str, keys: str, *uses: Use, means: str = "") -> Action:
    """An action that does this here and that there; `keys` are separated by commas."""
    return Action(id_, tuple(keys.split(",")), uses, means or id_)


def simple(  # noqa: PLR0917
    id_: str,
    keys: str,
    places: Place | tuple[Place, ...],
    does: str,
    title: str,
    sentence: str,
    *,
    shown: bool = False,
    priority: bool = False,
    means: str = "",
) -> Action:
    """An action that does the same wherever it works."""
    everywhere = places if isinstance(places, tuple) else (places,)
    return action(id_, keys, Use(everywhere, does, title, sentence, shown, priority), means=means)
