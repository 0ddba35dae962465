"""Which marks a picture gets."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.drawing.object_painter import ObjectLayers, ObjectPainter
from aquarium_tui.kinds.objects.presentation import object_painter
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.picture import PixelBox, whole
from aquarium_tui.render.brush import pen_for
from aquarium_tui.render.captions import place_captions, plate_size
from aquarium_tui.render.mark import place
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from tests.tui.scene import CHOSEN, make_store


@pytest.fixture
def painter(tmp_path: Path) -> Callable[..., ObjectPainter]:
    session = Session(make_store(tmp_path))

    def made(query: str = "") -> ObjectPainter:
        view = session.open(Choice(CHOSEN.project, CHOSEN.dataset, CHOSEN.base, CHOSEN.other, query=query))
        return object_painter(cast(Seen[ObjectComparison], view), PhotoCache(), None)

    return made


def test_a_frame_has_a_mark_for_each_box_and_words_for_what_changed(
    painter: Callable[..., ObjectPainter],
) -> None:
    marks = painter().frame(0).marks
    assert [(m.kind, m.caption) for m in marks] == [
        ("label", "cyclist"),
        ("base", "base pedestrian .90 IoU 1.00"),
        ("other", "other cyclist .95 IoU 1.00"),
        ("label", ""),
        ("base", ""),
        ("other", ""),
        ("other", "other pedestrian .60"),
    ]
    assert {m.emphasis for m in marks} == {"normal"}


def test_the_object_looked_at_stands_out(painter: Callable[..., ObjectPainter]) -> None:
    made = painter()
    marks = made.frame(0, bright=1).marks
    assert [m.emphasis for m in marks] == ["dim"] * 3 + ["bright"] * 3 + ["dim"]
    assert marks[4].caption == "base car .80 IoU 1.00"


def test_layers_hide_and_colours_tell_the_change(painter: Callable[..., ObjectPainter]) -> None:
    made = painter()
    assert {m.kind for m in made.frame(0, ObjectLayers(base=False)).marks} == {"label", "other"}
    by_change = made.frame(1, ObjectLayers(by_change=True)).marks
    assert {m.color for m in by_change} == {made.colors.word_color("broken")}


def test_what_a_query_of_objects_selects_stands_out_from_the_rest(
    painter: Callable[..., ObjectPainter],
) -> None:
    marks = painter("change = fixed").frame(0).marks
    assert [m.emphasis for m in marks] == ["normal"] * 3 + ["dim"] * 4


def test_a_close_look_has_the_object_in_its_middle(painter: Callable[..., ObjectPainter]) -> None:
    made = painter()
    region = made.close_look(3, (400, 200), (2, 1))
    assert region
    left, top, right, bottom = region
    assert (left, right) == pytest.approx((0, right))
    assert top <= 40 and bottom >= 160 and right - left == pytest.approx(2 * (bottom - top))


SIZES = [(240, 135), (300, 400), (480, 270), (1000, 562), (1960, 1100)]


@pytest.mark.parametrize("size", SIZES)
def test_every_caption_of_the_object_looked_at_is_there(
    painter: Callable[..., ObjectPainter], size: tuple[int, int]
) -> None:
    """In the picture, apart, and beside its box or joined to it, in a close look and in the whole frame."""
    made = painter()
    letters = pen_for(size).letters
    for row in range(len(made._comparison.ledger)):
        frame = int(made._comparison.ledger.frame[row])
        drawing = made.frame(frame, bright=row)
        for region in (whole(drawing.size), made.close_look(row, drawing.size, size)):
            placed = place(drawing.marks, region or whole(drawing.size), size)
            viewed = {one.mark: one.box for one in placed if one.mark.emphasis == "bright"}
            found = place_captions(placed, size, partial(plate_size, letters=letters))
            assert {one.mark for one in found} == set(viewed)
            assert sum(one.words != one.mark.caption for one in found) <= 1
            for i, one in enumerate(found):
                assert 0 <= one.box.left < one.box.right <= size[0]
                assert 0 <= one.box.top < one.box.bottom <= size[1]
                assert all(apart(one.box, other.box) for other in found[:i])
                near = one.box.grown(round(1.5 * one.box.size[1]) + 1)
                assert one.leader or not apart(near, viewed[one.mark])


def apart(a: PixelBox, b: PixelBox) -> bool:
    return a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top


def test_in_a_crowd_only_what_changed_is_hatched(
    painter: Callable[..., ObjectPainter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aquarium_tui.drawing.object_painter.CROWD", 6)
    assert [m.plain for m in painter().frame(0).marks] == [False] * 3 + [True] * 3 + [False]
    assert not any(m.plain for m in painter().frame(1).marks)


def test_captions_of_what_changed_come_first(painter: Callable[..., ObjectPainter]) -> None:
    ranks = [m.rank for m in painter().frame(0).marks]
    assert ranks[:3] == [0.0] * 3 < ranks[3:6]
    assert 0 < ranks[6] < 1


def test_images_that_are_missing_still_make_a_picture(painter: Callable[..., ObjectPainter]) -> None:
    made = painter()
    drawing = made.frame(0)
    Path(drawing.path).unlink()
    assert drawing.draw((0, 0, 400, 200), (200, 100)).size == (200, 100)
