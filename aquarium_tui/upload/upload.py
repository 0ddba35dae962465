"""An upload from request to result: check, read, store."""

from aquarium_tui.kinds.reader import STAGES, UploadProgress, silent
from aquarium_tui.store import Store
from aquarium_tui.upload.files import read_dataset, read_inferences
from aquarium_tui.upload.metrics import measured, with_metrics
from aquarium_tui.upload.policy import (
    UploadResult,
    refuse_existing,
    store_dataset,
    store_inferences,
    store_metrics,
)
from aquarium_tui.upload.request import UploadRequest


def upload(store: Store, request: UploadRequest, progress: UploadProgress = silent) -> UploadResult:
    """Read the files of a request and store what is in them.

    Args:
        store: The store.
        request: What to upload, and how.
        progress: Told how the work goes.

    Raises:
        UsageError: The parts of the request do not fit together.
        InputError: A file cannot be read, or does not fit the project or dataset.
        StoreError: It already exists and the mode is `NEW`, or it cannot be written.
        NotFoundError: Inferences or metrics for a dataset or inference set that does not exist.
    """
    request.check()
    if request.only_metrics:
        dataset = store.load_dataset(request.project, request.dataset)
        known = store.load_inferences(request.project, request.dataset, request.inferences_id)
        found = list(measured(request.metrics, dataset, known, progress))
        return store_metrics(store, dataset, request.inferences_id, found, request.dry)
    refuse_existing(store, request.project, request.dataset, request.inferences_id, request.mode)
    if request.inferences_id:
        return _upload_inferences(store, request, progress)
    return _upload_dataset(store, request, progress)


def _upload_dataset(store: Store, request: UploadRequest, progress: UploadProgress) -> UploadResult:
    labels, options = request.given(), request.options
    dataset = read_dataset(store, request.project, request.dataset, labels, options, progress=progress)
    progress("storing", STAGES, STAGES)
    return store_dataset(store, dataset, mode=request.mode, dry=request.dry)


def _upload_inferences(store: Store, request: UploadRequest, progress: UploadProgress) -> UploadResult:
    dataset = store.load_dataset(request.project, request.dataset)
    file, options = request.given(), request.options
    inferences = read_inferences(dataset, request.inferences_id, file, options, progress=progress)
    inferences = with_metrics(inferences, measured(request.metrics, dataset, inferences, progress))
    progress("storing", STAGES, STAGES)
    return store_inferences(store, dataset, inferences, mode=request.mode, dry=request.dry)
