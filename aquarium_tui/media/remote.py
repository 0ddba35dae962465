"""Images and masks of servers and object stores, by fsspec: fetched once, kept on disk up to a limit.

A frame costs one round trip: what is new is fetched while the server is asked for its state, and what is kept
is shown once the server says that it is unchanged. Nothing waits for a server for ever, and one that has just
not answered is not asked again for each of many frames.
"""

import hashlib
import io
import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar
from urllib.parse import urlsplit

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import visible


class Stamp(NamedTuple):
    """Changes when the file is replaced or rewritten.

    Attributes:
        size: In bytes.
        changed: When a file was last written, in nanoseconds, or the ETag that a server gives.
    """

    size: int
    changed: int | str


def unreadable(reason: str, name: str, hint: str = "") -> InputError:
    """The error for an image or mask; the reason comes first, because small cards cut the end off."""
    return InputError(f"{reason}: {visible(name)}" if name else reason, hint)


SIZE_VARIABLE = "AQUARIUM_CACHE_SIZE"
"""The variable of the environment that sets how much is kept; processes that count pixels inherit it."""
DEFAULT_SIZE = "2 GB"
"""About 10,000 photos of street scenes."""

_PATIENCE = 15.0
"""Seconds that a server has for a file: a photo of 20 MB over a line of 12 Mbit/s."""
_LISTING = 300.0
"""Seconds for the names of all files in a folder: a store lists some thousand a second."""
_PAUSE = 10.0
"""Seconds for which a server that did not answer is not asked again."""
_FRESH = 60.0
"""Seconds for which a file that a server has just told of is taken for unchanged."""
_MOST = 1 << 29
"""Bytes of a file at most, as it is held in memory."""
_HEAD = 1 << 16
"""Bytes fetched first where only the size of a picture is wanted: they hold the headers of nearly all."""
_HELD = 64 << 20
"""Bytes of files that stay in memory, so that a photo is not read again between its header and its pixels."""
_TAGS = ("ETag", "etag", "Last-Modified", "LastModified", "updated", "mtime", "md5Hash", "blob_id", "sha")
"""What file systems call that which changes with a file."""
_TOLD = 80
"""Characters of another library's error that are shown: more do not fit on a card."""
_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}

Reply = TypeVar("Reply")


def bytes_of(text: str) -> int:
    """The number of bytes that a text such as `500 MB` means.

    Raises:
        ValueError: It means none.
    """
    number = text.strip().upper().rstrip("KMGTB").strip()
    unit = text.strip().upper()[len(number) :].strip()
    found = float(number) * _UNITS[unit] if unit in _UNITS and number else -1.0
    if not 0 <= found <= 10**15:
        raise ValueError(f"{text!r} is not a size")
    return int(found)


@dataclass(frozen=True)
class RemoteSource:
    """A file of a server or an object store; see `Source`.

    Attributes:
        name: Its URL.
    """

    name: str

    def open(self) -> BinaryIO:
        """Its bytes, from the start, seekable.

        Raises:
            InputError: The server does not give them.
        """
        return io.BytesIO(_content(self.name))

    def head(self) -> BinaryIO:
        """The same, of which only the beginning is fetched unless more is read.

        Raises:
            InputError: The server does not give them.
        """
        return io.BufferedReader(_Ranged(self.name), _HEAD)

    def stamp(self) -> Stamp:
        """What the server says of its size and last change.

        Raises:
            InputError: It does not answer, or has no such file.
        """
        with _lock:
            known = _told.get(self.name)
            content = _held.get(self.name)
        if known and time.monotonic() - known.at < _FRESH:
            return known.stamp
        try:
            return _asked(self.name)
        except InputError:
            if content is None:
                raise
            # Some servers give files but say nothing of them.
            return Stamp(len(content), hashlib.blake2b(content, digest_size=8).hexdigest())


