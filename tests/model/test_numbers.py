"""Numbers as screens and reports write them."""

import pytest

from aquarium_tui.model.numbers import (
    compact,
    grouped,
    number,
    percent,
    share,
    signed,
    signed_compact,
    signed_number,
    signed_share,
    threshold,
)

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
        (compact(0), "0"),
        (compact(312), "312"),
        (compact(999), "999"),
        (compact(1000), "1.00k"),
        (compact(9994), "9.99k"),
        (compact(9996), "10.0k"),
        (compact(124_400), "124k"),
        (compact(999_600), "1.00M"),
        (compact(1_300_000_000), "1.30G"),
        (signed_compact(-9120), "−9.12k"),
        (signed_compact(0), "0"),
        (number(0.03038), "0.0304"),
        (number(12.345), "12.3"),
        (number(-2.5), "−2.5"),
        (number(0), "0"),
        (number(123456), "123k"),
        (number(NAN), "–"),
        (signed_number(0.5), "+0.5"),
        (signed_number(-0.5), "−0.5"),
        (share(0.8124), ".812"),
        (share(1.0), "1.000"),
        (share(0.0), ".000"),
        (share(NAN), "–"),
        (signed_share(0.012), "+.012"),
        (signed_share(-0.1041), "−.104"),
        (signed_share(-1.0), "−1.00"),
        (share(0.99967), ">.999"),
        (share(1 - 2**-52), "1.000"),
        (share(0.0003), "<.001"),
        (share(0.999, 2), ">.99"),
        (signed_share(-0.0001), "−<.001"),
        (signed_share(1e-17), ".000"),
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
