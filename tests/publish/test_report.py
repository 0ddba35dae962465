"""Reports: what they say, that they need nothing else, and that names in them do no harm."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aquarium_tui.__main__ import main
from aquarium_tui.model.problems import Segment
from aquarium_tui.publish import Known, as_html, chapters_of, findings_of, title_of, write_report
from aquarium_tui.publish.chapters import Chapter, Code, Gallery, Item, Paragraph, Shot, TableBlock
from aquarium_tui.report import Findings
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Segments, Store
from tests.tui.scene import make_store


class Seen(HTMLParser):
    """What a page shows and asks for; tags that do not fit are an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.open, self.asked, self.images = "", [], [], 0  # type: ignore[var-annotated]
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.images += tag == "img"
        self.asked += [
            v for k, v in attrs if k in ("src", "href", "onerror") and not str(v).startswith("data:")
        ]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("report")
    store = make_store(root)
    night = Segment("night", 'frame.time_of_day = "night"', targets=("missed <= 0", "f1 >= 0.5"))
    Segments(store.dataset_folder("street", "val")).save(night)
    return store.root


def compare(home: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setenv("AQUARIUM_HOME", str(home))
    monkeypatch.setattr("sys.argv", ["aquarium-tui", "compare", "street/val", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_a_page_says_everything_and_asks_for_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report.html"
    assert compare(home, monkeypatch, "--format", "html", "--out", str(out), "--fail-on", "recall < 0") == 0
    page = out.read_text("utf-8")
    seen = Seen(page)
    assert seen.asked == [] and "<script" not in page
    for words in (
        "model_b compared with model_a on street/val",
        "no clear difference on labels",
        "gate: passed, 1 rule",
        "Of 2 targets of scenarios, 0 are met and 1 are missed.",
        "4 frames, 5 labels, 3 classes",
        "conf ≥ .10, IoU ≥ .50, same-class",
        "Labelled car, and not found",
        "missed <= 0",
        "aquarium-tui compare street/val --base model_a --other model_b",
        "Reported where nothing is labelled: a false alarm.",
        "solid outlines are labels",
        "recall clearly fell in 0 and clearly rose in 0",
        "F1 over confidence",
    ):
        assert words in seen.text, words
    assert seen.images >= 4
    assert compare(home, monkeypatch, "--format", "html", "--out", str(tmp_path / "again.html"),
                   "--fail-on", "recall < 0") == 0  # fmt: skip
    assert (tmp_path / "again.html").read_bytes() == out.read_bytes()


def test_markdown_has_its_pictures_beside_it_or_none(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.md"
    assert compare(home, monkeypatch, "--format", "md", "--out", str(out)) == 0
    text = out.read_text("utf-8")
    named = re.findall(r"\]\(([^)]+)\)", text)
    assert named and sorted(named) == sorted(
        f"report_pictures/{path.name}" for path in (tmp_path / "report_pictures").iterdir()
    )
    starts = {".jpg": b"\xff\xd8", ".svg": b"<s"}
    assert all((tmp_path / name).read_bytes()[:2] == starts[name[-4:]] for name in named)
    assert compare(home, monkeypatch, "--format", "md", "--no-pictures", "--out", str(out), "--force") == 0
    capsys.readouterr()
    assert compare(home, monkeypatch, "--format", "md") == 0
    assert capsys.readouterr().out == out.read_text("utf-8")


@pytest.mark.parametrize("format_", ["text", "json"])
def test_other_formats_are_written_as_they_are_printed(
    format_: str,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, arguments = tmp_path / "x", ("--format", format_, "--no-intervals")
    assert compare(home, monkeypatch, *arguments, "--out", str(out)) == 0
    capsys.readouterr()
    compare(home, monkeypatch, *arguments)
    assert capsys.readouterr().out == out.read_text("utf-8")
    assert compare(home, monkeypatch, *arguments, "--out", str(tmp_path / "no" / "x")) == 2


def test_reports_have_the_intervals_of_the_other_formats(home: Path) -> None:
    comparison = Session(Store(home)).open(Choice("street", "val")).comparison
    shown, every = findings_of(comparison), Findings.of(comparison)
    assert shown and shown.precision and every and every.precision
    assert shown.precision.replicates == every.precision.replicates


def test_one_set_alone_has_a_report(home: Path) -> None:
    view = Session(Store(home)).open(Choice("street", "val", "model_a"))
    chapters = chapters_of(view, Known(Findings.of(view.comparison)))
    assert "What changed most" not in [each.title for each in chapters]
    assert title_of(view) == "model_a on street/val"
    Seen(as_html("x", chapters))


ODD = "<img src=x onerror=alert(1)> ```\n|`*_ \x1b[31m &lt;"


def test_names_do_no_harm(tmp_path: Path) -> None:
    shot = Shot(b"\xff\xd8", (4, 3), [ODD], ODD)
    listing = TableBlock([ODD], [[Item(ODD, ODD, "bad", ODD)]])
    chapters = [Chapter(ODD, [Paragraph(ODD), Code([ODD]), listing, Gallery(ODD, ODD, [shot])])]
    seen = Seen(as_html(ODD, chapters))
    assert seen.images == 1 and seen.asked == [] and "\x1b" not in seen.text
    out, folder = write_report(ODD, chapters, "md", tmp_path / "r.md")
    text = out.read_text("utf-8")
    assert "\x1b" not in text and text.count("\n```") == 2
    assert [path.name for path in folder.iterdir()] == ["01.jpg"]
