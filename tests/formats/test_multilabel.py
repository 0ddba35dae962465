"""Several classes per image: every form of table says the same, and a second label is no mistake."""

import json
from pathlib import Path

import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.tables import CLASSIFICATION, MULTILABEL, Dataset, InferenceSet, Project

LABELS = {
    "marks.csv": "file,cat,dog,fish\na.png,1,1,0\nb.png,0,0,0\nc.png,0,0,1\n",
    "lists.jsonl": "\n".join(
        json.dumps(row)
        for row in (
            {"file": "a.png", "labels": ["cat", "dog"]},
            {"file": "b.png", "labels": []},
            {"file": "c.png", "labels": ["fish"]},
        )
    ),
    "semicolons.csv": "file,classes\na.png,cat;dog\nb.png,\nc.png,fish\n",
    "quoted.csv": 'file,labels\na.png,"[""cat"", ""dog""]"\nb.png,[]\nc.png,"[""fish""]"\n',
    "spaces.csv": "image_name,tags\na.png,cat dog\nb.png,\nc.png,fish\n",
}
INFERENCES = {
    "scores.csv": "file,score_cat,score_dog,score_fish\na.png,0.9,0.5,0\nb.png,0,0,0\nc.png,0,0.25,0.75\n",
    "keyed.jsonl": "\n".join(
        json.dumps(row)
        for row in (
            {"file": "a.png", "scores": {"cat": 0.9, "dog": 0.5}},
            {"file": "c.png", "scores": {"dog": 0.25, "fish": 0.75}},
        )
    ),
    "parallel.jsonl": "\n".join(
        json.dumps(row)
        for row in (
            {"file": "a.png", "classes": ["cat", "dog"], "scores": [0.9, 0.5]},
            {"file": "c.png", "classes": ["dog", "fish"], "scores": [0.25, 0.75]},
        )
    ),
    "rows.csv": "file,class,confidence\na.png,cat,0.9\na.png,dog,0.5\nc.png,dog,0.25\nc.png,fish,0.75\n",
}


def labelled(folder: Path, name: str = "marks.csv", text: str = "", format_: str = "auto") -> Dataset:
    (folder / name).write_text(text or LABELS[name])
    return labelled_dataset(
        Project("p", "", ClassMap()), "val", folder / name, lambda _: None, format_=format_
    )


def inferred(folder: Path, data: Dataset, name: str, text: str = "") -> InferenceSet:
    (folder / name).write_text(text or INFERENCES[name])
    return inference_set(data, "m", folder / name, "auto", lambda _: None)


def told(data: Dataset, found: InferenceSet | None = None) -> set[tuple[str, str, float]]:
    """Frame, class and confidence of every object that is not said with confidence 0."""
    objects = found.objects if found else data.labels
    names = [entry.name for entry in data.project.class_map.entries]
    sure = objects.confidence if found else [1.0] * len(objects)
    ids = [str(data.frames.id[frame]) for frame in objects.frame]
    return {
        (id_, names[class_], float(value))
        for id_, class_, value in zip(ids, objects.class_index, sure, strict=True)
        if value
    }


@pytest.mark.parametrize("name", LABELS)
def test_labels(tmp_path, name):
    data = labelled(tmp_path, name)
    assert data.project.task == MULTILABEL
    assert list(data.frames.id) == ["a", "b", "c"]
    assert told(data) == {("a", "cat", 1), ("a", "dog", 1), ("c", "fish", 1)}
    assert not [found for found in data.provenance.problems if found.action == "left out"]


@pytest.mark.parametrize("name", INFERENCES)
def test_inferences(tmp_path, name):
    data = labelled(tmp_path)
    found = inferred(tmp_path, data, name)
    wanted = {("a", "cat", 0.9), ("a", "dog", 0.5), ("c", "dog", 0.25), ("c", "fish", 0.75)}
    assert told(data, found) == wanted
    assert not found.provenance.problems


def test_marks_of_a_model_are_certain_and_said_to_be(tmp_path):
    data = labelled(tmp_path)
    found = inferred(tmp_path, data, "hard.csv", "file,cat,dog,fish\na.png,1,0,1\nb.png,0,0,0\nc.png,1,0,0\n")
    assert told(data, found) == {("a", "cat", 1), ("a", "fish", 1), ("c", "cat", 1)}
    assert any("confidence 1" in note for note in found.provenance.notes)


def test_one_mark_per_image_is_one_class_unless_the_format_is_named(tmp_path):
    text = "file,cat,dog\na.png,1,0\nb.png,0,1\n"
    assert labelled(tmp_path, text=text).project.task == CLASSIFICATION
    assert labelled(tmp_path, text=text, format_="multilabel").project.task == MULTILABEL


def test_the_same_class_twice_is_left_out_and_said(tmp_path):
    data = labelled(tmp_path)
    text = "file,class,confidence\na.png,cat,0.9\na.png,cat,0.5\na.png,mouse,0.5\n"
    found = inferred(tmp_path, data, "twice.csv", text)
    assert told(data, found) == {("a", "cat", 0.9)}
    kinds = {problem.kind: problem.count for problem in found.provenance.problems}
    assert kinds == {
        "inferences of unknown classes": 1,
        "inferences of a class that their image already has": 1,
    }


def test_scores_are_no_labels(tmp_path):
    with pytest.raises(InputError, match="other numbers than 0 and 1 in column dog"):
        labelled(tmp_path, text="file,cat,dog\na.png,1,0.5\nb.png,1,1\n", format_="multilabel")
