"""Writing commands that are killed at any moment: the store must stay whole, and the next command tidy up.

`python -m tests.kills --rounds 100 --seed 1` runs each command in turn as a process of its own and kills it
at a random time. Afterwards everything in the store must be readable, and wholly as before or wholly as after
the command; one further command, every other time under another host name, must leave nothing behind.

With `--writers 2` another command writes to the same store meanwhile, as if on another machine; it is killed
every other time. What is there then must be what one, the other, both in either order, or none would leave.

The commands run in forks of this process, in which the program is loaded already: the time up to a kill is
then time in which something is written, not time in which Python starts.
"""

import argparse
import hashlib
import importlib
import json
import os
import platform
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.__main__ import main as program
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Segments, Store
from aquarium_tui.store.measures import read_measures
from aquarium_tui.store.reviews import FORMAT, ReviewLog

DEMO = Path(__file__).parents[1] / "sample_data" / "detection"
PLACE = ("--project", "street", "--dataset", "val")
HOSTS = (platform.node(), "another_host")
SAVE = ("segments", "save", "street/val", "--base", "b")
FOLLOWER = (*SAVE, "--query", "label.area > 9", "--name", "follower")

LOADED = (
    "duckdb",
    "hotcoco",
    "aquarium_tui.cli.app",
    "aquarium_tui.upload",
    "aquarium_tui.export",
    "aquarium_tui.report",
    "aquarium_tui.drawing.object_painter",
    "aquarium_tui.kinds",
)
"""What the commands import when they need it; loaded before the forks."""

OUTSIDE = ("export", "export --force", "render", "compare --out", "review export", "scenarios --export")
"""The commands that write beside the store."""

State = dict[str, Any]


def commands(folder: Path) -> dict[str, tuple[str, ...]]:
    """Each writing command; what it writes beside the store is in `folder`."""
    given = {
        "metrics": ("--metrics", folder / "metrics.csv"),
        "labels": ("--labels", DEMO / "labels.json", "--images", DEMO / "images"),
    }
    uploads: dict[str, tuple[object, ...]] = {
        "upload dataset": ("upload", "--project", "street", "--dataset", "new", *given["labels"]),
        "upload project": ("upload", "--project", "new", "--dataset", "val", *given["labels"]),
        "upload dataset --replace": ("upload", *PLACE, *given["labels"], "--replace"),
        "upload new": ("upload", *PLACE, "--inferences-id", "c", "--inferences", DEMO / "model_b.json"),
        "upload --replace": (
            *("upload", *PLACE, "--inferences-id", "a", "--inferences", DEMO / "model_b.json", "--replace"),
            *given["metrics"],
        ),
        "upload --append": (
            *("upload", *PLACE, "--inferences-id", "a", "--inferences", folder / "part.json", "--append"),
        ),
        "upload --metrics": ("upload", *PLACE, "--inferences-id", "b", *given["metrics"]),
        "thresholds of set": ("thresholds", "set", "street/val/a", "0.3,car=0.4"),
        "thresholds of project": ("thresholds", "set", "street", "0.3"),
        "metrics set": ("metrics", "set", "street/val", "grain:lower:px"),
        "metrics rm": ("metrics", "rm", "street/val", "grain"),
        "review import": ("review", "import", "street/val", folder / "reviews.jsonl"),
        "scenarios --add": (
            *("scenarios", "street/val", "--base", "b", "--query", "label.area > 20", "--add", "wide"),
            *("--target", "f1 >= 0.1"),
        ),
        "slices --measure": ("slices", "street/val", "--base", "b", "--measure"),
        "segments save": (*SAVE, "--query", "label.area > 50", "--name", "large", "--snapshot"),
        "segments rename": ("segments", "rename", "street/val", "kept", "renamed"),
        "segments rm": ("segments", "rm", "street/val", "kept"),
        "rename set": ("rename", "street/val/a", "renamed"),
        "rename dataset": ("rename", "street/val", "renamed"),
        "rename project": ("rename", "street", "renamed"),
        "rm set": ("rm", "street/val/a", "--yes"),
        "rm dataset": ("rm", "street/other", "--yes"),
        "rm project": ("rm", "street", "--yes"),
        "export": ("export", "street/val", "--inferences", "a", "--out", folder / "out" / "export"),
        "export --force": (
            *("export", "street/val", "--inferences", "a", "--out", folder / "out" / "forced", "--force"),
        ),
        "render": ("render", "street/val", "28", "--out", folder / "out" / "x.png"),
        "compare --out": (
            *("compare", "street/val", "--base", "b", "--no-intervals", "--format", "json"),
            *("--out", folder / "out" / "compared.json"),
        ),
        "review export": ("review", "export", "street/val", "--out", folder / "out" / "reviews.csv"),
        "scenarios --export": (
            *("scenarios", "street/val", "--base", "b", "--export", folder / "out" / "scenarios.toml"),
        ),
        "compare": ("compare", "street/val", "--base", "a", "--other", "b"),
    }
    return {name: tuple(map(str, words)) for name, words in uploads.items()}


