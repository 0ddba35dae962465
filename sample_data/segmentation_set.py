"""The segmentation set: frames of half the size, label masks and the masks of two simulated networks."""

from pathlib import Path

from drives import Shot
from files import save_jpeg, save_lines
from painter.scene import Scene
from PIL import Image
from segmenter import BASE, CLASSES, OTHER, Mask, infer_mask, label_mask

COLOURS = (
    (112, 72, 128),
    (232, 130, 212),
    (120, 120, 124),
    (110, 168, 220),
    (104, 150, 52),
    (226, 196, 60),
    (44, 70, 176),
    (214, 44, 62),
    (0, 0, 0),
)
MODELS = {"model_a": BASE, "model_b": OTHER}
SIZE = (640, 360)
QUALITY = 76


class SegmentationSet:
    """Writes the set frame by frame."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("images", "labels", *MODELS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        save_lines(folder / "classes.txt", CLASSES)

    def add(self, shot: Shot, scene: Scene) -> None:
        """Write one frame: its image and its three masks."""
        stem = Path(shot.file_name).stem
        small = scene.image.resize(SIZE, Image.Resampling.BOX)
        save_jpeg(small, self.folder / "images" / f"{stem}.jpg", QUALITY)
        labels, numbers = label_mask(scene)
        self._mask("labels", stem, labels)
        for name, habits in MODELS.items():
            self._mask(name, stem, infer_mask(scene, labels, numbers, habits))

    def _mask(self, name: str, stem: str, mask: Mask) -> None:
        picture = Image.fromarray(mask).convert("L")
        picture.putpalette([value for colour in COLOURS for value in colour])
        picture.save(self.folder / name / f"{stem}.png", optimize=True)
