"""What a report says of a comparison, as values that text, JSON and screens write; what its words mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from aquarium_tui.compare.fields import Better
from aquarium_tui.model.arrays import Counts
from aquarium_tui.model.numbers import COUNT, SHARE, Unit
from aquarium_tui.model.settings import Side

Facts = Mapping[str, Any]
"""Plain values that JSON can hold, by key."""


@dataclass(frozen=True)
class ClassField:
    """A number of each class, and of all classes together.

    Attributes:
        key: Its name in files.
        values: `(classes,)` float64 or int64 of each side; a rate is NaN where undefined.
        totals: Of all classes: by the key of an average, a number of each side.
        title: Its heading in text; text leaves it out where empty.
        short: Its heading on screens; screens leave it out where empty.
        unit: What it is, and how it is written.
        better: Which numbers are better.
        filed: Whether files have its totals beside those of other fields.
    """

    key: str
    values: Mapping[Side, NDArray[Any]]
    totals: Mapping[str, Mapping[Side, float]]
    title: str = ""
    short: str = ""
    unit: Unit = SHARE
    better: Better = "higher"
    filed: bool = True


@dataclass(frozen=True)
class ClassReport:
    """The report class by class.

    Attributes:
        names: The evaluated classes.
        support: `(classes,)` int64 of each class; a property of the labels alone.
        seen: `(k,)` rows of the classes that have labels or inferences.
        averages: How numbers of all classes are made: title by key; files have the first one beside all.
        fields: The table of its numbers.
        unit: What support is counted in.
    """

    names: Sequence[str]
    support: Counts
    seen: NDArray[Any]
    averages: Mapping[str, str]
    fields: tuple[ClassField, ...]
    unit: Unit = COUNT


@dataclass(frozen=True)
class Total:
    """A number of the whole comparison under each set.

    Attributes:
        key: Its name in files.
        values: Of each side; NaN where undefined.
        title: As text writes it.
        short: As screens write it; screens leave it out where empty.
        unit: What it is, and how it is written.
        better: Which numbers are better.
    """

    key: str
    values: Mapping[Side, float]
    title: str
    short: str = ""
    unit: Unit = SHARE
    better: Better = "higher"


@dataclass(frozen=True)
class TotalGroup:
    """Numbers of the whole comparison that belong together.

    Attributes:
        totals: The numbers.
        key: The key that files have them under; files leave them out where empty.
        title: The heading in text; may be empty.
        remark: A sentence below them; may be empty.
        leads: Whether files have them in the total of the report, before the averages.
    """

    totals: tuple[Total, ...]
    key: str = ""
    title: str = ""
    remark: str = ""
    leads: bool = False


@dataclass(frozen=True)
class Heading:
    """What is said before all numbers.

    Attributes:
        parts: Settings and sizes, in a few words each.
        notes: Sentences: what cells mean, and what is left out.
    """

    parts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class DocumentFacts:
    """What only files say, each in its place among what all kinds say.

    Attributes:
        inferences: How many inferences each set has.
        settings: The settings that mean anything.
        about: After the name of the dataset.
        counts: After the counts of frames and labels.
        further: After all numbers.
    """

    inferences: Mapping[Side, int]
    settings: Facts
    about: Facts = field(default_factory=dict)
    counts: Facts = field(default_factory=dict)
    further: Facts = field(default_factory=dict)


Glossary = tuple[tuple[str, str], ...]

_RATES: Glossary = (
    ("precision", "Of all that a model reports as a class, the share that is right."),
    ("recall", "Of all that is labelled as a class, the share that the model finds and names rightly."),
    ("F1", "One number for both: high only where precision and recall are both high."),
)
_AVERAGES: Glossary = (
    ("all (weighted)", "The mean over the classes, each counted by its number of labels."),
    ("all (macro)", "The plain mean over the classes: a rare one counts as much as a common one."),
)

OBJECTS: Glossary = (
    ("label", "An object that people marked in an image. What a model should find."),
    ("inference", "An object that a model reports, with a confidence between 0 and 1."),
    ("conf ≥", "Only inferences with at least this confidence are counted."),
    ("IoU ≥", "How much a box of the model must overlap a label to count as found: 1 is a perfect fit."),
    ("confused", "Found, but called by the name of another class."),
    ("missed", "Labelled, and not found."),
    ("spurious", "Reported where nothing is labelled: a false alarm."),
    *_RATES,
    ("AP50", "Average precision over all confidences, where a box counts from an overlap of .50 on (COCO)."),
    *_AVERAGES,
    ("all (micro)", "All objects counted together, whatever their class."),
)
IMAGES: Glossary = (
    ("label", "The class that people gave an image. What a model should say."),
    ("inference", "The class that a model gives it, with a confidence between 0 and 1."),
    ("accuracy", "The share of the images whose class is right; top-k: right among the k best guesses."),
    ("confused", "Given another class."),
    *_RATES,
    *_AVERAGES,
)
MULTILABEL_IMAGES: Glossary = (
    ("label", "One of the classes that people gave an image. What a model should say."),
    ("inference", "A class that a model gives it, with a confidence between 0 and 1."),
    ("conf ≥", "Only inferences with at least this confidence are counted."),
    ("missed", "Labelled, and not said by the model."),
    ("spurious", "Said by the model, and not labelled: a false alarm."),
    *_RATES,
    ("AP", "Average precision over all confidences: how well right classes rank above wrong ones."),
    ("all classes right", "The share of the images of which the model says all classes and no other."),
    *_AVERAGES,
    ("all (micro)", "All classes of all images counted together."),
)
PIXELS: Glossary = (
    ("label mask", "For every pixel of an image the class that people gave it. What a model should say."),
    ("accuracy", "The share of the pixels whose class is right."),
    ("IoU", "Of the pixels that are of a class by label or by model, the share where both agree."),
    ("mIoU", "The plain mean of IoU over the classes."),
    *_RATES,
    *_AVERAGES,
)

BOX_PICTURES = (
    "On the pictures, solid outlines are labels; dashed outlines with / hatching are what base reports, "
    "those with \\ hatching what other reports. A colour stands for a class."
)
IMAGE_PICTURES = "Below each picture stands what it is labelled and what each model says."
MASK_PICTURES = (
    "On the pictures, pixels are blue where both models are right, yellow where both are wrong, green where "
    "only other is right, and red where only base is right."
)
