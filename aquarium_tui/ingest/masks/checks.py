"""What can be wrong with masks, found by reading all of them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from aquarium_tui.formats.shared.records import EXAMPLES
from aquarium_tui.ingest.masks.folder import NamedMasks, Survey, SurveyedMasks
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.masks import COLOR, Masks, value_text
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.problems import Handling, Problem

_LISTED = 8
"""How many values or classes a hint lists."""
_ALIKE = 0.5
"""If labels and inferences have less than this share of the pixels in common, class by class, the values mean
something else: even a poor model gives each class about its share."""
_TRAIN_IDS, _LABEL_IDS = 18, 33
"""The largest trainId and labelId of Cityscapes; 255 stands for void."""


def problem(kind: str, places: Sequence[str], action: Handling, hint: str = "") -> Iterator[Problem]:
    """A problem with these places, if there are any."""
    if places:
        yield Problem(kind, len(places), action, tuple(visible(p) for p in places[:EXAMPLES]), hint)


def name_problems(named: NamedMasks, masks: Sequence[str], frames: Sequence[str]) -> Iterator[Problem]:
    """Frames without a mask, and masks that are not used."""
    lacking = [name for name, file in zip(frames, named.file.tolist(), strict=True) if file < 0]
    yield from problem("frames without a mask", lacking, "kept", "they are excluded from all counts")
    yield from problem("masks that belong to no image", [masks[i] for i in named.strange], "left out")
    again = [masks[i] for i in named.repeated]
    yield from problem("masks of a frame that already has one", again, "left out")


def mask_problems(found: SurveyedMasks, values: Collection[int], inferred: bool) -> Iterator[Problem]:
    """Masks that cannot be read, have another size, or hold values without a meaning.

    Args:
        found: The masks.
        values: The values that mean a class.
        inferred: Whether they are of a model: then one whose size is not that of the label mask is resized.
    """
    pairs = zip(found.paths, found.surveys, strict=True)
    unread = [f"{path} ({why})" for path, why in pairs if isinstance(why, str)]
    yield from problem(
        f"{found.what} that cannot be read", unread, "kept", "their frames are excluded from all counts"
    )
    yield from _sizes(found, inferred)
    yield from _unnamed(found, values, inferred)


def slip(labels: Masks, inferred: Masks, classes: ClassMap) -> Iterator[Problem]:
    """Inferences whose values seem to mean something else than those of the labels."""
    wanted, given = (_shares(masks, classes) for masks in (labels, inferred))
    alike = sum(min(share, wanted.get(position, 0.0)) for position, share in given.items())
    if alike >= _ALIKE * sum(wanted.values()) or not inferred.pixels:
        return
    names = classes.evaluated_names
    told = [
        f"labels: {', '.join(visible(names[position]) for position in list(wanted)[:_LISTED])}",
        f"inferences: values {', '.join(map(value_text, list(inferred.pixels)[:_LISTED]))}",
    ]
    kind = (
        "masks that have no class in common with the labels"
        if not alike
        else "masks whose values may mean other classes"
    )
    known = f"{remark}; " if (remark := of_cityscapes(labels, inferred)) else ""
    hint = f"{known}--classes FILE says what the values of the inferences mean"
    yield Problem(kind, inferred.count, "noted", tuple(told), hint)


def of_cityscapes(labels: Masks, inferred: Masks) -> str:
    """A remark if labels and inferences look like Cityscapes' two sets of ids; empty if not."""
    if _of_label_ids(labels.pixels) and _of_train_ids(inferred.pixels):
        return "the labels look like Cityscapes' labelIds, the inferences like its trainIds"
    return ""


def _sizes(found: SurveyedMasks, inferred: bool) -> Iterator[Problem]:
    wrong = [
        f"{path} ({each.width} × {each.height}, not {width} × {height})"
        for path, each, (width, height) in zip(found.paths, found.surveys, found.sizes, strict=True)
        if isinstance(each, Survey) and width and (each.width, each.height) != (width, height)
    ]
    if inferred:
        hint = "each pixel of the label mask is compared with the nearest one"
        yield from problem(f"{found.what} whose size is not that of the label mask", wrong, "changed", hint)
    else:
        yield from problem(f"{found.what} whose size is not that of the image", wrong, "kept")


def _unnamed(found: SurveyedMasks, values: Collection[int], inferred: bool) -> Iterator[Problem]:
    """Values, and separately colours, that mean no class."""
    for colored in (False, True):
        places: list[str] = []
        sums: Counter[int] = Counter()
        for path, each in found.read:
            if strange := _strange(each, values, colored):
                sums.update(strange)
                first = [f"{value_text(v)}: {grouped(n)} pixels" for v, n in list(strange.items())[:EXAMPLES]]
                places.append(f"{path} ({', '.join(first)})")
        kind = "colours that no class has" if colored else "values that no class has"
        fate = "count as wrong" if inferred else "are excluded from all counts"
        shown = ", ".join(value_text(v) for v, _ in sums.most_common(_LISTED))
        more = f" and {len(sums) - _LISTED:,} more" if len(sums) > _LISTED else ""
        repair = "give their classes these colours" if colored else "name them"
        hint = f"pixels of {shown}{more} {fate}; {repair} with --classes"
        hint += "" if inferred or colored else ", or leave them out with --ignore"
        yield from problem(f"{found.what} with {kind}", places, "kept" if inferred else "left out", hint)


def _strange(each: Survey, values: Collection[int], colored: bool) -> dict[int, int]:
    if each.colored != colored:
        return {}
    pairs = zip(each.value.tolist(), each.pixels.tolist(), strict=True)
    return {value: pixels for value, pixels in pairs if value not in values}


def _shares(masks: Masks, classes: ClassMap) -> dict[int, float]:
    """The share of each evaluated class in the pixels, the largest first."""
    sums: Counter[int] = Counter()
    for value, pixels in masks.pixels.items():
        id_ = masks.values.get(value)
        sums[-1 if id_ is None else int(classes.evaluated[classes.positions_by_id[id_]])] += pixels
    return {position: pixels / sums.total() for position, pixels in sums.most_common() if position >= 0}


def _of_label_ids(pixels: Mapping[int, int]) -> bool:
    plain = _plain(pixels)
    return bool(plain) and _TRAIN_IDS < max(plain) <= _LABEL_IDS


def _of_train_ids(pixels: Mapping[int, int]) -> bool:
    plain = _plain(pixels)
    return len(plain) > 1 and max(plain) <= _TRAIN_IDS and 0 in plain


def _plain(pixels: Mapping[int, int]) -> list[int]:
    return [value for value in pixels if value < COLOR and value != 255]
