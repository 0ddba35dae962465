"""Numbers as screens and reports write them."""

import pytest

from aquarium_tui.model.numbers import grouped, percent, share, signed, signed_share, threshold

NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (grouped(12480), "12 480"),
        (grouped(-1234567), "−1 234 567"),
        (grouped(0), "0"),
        (signed(12), "+12"),
        (signed(-3), "−3"),
        (signed(0), "0"),
        (share(0.8124), ".812"),
        (share(1.0), "1.000"),
        (share(0.0), ".000"),
        (share(NAN), "–"),
        (signed_share(0.012), "+.012"),
        (signed_share(-0.1041), "−.104"),
        (signed_share(-1.0), "−1.000"),
        (signed_share(-0.0001), ".000"),
        (signed_share(NAN), "–"),
        (percent(0.814), "81 %"),
        (percent(NAN), "–"),
        (threshold(0.1), ".10"),
        (threshold(0.125), ".125"),
        (threshold(1.0), "1.00"),
        (threshold(0), ".00"),
        (threshold(1e-05), ".00001"),
    ],
)
def test_writing(text, expected):
    assert text == expected
