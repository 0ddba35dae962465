"""Whatever the files of a folder hold, the answer is tables or one sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui import ingest
from aquarium_tui.errors import AquariumError
from aquarium_tui.model.tables import Project
from tests.formats import made
from tests.ingest.files import nothing, write

NUMBERS = ["0", "1", "0.5", "1.5", "-1", "12", "1e308", "-1e308", "1e-320", "nan", "inf", "1_0"]
WORDS = st.sampled_from([*NUMBERS, "9" * 20, "1e999", "car", "DontCare", "é", "\x00", "0x1", "٣"])
SOUND = st.tuples(
    st.sampled_from(["0", "1", "car", "DontCare"]),
    st.one_of(st.lists(st.sampled_from(NUMBERS), min_size=n, max_size=n) for n in (4, 5, 6, 7, 14, 15)),
).map(lambda line: " ".join([line[0], *line[1]]))
LINES = st.lists(SOUND | st.lists(WORDS, max_size=18).map(" ".join), max_size=4).map("\n".join)
EDGES = ("xmin", "ymin", "xmax", "ymax")
OBJECTS = st.tuples(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS).map(
    lambda words: (
        f"<object><name>{words[4]}</name><difficult>{words[5]}</difficult><bndbox>"
        + "".join(f"<{edge}>{word}</{edge}>" for edge, word in zip(EDGES, words, strict=False))
        + f"</bndbox><score>{words[5]}</score></object>"
    )
)
XML = st.lists(OBJECTS, max_size=3).map(lambda objects: f"<annotation>{''.join(objects)}</annotation>")
YAML = st.lists(
    st.tuples(
        st.sampled_from(["names:", "val:", "path:", "nc:", "  - ", "- ", "  0: ", "x: y: ", "#"]),
        st.sampled_from(
            ["", "images", "[a, b]", "{0: a}", "{a: b}", "[", "'a", '"a"', "*a", "\x00", "../", "é"]
        ),
    ).map(" ".join),
    max_size=6,
).map("\n".join)


def upload(folder, path, format_):
    """The labels, then the inferences, that a folder holds; a sentence is an answer too."""
    try:
        ingest.labelled_dataset(
            Project("street"), "val", path, nothing, format_=format_, images=folder / "images"
        )
    except AquariumError as error:
        assert str(error)
    data = ingest.labelled_dataset(Project("street"), "val", folder / "coco" / "coco.json", nothing)
    try:
        ingest.inference_set(data, "model_a", path, format_, nothing)
    except AquariumError as error:
        assert str(error)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    made.coco_labels(made.images(folder / "coco"))
    made.images(folder / "images")
    for name in ("txt", "xml"):
        (folder / name).mkdir()
    return folder


@pytest.mark.parametrize("format_", ["yolo", "kitti"])
@given(text=LINES | st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_text_files(folder, format_, text):
    write(folder / "txt" / "street_01.txt", text)
    upload(folder, folder / "txt", format_)


@given(text=XML | st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_xml_files(folder, text):
    write(folder / "xml" / "street_01.xml", text)
    upload(folder, folder / "xml", "voc")


@given(text=YAML | st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_data_yaml(folder, text):
    upload(folder, write(folder / "data.yaml", text), "yolo")
