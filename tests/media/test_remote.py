"""Images and masks of a server on loopback: one that is quick, slow, gone, or changes its files."""

import io
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.ingest.masks import MaskOptions, mask_dataset
from aquarium_tui.media import remote
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.media.remote import DiskCache, Stamp, bytes_of
from aquarium_tui.media.source import image_size, source
from aquarium_tui.model.tables import SEGMENTATION, Project
from aquarium_tui.work.executor import Watch


class FileServer:
    """Gives what is in `files`, and notes what it was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.ranges, self.wait = True, 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self, body=True)

            def do_HEAD(self) -> None:
                outer.answer(self, body=False)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        # Whoever gives up waiting closes the connection.
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler, body: bool) -> None:
        self.asked.append((request.command, request.path, request.headers.get("Range", "")))
        time.sleep(self.wait)
        content = self.files.get(request.path)
        if content is None:
            request.send_error(404)
            return
        part, span = content, request.headers.get("Range")
        if span and self.ranges:
            first, last = span.removeprefix("bytes=").split("-")
            part = content[int(first) : int(last or len(content)) + 1]
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}")
        else:
            request.send_response(200)
        request.send_header("ETag", f'"{hash(content)}"')
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        if body:
            request.wfile.write(part)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    forget()
    server = FileServer()
    yield server
    server.http.shutdown()
    server.http.server_close()
    forget()


def forget() -> None:
    """As in a new process."""
    for kept in (remote._told, remote._held, remote._silent):
        kept.clear()


def photo(color: tuple[int, int, int] = (200, 30, 40), size: tuple[int, int] = (64, 48)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, "PNG")
    return content.getvalue()


def shown(url: str) -> tuple[int, ...]:
    image = PhotoCache().read(open_photo(url), (0, 0, 64, 48), (8, 6))
    return tuple(int(value) for value in np.asarray(image)[3, 3])


def test_a_photo_is_fetched_once_and_kept_while_it_is_the_same(server: FileServer) -> None:
    server.files["/a.png"] = photo()
    url = f"{server.url}/a.png"
    assert shown(url) == (200, 30, 40)
    assert sorted(method for method, *_ in server.asked) == ["GET", "HEAD"]
    assert shown(url) == (200, 30, 40)
    assert len(server.asked) == 2
    forget()
    assert shown(url) == (200, 30, 40)
    assert [method for method, *_ in server.asked[2:]] == ["HEAD"]
    forget()
    server.files["/a.png"] = photo((1, 2, 3))
    assert shown(url) == (1, 2, 3)


def test_asking_and_fetching_take_one_round_trip(server: FileServer) -> None:
    """The server answers neither request before it has both."""
    server.files["/a.png"] = photo()
    both, answer = threading.Barrier(2, timeout=10), server.answer

    def together(request: BaseHTTPRequestHandler, body: bool) -> None:
        both.wait()
        answer(request, body)

    server.answer = together  # type: ignore[method-assign]
    assert shown(f"{server.url}/a.png") == (200, 30, 40)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_size_takes_the_beginning_alone_where_the_server_gives_parts(
    server: FileServer, ranges: bool
) -> None:
    rng = np.random.default_rng(0)
    content = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (300, 400, 3)).astype(np.uint8)).save(content, "PNG")
    server.files["/big.png"], server.ranges = content.getvalue(), ranges
    assert image_size(f"{server.url}/big.png") == (400, 300)
    assert [(method, span) for method, _, span in server.asked if method == "GET"] == [
        ("GET", "bytes=0-65535")
    ]


def test_masks_are_read_and_stamped(server: FileServer) -> None:
    values = np.arange(12, dtype=np.uint8).reshape(3, 4)
    content = io.BytesIO()
    Image.fromarray(values).save(content, "PNG")
    server.files["/m.png"] = content.getvalue()
    url = f"{server.url}/m.png"
    np.testing.assert_array_equal(read_mask(url), values)
    assert source(url).stamp().size == len(content.getvalue())


def test_a_folder_of_masks_is_read_from_a_server(server: FileServer, tmp_path: Path) -> None:
    """As `upload --labels URL --images URL` does, whose paths keep one slash of two."""
    for name in ("a", "b"):
        server.files[f"/images/{name}.png"] = photo()
        server.files[f"/labels/{name}.png"] = mask(2)
    for folder in ("images", "labels"):
        listed = "".join(f'<a href="{name}.png">{name}</a>' for name in ("a", "b"))
        server.files[f"/{folder}"] = server.files[f"/{folder}/"] = listed.encode()
    (tmp_path / "classes.txt").write_text("road\ncar\nsky\n")
    options = MaskOptions(Path(f"{server.url}/images"), tmp_path / "classes.txt")
    project = Project("street", SEGMENTATION)
    dataset = mask_dataset(project, "val", Path(f"{server.url}/labels"), options, Watch())
    assert dataset.images == f"{server.url}/images"
    assert dataset.masks is not None
    assert dataset.masks.file(1) == f"{server.url}/labels/b.png"
    assert dataset.masks.pixels == {2: 2 * 64 * 48}
    assert dataset.frames.width.tolist() == [64, 64]


def mask(value: int) -> bytes:
    content = io.BytesIO()
    Image.new("L", (64, 48), value).save(content, "PNG")
    return content.getvalue()


def test_what_cannot_be_had_has_a_reason(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"^no such file: http"):
        open_photo(f"{server.url}/none.png")
    server.files["/a.png"], server.wait = photo(), 0.6
    monkeypatch.setattr(remote, "_PATIENCE", 0.1)
    with pytest.raises(InputError, match=r"^127\.0\.0\.1:\d+ does not answer within"):
        open_photo(f"{server.url}/a.png")
    with pytest.raises(InputError, match="did not answer a moment ago"):
        open_photo(f"{server.url}/b.png")
    with pytest.raises(InputError, match="cannot be reached"):
        open_photo("http://127.0.0.1:9/a.png")


def test_what_is_kept_is_shown_while_the_server_is_gone(server: FileServer) -> None:
    server.files["/a.png"] = photo()
    url = f"{server.url}/a.png"
    shown(url)
    forget()
    server.http.shutdown()
    server.http.server_close()
    assert shown(url) == (200, 30, 40)


def test_without_fsspec_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(InputError, match="packages that are not installed") as told:
        open_photo("s3://bucket/a.png")
    assert "aquarium-tui[remote]" in told.value.hint


def test_the_oldest_files_go_where_there_are_too_many(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "c", 10_000)
    for number in range(12):
        cache.write(f"s3://b/{number}", Stamp(1000, str(number)), bytes(1000))
        for path in (tmp_path / "c").iterdir():
            status = path.stat()
            __import__("os").utime(path, (status.st_mtime - 10, status.st_mtime - 10))
    assert sum(path.stat().st_size for path in (tmp_path / "c").iterdir()) <= 10_000
    assert cache.read("s3://b/0") is None
    assert cache.read("s3://b/11") == (Stamp(1000, "11"), bytes(1000))
    cache.write("s3://b/large", Stamp(9000, ""), bytes(9000))
    assert cache.read("s3://b/large") is None


def test_sizes() -> None:
    assert [bytes_of(text) for text in ("0", "500 MB", "2gb", "1.5 GB", "100")] == [
        0,
        500_000_000,
        2_000_000_000,
        1_500_000_000,
        100,
    ]
    for text in ("", "GB", "-1 GB", "many", "1 PB", "nan GB", "1e99"):
        with pytest.raises(ValueError, match=r".+"):
            bytes_of(text)
