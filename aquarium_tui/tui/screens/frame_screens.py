"""Which screen shows one frame of a kind."""

from collections.abc import Callable

from textual.screen import Screen

from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import FrameScreenName
from aquarium_tui.kinds.walks import ChangeWalk, FrameLook, Look, ObjectLook
from aquarium_tui.session.view import View
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.masks import MaskScreen


def _objects(look: Look, view: View) -> FrameScreen:
    if isinstance(look, ObjectLook):
        return FrameScreen(look.walk, row=look.row)
    screen = FrameScreen(ChangeWalk(look.frames, view.marked_word), frame=look.frame)
    screen.queue = look.queue
    return screen


def _masks(look: Look, view: View) -> MaskScreen:
    del view
    assert isinstance(look, FrameLook)
    return MaskScreen(look)


FRAME_SCREENS: dict[FrameScreenName, Callable[[Look, View], Screen[None]]] = {
    "objects": _objects,
    "masks": _masks,
}


def frame_screen(look: Look, view: View) -> Screen[None]:
    """The screen that shows a frame or an object of a view."""
    return FRAME_SCREENS[kind_of(view.comparison.dataset.project).frame_screen](look, view)
