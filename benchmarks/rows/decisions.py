"""What helps to decide: thresholds of classes, policies, curves, slices, the leaderboard, ΔAP as a sum."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np

from aquarium_tui.compare.binding import Binding, bound
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import Curves
from aquarium_tui.compare.objects.verdict import outcome_of
from aquarium_tui.compare.slice_table import ready_table, search_slices
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.settings import Aim, ClassConfidences, Policy, Settings
from aquarium_tui.model.tables import Provenance
from aquarium_tui.report.ap_parts import REPLICATES
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.comparisons import leaderboard
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from benchmarks.data import DETECTORS, dataset, inferences
from benchmarks.rows import view
from benchmarks.work import Site, Work, timed, timed_with

_SETS = 20
_TEXTS, _VALUES = 22, 20
"""Fields of frames and their values: 480 conditions, and so 10⁵ pairs of them."""


def class_thresholds(site: Site) -> Work:
    """The delta matrix under thresholds of all classes that were never asked for before."""
    found = view.objects(site)
    assert found.delta.any()
    return timed_with(_class_settings(found.classes[:-1]), lambda settings: found.under(settings).delta)


def _class_settings(names: tuple[str, ...]) -> Callable[[], Settings]:
    steps = (0.11 + 0.4 * (i * 0.618 % 1) for i in count())

    def own() -> ClassConfidences:
        return tuple((name, next(steps)) for name in names)

    return lambda: Settings(base_classes=own(), other_classes=own())


def match(site: Site, aim: str, per_class: int) -> Work:
    """Thresholds that follow from a policy, nothing of it known."""
    found, policy = view.objects(site), Policy(Aim(aim), bool(per_class))
    assert found.delta.any()
    return timed(lambda: outcome_of(found.under(found.settings), policy))


def curves(site: Site) -> Work:
    """All curves of all classes together, and those of one class."""
    found = view.objects(site)

    def work() -> None:
        drawn = Curves(found)
        for class_ in (None, 0):
            drawn.over_confidence(class_)
            for side in found.sides:
                drawn.over_recall(side, class_)
                drawn.reliability(side, class_)

    return timed(work)


def slices(site: Site) -> Work:
    """Figures and intervals of the ready-made slices."""
    found = _with_fields(view.objects(site))
    return timed(lambda: ready_table(found, found.comparison))


def found_slices(site: Site) -> Work:
    """The search among pairs of conditions."""
    found = _with_fields(view.objects(site))
    return timed(lambda: search_slices(found, found.comparison))


def _with_fields(found: ObjectComparison) -> Binding[ObjectComparison]:
    """The comparison, its frames with fields of their own."""
    rng, frames = np.random.default_rng(0), len(found.dataset.frames)
    words = [f"value {at}" for at in range(_VALUES)]
    fields: dict[str, Column] = {
        f"text_{at}": Text.from_words(words, rng.integers(0, _VALUES, frames).astype(np.int32))
        for at in range(_TEXTS)
    }
    fields["number"] = Values("number", rng.normal(0, 1, frames), np.zeros(frames, bool))
    data = replace(found.dataset, frames=replace(found.dataset.frames, metadata=fields))
    fresh = ObjectComparison.of(data, found.base, found.other, found.settings)
    fresh.prepare()
    return bound(fresh)


def boards(site: Site) -> Work:
    """The leaderboard of twenty sets that were counted before, in a session that knows nothing."""
    store, data = Store(site.temporary / "many"), dataset(site.frames)
    store.add_dataset(data)
    for at in range(min(_SETS, site.frames // 10)):  # Fewer at the tiny scale of a test.
        detector = replace(DETECTORS["base"], found=0.6 + 0.01 * at)
        one = inferences(data, f"set_{at}", at + 1, detector=detector)
        made = Provenance(created=f"2024-01-{at + 1:02}T00:00:00Z", fingerprint=one.id)
        store.add_inferences(data, replace(one, provenance=made))
    choice = Choice(data.project.name, data.name, base="set_0")
    leaderboard(Session(store), choice)
    return timed_with(lambda: Session(store), lambda session: leaderboard(session, choice))


def ap_parts(site: Site) -> Work:
    """ΔAP as a sum, with how sure its parts are and TIDE's errors."""
    found = view.objects(site)

    def work() -> None:
        difference = ObjectComparison.of(found.dataset, found.base, found.other, found.settings).ap_difference
        assert difference.parts.total.size
        difference.significance(REPLICATES)
        for side in found.sides:
            difference.tide(side)

    return timed(work)
