"""The workers of a Dask cluster as an executor, so that they do what processes of this machine would."""

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, cast

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

_PATIENCE = 10
"""Seconds within which a scheduler has to answer; Dask itself waits for 30."""


@contextmanager
def cluster(address: str) -> Iterator[Executor | None]:
    """The workers that a scheduler has; None without an address.

    The same call is made again whenever it is asked for (`pure=False`): what a file holds may have changed.

    Args:
        address: Of a Dask scheduler, as in `tcp://host:8786`.

    Raises:
        UsageError: Dask is not installed, or no scheduler answers.
    """
    if not address:
        yield None
        return
    client = _client(address)
    try:
        yield cast(Executor, client.get_executor(pure=False))
    finally:
        client.close(timeout=2)


def _client(address: str) -> Any:  # noqa: ANN401
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--cluster needs Dask, which is not installed.", "pip install 'aquarium-tui[cluster]'"
        ) from error
    # What it logs of lost workers would be drawn over the interface.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client: Any = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {visible(address)} ({visible(str(error).splitlines()[0])}).",
            "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`.",
        ) from error
    if not client.scheduler_info().get("workers"):
        client.close(timeout=2)
        raise UsageError(
            f"The Dask scheduler at {visible(address)} has no workers.",
            "Start some with `dask worker ADDRESS`.",
        )
    return client
