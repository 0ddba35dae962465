"""The cells that matter, with their first samples as pictures."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.drawing.drawing import picture
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.columns import Span, Tiles
from aquarium_tui.kinds.lists import Confusion
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import visible
from aquarium_tui.publish.chapters import Gallery, Shot
from aquarium_tui.report import Findings
from aquarium_tui.session.view import View

CELLS, SHOTS = 3, 6
"""Cells that got worse and cells that got better, and pictures of each: enough to see a pattern."""
_ASPECT = (4, 3)
_WIDTH = 320
"""Pixels across a picture: twice as many as a page shows, for sharp screens and for paper."""
_QUALITY = 80
"""Of JPEG: a report with 36 pictures took .6 MB, where 5 MB are the most it may take."""
_THREADS = 4
"""Photos decoded at once; Pillow decodes without the interpreter's lock."""


def galleries(view: View, findings: Findings | None, pictures: bool) -> Iterator[Gallery]:
    """The wrong cells that got worse or better most; with one set, the largest.

    Args:
        view: What is looked at.
        findings: How sure the deltas are; None where that is not known.
        pictures: Whether samples are drawn.
    """
    comparison = view.comparison
    presentation = kind_of(comparison.dataset.project).presentation(view, PhotoCache())
    confusion: Confusion = presentation.confusions[0]
    evidence = Evidence(len(comparison.classes) - 1, significance=findings.significance if findings else None)
    for cell in _cells(comparison, findings):
        walk = confusion.start(cell)
        shots = _shots(confusion.tiles(walk)) if pictures else ()
        listed, _ = confusion.lists(cell)[walk.which]
        of = f" Pictures: {visible(listed).lower()}." if shots and comparison.other else ""
        yield Gallery(_meaning(comparison, cell), _change(comparison, cell, evidence) + of, shots)


def _cells(comparison: Comparison, findings: Findings | None) -> list[tuple[int, int]]:
    """Those that got worse, then those that got better, of each the sure ones and the largest first."""
    n = len(comparison.classes)
    wrong = ~np.eye(n, dtype=bool)
    weight = (comparison.delta if comparison.other else comparison.confusion("base")) * wrong
    sure = np.zeros(n * n, bool)
    if findings:
        cells = findings.significance.cells
        sure = np.array([cells.state(row) is State.SURE for row in range(n * n)])
    found = []
    for sign in (1, -1):
        order = np.lexsort((-sign * weight.ravel(), ~sure))
        found += [int(at) for at in order if sign * weight.flat[at] > 0][:CELLS]
    return [divmod(at, n) for at in found]


def _meaning(comparison: Comparison, cell: tuple[int, int]) -> str:
    """A wrong cell in plain words."""
    names, last = [visible(name) for name in comparison.classes], len(comparison.classes) - 1
    label, inferred = cell
    if inferred == last:
        return f"Labelled {names[label]}, and not found"
    if label == last:
        return f"Reported as {names[inferred]} where nothing is labelled"
    return f"Labelled {names[label]}, reported as {names[inferred]}"


def _change(comparison: Comparison, cell: tuple[int, int], evidence: Evidence) -> str:
    """How often that happens under each set, and whether the difference may be chance."""
    kind = kind_of(comparison.dataset.project)
    unit = kind.class_report(comparison).unit
    base = unit.written(comparison.confusion("base")[cell])
    if comparison.other is None:
        return f"{base} {unit.name}".rstrip() + "."
    delta = int(comparison.delta[cell])
    names = [visible(comparison.inferences(side).id) for side in comparison.sides]
    counts = f"{base} {unit.name}".rstrip(), unit.written(comparison.confusion("other")[cell])
    how = "▼ worse" if delta > 0 else "▲ better"
    state = evidence.cell(*cell)
    how += {State.WEAK: ", which may be chance", State.FEW: ", in too few frames to tell"}.get(state, "")
    words = f"{how}: {counts[0]} by {names[0]}, {counts[1]} by {names[1]} ({unit.signed(delta)}"
    known = evidence.cell_words(*cell).replace("   ", ", ")
    return f"{words}{f'; {known}' if known else ''})."


def _shots(tiles: Tiles) -> Sequence[Shot]:
    count = min(len(tiles), SHOTS)
    crops = [tiles.crop(index, _ASPECT) for index in range(count)]
    with ThreadPoolExecutor(_THREADS) as pool:
        drawn = list(pool.map(_drawn, crops))
    captions = [[_words(line) for line in tiles.caption(index)] for index in range(count)]
    return [
        Shot(data, size, lines, crop.description)
        for (data, size), lines, crop in zip(drawn, captions, crops, strict=True)
    ]


def _words(line: Sequence[Span]) -> str:
    """A line of a caption; gaps between its parts become signs, as pages show no gaps."""
    return "".join(text for text, _ in line).strip().replace("  ", " · ")


def _drawn(crop: CropDrawing) -> tuple[bytes, tuple[int, int]]:
    image = picture(crop, _WIDTH)
    file = BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue(), image.size
