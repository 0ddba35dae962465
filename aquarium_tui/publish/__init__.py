"""A report to give away: all that is known of a comparison as chapters, in HTML or Markdown."""

from aquarium_tui.publish.content import Known, chapters_of, title_of
from aquarium_tui.publish.pages import (
    ReportFormat,
    as_html,
    as_markdown,
    pictures_of,
    write_report,
    write_text,
)
from aquarium_tui.publish.parts import findings_of

__all__ = [
    "Known",
    "ReportFormat",
    "as_html",
    "as_markdown",
    "chapters_of",
    "findings_of",
    "pictures_of",
    "title_of",
    "write_report",
    "write_text",
]
