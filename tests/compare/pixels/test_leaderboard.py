"""A leaderboard of masks has the numbers of each pair."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.objects.leaderboard import Contest, Entrant
from aquarium_tui.compare.pixels.leaderboard import mask_leaderboard
from aquarium_tui.model.metrics import SetValue
from aquarium_tui.model.settings import SIDES, Rule, SetConfidence
from tests.compare.pixels.scene import in_memory

RNG = np.random.default_rng(5)


def test_figures_deltas_and_wins_are_those_of_the_pair():
    drawn_masks = RNG.integers(0, 4, (9, 3, 6, 6)).astype(np.uint8)
    found = [(label, base, other) for label, base, other in drawn_masks]
    pair = in_memory(found)
    counts = [replace(pair.counts, other=pair.counts.base), replace(pair.counts, base=pair.counts.other)]
    values = (SetValue("latency_ms", 5.0, higher_is_better=False),)
    entrants = [Entrant("old", SetConfidence(None)), Entrant("new", SetConfidence(None), values)]
    some = np.arange(9) != 4
    contest = Contest(entrants, 0.5, Rule.SAME_CLASS, some, None)
    drawn = []

    def resampling(among):
        drawn.append(among)
        return Resampling(int(among.sum()), 200, 0, lambda: False)

    board = mask_leaderboard(contest, counts, resampling)
    assert drawn[0].tolist() == some.tolist()
    within = pair.within(some)
    for row, side in enumerate(SIDES):
        for name in ("accuracy", "miou", "fwiou"):
            assert board.figures[name].values[row] == pytest.approx(float(getattr(within.scores[side], name)))
    miou = [pair.frame_scores[side].miou[some] for side in SIDES]
    assert board.wins.tolist() == [0, int((miou[1] > miou[0]).sum())]
    assert board.losses.tolist() == [0, int((miou[1] < miou[0]).sum())]
    sure = within.significance(200).wholes["miou"]
    certainty = board.figures["miou"].certainty
    assert certainty and certainty.low[1] == pytest.approx(sure.low[0])
    assert board.pareto == ("miou", "latency_ms")
    assert board.unit == "frame"
