"""Writes the sample data: street scenes, their labels and the inferences of simulated models.

Run it as `python sample_data/make.py [--out DIR]`. It needs NumPy and Pillow and always writes the same
bytes.
"""

import argparse
from pathlib import Path

from classification_set import ClassificationSet
from detection_set import DetectionSet
from drives import shots
from multilabel_set import MultilabelSet
from painter.scene import paint
from segmentation_set import SegmentationSet

SEGMENTED = 32


def main() -> None:
    """Write the four sets and print their sizes."""
    parser = argparse.ArgumentParser(description="Make the sample data.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder to write to")
    make(parser.parse_args().out)


def make(out: Path) -> None:
    """Write the four sets into a folder."""
    detection = DetectionSet(out / "detection")
    segmentation = SegmentationSet(out / "segmentation")
    classification = ClassificationSet(out / "classification")
    multilabel = MultilabelSet(out / "multilabel")
    drives = shots()
    for k, shot in enumerate(drives):
        scene = paint(shot.moment)
        detection.add(shot, scene)
        classification.add(shot, scene)
        multilabel.add(shot, scene)
        if k * SEGMENTED % len(drives) < SEGMENTED:
            segmentation.add(shot, scene)
    detection.save()
    classification.save()
    multilabel.save()
    for folder in (each.folder for each in (detection, segmentation, classification, multilabel)):
        files = [path for path in folder.rglob("*") if path.is_file()]
        print(f"{folder}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
