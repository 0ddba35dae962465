"""Reviews as files, for people and tools that do not have the store."""

from aquarium_tui.review.journals import lines_in, merged
from aquarium_tui.review.tables import as_coco, as_csv, as_jsonl, read_reviews, suspect_lines

__all__ = ["as_coco", "as_csv", "as_jsonl", "lines_in", "merged", "read_reviews", "suspect_lines"]
