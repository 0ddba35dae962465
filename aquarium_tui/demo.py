"""The bundled demo: made street scenes and the inferences of two made models, in a store of their own."""

import tempfile
from hashlib import blake2b
from pathlib import Path

from platformdirs import user_cache_path

from aquarium_tui.errors import StoreError
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.model.tables import Project
from aquarium_tui.store import Store

CHOSEN = ("demo", "streets", "model_a", "model_b")
"""Project, dataset, base and other."""


def demo_store() -> tuple[Store, tuple[str, str, str, str]]:
    """The store of the demo, made when it is first asked for, and what to open in it.

    It lies in the user's cache folder, apart from the user's own store.

    Raises:
        StoreError: The sample data is not installed.
    """
    source = _sample_data() / "detection"
    store = Store(_writable(user_cache_path("aquarium-tui") / f"demo-{_digest(source)}"))
    project, dataset, *sets = CHOSEN
    known = store.datasets(project) if project in store.projects() else []
    if dataset not in known or not _intact(store):
        _make(store, source, project, dataset, sets)
    return store, CHOSEN


def _intact(store: Store) -> bool:
    """Whether all of the demo is there, and its images still are where they were."""
    card = store.dataset_card(*CHOSEN[:2])
    return Path(card.images).is_dir() and [one.id for one in card.sets] == list(CHOSEN[2:])


def _digest(source: Path) -> str:
    """A name for what the files hold, so that other sample data makes another store."""
    content = b"".join(path.read_bytes() for path in sorted(source.glob("*.json")))
    return blake2b(content, digest_size=6).hexdigest()


def _make(store: Store, source: Path, project: str, dataset: str, sets: list[str]) -> None:
    if project in store.projects():
        store.remove(project)
    made = labelled_dataset(
        Project(project), dataset, source / "labels.json", _silent, images=source / "images"
    )
    store.add_dataset(made)
    for name in sets:
        store.add_inferences(made, inference_set(made, name, source / f"{name}.json", "auto", _silent))


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
