"""The table of all rows: what each measures, next to what, and what it must reach.

The functions that do the work are given as `module:function` below `benchmarks.rows` and are loaded only in
the process that runs them. This table loads nothing heavy, because on Linux a process's peak memory includes
that of the process that started it.
"""

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

TIME = "time"
Limits = Mapping[float, float]
"""The most that a figure may be, by scale."""


@dataclass(frozen=True)
class Figure:
    """One figure of a row; smaller is better.

    Attributes:
        name: Its key in the results.
        unit: `s`, `kB`, or empty for a plain number.
        reach: What it must reach.
        title: What it is; for a row's first figure the row's title says that.
    """

    name: str = TIME
    unit: str = "s"
    reach: Limits = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True)
class Row:
    """One kind of work.

    Attributes:
        name: What `--only` finds it by.
        title: What is measured.
        work: Where the function is; it takes a `Site` and the arguments, and gives the `Work` that is run
            again and again.
        against: Where that of the reference is; empty where there is none.
        beside: What the reference is.
        needs: Parts of the generated data.
        arguments: Further arguments of both functions.
        figures: What a run measures.
        ratio: The most that the first figure may be, as a multiple of the reference's.
        memory: The most MB it may take, by scale.
        warm: Whether an unmeasured run comes first, so that imports and first uses do not count.
        most: The most runs; few if one takes long.
    """

    name: str
    title: str
    work: str
    against: str = ""
    beside: str = ""
    needs: tuple[str, ...] = ()
    arguments: tuple[str | int, ...] = ()
    figures: tuple[Figure, ...] = (Figure(),)
    ratio: float | None = None
    memory: Limits = field(default_factory=dict)
    warm: bool = True
    most: int = 1_000


@dataclass(frozen=True)
class Theme:
    """Rows that belong together.

    Attributes:
        name: The key of its table in docs/performance.md.
        title: What they are about.
        rows: In the order shown.
    """

    name: str
    title: str
    rows: tuple[Row, ...]


def _reach(limits: Limits) -> tuple[Figure, ...]:
    return (Figure(reach=limits),)


