"""The chapters of a report: what was found first, then what it is about, then how it was made."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aquarium_tui import __version__
from aquarium_tui.compare.certainty.table import State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.verdict import Direction, Statement, Verdict
from aquarium_tui.gate import (
    RuleState,
    Ruling,
    ScenarioResult,
    TargetResult,
    TargetState,
    gate_lines,
    target_sentence,
)
from aquarium_tui.gate.figures import Figure
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.publish.chapters import Block, Chapter, Code, Item, Paragraph, TableBlock, Tint
from aquarium_tui.publish.parts import class_blocks, curve_blocks, galleries, slice_blocks, sure_tint
from aquarium_tui.report import Findings, sensitivity_remarks
from aquarium_tui.report.certainty import between, figure_words, verdict_line
from aquarium_tui.report.metrics import metric_lines
from aquarium_tui.session.view import View, reproduce

_REVIEWED = 50
"""Reviewed frames and objects that are listed; all of them are counted."""


@dataclass(frozen=True)
class Known:
    """What has been found out about a view.

    Attributes:
        findings: How sure the deltas are; None leaves that out.
        rulings: What rules of the gate came to.
        scenarios: What scenarios came to, all frames first.
        further: More lines that line up, such as ΔAP as a sum.
    """

    findings: Findings | None = None
    rulings: Sequence[Ruling] = ()
    scenarios: Sequence[ScenarioResult] = ()
    further: Sequence[str] = field(default=())


def title_of(view: View) -> str:
    """What is compared, in a few words."""
    choice = view.choice
    sets = f"{choice.other} compared with {choice.base}" if choice.other else choice.base
    return visible(f"{sets} on {choice.title}")


def chapters_of(view: View, known: Known, *, pictures: bool = True) -> list[Chapter]:
    """The chapters of a report about a view.

    Args:
        view: What is looked at.
        known: What has been found out about it.
        pictures: Whether samples are drawn, which takes most of the time.
    """
    found = [
        Chapter("", list(_summary(view, known))),
        Chapter("What was compared", list(_subject(view))),
        Chapter("Class by class", list(class_blocks(view.comparison, known.findings))),
        Chapter("What changed most" if view.comparison.other else "The most frequent errors",
                list(_cells(view, known.findings, pictures))),
        Chapter("Parts of the data", list(slice_blocks(view))),
        Chapter("Over all confidences", list(curve_blocks(view.comparison)) if pictures else []),
        Chapter("Scenarios and their targets", list(_scenarios(known.scenarios))),
        Chapter("Metrics of your own", list(_metrics(view.comparison, known.findings))),
        Chapter("Average precision as a sum", [Code(list(known.further))] if known.further else []),
        Chapter("What was reviewed", list(_reviewed(view))),
        Chapter("How to read this report", list(_reading(view.comparison, known.findings))),
        Chapter("How it was made", list(_making(view, known.findings))),
    ]  # fmt: skip
    return [chapter for chapter in found if chapter.blocks]


# In short


def _summary(view: View, known: Known) -> Iterator[Block]:
    findings, comparison = known.findings, view.comparison
    if findings:
        verdict = findings.verdict
        yield Paragraph(verdict_line(verdict), _tone(verdict.claims[0].direction), lead=True)
        for claim in verdict.claims:
            yield Paragraph(_plainly(claim, comparison))
        yield from _against(verdict, comparison)
    if known.rulings:
        head, *lines = gate_lines(known.rulings)
        failed = any(each.outcome is RuleState.FAILED for each in known.rulings)
        yield Paragraph(head, "bad" if failed else "good")
        yield from (Paragraph(line) for line in lines)
    if targets := [each for one in known.scenarios for each in one.targets]:
        met = sum(each.state is TargetState.MET for each in targets)
        missed = sum(each.state is TargetState.MISSED for each in targets)
        words = f"Of {counted(len(targets), 'target')} of scenarios, {met} are met and {missed} are missed."
        yield Paragraph(words, "bad" if missed else "good" if met == len(targets) else "")


def _tone(direction: Direction) -> Tint:
    return {Direction.BETTER: "good", Direction.WORSE: "bad", Direction.UNCLEAR: ""}[direction]  # type: ignore[return-value]


_QUESTIONS = {
    "recall": ("finds and names", "of the labelled objects"),
    "accuracy": ("is right about", "of what is labelled"),
}


def _plainly(claim: Statement, comparison: Comparison) -> str:
    """One claim for readers who know none of the words."""
    assert comparison.other
    other, base = visible(comparison.other.id), visible(comparison.base.id)
    low, high = claim.interval
    doubt = (
        f"Had other images like these been drawn, the difference would probably lie between "
        f"{_amount(claim, low)} and {_amount(claim, high)}."
        if not math.isnan(low)
        else ""
    )
    if math.isnan(claim.delta):
        return f"Whether {other} is better than {base} cannot be said: the figure is not defined here."
    more = "more" if claim.delta > 0 else "less"
    if claim.figure == "false_alarms":
        more = "more" if claim.delta > 0 else "fewer"
        what = f"{other} raises {abs(claim.delta):.2f} false alarms per image {more} than {base}"
        what += " (reports where nothing is labelled)"
    else:
        verb, of = _QUESTIONS.get(claim.figure, ("reaches", f"of {figure_words(claim.figure)}"))
        what = f"{other} {verb} {100 * abs(claim.delta):.1f} points {more} {of} than {base}"
    sure = {
        Direction.BETTER: "That is better, and more than chance.",
        Direction.WORSE: "That is worse, and more than chance.",
        Direction.UNCLEAR: "That may be chance."
        if claim.state is not State.FEW
        else "There are too few images to tell.",
    }[claim.direction]
    return f"{what}. {sure} {doubt}".strip()


def _amount(claim: Statement, value: float) -> str:
    if claim.figure == "false_alarms":
        return f"{value:+.2f}".replace("-", "−")
    return f"{100 * value:+.1f}".replace("-", "−")


def _against(verdict: Verdict, comparison: Comparison) -> Iterator[Block]:
    if verdict.against:
        names = ", ".join(
            f"{visible(each.about)} ({100 * each.delta:+.1f} points)" for each in verdict.against
        )
        yield Paragraph(f"Classes that went the other way: {names}.".replace("-", "−"), "bad")
    if verdict.turned_by:
        settings = ", ".join(each.words for each in verdict.turned_by)
        yield Paragraph(f"The sign of a main difference turns under other settings: {settings}.", "bad")
    if verdict.operating_points:
        base, other = verdict.operating_points
        yield Paragraph(
            f"The two work at different operating points: {visible(comparison.base.id)} reports {base:.1f} "
            f"objects per image, the other {other:.1f}. Part of the difference comes from that alone.",
            "bad",
        )


# What was compared


def _subject(view: View) -> Iterator[Block]:
    comparison, kind = view.comparison, kind_of(view.comparison.dataset.project)
    dataset, facts = comparison.dataset, kind.document_facts(comparison)
    rows = [("Dataset", f"{dataset.project.name}/{dataset.name}, {dataset.project.task}")]
    frames = counted(comparison.frame_count, "frame")
    if comparison.frame_count != len(dataset.frames):
        frames += f" of {grouped(len(dataset.frames))}"
    rows.append(
        ("Counted", f"{frames}, {kind.size_words(comparison)}, {len(comparison.classes) - 1} classes")
    )
    for side in comparison.sides:
        role = "" if comparison.other is None else f" ({side})"
        inferences = counted(facts.inferences[side], "inference")
        rows.append((f"Model{role}", f"{comparison.inferences(side).id}, {inferences}"))
    if view.choice.query:
        rows.append(("Only frames with", view.choice.query))
    if comparison.only:
        rows.append(("Only objects with", comparison.only))
    said = (counted(comparison.frame_count, "frame"), kind.size_words(comparison))
    if kind.settings:
        rows.append(
            ("Settings", ", ".join(each for each in kind.heading(comparison).parts if each not in said))
        )
    yield TableBlock((), [[Item(name, tone="dim"), Item(visible(text))] for name, text in rows], words=2)
    if comparison.other:
        yield Paragraph("Every difference is other minus base.", "dim")


def _cells(view: View, findings: Findings | None, pictures: bool) -> Iterator[Block]:
    found = list(galleries(view, findings, pictures))
    if any(each.shots for each in found):
        yield Paragraph(kind_of(view.comparison.dataset.project).picture_words, "dim")
    yield from found


def _metrics(comparison: Comparison, findings: Findings | None) -> Iterator[Block]:
    if lines := metric_lines(comparison, findings.metrics if findings else {}):
        yield Code(lines)


# Scenarios


def _scenarios(found: Sequence[ScenarioResult]) -> Iterator[Block]:
    if len(found) < 2 and not any(each.targets for each in found):
        return
    titles = {title: figure.name for each in found for title, figure in each.figures.items()}
    rows = [
        [
            Item(visible(each.segment.name)),
            Item(each.segment.kind.value),
            Item(f"{each.state.sign} {each.met}".strip(), tone=_TARGET_TONES[each.state]),
            Item(grouped(each.frames)),
            *(_figure(each.figures.get(title)) for title in titles),
        ]
        for each in found
    ]
    yield TableBlock(["part of the data", "kind", "targets met", "frames", *titles.values()], rows, words=3)
    targets = [(one, each) for one in found for each in one.targets]
    if targets:
        rows = [_target(one, each) for one, each in targets]
        yield TableBlock(["target of", "must hold", "result"], rows, words=3)


def _target(one: ScenarioResult, each: TargetResult) -> list[Item]:
    text = visible(each.rule.text)
    result = target_sentence(each).removeprefix(f"{text}: ")
    tone = _TARGET_TONES[each.state]
    return [
        Item(visible(one.segment.name)),
        Item(text),
        Item(f"{each.state.sign} {result}", tone=tone),
    ]


_TARGET_TONES: dict[TargetState, Tint] = {
    TargetState.MET: "good",
    TargetState.MISSED: "bad",
    TargetState.TOO_FEW: "dim",
    TargetState.NONE: "",
}


def _figure(figure: Figure | None) -> Item:
    if figure is None:
        return Item("–")
    if "other" not in figure.values:
        return Item(figure.unit.written(figure.values["base"]))
    delta, row = figure.value("delta"), figure.row
    state = figure.certainty.state(row) if figure.certainty else State.UNKNOWN
    gain = delta if figure.higher_is_better else -delta
    note = between(figure.certainty, row, figure.unit.signed).rstrip("*~…")
    mark = "" if state is State.UNKNOWN else state.mark
    return Item(
        figure.unit.written(figure.values["other"]),
        figure.unit.signed(delta) + mark,
        sure_tint(gain, state),
        note,
    )


# Reviewed


def _reviewed(view: View) -> Iterator[Block]:
    reviews, comparison = view.binding.reviews, view.comparison
    found = reviews.targets
    if not found:
        return
    verdicts: dict[str, int] = {}
    for _, review in found:
        if review.verdict:
            verdicts[review.verdict] = verdicts.get(review.verdict, 0) + 1
    counts = ", ".join(f"{count} {visible(verdict)}" for verdict, count in sorted(verdicts.items()))
    words = f"{counted(len(found), 'frame or object was', 'frames and objects were')} reviewed"
    yield Paragraph(f"{words}{f': {counts}' if counts else ''}.")
    ids = comparison.dataset.frames.id
    rows = []
    for (kind, row), review in found[:_REVIEWED]:
        frame = row if kind == "frame" else int(comparison.object_frame[row])
        marks = [*(["flag"] if review.flag else []), *review.tags]
        rows.append(
            [
                Item(visible(ids[frame] or "")),
                Item(kind),
                Item(visible(review.verdict)),
                Item(visible(", ".join(marks))),
                Item(visible(review.note)),
            ]
        )
    yield TableBlock(["frame", "what", "verdict", "flag and tags", "note"], rows, words=5)
    if len(found) > _REVIEWED:
        yield Paragraph(f"… and {grouped(len(found) - _REVIEWED)} more.", "dim")


# How to read it, how it was made


def _reading(comparison: Comparison, findings: Findings | None) -> Iterator[Block]:
    kind = kind_of(comparison.dataset.project)
    rows = [*kind.glossary]
    if comparison.other:
        rows.append(
            ("base, other", "The two models; other is judged against base. Differences are other − base.")
        )
    if findings:
        drawn = findings.significance.unit
        rows.append(
            (
                "[low, high]",
                f"The 95 % interval: where the difference would probably lie on other images like these. It "
                f"comes from drawing the {drawn} anew {grouped(findings.significance.replicates)} times.",
            )
        )
        rows.append(
            (
                "* ~",
                "* sure: more than chance, even with all that is listed together taken into account. "
                "~ too few to tell.",
            )
        )
    yield TableBlock((), [[Item(name, tone="strong"), Item(text)] for name, text in rows], words=2)


def _making(view: View, findings: Findings | None) -> Iterator[Block]:
    yield Paragraph("This command prints the same numbers:")
    yield Code([reproduce(view)])
    kind = kind_of(view.comparison.dataset.project)
    notes = [*kind.heading(view.comparison).notes, f"aquarium-tui {__version__}."]
    yield Paragraph(visible(" ".join(notes)), "dim")
    settings = view.settings or view.comparison.dataset.project.settings
    remarks = [visible(each.sentence) for each in view.remarks if each.matters(settings)]
    if findings and findings.sensitivity:
        remarks += [f"{each}." for each in sensitivity_remarks(findings.sensitivity)]
    remarks += [visible(each) for each in (*view.missing, *view.unreadable)]
    for sentence in remarks:
        yield Paragraph(f"! {sentence}")
