"""The documents on masks and on metrics of one's own hold."""

import os
import re
from pathlib import Path

import pytest

from aquarium_tui.ingest.metrics import TAKEN
from tests.docs.test_documents import ROOT, commands, run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = str(tmp_path_factory.mktemp("documents"))
    return {**os.environ, "AQUARIUM_HOME": folder, "OUT": folder}


def test_commands_print_what_the_document_says(home: dict[str, str]) -> None:
    for command, expected in commands("docs/masks.md"):
        printed = run(command, home)
        for line in expected:
            assert line in printed, command


def test_the_function_of_the_document_is_a_metric(home: dict[str, str]) -> None:
    text = (ROOT / "docs" / "own-metrics.md").read_text("utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    file = Path(home["OUT"]) / "mine.py"
    file.write_text(source, "utf-8")
    place = "--project masks --dataset streets --inferences-id model_a"
    (line, *_) = run(f"aquarium-tui upload {place} --metric-from {file}:missing_road", home)
    assert line.startswith("masks/streets/model_a: missing_road, mean 0.01")
    assert line.endswith("on 32 of 32 frames")


def test_names_that_queries_have_are_all_taken() -> None:
    assert {"f1", "accuracy", "miou", "iou", "confusion", "errors"} <= TAKEN
    assert not {"latency", "missing_road", "pairs"} & TAKEN
