"""Scenarios as text, as JSON, and as TOML that is kept beside a model."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from aquarium_tui.compare.binding import Binding, bound
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.slice_rows import sliced
from aquarium_tui.errors import AquariumError, UsageError
from aquarium_tui.formats.shared.format import read_toml
from aquarium_tui.gate.figures import Figure, FigureTable
from aquarium_tui.gate.rules import Aspect
from aquarium_tui.gate.scenarios import ScenarioResult, TargetResult, target_figure
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.problems import ALL_FRAMES, Segment, SegmentKind
from aquarium_tui.query.query import compile_query
from aquarium_tui.query.wording import nearest
from aquarium_tui.report.certainty import LEGEND, JsonObject, between, left, lines, right
from aquarium_tui.report.text import header_lines

FORMAT = 1
"""The version of the JSON; it changes when a key changes its meaning."""

_MOST = 5
"""Ids of frames that a complaint names; the rest are counted."""


# Text


def scenario_lines(comparison: Comparison, found: Sequence[ScenarioResult]) -> Iterator[str]:
    """What is compared, and below it what the segments came to."""
    yield header_lines(comparison, kind_of(comparison.dataset.project).heading(comparison), "")[0]
    yield ""
    yield from segment_lines(found)
    if comparison.other:
        yield ""
        yield LEGEND


def segment_lines(found: Sequence[ScenarioResult]) -> Iterator[str]:
    """A line per segment with the figures of both sets, and below it a line per target."""
    rows = lines(_columns(found))
    yield rows[0]
    for row, each in zip(rows[1:], found, strict=True):
        yield row
        if each.problem:
            yield f"  ? {visible(each.problem)}"
        yield from (f"  {target.state.sign} {target_sentence(target)}" for target in each.targets)


def _columns(found: Sequence[ScenarioResult]) -> list[list[str]]:
    titles = list(dict.fromkeys(title for each in found for title in each.figures))
    return [
        left("segment", [visible(each.segment.name) for each in found]),
        left("kind", [each.segment.kind.value for each in found]),
        right("frames", [grouped(each.frames) for each in found]),
        right("labels", [grouped(each.labels) for each in found]),
        *(left(title, [figure_text(each.figures.get(title)) for each in found]) for title in titles),
        left("targets", [f"{each.state.sign} {each.met}".strip() for each in found]),
    ]


def figure_text(figure: Figure | None) -> str:
    """`.712 → .724 +.012 [+.004, +.020]*`; of one set `.712`."""
    if figure is None:
        return ""
    write = figure.unit.written
    if "other" not in figure.values:
        return write(figure.values["base"])
    delta, sign = figure.value("delta"), figure.unit.signed
    change = f"{write(figure.values['base'])} → {write(figure.values['other'])} {sign(delta)}"
    return f"{change} {between(figure.certainty, figure.row, sign)}".rstrip()


def target_sentence(target: TargetResult) -> str:
    """`f1 >= 0.6: not enough data, 3 frames of at least 6; other.f1 is .412`."""
    words = [target.state.value + (f", {visible(target.reason)}" if target.reason else "")]
    if target.figure and not math.isnan(target.value):
        words.append(_compared(target, target.figure))
    return f"{visible(target.rule.text)}: {'; '.join(words)}"


def _compared(target: TargetResult, figure: Figure) -> str:
    """The figure that the target is about, and its interval."""
    side, unit = target.rule.figure.side, figure.unit
    write: Callable[[float], str] = unit.signed if side == "delta" else unit.written
    arguments = ", ".join(map(visible, target.rule.figure.arguments))
    of = f"({arguments})" if arguments else ""
    known = "" if math.isnan(target.low) else f" [{write(target.low)}, {write(target.high)}]"
    value = write(figure.value(side))
    if target.rule.aspect is Aspect.VALUE:
        # Six digits: a value just below its target must not look equal to it.
        value = f"{target.value:.6g}".replace("-", "−")
    return f"{side}.{figure.name}{of} is {value}{known}"


# JSON


def scenario_document(comparison: Comparison, found: Sequence[ScenarioResult]) -> str:
    """The results as JSON; equal input gives equal bytes."""
    facts = kind_of(comparison.dataset.project).document_facts(comparison)
    document = {
        "format": FORMAT,
        "project": comparison.dataset.project.name,
        "dataset": comparison.dataset.name,
        "base": comparison.base.id,
        "other": comparison.other.id if comparison.other else None,
        "settings": facts.settings,
        "scenarios": [_document(each) for each in found],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _document(each: ScenarioResult) -> JsonObject:
    segment = each.segment
    return {
        "name": segment.name,
        "kind": segment.kind.value,
        "query": segment.query,
        "only": segment.only,
        "snapshot": not segment.live,
        "frames": each.frames,
        "labels": each.labels,
        "figures": {figure.name: _figure(figure) for figure in each.figures.values()},
        "targets": [_target(target) for target in each.targets],
        "outcome": each.state.value or None,
        "problem": each.problem or None,
    }


def _figure(figure: Figure) -> JsonObject:
    values: JsonObject = {side: _plain(float(value)) for side, value in figure.values.items()}
    if "other" not in figure.values:
        return values
    values["delta"] = _plain(figure.value("delta"))
    if figure.certainty:
        row = figure.row
        low, high = float(figure.certainty.low[row]), float(figure.certainty.high[row])
        values["interval"] = None if math.isnan(low) else [low, high]
        values["state"] = figure.certainty.state(row).value
    return values


def _target(target: TargetResult) -> JsonObject:
    return {
        "must": target.rule.text,
        "outcome": target.state.value,
        "reason": target.reason or None,
        "value": _plain(target.value),
        "interval": None if math.isnan(target.low) else [target.low, target.high],
        "figure": _figure(target.figure) if target.figure else None,
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


# TOML


def as_toml(segments: Sequence[Segment], title: str) -> str:
    """The segments as a file that `read_scenarios` reads; equal input gives equal bytes."""
    blocks = [f"# Scenarios of {visible(title)}, for `aquarium-tui scenarios --import`.\n"]
    blocks += [_table(each) for each in segments]
    return "\n".join(blocks)


def _table(segment: Segment) -> str:
    rows = ["[[scenario]]", f"name = {_quoted(segment.name)}", f"kind = {_quoted(segment.kind.value)}"]
    rows += [f"query = {_quoted(segment.query)}"] if segment.query else []
    rows += [f"only = {_quoted(segment.only)}"] if segment.only else []
    rows += [f"frames = {_list(segment.frames)}"] if segment.frames is not None else []
    rows += [f"targets = {_list(segment.targets)}"] if segment.targets else []
    return "\n".join(rows) + "\n"


def _list(texts: Sequence[str]) -> str:
    """One text per line, so that a change of one is a change of one line."""
    return "[\n" + "".join(f"    {_quoted(text)},\n" for text in texts) + "]" if texts else "[]"


def _quoted(text: str) -> str:
    """A text of TOML; where that is enough in single quotes, in which nothing is escaped."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    # JSON escapes what TOML does, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_TYPES: dict[str, tuple[type, str]] = {
    "name": (str, "text in quotes"),
    "kind": (str, "text in quotes"),
    "query": (str, "text in quotes"),
    "only": (str, "text in quotes"),
    "frames": (list, "a list of ids in quotes"),
    "targets": (list, "a list of conditions in quotes"),
}
_EXAMPLE = "See docs/decide.md, or export one with `aquarium-tui scenarios PROJECT/DATASET --export -`."


