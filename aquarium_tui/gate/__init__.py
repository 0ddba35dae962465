"""The gate: rules about a comparison that decide whether a model may pass."""

from aquarium_tui.gate.results import as_junit, gate_document, gate_lines, sentence
from aquarium_tui.gate.rules import RULE_GRAMMAR, GateRule, read_rules, rule_of
from aquarium_tui.gate.rulings import RuleState, Ruling, judged, needs_findings

__all__ = [
    "RULE_GRAMMAR",
    "GateRule",
    "RuleState",
    "Ruling",
    "as_junit",
    "gate_document",
    "gate_lines",
    "judged",
    "needs_findings",
    "read_rules",
    "rule_of",
    "sentence",
]
