"""Matrices and figures are those that the tools themselves made; see `record.py`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.explain.document import laid_out
from aquarium_tui.explain.explanation import Asked, explain
from aquarium_tui.explain.rules import TOOLS
from aquarium_tui.model.settings import Settings
from tests.explain.comparisons import of_coco
from tests.explain.sample import SCENES

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "recorded.json").read_text("utf-8"))


@cache
def comparison(scene: str) -> ObjectComparison:
    return of_coco(*SCENES[scene](), Settings())


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("tool", RECORDED)
def test_the_matrix_is_that_of_the_tool(tool: str, scene: str) -> None:
    recorded = RECORDED[tool][scene]
    found = explain(comparison(scene), Asked(TOOLS[tool]))
    assert recorded["version"] == found.release.versions
    if TOOLS[tool].matrix:
        assert laid_out(found).tolist() == recorded["matrix"]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("tool", [name for name, scenes in RECORDED.items() if "figures" in scenes["ties"]])
def test_the_figures_are_those_of_the_tool(tool: str, scene: str) -> None:
    recorded = RECORDED[tool][scene]["figures"]
    found = explain(comparison(scene), Asked(TOOLS[tool])).figures
    expected = [np.nan if recorded[name] == -1 else recorded[name] for name in found]
    assert list(found.values()) == pytest.approx(expected, abs=2e-8, nan_ok=True)


def test_detectron2_prints_what_pycocotools_finds_in_percent() -> None:
    recorded = RECORDED["pycocotools"]["bundled"]["figures"]
    found = explain(comparison("bundled"), Asked(TOOLS["detectron2"])).figures
    assert found == pytest.approx({name: 100 * recorded[name] for name in found})