def forked(act: Callable[[], object], host: str = HOSTS[0]) -> int:
    """Start `act` in a fork; the id of the process."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        platform.node = lambda: host
        from aquarium_tui.store import atomic

        atomic._HOST = host
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        act()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        os._exit(code)


def run(words: tuple[str, ...], root: Path) -> Callable[[], None]:
    """What runs a command on a store."""

    def act() -> None:
        os.environ["AQUARIUM_HOME"] = str(root)
        sys.argv[1:] = words
        program()

    return act


def finished(child: int) -> int:
    """The exit code of a process, once it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def observed(folder: Path) -> State:
    """Everything that the store and the output folder hold, read in a fork."""
    answer = folder / "observed.json"

    def look() -> None:
        answer.write_text(json.dumps(_observe(folder), sort_keys=True))

    code = finished(forked(look))
    assert code == 0, f"the store cannot be read (exit code {code})"
    found: State = json.loads(answer.read_text())
    answer.unlink()
    return found


def _observe(folder: Path) -> State:
    store = Store(folder / "store")
    found: State = {}
    for project in store.projects():
        found[project] = repr(store.project(project))
        for name in store.datasets(project):
            card, dataset = store.dataset_card(project, name), store.load_dataset(project, name)
            assert not card.damaged, card.damaged
            sets = [store.load_inferences(project, name, one.id) for one in card.sets]
            folder_ = store.dataset_folder(project, name)
            segments, reviews = Segments(folder_).all(), ReviewLog(folder_)
            edits = reviews.edits()
            assert not reviews.damage, reviews.damage
            found[f"{project}/{name}"] = [
                [len(dataset.frames), card.labels, _digest(dataset.labels.box)],
                {
                    one.id: [_digest(one.objects.box), {m: _digest(v.number) for m, v in one.metrics.items()}]
                    for one in sets
                },
                [repr(replace(segment, created="")) for segment in segments],
                [[one.id, repr(one.confidence)] for one in card.sets],
                [repr(edit) for edit in edits],
                sorted(read_measures(folder_, dataset.frames)),
            ]
            if {"a", "b"} <= {one.id for one in sets}:
                view = Session(store).open(Choice(project, name, "a", "b"))
                found[f"{project}/{name} compared"] = np.asarray(view.comparison.delta).tolist()
    out = folder / "out"
    if out.exists():
        files = (path for path in sorted(out.rglob("*")) if path.is_file())
        shown = {str(path.relative_to(out)): hashlib.sha1(path.read_bytes()).hexdigest() for path in files}
        found["out"] = {name: hash_ for name, hash_ in shown.items() if not name.startswith(".")}
    return found


def _digest(array: np.ndarray[Any, Any]) -> str:
    return hashlib.sha1(np.ascontiguousarray(array).tobytes()).hexdigest()


def leftovers(folder: Path) -> list[str]:
    """What a killed command has left and nobody has swept up."""
    return [str(path) for path in folder.rglob(".*") if path.name != ".lock"]


@dataclass
class Tally:
    """How the rounds went.

    Attributes:
        old: Commands killed before their change.
        new: Commands killed after it, or finished.
        left: Rounds in which the killed command left something, which was swept up.
        failures: A sentence for each round that went wrong.
    """

    old: int = 0
    new: int = 0
    left: int = 0
    failures: list[str] = field(default_factory=list)


