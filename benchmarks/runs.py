"""A run of the benchmarks: its rows measured one after the other, and its results as JSON."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks import parts
from benchmarks.child import OURS, REFERENCE
from benchmarks.table import Row
from benchmarks.work import FRAMES, NotMeasuredError

FORMAT = 1
"""The version of the JSON file."""


@dataclass(frozen=True)
class Sample:
    """The values of one figure, one per run."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Their median."""
        return median(self.values)

    def holds(self, value: float) -> bool:
        """Whether a value is between the smallest and the largest."""
        return min(self.values) <= value <= max(self.values)

    @property
    def spread(self) -> float | None:
        """Their interquartile range; None for one value."""
        if len(self.values) < 2:
            return None
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return high - low


@dataclass(frozen=True)
class Side:
    """What one side of a row measured.

    Attributes:
        figures: Its figures by name.
        peak: Its peak memory in MB; None where it is not known.
    """

    figures: Mapping[str, Sample] = field(default_factory=dict)
    peak: float | None = None


@dataclass(frozen=True)
class Result:
    """What was measured for one row.

    Attributes:
        ours: The work itself.
        reference: What stands next to it, run by run.
        failed: Why there are no figures; empty where there are.
    """

    ours: Side = Side()
    reference: Side | None = None
    failed: str = ""

    def ratio(self, name: str) -> Sample | None:
        """A figure as multiples of the reference's, run by run; None where there is none."""
        if self.reference is None or name not in self.reference.figures or name not in self.ours.figures:
            return None
        theirs = self.reference.figures[name].values
        if not all(theirs):
            return None
        return Sample(tuple(a / b for a, b in zip(self.ours.figures[name].values, theirs, strict=True)))


@dataclass(frozen=True)
class Run:
    """The results of one run.

    Attributes:
        scale: Multiples of 5,000 frames.
        repeat: Runs of each row, unless the table allows fewer.
        about: The machine, the versions and the time.
        results: By the name of the row.
    """

    scale: float
    repeat: int
    about: Mapping[str, Any]
    results: Mapping[str, Result]


def measure(row: Row, data: Path, scale: float, repeat: int) -> Result:
    """Measure one row: both sides in processes of their own, which take turns."""
    frames = max(1, round(FRAMES * scale))
    sides = [OURS, REFERENCE] if row.against else [OURS]
    try:
        for part in row.needs:
            parts.ensure(data, part, frames)
        with ExitStack() as stack:
            children = [stack.enter_context(_child(row, side, data, frames)) for side in sides]
            for child in children if row.warm else []:
                child.asked("run")
            runs = [
                [child.asked("run")["figures"] for child in children] for _ in range(min(repeat, row.most))
            ]
            peaks = [child.asked("stop")["peak"] for child in children]
    except (NotMeasuredError, subprocess.CalledProcessError) as error:
        return Result(failed=str(error))
    found = [_side(row, [turn[i] for turn in runs], peak) for i, peak in enumerate(peaks)]
    return Result(found[0], found[1] if row.against else None)


def _side(row: Row, runs: Sequence[Mapping[str, float]], peak: float | None) -> Side:
    names = [figure.name for figure in row.figures]
    return Side({name: Sample(tuple(run[name] for run in runs)) for name in names}, peak)


class _Child:
    """One side of a row, in its process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin and process.stdout
        self._process, self._asked, self._answers = process, process.stdin, process.stdout
        self.answer()  # that it is ready

    def answer(self) -> dict[str, Any]:
        """Its next answer.

        Raises:
            NotMeasuredError: It failed.
        """
        line = self._answers.readline()
        answer: dict[str, Any] = json.loads(line or "{}")
        if not line:
            raise NotMeasuredError(f"its process ended with exit code {self._process.wait()}")
        if "failed" in answer:
            raise NotMeasuredError(answer["failed"])
        return answer

    def asked(self, word: str) -> dict[str, Any]:
        """Its answer to a word."""
        print(word, file=self._asked, flush=True)
        return self.answer()


@contextmanager
def _child(row: Row, side: str, data: Path, frames: int) -> Iterator[_Child]:
    command = [sys.executable, "-m", "benchmarks.child", row.name, side, str(data), str(frames)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield _Child(process)


def described() -> dict[str, Any]:
    """The machine, the versions and the time."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("duckdb", "hotcoco", "numpy", "pillow", "textual")},
        "commit": _commit(),
        "load": load(),
    }


def load() -> float:
    """How many processes have been waiting for the processor in the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    with suppress(OSError):
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
        return done.stdout.strip()
    return ""


def as_json(run: Run) -> str:
    """The run as the text of a JSON file."""
    document = {
        "format": FORMAT,
        "generator": parts.VERSION,
        "scale": run.scale,
        "repeat": run.repeat,
        "about": run.about,
        "rows": {name: _result_document(result) for name, result in run.results.items()},
    }
    return json.dumps(document, indent=1) + "\n"


def _result_document(result: Result) -> dict[str, Any]:
    if result.failed:
        return {"failed": result.failed}
    sides = {"ours": result.ours} | ({"reference": result.reference} if result.reference else {})
    ratios = {name: result.ratio(name) for name in result.ours.figures}
    document: dict[str, Any] = {name: _side_document(side) for name, side in sides.items()}
    return document | {"ratio": {name: ratio.median for name, ratio in ratios.items() if ratio}}


def _side_document(side: Side) -> dict[str, Any]:
    figures = {
        name: {"median": sample.median, "spread": sample.spread, "values": sample.values}
        for name, sample in side.figures.items()
    }
    return {"figures": figures, "peak": side.peak}


def read(path: Path) -> Run:
    """The run in a JSON file.

    Raises:
        ValueError: It is not such a file, or one of another version.
    """
    try:
        document = json.loads(path.read_text())
        if document["format"] != FORMAT or document["generator"] != parts.VERSION:
            raise ValueError(f"{path} is from another version of the benchmarks. Measure again.")
        results = {name: _result(found) for name, found in document["rows"].items()}
        return Run(document["scale"], document["repeat"], document["about"], results)
    except (OSError, json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} does not hold the results of a run: {error!r}.") from error


def _result(document: Mapping[str, Any]) -> Result:
    if "failed" in document:
        return Result(failed=document["failed"])
    reference = _read_side(document["reference"]) if "reference" in document else None
    return Result(_read_side(document["ours"]), reference)


def _read_side(document: Mapping[str, Any]) -> Side:
    figures = {name: Sample(tuple(one["values"])) for name, one in document["figures"].items()}
    return Side(figures, document["peak"])
