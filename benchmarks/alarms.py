"""How often the gate cries wolf, and how often it sees a loss: `python -m benchmarks.alarms`.

Pairs of models that do not differ are drawn as for `benchmarks.coverage`; counted is in how many of them
`worse(…)` fails. Then as many frames are drawn as the gate says it needs, and correct inferences of other are
taken away at random until weighted F1 is two points lower; counted is how often `worse(f1)` fails.
"""

import argparse

import numpy as np

from aquarium_tui.compare.cells import total
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.verdict import Verdict
from aquarium_tui.gate import RuleState, Ruling, judged, rule_of
from aquarium_tui.gate.results import LOSS
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import InferenceSet, Objects, starts_of
from aquarium_tui.report import Findings
from benchmarks.coverage import Generator, population

FRAMES = 150


def pair(rng: Generator, frames: int) -> ObjectComparison:
    """Two runs of one model on new frames."""
    whole = population(rng, null=True, frames=frames)
    return ObjectComparison.of(whole.dataset, *whole.sets, Settings())


def poorer(rng: Generator, found: ObjectComparison) -> ObjectComparison:
    """The comparison without some of other's correct inferences, so that F1 is lower by two points."""
    other, scores = found.inferences("other").objects, total(found.scores["other"], "micro")
    correct, wanted = scores["correct"], scores["f1"] - LOSS
    both = 2 * correct / scores["f1"]  # inferences and labels together
    share = (2 * correct - wanted * both) / (correct * (2 - wanted))
    ledger = found.ledger
    rows = ledger.other[ledger.other_outcome == Outcome.CORRECT]
    keep = np.ones(len(other), bool)
    keep[rows[rng.random(len(rows)) < share]] = False
    kept = Objects(
        starts_of(other.frame[keep], len(found.dataset.frames)),
        other.class_index[keep],
        other.box[keep],
        other.confidence[keep],
        np.zeros(0, bool),
        np.zeros(0),
    )
    return ObjectComparison.of(
        found.dataset, found.inferences("base"), InferenceSet("other", kept), Settings()
    )


def rulings(found: ObjectComparison, *rules: str) -> list[Ruling]:
    """What some rules come to; none asks for AP, whose intervals take most of the time."""
    significance = found.significance()
    findings = Findings(significance, None, None, Verdict(()))
    return judged([rule_of(text) for text in rules], found, findings, lambda *_: found)


def main() -> None:
    """Print both shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--null", type=int, default=400, help="pairs without a difference")
    parser.add_argument("--planted", type=int, default=200, help="pairs with a loss of two points")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    rules = ("worse(f1)", "worse(recall)", *(f'worse(recall("class {i:02}"))' for i in range(3)))
    alone = alarms = 0
    needed = []
    for _ in range(arguments.null):
        found = rulings(pair(rng, FRAMES), *rules)
        alarms += any(each.outcome is RuleState.FAILED for each in found)
        (first,) = rulings(pair(rng, FRAMES), "worse(f1)")
        alone += first.outcome is RuleState.FAILED
        needed.append(first.needed)
    print(f"null pairs: {alone} of {arguments.null} fail worse(f1), {alarms} fail one of {len(rules)} rules")
    frames = [needed[int(i)] for i in rng.integers(len(needed), size=arguments.planted)]
    seen = 0
    for count in frames:
        (first,) = rulings(poorer(rng, pair(rng, count)), "worse(f1)")
        seen += first.outcome is RuleState.FAILED
    typical = int(np.median(frames)) if frames else 0
    print(f"planted: {seen} of {arguments.planted} fail worse(f1), with {typical} frames at the median")


if __name__ == "__main__":
    main()
