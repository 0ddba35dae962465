"""A folder of masks: which file is of which frame, and what is in all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aquarium_tui.compare.pixels.survey import Survey, survey
from aquarium_tui.errors import InputError
from aquarium_tui.formats.mask_files import mask_files
from aquarium_tui.ingest.mask_checks import SurveyedMasks
from aquarium_tui.ingest.mask_classes import MaskClasses
from aquarium_tui.ingest.mask_names import NamedMasks, named
from aquarium_tui.ingest.provenance import listed
from aquarium_tui.media.folders import Size
from aquarium_tui.media.mask_values import mask_size
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.tables import Frames
from aquarium_tui.work.pool import Watch, worked, workers


@dataclass(frozen=True)
class MaskFolder:
    """A folder of masks.

    Attributes:
        path: Where it is.
        files: Its masks, relative to it.
        match: Which is of which frame.
    """

    path: Path
    files: Sequence[str]
    match: NamedMasks

    def surveyed(self, what: str, sized: Frames | Masks, watch: Watch) -> SurveyedMasks:
        """Every mask that is of a frame, read.

        Args:
            what: Their name in messages.
            sized: Images or masks whose size they should have.
            watch: How the reading is watched.

        Raises:
            CancelledError: `watch.cancelled` said so.
        """
        rows = np.flatnonzero(self.match.file >= 0).tolist()
        paths = [self.files[self.match.file[row]] for row in rows]
        sizes = [_size(sized, row) for row in rows]
        with workers(sum(width * height for width, height in sizes)) as executor:
            files = [str(self.path.absolute() / path) for path in paths]
            return SurveyedMasks(what, paths, list(worked(survey, files, executor, watch)), sizes)

    def masks(self, classes: MaskClasses, found: SurveyedMasks) -> Masks:
        """The masks of the frames."""
        path = Text.from_words(self.files, self.match.file.astype(np.int32))
        return Masks(clean(str(self.path.absolute())), path, classes.values, found.pixels())

    def notes(self, found: SurveyedMasks) -> Iterator[str]:
        """How the masks are named and coded."""
        match = self.match
        less = f" less {match.image_suffix}" if match.image_suffix else ""
        more = f" with {match.mask_suffix}" if match.mask_suffix else ""
        yield f"masks are named like the images{visible(less)}{visible(more)}"
        if match.others:
            told = ", ".join(f"{visible(suffix) or 'none'} ({n:,})" for suffix, n in match.others.items())
            yield f"masks with another suffix are left out: {told}; --suffix names the one to take"
        colored = sum(isinstance(each, Survey) and each.colored for each in found.surveys)
        if colored:
            yield f"{colored:,} masks are colour-coded: their colours are read as those of the classes"


def mask_folder(path: Path, images: Sequence[str], suffix: str | None) -> MaskFolder:
    """The masks in the folder `path`, matched with the images of the frames.

    Args:
        path: The folder.
        images: Paths of the images, one a frame.
        suffix: What the stems of the masks have besides those of the images; None finds it.

    Raises:
        InputError: It cannot be read, or none of its masks is of an image.
    """
    files = mask_files(path)
    match = named(images, files, suffix)
    if not match.matched:
        others = f" Their suffixes: {listed(list(match.others))}." if match.others else ""
        raise InputError(
            f"None of the {len(files):,} masks in {visible(str(path))} is of an image.",
            "A mask is named like its image, with or without a suffix. "
            f"The masks are {listed(files)}; the images are {listed(images)}.{others}",
        )
    return MaskFolder(path, files, match)


def _size(sized: Frames | Masks, row: int) -> Size:
    """Width and height of an image or mask, 0 where not known."""
    if isinstance(sized, Frames):
        return int(sized.width[row]), int(sized.height[row])
    file = sized.file(row)
    try:
        return mask_size(file) if file else (0, 0)
    except InputError:
        return 0, 0
