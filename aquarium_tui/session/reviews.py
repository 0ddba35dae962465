"""One person's desk: says things of what a view shows, takes them back, keeps queues, and lists suspects."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aquarium_tui.compare.objects.suspects import Suspect, SuspectKind, suspects
from aquarium_tui.compare.reviews import Target
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.reviews import LABEL_ERROR, VERDICTS, Edit, Review, ReviewField, Sighting, Subject
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects
from aquarium_tui.session.view import View
from aquarium_tui.store import Store
from aquarium_tui.store.reviews import QueueStep, ReviewLine, ReviewLog, now, person

_LONGEST = 2000
"""Characters of a note: more than anyone writes into one line, and still one write to the file."""


WITHOUT_ERRORS = f'object.verdict != "{LABEL_ERROR}"'
"""The slice of all objects but those that were judged to be label errors."""


def with_or_without_errors(only: str) -> str:
    """A slice without the judged label errors; with them again where it was without."""
    if only == WITHOUT_ERRORS:
        return ""
    start = f"{WITHOUT_ERRORS} and ("
    if only.startswith(start) and only.endswith(")"):
        return only.removeprefix(start)[:-1]
    return f"{start}{only})" if only else WITHOUT_ERRORS


@dataclass(frozen=True)
class ReviewQueue:
    """Something to be looked at in order.

    Attributes:
        name: What it is called.
        subjects: What it holds, in order.
        seen: What of it this person has looked at.
    """

    name: str
    subjects: tuple[Subject, ...]
    seen: frozenset[Subject] = frozenset()

    @property
    def done(self) -> int:
        """How many of its subjects were looked at."""
        return sum(subject in self.seen for subject in self.subjects)

    @property
    def resumes(self) -> int:
        """Where to go on: the place of the first that was not looked at after the last that was."""
        looked = [place for place, subject in enumerate(self.subjects) if subject in self.seen]
        after = range(max(looked, default=-1) + 1, len(self.subjects))
        unseen = [place for place, subject in enumerate(self.subjects) if subject not in self.seen]
        return next(iter(after), unseen[0] if unseen else 0)


@dataclass(frozen=True)
class _Step:
    """Edits that were made by one key, each with what stood before."""

    edits: tuple[Edit, ...]
    before: tuple[str, ...]


@dataclass
class _Steps:
    done: list[_Step] = field(default_factory=list)
    undone: list[_Step] = field(default_factory=list)


class ReviewDesk:
    """What this person says in review; it is on the disk when a method returns.

    Args:
        store: Where the datasets are.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._logs: dict[Path, ReviewLog] = {}
        self._steps: defaultdict[Path, _Steps] = defaultdict(_Steps)

    @property
    def user(self) -> str:
        """Who sits here.

        Raises:
            UsageError: The name cannot be used.
        """
        return person()

    def log(self, view: View) -> ReviewLog:
        """The reviews of the dataset of a view."""
        folder = self.store.dataset_folder(view.choice.project, view.choice.dataset)
        return self._logs.setdefault(folder, ReviewLog(folder))

    def say(
        self,
        view: View,
        targets: Sequence[Target],
        about: ReviewField,
        value: str = "",
        *,
        removed: bool = False,
    ) -> None:
        """Say something of frames and objects, or take it away.

        Raises:
            UsageError: The text cannot be used.
            StoreError: It cannot be written; nothing is said then.
        """
        value = " ".join(value.split()) if about != "note" else value.strip()
        if (not value and about != "flag" and not removed) or len(value) > _LONGEST:
            raise UsageError(f"A {about} has 1 to {_LONGEST} characters.")
        subjects = [view.reviews.subject_of(target) for target in targets]
        step = self._step(view, subjects, about, value, removed)
        self._write(view, step)
        steps = self._of(view)
        steps.done.append(step)
        steps.undone.clear()

    def toggle_flag(self, view: View, targets: Sequence[Target]) -> bool:
        """Flag what is not flagged; where all of it is, take the flags away. Whether it is flagged now."""
        flagged = all(self._review(view, target).flag for target in targets)
        self.say(view, targets, "flag", removed=flagged)
        return not flagged

    def toggle(self, view: View, targets: Sequence[Target], about: ReviewField, value: str) -> bool:
        """Say a tag or verdict; where all have it already, take it away. Whether it stands now."""
        value = " ".join(value.split())
        stands = all(self._review(view, target).value(about, value) == value for target in targets)
        self.say(view, targets, about, value, removed=stands)
        return not stands

    def undo(self, view: View) -> str:
        """Take the last step back, and say what that was.

        Raises:
            UsageError: There is none, or someone else has changed all of it since.
        """
        steps = self._of(view)
        if not steps.done:
            raise UsageError("There is nothing to undo.")
        step = steps.done[-1]
        stale = [edit for edit in step.edits if _value(view, edit) != _after(edit)]
        if len(stale) == len(step.edits):
            steps.done.pop()
            raise UsageError("It was changed by someone else since; nothing is undone.")
        pairs = zip(step.edits, step.before, strict=True)
        back = [self._back(view, edit, before) for edit, before in pairs if edit not in stale]
        self._append(view, back)
        steps.undone.append(steps.done.pop())
        return f"Undone: {described(step.edits)}."

    def redo(self, view: View) -> str:
        """Do again what was undone last, and say what that is.

        Raises:
            UsageError: There is nothing.
        """
        steps = self._of(view)
        if not steps.undone:
            raise UsageError("There is nothing to redo.")
        first = steps.undone[-1].edits[0]
        subjects = [edit.subject for edit in steps.undone[-1].edits]
        step = self._step(view, subjects, first.field, first.value, first.removed)
        self._write(view, step)
        steps.undone.pop()
        steps.done.append(step)
        return f"Done again: {described(step.edits)}."

    def known(self, view: View, about: ReviewField) -> list[str]:
        """The tags or verdicts that have been used, one's own first."""
        edits = [edit for edit in self.log(view).edits() if edit.field == about and not edit.removed]
        mine = [edit.value for edit in reversed(edits) if edit.user == self.user]
        others = [edit.value for edit in reversed(edits) if edit.user != self.user]
        offered = VERDICTS if about == "verdict" else ()
        return list(dict.fromkeys((*mine, *offered, *others)))

    def catch_up(self, view: View) -> list[Edit]:
        """Edits that others have made; reads a file only where something was added.

        Raises:
            StoreError: A file cannot be read.
        """
        return view.reviews.unknown(self.log(view).edits())

    # Queues

    def queues(self, view: View) -> list[ReviewQueue]:
        """The queues that people have made, by name, with what this person has seen of them."""
        found: dict[str, ReviewQueue] = {}
        seen: defaultdict[str, set[Subject]] = defaultdict(set)
        for line in self.log(view).read():
            if not isinstance(line, QueueStep):
                continue
            if line.removed:
                found.pop(line.queue, None)
            elif line.seen is not None and line.user == self.user:
                seen[line.queue].add(line.seen)
            elif line.subjects:
                found[line.queue] = ReviewQueue(line.queue, line.subjects)
        queues = (replace(queue, seen=frozenset(seen[name])) for name, queue in found.items())
        return sorted(queues, key=lambda queue: queue.name.casefold())

    def seen(self, view: View, queue: str) -> frozenset[Subject]:
        """What this person has seen of a queue, be it stored or found anew each time."""
        lines = (line for line in self.log(view).read() if isinstance(line, QueueStep))
        mine = (line.seen for line in lines if line.queue == queue and line.user == self.user)
        return frozenset(subject for subject in mine if subject is not None)

    def make_queue(self, view: View, name: str, subjects: Sequence[Subject]) -> None:
        """Make a queue of subjects in their order, in the place of one of the same name.

        Raises:
            UsageError: It has no name or holds nothing.
            StoreError: It cannot be written.
        """
        name = " ".join(name.split())
        if not name or visible(name) != name or len(name) > 80:
            raise UsageError("A queue has a name of 1 to 80 characters.")
        if not subjects:
            raise UsageError("There is nothing in this list to put into a queue.")
        self._append(view, [QueueStep(now(), self.user, name, tuple(dict.fromkeys(subjects)))])

    def remove_queue(self, view: View, name: str) -> None:
        """Remove a queue; what was said of its subjects stays."""
        self._append(view, [QueueStep(now(), self.user, name, removed=True)])

    def see(self, view: View, queue: str, subject: Subject) -> None:
        """Remember that something in a queue was looked at."""
        self._append(view, [QueueStep(now(), self.user, queue, seen=subject)])

    # Steps

    def _of(self, view: View) -> _Steps:
        return self._steps[self.log(view).folder]

    def _review(self, view: View, target: Target) -> Review:
        return view.reviews.of(view.reviews.subject_of(target))

    def _step(
        self, view: View, subjects: Iterable[Subject], about: ReviewField, value: str, removed: bool
    ) -> _Step:
        edits, before = [], []
        for subject in subjects:
            review = view.reviews.of(subject)
            time = now([review.edited] if review.edited else ())
            edits.append(Edit(time, self.user, subject, about, value, removed))
            before.append(review.value(about, value))
        return _Step(tuple(edits), tuple(before))

    def _back(self, view: View, edit: Edit, before: str) -> Edit:
        """The edit that brings back what stood before another."""
        time = now([view.reviews.of(edit.subject).edited])
        if edit.field in ("flag", "tag"):
            return replace(edit, time=time, removed=not before)
        return replace(edit, time=time, value=before, removed=not before)

    def _write(self, view: View, step: _Step) -> None:
        self._append(view, step.edits)

    def _append(self, view: View, lines: Sequence[ReviewLine]) -> None:
        self.log(view).append(lines)
        view.reviews.add(line for line in lines if isinstance(line, Edit))


