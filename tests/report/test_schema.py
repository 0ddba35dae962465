"""Every key of the JSON document is written down, and none is that does not exist."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from aquarium_tui.compare.objects.accuracy import ClassComparison
from aquarium_tui.model.tables import CLASSIFICATION
from aquarium_tui.report import Findings, as_json
from tests.report.scene import scene
from tests.report.test_masks import comparison as masks

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
CERTAINTY = {"interval", "p", "q", "few", "state"}
SIDES = {"SIDE": {"base", "other", "delta"}}

Keys = tuple[str, ...]


def leaves(value: Any, at: Keys = ()) -> Iterator[Keys]:
    """The keys to each plain value; a certainty is one value, and an empty list ends in its `[]`."""
    if at[-1:] == ("interval",):
        yield at
    elif isinstance(value, dict) and value and value.keys() != CERTAINTY:
        for key, each in value.items():
            yield from leaves(each, (*at, key))
    elif isinstance(value, list) and value:
        for each in value:
            yield from leaves(each, (*at, "[]"))
    elif value == []:
        yield (*at, "[]")
    else:
        yield at


def documented() -> list[Keys]:
    section = DOCS.read_text("utf-8").split("## JSON")[1]
    rows = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return [
        tuple(re.findall(r"\[\]|[^.\[\]]+", path)) for row in rows for path in re.findall(r"`([^`]+)`", row)
    ]


def fits(keys: Keys, pattern: Keys) -> bool:
    return len(keys) == len(pattern) and all(
        key in SIDES.get(name, {key}) if name.isupper() else key == name
        for key, name in zip(keys, pattern, strict=True)
    )


def documents() -> list[Any]:
    boxes = scene()
    classes = ClassComparison.of(
        replace(boxes.dataset, project=replace(boxes.dataset.project, task=CLASSIFICATION)),
        boxes.base,
        boxes.other,
        boxes.settings,
    )
    made = [boxes, scene(alone=True), masks(metrics=True), classes]
    return [json.loads(as_json(each, "", Findings.of(each))) for each in made]


def test_every_key_is_written_down() -> None:
    patterns = documented()
    found = {keys for document in documents() for keys in leaves(document)}
    # What stands in an empty list is not seen: the beginning of a pattern is enough.
    whole = [
        pattern for p in patterns for pattern in [p, *(p[: i + 1] for i, k in enumerate(p) if k == "[]")]
    ]
    assert [keys for keys in found if not any(fits(keys, pattern) for pattern in whole)] == []
