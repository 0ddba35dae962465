"""What moved between two runs: a planted change is found, noise is not."""

import random
from dataclasses import replace

import pytest

from benchmarks.changes import changes, drift, unmatched
from benchmarks.report import documented, told, undocumented
from benchmarks.runs import Result, Run, Sample, Side
from benchmarks.table import ROWS, THEMES

REFERENCED = [row.name for row in ROWS.values() if row.against]
ABOUT = {
    "date": "2026-01-02 03:04",
    "commit": "abc",
    "cores": 2,
    "processor": "p",
    "system": "s",
    "python": "3",
    "libraries": {"numpy": "2"},
    "load": 0.5,
    "load at the end": 1.0,
}


def run(seed: int, busy: float = 1.0, noise: float = 0.05, **slower: float) -> Run:
    """A run of all rows with noise; `slower` gives the factors of some rows, with `_` for `-`."""
    rng = random.Random(seed)

    def values(base: float, unit: str) -> tuple[float, ...]:
        level = base * (busy if unit == "s" else 1)
        return tuple(level * rng.gauss(1, noise) for _ in range(5))

    def side(name: str, base: float, by: float = 1.0) -> Side:
        figures = {one.name: Sample(values(base * by, one.unit)) for one in ROWS[name].figures}
        return Side(figures, 100 + rng.random())

    return Run(
        1,
        5,
        ABOUT,
        {
            name: Result(
                side(name, 0.1, slower.get(name.replace("-", "_"), 1.0)),
                side(name, 0.05) if name in REFERENCED else None,
            )
            for name in ROWS
        },
    )


def test_noise_is_hardly_ever_a_change() -> None:
    found = [changes(run(seed), run(seed + 100)) for seed in range(20)]
    assert sum(map(len, found)) <= 2  # of some 2,000 figures


@pytest.mark.parametrize("name", ["ledger", "pairs", "link-sixel"])
def test_a_planted_change_is_found(name: str) -> None:
    planted = {name.replace("-", "_"): 1.5}
    found = changes(run(1, noise=0.02), run(2, noise=0.02, **planted))
    assert {change.row for change in found} == {name}
    assert all(change.worse for change in found)
    back = changes(run(2, noise=0.02, **planted), run(1, noise=0.02))
    assert {change.row for change in back} == {name}
    assert not any(change.worse for change in back)


def test_a_busy_machine_is_no_change_but_hides_none() -> None:
    quiet, busy = run(1, noise=0.02), run(2, noise=0.02, busy=1.6, cells=1.6)
    assert drift(quiet, busy) == pytest.approx(1.6, rel=0.05)
    assert [change.row for change in changes(quiet, busy)] == ["cells"]
    said = list(told(changes(quiet, busy), [], drift(quiet, busy)))
    assert said[0].startswith("The references took 1.6")
    assert said[1].startswith("worse") and "cells" in said[1]


def test_more_memory_is_a_change() -> None:
    before, after = run(1), run(1)
    larger = replace(after.results["ap"].ours, peak=150.0)
    after = replace(after, results={**after.results, "ap": replace(after.results["ap"], ours=larger)})
    (found,) = changes(before, after)
    assert (found.row, found.figure, found.after) == ("ap", "peak", 150.0)


def test_a_row_measured_in_one_run_only_is_named() -> None:
    before, after = run(1), run(1)
    failed = replace(after, results={**after.results, "cells": Result(failed="why")})
    assert unmatched(before, failed) == ["cells"]
    fewer = replace(before, results={name: before.results[name] for name in ("ap", "ledger")})
    assert unmatched(before, fewer) == []
    assert "pairs" in unmatched(fewer, after)


def test_runs_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="scale"):
        changes(run(1), replace(run(1), scale=10))
    with pytest.raises(ValueError, match="repeat"):
        changes(run(1), replace(run(1), repeat=2))


def test_documents_get_the_tables_of_their_scale() -> None:
    regions = "".join(f"<!-- benchmarks: {theme.name} at scale 1 -->\n<!-- end -->\n" for theme in THEMES)
    text = f"{regions}words\n<!-- benchmarks: analysis at scale 10 -->\nold\n<!-- end -->\n"
    text += "<!-- benchmarks: run at scale 1 -->\n<!-- end -->\n"
    written = documented(text, run(1))
    assert "| ledger of objects | " in written and "words\n" in written
    assert "at scale 10 -->\nold\n<!-- end -->" in written
    assert "Measured on 2026-01-02" in written
    assert documented(written, run(1)) == written
    assert undocumented(text, 1, ROWS) == []
    assert undocumented(text, 1, ROWS.keys() - {"ledger"}) == ["ledger"]
    assert "ledger" in undocumented(text, 10, [])
    assert "masks" not in undocumented(text, 10, [])
