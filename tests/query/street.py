"""The small street data set of the guide: six frames, objects A to M in the order of the ledger."""

from datetime import datetime

from tests.query.worlds import FrameRow, InferenceRow, LabelRow, World


def _box(place: int) -> tuple[float, float, float, float]:
    """One of several boxes that do not touch; 20 wide, 40 high."""
    return (place * 30.0, 0.0, place * 30.0 + 20.0, 40.0)


STREET = World(
    frames=[
        FrameRow("0007", "dry", 30, False, datetime(2024, 5, 1, 8, 0)),
        FrameRow("0012", "rain", 50, True, datetime(2024, 5, 1, 22, 15)),
        FrameRow("0044", None, None, True, datetime(2024, 5, 2, 23, 30)),
        FrameRow("0051", "dry", 80, False, datetime(2024, 5, 3, 12, 0)),
        FrameRow("0060", "fog", 0, None, None),
        FrameRow("0100", "dry", 65, False, datetime(2024, 5, 3, 12, 30)),
    ],
    labels=[
        LabelRow(0, "car", _box(0), occluded=False, distance=12),
        LabelRow(0, "cyclist", _box(1), occluded=True, distance=30),
        LabelRow(1, "cyclist", _box(0), occluded=False, distance=8),
        LabelRow(1, "pedestrian", _box(1), distance=45),
        LabelRow(2, "car", _box(0), occluded=True, distance=60),
        LabelRow(2, "pedestrian", _box(1), occluded=True),
        LabelRow(3, "Lorry", _box(0), occluded=False, distance=25),
        LabelRow(3, "pedestrian", (100.0, 0.0, 300.0, 100.0), crowd=True),
        LabelRow(4, "car", _box(0), occluded=False, distance=15),
    ],
    base=[
        InferenceRow(0, "car", _box(0), 0.90, "t1"),
        InferenceRow(0, "pedestrian", _box(1), 0.80),
        InferenceRow(0, "car", _box(2), 0.40),
        InferenceRow(1, "cyclist", _box(0), 0.85, "t2"),
        InferenceRow(1, "cyclist", _box(1), 0.70),
        InferenceRow(2, "car", _box(0), 0.92, "t1"),
        InferenceRow(3, "truck", _box(0), 0.66),
        InferenceRow(3, "pedestrian", (110.0, 10.0, 130.0, 60.0), 0.55),
        InferenceRow(4, "truck", _box(0), 0.50),
        InferenceRow(4, "cyclist", _box(1), 0.35),
    ],
    other=[
        InferenceRow(0, "car", _box(0), 0.95),
        InferenceRow(0, "cyclist", _box(1), 0.90),
        InferenceRow(1, "pedestrian", _box(0), 0.60),
        InferenceRow(1, "truck", _box(2), 0.30),
        InferenceRow(3, "Lorry", _box(0), 0.77),
        InferenceRow(4, "truck", _box(0), 0.58),
        InferenceRow(4, "cyclist", _box(1), 0.45),
    ],
    tags={"blurred": [1, 2], "check labels": [4]},
    segments={"night cyclists": [1], "empty road": [5]},
)
