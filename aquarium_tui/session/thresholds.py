"""Confidence thresholds of sets and of classes as people write them: in options, dialogs and files."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.names import name_key, visible
from aquarium_tui.model.settings import SIDES, ClassConfidences, SetConfidence, Settings, Side
from aquarium_tui.model.tables import Project
from aquarium_tui.query.wording import nearest, quoted
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import DatasetCard

REST = "*"
"""Stands for all classes that are not named."""

_FORM = (
    "Write a number such as 0.25, thresholds of classes such as car=0.4,person=0.25, or both: 0.1,car=0.4."
)
_PART = re.compile(r'\s*((?:"[^"]*"|[^,"])*)\s*(?:,|$)')
_PLAIN = re.compile(r'[^,"=\s](?:[^,"=]*[^,"=\s])?')


def read_confidence(text: str) -> SetConfidence:
    """The thresholds that a text states: `0.25`, `car=0.4,person=0.25`, `0.1,car=0.4`, `"a, b"=0.3`.

    A number alone, or `*=`, is of all classes that are not named.

    Raises:
        UsageError: It is of another form, or a value is not between 0 and 1.
    """
    found: dict[str, float] = {}
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise UsageError(f'"{visible(text)}" does not state thresholds.', _FORM)
        name, _, value = part[1].rpartition("=")
        name = name.strip().strip('"') or REST
        if name in found:
            raise UsageError(f'"{visible(text)}" states the threshold of {visible(name)} twice.', _FORM)
        found[name] = _number(value.strip(), text)
        at = part.end()
    if not found:
        raise UsageError("No threshold is stated.", _FORM)
    return _of(found)


def _number(value: str, text: str) -> float:
    try:
        return float(value)
    except ValueError:
        message = f'"{visible(value)}" in "{visible(text)}" is not a number.'
        raise UsageError(message, _FORM) from None


def _of(values: Mapping[str, float]) -> SetConfidence:
    rest = values.get(REST)
    return SetConfidence(rest, tuple(sorted((n, float(v)) for n, v in values.items() if n != REST)))


def written_confidence(rest: float | None, classes: ClassConfidences) -> str:
    """The text that `read_confidence` reads as these values; a name that needs it is quoted."""
    parts = [] if rest is None else [_digits(rest)]
    for name, value in classes:
        parts.append(f"{name if _PLAIN.fullmatch(name) else quoted(name)}={_digits(value)}")
    return ",".join(parts)


def _digits(value: float) -> str:
    """All digits that it takes to read the same value again, and no more."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def read_thresholds(path: Path) -> Mapping[Side, SetConfidence]:
    """The thresholds in a JSON file such as `thresholds.json`.

    It holds one object, a threshold by name of class, `*` for all others; or one such object for `base`
    and one for `other`.

    Raises:
        InputError: It cannot be read.
        UsageError: It is of another form.
    """
    from aquarium_tui.formats.shared.format import read_any_text

    where = visible(str(path))
    try:
        document = json.loads(read_any_text(path))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} is not JSON: {visible(str(error))}.") from None
    nested = isinstance(document, dict) and any(isinstance(value, dict) for value in document.values())
    if not nested:
        both = _of_document(document, where)
        return dict.fromkeys(SIDES, both)
    strange = [key for key in document if key not in SIDES]
    if strange:
        raise UsageError(
            f'{where} has the key "{visible(strange[0])}" beside thresholds by set.',
            'Its keys are "base" and "other", or the names of classes.',
        )
    return {side: _of_document(document[side], where) for side in SIDES if side in document}


def _of_document(document: Any, where: str) -> SetConfidence:  # noqa: ANN401
    if not isinstance(document, dict) or not document:
        hint = 'Write {"*": 0.1, "car": 0.4}, or such an object for each of "base" and "other".'
        raise UsageError(f"{where} does not hold thresholds by class.", hint)
    for name, value in document.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{where}: the threshold of {visible(name)} is not a number.")
        # JSON may hold numbers that no float can.
        if not 0 <= value <= 1:
            raise UsageError(f"{where}: the threshold of {visible(name)} is not between 0 and 1.")
    return _of(document)


def document_of(confidence: SetConfidence) -> dict[str, float]:
    """What `thresholds.json` holds of one set."""
    rest = {} if confidence.rest is None else {REST: confidence.rest}
    return {**rest, **dict(confidence.classes)}


def named_classes(classes: ClassConfidences, class_map: ClassMap) -> ClassConfidences:
    """The same with the names under which the classes are evaluated, sorted by name.

    Raises:
        UsageError: A class is not in the class map, or is ignored.
    """
    if not classes:
        return ()
    known = {name_key(entry.name): entry.evaluated_name for entry in class_map.entries}
    evaluated = {name_key(name): name for name in class_map.evaluated_names}
    found = {}
    for name, value in classes:
        key = name_key(name)
        key = key if key in evaluated else name_key(known.get(key, ""))
        if key not in evaluated:
            raise UsageError(f'There is no class "{visible(name)}".', _offer(name, class_map.evaluated_names))
        found[evaluated[key]] = value
    return tuple(sorted(found.items()))


def _offer(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    shown = ", ".join(map(visible, known[:12])) + (", …" if len(known) > 12 else "")
    return f'Did you mean "{visible(near)}"?' if near else f"Evaluated classes: {shown}."


def with_confidences(comparison: Comparison) -> ObjectComparison:
    """The comparison, if its inferences have confidences that a threshold can cut.

    Raises:
        UsageError: They have none.
    """
    unranked = [s for s in comparison.sides if comparison.inferences(s).unranked]
    if not isinstance(comparison, ObjectComparison) or unranked:
        what = comparison.inferences(unranked[0]).id if unranked else comparison.dataset.project.name
        raise UsageError(f"{what} has no confidences that a threshold could be chosen from.")
    return comparison


def settings_of(choice: Choice, project: Project, card: DatasetCard) -> Settings | None:
    """The settings of a choice, which come before those of its sets and its project; None for masks.

    Raises:
        UsageError: They cannot be used, or the task has none.
    """
    if kind_of(project).settings:
        start = project.settings
        for side in SIDES:
            of_set = card.set(choice.base if side == "base" else choice.other)
            if of_set and of_set.confidence:
                start = start.with_confidence(side, of_set.confidence)
        settings = choice.settings(start)
        classes = {f"{s}_classes": named_classes(settings.classes(s), project.class_map) for s in SIDES}
        return replace(settings, **classes)  # type: ignore[arg-type]
    settings = choice.settings(project.settings)
    if settings != project.settings:
        raise UsageError(
            f"Thresholds and matching rules apply to objects; a {project.task} project has none.",
            "Leave out --confidence, --iou and --rule.",
        )
    return None
