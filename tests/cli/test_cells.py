"""Names of cells on the command line."""

import pytest

from aquarium_tui.cli.comparison import cell_of
from aquarium_tui.errors import UsageError

CLASSES = ("car", "sign: stop", "sign", "background")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("car:sign", (0, 2)),
        ("car:sign: stop", (0, 1)),
        ("sign: stop:car", (1, 0)),
        ("Sign: Stop:SIGN: STOP", (1, 1)),
        ("car:background", (0, 3)),
        ("Background:car", (3, 0)),
    ],
)
def test_names_may_hold_colons_and_any_case(text, cell):
    assert cell_of(text, CLASSES) == cell


@pytest.mark.parametrize("text", ["", "car", ":", "car:", ":car", "car:cat", "background:background"])
def test_other_text_is_refused(text):
    with pytest.raises(UsageError):
        cell_of(text, CLASSES)
