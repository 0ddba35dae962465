"""A leaderboard has the numbers of the comparisons of each pair, and counts each set once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.cells import total
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.leaderboard import (
    FALSE_ALARMS,
    Leaderboard,
    LeaderboardFigure,
    SetTally,
    Standings,
    leaderboard,
    pareto_front,
)
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds.kind import Sources
from aquarium_tui.kinds.objects import report
from aquarium_tui.kinds.objects.report import set_evaluation
from aquarium_tui.model.metrics import SetValue
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.comparisons import leaderboard as of_choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from aquarium_tui.store.starts import put_values
from tests.oracle.test_average_precision import scene


def four_sets(frames: int) -> tuple[Dataset, list[InferenceSet]]:
    data, first = scene(0, frames=frames)
    keeps = [np.arange(len(first.objects)) % n != 0 for n in (len(first.objects) + 1, 3, 4)]
    sets = [replace(first, id=f"set{i}", objects=first.objects.among(kept)) for i, kept in enumerate(keeps)]
    return data, [*sets, replace(scene(9, frames=frames)[1], id="set3")]


def made(some: np.ndarray | None = None) -> tuple[Dataset, list[ObjectComparison], Leaderboard]:
    data, sets = four_sets(12)
    compared = [ObjectComparison.of(data, sets[0], other, Settings()) for other in sets]
    tallies = [
        SetTally.of(each.matching("other"), each.inferences("other").objects.frame, 12) for each in compared
    ]
    frames = np.ones(12, bool) if some is None else some
    values = [[], [SetValue("latency_ms", 5.0, higher_is_better=False)], [], []]
    found = Standings(("set0", "set1", "set2", "set3"), tallies, data.labels.frame, frames, values)
    drawn = Resampling(int(frames.sum()), 50, 0, lambda: False)
    return data, [each if some is None else each.within(some) for each in compared], leaderboard(found, drawn)


@pytest.mark.parametrize("some", [None, np.arange(12) % 3 > 0], ids=["all", "some"])
def test_figures_wins_and_losses_are_those_of_each_pair(some: np.ndarray | None) -> None:
    data, compared, board = made(some)
    right = []
    for row, each in enumerate(compared):
        micro = total(each.scores["other"], "micro")
        for name in ("precision", "recall", "f1"):
            assert board.figures[name].values[row] == pytest.approx(micro[name], nan_ok=True)
        assert board.figures[FALSE_ALARMS].values[row] == micro["spurious"] / each.frame_count
        base, other = (each.matching(side).label_outcome for side in each.sides)
        counts = base != Outcome.IGNORED
        if some is not None:
            counts &= some[data.labels.frame]
        right.append((other == Outcome.CORRECT) & counts)
        assert board.wins[row] == np.count_nonzero(right[-1] & ~right[0])
        assert board.losses[row] == np.count_nonzero(~right[-1] & right[0])
        assert board.labels == counts.sum()
    all_right = np.sum(right, axis=0)
    assert board.all_wrong.tolist() == np.flatnonzero(counts & (all_right == 0)).tolist()
    assert board.only_one.tolist() == np.flatnonzero(all_right == 1).tolist()
    assert all(right[by][row] for row, by in zip(board.only_one, board.by, strict=True))
    recall = board.figures["recall"]
    assert recall.certainty is not None
    assert (recall.certainty.low[1:] <= recall.values[1:] - recall.values[0]).all()


def test_the_front_holds_what_nothing_beats() -> None:
    gain = LeaderboardFigure("f1", np.array([0.5, 0.6, 0.6, 0.4, np.nan]))
    cost = LeaderboardFigure("latency_ms", np.array([5.0, 9.0, 8.0, 5.0, 1.0]), higher_is_better=False)
    assert pareto_front([gain, cost]).tolist() == [True, False, True, False, False]
    board = made()[2]
    assert board.pareto == ("f1", "latency_ms")
    assert board.front.tolist() == [False, True, False, False]
    assert board.on_front_of(["Recall", FALSE_ALARMS]).pareto == ("recall", FALSE_ALARMS)
    with pytest.raises(UsageError, match='no figure "speed"'):
        board.on_front_of(["f1", "speed"])


def test_a_set_is_counted_once_under_the_same_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, sets = four_sets(12)
    store = Store(tmp_path)
    store.add_dataset(data)
    for each in sets[:3]:
        store.add_inferences(data, each)
    put_values(store, "test", "val", "set1", [SetValue("latency_ms", 5.0, higher_is_better=False)])
    counted: list[str] = []

    def reads(sources: Sources, name: str, *of: type[Evaluation]) -> Evaluation:
        counted.append(name)
        return set_evaluation(sources, name, *of)

    monkeypatch.setattr(report, "set_evaluation", reads)
    board = of_choice(Session(store), Choice("test", "val", base="set1"))
    assert board.sets == ("set1", "set0", "set2")
    assert set(counted) == {"set0", "set1", "set2"}
    assert board.figures["latency_ms"].values[0] == 5
    counted.clear()
    store.add_inferences(data, sets[3])
    again = of_choice(Session(store), Choice("test", "val", base="set0"))
    assert set(counted) == {"set3"}
    assert again.sets[0] == "set0"
    compared = ObjectComparison.of(data, sets[0], sets[3], Settings())
    assert again.figures["AP"].values[3] == pytest.approx(compared.average_precision("other").total["AP"])
    with pytest.raises(UsageError, match="depends on the set"):
        of_choice(Session(store), Choice("test", "val", only="label.near_iou > 0.1", base="set0"))


def test_of_a_slice_figures_are_those_of_each_pair(tmp_path: Path) -> None:
    data, sets = four_sets(12)
    store = Store(tmp_path)
    store.add_dataset(data)
    for each in sets:
        store.add_inferences(data, each)
    choice = Choice(
        "test", "val", base="set0", only="label.area > 3000", query=f'not frame.id = "{data.frames.id[1]}"'
    )
    board = of_choice(Session(store), choice)
    assert "AP" not in board.figures
    for row, name in enumerate(board.sets[1:], 1):
        pair = Session(store).open(replace(choice, other=name)).comparison
        assert isinstance(pair, ObjectComparison)
        micro = total(pair.scores["other"], "micro")
        assert board.figures["f1"].values[row] == pytest.approx(micro["f1"])
        assert board.figures["recall"].values[row] == pytest.approx(micro["recall"])
        assert board.frames == pair.frame_count == 11
