"""Counting beforehand: all frames, or parts of them by many processes."""

import json
import os
from pathlib import Path

import pytest

from aquarium_tui.demo import demo_store
from tests.cli.test_masks import filled, home, run, street  # noqa: F401

SETS = ("--base", "model_a", "--other", "model_b")


def document(street) -> str:  # noqa: F811
    return str(street("compare", "street/val", "--format", "json", "--no-intervals")[1])


def parts(home: Path) -> dict[str, bytes]:  # noqa: F811
    return {str(path): path.read_bytes() for path in home.rglob("*-of-*")}


def test_shards_make_the_whole_whatever_their_order(street, home, tmp_path) -> None:  # noqa: F811
    source = tmp_path / "mine.py"
    source.write_text("def road(frame, labels, found):\n    return (found == 0).mean()\n")
    metric = ("--metric-from", f"{source}:road")
    count = ("count", "street/val", *SETS, *metric, "--shard")
    for shard in ("3/3", "2/3"):
        code, out, err = street(*count, shard)
        assert (code, err) == (0, "")
        assert f"street/val, shard {shard}: 11 frames, 11 counted now." in out
        assert f"street/val/model_b, shard {shard}: road of 11 frames." in out
    code, out, err = street("compare", "street/val", "--format", "json")
    assert code == 0
    assert "1 of 3 shards is missing: 1/3. 10 frames are not counted." in err
    assert "aquarium-tui count street/val --base model_a --other model_b --shard 1/3" in err
    assert "Metric road of model_b: 1 of 3 shards is missing: 1/3." in err
    found = json.loads(out)
    assert len(found["uncounted"]) == 10
    assert found["uncounted"][0]["reason"] == "shard 1/3 is not counted yet"
    assert found["metrics"][0]["frames"] == 22
    street(*count, "1/3")
    first, whole = parts(home), document(street)
    assert len(first) == 3 + 2 * 3
    for shard in ("1/3", "3/3"):
        assert ", 0 counted now, 1" in street(*count, shard)[1]
    assert parts(home) == first
    assert document(street) == whole
    assert json.loads(whole)["uncounted"] == []


@pytest.mark.parametrize("shard", ["0/4", "5/4", "4", "x"])
def test_what_is_no_shard_is_refused(street, shard: str) -> None:  # noqa: F811
    code, _, err = street("count", "street/val", "--shard", shard)
    assert code == 2
    assert "Write it as I/N" in err


def test_boxes_have_nothing_to_count_in_parts(home, run) -> None:  # noqa: F811
    store, choice = demo_store("detection")
    os.environ["AQUARIUM_HOME"] = str(store.root)
    for more in ((), ("--shard", "2/3")):
        code, out, _ = run("count", choice.title, *more)
        assert code == 0
        assert "no pixels to count" in out
