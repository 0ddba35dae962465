"""The README's pictures show the program as it is; `python -m tests.docs.pictures` draws them anew."""

from functools import partial
from pathlib import Path

import numpy as np

from tests.docs.pictures import DOCS, document, drawn, photos, walk, without_photos
from tests.tui.graphics.test_in_terminal import Session

ALIKE = 6
"""Levels of 255 by which photos differ on average at most. Other JPEG libraries, and pictures that were
sharpened in two steps and not in one, differ by up to 4."""


def test_the_pictures_of_the_readme_are_those_of_the_program(tmp_path: Path) -> None:
    whole = (DOCS / "walk.svg").read_text("utf-8")
    insides: list[str] = []
    for name, session in walk(tmp_path):
        session.until(
            partial(alike, session, whole, sum(len(photos(each)) for each in insides)),
            f"{name} as in docs/walk.svg; `python -m tests.docs.pictures` draws it anew",
        )
        insides.append(drawn(session.look()))
    assert without_photos(document(insides)) == without_photos(whole)
    for name, at in (("metrics", 0), ("frame", 2)):
        picture = (DOCS / f"{name}.svg").read_text("utf-8")
        assert without_photos(picture) == without_photos(document([insides[at]])), name


def alike(session: Session, kept: str, before: int) -> bool:
    """Whether a screen is in a picture, where so many photos come before its own."""
    seen = drawn(session.look())
    if without_photos(seen) not in without_photos(kept):
        return False
    return all(
        np.abs(np.asarray(one, int) - np.asarray(two, int)).mean() < ALIKE
        for one, two in zip(photos(seen), photos(kept)[before:], strict=False)
    )
