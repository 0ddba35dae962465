"""Names and other text that comes from outside."""

import posixpath
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from aquarium_tui.errors import UsageError

LONGEST = 100
"""Characters that a name may have. File systems allow 255 bytes, and the store adds to names."""
_NAME = re.compile(r"[A-Za-z0-9_]+")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
URL_STARTS = ("https://", "http://", "s3://", "gs://", "hf://")
"""How the URLs of images and masks begin that are read."""
_SHORTENED = re.compile(r"(https?|s3|gs|hf):/+([^/].*)", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def name_key(name: str) -> str:
    """What is compared of the name of a class: composed characters, single blanks, no case."""
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def suggest_name(text: str) -> str:
    """The nearest legal name to `text`: every run of other characters becomes one underscore."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "_", plain).strip("_")


def is_name(text: str) -> bool:
    """Whether `text` may name a project, dataset or inference set."""
    return len(text) <= LONGEST and bool(_NAME.fullmatch(text))


def check_name(text: str, what: str) -> str:
    """`text` if it may name a project, dataset or inference set.

    Args:
        text: The name as given.
        what: What it names, for the message, such as "project".

    Raises:
        UsageError: It holds anything but ASCII letters, digits and underscores, or is too long.
    """
    if len(text) > LONGEST:
        raise UsageError(
            f'{what} "{visible(text[:20])}…" has {len(text):,} characters.',
            f"A name has at most {LONGEST} characters.",
        )
    if is_name(text):
        return text
    better = suggest_name(text)
    hint = f"Call it {better!r}." if better else "Use letters, digits and underscores."
    raise UsageError(f'{what} "{visible(text)}" contains characters that are not allowed in a name.', hint)


def visible(text: str) -> str:
    r"""`text` with control and invisible characters written as escapes such as ``\x1b``.

    Everything that came from a file or a user passes here before it reaches a terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if unicodedata.category(c) in _UNSEEN else c for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def clean(text: str) -> str:
    """`text` with what UTF-8 cannot hold (half surrogates) written as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def is_remote(name: str) -> bool:
    """Whether an image, mask or folder is named by a URL such as `s3://bucket/a.png`, and not by a path."""
    return _REMOTE.match(name) is not None


def url_of(path: Path) -> str | None:
    """The URL that was given where a path was expected, which keeps one of its slashes; None for a path.

    A folder of this machine that is really called `s3:` is meant where it exists.
    """
    found = _SHORTENED.fullmatch(str(path))
    return f"{found[1]}://{found[2]}" if found and not path.exists() else None


def place_of(path: Path) -> str:
    """What is kept of where a file or folder is: its URL, or its absolute path."""
    return url_of(path) or clean(str(path.absolute()))


def joined(root: str, name: str) -> str:
    """Where the image or mask called `name` is: in `root`, unless its name is absolute or a URL.

    Args:
        root: The path or the URL of a folder.
        name: A path with slashes, or a URL; empty names the folder itself.
    """
    return name if is_remote(name) else posixpath.join(root, name) if name else root


def cell_words(
    names: Sequence[str], cell: tuple[int, int], missed: str = "missed", spurious: str = "spurious"
) -> str:
    """A cell in words: `cyclist → pedestrian`, `cyclist missed`, `spurious car`, `car correct`.

    Args:
        names: Of the classes, background last.
        cell: The places of label class and inferred class.
        missed: What stands behind a label without inference.
        spurious: What stands before an inference without label.
    """
    label, inferred = cell
    last = len(names) - 1
    if inferred == last:
        return f"{names[label]} {missed}"
    if label == last:
        return f"{spurious} {names[inferred]}"
    return f"{names[label]} correct" if label == inferred else f"{names[label]} → {names[inferred]}"


NO_CLASS = "no class"
"""What background is called where what is counted is no object that could be missed or spurious."""


def background_words(objects: bool) -> tuple[str, str]:
    """What stands behind a label without inference, and before an inference without label."""
    return ("missed", "spurious") if objects else (f"→ {NO_CLASS}", f"{NO_CLASS} →")
