"""YOLO folders as users have them, whole and broken."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui import ingest
from aquarium_tui.errors import InputError
from aquarium_tui.formats.yolo import read_lines
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Project
from tests.formats import made
from tests.ingest.files import nothing, sentences, write
from tests.narrow import of_type

SIZE = (200, 100)
"""Of street_01, the image that these tests write lines for."""
LINE = "0 0.5 0.5 0.2 0.4"
BOX = [80, 30, 120, 70]


def labels(folder, files=None, yaml=None, **options):
    """The dataset of `data.yaml` over the images of the made set, with these label files."""
    made.images(folder / "images")
    (folder / "labels").mkdir(exist_ok=True)
    for stem, text in (files if files is not None else {"street_01": LINE}).items():
        write(folder / "labels" / f"{stem}.txt", text)
    write(folder / "data.yaml", yaml or "train: images\nnames: [car, cyclist, van]\n")
    path = options.pop("path", folder / "data.yaml")
    return ingest.labelled_dataset(Project("street"), "val", path, nothing, **options)


def inferences(folder, files, path="pred", **options):
    data = labels(folder)
    (folder / path).mkdir(parents=True, exist_ok=True)
    for stem, text in files.items():
        write(folder / path / f"{stem}.txt", text)
    return ingest.inference_set(
        data, "model_a", folder / path, options.pop("format_", "auto"), nothing, **options
    )


def names_of(data):
    return [entry.name for entry in data.project.class_map.entries]


class TestLayouts:
    @pytest.mark.parametrize(
        "yaml",
        [
            "path: {root}\nval: images\nnames:\n  0: car\n  1: cyclist\n",
            "path: .\nval: [images]\nnames:\n- car\n- cyclist\n",
            "val: ../images\nnames: ['car', 'cyclist']\nnc: 2\n",
            "path: ../nowhere\nval: images/\nnames: {0: car, 1: cyclist}\nroboflow:\n  url: http://x\n",
            "train: nowhere\ntest: elsewhere\nval: list.txt\nnames: [car, cyclist]\n",
        ],
    )
    def test_of_data_yaml(self, tmp_path, yaml):
        listed = "./images/street_01.png\nimages/street_02.png\n\n./images/street_03.png"
        write(tmp_path / "list.txt", listed)
        data = labels(tmp_path, yaml=yaml.replace("{root}", str(tmp_path)))
        assert list(data.frames.path) == [f"images/{stem}.png" for stem in made.SIZES]
        assert data.images == str(tmp_path)
        assert data.labels.box.tolist() == [BOX]
        assert names_of(data) == ["car", "cyclist"]
        assert not data.provenance.problems

    def test_of_folders_without_one(self, tmp_path):
        labels(tmp_path)
        (tmp_path / "data.yaml").unlink()
        write(tmp_path / "labels" / "classes.txt", "car\ncyclist\n")
        for path in (tmp_path, tmp_path / "labels"):
            data = ingest.labelled_dataset(Project("street"), "val", path, nothing)
            assert (data.labels.box.tolist(), names_of(data)) == ([BOX], ["car", "cyclist"])
            assert (len(data.frames), data.images) == (3, str(tmp_path / "images"))

    def test_the_folder_of_the_images_may_be_anywhere_and_nested(self, tmp_path):
        made.images(tmp_path / "photos" / "day")
        made.yolo_files(tmp_path / "txt", made.LABELS)
        data = ingest.labelled_dataset(
            Project("street"), "val", tmp_path / "txt", nothing, images=tmp_path / "photos"
        )
        assert list(data.frames.path) == [f"day/{stem}.png" for stem in made.SIZES]
        assert len(data.labels) == len(made.LABELS)

    def test_only_the_last_folder_called_images_becomes_labels(self, tmp_path):
        root = tmp_path / "images" / "set"
        root.mkdir(parents=True)
        assert len(labels(root).labels) == 1

    def test_one_part_is_read_and_the_others_are_named(self, tmp_path):
        made.images(tmp_path / "images" / "train")
        made.images(tmp_path / "images" / "val")
        made.yolo_files(tmp_path / "labels" / "val", made.LABELS)
        yaml = "train: images/train\nval: images/val\ntest: gone\nnames: [car, cyclist, van]\n"
        path = write(tmp_path / "data.yaml", yaml)
        data = ingest.labelled_dataset(Project("street"), "val", path, nothing)
        assert len(data.frames) == 3
        assert (
            "images from val of data.yaml; train left out (`--split all` reads every part)"
            in data.provenance.notes
        )
        whole = ingest.labelled_dataset(Project("street"), "val", path, nothing, split="all")
        assert list(of_type(Text, whole.frames.metadata["split"])) == ["val"] * 3 + ["train"] * 3
        assert whole.frames.id[0] == "images/val/street_01"
        with pytest.raises(InputError, match=r"names no `valid`\.\nIt has val, test, train"):
            ingest.labelled_dataset(Project("street"), "val", path, nothing, split="valid")

    def test_the_size_is_that_of_the_picture_as_it_is_shown(self, tmp_path):
        from PIL import Image

        (tmp_path / "images").mkdir()
        turned = Image.Exif()
        turned[0x0112] = 6
        Image.new("RGB", (100, 200)).save(tmp_path / "images" / "a.jpg", exif=turned)
        write(tmp_path / "a.txt", "")
        (tmp_path / "labels").mkdir()
        write(tmp_path / "labels" / "a.txt", LINE)
        write(tmp_path / "data.yaml", "val: images\nnames: [car]")
        data = ingest.labelled_dataset(Project("street"), "val", tmp_path, nothing)
        assert data.labels.box.tolist() == [BOX]


class TestLines:
    def test_polygons_are_boxes_around_them(self, tmp_path):
        lines = "0 0.4 0.3 0.6 0.3 0.5 0.7\n1 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4\n" + LINE
        data = labels(tmp_path, {"street_01": lines})
        np.testing.assert_allclose(data.labels.box, [BOX, [20, 20, 60, 40], BOX])
        assert "2 polygons, read as masks with the boxes around them" in data.provenance.notes

    def test_polygons_of_inferences_have_their_confidence_last(self, tmp_path):
        found = inferences(tmp_path, {"street_01": "0 0.4 0.3 0.6 0.3 0.5 0.7 0.75"})
        np.testing.assert_allclose(found.objects.box, [BOX])
        assert found.objects.confidence.tolist() == [0.75]

    def test_a_track_id_is_no_point(self, tmp_path):
        found = inferences(tmp_path, {"street_01": f"{LINE} 0.75 1\n1 0.3 0.3 0.1 0.1 0.5 12"})
        assert found.objects.confidence.tolist() == [0.75, 0.5]
        np.testing.assert_allclose(found.objects.box[0], BOX)
        assert "the last column holds track ids and is not used" in found.provenance.notes

    @pytest.mark.parametrize("content", [b"\xef\xbb\xbf0 .5 .5 .2 .4\r\n\r\n", b"0.0\t0.5  0.5 2e-1 0.4 "])
    def test_marks_blanks_and_ends_of_lines_do_not_matter(self, tmp_path, content):
        assert labels(tmp_path, {"street_01": content}).labels.box.tolist() == [BOX]

    def test_places_name_file_and_line(self, tmp_path):
        data = labels(tmp_path, {"street_01": f"{LINE}\n\n0 0.5 0.5 0 0"})
        assert sentences(data) == [
            "1 boxes without area (kept): labels/street_01.txt line 3 – they match nothing"
        ]


BROKEN_LABELS = [
    (
        f"{LINE}\n0 0.5 0.5 0.2\n0 a b c d\n0\n",
        "3 lines that are not a class followed by a box or polygon (left out): labels/street_01.txt line 2; "
        "labels/street_01.txt line 3; labels/street_01.txt line 4 – a line is `class x y width height`, or "
        "`class x1 y1 x2 y2 x3 y3 …`",
        1,
    ),
    (
        f"{LINE}\n7 0.5 0.5 0.1 0.1\n1.5 0.5 0.5 0.1 0.1\n",
        "2 labels of unknown classes (left out): labels/street_01.txt line 2 (class 7); "
        "labels/street_01.txt line 3 (class 1.5) – the file has 0 car, 1 cyclist, 2 van",
        1,
    ),
    (
        f"{LINE}\n1 0.2 0.2 0.1 0.1\n{LINE}\n",
        "1 lines equal to an earlier line of their file (left out): labels/street_01.txt line 3 – a second "
        "run appended to the files: empty the folder before the model writes to it again",
        2,
    ),
    (
        f"{LINE}\n1 0.9 0.5 0.4 0.2\n",
        "1 lines with values outside 0 to 1 (kept): labels/street_01.txt line 2",
        2,
    ),
    (
        "0 100 50 40 40\n1 20 20 10 10\n",
        "2 lines with values outside 0 to 1 (kept): labels/street_01.txt line 1; labels/street_01.txt line 2 "
        "– they look like pixels: divide x by the image's width and y by its height",
        2,
    ),
    (f"{LINE}\n0 nan 0.5 0.2 0.2", "1 boxes that are not four finite numbers (left out)", 1),
]
BROKEN_RESULTS = [
    (
        f"{LINE} 0.5\n1 0.2 0.2 0.1 0.1\n",
        "1 lines without a confidence (left out): street_01.txt line 2 – predict with save_conf=True: "
        "without confidences, inferences cannot be ranked or filtered",
        1,
    ),
    (
        f"{LINE} 0.5\n{LINE} 0.5\n",
        "1 lines equal to an earlier line of their file (left out): street_01.txt line 2",
        1,
    ),
    (
        f"{LINE} 0.5\n9 0.5 0.5 0.1 0.1 0.5",
        "1 inferences of unknown classes (left out): street_01.txt line 2 (class 9) – the dataset has 0 car, "
        "1 cyclist, 2 van",
        1,
    ),
    (
        f"{LINE} 95",
        "1 confidences outside 0 to 1 (kept): street_01.txt line 1 – they look like percentages",
        1,
    ),
]


class TestReported:
    @pytest.mark.parametrize(("text", "sentence", "kept"), BROKEN_LABELS)
    def test_of_labels(self, tmp_path, text, sentence, kept):
        data = labels(tmp_path, {"street_01": text})
        assert any(said.startswith(sentence) for said in sentences(data)), sentences(data)
        assert len(data.labels) == kept

    @pytest.mark.parametrize(("text", "sentence", "kept"), BROKEN_RESULTS)
    def test_of_inferences(self, tmp_path, text, sentence, kept):
        found = inferences(tmp_path, {"street_01": text})
        assert any(said.startswith(sentence) for said in sentences(found)), sentences(found)
        assert len(found.objects) == kept

    def test_no_confidence_at_all_leaves_nothing_to_rank(self, tmp_path):
        found = inferences(tmp_path, {"street_01": LINE})
        assert found.unranked
        assert found.objects.confidence.tolist() == [1.0]

    def test_a_confidence_among_labels(self, tmp_path):
        data = labels(tmp_path, {"street_01": f"{LINE} 0.5\n1 0.2 0.2 0.1 0.1"})
        assert data.labels.attributes["score"][0] == 0.5
        assert data.labels.attributes["score"][1] is None
        assert any("upload them with --inferences-id" in note for note in data.provenance.notes)

    def test_images_without_a_file_are_frames(self, tmp_path):
        data = labels(tmp_path)
        assert data.labels.starts.tolist() == [0, 1, 1, 1]
        assert "2 of 3 images have no label file and become frames without labels" in data.provenance.notes

    def test_files_without_an_image(self, tmp_path):
        labels(tmp_path, {"street_01": LINE, "gone": LINE})
        data = ingest.labelled_dataset(Project("street"), "val", tmp_path / "labels", nothing)
        assert sentences(data) == [
            "1 label files without an image (left out): labels (gone.txt) – name a folder that has "
            "these images too with --images"
        ]

    def test_no_label_file_for_any_image(self, tmp_path):
        with pytest.raises(
            InputError, match=r"None of the 3 images has a label file; the first would be .*01\.txt"
        ):
            labels(tmp_path, {})

    def test_no_images(self, tmp_path):
        made.yolo_files(tmp_path / "txt", made.LABELS)
        with pytest.raises(InputError, match=r"There are no images in .*txt.*\n.*with --images"):
            ingest.labelled_dataset(Project("street"), "val", tmp_path / "txt", nothing)

    def test_an_image_that_cannot_be_read(self, tmp_path):
        labels(tmp_path)
        write(tmp_path / "images" / "street_01.png", b"no picture")
        write(tmp_path / "labels" / "street_02.txt", LINE)
        data = ingest.labelled_dataset(Project("street"), "val", tmp_path / "data.yaml", nothing)
        assert any(said.startswith("1 images of unknown size (kept)") for said in sentences(data))
        assert any(
            said.startswith(
                "1 boxes given as fractions of an image of unknown size (left out): labels/street_01.txt"
            )
            for said in sentences(data)
        )
        assert data.labels.starts.tolist() == [0, 0, 1, 1]

    def test_images_that_data_yaml_does_not_lead_to(self, tmp_path):
        with pytest.raises(
            InputError, match=r"names gone, which does not exist\.\nLooked for .*; set `path` in it"
        ):
            labels(tmp_path, yaml="val: gone\nnames: [car]")
        with pytest.raises(InputError, match="names none of `train`, `val`, `test`"):
            labels(tmp_path, yaml="names: [car]")
        (tmp_path / "empty").mkdir()
        with pytest.raises(InputError, match=r"data.yaml: there are no images in val\."):
            labels(tmp_path, yaml="val: empty\nnames: [car]")

    def test_names_that_are_no_list(self, tmp_path):
        with pytest.raises(InputError, match="`names` is text"):
            labels(tmp_path, yaml="val: images\nnames: car")
        with pytest.raises(InputError, match="the key `car` of `names` is not a whole number"):
            labels(tmp_path, yaml="val: images\nnames: {car: 0}")

    def test_classes_that_nothing_names(self, tmp_path):
        data = labels(tmp_path, {"street_01": "3 .5 .5 .1 .1"}, yaml="val: images\n")
        assert names_of(data) == ["3"]
        assert sentences(data) == [
            "1 classes without a name (changed) – their indices are used as names; add a data.yaml with "
            "`names`, or a classes.txt, beside the labels"
        ]

    def test_a_count_of_classes_that_is_wrong(self, tmp_path):
        data = labels(tmp_path, yaml="val: images\nnames: [car]\nnc: 4")
        assert any("4 classes" in said for said in sentences(data)), sentences(data)

    def test_a_folder_without_text_files(self, tmp_path):
        (tmp_path / "pred").mkdir()
        write(tmp_path / "pred" / "notes.md", "")
        with pytest.raises(InputError, match=r"is not a folder with \.txt files"):
            inferences(tmp_path, {}, format_="yolo")

    def test_an_empty_folder_whose_format_is_named_is_a_model_that_found_nothing(self, tmp_path):
        found = inferences(tmp_path, {}, format_="yolo")
        assert found.provenance.notes[-1] == "the set is empty: every label counts as missed"

    def test_empty_files_are_a_model_that_found_nothing(self, tmp_path):
        found = inferences(tmp_path, {"street_01": "", "street_02": "\n"})
        assert found.provenance.notes[-1] == "the set is empty: every label counts as missed"

    def test_files_of_other_images(self, tmp_path):
        with pytest.raises(InputError, match="None of the 1 inferences refers to an image"):
            inferences(tmp_path, {"unknown": f"{LINE} 0.5"})


EDGE = st.floats(0, 1)
PAIR = st.tuples(EDGE, EDGE).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(st.tuples(st.integers(0, 99), PAIR, PAIR, EDGE), unique=True, max_size=20))
@settings(max_examples=50, deadline=None)
def test_any_boxes_are_read_as_they_were_written(tmp_path_factory, boxes):
    wanted = [(left, top, right, bottom) for _, (left, right), (top, bottom), _ in boxes]
    lines = [
        f"{index} {(left + right) / 2!r} {(top + bottom) / 2!r} {right - left!r} {bottom - top!r} {score!r}"
        for index, (left, right), (top, bottom), score in boxes
    ]
    path = write(tmp_path_factory.mktemp("any") / "a.txt", "\n".join(lines))
    read = read_lines([str(path)], ["a.txt"])
    assert list(read.category) == [str(index) for index, *_ in boxes]
    assert (read.findings, read.notes) == ((), ())
    np.testing.assert_allclose(read.box, np.reshape(wanted, (-1, 4)), atol=1e-12)
    assert read.confidence.tolist() == [score for *_, score in boxes]


def test_columns_are_told_apart_only_where_boxes_say_so(tmp_path):
    small = [(0.4, 0.5, 0.1, 0.1), (0.3, 0.6, 0.2, 0.1), (0.5, 0.5, 0.2, 0.3)]
    last = write(tmp_path / "last.txt", "".join(f"0 {x} {y} {w} {h} 0.9\n" for x, y, w, h in small))
    first = write(tmp_path / "first.txt", "".join(f"0 0.9 {x} {y} {w} {h}\n" for x, y, w, h in small))
    boxes = [read_lines([str(path)], ["a.txt"]) for path in (last, first)]
    np.testing.assert_array_equal(boxes[0].box, boxes[1].box)
    assert boxes[0].confidence.tolist() == boxes[1].confidence.tolist() == [0.9] * 3
    assert (len(boxes[0].notes), len(boxes[1].notes)) == (0, 1)


def test_classes_count_from_0_also_where_the_ids_of_the_labels_do_not(tmp_path):
    data = ingest.labelled_dataset(
        Project("street"), "val", made.coco_labels(made.images(tmp_path / "coco")), nothing
    )
    folder = made.yolo_files(tmp_path / "txt", [made.RESULTS[1]])
    found = ingest.inference_set(data, "model_a", folder, "auto", nothing)
    assert found.objects.class_index.tolist() == [made.CLASSES.index("cyclist")]


def test_the_models_own_list_of_classes_names_them(tmp_path):
    write_names = {"classes": "van\ncar\n", "street_01": f"{LINE} 0.5\n1 0.2 0.2 0.1 0.1 0.5"}
    found = inferences(tmp_path, write_names)
    assert found.objects.class_index.tolist() == [2, 0]


@pytest.mark.parametrize("key", ["path", "val"])
def test_a_path_that_is_too_long_for_the_system_is_reported(tmp_path, key):
    yaml = f"{key}: {'1' * 400}\ntrain: gone\nnames: [car]\n"
    with pytest.raises(InputError, match="which does not exist"):
        labels(tmp_path, yaml=yaml)


def test_nc_without_names_has_a_limit(tmp_path):
    data = labels(tmp_path, yaml=f"val: images\nnc: {'9' * 5000}\n")
    assert names_of(data) == ["0"]


def test_classes_called_like_booleans_and_numbers_keep_their_names(tmp_path):
    data = labels(tmp_path, yaml="val: images\nnames: {0: yes, 1: off, 2: 1.50, 3: 12:30}\n")
    assert names_of(data) == ["yes", "off", "1.50", "12:30"]
