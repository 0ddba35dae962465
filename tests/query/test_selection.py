"""What queries see of a comparison: its data, and what review and the user add."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.fields import FrameField
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.fields import JudgedObjects
from aquarium_tui.compare.reviews import Reviews
from aquarium_tui.errors import QueryError
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.reviews import Edit, Subject
from aquarium_tui.model.settings import SIDES
from aquarium_tui.query.query import compile_query
from tests.narrow import present
from tests.query.street import STREET
from tests.query.worlds import MOMENT

COMPARISON = STREET.comparison()


def select(comparison, query, **sets):
    return Binding(comparison, **sets).select(query)


def frames(found) -> list[int]:
    return list(found.frame_order.tolist())


def with_attributes(**attributes) -> ObjectComparison:
    """The street with other attributes of labels."""
    dataset = COMPARISON.dataset
    labels = replace(dataset.labels, attributes=attributes)
    base, other = (COMPARISON.evaluation(side).inferences for side in SIDES)
    return ObjectComparison.of(replace(dataset, labels=labels), base, other, COMPARISON.settings)


@pytest.mark.parametrize("text", ["", "  ", "true", "not false"])
def test_no_condition_selects_everything(text):
    found = select(COMPARISON, text)
    assert found.frames.all()
    assert found.objects.all()


def test_one_object_must_meet_the_whole_condition():
    assert frames(select(COMPARISON, 'label.class = "car" and label.occluded')) == [2]
    assert frames(
        select(COMPARISON, 'count(label where class = "car") > 0 and count(label where occluded) > 0')
    ) == [0, 2]


def test_a_query_follows_the_thresholds():
    strict = COMPARISON.under(replace(COMPARISON.settings, base_confidence=0.9))
    query = compile_query("base.outcome = correct", Binding(COMPARISON).schema)
    assert select(COMPARISON, query).objects.sum() == 4
    assert select(strict, query).objects.sum() == 2


def test_a_binding_may_be_asked_again_and_again():
    binding = STREET.binding()
    first = binding.select("label.area > 300 and base.iou > 0.5")
    again = binding.select("label.area > 300 and base.iou > 0.5")
    assert first.objects.tolist() == again.objects.tolist()
    assert not np.shares_memory(first.objects, again.objects)


def test_columns_are_not_kept_longer_than_the_comparison():
    import gc
    import weakref

    comparison = STREET.comparison()
    select(comparison, "base.iou > 0.5")
    gone = weakref.ref(comparison)
    del comparison
    gc.collect()
    assert gone() is None


def test_segments_flags_and_tags_are_sets_of_frames():
    ids = COMPARISON.dataset.frames.id
    flagged = [Edit(MOMENT, "anna", Subject(str(ids[row])), "flag") for row in (2, 4)]
    sets = {"segments": {"wet": [1]}, "reviews": Reviews(COMPARISON, flagged)}
    assert frames(select(COMPARISON, 'frame.segment = "wet"', **sets)) == [1]
    assert frames(select(COMPARISON, "frame.flag", **sets)) == [2, 4]
    assert frames(select(COMPARISON, 'frame.flag = "bob"', **sets)) == []
    assert frames(select(COMPARISON, "frame.tag", **sets)) == []
    assert frames(select(COMPARISON, 'frame.tag = "anything"', **sets)) == []
    with pytest.raises(QueryError, match='unknown segment "dry"'):
        select(COMPARISON, 'frame.segment = "dry"', **sets)


def test_a_segment_is_asked_only_when_a_query_names_it():
    class Lazy(dict[str, list[int]]):
        def __getitem__(self, name):
            raise AssertionError(name)

    assert frames(select(COMPARISON, "frame.night", segments=Lazy(live=[]))) == [1, 2]


def measured(*further: FrameField[JudgedObjects]) -> Binding[ObjectComparison]:
    """The street with further fields of frames; one takes the place of a field of its key."""

    class Measured(ObjectComparison):
        own_fields = (*ObjectComparison.own_fields, *further)

    return Binding(
        Measured.judged(COMPARISON.evaluation("base"), COMPARISON.evaluation("other"), COMPARISON.settings)
    )


def test_a_measure_is_asked_by_name_and_as_delta():
    edges = {"base": [0.1, 0.2, np.nan, 0.4, 0.5, 0.6], "other": [0.2, 0.1, 0.3, np.nan, 0.5, 0.9]}
    binding = measured(
        FrameField("edge_f1", "Agreement of edges.", lambda _, side, __: np.array(edges[side]))
    )
    assert frames(binding.select("delta.edge_f1 > 0")) == [0, 5]
    assert frames(binding.select("base.edge_f1 is missing")) == [2]
    assert frames(binding.select("base.edge_f1 > other.edge_f1")) == [1]
    assert present(binding.schema.field("other.edge_f1")).sentence == "Agreement of edges."


def test_a_measure_can_be_of_a_class_or_a_cell():
    def of_class(_, side, classes):
        return np.arange(6.0) * classes[0] - (side == "base")

    binding = measured(
        FrameField("iou", "IoU of a class.", of_class, arguments=1),
        FrameField(
            "confusion", "Pixels.", lambda _, __, cell: np.full(6, 10.0 * cell[0] + cell[1]), arguments=2
        ),
    )
    assert frames(binding.select('base.iou("cyclist") > 3')) == [5]
    assert frames(binding.select('delta.iou("Cyclist") = 1')) == [0, 1, 2, 3, 4, 5]
    assert frames(binding.select('base.confusion("cyclist", "background") = 14')) == [0, 1, 2, 3, 4, 5]
    assert frames(binding.select("base.iou > 0.5"))[:1] == [0]
    with pytest.raises(QueryError, match=r'called as base\.iou\("car"\)'):
        binding.select('base.iou("car", "truck") > 1')


def test_a_measure_takes_the_place_of_a_score_but_not_of_a_field_of_objects():

    def one(key: str) -> FrameField[JudgedObjects]:
        return FrameField(key, "Mine.", lambda *_: np.ones(6))

    binding = measured(one("f1"), one("confidence"))
    assert frames(binding.select("base.f1 = 1")) == [0, 1, 2, 3, 4, 5]
    assert frames(binding.select("base.confidence = 1")) == []
    assert frames(binding.select("base.metrics.confidence = 1")) == [0, 1, 2, 3, 4, 5]


def test_attributes_named_like_fields_keep_a_name_of_their_own():
    n = len(COMPARISON.dataset.labels)
    comparison = with_attributes(
        area=Values("number", np.arange(float(n)), np.zeros(n, bool)),
        __doc__=Text.from_words(["x"] * n),
    )
    assert select(comparison, "label.attributes.area >= 7").objects.sum() == 2
    assert select(comparison, "label.area = 400").objects.sum() == 8
    assert select(comparison, 'label.__doc__ = "x"').objects.sum() == n


def test_numbers_and_dates_that_are_none_are_missing():
    n = len(COMPARISON.dataset.labels)
    odd = np.where(np.arange(n) % 2 == 1, np.nan, np.inf)
    comparison = with_attributes(odd=Values("number", odd, np.zeros(n, bool)))
    assert select(comparison, "label.odd is missing").objects.sum() == n // 2 + 4
    assert select(comparison, "label.odd > 1e300").objects.sum() == n - n // 2
    assert select(comparison, "label.odd - label.odd is not missing").objects.sum() == 0


def test_an_inference_without_id_is_known_by_its_row():
    assert select(COMPARISON, 'base.id = "3"').object_order.tolist() == [3]
    assert select(COMPARISON, 'base.id in ("3", "4")').object_order.tolist() == [3, 4]


def test_an_empty_data_set_is_answered():
    empty = replace(STREET, frames=[], labels=[], base=[], other=[], tags={}, segments={}).binding()
    for text in [
        "",
        "frame.night",
        'base.class = "car"',
        "max(base.iou) > 0 order by frame.id",
        "order by base.iou",
    ]:
        assert frames(empty.select(text)) == []


def test_names_ignore_case_where_that_is_no_question():
    assert frames(select(COMPARISON, "FRAME.Night AND Label.Class = 'CYCLIST'")) == [1]
