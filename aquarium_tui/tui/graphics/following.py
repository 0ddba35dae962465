"""Meeting the requests of a picture widget: the latest first, then what may come next."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from aquarium_tui.errors import AquariumError
from aquarium_tui.tui.graphics.backend import Backend, Plate
from aquarium_tui.tui.graphics.geometry import pieces
from aquarium_tui.tui.graphics.host import Host, start
from aquarium_tui.tui.graphics.request import Request

if TYPE_CHECKING:
    from aquarium_tui.tui.graphics.picture import Picture

HURRY = 0.25


class Follower:
    """Meets the requests of one widget.

    Of requests that come faster than they can be met the last one wins, and of the others a first impression
    is shown, so that one sees where one is while a key is held down.

    Args:
        widget: Who asks.
        host: The way to the terminal.
        backend: How pictures are drawn there.
    """

    def __init__(self, widget: "Picture", host: Host, backend: Backend) -> None:
        self._widget, self._host, self._backend = widget, host, backend
        self._coming: tuple[Request, ...] = ()
        self._met: Request | None = None
        self._busy = False
        self._asked = 0.0
        self.wanted: Request | None = None

    def ask(self, request: Request | None) -> None:
        """Show this, or nothing more, instead of whatever was asked for before."""
        self.wanted, self._coming = request, ()
        self._host.wire.nudge()
        self._go()

    def prepare(self, requests: Sequence[Request]) -> None:
        """Make these ready when nothing is asked for."""
        self._coming = tuple(requests)
        self._go()

    def _go(self) -> None:
        """See to it that somebody meets the requests."""
        if self.wanted and not self._busy:
            self._busy = True
            start(self._widget, self._follow)

    async def _follow(self) -> None:
        """Meet the latest request until there is no newer one; then make ready what may come."""
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
                self._widget.tell(error)
        self._met = request

    async def _meet(self, request: Request) -> None:
        """Draw, encode, send and show; leave off when something newer is asked for."""
        thread, make, wanted = self._host.thread, self._backend.make, self._still(request)
        hurried, self._asked = monotonic() - self._asked < HURRY, monotonic()
        plate = self._host.recall(request.key, self._widget)
        if plate is None:
            image = await thread(request.drawing.draw, request.region, request.pixels)
            rough, over = hurried or self._host.slow(request.grid), self._host.base(self._widget)
            plate = await thread(make, image, request.grid, rough=rough, over=over)
            if plate.rough:
                whole = thread(make, image, request.grid) if wanted() else None
                _, plate = await asyncio.gather(self._present(plate, None, self._same()), whole or _nothing())
        if plate:
            await self._present(plate, request.key, wanted)

    async def _present(self, plate: Plate, key: Hashable | None, wanted: Callable[[], bool]) -> None:
        """Send `plate` and show it instead of what was shown, picture or words."""
        if await self._host.send(plate, key, wanted):
            self._widget.hush()
            await self._host.show(self._widget, plate, wanted)

    async def _ahead(self, now: Request) -> None:
        """Make ready one of what may come, as long as nothing but `now` is asked for."""
        request, *rest = self._coming
        self._coming = tuple(rest)
        wanted = self._still(now)
        if self._host.recall(request.key, self._widget):
            return
        try:
            image = await self._host.thread(request.drawing.draw, request.region, request.pixels)
        except AquariumError:
            return
        if wanted():
            plate = await self._host.thread(self._backend.make, image, request.grid)
            await self._warm(plate, wanted)
            await self._host.send(plate, request.key, wanted)

    async def _warm(self, plate: Plate, wanted: Callable[[], bool]) -> None:
        """Let `plate` encode its pieces, where that takes time."""
        if not self._backend.prompt:
            columns, rows = plate.grid.cells
            for piece in pieces(np.ones((rows, columns), np.bool_), self._backend.piece(plate.grid)):
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


async def _nothing() -> None:
    """No plate."""
