"""What is seen of one frame: layers, the part that is looked at, what is walked through."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from aquarium_tui.drawing.mask_painter import KINDS, MaskLayers
from aquarium_tui.drawing.object_painter import ObjectLayers
from aquarium_tui.kinds.walks import ObjectWalk
from aquarium_tui.tui.graphics.geometry import whole
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.masks import MaskScreen
from aquarium_tui.tui.screens.view import PictureScreen
from aquarium_tui.tui.spots.part import FOCUS, TABLES, SpotPart, cell_of, list_in, names_of, view_of


def _frame_id(screen: PictureScreen) -> str:
    return view_of(screen).comparison.dataset.frames.id[screen.frame] or ""


def _path(screen: FrameScreen) -> dict[str, Any] | None:
    """The list of a cell that is walked through; None for any other walk."""
    walk = screen.walk
    if not isinstance(walk, ObjectWalk):
        return None
    return {"cell": names_of(screen, walk.cells.cell), **list_in(walk.cells)}


def _layers(screen: FrameScreen) -> dict[str, bool]:
    """Layers that are not as they usually are."""
    usual = asdict(ObjectLayers())
    return {name: value for name, value in asdict(screen.drawn_layers).items() if value != usual[name]}


def _take_layers(screen: FrameScreen, said: Mapping[str, bool]) -> None:
    for name in ("labels", "base", "other"):
        if getattr(screen.drawn_layers, name) != said.get(name, True):
            screen.action_layer(name)
    if screen.drawn_layers.by_change != said.get("by_change", False):
        screen.action_colour()


def _region(screen: PictureScreen) -> list[float] | None:
    """The part of the frame that the user chose to see; None where the screen chose it."""
    seen, size = screen.picture.view, screen.picture.source
    if seen is None or size is None or seen == (screen.close_look() or whole(size)):
        return None
    return [round(edge, 1) for edge in seen]


def _take_region(screen: PictureScreen, said: Sequence[float] | None) -> None:
    if said is not None:
        left, top, right, bottom = map(float, said)
        screen.look_at((left, top, right, bottom))


_PICTURE: Mapping[str, SpotPart] = {
    "frame": SpotPart(_frame_id, lambda *_: None),
    "full": SpotPart(lambda s: s.has_class("-full"), lambda s, _: s.action_full(), False),
    "blink": SpotPart(lambda s: s.blink.side is not None, lambda s, _: s.action_blink(), False),
    "tables": TABLES,
    "focus": FOCUS,
    "region": SpotPart(_region, _take_region, None, last=4),
}
FRAME_PARTS: Mapping[str, SpotPart] = {
    **_PICTURE,
    "object": SpotPart(lambda s: s.row, lambda *_: None),
    "walk": SpotPart(_path, lambda *_: None),
    "close": SpotPart(lambda s: s.close, lambda s, _: s.action_close(), None),
    "whole": SpotPart(lambda s: s.whole, lambda s, _: s.action_whole(), False),
    "layers": SpotPart(_layers, _take_layers, {}),
}


def _mask_layers(screen: MaskScreen) -> dict[str, Any]:
    shown, usual = screen.shown, MaskLayers()
    said = {
        "masks": "all" if screen.blink.side else shown.masks,
        "outline": shown.outline,
        "opacity": shown.opacity,
        "kinds": [kind.word for kind in shown.kinds],
        "cell": names_of(screen, shown.cell),
    }
    plain = {**asdict(usual), "kinds": [kind.word for kind in KINDS]}
    return {name: value for name, value in said.items() if value != plain[name]}


def _take_mask_layers(screen: MaskScreen, said: Mapping[str, Any]) -> None:
    cell, kinds = said.get("cell"), said.get("kinds")
    layers = MaskLayers(
        str(said.get("masks", "all")),
        bool(said.get("outline", False)),
        float(said.get("opacity", MaskLayers().opacity)),
        KINDS if kinds is None else tuple(kind for kind in KINDS if kind.word in kinds),
        cell_of(view_of(screen).comparison, cell) if cell else None,
    )
    screen.mask_layers.show(layers)


MASK_PARTS: Mapping[str, SpotPart] = {
    **_PICTURE,
    "layers": SpotPart(_mask_layers, _take_mask_layers, {}),
    "split": SpotPart(lambda s: round(s.split, 3), lambda s, share: s.divide(share), 0.5),
    "change": SpotPart(lambda s: s.region_at, lambda s, at: s.go_to(at), None, last=3),
}