def remote_names(url: str) -> list[str]:
    """Paths of the files in a folder of a server and below, relative to it, sorted.

    Raises:
        InputError: The server cannot list it.
    """
    files = _file_system(url)
    found: list[str] = _answer(url, _later(lambda: files.find(url)), _LISTING)
    # Some file systems name files by URL, others by bucket and key.
    starts = tuple(f"{start.rstrip('/')}/" for start in (url, url.partition("://")[2]))
    names = (next((name[len(s) :] for s in starts if name.startswith(s)), "") for name in found)
    return sorted(filter(None, names))


class _Ranged(io.RawIOBase):
    """A file whose beginning is fetched first, and all of it once more is read."""

    def __init__(self, url: str) -> None:
        self._url, self._at = url, 0
        kept = _kept(url)
        self._content = kept if kept is not None else _beginning(url)
        self._whole = kept is not None or len(self._content) != _HEAD

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            self._fetch()
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence, len(self._content))
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        if self._at >= len(self._content):
            self._fetch()
        part = self._content[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _fetch(self) -> None:
        if not self._whole:
            self._content, self._whole = _content(self._url), True


class _Told(NamedTuple):
    """What a server said of a file, and when, by the clock of this process."""

    stamp: Stamp
    at: float


_lock = threading.Lock()
_told: "OrderedDict[str, _Told]" = OrderedDict()
_held: "OrderedDict[str, bytes]" = OrderedDict()
_silent: dict[str, float] = {}
"""Until when servers that did not answer are not asked again."""


def _content(url: str) -> bytes:
    """The bytes of a file: those that are kept if they are still right, else those of the server."""
    with _lock:
        if url in _held:
            _held.move_to_end(url)
            return _held[url]
    kept = _kept(url)
    if kept is None:
        kept = _fetched(url)
    with _lock:
        _held[url] = kept
        while len(_held) > 1 and sum(map(len, _held.values())) > _HELD:
            _held.popitem(last=False)
    return kept


def _kept(url: str) -> bytes | None:
    """The bytes on disk, if the server says that they are right or does not answer at all."""
    found = disk().read(url)
    if found is None:
        return None
    stamp, content = found
    try:
        now = RemoteSource(url).stamp()
    except InputError as error:
        return content if isinstance(error, _SilentError) else None
    return content if now == stamp else None


def _fetched(url: str) -> bytes:
    """The bytes that the server has now; it is asked for their state at the same time."""
    files = _file_system(url)
    told = _later(lambda: _asked(url))
    content: bytes = _answer(url, _later(lambda: files.cat_file(url)))
    with suppress(InputError):
        stamp = _answer(url, told)
        if stamp.size == len(content):
            disk().write(url, stamp, content)
    return content


def _beginning(url: str) -> bytes:
    """The first bytes of a file, or all of it where the server knows no ranges."""
    files = _file_system(url)
    try:
        found: bytes = _answer(url, _later(lambda: files.cat_file(url, start=0, end=_HEAD)))
    except _SilentError:
        raise
    except InputError:
        return _content(url)
    return found


def _asked(url: str) -> Stamp:
    files = _file_system(url)
    info: dict[str, Any] = _answer(url, _later(lambda: files.info(url)))
    if info.get("type") == "directory":
        raise unreadable("a folder", url)
    size = int(info.get("size") or 0)
    if size > _MOST:
        raise unreadable(f"larger than {_MOST >> 20} MB", url)
    stamp = Stamp(size, next((str(info[tag]) for tag in _TAGS if info.get(tag)), ""))
    with _lock:
        _told[url] = _Told(stamp, time.monotonic())
        _told.move_to_end(url)
        while len(_told) > 10_000:
            _told.popitem(last=False)
    return stamp


class _SilentError(InputError):
    """A server did not answer."""


def _later(function: Callable[[], Reply]) -> "Future[Reply]":
    """Call a function in a thread that the program does not wait for when it ends."""
    future: Future[Reply] = Future()

    def call() -> None:
        try:
            future.set_result(function())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=call, daemon=True).start()
    return future


