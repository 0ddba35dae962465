"""The README's numbers are those of an independent count, and the count itself is right."""

from tests.sample_data.slow_count import Record, as_markdown, confusion, counted, match, stated, tables_in

CATEGORIES = [{"id": 1, "name": "person"}, {"id": 7, "name": "car"}]


def label(category: int, *bbox: float, crowd: int = 0) -> Record:
    return {"image_id": 1, "category_id": category, "bbox": list(bbox), "iscrowd": crowd}


def found(category: int, score: float, *bbox: float) -> Record:
    return {"image_id": 1, "category_id": category, "bbox": list(bbox), "score": score}


def labels(*rows: Record) -> Record:
    return {"categories": CATEGORIES, "images": [{"id": 1}], "annotations": list(rows)}


def test_the_readme_states_what_the_files_hold():
    assert stated() == counted()


def test_tables_survive_being_written_as_markdown():
    tables = {"One: a": {"x": {"count": 3}}, "Two": {"a b": {"c": 1, "d e": 20}, "f": {"c": 0, "d e": 5}}}
    assert tables_in(as_markdown(tables)) == tables


def test_the_better_overlap_wins_and_each_is_paired_once():
    wanted = [label(1, 0, 0, 10, 10), label(1, 4, 0, 10, 10)]
    near, exact = found(1, 0.9, 1, 0, 10, 10), found(7, 0.2, 0, 0, 10, 10)
    assert match(wanted, [near, exact], "overlap") == {0: 1, 1: 0}
    assert match(wanted[:1], [near, exact], "same-class") == {0: 0}


def test_what_is_unsure_off_or_in_a_crowd_is_counted_as_the_rules_say():
    truth = labels(label(1, 0, 0, 10, 10), label(1, 100, 100, 50, 50, crowd=1))
    results = [
        found(1, 0.1, 0, 0, 10, 5),
        found(1, 0.0999, 300, 0, 10, 10),
        found(7, 0.5, 300, 0, 10, 10),
        found(7, 0.5, 145, 100, 10, 10),
        found(7, 0.5, 146, 100, 10, 10),
    ]
    cells = confusion(truth, results)
    assert cells == {("person", "person"): 1, ("background", "car"): 2}
