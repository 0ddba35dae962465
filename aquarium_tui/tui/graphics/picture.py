"""The picture widget: shows a drawing as well as the terminal can, and lets one look around in it."""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from aquarium_tui.drawing.drawing import Drawing
from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible
from aquarium_tui.tui.graphics.canvas import picture_area
from aquarium_tui.tui.graphics.geometry import SourceRect, WidthHeight, fit, moved, pixels, whole, zoomed
from aquarium_tui.tui.graphics.half import HalfPlate, half_strip
from aquarium_tui.tui.graphics.host import Host, host_of
from aquarium_tui.tui.graphics.requests import Follower, Request

# One notch of the wheel: three double the size, so that no step loses sight of what is under the pointer.
WHEEL = 1.25


class Picture(Widget):
    """Shows one drawing, centred, on the background of the theme.

    Drawing and encoding happen in worker threads. Of requests that come faster than they can be met, the last
    one wins. The wheel zooms, and dragging pans where only a part is seen. The app must be a `TerminalApp`.

    Args:
        still: Whether the wheel and the mouse are left to other widgets.
        name: The name of the widget.
        id: Its id in the DOM.
        classes: Its CSS classes.
    """

    ALLOW_SELECT = False
    HOLDS_PICTURES: ClassVar[bool] = True
    DEFAULT_CSS = """
    Picture { width: 1fr; height: 1fr; content-align: center middle; text-align: center; }
    """

    class RegionChanged(Message):
        """The user sees another part of the source.

        Attributes:
            picture: The widget.
            region: Left, top, right, bottom in source pixels.
        """

        def __init__(self, picture: "Picture", region: SourceRect) -> None:
            super().__init__()
            self.picture = picture
            self.region = region

        @property
        def control(self) -> "Picture":
            """The widget."""
            return self.picture

    def __init__(
        self,
        *,
        still: bool = False,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._drawing: Drawing | None = None
        self._region: SourceRect | None = None
        self._coming: tuple[Drawing, ...] = ()
        self._words = ""
        self._told = False
        self._still = still
        self._held = Offset()
        self._dragged = False

    def show(self, drawing: Drawing | None, *, region: SourceRect | None = None) -> None:
        """Show `drawing`, or nothing; what was shown before stays until it is ready.

        Args:
            drawing: What to show.
            region: Left, top, right, bottom in source pixels; None is all of it.
        """
        self._drawing, self._region, self._coming = drawing, region, ()
        self._told = True
        self._request()

    def prepare(self, drawings: Sequence[Drawing]) -> None:
        """Make `drawings` ready to be shown here, since one of them is likely to be asked for next."""
        self._coming = tuple(drawings)
        self._prepare()

    @property
    def source(self) -> WidthHeight | None:
        """Width and height of the source in pixels; None without a drawing."""
        return self._drawing.size if self._drawing else None

    @property
    def view(self) -> SourceRect | None:
        """What is seen, in source pixels: left, top, right, bottom; None without a drawing. Can be set."""
        return self._region or (whole(self._drawing.size) if self._drawing else None)

    @view.setter
    def view(self, region: SourceRect | None) -> None:
        self._region = region
        self._request()

    def zoom(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Zoom in (`factor` above 1) or out; the source point `at`, or the middle, stays in place."""
        seen, room = self.view, self._room
        if self._drawing and seen and room:
            cell = self._host.cell
            middle = ((seen[0] + seen[2]) / 2, (seen[1] + seen[3]) / 2)
            space = (room[0] * cell[0], room[1] * cell[1])
            self._look(zoomed(seen, self._drawing.size, space, factor, at or middle))

    def pan(self, dx: float, dy: float) -> None:
        """Move what is seen by fractions of its own width and height."""
        if self._drawing and (seen := self.view):
            self._look(moved(seen, self._drawing.size, dx, dy))

    def fit(self) -> None:
        """See all of the source."""
        if self._drawing:
            self._look(whole(self._drawing.size))

    def source_point(self, x: int, y: int) -> tuple[float, float] | None:
        """The point of the source in the middle of a cell of the widget; None beside the picture."""
        if (request := self._wanted) is None:
            return None
        area = picture_area(self, request.grid.cells).translate(-self.region.offset)
        if not area.contains(x, y):
            return None
        left, top, right, bottom = request.region
        across, down = (x - area.x + 0.5) / area.width, (y - area.y + 0.5) / area.height
        return left + across * (right - left), top + down * (bottom - top)

    def render(self) -> Content:
        """What is described in words."""
        return Content(self._words)

    def render_line(self, y: int) -> Strip:
        """A row of words, or of half cells where there is no terminal; else of blanks, painted later."""
        if self._words:
            return super().render_line(y)
        width, height = self.content_size
        plate = self._host.plate(self) if self._host.in_text else None
        if not isinstance(plate, HalfPlate):
            return Strip.blank(width, self.rich_style)
        return half_strip(plate, (width, height), y, self.rich_style)

    def _again(self) -> None:
        """Draw again what is shown, because the terminal has changed."""
        if self._follower:
            self._follower.wanted = None
        self._request()

    def _tell(self, error: AquariumError) -> None:
        """Say why there is no picture."""
        self._say("\n".join(map(visible, filter(None, (error.message, error.hint)))))

    def _hush(self) -> None:
        """Show no words any more."""
        if self._words:
            self._words = ""
            self.refresh()

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a cell of the terminal in pixels."""
        return self._host.cell

    @property
    def _host(self) -> Host:
        """The way to the terminal."""
        return host_of(self)

    @cached_property
    def _follower(self) -> Follower | None:
        """Who follows the requests; nobody where there are no pictures."""
        host = self._host
        return Follower(self, host, host.backend, self._tell, self._hush) if host.backend else None

    @property
    def _wanted(self) -> Request | None:
        """What was asked for last."""
        return self._follower.wanted if self._follower else None

    @property
    def _room(self) -> WidthHeight | None:
        """Columns and rows available; None while the widget has no place on the screen."""
        size = self.content_size
        return (size.width, size.height) if size.area else None

    def _look(self, region: SourceRect) -> None:
        """Show another part of the source and say so."""
        if region != self.view:
            self.view = region
            self.post_message(self.RegionChanged(self, region))

    def _request(self) -> None:
        """Ask for what is to be seen now."""
        if not self.is_attached or not self.app.is_running:
            return
        if self._follower is None:
            self._say(visible(self._drawing.description) if self._drawing else "")
        elif self._drawing is None:
            if self._told:
                self._follower.ask(None)
                self._say("")
        elif self._room:
            request = self._plan(self._drawing, self.view or whole(self._drawing.size))
            if self._wanted is None or self._wanted.key != request.key:
                self._follower.ask(request)
                self._prepare()

    def _prepare(self) -> None:
        """Hand on what is likely to be asked for next."""
        if self._follower and self._room and self.is_attached:
            self._follower.prepare([self._plan(drawing, whole(drawing.size)) for drawing in self._coming])

    def _plan(self, drawing: Drawing, region: SourceRect) -> Request:
        """The request for `region` of `drawing` in the cells available."""
        host = self._host
        assert host.backend is not None
        assert self._room is not None
        most = host.backend.room
        grid = fit(region, (min(self._room[0], most[0]), min(self._room[1], most[1])), host.cell)
        return Request(drawing, region, grid, pixels(region, host.backend.most(grid)))

    def _say(self, words: str) -> None:
        """Show words, or nothing, instead of a picture."""
        self._host.drop(self)
        self._words = words
        self.refresh()

    def on_mount(self) -> None:
        """Be told when the terminal changes."""
        self._host.join(self, self._again)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._request()

    def on_show(self) -> None:
        """Draw what was asked for while hidden."""
        self._request()

    def on_unmount(self) -> None:
        """Free the terminal."""
        if self._follower:
            self._follower.ask(None)
        self._host.leave(self)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in on what is under the pointer."""
        self._wheel(event, WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        self._wheel(event, 1 / WHEEL)

    def _wheel(self, event: events.MouseEvent, factor: float) -> None:
        """Zoom about the pointer."""
        if self._drawing and not self._still:
            event.stop()
            self.zoom(factor, self.source_point(event.x, event.y))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the picture if only a part of it is seen."""
        self._held, self._dragged = event.offset, False
        movable = self._drawing and not self._still and self.view != whole(self._drawing.size)
        if event.button == 1 and movable:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the picture with the pointer."""
        if self.app.mouse_captured is self and self._wanted and event.offset != self._held:
            columns, rows = self._wanted.grid.cells
            by, self._held, self._dragged = self._held - event.offset, event.offset, True
            self.pan(by.x / columns, by.y / rows)

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """The end of a drag is not a click."""
        if self._dragged:
            event.stop()
