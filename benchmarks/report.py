"""A run in words: the table on the screen, what moved, and the tables of docs/performance.md."""

import re
from collections.abc import Collection, Iterator

from benchmarks.changes import Change
from benchmarks.runs import Result, Run, Sample
from benchmarks.table import THEMES, Figure, Limits, Row, Theme
from benchmarks.work import FRAMES

_REGION = re.compile(
    r"(<!-- benchmarks: (?P<what>[\w-]+) at scale (?P<scale>[\d.]+) -->\n).*?(<!-- end -->)", re.DOTALL
)


def amount(value: float, unit: str) -> str:
    """A figure with its unit."""
    if unit == "s" and value < 1:
        return f"{_short(value * 1000)} ms"
    return f"{_short(value)} {unit}".rstrip()


def _short(value: float) -> str:
    """Three digits, or all before the point."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def lines(row: Row, result: Result, scale: float) -> Iterator[str]:
    """The lines of one row on the screen; those of a theme's first row start with its heading."""
    for theme in THEMES:
        if theme.rows[0] is row:
            yield f"\n{theme.title:<78}{'median':>10}{'± iqr':>9}{'reference':>11}{'ratio':>8}{'peak MB':>9}"
    if result.failed:
        yield f"{row.title[:76]:<78}not measured: {result.failed}"
        return
    for i, figure in enumerate(row.figures):
        yield _line(row, figure, result, scale, "" if i == 0 else f"    {figure.title}").rstrip()
    if row.beside:
        yield f"    next to {row.beside}"


def _line(row: Row, figure: Figure, result: Result, scale: float, title: str) -> str:
    """One figure; the row's first one has no title of its own, and shows the memory."""
    sample, beside, ratio = (
        result.ours.figures[figure.name],
        _beside(result, figure),
        result.ratio(figure.name),
    )
    spread, peak = sample.spread, None if title else result.ours.peak
    return "".join(
        (
            f"{(title or row.title)[:76]:<78}",
            f"{amount(sample.median, figure.unit):>10}",
            f"{'' if spread is None else amount(spread, figure.unit):>9}",
            f"{amount(beside.median, figure.unit) if beside else '':>11}",
            f"{f'{ratio.median:.2f} ×' if ratio else '':>8}",
            f"{f'{peak:,.0f}' if peak else '':>9}  ",
            ", ".join(_reached(row, figure, result, scale)),
        )
    )


def _beside(result: Result, figure: Figure) -> Sample | None:
    return result.reference.figures.get(figure.name) if result.reference else None


def _reached(row: Row, figure: Figure, result: Result, scale: float) -> Iterator[str]:
    """Each limit of a figure with a sign for whether it was kept; those of the row are at its first one."""
    first = figure is row.figures[0]
    limits: list[tuple[float | None, float, str]] = [
        (figure.reach.get(scale), result.ours.figures[figure.name].median, figure.unit)
    ]
    ratio = result.ratio(figure.name)
    if first and ratio:
        limits.append((row.ratio, ratio.median, "×"))
    if first and result.ours.peak:
        limits.append((row.memory.get(scale), result.ours.peak, "MB"))
    for most, value, unit in limits:
        if most is not None:
            yield f"{'✓' if value <= most else '✗'} ≤ {amount(most, unit)}"


def listed() -> Iterator[str]:
    """The table of rows, nothing measured."""
    for theme in THEMES:
        yield f"{theme.title} ({theme.name})"
        for row in theme.rows:
            beside = f"; next to {row.beside}" if row.beside else ""
            reach = "".join(f"; {text}" for text in _limits(row))
            yield f"  {row.name:<24}{row.title}{beside}{reach}"


def _limits(row: Row) -> Iterator[str]:
    def said(limits: Limits, unit: str) -> Iterator[str]:
        for scale, most in limits.items():
            yield f"≤ {amount(most, unit)} at scale {scale:g}"

    yield from said(row.figures[0].reach, row.figures[0].unit)
    if row.ratio:
        yield f"≤ {row.ratio} × the reference"
    yield from said(row.memory, "MB")


def told(changes: list[Change], unmatched: list[str], drift: float) -> Iterator[str]:
    """What moved, one line each."""
    if abs(drift - 1) > 0.1:
        yield f"The references took {drift:.2f} × as long as before: another machine, or another load."
    for change in changes:
        share = change.after / change.before - 1 if change.before else float("inf")
        name = change.row if change.figure == "time" else f"{change.row} ({change.figure})"
        was, now = amount(change.before, change.unit), amount(change.after, change.unit)
        yield f"{'worse ' if change.worse else 'better'}  {name:<34}{was:>10} → {now:<10} {share:+.0%}"
    if not changes:
        yield "Nothing moved beyond noise."
    if unmatched:
        yield f"Measured in only one of the two runs: {', '.join(unmatched)}."


def documented(text: str, run: Run) -> str:
    """The document with the tables of the run's scale replaced; those of other scales stay.

    A region starts with `<!-- benchmarks: THEME at scale N -->`, or with `run` in place of a theme, where a
    sentence tells how it was measured; it ends with `<!-- end -->`. `undocumented` must be empty.
    """

    def replaced(found: "re.Match[str]") -> str:
        if float(found["scale"]) != run.scale:
            return found[0]
        themes = {theme.name: theme for theme in THEMES}
        body = _how(run) if found["what"] == "run" else "\n".join(_markdown(themes[found["what"]], run))
        return f"{found[1]}{body}\n{found[4]}"

    return _REGION.sub(replaced, text)


def undocumented(text: str, scale: float, measured: Collection[str]) -> list[str]:
    """Names of the rows that the tables of a scale need and that were not measured."""
    places = {found["what"] for found in _REGION.finditer(text) if float(found["scale"]) == scale}
    return [
        row.name
        for theme in THEMES
        for row in theme.rows
        if theme.name in places and row.name not in measured
    ]


def _how(run: Run) -> str:
    about = run.about
    libraries = ", ".join(f"{name} {version}" for name, version in about["libraries"].items())
    frames = f"{run.scale * FRAMES:,.0f}"
    return "\n".join(
        (
            f"Measured on {about['date']} at commit {about['commit']} with {frames} frames:",
            f"medians of {run.repeat} runs, of 1 to 3 where one takes long.",
            f"{about['cores']} cores ({about['processor']}), {about['system']},",
            f"Python {about['python']}, {libraries}.",
            f"Load of the machine: {about['load']:.1f} before and {about['load at the end']:.1f} after.",
        )
    )


def _markdown(theme: Theme, run: Run) -> Iterator[str]:
    yield "| work | measured | reference in the same run | ratio | peak MB |"
    yield "|---|---|---|---|---|"
    for row in theme.rows:
        yield from _markdown_row(row, run.results[row.name])


def _markdown_row(row: Row, result: Result) -> Iterator[str]:
    if result.failed:
        yield f"| {row.title} | not measured: {result.failed} | | | |"
        return
    for i, figure in enumerate(row.figures):
        beside, ratio = _beside(result, figure), result.ratio(figure.name)
        cells = [
            f"– {figure.title}" if i else row.title,
            amount(result.ours.figures[figure.name].median, figure.unit),
            f"{'' if i else row.beside + ' '}{amount(beside.median, figure.unit)}" if beside else "",
            f"{ratio.median:.2f} ×" if ratio else "",
            f"{result.ours.peak:,.0f}" if result.ours.peak and not i else "",
        ]
        yield f"| {' | '.join(cells)} |"
