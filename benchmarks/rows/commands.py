"""Whole processes: the command line, the interface up to its first screen, and bare imports next to them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.work import PEAK, TIME, Figures, NotMeasuredError, Site, Work

DATASET = "bench/val"
SETS = ("--base", "base", "--other", "other")
_SIGN = "cells"
"""The title of the table of cells on the first screen; it is drawn together with the first numbers."""
_QUIET = 2.0
"""Seconds without any drawing after which no number is on its way any more."""
_IMPORTS = "import textual.app, numpy, duckdb"


def version(site: Site) -> Work:
    return launched(site, aquarium("--version"))


def python(site: Site) -> Work:
    return launched(site, [sys.executable, "-c", ""])


def imports(site: Site) -> Work:
    return launched(site, [sys.executable, "-c", _IMPORTS])


def open_warm(site: Site) -> Work:
    return _opened(site)


def open_cold(site: Site) -> Work:
    """Opens a store without caches whose files the system has to read from the disk."""
    place = site.part("detections") / "projects" / "bench" / "val"
    opened = _opened(site)

    def once() -> Figures:
        shutil.rmtree(place / "cache", ignore_errors=True)
        for file in place.rglob("*.parquet"):
            drop_from_memory(file)
        figures = opened()
        if not any((place / "cache").glob("*/*")):
            raise NotMeasuredError("no cache was written, so the run was not a cold one")
        return figures

    return once


def settle(site: Site) -> Work:
    return _opened(site, quiet=_QUIET)


def compare(site: Site) -> Work:
    command = aquarium("compare", DATASET, *SETS, "--format", "json")
    return launched(site, command, home=site.part("detections"))


def _opened(site: Site, quiet: float = 0.0) -> Work:
    command = aquarium("open", DATASET, *SETS, "--graphics", "half")
    return launched(site, command, home=site.part("detections"), sign=_SIGN, quiet=quiet)


def aquarium(*arguments: str) -> list[str]:
    """The command line of the program."""
    return [sys.executable, "-m", "aquarium_tui", *arguments]


def launched(site: Site, command: list[str], home: Path | None = None, **more: object) -> Work:
    """Runs a command from its start; see `benchmarks.command`.

    Args:
        site: Its temporary folder stands for the user's own folders.
        command: What is run.
        home: The store.
        more: Further arguments of `benchmarks.command.run_until_drawn`.
    """
    environment = user_of(site.temporary) | ({"AQUARIUM_HOME": str(home)} if home else {})
    asked = json.dumps({"command": command, "environment": environment, **more})

    def once() -> Figures:
        launcher = [sys.executable, "-m", "benchmarks.command", asked]
        done = subprocess.run(launcher, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, float | str] = json.loads(done.stdout)
        if "failed" in found:
            raise NotMeasuredError(str(found["failed"]))
        return {TIME: float(found["time"]), PEAK: float(found.get("peak", 0.0))}

    return once


def each_time(before: Callable[[], object], work: Work) -> Work:
    """Does `before`, which is not measured, ahead of each run."""

    def once() -> Figures:
        before()
        return work()

    return once


def user_of(folder: Path) -> dict[str, str]:
    """Variables that keep the user's own settings and memories out of a measured process."""
    places = {name: str(folder) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {f"XDG_{name}_HOME": place for name, place in places.items()} | {"TERM": "xterm-256color"}


def drop_from_memory(file: Path) -> None:
    """Make the system read a file from the disk when it is next opened.

    Raises:
        NotMeasuredError: The system has no way to do that.
    """
    if not hasattr(os, "posix_fadvise"):
        raise NotMeasuredError("this system cannot drop a file from memory")
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)  # what is not on the disk yet cannot be dropped
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
