"""Parts of the frames of a dataset."""

import pytest

from aquarium_tui.errors import UsageError
from aquarium_tui.model.shard import Shard


@pytest.mark.parametrize(
    "text", ["0/4", "5/4", "4", "1/0", "-1/4", "1/4/2", "a/4", "1.0/4", "", "１/4", "1/4\n2"]
)
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a shard"):
        Shard.of(text)


@pytest.mark.parametrize(("count", "frames"), [(1, 10), (3, 10), (7, 100), (8, 3), (4, 0)])
def test_shards_hold_every_frame_once_and_are_of_one_size(count: int, frames: int) -> None:
    shards = [Shard.of(f"{index}/{count}") for index in range(1, count + 1)]
    assert [row for shard in shards for row in shard.rows(frames)] == list(range(frames))
    sizes = [len(shard.rows(frames)) for shard in shards]
    assert max(sizes) - min(sizes) <= 1
    assert [Shard.named(shard.name) for shard in shards] == shards
