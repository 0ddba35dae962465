"""The README's pictures show the program as it is; `python -m tests.docs.pictures` draws them anew."""

from pathlib import Path

import numpy as np

from tests.docs.pictures import DOCS, document, drawn, photos, walk, without_photos
from tests.tui.graphics.test_in_terminal import Session

ALIKE = 8
"""Levels of 255 by which photos differ on average at most: other JPEG libraries differ by 1 or 2."""


def test_the_pictures_of_the_readme_are_those_of_the_program(tmp_path: Path) -> None:
    insides = {}
    kept = (DOCS / "walk.svg").read_text("utf-8")
    for name, session in walk(tmp_path):
        insides[name] = ""

        def same(name: str = name, session: Session = session) -> bool:
            insides[name] = drawn(session.look())
            return without_photos(insides[name]) in without_photos(kept)

        session.until(same, f"{name} as in docs/walk.svg; `python -m tests.docs.pictures` draws it anew")
    for name in ("metrics", "frame", "walk"):
        seen = document(insides.values() if name == "walk" else [insides[name]])
        picture = (DOCS / f"{name}.svg").read_text("utf-8")
        assert without_photos(picture) == without_photos(seen)
        for one, two in zip(photos(picture), photos(seen), strict=True):
            assert np.abs(np.asarray(one, int) - np.asarray(two, int)).mean() < ALIKE, name
