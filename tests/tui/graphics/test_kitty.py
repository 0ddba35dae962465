"""Kitty keeps pictures: what is sent once is not sent again, and everything is deleted in the end."""

import re

from PIL import Image

from aquarium_tui.tui.graphics.geometry import fit, whole
from aquarium_tui.tui.graphics.kitty import FRAMES, Kitty, KittyPlate
from benchmarks.screen import Screen
from tests.narrow import of_type, present
from tests.tui.graphics.patches import Patches

SIZE = (480, 270)
GRID = fit(whole(SIZE), (60, 20), (10, 20))
ALL = (0, 0, *GRID.cells)


def plate(backend: Kitty, drawing: Patches, over: KittyPlate | None = None) -> KittyPlate:
    return backend.make(drawing.source(), GRID, over=over)


def sent(plate: KittyPlate) -> str:
    return "".join(plate.upload(8192))


def centre(screen: Screen) -> tuple[int, ...]:
    image = screen.image()
    return of_type(tuple, image.getpixel((GRID.cells[0] * 5, GRID.cells[1] * 10)))


def test_numbers_are_indexed_colours_that_nothing_rounds() -> None:
    """A number hidden in 24 bits is lost where ssh has dropped COLORTERM."""
    backend = Kitty()
    shown = plate(backend, Patches())
    text = sent(shown) + shown.paint((0, 0), ALL)
    assert re.search(r"38;2;", text) is None
    assert 16 <= int(present(re.search(r"38;5;(\d+)m", text))[1]) <= 255


def test_a_picture_in_the_terminal_is_shown_again_by_placeholders_alone() -> None:
    backend = Kitty()
    shown = plate(backend, Patches())
    assert len(sent(shown)) > 1000
    assert sent(shown) == ""
    assert len(shown.paint((0, 0), ALL)) < GRID.cells[1] * 60


def test_a_small_change_is_sent_as_a_frame_and_going_back_costs_nothing() -> None:
    backend, screen = Kitty(), Screen()
    one = plate(backend, Patches())
    screen.feed(sent(one) + one.paint((0, 0), ALL))
    two = plate(backend, Patches(mark=True), over=one)
    change = sent(two)
    assert len(change) < 800
    screen.feed(change)
    assert not two.differs(one).any()
    assert centre(screen) == (255, 255, 255)
    back = sent(one)
    assert len(back) < 40
    assert centre(screen.feed(back)) != (255, 255, 255)
    assert centre(screen.feed(sent(two))) == (255, 255, 255)


def test_frames_follow_upon_frames() -> None:
    backend, screen = Kitty(), Screen()
    shown = plate(backend, Patches())
    screen.feed(sent(shown) + shown.paint((0, 0), ALL))
    for number in range(1, FRAMES + 3):
        image = Patches().source()
        image.paste((number * 20, 0, 0), (230, 125, 250, 145))
        following = backend.make(image, GRID, over=shown)
        screen.feed(sent(following) + following.paint((0, 0), ALL))
        assert centre(screen) == (number * 20, 0, 0)
        shown = following
    assert len(screen.pictures) == 2, "after so many frames the picture is sent whole again"


def test_a_picture_that_differs_much_is_sent_whole() -> None:
    backend = Kitty()
    one = plate(backend, Patches())
    sent(one)
    assert plate(backend, Patches(7), over=one).differs(one).all()
    assert "a=T" in sent(plate(backend, Patches(7), over=one))


def test_ghostty_knows_no_frames_and_gets_the_whole() -> None:
    backend = Kitty(frames=False)
    one = plate(backend, Patches())
    sent(one)
    assert "a=T" in sent(plate(backend, Patches(mark=True), over=one))


def test_the_same_picture_again_is_a_frame_without_change() -> None:
    backend = Kitty()
    one = plate(backend, Patches())
    sent(one)
    assert len(sent(plate(backend, Patches(), over=one))) < 400


