"""The screens that show one frame, by the name that a kind gives its own."""

from collections.abc import Callable

from textual.screen import Screen

from aquarium_tui.kinds.kind import FrameScreenName
from aquarium_tui.kinds.walks import ChangeWalk, FrameLook, Look, ObjectLook
from aquarium_tui.session.view import View
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.masks import MaskScreen


def _objects(look: Look, view: View) -> FrameScreen:
    if isinstance(look, ObjectLook):
        return FrameScreen(look.walk, row=look.row)
    return FrameScreen(ChangeWalk(look.frames, view.marked_word), frame=look.frame)


def _masks(look: Look, view: View) -> MaskScreen:
    del view
    assert isinstance(look, FrameLook)
    return MaskScreen(look)


FRAME_SCREENS: dict[FrameScreenName, Callable[[Look, View], Screen[None]]] = {
    "objects": _objects,
    "masks": _masks,
}
