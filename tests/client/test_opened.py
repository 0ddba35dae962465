"""A comparison in Python: figures and ledger as arrays, and what a notebook shows."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import aquarium_tui
from aquarium_tui.errors import UsageError
from aquarium_tui.publish import Known, as_html, chapters_of, findings_of
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from tests.report.scene import scene


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scene as `test/val`, with the sets old and new."""
    store, found = Store(tmp_path / "home"), scene()
    store.add_dataset(found.dataset)
    for side in ("base", "other"):
        store.add_inferences(store.load_dataset("test", "val"), found.inferences(side))
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))


def test_figures_and_matrices() -> None:
    opened = aquarium_tui.open("test/val", base="old", other="new")
    assert opened.classes == ("car", "truck", "bus", "background")
    assert opened.figures["class"].tolist() == ["car", "truck", "bus"]
    assert opened.figures["recall_base"][:2] == pytest.approx([1 / 3, 1.0])
    assert opened.figures["recall_delta"][:2] == pytest.approx([1 / 3, -1.0])
    assert np.isnan(opened.figures["recall_other"][2]), "a class without labels"
    assert opened.delta.tolist() == (opened.confusion("other") - opened.confusion("base")).tolist()
    assert opened.document["other"]["id"] == "new"
    assert "no clear difference" in opened.verdict


def test_the_ledger_has_a_row_per_object() -> None:
    ledger = aquarium_tui.open("test/val", base="old", other="new").ledger
    assert ledger["label_class"].tolist() == ["car", "car", "car", "truck", None]
    assert ledger["base_outcome"].tolist()[:2] == ["correct", "confused"]
    assert ledger["other_confidence"].dtype == np.float64 and np.isnan(ledger["other_confidence"]).any()
    assert set(map(len, ledger.values())) == {5}


def test_one_set_alone_and_a_query() -> None:
    alone = aquarium_tui.open("test/val", base="old", query='frame.id = "nothing"')
    assert alone.verdict == "" and alone.figures["support"].sum() == 0
    assert "recall_delta" not in alone.figures


def test_a_notebook_shows_names_as_they_are() -> None:
    shown = aquarium_tui.open("test/val", base="old", other="new")._repr_html_()
    assert "&lt;test/val: old → new, 1 frame&gt;" in shown
    assert '<td>car</td><td class="number">3</td>' in shown


def test_a_notebook_shows_the_table_of_the_report_with_totals_and_marks() -> None:
    opened = aquarium_tui.open("test/val", base="old", other="new")
    view = Session(Store.default()).open(Choice("test", "val", base="old", other="new"))
    known = Known(findings=findings_of(view.comparison))
    page = as_html("", chapters_of(view, known, pictures=False))
    table = re.search(r"<thead>.*?</table>", page[page.index("Class by class") :], re.DOTALL)
    shown = opened._repr_html_()
    assert table and table[0] in shown
    assert all(total in table[0] for total in ("all (weighted by support)", "all (macro)", "all (micro)"))
    assert "~" in table[0] and '<span class="note">[' in table[0] and "* sure; ~ too few" in shown


def test_figures_and_totals_say_how_sure_they_are_as_the_document_does() -> None:
    opened = aquarium_tui.open("test/val", base="old", other="new")
    rows, total = opened.document["report"]["per_class"], opened.document["report"]["total"]
    sure = [row["certainty"]["recall"] for row in rows]
    assert opened.figures["recall_state"].tolist() == [each["state"] for each in sure]
    np.testing.assert_allclose(
        opened.figures["recall_low"], [each["interval"][0] if each["interval"] else np.nan for each in sure]
    )
    assert opened.totals["average"].tolist() == ["weighted", "macro", "micro"]
    assert opened.totals["f1_delta"][0] == pytest.approx(total["delta"]["f1"])
    assert opened.totals["AP50_state"].tolist()[::2] == ["unknown", "unknown"]
    assert "f1_state" not in aquarium_tui.open("test/val", base="old").totals


def test_what_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="PROJECT/DATASET"):
        aquarium_tui.open("val")
    with pytest.raises(UsageError, match="no rule"):
        aquarium_tui.open("test/val", base="old", rule="best")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(TypeError, match="pip install pandas"):
        aquarium_tui.open("test/val", base="old", other="new").ledger_frame()
