"""One inference set against the labels, at any threshold."""

import threading
from collections import OrderedDict
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.average_precision import AveragePrecision, average_precision
from aquarium_tui.compare.candidates import FLOOR, Candidates, find_candidates
from aquarium_tui.compare.matching import Classes, Matching, Ordered, in_order, match, outcomes
from aquarium_tui.model.settings import Rule
from aquarium_tui.model.tables import Dataset, InferenceSet

_KEPT = 8


class Evaluation:
    """Matches one set with the labels, and remembers what does not depend on the thresholds.

    Safe to ask from several threads.
    """

    def __init__(self, dataset: Dataset, inferences: InferenceSet) -> None:
        evaluated = np.append(dataset.project.class_map.evaluated, np.int32(-1))
        self.dataset = dataset
        self.inferences = inferences
        self.classes = Classes(
            evaluated[dataset.labels.class_index], evaluated[inferences.objects.class_index]
        )
        self.region: NDArray[np.bool_] = np.asarray(dataset.labels.crowd | (self.classes.label < 0))
        self._ignored: NDArray[np.bool_] = self.classes.inference < 0
        self._lock = threading.Lock()
        self._candidates: Candidates | None = None
        self._ordered: dict[Rule, Ordered] = {}
        self._matchings: OrderedDict[tuple[float, float, Rule], Matching] = OrderedDict()

    def matching(self, confidence: float, iou: float, rule: Rule) -> Matching:
        """The matching at these thresholds under this rule."""
        with self._lock:
            key = (confidence, iou, rule)
            if key not in self._matchings:
                self._matchings[key] = self._match(confidence, iou, rule)
                while len(self._matchings) > _KEPT:
                    self._matchings.popitem(last=False)
            self._matchings.move_to_end(key)
            return self._matchings[key]

    @cached_property
    def average_precision(self) -> AveragePrecision:
        """COCO's metrics over all frames; no threshold bears on them."""
        return self.average_precision_of(None)

    def average_precision_of(self, frames: NDArray[np.bool_] | None) -> AveragePrecision:
        """COCO's metrics over the frames where the mask `(frames,)` is true."""
        n = len(self.dataset.project.class_map.evaluated_names)
        labels, objects = self.dataset.labels, self.inferences.objects
        return average_precision(labels, objects, self.classes, n, frames)

    def _match(self, confidence: float, iou: float, rule: Rule) -> Matching:
        sure = self.inferences.objects.confidence
        candidates = self._candidates_down_to(min(iou, FLOOR))
        if rule not in self._ordered:
            self._ordered[rule] = in_order(candidates, rule, self.classes, sure)
        counts = (len(self.classes.label), len(self.classes.inference))
        matched = match(self._ordered[rule], counts, confidence, iou)
        covered = self._ignored.copy()
        covered[candidates.inside[candidates.share >= iou]] = True
        return outcomes(matched, self.classes, self.region, sure >= confidence, covered)

    def _candidates_down_to(self, floor: float) -> Candidates:
        if self._candidates is None or floor < self._candidates.floor:
            self._candidates = find_candidates(
                self.dataset.labels, self.inferences.objects, self.region, floor
            )
            self._ordered.clear()
        return self._candidates
