"""Blank moments: `python -m benchmarks.blanks [KIND …] [--rate BYTES] [--trip SECONDS]`.

Walks through the demo in a terminal at the end of a slow line, replays the bytes with their times through a
model of that terminal, and says for each step how long an area stood blank that held a picture before and
after it, how soon the new picture could be recognised, and how soon the key was answered.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.link import KITTY, XTERM, Kind, Link
from benchmarks.screen import Screen

KINDS = {
    "kitty": KITTY,
    "sixel": XTERM,
    "iterm": Kind("iTerm2 3.5.0", kitty=False, attributes="62;4", synchronised=False),
    "half": Kind("plain 1", kitty=False, attributes="1;2", synchronised=False),
}
WALK = (
    ("Metrics to samples", "\r"),
    ("samples to frame", "\r"),
    ("layer off", "L"),
    ("layer on", "L"),
    ("whole frame", "z"),
    ("next frame", "]"),
    ("help", "?"),
    ("close help", "\x1b"),
    ("frame to samples", "\x1b"),
    ("samples to Metrics", "\x1b"),
    ("Metrics to Frames", "1"),
    ("next preview", "j"),
    ("Frames to frame", "\r"),
    ("frame to Frames", "\x1b"),
)
SIZE = (100, 30)
ALIKE = 0.8
"""The correlation with the final picture, at a sample per cell, from which on a picture can be recognised."""
MISSED = 0.03
"""The share of an area below which what is blank is not counted, such as a line of text over the picture."""
CALM = 0.8


@dataclass(frozen=True)
class StepFigures:
    """What one step of the walk was like.

    Attributes:
        name: The step.
        blanks: How often the area was blank.
        longest: Seconds of the longest blank moment.
        total: Seconds of all of them.
        recognised: Seconds from the key until the picture could be recognised; NaN without a picture.
        answered: Seconds from the key until the first bytes.
        whole: Seconds from the key until the last byte.
        size: Bytes.
    """

    name: str
    blanks: int
    longest: float
    total: float
    recognised: float
    answered: float
    whole: float
    size: int


def walk(kind: Kind, rate: float, trip: float) -> Iterator[StepFigures]:
    """The figures of each step of the walk."""
    command = [sys.executable, "-m", "aquarium_tui", "demo"]
    with Link(command, kind, SIZE, latency=trip, rate=rate) as link:
        link.wait(lambda data: b"Metrics" in data, most=30.0)
        link.quiet(pause=2.0)
        moments = []
        for _, key in WALK:
            moments.append(link.press(key))
            link.wait(bool, moments[-1])
            link.quiet(link.now, pause=CALM + trip)
        log, end = list(link.log), link.now
    screen = Screen(SIZE)
    for moment, data in log:
        if moment >= moments[0]:
            break
        screen.feed(data)
    for (name, _), start, stop in zip(WALK, moments, [*moments[1:], end], strict=True):
        yield _step(name, screen, [(when - start, data) for when, data in log if start <= when < stop])


def _step(name: str, screen: Screen, log: Sequence[tuple[float, bytes]]) -> StepFigures:
    """Replay what arrived in one step."""
    before = pictured(screen)
    states, looks = [], []
    for _, data in log:
        screen.feed(data)
        states.append(pictured(screen))
        looks.append(sampled(screen))
    if not log:
        return StepFigures(name, 0, 0.0, 0.0, float("nan"), float("nan"), 0.0, 0)
    both, after = before & states[-1], states[-1]
    times = [when for when, _ in log]
    spells, since = [], None
    for when, state in zip(times, states, strict=True):
        blank = (both & ~state).sum() > MISSED * both.sum()
        if blank and since is None:
            since = when
        elif not blank and since is not None:
            spells.append(when - since)
            since = None
    alike = (
        when for when, look in zip(times, looks, strict=True) if correlation(look, looks[-1], after) >= ALIKE
    )
    return StepFigures(
        name,
        len(spells),
        max(spells, default=0.0),
        sum(spells),
        next(alike, float("nan")) if after.mean() > MISSED else float("nan"),
        times[0],
        times[-1],
        sum(len(data) for _, data in log),
    )


def pictured(screen: Screen) -> NDArray[np.bool_]:
    """The cells that show a part of a picture, (rows, columns)."""
    return np.array([[screen.shows_picture(cell) for cell in row] for row in screen.cells])


def sampled(screen: Screen) -> NDArray[np.float64]:
    """The mean colour of each cell, (rows, columns, 3)."""
    return np.asarray(screen.image().resize(screen.size, 4), float)


def correlation(look: NDArray[np.float64], final: NDArray[np.float64], where: NDArray[np.bool_]) -> float:
    """How alike two looks are in some cells; 1 where the final one has but one colour."""
    now, then = look[where].ravel(), final[where].ravel()
    if not now.size or then.std() == 0:
        return 1.0
    return float(np.corrcoef(now, then)[0, 1]) if now.std() > 0 else 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.blanks", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--rate", type=float, default=1e6, help="bytes per second (1e6)")
    parser.add_argument("--trip", type=float, default=0.03, help="seconds of a round trip (0.03)")
    asked = parser.parse_args(arguments)
    print("kind   step                 blank  longest  total  recognised  answered  whole    kB")
    for kind in asked.kinds or KINDS:
        for one in walk(KINDS[kind], asked.rate, asked.trip):
            print(
                f"{kind:6} {one.name:20} {one.blanks:5} {1000 * one.longest:5.0f} ms {one.total:5.2f} s"
                f" {1000 * one.recognised:8.0f} ms {1000 * one.answered:6.0f} ms {one.whole:5.2f} s"
                f" {one.size / 1000:5.0f}"
            )


if __name__ == "__main__":
    main()
