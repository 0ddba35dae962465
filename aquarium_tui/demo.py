"""The bundled demos: synthetic street scenes and the inferences of two synthetic models, one store each."""

import tempfile
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path

from aquarium_tui.errors import StoreError
from aquarium_tui.model.settings import Settings
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.store.starts import put_settings
from aquarium_tui.upload import FileOptions, UploadRequest, upload

DemoTask = Literal["detection", "segmentation", "classification", "multilabel"]
STREETS = Choice("demo", "streets", "model_a", "model_b")
STREET_CROPS = Choice("demo", "street_crops", "model_a", "model_b")
STREET_MASKS = Choice("demo", "street_masks", "model_a", "model_b")
STREET_TAGS = Choice("demo", "street_tags", "model_a", "model_b")


@dataclass(frozen=True)
class _Demo:
    """One demo.

    Attributes:
        choice: What to open.
        files: Pattern of the sample files; another content makes another store.
        labels: The file or folder of the labels among them.
        inferences: The same for an inference set, with `{}` for its name.
        classes: The list of classes; empty if the labels name them.
        ignore: Classes that are excluded from all counts.
        images: The folder of the images, from that of the files.
        settings: What comparisons start with.
    """

    choice: Choice
    files: str
    labels: str
    inferences: str
    classes: str = ""
    ignore: tuple[str, ...] = ()
    images: str = "images"
    settings: Settings = field(default_factory=Settings)


_DEMOS = {
    "detection": _Demo(STREETS, "*.json", "labels.json", "{}.json"),
    "segmentation": _Demo(STREET_MASKS, "*/*.png", "labels", "{}", "classes.txt", ("void",)),
    "classification": _Demo(STREET_CROPS, "*.csv", "labels.csv", "{}.csv"),
    "multilabel": _Demo(
        STREET_TAGS,
        "*.csv",
        "labels.csv",
        "{}.csv",
        images="../detection/images",
        # A tagger scores every class of every image; below even odds it says that the class is not there.
        settings=Settings(base_confidence=0.5, other_confidence=0.5),
    ),
}


def demo_store(task: DemoTask = "detection") -> tuple[Store, Choice]:
    """The store of the demo of a task, created on first use, and what to open in it.

    It lies in the user's cache folder, apart from the user's own store.

    Raises:
        StoreError: The sample data is not installed.
    """
    source, demo = _sample_data() / task, _DEMOS[task]
    store = Store(_writable(user_cache_path("aquarium-tui") / f"demo-{_digest(source, demo)}"))
    project, dataset = demo.choice.project, demo.choice.dataset
    known = store.datasets(project) if project in store.projects() else []
    if dataset not in known or not _intact(store, demo.choice):
        _make(store, source, demo)
    return store, demo.choice


def _intact(store: Store, choice: Choice) -> bool:
    """Whether the demo is complete and its images are still where they were."""
    card = store.dataset_card(choice.project, choice.dataset)
    return Path(card.images).is_dir() and [one.id for one in card.sets] == [choice.base, choice.other]


def _digest(source: Path, demo: _Demo) -> str:
    """A hash of files and settings: a store has one version of the data, with today's defaults."""
    files = sorted(source.glob(demo.files))
    content = repr(demo.settings).encode() + b"".join(path.read_bytes() for path in files)
    return blake2b(content, digest_size=6).hexdigest()


def _make(store: Store, source: Path, demo: _Demo) -> None:
    choice = demo.choice
    if choice.project in store.projects():
        store.remove(choice.project)
    classes = source / demo.classes if demo.classes else None
    options = FileOptions(images=(source / demo.images).resolve(), classes=classes, ignore=demo.ignore)
    labels = source / demo.labels
    upload(store, UploadRequest(choice.project, choice.dataset, labels=labels, options=options))
    put_settings(store, choice.project, demo.settings)
    for name in (choice.base, choice.other):
        inferences = source / demo.inferences.format(name)
        upload(store, UploadRequest(choice.project, choice.dataset, name, inferences=inferences))


def _sample_data() -> Path:
    """The sample data: inside the package if installed, beside it in a checkout."""
    here = Path(__file__).parent
    for place in (here / "sample_data", here.parent / "sample_data"):
        if (place / "detection" / "labels.json").is_file():
            return place
    raise StoreError("The sample data is not installed.", "Install the package again.")


def _writable(folder: Path) -> Path:
    """The folder, or a temporary one if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="aquarium-tui-demo-"))
