import gzip

import pytest

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats import Given, format_of
from aquarium_tui.formats.shared.format import contains, read_head, read_text


def put(tmp_path, content, name="f.json"):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
@pytest.mark.parametrize(
    "encoded", [text.encode(code) for text in ["[1, “é”]"] for code in ("utf-8", "utf-8-sig", "utf-16")]
)
def test_text_is_read_whatever_its_wrapping(tmp_path, wrap, encoded):
    path = put(tmp_path, wrap(encoded))
    assert read_text(path) == "[1, “é”]"
    assert read_head(path) == "[1, “é”]"


def test_a_head_that_ends_within_a_character_is_no_error(tmp_path):
    assert read_head(put(tmp_path, "aé".encode()), 2).startswith("a")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "f.json is empty"),
        (b" \n", "f.json is empty"),
        (gzip.compress(b"", mtime=0), "f.json is empty"),
        (b"\x80\x04\x95", "is a Python pickle"),
        (b"PK\x03\x04xxxx", "is a zip archive"),
        (b"PAR1xxxx", "is a Parquet file"),
        (b"\x89PNG\r\n", "is a PNG picture"),
        (b"abc\0def", "is a binary file"),
        (b'["caf\xe9"]', r"is not UTF-8: byte 5 is 0xe9"),
        (gzip.compress(b"[1]" * 99, mtime=0)[:-9], "is a damaged gzip file"),
        (b"\x1f\x8bnot gzip", "is a damaged gzip file"),
    ],
)
def test_what_is_no_text_is_told(tmp_path, content, sentence):
    with pytest.raises(InputError, match=sentence):
        read_text(put(tmp_path, content))


def test_what_cannot_be_opened_is_told(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        read_text(tmp_path / "nope")
    with pytest.raises(InputError, match="is a folder"):
        read_head(tmp_path)


@pytest.mark.parametrize("size", [10, (1 << 22) - 2, (1 << 22) + 5])
def test_words_are_found_also_across_blocks(tmp_path, size):
    path = put(tmp_path, b"u" * size + b"true" + b"u" * 9)
    assert contains(path, b"false", b"true")
    assert not contains(path, b"false", b"trux")


class TestFormats:
    @pytest.mark.parametrize(
        "content",
        ["[]", " [ ] ", '[{"image_id": 1}]', '{"info": {}, "images" : []}', '\ufeff{"annotations":[]}'],
    )
    def test_coco_is_found_by_content(self, tmp_path, content):
        assert format_of(Given(put(tmp_path, content.encode()))).name == "coco"

    @pytest.mark.parametrize("content", ["hello", "{}", '[{"name": "x"}]', '"image_id"'])
    def test_what_is_of_no_format_is_refused_with_the_way_to_list_formats(self, tmp_path, content):
        with pytest.raises(InputError, match="not in a known format") as caught:
            format_of(Given(put(tmp_path, content.encode())))
        assert "aquarium-tui formats" in caught.value.hint

    def test_a_format_may_be_named(self, tmp_path):
        assert format_of(Given(put(tmp_path, b"hello")), "coco").name == "coco"
        with pytest.raises(UsageError, match="Formats: auto, coco"):
            format_of(Given(put(tmp_path, b"hello")), "yolk")
