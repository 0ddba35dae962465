"""A report to give away: all that is known of a comparison as chapters, in one HTML page or as Markdown."""

from aquarium_tui.publish.content import Known, chapters_of, findings_of, title_of
from aquarium_tui.publish.files import ReportFormat, pictures_of, write_report, write_text
from aquarium_tui.publish.html import as_html
from aquarium_tui.publish.markdown import as_markdown

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