def _value(view: View, edit: Edit) -> str:
    return view.reviews.of(edit.subject).value(edit.field, edit.value)


def _after(edit: Edit) -> str:
    """The value of a field once an edit is made."""
    if edit.removed:
        return ""
    return edit.user if edit.field == "flag" else edit.value


def described(edits: Sequence[Edit]) -> str:
    """What edits say, in a few words."""
    first = edits[0]
    word = {"flag": "flag", "tag": f"tag {first.value}", "note": "note", "verdict": first.value or "verdict"}[
        first.field
    ]
    objects = sum(not edit.subject.whole for edit in edits)
    of = counted(objects, "object") if objects else counted(len(edits), "frame")
    return f"{visible(word)} {'taken from' if first.removed else 'on'} {of}"


TITLE = "suspected label errors"
"""The name of the queue."""
_MOST, _LEAST_SCORE = 1000, 0.01
"""How many are listed, and the least score: what is less likely than one in a hundred is not worth a look."""


@dataclass(frozen=True)
class Suspicion:
    """A suspected label error.

    Attributes:
        subject: The label; where it is missing, what the sets found.
        kind: What is suspected.
        words: The same with classes, such as `truck, not car`.
        score: How likely, 0 to 1.
    """

    subject: Subject
    kind: SuspectKind
    words: str
    score: float