def prepare(folder: Path) -> None:
    """A store with two datasets, two sets and a segment."""
    (folder / "out").mkdir(parents=True)
    records = json.loads((DEMO / "model_a.json").read_text())
    (folder / "part.json").write_text(json.dumps(records[: len(records) // 3]))
    frames = [image["id"] for image in json.loads((DEMO / "labels.json").read_text())["images"]]
    lines = [f"{id_},{n / 7},{n % 5}" for n, id_ in enumerate(frames)]
    (folder / "metrics.csv").write_text("\n".join(["id,blur,noise", *lines]) + "\n")
    grain = [f"{id_},{n % 3}" for n, id_ in enumerate(frames)]
    (folder / "grain.csv").write_text("\n".join(["id,grain", *grain]) + "\n")
    said = {
        "format": FORMAT,
        "time": "2024-05-01T10:00:00+00:00",
        "user": "me",
        "field": "note",
        "value": "x",
    }
    edits = [json.dumps({**said, "frame": str(id_)}) for id_ in frames[:20]]
    (folder / "reviews.jsonl").write_text("\n".join(edits) + "\n")
    uploads: list[tuple[object, ...]] = [
        ("upload", *PLACE, "--labels", DEMO / "labels.json", "--images", DEMO / "images"),
        ("upload", "--project", "street", "--dataset", "other", "--labels", DEMO / "labels.json"),
        ("upload", *PLACE, "--inferences-id", "a", "--inferences", DEMO / "model_a.json"),
        ("upload", *PLACE, "--inferences-id", "b", "--inferences", DEMO / "model_b.json"),
        ("upload", *PLACE, "--inferences-id", "b", "--metrics", folder / "grain.csv"),
        ("segments", "save", "street/val", "--base", "a", "--query", "label.area > 1", "--name", "kept"),
        ("export", "street/val", "--inferences", "b", "--out", folder / "out" / "forced"),
    ]
    for words in uploads:
        code = finished(forked(run(tuple(map(str, words)), folder / "store")))
        assert code == 0, f"{words} ended with code {code}"


def one_round(base: Path, place: Path, name: str, after: float, host: str) -> tuple[State, bool]:
    """Kill a command after so many seconds; what is there then, and whether something was left."""
    shutil.copytree(base, place, symlinks=True)
    child = forked(run(commands(place)[name], place / "store"), host)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    finished(child)
    left = bool(leftovers(place))
    return observed(place), left


class Sequences:
    """What commands leave that run one after the other, from the prepared store on.

    Args:
        base: The prepared folder.
        place: Where they may run.
    """

    def __init__(self, base: Path, place: Path) -> None:
        self.base, self.place = base, place
        self._known: dict[tuple[str, ...], State] = {}

    def state(self, *names: str) -> State:
        """What is there after these commands; those that have to fail change nothing."""
        if names not in self._known:
            shutil.copytree(self.base, self.place, symlinks=True)
            for name in names:
                finished(forked(run(commands(self.place)[name], self.place / "store")))
            self._known[names] = observed(self.place)
            shutil.rmtree(self.place)
        return self._known[names]

    def possible(self, one: str, other: str) -> list[State]:
        """What two commands at once may leave, whether or not they are killed."""
        orders = ((), (one,), (other,), (one, other), (other, one))
        return [self.state(*names) for names in orders]


def rounds_of_two(count: int, seed: int, names: list[str] | None = None) -> Tally:
    """Run two commands on one store at once, and kill the first, or both."""
    chance, tally = random.Random(seed), Tally()
    _load()
    with tempfile.TemporaryDirectory() as temporary:
        base, place = Path(temporary) / "base", Path(temporary) / "round"
        prepare(base)
        names = names or [name for name in commands(base) if name not in OUTSIDE]
        sequences = Sequences(base, Path(temporary) / "sequence")
        seconds = {name: _uncut(base, Path(temporary) / "uncut", name)[1] for name in names}
        for n in range(count):
            pair = names[n % len(names)], chance.choice(names)
            try:
                states = sequences.possible(*pair)
                shutil.copytree(base, place, symlinks=True)
                children = [
                    forked(run(commands(place)[name], place / "store"), host)
                    for name, host in zip(pair, HOSTS, strict=True)
                ]
                for name, child in list(zip(pair, children, strict=True))[: 1 + n % 2]:
                    time.sleep(seconds[name] * chance.uniform(0.2, 1.3))
                    os.kill(child, signal.SIGKILL)
                codes = [finished(child) for child in children]
                assert not {70, 99} & set(codes), f"ended with the codes {codes}"
                tally.left += bool(leftovers(place))
                found = observed(place)
                assert found in states, "what is there is nothing that the two could leave"
                tally.old += found == states[0]
                tally.new += found != states[0]
                _follow(place, pair[0], HOSTS[n // 2 % 2])
            except AssertionError as error:
                tally.failures.append(f"round {n}: {' and '.join(pair)}: {error}")
            shutil.rmtree(place, ignore_errors=True)
    return tally


def _load() -> None:
    for module in LOADED:
        importlib.import_module(module)


def rounds(count: int, seed: int, names: list[str] | None = None) -> Tally:
    """Kill commands in turn, at times from a seeded generator."""
    _load()
    chance, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary) / "base"
        prepare(base)
        names = names or list(commands(base))
        seen = {name: _uncut(base, Path(temporary) / "uncut", name) for name in names[:count]}
        before = observed(base)
        for n in range(count):
            name = names[n % len(names)]
            after, seconds = seen[name]
            # Reading comes first and writing last, and the machine is not always as fast as it was.
            moment = seconds * chance.uniform(0.3, 1.1)
            # Outside the store there is no lock to tell that another machine is dead; a day has to pass.
            host = HOSTS[0] if name in OUTSIDE else HOSTS[n % 2]
            place = Path(temporary) / str(n)
            try:
                found, left = one_round(base, place, name, moment, host)
                _judge(found, (before, after), tally)
                tally.left += left
                _follow(place, name, HOSTS[n // 2 % 2])
            except AssertionError as error:
                tally.failures.append(f"round {n}: {name}, killed after {moment * 1000:.0f} ms: {error}")
            shutil.rmtree(place)
    return tally


def _uncut(base: Path, place: Path, name: str) -> tuple[State, float]:
    """What is there after a command that is not killed, and how long it takes."""
    shutil.copytree(base, place, symlinks=True)
    start = time.perf_counter()
    code = finished(forked(run(commands(place)[name], place / "store")))
    seconds = time.perf_counter() - start
    assert code == 0, f"{name} ended with code {code}"
    state = observed(place)
    shutil.rmtree(place)
    return state, seconds


def _judge(found: State, states: tuple[State, State], tally: Tally) -> None:
    before, after = states
    assert found in (before, after), "what is there is neither the old state nor the new"
    tally.old += found == before
    tally.new += found != before


def _follow(place: Path, name: str, host: str) -> None:
    """Run a further command that writes; nothing of the killed one is left then."""
    store = place / "store"
    words: tuple[str, ...] = FOLLOWER if (store / "projects" / "street" / "val").exists() else ()
    if name in OUTSIDE:
        shutil.rmtree(place / "out" / "export", ignore_errors=True)
        for written in (each for each in (place / "out").glob("*.*") if not each.name.startswith(".")):
            written.unlink()
        words, host = commands(place)[name], HOSTS[0]
    if not words:
        words = commands(place)["upload project"]
        shutil.rmtree(store / "projects" / "new", ignore_errors=True)
    code = finished(forked(run(words, store), host))
    assert code == 0, f"the next command ended with code {code}"
    left = leftovers(place / "store") + (leftovers(place / "out") if name in OUTSIDE else [])
    assert not left, f"the next command left {left}"


def main() -> None:
    """Run the rounds that the command line asks for; exit with 1 if one went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--writers", type=int, choices=(1, 2), default=1)
    given = parser.parse_args()
    tally = (rounds if given.writers == 1 else rounds_of_two)(given.rounds, given.seed)
    for failure in tally.failures:
        print(failure)
    print(
        f"{given.rounds} commands killed: {tally.old} times the old state, {tally.new} times the new one, "
        f"{tally.left} times something was left and swept up; {len(tally.failures)} failures"
    )
    sys.exit(bool(tally.failures))


if __name__ == "__main__":
    main()
