"""Random small scenes: whole-pixel boxes and few confidences, so that ties and equal boxes are common."""

from hypothesis import strategies as st

from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.settings import Rule, Settings
from tests.compare.scenes import comparison

MAPS = [
    ["car"],
    ["car", "truck", "person"],
    [
        ClassEntry(3, "car"),
        ClassEntry(1, "van", train_name="CAR"),
        ClassEntry(7, "sky", ignore_in_eval=True),
        ClassEntry(9, "bike"),
        ClassEntry(4, "rider", train_name="sky"),
    ],
    [ClassEntry(0, "void", ignore_in_eval=True)],
]
SURE = [0.0, 0.05, 0.1, 0.3, 0.5, 0.9, 1.0]
IOUS = [0.01, 0.05, 0.1, 0.25, 1 / 3, 0.5, 0.75, 1.0]

_own = st.dictionaries(st.sampled_from(["car", "bike", "person"]), st.sampled_from(SURE), max_size=2)
own_confidences = _own.map(lambda found: tuple(sorted(found.items())))
_simple = (
    *(st.sampled_from(SURE), st.sampled_from(SURE)),
    *(st.sampled_from(IOUS), st.sampled_from(list(Rule))),
)
settings = st.builds(Settings, *_simple)
settings_per_class = st.builds(Settings, *_simple, own_confidences, own_confidences)


@st.composite
def boxes(draw, least_side: int):
    left, top = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    width, height = draw(st.integers(least_side, 5)), draw(st.integers(least_side, 5))
    return (float(left), float(top), float(left + width), float(top + height))


@st.composite
def comparisons(draw, crowds: bool = True, least_side: int = -1, per_class: bool = False):
    classes = draw(st.sampled_from(MAPS))
    names = st.sampled_from([c if isinstance(c, str) else c.name for c in classes])
    frames = draw(st.integers(0, 3))
    frame = st.integers(0, max(frames - 1, 0))
    crowd = st.sampled_from([False, False, False, True]) if crowds else st.just(False)
    most = 7 * frames
    label = st.tuples(frame, names, boxes(least_side), crowd)
    inference = st.tuples(frame, names, boxes(least_side), st.sampled_from(SURE))
    labels = draw(st.lists(label, max_size=min(most, 12)))
    base, other = (draw(st.lists(inference, max_size=min(most, 14))) for _ in range(2))
    return comparison(
        classes,
        labels,
        base,
        other,
        settings=draw(settings_per_class if per_class else settings),
        frames=frames,
    )
