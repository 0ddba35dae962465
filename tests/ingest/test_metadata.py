import pytest

from aquarium_tui.errors import InputError
from tests.ingest.files import image, instances, read_labels, sentences, write


def read(tmp_path, name, content, images=None):
    for path in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / path).touch()
    rows = images or [image(11, "a.jpg", weather="rain"), image(12, "b.jpg"), image(13, "c.jpg")]
    table = write(tmp_path / name, content)
    return read_labels(tmp_path, instances(rows), metadata=table)


def values(dataset, key):
    column = dataset.frames.metadata[key]
    return [column[row] for row in range(len(column))]


CSV = 'frame,scene,speed,wet,day\n12,city,3.5,true,2024-05-01\n11,,-1e2,false,2024-05-02\n13,"a,b",0,TRUE,\n'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_columns_become_typed_metadata_of_their_frames(tmp_path, separator):
    content = CSV if separator == "," else CSV.replace(",", separator)
    dataset = read(tmp_path, "m.csv", content)
    assert list(dataset.frames.metadata) == ["weather", "scene", "speed", "wet", "day"]
    assert values(dataset, "scene") == [None, "city", f"a{separator}b"]
    assert values(dataset, "speed") == [-100.0, 3.5, 0.0]
    assert values(dataset, "wet") == [False, True, True]
    assert [str(day)[:10] for day in values(dataset, "day")] == ["2024-05-02", "2024-05-01", "None"]
    assert (
        "metadata from m.csv, which names frames by id in its column `frame`: scene, speed, wet, day"
        in dataset.provenance.notes
    )
    assert sentences(dataset) == []


@pytest.mark.parametrize(
    "content",
    [
        '{"file_name": "b.jpg", "lux": 5}\n\n{"file_name": "a.jpg", "lux": null}\n{"file_name": "c.jpg"}\n',
        '[{"file_name": "b", "lux": 5}, {"file_name": "a"}, {"file_name": "c"}]',
        '{"id": 12, "lux": 5}\n{"id": 11}\n{"id": 13}',
    ],
)
def test_json_lines_and_lists_are_read_by_id_or_file_name(tmp_path, content):
    assert values(read(tmp_path, "m.jsonl", content), "lux") == [None, 5.0, None]


def test_a_count_that_looks_like_an_id_is_not_the_key(tmp_path):
    images = [image(1, "a.jpg"), image(2, "b.jpg"), image(3, "c.jpg")]
    dataset = read(tmp_path, "m.csv", "people,name\n1,c.jpg\n2,b.jpg\n3,gone.jpg\n", images)
    assert values(dataset, "people") == [None, 2.0, 1.0]


def test_numbers_with_leading_zeros_are_text(tmp_path):
    dataset = read(tmp_path, "m.csv", "frame,drive\n11,0007\n12,0012\n13,0001\n")
    assert values(dataset, "drive") == ["0007", "0012", "0001"]


def test_a_column_of_the_labels_file_is_replaced_by_one_of_the_same_name(tmp_path):
    dataset = read(tmp_path, "m.csv", "frame,weather\n11,sun\n12,fog\n13,sun\n")
    assert values(dataset, "weather") == ["sun", "fog", "sun"]


def test_what_does_not_match_is_told(tmp_path):
    dataset = read(tmp_path, "m.csv", "frame,x\n11,1\n99,2\n11,3\n12,4\n")
    assert values(dataset, "x") == [1.0, 4.0, None]
    assert sentences(dataset) == [
        "1 rows of metadata for unknown frames (left out): m.csv record 2 (99)",
        "1 rows of metadata for a frame that already has one (left out): m.csv record 3 (11)",
        "1 frames without a row of metadata (noted): 13",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("scene,x\ncity,y\n", "No column of .*m.csv names a frame; its columns are scene, x"),
        ("frame,x\n11,1,2\n", "line 2 has 3 fields, the header 2"),
        ('frame,x\n11,"1\n', "is not CSV"),
        ("", "is empty"),
        ("[1, 2]", "record 1 is not an object"),
        ('{"frame": 1', "is not JSON: line 1"),
        ("[]", "No column of .*m.csv names a frame; its columns are nothing"),
    ],
)
def test_what_is_no_table_of_frames_is_refused(tmp_path, content, sentence):
    with pytest.raises(InputError, match=sentence):
        read(tmp_path, "m.csv", content)
