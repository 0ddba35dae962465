"""How many bytes and how long a picture takes over a slow line, in a terminal of our own making."""

import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.command import megabytes
from benchmarks.link import KITTY, XTERM, Link
from benchmarks.work import FRAMES, PEAK, TIME, Figures, NotMeasuredError, Site, Work

_RATE, _LATENCY = 1e6, 0.03
_PLACEHOLDER = "\U0010eeee".encode()
"""The character that stands for a part of a picture in kitty's protocol; with it, something is visible."""
_KINDS = {"kitty": KITTY, "sixel": XTERM}
_LONGEST = 30.0
_PAUSES: tuple[float, ...] = (0.02, 0.06, 0.1, 0.14, 0.18, 0.22, 0.26, 0.3)
"""Seconds between the key for the next photo and a key meanwhile: all through the sending of a picture."""
_QUIET = {False: 0.6, True: 2.5}
"""Seconds without a byte after which a picture is whole; textual-image may take one to make it."""
_PAGED = 100
_HELD_DOWN = 0.1
"""Seconds between the photos that are paged through."""


def shown(site: Site, kind: str, columns: int, rows: int) -> Work:
    return lambda: _shown(site, kind, (columns, rows))


def shown_stock(site: Site, kind: str, columns: int, rows: int) -> Work:
    return lambda: _shown(site, kind, (columns, rows), stock=kind)


def _shown(site: Site, kind: str, size: tuple[int, int], stock: str = "") -> Figures:
    """The next photo, a key meanwhile, back again, and a layer less."""
    pause = _QUIET[bool(stock)]
    pauses = _PAUSES if site.frames >= FRAMES else _PAUSES[:1]
    if stock:
        pauses = pauses[::4]  # each takes up to 7 s, and it answers late at all of them
    with _started(site, kind, size, stock) as link:
        whole, first, count = _pressed(link, "n", pause)
        back, _, back_count = _pressed(link, "p", pause)
        layer, _, layer_count = _pressed(link, "l", pause)
        key = max(_answered(link, after, pause) for after in pauses)
    used = megabytes(resource.getrusage(resource.RUSAGE_CHILDREN))
    seconds = {TIME: whole, "first": first, "key": key, "back": back, "layer": layer}
    return seconds | {
        "bytes": count / 1000,
        "back-bytes": back_count / 1000,
        "layer-bytes": layer_count / 1000,
        PEAK: used,
    }


def held(site: Site) -> Work:
    """Pages through photos and counts those that were sent and not deleted."""
    pages = min(_PAGED, site.frames)

    def once() -> Figures:
        with _started(site, "kitty", (100, 30), rate=0.0) as link:
            most = 0
            for _ in range(pages):
                link.press("n")
                time.sleep(_HELD_DOWN)
                most = max(most, _held(link.output))
        if not most:
            raise NotMeasuredError("no photo was sent")
        return {"held": float(most), PEAK: megabytes(resource.getrusage(resource.RUSAGE_CHILDREN))}

    return once


def _held(output: bytes) -> int:
    return len(re.findall(rb"a=T,", output)) - len(re.findall(rb"a=d,d=I,", output))


@contextmanager
def _started(
    site: Site, kind: str, size: tuple[int, int], stock: str = "", rate: float = _RATE
) -> Iterator[Link]:
    """The program that shows photos, with its first one on the screen."""
    folder = str(site.part("photos") / "scenes")
    command = [sys.executable, "-m", "benchmarks.slides", folder, *filter(None, [stock])]
    with Link(command, _KINDS[kind], size, latency=_LATENCY, rate=rate) as link:
        if link.wait(lambda data: b"ready" in data, most=_LONGEST) >= _LONGEST:
            raise NotMeasuredError("the program did not start")
        link.quiet(pause=_QUIET[bool(stock)])
        yield link


def _pressed(link: Link, key: str, pause: float) -> tuple[float, float, float]:
    """Press a key: seconds until all has arrived, until something is to be seen, and bytes."""
    moment = link.press(key)
    if link.wait(bool, moment, _LONGEST) >= _LONGEST:
        raise NotMeasuredError(f"nothing was drawn after the key {key}")
    whole = link.quiet(moment, pause)
    arrived, first = b"", whole
    for when, part in link.log:
        arrived += part if when >= moment else b""
        if _PLACEHOLDER in arrived:
            first = when - moment
            break
    return whole, first, float(len(link.since(moment)))


def _answered(link: Link, after: float, pause: float) -> float:
    """Seconds until a key is answered that is pressed shortly after the one for the next photo."""
    link.press("n")
    time.sleep(after)
    taken = link.wait(lambda data: b"count" in data, link.press("k"), most=_LONGEST)
    if taken >= _LONGEST:
        raise NotMeasuredError("a key was not answered")
    link.quiet(link.now, pause)
    return taken
