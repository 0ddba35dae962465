import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aquarium_tui.errors import NotFoundError, StoreError, UsageError
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import InferenceSet, Project, Provenance
from aquarium_tui.store import Store
from tests.store import made
from tests.store.small import dataset, frames, objects

BAD_NAMES = ["", "..", ".", "a/b", "../x", "/etc", "model-a", "é", "a b", "a\n", "a\0", "\x1b[31m"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


class TestRoundTrip:
    @given(st.data())
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def test_what_goes_in_comes_out_equal_cold_and_warm(self, tmp_path_factory, monkeypatch, data):
        monkeypatch.setattr(os, "fsync", lambda handle: None)
        went = data.draw(made.datasets())
        parts = made.objects(len(went.frames), len(went.project.class_map.entries), False)
        inferences = InferenceSet(data.draw(made.NAMES), data.draw(parts), data.draw(made.provenances()))
        store = Store(tmp_path_factory.mktemp("home"))
        store.add_dataset(went)
        store.add_inferences(went, inferences)
        names = went.project.name, went.name
        for _ in ("cold", "warm"):
            made.assert_same_dataset(store.load_dataset(*names), went)
            made.assert_same_set(store.load_inferences(*names, inferences.id), inferences)

    def test_a_warm_load_needs_no_duckdb(self, store):
        store.add_dataset(dataset())
        store.add_inferences(dataset(), InferenceSet("a", objects([1, 2])))
        program = (
            "import sys; from pathlib import Path; from aquarium_tui.store import Store\n"
            f"store = Store(Path({str(store.root)!r}))\n"
            "found = store.load_dataset('street', 'val'), store.load_inferences('street', 'val', 'a')\n"
            "print('duckdb' in sys.modules, len(found[0].labels), len(found[1].objects))"
        )
        said = [
            subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
            for _ in range(2)
        ]
        assert said == ["True 3 2\n", "False 3 2\n"]

    def test_without_a_cache_that_can_be_written_everything_is_read_as_well(self, store):
        store.add_dataset(dataset())
        (store.dataset_folder("street", "val") / "cache").write_text("a file where the folder should be")
        made.assert_same_dataset(store.load_dataset("street", "val"), dataset())

    def test_parquet_files_name_frames_and_classes_for_other_tools(self, store):
        duckdb = pytest.importorskip("duckdb")
        store.add_dataset(dataset())
        store.add_inferences(dataset(), InferenceSet("a", objects([1])))
        folder = store.dataset_folder("street", "val")
        labels = duckdb.sql(f"SELECT frame, class, \"left\", crowd FROM '{folder}/labels.parquet'").fetchall()
        assert labels == [("0", 1, 1.0, False), ("0", 1, 1.0, False), ("2", 1, 1.0, False)]
        found = duckdb.sql(
            f"SELECT frame, confidence FROM '{folder}/inferences/a/inferences.parquet'"
        ).fetchall()
        assert found == [("1", 0.5)]


class TestNames:
    @pytest.mark.parametrize("bad", BAD_NAMES)
    def test_names_that_could_leave_the_store_are_refused_everywhere(self, store, bad):
        store.add_dataset(dataset())
        given_set = InferenceSet(bad, objects([]))
        for act in (
            lambda: store.project(bad),
            lambda: store.datasets(bad),
            lambda: store.dataset_folder("street", bad),
            lambda: store.dataset_card(bad, "val"),
            lambda: store.load_inferences("street", "val", bad),
            lambda: store.add_dataset(replace(dataset(), name=bad)),
            lambda: store.add_dataset(replace(dataset(), project=Project(bad))),
            lambda: store.add_inferences(dataset(), given_set),
            lambda: store.remove(bad),
            lambda: store.remove("street", bad),
            lambda: store.remove("street", "val", bad),
        ):
            with pytest.raises(UsageError):
                act()

    def test_what_is_not_there_is_not_found_and_the_rest_is_offered(self, store):
        with pytest.raises(NotFoundError, match="upload"):
            store.project("street")
        store.add_dataset(dataset())
        with pytest.raises(NotFoundError, match="Projects: street"):
            store.datasets("strret")
        with pytest.raises(NotFoundError, match="Datasets of street: val"):
            store.load_dataset("street", "test")
        with pytest.raises(NotFoundError, match="Inference sets: none yet"):
            store.load_inferences("street", "val", "a")

    def test_a_name_that_is_taken_is_refused_with_what_to_do(self, store):
        store.add_dataset(dataset())
        store.add_inferences(dataset(), InferenceSet("a", objects([1])))
        with pytest.raises(StoreError, match="aquarium-tui rm street/val"):
            store.add_dataset(dataset())
        with pytest.raises(StoreError, match="aquarium-tui rm street/val/a"):
            store.add_inferences(dataset(), InferenceSet("a", objects([])))
        assert len(store.load_inferences("street", "val", "a").objects) == 1


class TestProject:
    def test_a_second_dataset_may_extend_the_class_map(self, store):
        store.add_dataset(dataset("val", ("car",)))
        store.add_dataset(dataset("test", ("car", "van")))
        assert [entry.name for entry in store.project("street").class_map.entries] == ["car", "van"]
        assert store.datasets("street") == ["test", "val"]
        assert len(store.load_dataset("street", "val").labels) == 3

    def test_a_class_map_that_another_process_changed_is_not_overwritten(self, store):
        store.add_dataset(dataset("val", ("car", "van")))
        with pytest.raises(StoreError, match="another upload"):
            store.add_dataset(dataset("test", ("car", "truck")))
        assert [entry.name for entry in store.project("street").class_map.entries] == ["car", "van"]
        assert store.datasets("street") == ["val"]

    def test_settings_of_a_project_survive_an_upload_into_it(self, store):
        first = dataset()
        chosen = replace(first.project.settings, iou=0.7)
        store.add_dataset(replace(first, project=replace(first.project, settings=chosen)))
        store.add_dataset(dataset("test", ("car", "van")))
        assert store.project("street").settings == chosen


class TestCards:
    def test_a_card_tells_counts_without_reading_a_table(self, store):
        store.add_dataset(dataset())
        later = Provenance(created="2026-02-01T00:00:00+00:00")
        store.add_inferences(dataset(), InferenceSet("a", objects([1]), later))
        store.add_inferences(dataset(), InferenceSet("b", objects([0, 0, 2]), replace(later, created="2026")))
        for table in store.root.rglob("*.parquet"):
            table.unlink()
        card = store.dataset_card("street", "val")
        assert (card.frames, card.labels, card.images) == (3, 3, "/images")
        assert [(one.id, one.objects, one.frames) for one in card.sets] == [("b", 3, 2), ("a", 1, 1)]

    def test_a_damaged_set_is_told_beside_the_sound_ones(self, store):
        store.add_dataset(dataset())
        for id_ in "ab":
            store.add_inferences(dataset(), InferenceSet(id_, objects([1])))
        (store.dataset_folder("street", "val") / "inferences" / "a" / "set.json").write_text("{")
        card = store.dataset_card("street", "val")
        assert [one.id for one in card.sets] == ["b"]
        assert "set.json is damaged" in card.damaged[0]


class TestRemove:
    def test_removing_takes_just_what_was_named(self, store):
        store.add_dataset(dataset())
        store.add_dataset(dataset("test"))
        for id_ in "ab":
            store.add_inferences(dataset(), InferenceSet(id_, objects([1])))
            store.load_inferences("street", "val", id_)
        store.remove("street", "val", "a")
        assert [one.id for one in store.dataset_card("street", "val").sets] == ["b"]
        assert not list(store.dataset_folder("street", "val").glob("cache/inferences/a"))
        store.remove("street", "val")
        assert store.datasets("street") == ["test"]
        store.remove("street")
        assert store.projects() == []
        assert [path.name for path in (store.root / "projects").iterdir()] == [".lock"]


class TestDamage:
    @pytest.mark.parametrize(
        "content", ["", "{", "[]", "null", '{"format": 1}', '{"format": 1, "classes": 3}', "\xff"]
    )
    @pytest.mark.parametrize("name", ["project.json", "val/dataset.json", "val/inferences/a/set.json"])
    def test_damaged_json_is_a_store_error(self, store, name, content):
        self.fill(store)
        (store.root / "projects" / "street" / name).write_text(content, encoding="latin-1")
        with pytest.raises(StoreError, match="damaged"):
            store.load_inferences("street", "val", "a")

    @pytest.mark.parametrize("name", ["project.json", "val/dataset.json", "val/inferences/a/set.json"])
    def test_another_version_is_refused_with_what_to_do(self, store, name):
        self.fill(store)
        path = store.root / "projects" / "street" / name
        path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
        with pytest.raises(StoreError, match=r"has format 2.*\nUpgrade"):
            store.load_inferences("street", "val", "a")

    @pytest.mark.parametrize("name", ["frames", "labels", "inferences/a/inferences"])
    def test_damaged_tables_are_a_store_error(self, store, name):
        self.fill(store)
        path = store.dataset_folder("street", "val") / f"{name}.parquet"
        for content in (path.read_bytes()[:-9], b"", None):
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            with pytest.raises(StoreError, match=path.name):
                (store.load_dataset("street", "val"), store.load_inferences("street", "val", "a"))

    def test_a_table_that_was_changed_is_damaged(self, store):
        duckdb = pytest.importorskip("duckdb")
        self.fill(store)
        store.load_dataset("street", "val")
        path = store.dataset_folder("street", "val") / "labels.parquet"
        rows = duckdb.sql(f"SELECT * FROM '{path}' WHERE frame = '2'").fetchnumpy()
        connection = duckdb.connect()
        connection.register("rows", rows)
        connection.execute(f"COPY (SELECT * FROM rows) TO '{path}' (FORMAT parquet)")
        with pytest.raises(StoreError, match=r"labels.parquet is damaged: its content has changed"):
            store.load_dataset("street", "val")

    @pytest.mark.parametrize(
        "change",
        ["SELECT * REPLACE ('9' AS frame)", "SELECT * REPLACE (7 AS class)", 'SELECT * EXCLUDE ("left")'],
    )
    def test_a_table_that_does_not_fit_is_damaged(self, store, change):
        duckdb = pytest.importorskip("duckdb")
        self.fill(store)
        path = store.dataset_folder("street", "val") / "labels.parquet"
        duckdb.sql(f"COPY ({change} FROM '{path}') TO '{path}.new' (FORMAT parquet)")
        Path(f"{path}.new").replace(path)
        with pytest.raises(StoreError, match="damaged"):
            store.load_dataset("street", "val")

    def test_what_is_not_a_number_is_never_written(self, store):
        store.add_dataset(dataset())
        wrong = replace(objects([1]), confidence=np.array([np.nan]))
        with pytest.raises(StoreError, match="not a finite number"):
            store.add_inferences(dataset(), InferenceSet("a", wrong))
        assert store.dataset_card("street", "val").sets == ()

    def fill(self, store: Store) -> None:
        store.add_dataset(dataset())
        store.add_inferences(dataset(), InferenceSet("a", objects([1])))


class TestPlaces:
    def test_home_is_the_environment_s_or_the_platform_s(self, monkeypatch, tmp_path):
        monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path))
        assert Store.default().root == tmp_path
        monkeypatch.delenv("AQUARIUM_HOME")
        assert Store.default().root.name == "aquarium-tui"

    def test_a_home_with_odd_characters_works(self, tmp_path):
        store = Store(tmp_path / "it's [a] *home*?")
        other = replace(dataset(), frames=replace(frames(), path=Text.from_words(["x", "y", "z"])))
        for name in ("it's a home", "it's a xhomey-"):
            Store(tmp_path / name).add_dataset(other)
        store.add_dataset(dataset())
        made.assert_same_dataset(store.load_dataset("street", "val"), dataset())

    def test_a_home_that_cannot_be_made_is_told(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreError, match="AQUARIUM_HOME"):
            Store(tmp_path / "file").add_dataset(dataset())

    def test_half_surrogates_are_stored_as_they_are_shown(self, store):
        odd = replace(dataset(), frames=replace(frames(), path=Text.from_words(["a\ud800", "b", "c"])))
        store.add_dataset(odd)
        assert list(store.load_dataset("street", "val").frames.path) == ["a\\ud800", "b", "c"]
