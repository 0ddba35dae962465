"""A comparison written out: as text to read, as JSON and flat records to work with."""

from aquarium_tui.report.ap_parts import (
    ApSum,
    ap_parts_document,
    ap_reasons,
    ap_sum_lines,
    tide_document,
)
from aquarium_tui.report.certainty import (
    VERDICT_FORMS,
    Findings,
    sensitivity_remarks,
    verdict_parts,
    verdict_sentences,
)
from aquarium_tui.report.curves import policy_document, policy_lines
from aquarium_tui.report.document import as_json
from aquarium_tui.report.records import (
    BehindCell,
    as_csv,
    as_jsonl,
    behind_cell,
    frame_columns,
    frame_records,
    object_columns,
    records_of,
)
from aquarium_tui.report.text import as_markdown, as_text

__all__ = [
    "VERDICT_FORMS",
    "ApSum",
    "BehindCell",
    "Findings",
    "ap_parts_document",
    "ap_reasons",
    "ap_sum_lines",
    "as_csv",
    "as_json",
    "as_jsonl",
    "as_markdown",
    "as_text",
    "behind_cell",
    "frame_columns",
    "frame_records",
    "object_columns",
    "policy_document",
    "policy_lines",
    "records_of",
    "sensitivity_remarks",
    "tide_document",
    "verdict_parts",
    "verdict_sentences",
]
