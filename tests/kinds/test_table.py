"""Files that belong to another kind than their project are refused, whatever kinds there are."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import AquariumError
from aquarium_tui.kinds import reader_of, registered
from aquarium_tui.kinds.reader import FileOptions, silent
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.tables import Project
from tests.kinds.tags import TAGS, TagKind

CAR = ClassMap((ClassEntry(1, "car"),))


def read(project: Project, labels: Path) -> None:
    options = FileOptions()
    reader_of(project, labels, options).dataset(project, "val", labels, options, silent)


def test_masks_need_a_project_of_masks(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(AquariumError, match="boxes is a detection project, and masks need a segmentation"):
        read(Project("boxes", class_map=CAR), tmp_path)


@pytest.mark.parametrize(
    ("task", "needed"),
    [("segmentation", "Such a project needs a folder of masks"), (TAGS, "Upload this file to another one")],
)
def test_boxes_are_refused_with_what_is_needed(tmp_path: Path, task: str, needed: str) -> None:
    table = tmp_path / "boxes.csv"
    table.write_text("image,class,xmin,ymin,xmax,ymax\na.jpg,car,0,0,9,9\n")
    with registered(TagKind()), pytest.raises(AquariumError) as found:
        read(Project("street", task, CAR), table)
    assert found.value.message == f"boxes.csv holds boxes, but project street is a {task} project."
    assert found.value.hint.startswith(needed)
