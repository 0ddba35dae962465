"""Archives, compressed files, standard input and folders around one file are read as what they hold."""

import gzip
import io
import lzma
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media import folders
from aquarium_tui.media.source import image_size
from aquarium_tui.model.names import joined
from aquarium_tui.model.tables import Dataset
from aquarium_tui.store import Store
from aquarium_tui.upload import FileOptions, UploadRequest, upload
from tests.formats import made


def uploaded(folder: Path, path: Path, **options: object) -> Dataset:
    store = Store(folder / "store")
    request = UploadRequest("street", "val", labels=path, options=FileOptions(**options))  # type: ignore[arg-type]
    upload(store, request)
    return store.load_dataset("street", "val")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder as it arrives on a memory stick: YOLO with an outer folder, and what systems leave in it."""
    root = tmp_path / "arrived" / "export"
    made.yolo_labels(root)
    (root / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (root.parent / "__MACOSX").mkdir()
    (root.parent / "__MACOSX" / "._data.yaml").write_bytes(b"\0\5\x16\7")
    return root.parent


def test_a_zip_is_read_and_its_pictures_stay_in_it(tmp_path: Path, export: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "set"), "zip", export))
    found = uploaded(tmp_path, packed)
    assert len(found.labels) == len(made.LABELS)
    assert found.images.startswith(str(packed))
    assert found.provenance.source == str(packed)
    place = joined(found.images, str(found.frames.path[0]))
    assert image_size(place) == made.SIZES["street_01"]
    with pytest.raises(InputError, match="no such file"):
        image_size(f"{packed}/nothing.png")


@pytest.mark.parametrize("kind", ["tar", "gztar", "xztar"])
def test_a_tar_is_read(tmp_path: Path, export: Path, kind: str) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "set"), kind, export))
    assert len(uploaded(tmp_path, packed, images=export / "export" / "images").labels) == len(made.LABELS)


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("xz", lzma.compress), ("", bytes)])
def test_a_packed_file_and_standard_input_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, pack: object
) -> None:
    (tmp_path / "plain").mkdir()
    content = pack(made.coco_labels(tmp_path / "plain").read_bytes())  # type: ignore[operator]
    packed = tmp_path / f"coco.json.{suffix}"
    packed.write_bytes(content)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    for i, path in enumerate((packed, Path("-"))):
        found = uploaded(tmp_path / str(i), path, images=tmp_path / "plain")
        assert len(found.labels) == len(made.LABELS)


def test_a_folder_stands_for_its_only_readable_file(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    made.coco_labels(tmp_path / "a" / "b")
    (tmp_path / "a" / "README.txt").write_text("read me")
    assert len(uploaded(tmp_path, tmp_path / "a").labels) == len(made.LABELS)


def test_an_export_for_training_is_read_by_its_split(tmp_path: Path) -> None:
    for split in ("train", "valid"):
        (tmp_path / "export" / split).mkdir(parents=True)
        path = made.coco_labels(tmp_path / "export" / split)
        path.rename(path.with_name("_annotations.coco.json"))
        for picture in path.parent.glob("*.png"):  # Black ones would look like masks.
            Image.effect_noise(made.SIZES[picture.stem], 50).save(picture.with_suffix(".jpg"))
            picture.unlink()
    found = uploaded(tmp_path, tmp_path / "export")
    assert found.images.endswith("valid")
    assert uploaded(tmp_path / "other", tmp_path / "export", split="train").images.endswith("train")


def test_bombs_and_damage_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_SUSPECT", 1 << 16)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.json", b"[" * (1 << 20))
    with pytest.raises(InputError, match="made to fill a disk"):
        uploaded(tmp_path, bomb)
    cut = tmp_path / "cut.json.gz"
    cut.write_bytes(gzip.compress(b'{"images": []}' * 9)[:-12])
    with pytest.raises(InputError, match="damaged"):
        uploaded(tmp_path, cut)


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    packed = tmp_path / "evil.tar"
    with tarfile.open(packed, "w") as tar:
        for name in ("../escaped.json", "/absolute.json", "a/coco.json"):
            content = made.coco_labels(tmp_path).read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    with folders.unpacked(packed) as found:
        assert found.room is not None
        assert [path.name for path in found.room.rglob("*.json")] == ["coco.json"]
        assert not (found.room.parent / "escaped.json").exists()


def test_images_of_a_zip_stay_in_it_and_those_of_a_tar_are_refused(tmp_path: Path, export: Path) -> None:
    labels, folder = made.coco_labels(tmp_path), export / "export" / "images"
    packed = shutil.make_archive(str(tmp_path / "photos"), "zip", folder.parent, folder.name)
    found = uploaded(tmp_path / "zip", labels, images=Path(packed))
    assert found.images.startswith(packed)
    assert not [each for each in found.provenance.problems if "do not exist" in each.kind]
    tar = shutil.make_archive(str(tmp_path / "photos"), "gztar", folder.parent, folder.name)
    with pytest.raises(InputError, match="neither a folder nor a plain zip"):
        uploaded(tmp_path / "tar", labels, images=Path(tar))


def test_a_folder_or_archive_with_only_an_archive_is_that_archive(tmp_path: Path) -> None:
    labels = made.coco_labels(tmp_path)
    inner = tmp_path / "mail" / "export.zip"
    inner.parent.mkdir()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.write(labels, "set/labels.json")
        packed.writestr("__MACOSX/._labels.json", "")
    outer = shutil.make_archive(str(tmp_path / "outer"), "gztar", inner.parent)
    for place in (inner.parent, Path(outer)):
        found = uploaded(tmp_path / place.stem, place)
        assert len(found.frames) and any(
            "1 hidden file skipped in" in note for note in found.provenance.notes
        )
