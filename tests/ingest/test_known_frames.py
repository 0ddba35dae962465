"""What comes back from labelling is known by its images, whatever ids it was given there."""

from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.ingest.known_frames import with_known_ids
from aquarium_tui.ingest.merge import merged_dataset
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, Frames
from tests.ingest.test_merge import PROJECT, objects


def dataset(frames: dict[str, str | None], images: str = "/none", **metadata: Text) -> Dataset:
    one = np.ones(len(frames), np.int32)
    made = Frames(Text.from_words(list(frames)), Text.from_values(frames.values()), one, one, metadata)
    return Dataset(PROJECT, "d", made, objects([[] for _ in frames]), images)


@pytest.mark.parametrize(
    ("new", "ids"),
    [
        ({"000872": "000872.jpg"}, ["872"]),  # an id made from the name
        ({"images/000872": "images/000872.jpg"}, ["images/000872"]),  # perhaps another image
        ({"a/000872": "deep/a/000872.jpg"}, ["872"]),
        ({"872": None, "000885": "000885.png"}, ["872", "885"]),
        ({"1": "000872.jpg"}, ["1"]),  # an id of its own, and no image to look at
        ({"000872": "b/000872.jpg", "x/000872": "x/b/000872.jpg"}, ["000872", "x/000872"]),  # both cannot be
        ({"twice": "twice.jpg"}, ["twice"]),
    ],
)
def test_frames_are_known_by_the_whole_end_of_a_path(new: dict[str, str | None], ids: list[str]) -> None:
    old = dataset({"872": "a/000872.jpg", "885": "000885.jpg", "1": "x/twice.jpg", "2": "y/twice.jpg"})
    for added in (True, False):
        found = with_known_ids(old, dataset(new), added=added)
        assert list(found.frames.id) == ids
        assert bool(found.provenance.problems) == ("twice" in new)


def test_numbers_of_another_tool_give_way_to_images(tmp_path: Path) -> None:
    for name, content in (("a.jpg", "1"), ("b.jpg", "2"), ("batch/b.jpg", "2"), ("day2/a.jpg", "another")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    weather = Text.from_values(["rain", "sun"])
    old = dataset({"1": "a.jpg", "2": "b.jpg"}, str(tmp_path), weather=weather)
    batch = with_known_ids(old, dataset({"1": "b.jpg"}, str(tmp_path / "batch")), added=True)
    merged = merged_dataset(old, batch)
    assert list(merged.frames.id) == ["1", "2"]
    assert list(merged.frames.path) == ["a.jpg", "b.jpg"]
    stays = merged.frames.metadata["weather"]
    assert [stays[row] for row in range(2)] == ["rain", "sun"]
    other = with_known_ids(old, dataset({"7": "a.jpg", "1": "b.jpg"}, str(tmp_path / "day2")), added=True)
    assert list(other.frames.id) == ["7", "2"]  # Another image of the same name is another frame.
    told = with_known_ids(old, dataset({"9": "a.jpg", "1": "b.jpg"}, str(tmp_path)), added=True)
    assert list(told.frames.id) == ["1", "2"]