def _answer(url: str, future: "Future[Reply]", patience: float | None = None) -> Reply:
    """What a server answers in time, or why it did not."""
    patience = _PATIENCE if patience is None else patience
    host = urlsplit(url).netloc
    if time.monotonic() < _silent.get(host, 0.0):
        raise _SilentError(f"{visible(host)} did not answer a moment ago: {visible(url)}")
    try:
        return future.result(patience)
    except InputError:
        raise
    except TimeoutError as error:
        reason = f"{visible(host)} does not answer within {patience:.0f} seconds"
        cause: Exception = error
    except FileNotFoundError as error:
        raise unreadable("no such file", url) from error
    except PermissionError as error:
        raise unreadable("the server refuses it", url, "Log in the way its own tools do.") from error
    except Exception as error:
        status = getattr(error, "status", None)
        if status is not None:
            raise unreadable(f"the server answers {status}", url) from error
        told = visible(str(error) or type(error).__name__)[:_TOLD]
        reason, cause = f"{visible(host)} cannot be reached ({told})", error
    _silent[host] = time.monotonic() + _PAUSE
    raise _SilentError(f"{reason}: {visible(url)}") from cause


def _file_system(url: str) -> Any:  # noqa: ANN401
    """What reads a URL. Named by its scheme alone, as fsspec takes `::` in a URL for further file systems."""
    try:
        import fsspec

        return fsspec.filesystem(url.partition("://")[0].lower())
    except ImportError as error:
        raise unreadable(
            "needs packages that are not installed", url, "pip install 'aquarium-tui[remote]'"
        ) from error
    except Exception as error:  # file systems check credentials and settings in their own ways
        raise unreadable(f"cannot be opened ({visible(str(error))})", url) from error


@dataclass(frozen=True)
class DiskCache:
    """Files of servers on this disk, one file for each; those unused longest go first.

    Attributes:
        folder: Holds nothing else; made when something is written.
        most: How many bytes they may take together; 0 keeps nothing.
    """

    folder: Path
    most: int

    def read(self, url: str) -> tuple[Stamp, bytes] | None:
        """The content of a URL and the stamp it had; None if it is not there or damaged."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            path = self._place(url)
            head, _, content = path.read_bytes().partition(b"\n")
            told = json.loads(head)
            if told["url"] == url and told["size"] == len(content):
                os.utime(path)
                return Stamp(told["size"], told["changed"]), content
        return None

    def write(self, url: str, stamp: Stamp, content: bytes) -> None:
        """Keep a content, as far as there is room."""
        if len(content) > self.most // 2:
            return
        told = json.dumps({"url": url, "size": stamp.size, "changed": stamp.changed}).encode()
        with suppress(OSError):
            # Others of this machine must not see what only this user may fetch.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            place = self._place(url)
            temporary = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            temporary.write_bytes(told + b"\n" + content)
            temporary.replace(place)
            self._shed()

    def _place(self, url: str) -> Path:
        return self.folder / hashlib.blake2b(url.encode(), digest_size=16).hexdigest()

    def _shed(self) -> None:
        """Delete what was unused longest; a tenth more than needed, so that not every write has to."""
        found = []
        for entry in os.scandir(self.folder):
            with suppress(OSError):
                status = entry.stat()
                found.append((status.st_mtime, status.st_size, entry.path))
        total = sum(size for _, size, _ in found)
        if total <= self.most:
            return
        for _, size, path in sorted(found):
            if total <= self.most * 9 // 10:
                break
            with suppress(OSError):
                Path(path).unlink()
            total -= size


def disk() -> DiskCache:
    """The user's cache of remote files."""
    from platformdirs import user_cache_path

    try:
        most = bytes_of(os.environ.get(SIZE_VARIABLE) or DEFAULT_SIZE)
    except ValueError:
        most = bytes_of(DEFAULT_SIZE)
    return DiskCache(user_cache_path("aquarium-tui") / "remote", most)
