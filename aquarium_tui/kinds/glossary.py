"""What the words of reports mean, for readers who know none of them."""

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
