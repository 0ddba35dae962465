"""A report as a file, with pictures in it or beside it."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.publish.chapters import Chapter
from aquarium_tui.publish.html import as_html
from aquarium_tui.publish.markdown import as_markdown
from aquarium_tui.store.atomic import new_file, sweep

ReportFormat = Literal["html", "md"]


def write_report(title: str, chapters: Sequence[Chapter], format_: ReportFormat, out: Path) -> list[Path]:
    """Write a report; Markdown has its pictures in the folder `NAME_pictures` beside it.

    Returns:
        What was written, the report first.

    Raises:
        UsageError: Something cannot be written.
    """
    if format_ == "html":
        return [write_text(out, as_html(title, chapters))]
    folder = pictures_of(out)
    pictures: dict[str, bytes] = {}

    def saved(picture: bytes, ending: str) -> str:
        name = f"{len(pictures) + 1:02}.{ending}"
        pictures[name] = picture
        return f"{quote(os.fsencode(folder.name))}/{name}"

    text = as_markdown(title, chapters, saved)
    try:
        if pictures:
            folder.mkdir(parents=True, exist_ok=True)
        for old in (*folder.glob("[0-9][0-9].jpg"), *folder.glob("[0-9][0-9].svg")):
            old.unlink()
        for name, picture in pictures.items():
            (folder / name).write_bytes(picture)
    except OSError as error:
        raise UsageError(f"{visible(str(folder))} cannot be written: {error.strerror or error}.") from error
    return [write_text(out, text), *([folder] if pictures else [])]


def pictures_of(out: Path) -> Path:
    """The folder for the pictures of a report in Markdown."""
    return out.with_name(f"{out.stem}_pictures")


def write_text(out: Path, text: str) -> Path:
    """Write a text to a file, whole or not at all, in place of what is there.

    Raises:
        UsageError: It cannot be written.
    """
    with suppress(OSError):
        sweep(out.parent)
    try:
        with new_file(out) as temporary:
            temporary.write_text(text, "utf-8", newline="")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{visible(str(out))} cannot be written: {why}.") from error
    return out
