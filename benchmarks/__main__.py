"""Measure the program: `python -m benchmarks [--scale N] [--only PATTERN] [--json FILE] …`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.changes import LEAST_RUNS, changes, drift, unmatched
from benchmarks.report import documented, lines, listed, told, undocumented
from benchmarks.runs import Result, Run, as_json, described, load, measure, read
from benchmarks.table import Row, chosen

_DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
_DATA = user_cache_path("aquarium-tui-benchmarks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if a row could not be measured, 2 for bad usage."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.list:
        print("\n".join(listed()))
        return 0
    rows = chosen(asked.only)
    if not rows:
        parser.error(f"no row matches {' or '.join(asked.only)}. --list shows them.")
    try:
        before = read(asked.against) if asked.against else None
        run = read(asked.read) if asked.read else None
        names = list(run.results) if run else [row.name for row in rows]
        _check(asked, run.scale if run else asked.scale, names)
        run = run or _measured(rows, asked)
        _use(run, before, asked)
    except ValueError as error:
        parser.error(str(error))
    return 1 if any(result.failed for result in run.results.values()) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time the program on synthetic data, each row next to a reference in the same run.",
    )
    add = parser.add_argument
    add(
        "--scale",
        type=float,
        default=1,
        metavar="N",
        help="multiples of 5,000 frames and 2 × 500,000 inferences: 1 (the default), 10, 100, or a fraction",
    )
    add(
        "--only",
        action="append",
        default=[],
        metavar="PATTERN",
        help="only rows whose name, or whose theme, contains this or matches its * and ?; may be repeated",
    )
    add("--repeat", type=int, default=5, metavar="N", help="runs of each row (default: 5)")
    add("--list", action="store_true", help="list the rows and exit")
    add("--json", type=Path, metavar="FILE", help="write the results to FILE")
    add("--against", type=Path, metavar="FILE", help="report what moved since the results in FILE")
    add("--read", type=Path, metavar="FILE", help="take the results from FILE in place of measuring")
    add("--write-docs", action="store_true", help="put the results into the tables of docs/performance.md")
    add("--data", type=Path, default=_DATA, metavar="DIR",
        help=f"folder of the generated data, which is kept (default: {_DATA})")  # fmt: skip
    return parser


def _check(asked: argparse.Namespace, scale: float, names: list[str]) -> None:
    """Refuses what would fail after all the measuring.

    Raises:
        ValueError: It would.
    """
    if asked.repeat < 1 or asked.scale <= 0:
        raise ValueError("--repeat and --scale must be above 0.")
    if asked.against and not asked.read and asked.repeat < LEAST_RUNS:
        raise ValueError(f"--against needs --repeat {LEAST_RUNS} or more: else noise cannot be judged.")
    if asked.json and not asked.json.absolute().parent.is_dir():
        raise ValueError(f"--json: there is no folder {asked.json.parent}.")
    missing = undocumented(_DOCUMENT.read_text("utf-8"), scale, names) if asked.write_docs else []
    if missing:
        raise ValueError(f"--write-docs needs these rows, too: {', '.join(missing)}.")


def _measured(rows: list[Row], asked: argparse.Namespace) -> Run:
    """Measures the rows and prints each as it is done."""
    print(f"The generated data is kept in {asked.data}.", file=sys.stderr)
    about = described()
    results: dict[str, Result] = {}
    for row in rows:
        results[row.name] = measure(row, asked.data.absolute(), asked.scale, asked.repeat)
        print("\n".join(lines(row, results[row.name], asked.scale)), flush=True)
    about["load at the end"] = load()
    return Run(asked.scale, asked.repeat, about, results)


def _use(run: Run, before: Run | None, asked: argparse.Namespace) -> None:
    """Prints and writes what was asked for."""
    for row in chosen(asked.only) if asked.read else []:
        if row.name in run.results:
            print("\n".join(lines(row, run.results[row.name], run.scale)))
    if asked.json:
        asked.json.write_text(as_json(run), "utf-8")
    if before:
        print("\n".join(["", *told(changes(before, run), unmatched(before, run), drift(before, run))]))
    if asked.write_docs:
        _DOCUMENT.write_text(documented(_DOCUMENT.read_text("utf-8"), run), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
