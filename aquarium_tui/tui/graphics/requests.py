"""What a picture widget asks for, and who sees to it: the latest request first, then what may come next."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

import numpy as np
from textual.widget import Widget

from aquarium_tui.drawing.drawing import CellPicture, Drawing, for_cells
from aquarium_tui.errors import AquariumError
from aquarium_tui.tui.graphics.backend import Backend, Care, Plate
from aquarium_tui.tui.graphics.geometry import CellGrid, SourceRect, WidthHeight, pieces
from aquarium_tui.tui.graphics.host import Host, start

# Requests that follow each other within this time are hurried: a key is being held down, and repeats 25 to 30
# times a second after half a second. A first impression then shows where one is; no whole one would be
# finished.
HURRY = 0.25
# Seconds after which a picture that is not drawn yet is mentioned. The largest photos take one; a network
# folder whose server is gone takes for ever.
PATIENCE = 2.0
WAITING = AquariumError(
    "Waiting for the picture …", "The disk or network that it is on does not answer. You can go on elsewhere."
)


@dataclass(frozen=True, eq=False)
class Request:
    """A drawing to be shown: which part of it, and in which cells.

    Attributes:
        drawing: What to draw.
        region: Left, top, right, bottom in source pixels.
        grid: The cells it is to cover.
        pixels: Width and height to draw.
    """

    drawing: Drawing
    region: SourceRect
    grid: CellGrid
    pixels: WidthHeight

    @property
    def key(self) -> Hashable:
        """Requests with equal keys ask for the same."""
        return self.drawing.key, self.region, self.grid, self.pixels


class Follower:
    """Follows the requests of one widget.

    Of requests that come faster than they can be met, the last one wins; of the others a first impression is
    shown, so that one sees where one is while a key is held down.

    Args:
        widget: Where pictures are shown.
        host: The way to the terminal.
        backend: How pictures are drawn there.
        tell: Shows why a request cannot be met.
        hush: Takes away what `tell` has shown, because a picture follows.
    """

    def __init__(
        self,
        widget: Widget,
        host: Host,
        backend: Backend,
        tell: Callable[[AquariumError], None],
        hush: Callable[[], None],
    ) -> None:
        self._widget, self._host, self._backend = widget, host, backend
        self._tell, self._hush = tell, hush
        self._coming: tuple[Request, ...] = ()
        self._met: Request | None = None
        self._busy = False
        self._asked = 0.0
        self.wanted: Request | None = None

    def ask(self, request: Request | None) -> None:
        """Show this, or nothing any more, instead of whatever was asked for before."""
        self.wanted, self._coming = request, ()
        if request:
            self._host.expect(self._widget, request.grid)
        self._host.wire.nudge()
        self._go()

    def prepare(self, requests: Sequence[Request]) -> None:
        """Make these ready when nothing else is asked for."""
        self._coming = tuple(requests)
        self._go()

    def _go(self) -> None:
        """See to it that the requests are followed."""
        if self.wanted and not self._busy:
            self._busy = True
            start(self._widget, self._follow)

    async def _follow(self) -> None:
        """Meet the latest request until there is no newer one, then make ready what may come."""
        try:
            while (request := self.wanted) and (request is not self._met or self._coming):
                if request is self._met:
                    await self._ahead(request)
                else:
                    await self._meet_or_tell(request)
        finally:
            self._busy = False

    async def _meet_or_tell(self, request: Request) -> None:
        """Show what is asked for, or say why it cannot be shown."""
        try:
            await self._meet(request)
        except AquariumError as error:
            if request is self.wanted:
                self._tell(error)
        self._met = request

    async def _meet(self, request: Request) -> None:
        """Draw, encode, send and show; stop when something newer is asked for."""
        hurried, self._asked = monotonic() - self._asked < HURRY, monotonic()
        plate = self._host.recall(request.key, self._widget) or await self._made(request, hurried)
        if plate:
            await self._present(plate, request.key, self._still(request))

    async def _made(self, request: Request, hurried: bool) -> Plate | None:
        """The whole picture, after a first impression has been shown where that comes much sooner.

        Returns:
            None where it is not wanted any more.
        """
        thread, make, wanted = self._host.thread, self._backend.make, self._still(request)
        slow = self._host.slow(request.grid)
        if slow and self._host.base(self._widget) is None:
            return await self._sketched(request)
        rough = hurried or slow
        drawn = await self._drawn(request, request)
        if drawn is None:
            return None
        image, captions = drawn.image, drawn.captions
        with self._host.haste() if rough else nullcontext():
            care = Care(rough, fine=self._host.fast(), keep=request.drawing.colors)
            over = self._host.base(self._widget)
            plate = await thread(make, image, request.grid, care, over=over, captions=captions)
            if not plate.rough:
                return plate
            # The whole is encoded while the first impression, which is shown in any case, is under way.
            care = replace(care, rough=False)
            make = partial(make, captions=captions)
            whole = asyncio.ensure_future(thread(make, image, request.grid, care)) if wanted() else None
            await self._present(plate, None, self._same())
        made = await whole if whole else None
        await self._host.calm()
        return made

    async def _sketched(self, request: Request) -> Plate | None:
        """The whole picture, drawn while a first impression that has been drawn for itself is under way.

        Only for what is shown anew: where a picture is shown already, the whole may be a small change of it.
        """
        with self._host.haste():
            drawn = await self._drawn(request, request, sketch=True)
            if drawn is None:
                return None
            plate = await self._encoded(request, drawn, rough=True)
            whole = asyncio.ensure_future(self._whole(request)) if self._still(request)() else None
            await self._present(plate, None, self._same())
        made = await whole if whole else None
        await self._host.calm()
        return made

    async def _whole(self, request: Request) -> Plate | None:
        """The whole picture, drawn and encoded; None where it is not wanted any more."""
        drawn = await self._drawn(request, request)
        return await self._encoded(request, drawn) if drawn else None

    async def _encoded(self, request: Request, drawn: CellPicture, rough: bool = False) -> Plate:
        """The plate of what has been drawn, whatever is shown now."""
        care = Care(rough, fine=not rough and self._host.fast(), keep=request.drawing.colors)
        make = partial(self._backend.make, captions=drawn.captions)
        return await self._host.thread(make, drawn.image, request.grid, care)

    def _draw(self, request: Request, sketch: bool) -> CellPicture:
        """What a request asks for, its captions drawn or left to the back end; sketches have none drawn."""
        drawing, region, pixels = request.drawing, request.region, request.pixels
        if sketch:
            most = self._backend.sketch(request.grid)
            pixels = min(pixels[0], most[0]), min(pixels[1], most[1])
        if self._backend.lettered or sketch:
            return for_cells(drawing, region, pixels, request.grid.cells)
        return CellPicture(drawing.draw(region, pixels))

    async def _drawn(self, request: Request, now: Request, *, sketch: bool = False) -> CellPicture | None:
        """Draw a request; None if that takes long and something else than `now` is asked for meanwhile."""
        work = self._host.thread(self._draw, request, sketch)
        drawing = asyncio.ensure_future(work)
        while not (await asyncio.wait([drawing], timeout=PATIENCE))[0]:
            if self.wanted is not now:
                # Nobody looks at what comes of it.
                drawing.add_done_callback(lambda done: done.cancelled() or done.exception())
                self._host.replace_threads()
                return None
            if request is now:
                self._tell(WAITING)
        return drawing.result()

    async def _present(self, plate: Plate, key: Hashable | None, wanted: Callable[[], bool]) -> None:
        """Send `plate` and show it instead of what was shown, picture or words."""
        if await self._host.send(plate, key, wanted):
            self._hush()
            await self._host.show(self._widget, plate, wanted)

    async def _ahead(self, now: Request) -> None:
        """Make ready one of what may come, as long as nothing but `now` is asked for."""
        request, *rest = self._coming
        self._coming = tuple(rest)
        wanted = self._still(now)
        if self._host.recall(request.key, self._widget):
            return
        try:
            drawn = await self._drawn(request, now)
        except AquariumError:
            return
        if drawn and wanted():
            plate = await self._encoded(request, drawn)
            await self._warm(plate, wanted)
            await self._host.send(plate, request.key, wanted)

    async def _warm(self, plate: Plate, wanted: Callable[[], bool]) -> None:
        """Let `plate` encode its pieces, where that takes time."""
        if not self._backend.prompt:
            columns, rows = plate.grid.cells
            most = self._backend.piece(plate.grid, self._host.wire.slice)
            for piece in pieces(np.ones((rows, columns), np.bool_), most):
                if wanted():
                    await self._host.thread(plate.paint, (0, 0), piece)

    def _still(self, request: Request) -> Callable[[], bool]:
        """Whether `request` is the latest."""
        same = self._same()
        return lambda: self.wanted is request and same()

    def _same(self) -> Callable[[], bool]:
        """Whether widget and terminal are still there."""
        age = self._host.age
        return lambda: self._host.age == age and self._widget.is_attached