_COMMANDS = Theme(
    "commands",
    "Commands, as whole processes",
    (
        Row("version", "aquarium-tui --version", "commands:version", "commands:python", "bare Python",
            figures=_reach({1: 0.15, 10: 0.15})),
        Row("open", "first screen, warm store", "commands:open_warm", "commands:imports",
            "importing Textual, NumPy and DuckDB", ("detections",),
            figures=_reach({1: 0.8, 10: 3.0}), memory={10: 2000}),
        Row("open-cold", "first screen, no caches, store not in memory", "commands:open_cold",
            "commands:imports", "importing Textual, NumPy and DuckDB", ("detections",), warm=False),
        Row("settle", "until every number on the first screen has arrived", "commands:settle",
            needs=("detections",), memory={10: 2000}, most=3),
        Row("compare", "aquarium-tui compare --format json", "commands:compare", needs=("detections",)),
        Row("upload-results", "upload of COCO results of one set", "uploads:results", "uploads:results_read",
            "DuckDB's JSON reader, unchecked and stored nowhere", ("coco", "detections"),
            figures=_reach({1: 1.0}), memory={1: 400}),
        Row("upload-labels", "upload of COCO labels with polygons", "uploads:labels", "uploads:labels_read",
            "Python's json.load", ("coco",)),
        Row("upload-yolo", "upload of YOLO text files, 10 boxes each", "uploads:yolo", "uploads:yolo_read",
            "reading the files", ("yolo",), most=3),
    ),
)  # fmt: skip
_THRESHOLD = _reach({1: 0.030, 10: 0.200})
_ANALYSIS = Theme(
    "analysis",
    "Analysis of detections",
    (
        Row("pairs", "candidate pairs of both sets", "analysis:pairs", "analysis:pairs_in_c",
            "IoU of the same boxes with pycocotools, in C", ("detections",),
            figures=_reach({1: 0.150})),
        Row("pairs-masks", "candidate pairs by masks, 1,000 frames with 10 inferences each",
            "analysis:mask_pairs", "analysis:mask_pairs_alone", "hotcoco's mask IoU", ("detections",)),
        Row("threshold-overlap", "new threshold to new delta matrix, rule `overlap`",
            "analysis:threshold", needs=("detections",), arguments=("overlap",), figures=_THRESHOLD),
        Row("threshold-same-class", "new threshold to new delta matrix, rule `same-class`",
            "analysis:threshold", needs=("detections",), arguments=("same-class",), figures=_THRESHOLD),
        Row("threshold-confidence", "new threshold to new delta matrix, rule `confidence`",
            "analysis:threshold", "analysis:confusions_alone", "hotcoco's confusion matrices of both sets",
            ("detections",), ("confidence",), _THRESHOLD),
        Row("ledger", "ledger of objects", "analysis:ledger", needs=("detections",)),
        Row("cells", "all cells' lists", "analysis:cells", needs=("detections",)),
        Row("frame-scores", "scores of every frame", "analysis:frame_scores", needs=("detections",)),
        Row("filter", "matrices of half of the frames", "analysis:filtered", needs=("detections",)),
        Row("resamples", "significance from 1,000 resamples", "analysis:resamples", needs=("detections",),
            most=3),
        Row("report", "report as JSON, everything in it known", "analysis:report", needs=("detections",),
            most=3),
        Row("ap", "AP of one set", "analysis:ap", "analysis:ap_alone", "hotcoco", ("detections",),
            ratio=1.1, most=3),
        Row("ap-small", "AP of one set, 250 frames", "analysis:ap_small", "analysis:ap_small_pycocotools",
            "pycocotools", ("detections",), most=3),
        Row("queries", "six typical queries", "queries:six", "queries:by_hand", "by hand in NumPy",
            ("detections",), figures=_reach({1: 0.020, 10: 0.150})),
        Row("queries-first", "six typical queries for the first time, columns included", "queries:six_first",
            needs=("detections",)),
        Row("completion", "one completion in the query bar", "queries:completion", needs=("detections",)),
    ),
)  # fmt: skip
_DECISIONS = Theme(
    "decisions",
    "Deciding",
    (
        Row("classes-thresholds", "new thresholds of 80 classes to new delta matrix",
            "decisions:class_thresholds", needs=("detections",), figures=_THRESHOLD),
        Row("match", "other's threshold matched to base's recall", "decisions:match", needs=("detections",),
            arguments=("recall", 0), figures=_reach({1: 0.5, 10: 4.0})),
        Row("match-classes", "the same for each of 80 classes", "decisions:match", needs=("detections",),
            arguments=("recall", 1), figures=_reach({1: 0.5, 10: 4.0})),
        Row("best-f1", "thresholds with the best F1 of 80 classes, cross-validated", "decisions:match",
            needs=("detections",), arguments=("best-f1", 1), most=3),
        Row("curves", "all curves of all classes together and of one, with bands", "decisions:curves",
            needs=("detections",), most=3),
        Row("slices", "ready-made slices, 550 of them, with intervals", "decisions:slices",
            needs=("detections",), most=3),
        Row("slices-found", "search for slices among more than 10⁵ candidates", "decisions:found_slices",
            needs=("detections",), figures=_reach({1: 5.0}), most=3),
        Row("leaderboard", "leaderboard of 20 sets, counted before", "decisions:boards",
            figures=_reach({1: 1.0}), memory={1: 3000}, most=3),
        Row("ap-parts", "ΔAP as a sum with how sure it is, and TIDE's errors", "decisions:ap_parts",
            needs=("detections",), figures=_reach({1: 15.0}), most=3),
    ),
)  # fmt: skip
_MASKS = Theme(
    "masks",
    "Masks",
    (
        Row("masks", "three masks of 2048 × 1024: decode, count both sets, diff", "masks:whole",
            "masks:decoded", "decoding alone", ("masks",), ratio=1.3),
        Row("masks-runs", "joint runs of the three", "masks:runs", needs=("masks",)),
        Row("masks-count", "counting the runs", "masks:counts", needs=("masks",)),
        Row("masks-diff", "diff map", "masks:diff", needs=("masks",)),
        Row("masks-diff-cell", "diff map of one cell", "masks:diff_cell", needs=("masks",)),
        Row("masks-regions", "changed regions of the diff map", "masks:regions", needs=("masks",)),
        Row("masks-large", "aquarium-tui compare, large masks of every 50th frame, none counted yet",
            "masks:compare", "masks:compare_decoded", "decoding alone, in one process",
            ("masks", "segmentation"), ("masks",), warm=False, most=3),
        Row("masks-small", "aquarium-tui compare, masks of 128 × 64 of every frame, none counted yet",
            "masks:compare", "masks:compare_decoded", "decoding alone, in one process",
            ("streets", "segmentation"), ("streets",), warm=False, most=3),
        Row("masks-delta", "delta matrix of counted masks", "masks:delta", needs=("segmentation",)),
        Row("masks-filter", "delta of half of the frames", "masks:filtered", needs=("segmentation",)),
        Row("masks-cells", "all cells' lists", "masks:cells", needs=("segmentation",)),
        Row("masks-frames", "frames of a cell, ranked", "masks:frames_of_cell", needs=("segmentation",),
            figures=_reach({1: 0.100})),
        Row("masks-scores", "scores of every frame", "masks:scores", needs=("segmentation",)),
        Row("masks-query", "a query of IoU and confusion", "masks:query", needs=("segmentation",)),
        Row("masks-resamples", "significance from 1,000 resamples", "masks:resamples",
            needs=("segmentation",), most=3),
    ),
)  # fmt: skip


