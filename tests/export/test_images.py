"""A batch holds images of its dataset and nothing else, under names that stay in its folder."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.export.folder import write_batch
from aquarium_tui.export.records import Batch, names_of
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, Frames, Project, no_objects


def dataset(folder: Path, paths: Sequence[str | None]) -> Dataset:
    """A dataset without labels whose image folder is `folder`."""
    count = len(paths)
    size = np.full(count, 8, np.int32)
    frames = Frames(Text.from_words([f"f{i}" for i in range(count)]), Text.from_values(paths), size, size)
    project = Project("p", class_map=ClassMap((ClassEntry(1, "car"),)))
    return Dataset(project, "d", frames, no_objects(count), str(folder))


def image(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(path)
    return path


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_only_images_of_the_folder_are_copied(tmp_path: Path) -> None:
    root = tmp_path / "real"
    image(root / "a.png")
    image(root / "deep" / "b.png")
    elsewhere = image(tmp_path / "elsewhere" / "c.png")
    secret = tmp_path / "secret.txt"
    secret.write_text("root:x:0:0")
    (root / "notes.png").write_text("not an image")
    (root / "empty.png").touch()
    os.mkfifo(root / "fifo.png")
    (root / "link.png").symlink_to(elsewhere)
    (root / "alias.png").symlink_to("a.png")
    (root / "out").symlink_to(elsewhere.parent)
    (tmp_path / "images").symlink_to(root)
    paths = [
        *("a.png", "deep/b.png", "alias.png"),
        *("notes.png", "empty.png", "fifo.png", "gone.png"),
        *("link.png", "out/c.png", str(elsewhere), "../elsewhere/c.png", str(secret)),
    ]
    written = write_batch(
        Batch(dataset(tmp_path / "images", paths)), "coco", tmp_path / "out", with_images=True
    )
    assert files(tmp_path / "out" / "images") == ["a.png", "alias.png", "deep/b.png"]
    assert not (tmp_path / "out" / "images" / "alias.png").is_symlink()
    assert written.notes == (
        "2 images left out, as not readable as an image: notes.png, empty.png",
        "2 images missing or on a network: fifo.png, gone.png",
        "5 images left out, as outside the dataset's image folder, which `upload --images` names: "
        f"link.png, out/c.png, {elsewhere} … and 2 more",
    )


def test_links_lead_to_images_only(tmp_path: Path) -> None:
    elsewhere = image(tmp_path / "elsewhere" / "c.png")
    batch = Batch(dataset(tmp_path, [str(elsewhere), "/etc/passwd"]))
    written = write_batch(batch, "yolo", tmp_path / "out")
    assert files(tmp_path / "out" / "images") == ["c.png"]
    assert "1 image left out, as not readable as an image: /etc/passwd" in written.notes


@pytest.mark.parametrize(
    "path",
    ["/", "..", ".", "/..", "a/..", "//", "x" * 400 + ".png", "é" * 200, "a\x00b.png", "d/" + "y" * 300],
)
def test_any_path_gives_a_name_inside_the_folder(tmp_path: Path, path: str) -> None:
    given = dataset(tmp_path, [path, path])
    folder = tmp_path / "out"
    write_batch(Batch(given), "yolo", folder)
    first, second = names_of(given)
    assert first != second
    assert (folder / "labels" / f"{Path(first).with_suffix('')}.txt").resolve().is_relative_to(folder)
    assert len(list(folder.rglob("labels/**/*.txt"))) == 2


def test_a_name_is_not_both_a_file_and_a_folder(tmp_path: Path) -> None:
    for given in (["a", "A/b.png", "c/d", "C"], ["c/d", "C", "a", "A/b.png"]):
        names = names_of(dataset(tmp_path, given))
        folded = [name.casefold() for name in names]
        assert len(set(folded)) == 4
        assert not any(other.startswith(f"{name}/") for name in folded for other in folded)
