"""An independent count of what sample_data/ holds, slow and obvious, sharing no code with the program.

Every table is {row: {column: count}}. Run as a script it prints them as sample_data/README.md states them;
`stated` reads them back from there.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

DATA = Path(__file__).parents[2] / "sample_data"
MODELS = ("model_a", "model_b")
CONFIDENCE, IOU = 0.1, 0.5
EVEN_ODDS = 0.5
BACKGROUND = "background"
VOID = "void"

Table = dict[str, dict[str, int]]
Record = dict[str, Any]
"""A label or an inference of a COCO file, or the whole file."""


def counted(data: Path = DATA) -> dict[str, Table]:
    """Every table of the README, by its heading."""
    return (
        detection(data / "detection")
        | segmentation(data / "segmentation")
        | classification(data / "classification")
        | multilabel(data / "multilabel")
    )


# Detections.


def detection(folder: Path) -> dict[str, Table]:
    labels = json.loads((folder / "labels.json").read_text())
    names = {category["id"]: category["name"] for category in labels["categories"]}
    results = {model: json.loads((folder / f"{model}.json").read_text()) for model in MODELS}
    frames, crowds = len(labels["images"]), sum(row["iscrowd"] for row in labels["annotations"])
    objects = Counter(names[row["category_id"]] for row in labels["annotations"] if not row["iscrowd"])
    found = {model: Counter(names[row["category_id"]] for row in rows) for model, rows in results.items()}
    sure = {
        model: Counter(names[row["category_id"]] for row in rows if row["score"] >= CONFIDENCE)
        for model, rows in results.items()
    }
    tables: dict[str, Table] = {
        "Detection: sizes": {
            "frames": {"count": frames},
            "labels without crowds": {"count": objects.total()},
            "crowd labels": {"count": crowds},
            "inferences of model_a": {"count": found["model_a"].total()},
            "inferences of model_b": {"count": found["model_b"].total()},
        },
        "Detection: objects per class": {
            name: {"labels": objects[name]}
            | {model: found[model][name] for model in MODELS}
            | {f"{model} from 0.1": sure[model][name] for model in MODELS}
            for name in names.values()
        },
    }
    for model in MODELS:
        cells = confusion(labels, results[model])
        order = [*names.values(), BACKGROUND]
        tables[f"Detection: confusion of {model}"] = {
            row: {column: cells[row, column] for column in order} for row in order
        }
    return tables


def confusion(labels: Record, results: list[Record], rule: str = "same-class") -> Counter[tuple[str, str]]:
    """Counts by (label class, inferred class), the `same-class` or the `overlap` rule, crowds handled."""
    names = {category["id"]: category["name"] for category in labels["categories"]}
    cells: Counter[tuple[str, str]] = Counter()
    for image in labels["images"]:
        here = [row for row in labels["annotations"] if row["image_id"] == image["id"]]
        wanted = [row for row in here if not row["iscrowd"]]
        crowds = [row for row in here if row["iscrowd"]]
        found = [row for row in results if row["image_id"] == image["id"] and row["score"] >= CONFIDENCE]
        partner = match(wanted, found, rule)
        for i, label in enumerate(wanted):
            inferred = names[found[partner[i]]["category_id"]] if i in partner else BACKGROUND
            cells[names[label["category_id"]], inferred] += 1
        for j, inference in enumerate(found):
            in_crowd = any(common(inference, crowd) >= IOU * area(inference) for crowd in crowds)
            if j not in partner.values() and not in_crowd:
                cells[BACKGROUND, names[inference["category_id"]]] += 1
    return cells


def match(wanted: list[Record], found: list[Record], rule: str) -> dict[int, int]:
    """Which inference each label is paired with: all pairs by the rule's key, taken greedily, one to one."""
    pairs = []
    for i, label in enumerate(wanted):
        for j, inference in enumerate(found):
            overlap = common(label, inference)
            iou = overlap / (area(label) + area(inference) - overlap)
            other = label["category_id"] != inference["category_id"]
            key = (other, -iou) if rule == "same-class" else (-iou, other)
            if iou >= IOU:
                pairs.append((*key, -inference["score"], i, j))
    partner: dict[int, int] = {}
    for *_, i, j in sorted(pairs):
        if i not in partner and j not in partner.values():
            partner[i] = j
    return partner


