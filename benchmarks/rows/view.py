"""Opens the comparisons of the generated stores as the program does."""

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from benchmarks.work import Site


def objects(site: Site) -> ObjectComparison:
    """Base and other of the detections."""
    comparison = _session(site, "detections").open(Choice("bench", "val", "base", "other")).comparison
    assert isinstance(comparison, ObjectComparison)
    return comparison


def masks(site: Site) -> PixelComparison:
    """Base and other of the small masks, counted."""
    comparison = _session(site, "segmentation").open(Choice("bench", "streets", "base", "other")).comparison
    assert isinstance(comparison, PixelComparison)
    return comparison


def _session(site: Site, part: str) -> Session:
    return Session(Store(site.part(part)))
