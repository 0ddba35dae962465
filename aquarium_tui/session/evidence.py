"""Finds out what takes longer than a glance: AP, and whether a delta is more than chance."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.session.view import View

_STEPS = (100, 1000)
"""A hundred replicates of AP for COCO val2017's size are there within two seconds on two idle cores; the
thousand that reports use take about eight, and refine what is shown."""

_SHOWN = ("AP", "AP50", "AP75")
"""The metrics of the report; the other nine would take four times as long."""


def gathered(view: View, cancelled: Callable[[], bool]) -> Iterator[Evidence]:
    """What can be found out about a view, more with each step.

    Raises:
        CancelledError: `cancelled` said so.
    """
    comparison, kind = view.comparison, kind_of(view.comparison.dataset.project)
    evidence = Evidence(len(comparison.classes) - 1)
    if comparison.other:
        significance = comparison.significance(cancelled=cancelled)
        verdict = kind.verdict(comparison, significance, kind.sensitivity(comparison))
        evidence = replace(evidence, significance=significance, verdict=verdict)
        yield evidence
    fields = kind.slow_fields(comparison, cancelled)
    if not fields:
        return
    evidence = replace(evidence, fields=fields)
    yield evidence
    for replicates in _STEPS if comparison.other else ():
        precision = kind.precision_significance(comparison, _SHOWN, replicates, cancelled)
        yield replace(evidence, precision=precision)
