"""The gate: rules about a comparison, and scenarios with targets, that decide whether a model may pass."""

from aquarium_tui.gate.results import (
    RuleState,
    Ruling,
    as_junit,
    gate_document,
    gate_lines,
    judged,
    needs_findings,
    sentence,
)
from aquarium_tui.gate.rules import RULE_GRAMMAR, GateRule, read_rules, rule_of
from aquarium_tui.gate.scenario_text import (
    as_toml,
    check_scenarios,
    figure_text,
    read_scenarios,
    scenario_document,
    scenario_lines,
    segment_lines,
    target_sentence,
)
from aquarium_tui.gate.scenarios import (
    ScenarioResult,
    TargetResult,
    TargetState,
    scenario_results,
    target_figure,
    target_of,
    with_all,
)

__all__ = [
    "RULE_GRAMMAR",
    "GateRule",
    "RuleState",
    "Ruling",
    "ScenarioResult",
    "TargetResult",
    "TargetState",
    "as_junit",
    "as_toml",
    "check_scenarios",
    "figure_text",
    "gate_document",
    "gate_lines",
    "judged",
    "needs_findings",
    "read_rules",
    "read_scenarios",
    "rule_of",
    "scenario_document",
    "scenario_lines",
    "scenario_results",
    "segment_lines",
    "sentence",
    "target_figure",
    "target_of",
    "target_sentence",
    "with_all",
]
