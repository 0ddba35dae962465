"""A drawing can be drawn anywhere, at any size, whatever its file holds."""

from pathlib import Path

import numpy as np
from PIL import Image

from aquarium_tui.drawing.crops import CropDrawing, SheetDrawing
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.palette import placeholder
from tests.drawing.frames import MARKS, frame
from tests.narrow import of_type
from tests.render.pictures import GREEN, corners, near, quarters, slope


def test_a_frame_is_its_photo_with_its_marks(path):
    for region, pixels in (((0, 0, 200, 100), (200, 100)), ((30, 10, 130, 60), (300, 150))):
        wanted = draw_marks(PhotoCache().read(open_photo(path), region, pixels), MARKS, region)
        assert frame(path).draw(region, pixels).tobytes() == wanted.tobytes()


def test_a_photo_of_another_size_is_scaled_to_its_frame(path):
    twice = frame(path, (400, 200), ())
    image = np.asarray(twice.draw((100, 50, 300, 150), (100, 50)))
    assert image.tobytes() == slope().crop((50, 25, 150, 75)).tobytes()


def test_a_photo_labelled_without_regard_to_its_orientation_is_shown_as_labelled(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    quarters(60, 90).save(tmp_path / "a.png", exif=exif)
    image = frame(str(tmp_path / "a.png"), (60, 90), ()).draw((0, 0, 60, 90), (60, 90))
    assert near(corners(image)[1], GREEN)


def test_a_missing_photo_is_a_card_with_the_reason_and_the_boxes(tmp_path):
    missing = str(tmp_path / "gone.jpg")
    image = frame(missing).draw((0, 0, 200, 100), (200, 100))
    card = placeholder((200, 100), f"no such file: {missing}")
    assert image.tobytes() == draw_marks(card, MARKS, (0, 0, 200, 100)).tobytes()


def test_a_damaged_photo_is_a_card(path):
    with Path(path).open("r+b") as file:
        file.truncate(3000)
    image = frame(path, marks=()).draw((0, 0, 200, 100), (320, 160))
    assert image.size == (320, 160)
    assert len(of_type(list, image.getcolors(100_000))) < 300


def test_drawings_that_look_the_same_have_the_same_key(path):
    assert frame(path).key == frame(path).key
    assert hash(frame(path).key) == hash(frame(path).key)
    others = [frame(path, (400, 200)), frame(path, marks=MARKS[:1]), frame(path + "x")]
    assert len({drawing.key for drawing in [frame(path), *others]}) == 4
    crop = CropDrawing(frame(path), (0.0, 0.0, 20.0, 10.0))
    assert crop.key != CropDrawing(frame(path), (1.0, 0.0, 20.0, 10.0)).key
    sheet = SheetDrawing((crop, None), 2, (20, 10), (2, 2), "crops")
    assert len({sheet.key, SheetDrawing((None, crop), 2, (20, 10), (2, 2), "crops").key}) == 2
