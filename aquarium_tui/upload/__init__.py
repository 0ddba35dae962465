"""Files into the store: new, replaced, appended, or only rehearsed. One request in, one result out."""

from aquarium_tui.kinds.reader import FileOptions, UploadProgress
from aquarium_tui.upload.policy import (
    MetricSummary,
    UploadCounts,
    UploadResult,
    refuse_existing,
    store_dataset,
    store_inferences,
)
from aquarium_tui.upload.request import MetricOptions, UploadMode, UploadRequest
from aquarium_tui.upload.upload import declare_metrics, read_dataset, read_inferences, upload

__all__ = [
    "FileOptions",
    "MetricOptions",
    "MetricSummary",
    "UploadCounts",
    "UploadMode",
    "UploadProgress",
    "UploadRequest",
    "UploadResult",
    "declare_metrics",
    "read_dataset",
    "read_inferences",
    "refuse_existing",
    "store_dataset",
    "store_inferences",
    "upload",
]