def test_a_picture_is_deleted_with_its_data_when_its_last_frame_goes() -> None:
    backend, screen = Kitty(), Screen()
    one = plate(backend, Patches())
    screen.feed(sent(one))
    two = plate(backend, Patches(mark=True), over=one)
    screen.feed(sent(two))
    assert one.release() == ""
    number = present(two.stored).number
    gone = two.release()
    assert gone == f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
    assert screen.feed(gone).pictures == {}
    assert two.release() == ""


def test_a_broken_off_transfer_is_ended_before_anything_else_is_sent() -> None:
    backend, screen = Kitty(), Screen()
    noise = Image.effect_noise(SIZE, 90).convert("RGB")
    one = backend.make(noise, GRID)
    slices = one.upload(8192)
    screen.feed(next(slices) + next(slices))
    screen.feed(one.release())
    assert screen.pictures == {}
    two = plate(backend, Patches())
    screen.feed(sent(two) + two.paint((0, 0), ALL))
    assert len(screen.pictures) == 1


def test_a_picture_that_follows_a_broken_off_one_is_whole() -> None:
    backend, screen = Kitty(), Screen()
    one = backend.make(Image.effect_noise(SIZE, 90).convert("RGB"), GRID)
    screen.feed(next(one.upload(8192)))
    two = plate(backend, Patches(mark=True))
    assert centre(screen.feed(sent(two) + two.paint((0, 0), ALL))) == (255, 255, 255)
    screen.feed(one.release())
    assert list(screen.pictures) == [present(two.stored).number]


def test_a_broken_off_frame_leaves_the_picture_as_it_was() -> None:
    backend, screen = Kitty(), Screen()
    one = plate(backend, Patches())
    screen.feed(sent(one) + one.paint((0, 0), ALL))
    changed = one.image.copy()
    changed.paste(Image.effect_noise((150, 150), 90).convert("RGB"), (200, 100))
    two = backend.make(changed, GRID, over=one)
    screen.feed(next(two.upload(8192)))
    screen.feed(two.release())
    assert len(screen.pictures[present(one.stored).number].frames) == 1
    three = plate(backend, Patches(mark=True), over=one)
    assert centre(screen.feed(sent(three))) == (255, 255, 255)


def test_hundreds_of_pictures_use_no_number_twice() -> None:
    backend, screen = Kitty(), Screen()
    small = [backend.make(Image.new("RGB", (8, 8), (n, n, n)), GRID) for n in range(200)]
    for one in small:
        screen.feed(sent(one))
    assert len(screen.pictures) == 200
    for one in small:
        screen.feed(one.release())
    for _ in range(3):
        for n in range(100):
            one = backend.make(Image.new("RGB", (8, 8), (n, 0, 0)), GRID)
            screen.feed(sent(one))
            screen.feed(one.release())
    assert screen.pictures == {}


def test_closing_deletes_everything_even_in_the_middle_of_a_transfer() -> None:
    backend, screen = Kitty(), Screen()
    screen.feed(sent(plate(backend, Patches())))
    slices = backend.make(Image.effect_noise(SIZE, 90).convert("RGB"), GRID).upload(8192)
    screen.feed(next(slices))
    screen.feed(backend.close())
    assert screen.pictures == {}


def test_a_plate_from_before_closing_deletes_nothing_of_later() -> None:
    backend, screen = Kitty(), Screen()
    old = plate(backend, Patches())
    screen.feed(sent(old))
    screen.feed(backend.close())
    for n in range(240):
        one = backend.make(Image.new("RGB", (8, 8), (n, n, n)), GRID)
        screen.feed(sent(one))
    assert old.release() == ""


def test_older_tmux_repeats_no_placeholders_so_they_are_written_out() -> None:
    shown = plate(Kitty(passthrough=1), Patches())
    sent(shown)
    text = shown.paint((0, 0), ALL)
    assert not re.search(r"\x1b\[\d+b", text)
    assert text.count("\U0010eeee") == GRID.cells[0] * GRID.cells[1]