def _photos() -> Iterator[Row]:
    """Rows of processor time: photos are decoded in threads."""
    for kind, form in (("jpg", "JPEG"), ("png", "PNG")):
        for width, height in ((1280, 720), (4000, 3000)):
            name, photo = f"photo-{kind}-{width}", f"{form} of {width} × {height}"
            for display in (100, 1000):
                yield Row(f"{name}-{display}", f"{photo} at {display} × {display * 9 // 16}",
                          "photos:read", "photos:read_plainly", "Pillow's decode and resize",
                          ("photos",), (kind, width, display))  # fmt: skip
            yield Row(f"{name}-again", f"{photo} at 1000 × 562 again, from the cache", "photos:read_again",
                      needs=("photos",), arguments=(kind, width, 1000))  # fmt: skip


def _boxes() -> Iterator[Row]:
    for count in (1, 10, 60, 200):
        for width, height in ((190, 100), (1000, 560), (1900, 1100)):
            yield Row(f"boxes-{count}-{width}", f"{count} hatched and captioned boxes at {width} × {height}",
                      "photos:boxes", arguments=(count, width, height))  # fmt: skip


_PICTURES = Theme(
    "pictures",
    "Pictures, in processor time",
    (
        *_photos(),
        *_boxes(),
        Row("crops", "24 crops of 200 × 140 from 8 photos of 1280 × 720", "photos:crops", needs=("photos",)),
        Row("crops-again", "24 crops of 8 photos again, from the cache", "photos:crops_again",
            needs=("photos",)),
        Row("half-cells", "a photo of 1280 × 720 as half cells, 100 × 30", "photos:half_cells",
            "photos:half_cells_stock", "textual-image's half cells", ("photos",), figures=_reach({1: 0.008})),
    ),
)  # fmt: skip


def _link(name: str, title: str, kind: str, size: tuple[int, int], figures: tuple[Figure, ...]) -> Row:
    return Row(f"link-{name}", f"{title}, {size[0]} × {size[1]} cells: next photo", "terminal:shown",
               "terminal:shown_stock", "textual-image's widget", ("photos",), (kind, *size), figures,
               warm=False, most=3)  # fmt: skip


def _kitty(seconds: float, kilobytes: float) -> tuple[Figure, ...]:
    return (
        Figure(reach={1: seconds}),
        Figure("first", "s", {1: 0.150}, "something to recognise"),
        Figure("bytes", "kB", {1: kilobytes}, "bytes"),
        Figure("key", "s", {1: 0.060}, "a key pressed meanwhile is answered"),
        Figure("back", "s", {1: 0.040}, "back to the photo before"),
        Figure("back-bytes", "kB", title="its bytes"),
        Figure("layer", "s", title="one layer more or less"),
        Figure("layer-bytes", "kB", {1: 40}, "its bytes"),
    )


_LINK = Theme(
    "link",
    "Pictures over a line of 1 MB/s that answers after 30 ms",
    (
        _link("kitty", "kitty", "kitty", (100, 30), _kitty(0.450, 350)),
        _link("kitty-large", "kitty", "kitty", (200, 55), _kitty(0.750, 600)),
        _link("sixel", "sixel", "sixel", (100, 30), (
            Figure(reach={1: 0.550}),
            Figure("bytes", "kB", {1: 340}, "bytes"),
            Figure("key", "s", {1: 0.060}, "a key pressed meanwhile is answered"),
        )),
        Row("link-held", "100 photos paged through in kitty, no two alike: photos it holds at most",
            "terminal:held", needs=("photos",), figures=(Figure("held", ""),), warm=False, most=3),
    ),
)  # fmt: skip

THEMES = (_COMMANDS, _ANALYSIS, _DECISIONS, _MASKS, _PICTURES, _LINK)
ROWS: Mapping[str, Row] = {row.name: row for theme in THEMES for row in theme.rows}


def chosen(patterns: list[str]) -> list[Row]:
    """The rows whose name, or whose theme's name, matches one of the patterns; all where there are none.

    A pattern may have `*` and `?`; without them it may be any part of the name.
    """
    wide = [pattern if set("*?") & set(pattern) else f"*{pattern}*" for pattern in patterns] or ["*"]
    return [
        row
        for theme in THEMES
        for row in theme.rows
        if any(fnmatch.fnmatch(name, one) for one in wide for name in (row.name, theme.name))
    ]
