"""Labels and several models in one file of FiftyOne's: which field is meant is named, never guessed."""

import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.store import Store
from tests.cli.test_upload import PLACE, run
from tests.ingest import made
from tests.ingest.files import write


def test_a_field_is_uploaded_by_its_name(tmp_path, monkeypatch):
    import json

    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    made.images(tmp_path)
    content = json.loads(made.fiftyone_dataset(tmp_path).read_text())
    for sample in content["samples"]:
        sample["second"] = {"detections": sample["model"]["detections"][:1]}
    path = write(tmp_path / "samples.json", content)
    assert "labels read from the field `ground_truth`" in run("upload", *PLACE, "--labels", path)
    model = ["upload", *PLACE, "--inferences-id", "m", "--inferences", path]
    with pytest.raises(InputError, match="Several fields"):
        run(*model)
    assert "inferences read from the field `second`" in run(*model, "--field", "second")
    assert len(Store.default().load_inferences("street", "val", "m").objects) == 3