class Suspicions:
    """Finds the suspected label errors of datasets, and keeps those found last.

    Args:
        store: Where the datasets are.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: tuple[Any, list[Suspicion]] = (None, [])

    def of(self, view: View) -> list[Suspicion]:
        """Those of the dataset of a view, the likeliest first; some seconds of work for thousands of frames.

        Raises:
            StoreError: An inference set cannot be read.
        """
        if view.comparison.no_objects:
            return []
        project, name = view.choice.project, view.choice.dataset
        card = self.store.dataset_card(project, name)
        state = (
            view.choice.title,
            card.provenance.fingerprint,
            *((s.id, s.provenance.fingerprint) for s in card.sets),
        )
        if self._kept[0] != state:
            dataset = self.store.load_dataset(project, name)
            sets = [self.store.load_inferences(project, name, one.id) for one in card.sets]
            found = [each for each in suspects(dataset, sets)[:_MOST] if each.score >= _LEAST_SCORE]
            self._kept = (state, [_suspicion(dataset, sets, each) for each in found])
        return self._kept[1]


def _suspicion(dataset: Dataset, sets: list[InferenceSet], found: Suspect) -> Suspicion:
    frame = dataset.frames.id[found.frame] or ""
    said = dataset.project.class_map.entries[found.class_index].name
    if found.label >= 0:
        label = _seen(dataset, dataset.labels, found.label)
        words = {
            SuspectKind.CLASS: f"{said}, not {label.class_name}",
            SuspectKind.LOOSE: f"loose box of {said}",
            SuspectKind.NOTHING: f"no {said} found",
        }[found.kind]
        return Suspicion(Subject(frame, label), found.kind, words, found.score)
    seen = [
        (one.id, _seen(dataset, one.objects, row))
        for one, row in zip(sets, found.inferences, strict=True)
        if row >= 0
    ]
    return Suspicion(Subject(frame, None, tuple(sorted(seen))), found.kind, f"missing {said}", found.score)


def _seen(dataset: Dataset, objects: Objects, row: int) -> Sighting:
    left, top, right, bottom = objects.box[row].tolist()
    name = dataset.project.class_map.entries[int(objects.class_index[row])].name
    return Sighting(objects.name(row), name, (left, top, right, bottom))
