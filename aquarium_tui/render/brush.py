"""Marks as ink: which lines are drawn where, and which of them lie on top."""

from collections.abc import Sequence

from aquarium_tui.render.ink import Dashes, Ink
from aquarium_tui.render.mark import Kind, Placed
from aquarium_tui.render.patterns import Mask, dashes, falling, rising
from aquarium_tui.render.pen import Pen, Weight
from aquarium_tui.render.region import Color, Region, Size, scales

_DARK: Color = (6, 6, 10)
_ORDER: dict[Kind, int] = {"label": 0, "base": 1, "other": 2}


class Brush:
    """Draws marks with one pen on a display that shows `region` at `pixels`.

    Attributes:
        ink: What has been drawn.
    """

    def __init__(self, pixels: Size, region: Region, pen: Pen) -> None:
        self.ink = Ink(pixels)
        self._pen = pen
        origin = _origin(region, pixels)
        pitches = {pen.pitch, pen.narrow}
        self._hatching = {pitch: _hatching(pixels, origin, pitch, pen.hatch) for pitch in pitches}
        self._rims = {pitch: _hatching(pixels, origin, pitch, pen.hatch, pen.rim) for pitch in pitches}
        self._dashes = _dashes(pixels, origin, pen)

    def draw(self, placed: Sequence[Placed], weight: Weight) -> None:
        """Marks of one weight over what has been drawn: all hatching below all outlines.

        Outlines of base and other lie on those of labels, so that where they coincide both are seen.
        """
        rims = self._pen.rim if weight.rim else 0
        dark = self.ink.number(_DARK, weight.rim)
        hatched = [one for one in placed if one.mark.kind != "label"]
        for one in hatched if rims else ():
            self.ink.fill(one.box, self._rims[self._pen.pitch_for(one.box)][one.mark.kind], dark)
        for one in hatched:
            mask = self._hatching[self._pen.pitch_for(one.box)][one.mark.kind]
            self.ink.fill(one.box, mask, self.ink.number(one.mark.color, weight.hatch))
        for one in placed if rims else ():
            width = self._pen.width_for(one.box, weight.wider)
            self.ink.outline(one.box.grown(rims), width + 2 * rims, dark)
        for one in sorted(placed, key=lambda one: _ORDER[one.mark.kind]):
            self._outline(
                one, self._pen.width_for(one.box, weight.wider), self.ink.number(one.mark.color, weight.line)
            )

    def _outline(self, one: Placed, width: int, ink: int) -> None:
        if one.mark.kind != "label":
            self.ink.dashed(one.box, width, self._dashes[one.mark.kind], ink)
            return
        self.ink.outline(one.box, width, ink)
        if one.mark.crowd:
            self.ink.outline(one.box.grown(-2 * width), width, ink)


def _origin(region: Region, pixels: Size) -> tuple[int, int]:
    """Where the display's top left pixel lies in the whole picture at this scale."""
    across, down = scales(region, pixels)
    return (round(region[0] * across), round(region[1] * down))


def _hatching(
    pixels: Size, origin: tuple[int, int], pitch: int, width: int, rim: int = 0
) -> dict[Kind, Mask]:
    """The hatch lines of base and other, `rim` pixels wider on both sides."""
    return {
        "base": rising(pixels, origin, pitch, -rim, width + 2 * rim),
        "other": falling(pixels, origin, pitch, -rim, width + 2 * rim),
    }


def _dashes(pixels: Size, origin: tuple[int, int], pen: Pen) -> dict[Kind, Dashes]:
    """The dashes of base and other, half a period apart, so that both are seen where the lines coincide."""
    starts: dict[Kind, int] = {"base": 0, "other": (pen.dash + pen.gap) // 2}
    return {
        kind: Dashes(
            dashes(pixels[0], origin[0], pen.dash, pen.gap, start),
            dashes(pixels[1], origin[1], pen.dash, pen.gap, start),
            pen.dash + pen.gap,
        )
        for kind, start in starts.items()
    }