def read_scenarios(path: Path) -> list[Segment]:
    """The scenarios of a TOML file.

    Raises:
        InputError: The file cannot be read.
        UsageError: Something in it cannot be understood; all of that is named.
    """
    where = visible(str(path))
    document = read_toml(path)
    tables = document.get("scenario")
    if set(document) - {"scenario"} or not isinstance(tables, list) or not tables:
        unknown = sorted(set(document) - {"scenario"})
        what = f"has the unknown key {visible(unknown[0])!r}" if unknown else "has no scenarios"
        raise UsageError(f"{where} {what}; each scenario begins with a line [[scenario]].", _EXAMPLE)
    wrong: list[str] = []
    found = [_read(f"scenario {number}", table, wrong) for number, table in enumerate(tables, start=1)]
    names = [segment.name.casefold() for segment in found if segment]
    wrong += [f'there are two called "{visible(n)}"' for n in sorted(set(names)) if n and names.count(n) > 1]
    _refuse(where, wrong)
    return [segment for segment in found if segment]


def _refuse(where: str, wrong: Sequence[str]) -> None:
    if wrong:
        # One complaint per line: a first file of somebody new has many.
        ended = [each if each.endswith("?") else f"{each}." for each in wrong]
        found = f" {ended[0]}" if len(ended) == 1 else "".join(f"\n  {each}" for each in ended)
        raise UsageError(f"{where}:{found}", "Nothing was stored. See docs/decide.md.")


