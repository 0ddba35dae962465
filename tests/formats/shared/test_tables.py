import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.tables import opened_sheet


def read(path, content):
    path.write_bytes(content)
    with opened_sheet(path) as sheet:
        columns = {name: list(sheet.text(name)) for name in sheet.columns}
        return columns, [sheet.place(row) for row in range(sheet.count)], sheet.spoilt


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n3,4\n",
        b"a,b\r\n1,2\r\n3,4",
        b"a,b\r1,2\r3,4\r",
        b"a;b\n1;2\n3;4\n",
        b"a\tb\n1.0\t2\n3\t4.00\n",
        b"\xef\xbb\xbfa,b\n1,2\n3,4\n",
        b'"a","b"\n"1","2"\n3,4\n',
        b"\n\na,b\n1,2\n\n3,4\n\n",
        b"a,b\n1,2\r\n3,4\n",
        gzip.compress(b"a,b\n1,2\n3,4\n", mtime=0),
    ],
)
def test_a_table_is_the_same_however_it_is_written(tmp_path, content):
    columns, _, spoilt = read(tmp_path / "a'[*].csv", content)
    assert columns == {"a": ["1", "3"], "b": ["2", "4"]}
    assert spoilt == 0


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    content = b'\na,b\n"x\ny",2\n\n3\n5,6\n7,8,9\n'
    columns, places, spoilt = read(tmp_path / "t.csv", content)
    assert columns == {"a": ["x\ny", "5", None, None], "b": ["2", "6", None, None]}
    assert places == ["t.csv line 3", "t.csv line 7", "t.csv line 6", "t.csv line 8"]
    assert spoilt == 2


CELLS = st.text('ab,;"\n é', min_size=1, max_size=5).filter(lambda cell: cell.strip("\n") == cell)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
@settings(max_examples=40, deadline=None)
def test_what_python_writes_is_read_again(tmp_path_factory, rows):
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("a", "b"), *rows])
    columns, places, _ = read(tmp_path_factory.mktemp("f") / "t.csv", written.getvalue().encode())
    assert list(zip(columns["a"], columns["b"], strict=True)) == rows
    assert len(set(places)) == len(rows)


def test_names_of_columns_that_repeat_or_are_empty_are_told_apart(tmp_path):
    columns, _, _ = read(tmp_path / "t.csv", b"a,A,,a\n1,2,3,4\n")
    assert list(columns) == ["a", "A column 2", "column 3", "a column 4"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a\n1\n", "first line names no columns"),
        (b'[{"a": 1}]', "first line names no columns"),
        ("a,b\n1,2\n3,caf\xe9\n".encode("latin-1"), "line 3 is not UTF-8"),
        (b'a,b\n1,"2\n3,4\n', "line 2 has a double quote that is misplaced"),
        (b"PAR1 and nothing more", "cannot be read as Parquet"),
        (b"\x80\x04\x95", "is a Python pickle"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path / "t.csv", content)


def test_a_very_long_value_does_not_hide_where_rows_stand(tmp_path):
    long = b"x" * 200_000
    columns, places, _ = read(tmp_path / "t.csv", b"a,b\n1,2\n3," + long + b"\n")
    assert columns["a"] == ["1", "3"]
    assert places == ["t.csv record 1", "t.csv record 2"]
