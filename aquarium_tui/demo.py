"""The bundled demos: made street scenes and what two made models infer, each in a store of its own."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path

from aquarium_tui.errors import StoreError
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.ingest.masks import MaskOptions, mask_dataset, mask_inferences
from aquarium_tui.model.tables import CLASSIFICATION, DETECTION, SEGMENTATION, Dataset, InferenceSet, Project
from aquarium_tui.store import Store
from aquarium_tui.work.watch import Watch

Task = Literal["detection", "segmentation", "classification"]
Chosen = tuple[str, str, str, str]
"""Project, dataset, base and other."""

CHOSEN: Chosen = ("demo", "streets", "model_a", "model_b")
CHOSEN_CROPS: Chosen = ("demo", "street_crops", "model_a", "model_b")
CHOSEN_MASKS: Chosen = ("demo", "street_masks", "model_a", "model_b")


@dataclass(frozen=True)
class _Demo:
    """One demo.

    Attributes:
        chosen: What to open.
        files: Pattern of the sample files whose content makes it what it is.
        dataset: Makes the dataset from the folder of the sample files.
        inferences: Makes an inference set of it by name.
    """

    chosen: Chosen
    files: str
    dataset: Callable[[Path], Dataset]
    inferences: Callable[[Dataset, Path, str], InferenceSet]


def demo_store(task: Task = DETECTION) -> tuple[Store, Chosen]:
    """The store of the demo of a task, made when it is first asked for, and what to open in it.

    It lies in the user's cache folder, apart from the user's own store.

    Raises:
        StoreError: The sample data is not installed.
    """
    source, demo = _sample_data() / task, _DEMOS[task]
    store = Store(_writable(user_cache_path("aquarium-tui") / f"demo-{_digest(source, demo.files)}"))
    project, dataset, *sets = demo.chosen
    known = store.datasets(project) if project in store.projects() else []
    if dataset not in known or not _intact(store, demo.chosen):
        _make(store, source, demo, sets)
    return store, demo.chosen


def _intact(store: Store, chosen: Chosen) -> bool:
    """Whether all of the demo is there, and its images still are where they were."""
    card = store.dataset_card(*chosen[:2])
    return Path(card.images).is_dir() and [one.id for one in card.sets] == list(chosen[2:])


def _digest(source: Path, files: str) -> str:
    """A name for what the files hold, so that other sample data makes another store."""
    content = b"".join(path.read_bytes() for path in sorted(source.glob(files)))
    return blake2b(content, digest_size=6).hexdigest()


def _make(store: Store, source: Path, demo: _Demo, sets: list[str]) -> None:
    if demo.chosen[0] in store.projects():
        store.remove(demo.chosen[0])
    made = demo.dataset(source)
    store.add_dataset(made)
    for name in sets:
        store.add_inferences(made, demo.inferences(made, source, name))


def _boxes(source: Path) -> Dataset:
    return _labelled(CHOSEN, source, "labels.json")


def _boxes_of(dataset: Dataset, source: Path, name: str) -> InferenceSet:
    return inference_set(dataset, name, source / f"{name}.json", "auto", _silent)


def _crops(source: Path) -> Dataset:
    return _labelled(CHOSEN_CROPS, source, "labels.csv")


def _crops_of(dataset: Dataset, source: Path, name: str) -> InferenceSet:
    return inference_set(dataset, name, source / f"{name}.csv", "auto", _silent)


def _labelled(chosen: Chosen, source: Path, labels: str) -> Dataset:
    return labelled_dataset(Project(chosen[0]), chosen[1], source / labels, _silent, images=source / "images")


def _masks(source: Path) -> Dataset:
    project = Project(CHOSEN_MASKS[0], SEGMENTATION)
    options = MaskOptions(source / "images", source / "classes.txt", ["void"])
    return mask_dataset(project, CHOSEN_MASKS[1], source / "labels", options, Watch())


def _masks_of(dataset: Dataset, source: Path, name: str) -> InferenceSet:
    return mask_inferences(dataset, name, source / name, MaskOptions(), Watch())


_DEMOS = {
    DETECTION: _Demo(CHOSEN, "*.json", _boxes, _boxes_of),
    SEGMENTATION: _Demo(CHOSEN_MASKS, "*/*.png", _masks, _masks_of),
    CLASSIFICATION: _Demo(CHOSEN_CROPS, "*.csv", _crops, _crops_of),
}


def _silent(doing: str) -> None:
    del doing


def _sample_data() -> Path:
    """Beside the modules in an installed package, beside the package in a checkout."""
    here = Path(__file__).parent
    for place in (here / "sample_data", here.parent / "sample_data"):
        if (place / "detection" / "labels.json").is_file():
            return place
    raise StoreError("The sample data is not installed.", "Install the package again.")


def _writable(folder: Path) -> Path:
    """The folder, or one for this time only where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="aquarium-tui-demo-"))