def _read(where: str, table: Any, wrong: list[str]) -> Segment | None:  # noqa: ANN401
    if not isinstance(table, dict):
        wrong.append(f"{where} is no table")
        return None
    name = table.get("name")
    place = f'scenario "{visible(name)}"' if isinstance(name, str) and name else where
    wrong += [f"{place} {complaint}" for complaint in _complaints(table)]
    if any(not isinstance(table.get(key, type_()), type_) for key, (type_, _) in _TYPES.items()):
        return None
    kind, frames = table.get("kind", SegmentKind.SCENARIO.value), table.get("frames")
    return Segment(
        str(name or ""),
        table.get("query", ""),
        None if frames is None else tuple(map(str, frames)),
        kind=SegmentKind(kind) if kind in list(SegmentKind) else SegmentKind.SCENARIO,
        targets=tuple(map(str, table.get("targets", ()))),
        only=table.get("only", ""),
    )


def _complaints(table: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one table by itself."""
    for key, value in table.items():
        if key not in _TYPES:
            near = nearest(key, list(_TYPES))
            meant = f"; did you mean {near}?" if near else ""
            yield f"has the unknown key {visible(key)!r} (keys: {', '.join(_TYPES)}{meant})"
        elif not isinstance(value, _TYPES[key][0]):
            be = "has {0} that are" if _TYPES[key][0] is list else "has a {0} that is"
            yield f"{be.format(key)} not {_TYPES[key][1]}"
        elif isinstance(value, list) and not all(isinstance(each, str) for each in value):
            yield f"has {key} that are not all text in quotes"
    yield from _unselected(table)
    kind = table.get("kind", SegmentKind.SCENARIO.value)
    if isinstance(kind, str) and kind not in list(SegmentKind):
        yield f'has the unknown kind "{visible(kind)}" (kinds: {", ".join(SegmentKind)})'


def _unselected(table: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the name of a table, and with what it selects."""
    if not table.get("name"):
        yield "has no name"
    elif str(table["name"]).casefold() == ALL_FRAMES.casefold():
        if not _unbounded(table):
            yield "is always all frames: leave out query, only and frames, or give it another name"
    elif _unbounded(table):
        yield f'selects nothing: give it a query, only or frames ("{ALL_FRAMES}" alone needs none)'


def _unbounded(table: dict[str, Any]) -> bool:
    return not table.get("query") and not table.get("only") and table.get("frames") is None


def check_scenarios(
    binding: Binding[Comparison], known: Sequence[Segment], found: Sequence[Segment], where: str
) -> None:
    """Make sure that scenarios fit a dataset.

    Args:
        binding: The dataset.
        known: The segments that it has already; queries may name them.
        found: The scenarios.
        where: Where they come from.

    Raises:
        UsageError: A query, frame or target does not; all that do not are named.
    """
    comparison = binding.comparison
    replaced = {each.name.casefold() for each in found}
    kept = [each for each in known if each.name.casefold() not in replaced]
    whole = bound(comparison, [*kept, *found])
    table = FigureTable(comparison, None)
    wrong = []
    for segment in found:
        place = f'scenario "{visible(segment.name)}"'
        for key, text in (("query", segment.query), ("only", segment.only)):
            try:
                compile_query(text, whole.schema)
                if key == "only" and text:
                    sliced(whole, text)
            except AquariumError as error:
                wrong.append(f"{place}: {key}: {visible(error.message).rstrip('.')}")
        ids = comparison.dataset.frames.row_by_id
        if strange := [visible(id_) for id_ in segment.frames or () if id_ not in ids]:
            more = f" and {len(strange) - _MOST} more" if len(strange) > _MOST else ""
            there = f"{counted(len(strange), 'frame')} not in the dataset"
            wrong.append(f"{place}: {there}: {', '.join(strange[:_MOST])}{more}")
        wrong += [f"{place}: {complaint}" for complaint in _wrong_targets(segment, table)]
    _refuse(where, wrong)


def _wrong_targets(segment: Segment, table: FigureTable) -> Iterator[str]:
    hints: set[str] = set()
    for text in segment.targets:
        try:
            target_figure(text, table)
        except UsageError as error:
            said = error.message.removeprefix(f'The target "{visible(text.strip())}" ')
            # A hint is said once: it is the same for all targets that miss in the same way.
            hint = f" {error.hint}" if error.hint and error.hint not in hints else ""
            hints.add(error.hint)
            yield f'target "{visible(text)}": {visible(said + hint).rstrip(".")}'
