"""Frames that belong together are drawn together, and frames that look as if they did are told."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.bootstrap import (
    ID_PREFIX,
    NAME_PREFIX,
    Resampling,
    frame_groups,
    frame_sequences,
    sequences,
)
from aquarium_tui.errors import InputError
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.tables import Frames

VIDEOS = [f"Seq05VD_f{n:05}" for n in range(0, 120, 30)] + [f"0001TP_{n:06}" for n in range(6690, 6780, 30)]


def frames(ids=VIDEOS, **metadata) -> Frames:
    side = np.full(len(ids), 64, np.int32)
    return Frames(Text.from_words(ids), Text.from_words(ids), side, side, metadata)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (ID_PREFIX, [1, 1, 1, 1, 0, 0, 0]),
        ("site", [0, 0, 1, 1, 0, 2, 3]),  # The last two frames say no site: each stands for itself.
        ("patient", [0, 1, 1, 1, 0, 0, 1]),
    ],
)
def test_groups_are_numbered_and_frames_without_a_value_stand_alone(by, expected):
    site = Text.from_values(["b", "b", "a", "a", "b", None, None])
    patient = Values("number", np.array([1.5, 7, 7, 7, 1.5, 1.5, 7]), np.zeros(7, bool))
    found = frame_groups(frames(site=site, patient=patient), by)
    assert found is not None
    same = found.of_frame[:, None] == found.of_frame
    assert (same == (np.array(expected)[:, None] == expected)).all()
    assert found.count == len(set(expected))
    some = np.array([False, True, True, False, False, True, True])
    assert found.within(some).count == len({g for g, kept in zip(expected, some, strict=True) if kept})


def test_names_of_files_are_looked_at_where_ids_are_bare_numbers():
    paths = [f"clip{n // 4}/{30 * n:06}.jp2" for n in range(8)]
    numbered = replace(frames([str(n) for n in range(8)]), path=Text.from_words(paths))
    assert frame_sequences(numbered) == (NAME_PREFIX, {"clip0/": 4, "clip1/": 4})
    found = frame_groups(numbered, NAME_PREFIX)
    assert found is not None
    assert found.of_frame.tolist() == [0] * 4 + [1] * 4
    assert frame_sequences(frames()) == (ID_PREFIX, {"Seq05VD_f": 4, "0001TP_": 3})
    photos = [f"{n:012}.jpg" for n in (285, 632, 724, 776, 785, 802, 872, 885)]
    assert not frame_sequences(replace(numbered, path=Text.from_words(photos)))[1]


def test_groups_are_drawn_whole():
    group = frame_groups(frames(), ID_PREFIX)
    assert group is not None
    for weights in Resampling(7, 20, 0, lambda: False, group.of_frame).weights():
        assert len(set(weights[:4].tolist())) == len(set(weights[4:].tolist())) == 1
        assert weights[0] + weights[-1] == 2


def test_no_groups_without_a_field_and_no_field_of_one_value():
    assert frame_groups(frames(), "") is None
    with pytest.raises(InputError, match=r"no such field. They have camera\."):
        frame_groups(frames(camera=Text.from_values(["a"] * 7)), "video")
    with pytest.raises(InputError, match="one value for all"):
        frame_groups(frames(camera=Text.from_values(["a"] * 7)), "camera")


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (VIDEOS, {"Seq05VD_f": 4, "0001TP_": 3}),
        ([f"frame_{n}.jpg" for n in range(9)], {"frame_": 9}),
        ([f"drive-{n:04}" for n in (3, 5, 7, 9)], {"drive-": 4}),
        ([f"img_{n}" for n in range(9)], {}),
        ([f"camel{n}" for n in range(9)], {}),
        ([str(n) for n in range(9)], {}),
        ([f"a{n * n * n}" for n in range(9)] + [f"b{n * n * n}" for n in range(9)], {}),
        ([f"{chr(97 + n)}1" for n in range(9)], {}),
        ([], {}),
    ],
)
def test_ids_look_like_sequences_by_their_beginnings_and_steps(ids, expected):
    assert sequences(ids) == expected
