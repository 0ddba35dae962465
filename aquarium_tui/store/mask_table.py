"""Where masks are: `masks.parquet` with `frame` (its id) and `path`; the JSON file beside it has the rest."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.tables import Frames
from aquarium_tui.store import parquet
from aquarium_tui.store.documents import JsonDocument, sound

NAME = "masks.parquet"


def write_masks(folder: Path, masks: Masks | None, frames: Frames) -> list[Path]:
    """Write `masks.parquet` into `folder`, if there are masks; the files written."""
    if masks is None:
        return []
    path = folder / NAME
    parquet.write(path, {"frame": frames.id, "path": masks.path})
    return [path]


def masks_document(masks: Masks | None) -> JsonDocument:
    """What the JSON file says about masks; empty if there are none."""
    if masks is None:
        return {}
    told = {"folder": masks.folder, "values": dict(masks.values), "pixels": dict(masks.pixels)}
    return {"masks": told}


def load_masks(folder: Path, document: JsonDocument, json_path: Path, frames: Frames) -> Masks | None:
    """The masks of the dataset or inference set in `folder`; None if `document` mentions none.

    Args:
        folder: Has `masks.parquet`.
        document: What its JSON file holds.
        json_path: That file, to be named if it is damaged.
        frames: The frames of the dataset.

    Raises:
        StoreError: A file is missing or damaged.
    """
    told: Mapping[str, Any] | None = document.get("masks")
    if told is None:
        return None
    path = folder / NAME
    columns = parquet.read(path)
    with sound(path):
        path_, frame = (parquet.column(columns[name]) for name in ("path", "frame"))
        if not (isinstance(path_, Text) and isinstance(frame, Text)):
            raise TypeError("a column that should hold text does not")
        row = np.full(len(frames), -1)
        row[[frames.row_by_id[str(id_)] for id_ in frame]] = np.arange(len(frame))
        path_ = replace(path_, codes=np.append(path_.codes, np.int32(-1))[row])
    with sound(json_path):
        values, pixels = ({int(k): int(v) for k, v in told[key].items()} for key in ("values", "pixels"))
        return Masks(str(told["folder"]), path_, values, pixels)
