"""Finds out what takes longer than a glance: AP, and whether a delta is more than chance."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.evidence import Evidence
from aquarium_tui.session.view import View


def gathered(view: View, cancelled: Callable[[], bool]) -> Iterator[Evidence]:
    """What can be found out about a view, more with each step.

    Raises:
        CancelledError: `cancelled` said so.
    """
    comparison = view.comparison
    evidence = Evidence()
    if comparison.other:
        evidence = replace(evidence, significance=comparison.significance(cancelled=cancelled))
        yield evidence
    fields = kind_of(comparison.dataset.project).slow_fields(comparison, cancelled)
    if fields:
        yield replace(evidence, fields=fields)
