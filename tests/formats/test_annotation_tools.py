"""What annotation tools write besides upright boxes."""

import base64
import io
import json
import zlib
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Given, LabelFile, format_of
from tests.formats import exports, made
from tests.ingest.files import write


def read(folder: Path, content: Any, name: str = "x.json") -> LabelFile:
    given = Given(write(folder / name, content))
    return format_of(given).read_labels(given)


def png(mask: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(mask.astype(np.uint8) * 255).save(buffer, "PNG")
    return buffer.getvalue()


def pixels(segmentation: Any) -> np.ndarray:
    height, width = segmentation["size"]
    counts = segmentation["counts"]
    return np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(width, height).T


TRACKS = """<annotations><version>1.1</version><meta><job><size>3</size><original_size><width>64</width>
<height>48</height></original_size><labels><label><name>car</name></label><label><name>bus</name></label></labels>
</job></meta><track id="0" label="car"><box frame="0" outside="0" xtl="1" ytl="2" xbr="3" ybr="4"/>
<box frame="1" outside="1" xtl="1" ytl="2" xbr="3" ybr="4"/></track>
<track id="1" label="bus"><mask frame="1" outside="0" rle="1, 2, 1" left="2" top="3" width="2" height="2"/>
<points frame="2" outside="0" points="1,2"/></track></annotations>"""


def test_tracks_become_frames(tmp_path: Path) -> None:
    found = read(tmp_path, TRACKS, "annotations.xml")
    assert list(found.frames.id) == ["frame_000000", "frame_000001", "frame_000002"]
    assert [name for _, name in found.classes] == ["car", "bus"]
    assert list(found.records.frame) == ["frame_000000", "frame_000001", None]
    ((row, segmentation),) = found.records.segmentation.items()
    assert row == 1
    assert np.argwhere(pixels(segmentation)).tolist() == [[3, 3], [4, 2]]
    assert [finding.kind for finding in found.records.findings] == ["shapes of kind points"]


def test_xml_with_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bb">]>' + TRACKS.replace("car", "&b;")
    with pytest.raises(InputError, match="entities, which are not read"):
        read(tmp_path, bomb, "annotations.xml")


def labelme(*shapes: dict[str, Any]) -> dict[str, Any]:
    size = {"imageWidth": 20, "imageHeight": 10}
    return {
        "version": "5",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": "x.png",
        "imageData": None,
        **size,
    }


def test_shapes_of_labelme(tmp_path: Path) -> None:
    mask = np.array([[True, False], [True, True]])
    found = read(
        tmp_path,
        labelme(
            {"label": "a", "shape_type": "circle", "points": [[10, 5], [13, 9]]},
            {"label": "b", "shape_type": "polygon", "points": [[1, 1], [9, 1], [9, 7]]},
            {
                "label": "c",
                "shape_type": "mask",
                "points": [[4, 2], [5, 3]],
                "mask": base64.b64encode(png(mask)).decode(),
            },
            {"label": "d", "shape_type": "line", "points": [[1, 1], [9, 1]]},
        ),
    )
    records = found.records
    assert records.box[:3].tolist() == [[5, 0, 15, 10], [1, 1, 9, 7], [4, 2, 6, 4]]
    assert records.segmentation[1] == [[1, 1, 9, 1, 9, 7]]
    assert np.argwhere(pixels(records.segmentation[2])).tolist() == [[2, 4], [3, 4], [3, 5]]
    assert [finding.rows.tolist() for finding in records.findings] == [[3]]


def task(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "data": {"image": "s3://bucket/a/x.png"},
        "annotations": [{"result": list(results), **more}],
    }


def region(**value: Any) -> dict[str, Any]:
    size = {"original_width": 200, "original_height": 100}
    return {"type": "rectanglelabels", "value": {"rectanglelabels": ["car"], **value}, **size}


def test_a_rotated_region_is_turned_in_pixels(tmp_path: Path) -> None:
    found = read(tmp_path, [task(region(x=50, y=50, width=10, height=10, rotation=90))])
    # 20 × 10 pixels at 100, 50; a quarter turn clockwise around that corner covers 90 to 100 and 50 to 70.
    np.testing.assert_allclose(found.records.box[0] * [200, 100, 200, 100], [90, 50, 100, 70], atol=1e-9)
    assert [finding.kind for finding in found.records.findings] == ["rotated regions"]


def test_one_annotation_of_each_task_is_read(tmp_path: Path) -> None:
    one = task(region(x=1, y=1, width=10, height=10))
    one["annotations"] += [{"result": [], "ground_truth": True}, {"result": [], "was_cancelled": True}]
    found = read(tmp_path, [one])
    assert not len(found.records)
    assert any("1 further annotations" in note for note in found.notes)


def test_predictions_of_several_models_are_told_apart(tmp_path: Path) -> None:
    one: dict[str, Any] = {"data": {"image": "x.png"}, "annotations": [], "predictions": []}
    for version in ("a", "b"):
        result = {**region(x=1, y=1, width=10, height=10), "score": 0.5}
        one["predictions"].append({"model_version": version, "result": [result]})
    path = write(tmp_path / "x.json", [one])
    with pytest.raises(InputError, match="these models: a, b"):
        format_of(Given(path)).read_inferences(Given(path))
    assert len(format_of(Given(path)).read_inferences(Given(path, field="b")).records) == 1


def test_a_bitmap_of_supervisely_lies_at_its_origin(tmp_path: Path) -> None:
    data = base64.b64encode(zlib.compress(png(np.array([[True, True, False]])))).decode()
    bitmap = {"data": data, "origin": [3, 1]}
    objects = [{"classTitle": "a", "geometryType": "bitmap", "tags": [], "bitmap": bitmap}]
    content = {"size": {"width": 8, "height": 4}, "tags": [], "objects": objects}
    found = read(tmp_path, content, "x.png.json")
    assert np.argwhere(pixels(found.records.segmentation[0])).tolist() == [[1, 3], [1, 4]]


def test_segments_of_sam_and_of_panoptic_masks(tmp_path: Path) -> None:
    for name, writer in (("sam", exports.sam), ("panoptic", exports.panoptic)):
        (tmp_path / name).mkdir()
        given = Given(exports.with_images(writer)(tmp_path / name))
        found = format_of(given).read_labels(given)
        assert sorted(found.records.segmentation) == [0, 1, 2, 3]
        for row, one in enumerate(made.LABELS):
            left, top, right, bottom = one.box
            mask = pixels(found.records.segmentation[row])
            assert mask.shape == made.SIZES[one.stem][::-1]
            assert mask.sum() == mask[top:bottom, left:right].sum() == (right - left) * (bottom - top)
    assert [name for _, name in format_of(given).read_labels(given).classes] == list(made.CLASSES)


def test_lines_of_mot_name_frames_by_number(tmp_path: Path) -> None:
    given = Given(exports.mot(tmp_path, made.LABELS))
    assert format_of(given).name == "mot"
    found = format_of(given).read_labels(given)
    assert list(found.frames.id) == ["000001", "000002"]
    assert [name for _, name in found.classes] == list(made.CLASSES)
    assert found.records.box.tolist() == [list(map(float, one.box)) for one in made.LABELS]
    assert found.records.crowd.tolist() == [one.crowd for one in made.LABELS]
    results = Given(exports.mot(tmp_path, made.RESULTS))
    inferences = format_of(results).read_inferences(results).records
    assert inferences.confidence.tolist() == [one.score for one in made.RESULTS]


def test_a_kaggle_submission_has_boxes_in_text(tmp_path: Path) -> None:
    text = "image_id,PredictionString\na,0.5 1 2 30 40 0.25 10 20 5 5\nb,\n"
    given = Given(write(tmp_path / "submission.csv", text))
    records = format_of(given).read_inferences(given).records
    assert list(records.frame) == ["a", "a"]
    assert records.confidence.tolist() == [0.5, 0.25]
    assert records.box.tolist() == [[1, 2, 31, 42], [10, 20, 15, 25]]


def test_class_names_come_from_the_features_of_a_parquet_file(tmp_path: Path) -> None:
    names = {"category": {"feature": {"names": ["bus", "car"], "_type": "ClassLabel"}, "_type": "Sequence"}}
    told = json.dumps({"info": {"features": {"objects": names}}})
    path = tmp_path / "x.parquet"
    row = "'a.png' AS image, {'bbox': [[1, 2, 3, 4]], 'category': [1]} AS objects"
    duckdb.sql(f"COPY (SELECT {row}) TO '{path}' (FORMAT parquet, KV_METADATA {{huggingface: '{told}'}})")
    found = format_of(Given(path)).read_labels(Given(path))
    assert [name for _, name in found.classes] == ["bus", "car"]
    assert list(found.records.category) == ["2"]
