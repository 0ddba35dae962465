"""What docs/client.md shows, runs."""

import re
from pathlib import Path

from aquarium_tui.store import Store

DOCUMENT = Path(__file__).parents[2] / "docs" / "client.md"


def test_the_examples_run_one_after_the_other(store: Store) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 5
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    assert store.projects() == ["crossing", "street"]
    sets = {card.id: card.objects for card in store.dataset_card("street", "val").sets}
    assert sets == {"epoch_1": 1, "epoch_2": 2}
    assert len(store.load_dataset("street", "val").labels) == 2
    model = store.load_inferences("crossing", "val", "model_a")
    assert model.objects.box.tolist() == [[12, 21, 108, 82]]
    assert model.metrics["latency_score"].number.tolist() == [3.32]


def test_every_name_of_the_document_is_there_and_the_reverse() -> None:
    import aquarium_tui.client as al

    text = DOCUMENT.read_text("utf-8")
    for name in al.__all__:
        if name not in ("DatasetLog", "InferenceLog"):
            assert name in text, name
    methods = {name for name in dir(al.Client) if not name.startswith("_")}
    row = next(line for line in text.splitlines() if line.startswith("| `Client`"))
    assert set(re.findall(r"`(\w+)`", row)) - {"Client"} == methods