def common(a: Record, b: Record) -> float:
    (ax, ay, aw, ah), (bx, by, bw, bh) = a["bbox"], b["bbox"]
    wide, tall = min(ax + aw, bx + bw) - max(ax, bx), min(ay + ah, by + bh) - max(ay, by)
    return float(max(0.0, wide) * max(0.0, tall))


def area(row: Record) -> float:
    return float(row["bbox"][2] * row["bbox"][3])


# Masks.


def segmentation(folder: Path) -> dict[str, Table]:
    names = (folder / "classes.txt").read_text().split()
    n, frames = len(names), sorted((folder / "labels").glob("*.png"))
    counts = {model: np.zeros((n, n), dtype=np.int64) for model in MODELS}
    for path in frames:
        label = np.asarray(Image.open(path)).ravel()
        for model in MODELS:
            inferred = np.asarray(Image.open(folder / model / path.name)).ravel()
            for value in range(n):
                counts[model][value] += np.bincount(inferred[label == value], minlength=n)
    pixels = {name: int(counts["model_a"][value].sum()) for value, name in enumerate(names)}
    kept = [value for value, name in enumerate(names) if name != VOID]
    tables: dict[str, Table] = {
        "Segmentation: sizes": {"frames": {"count": len(frames)}, "pixels": {"count": sum(pixels.values())}},
        "Segmentation: pixels per class": {
            name: {"labels": pixels[name]} | {model: int(counts[model][:, value].sum()) for model in MODELS}
            for value, name in enumerate(names)
        },
    }
    for model in MODELS:
        tables[f"Segmentation: confusion of {model}"] = {
            names[row]: {names[column]: int(counts[model][row, column]) for column in kept} for row in kept
        }
    return tables


# Whole images.


def classification(folder: Path) -> dict[str, Table]:
    labels = {row["file"]: row["class"] for row in rows_of(folder / "labels.csv")}
    names = sorted(set(labels.values()))
    tables: dict[str, Table] = {
        "Classification: sizes": {"images": {"count": len(labels)}},
        "Classification: images per class": {
            name: {"labels": list(labels.values()).count(name)} for name in names
        },
    }
    for model in MODELS:
        cells = Counter((labels[row["file"]], row["class"]) for row in rows_of(folder / f"{model}.csv"))
        tables[f"Classification: confusion of {model}"] = {
            row: {column: cells[row, column] for column in names} for row in names
        }
    return tables


def multilabel(folder: Path) -> dict[str, Table]:
    labels = {row["file"]: row for row in rows_of(folder / "labels.csv")}
    names = [name for name in next(iter(labels.values())) if name != "file"]
    cells = {name: {"labels": sum(int(row[name]) for row in labels.values())} for name in names}
    for model in MODELS:
        scores = rows_of(folder / f"{model}.csv")
        for name in names:
            said = Counter((float(row[name]) >= EVEN_ODDS, labels[row["file"]][name]) for row in scores)
            cells[name] |= {f"{model} right": said[True, "1"], f"{model} spurious": said[True, "0"]}
    return {"Multilabel: images per class, confidence ≥ 0.5": cells}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


# Markdown.


def as_markdown(tables: dict[str, Table]) -> str:
    parts = []
    for title, table in tables.items():
        columns = list(next(iter(table.values())))
        lines = [f"### {title}", "", f"| | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
        lines += [f"| {row} | {' | '.join(str(cells[c]) for c in columns)} |" for row, cells in table.items()]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def tables_in(text: str) -> dict[str, Table]:
    """The tables of a Markdown text, by the heading above each."""
    tables: dict[str, Table] = {}
    title = ""
    columns: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("### "):
            title, columns = line[4:], []
        elif line.startswith("| |"):
            columns, tables[title] = cells[1:], {}
        elif columns and line.startswith("| "):
            tables[title][cells[0]] = {c: int(v) for c, v in zip(columns, cells[1:], strict=True)}
    return tables


def stated(data: Path = DATA) -> dict[str, Table]:
    """The numbers that sample_data/README.md states, by heading, row and column."""
    return tables_in((data / "README.md").read_text())


if __name__ == "__main__":
    sys.stdout.write(as_markdown(counted()))
