"""Pictures made of characters: what they show, and captions as text over them."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.cells import cell_len

from aquarium_tui.drawing.drawing import FrameDrawing, for_cells
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.picture import PixelBox, Region, whole
from aquarium_tui.render.captions import CAPTION_GROUND, CAPTION_WORDS, PlacedCaption, place_words
from aquarium_tui.render.mark import Mark
from aquarium_tui.tui.graphics.geometry import CellGrid
from aquarium_tui.tui.graphics.half import Blocks, Half, HalfPlate, indexed
from aquarium_tui.tui.inks import TEXT, contrast
from aquarium_tui.tui.xterm_colours import hex_of

SIZE, CELLS = (640, 360), (64, 18)
GRID = CellGrid(CELLS, (10, 20), SIZE)
RED, BLUE = (230, 40, 60), (60, 120, 255)
MARKS = (
    Mark((100, 80, 300, 240), "label", RED, "cyclist", "bright"),
    Mark((110, 90, 310, 250), "base", RED, "base cyclist .91 IoU .80", "bright"),
    Mark((100, 70, 290, 240), "other", BLUE, "other pedestrian .55 IoU .75", "bright"),
    Mark((400, 200, 520, 320), "other", BLUE),
)
DIVISIONS: tuple[Blocks, ...] = ("quadrants", "sextants", "octants")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("photo") / "grey.png"
    Image.new("RGB", SIZE, (90, 90, 90)).save(path)
    return str(path)


def plate_of(
    photo: str, marks: tuple[Mark, ...], region: Region = (0.0, 0.0, 640.0, 360.0), truecolor: bool = True
) -> HalfPlate:
    """Marks on a grey photo."""
    drawing = FrameDrawing(photo, SIZE, marks, "", PhotoCache())
    drawn = for_cells(drawing, region, (64, 36), CELLS)
    return Half(truecolor).make(drawn.image, GRID, captions=drawn.captions)


def text_of(plate: HalfPlate) -> list[str]:
    columns, rows = plate.grid.cells
    painted = (plate.paint((0, 0), (0, y, columns, y + 1)) for y in range(rows))
    return [re.sub(r"\x1b\[[\d;]*[mH]", "", line) for line in painted]


@pytest.mark.parametrize("truecolor", [True, False])
def test_captions_are_text_with_a_sign_for_their_set(photo: str, truecolor: bool) -> None:
    text = "\n".join(text_of(plate_of(photo, MARKS, truecolor=truecolor)))
    assert "█cyclist" in text
    assert "╱base cyclist .91 IoU .80" in text
    assert "╲other pedestrian .55 IoU .75" in text
    assert text.count("╲") == 2, "a box without a caption has the sign alone"


def test_captions_can_be_read_in_all_colours_and_in_256() -> None:
    words, ground = ("#" + bytes(color).hex() for color in (CAPTION_WORDS, CAPTION_GROUND))
    assert contrast(words, ground) >= TEXT
    few = indexed(np.array([CAPTION_WORDS, CAPTION_GROUND], np.uint8)).tolist()
    assert contrast(*map(hex_of, few)) >= TEXT


def test_a_whole_frame_has_no_hatching_and_a_close_look_has(photo: str) -> None:
    """Inside the boxes, away from their lines and captions."""
    seen, closely = plate_of(photo, MARKS[3:]), plate_of(photo, MARKS[3:], (380, 180, 540, 340))
    inside = (slice(11, 15), slice(42, 50))
    assert (seen.inks[inside] == seen.inks[11, 42]).all()
    blue = (closely.inks[3:15, 12:52].astype(int)[..., 2] > 150).mean()
    assert 0.05 < blue < 0.5


BOXES = st.tuples(*[st.integers(0, 560), st.integers(0, 300), st.integers(8, 200), st.integers(8, 200)])
WORDS = st.sampled_from(["car", "base traffic light .49 IoU .55", "自転車", "other 自転車 .71"])


@given(st.lists(st.tuples(BOXES, st.sampled_from(["label", "base", "other"]), WORDS), max_size=6))
def test_words_lie_on_the_picture_apart_and_wide_letters_are_whole(found) -> None:
    marks = [Mark((x, y, x + w, y + h), kind, RED, words, "bright") for (x, y, w, h), kind, words in found]
    captions = place_words(marks, whole(SIZE), CELLS)
    taken = np.zeros(CELLS[::-1], int)
    for caption in captions:
        assert 0 <= caption.box.left < caption.box.right <= CELLS[0]
        taken[caption.box.slices] += 1
    assert taken.max(initial=0) <= 1
    plate = Half().make(Image.new("RGB", (64, 36)), GRID, captions=captions)
    assert all(cell_len(line) == CELLS[0] for line in text_of(plate))


def test_half_a_wide_letter_is_not_written() -> None:
    mark = Mark((0, 0, 50, 50), "label", RED, "自転車")
    plate = Half().make(Image.new("RGB", (64, 36)), GRID)
    plate.write(PlacedCaption(mark, "自転車", PixelBox(4, 2, 11, 3)))
    for left, right in product(range(4, 9), range(9, 12)):
        [line] = [plate.paint((0, 0), (left, 2, right, 3))]
        assert cell_len(re.sub(r"\x1b\[[\d;]*[mH]", "", line)) == right - left
    bare = Half().make(Image.new("RGB", (64, 36)), GRID)
    assert plate.differs(bare)[2].tolist() == [4 <= x < 11 for x in range(64)]


@pytest.mark.parametrize("blocks", DIVISIONS)
def test_every_character_is_another_and_two_colours_of_a_cell_are_kept(blocks: Blocks) -> None:
    """A cell of two colours comes out as it was, whichever pixels have which."""
    backend = Half(blocks=blocks)
    across, down = backend.most(CellGrid((1, 1), (10, 20), (10, 20)))
    count = across * down
    sets = np.arange(1 << count)
    members = (sets[:, None] >> np.arange(count) & 1).reshape(-1, down, across)
    image = np.where(members[..., None], RED, BLUE).astype(np.uint8)
    image = image.swapaxes(0, 1).reshape(down, -1, 3)
    grid = CellGrid((len(sets), 1), (10, 20), (10 * len(sets), 20))
    plate = backend.make(Image.fromarray(image), grid)
    known = {int(glyph): n for n, glyph in enumerate(backend.characters)}
    assert len(known) == len(sets)
    for n, (glyph, ink, ground) in enumerate(
        zip(plate.glyphs[0].tolist(), plate.inks[0].tolist(), plate.grounds[0].tolist(), strict=True)
    ):
        shown = known[glyph]
        colours = [tuple(ink if shown >> k & 1 else ground) for k in range(count)]
        assert colours == [RED if n >> k & 1 else BLUE for k in range(count)]
