"""Datasets and inference sets made by hypothesis, and whether two are equal."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.settings import Rule, Settings
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, Provenance, starts_of
from tests.narrow import present

NAMES = st.from_regex(r"[A-Za-z0-9_]{1,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6)
FINITE = st.floats(-1e6, 1e6)
COLUMN_KINDS: tuple[Literal["text", "number", "boolean", "date"], ...] = ("text", "number", "boolean", "date")


def distinct(elements: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(elements, min_size=least, max_size=most, unique_by=str.casefold)


@st.composite
def columns(draw: st.DrawFn, rows: int) -> Column:
    kind = draw(st.sampled_from(COLUMN_KINDS))
    if kind == "text":
        return Text.from_values(draw(st.lists(st.none() | TEXTS, min_size=rows, max_size=rows)))
    elements: dict[str, st.SearchStrategy[float]] = {
        "number": FINITE,
        "boolean": st.booleans(),
        "date": st.integers(-(2**50), 2**50),
    }
    dtype = {"number": "float64", "boolean": "bool", "date": "int64"}[kind]
    values = np.array(draw(st.lists(elements[kind], min_size=rows, max_size=rows)), dtype=dtype)
    missing = np.array(draw(st.lists(st.booleans(), min_size=rows, max_size=rows)), dtype=bool)
    return Values(kind, values.view("datetime64[us]") if kind == "date" else values, missing)


@st.composite
def objects(draw: st.DrawFn, frames: int, classes: int, labels: bool) -> Objects:
    n = draw(st.integers(0, 6)) if classes else 0
    frame = np.array(sorted(draw(st.lists(st.integers(0, frames - 1), min_size=n, max_size=n))), np.int64)
    ids = draw(st.none() | st.lists(st.none() | TEXTS, min_size=n, max_size=n))
    keys = draw(distinct(KEYS, 0, 2))
    numbers = arrays.arrays(np.float64, n, elements=FINITE)
    return Objects(
        starts=starts_of(frame, frames),
        class_index=np.array(
            draw(st.lists(st.integers(0, max(classes - 1, 0)), min_size=n, max_size=n)), np.int32
        ),
        box=draw(arrays.arrays(np.float64, (n, 4), elements=FINITE)),
        confidence=np.zeros(0) if labels else draw(numbers),
        crowd=draw(arrays.arrays(np.bool_, n)) if labels else np.zeros(0, bool),
        area=draw(numbers) if labels else np.zeros(0),
        id=None if ids is None else Text.from_values(ids),
        attributes={key: draw(columns(n)) for key in keys},
    )


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    names = draw(distinct(TEXTS, 0, 4))
    ids = draw(st.lists(st.integers(0, 2**40), min_size=len(names), max_size=len(names), unique=True))
    entries = tuple(
        ClassEntry(
            id_,
            name,
            draw(st.none() | st.tuples(*[st.integers(0, 255)] * 3)),
            draw(st.none() | TEXTS),
            draw(st.booleans()),
        )
        for id_, name in zip(ids, names, strict=True)
    )
    settings = Settings(
        draw(st.floats(0, 1)), 0.3, draw(st.floats(0.01, 1)), draw(st.sampled_from(list(Rule)))
    )
    project = Project(draw(NAMES), draw(TEXTS), ClassMap(entries), settings)
    frame_ids = draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
    keys = draw(distinct(KEYS, 0, 3))
    rows = len(frame_ids)
    sizes = st.lists(st.integers(0, 2**31 - 1), min_size=rows, max_size=rows)
    frames = Frames(
        id=Text.from_words(frame_ids),
        path=Text.from_values(draw(st.lists(st.none() | TEXTS, min_size=rows, max_size=rows))),
        width=np.array(draw(sizes), np.int32),
        height=np.array(draw(sizes), np.int32),
        metadata={key: draw(columns(rows)) for key in keys},
    )
    return Dataset(
        project=project,
        name=draw(NAMES),
        frames=frames,
        labels=draw(objects(rows, len(entries), True)),
        images=draw(TEXTS),
        categories=draw(st.dictionaries(st.integers(-5, 2**40), st.integers(0, 2**40), max_size=3)),
        provenance=draw(provenances()),
    )


@st.composite
def provenances(draw: st.DrawFn) -> Provenance:
    problems = st.builds(
        Problem,
        TEXTS,
        st.integers(0, 9),
        st.sampled_from(["kept", "left out"]),
        st.lists(TEXTS, max_size=2).map(tuple),
        TEXTS,
    )
    return Provenance(
        draw(TEXTS),
        draw(TEXTS),
        tuple(draw(st.lists(TEXTS, max_size=2))),
        tuple(draw(st.lists(problems, max_size=2))),
    )


def assert_same_dataset(came: Dataset, went: Dataset) -> None:
    assert came.project == went.project
    assert (came.name, came.images, came.categories) == (went.name, went.images, went.categories)
    assert replace(came.provenance, fingerprint="") == went.provenance
    assert_same_text(came.frames.id, went.frames.id)
    assert_same_text(came.frames.path, went.frames.path)
    np.testing.assert_array_equal(came.frames.width, went.frames.width, strict=True)
    np.testing.assert_array_equal(came.frames.height, went.frames.height, strict=True)
    assert_same_columns(came.frames.metadata, went.frames.metadata)
    assert_same_objects(came.labels, went.labels)


def assert_same_set(came: InferenceSet, went: InferenceSet) -> None:
    assert came.id == went.id
    assert replace(came.provenance, fingerprint="") == went.provenance
    assert_same_objects(came.objects, went.objects)


def assert_same_objects(came: Objects, went: Objects) -> None:
    for name in ("starts", "class_index", "box", "confidence", "crowd", "area"):
        np.testing.assert_array_equal(getattr(came, name), getattr(went, name), err_msg=name, strict=True)
    assert (came.id is None) == (went.id is None)
    assert came.id is None or list(came.id) == list(present(went.id))
    assert_same_columns(came.attributes, went.attributes)


def assert_same_columns(came: Mapping[str, Column], went: Mapping[str, Column]) -> None:
    assert list(came) == list(went)
    for key, column in went.items():
        other = came[key]
        assert type(other) is type(column)
        if isinstance(column, Text):
            assert_same_text(other, column)
        else:
            assert isinstance(other, Values)
            assert other.kind == column.kind
            np.testing.assert_array_equal(other.missing, column.missing, strict=True)
            there = ~column.missing
            np.testing.assert_array_equal(other.values[there], column.values[there], strict=True)


def assert_same_text(came: Column, went: Text) -> None:
    assert isinstance(came, Text)
    assert list(came) == list(went)
