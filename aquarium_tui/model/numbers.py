"""Numbers as screens and reports write them: thin grouping, real minus signs, `–` where undefined."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

UNDEFINED = "–"


def grouped(count: float) -> str:
    """A count such as `12 480`."""
    return f"{round(count):,}".replace(",", " ").replace("-", "−")


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number of things: `1 frame`, `2 frames`; `plural` where it is not the noun with an s."""
    return f"{grouped(count)} {noun if count == 1 else plural or noun + 's'}"


def signed(count: float) -> str:
    """A difference of counts such as `+12` or `−3`; zero has no sign."""
    return f"{'+' if count > 0 else ''}{grouped(count)}"


def compact(count: float) -> str:
    """A count in at most five characters and three digits that matter: `312`, `9.12k`, `124k`, `1.30M`."""
    size = abs(count)
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size >= 0.9995 * unit:
            scaled = size / unit
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{'−' if count < 0 else ''}{scaled:.{digits}f}{letter}"
    return grouped(count)


def signed_compact(count: float) -> str:
    """A difference of counts such as `+9.12k` or `−3`; zero has no sign."""
    return f"{'+' if count > 0 else ''}{compact(count)}"


def number(value: float) -> str:
    """A number with three digits that matter such as `12.3`; `–` where it is NaN."""
    if math.isnan(value):
        return UNDEFINED
    if abs(value) >= 999.5:
        return compact(value)
    text = f"{value:.3g}"
    return text.replace("-", "−")


def signed_number(value: float) -> str:
    """A difference of numbers such as `+0.5` or `−3`; zero has no sign."""
    return ("+" if value > 0 else "") + number(value)


def share(value: float, digits: int = 3) -> str:
    """A rate between 0 and 1 such as `.812`, `1.000`; `–` where it is NaN.

    What rounding would make all or nothing is written as near it: `>.999`, `<.001`.
    """
    if math.isnan(value):
        return UNDEFINED
    text = f"{value:.{digits}f}"
    # A perfect average precision is 1 − 2e-16: COCO adds as much to what it divides by.
    if value < 1 - 1e-9 and float(text) == 1:
        return ">." + "9" * digits
    if value > 0 and float(text) == 0:
        return "<." + "0" * (digits - 1) + "1"
    return text.removeprefix("0") if text.startswith("0.") else text


def signed_share(value: float, digits: int = 3) -> str:
    """A difference of rates such as `+.012`, `−.104` or `+<.001`; zero has no sign; `–` where it is NaN."""
    if math.isnan(value):
        return UNDEFINED
    # Two sums of the same numbers in another order differ in the last of 16 digits: that is no difference.
    size = abs(value) if abs(value) > 1e-9 else 0.0
    text = share(size, digits)
    if text == "1.000":
        text = "1.00"  # As many cells as other differences: columns of numbers are that wide.
    return text if size == 0 else ("+" if value > 0 else "−") + text


def p_text(p: float) -> str:
    """A p-value such as `p = .034`, `p < .001`; `p –` where it is NaN."""
    if math.isnan(p):
        return f"p {UNDEFINED}"
    return "p < .001" if p < 0.0005 else f"p = {p:.3f}".replace("0.", ".")


def percent(value: float) -> str:
    """A share as whole percent such as `81 %`; `–` where it is NaN."""
    return UNDEFINED if math.isnan(value) else f"{value * 100:.0f} %"


def threshold(value: float) -> str:
    """A threshold with at least two digits, and up to five: `.10`, `.125`; `.1372…` has more."""
    whole, _, digits = f"{Decimal(repr(value)):f}".partition(".")
    if len(digits) > 5:
        # One that was matched or taken from a curve is the confidence of an inference, of 8 to 17 digits.
        digits = f"{digits[:4]}…"
    return f"{whole.removeprefix('0')}.{digits:0<2}"


def _rate(value: float) -> str:
    return share(value, 2)


def _signed_rate(value: float) -> str:
    return signed_share(value, 2)


def _percentage(value: float) -> str:
    return UNDEFINED if math.isnan(value) else f"{value:.1f} %"


def _signed_percentage(value: float) -> str:
    if math.isnan(value):
        return UNDEFINED
    shown = round(value, 1)
    sign = "+" if shown > 0 else "−" if shown < 0 else ""
    return f"{sign}{abs(shown):.1f} %"


@dataclass(frozen=True)
class Unit:
    """What numbers of one kind are, and how tables write them.

    Attributes:
        name: What is counted; empty for a plain number.
        written: A number.
        signed: A difference of two.
        width: Cells of a column of such numbers; one of differences takes one more.
    """

    name: str
    written: Callable[[float], str]
    signed: Callable[[float], str]
    width: int


COUNT = Unit("", grouped, signed, 5)
PIXELS = Unit("px", compact, signed_compact, 5)
SHARE = Unit("", share, signed_share, 5)
RATE = Unit("", _rate, _signed_rate, 4)
PERCENT = Unit("%", _percentage, _signed_percentage, 7)
NUMBER = Unit("", number, signed_number, 6)
