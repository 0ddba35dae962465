"""Store actions that are cut short at their nth write step.

Run as python -m tests.store.interrupting ROOT ACTION.

For n = 1, 2, … a child process does ACTION in a store at ROOT/n, and ends without any clean-up when it comes
to its nth step, until one comes to its end. Prints how many were cut short.
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.store import Store
from tests.store import small

STEPS = ((os, "fsync"), (Path, "rename"), (Path, "replace"), (Path, "mkdir"), (Path, "write_bytes"))

ACTIONS: dict[str, Callable[[Store], None]] = {
    "first upload": lambda store: store.add_dataset(small.dataset()),
    "second dataset": lambda store: store.add_dataset(small.dataset("test", ("car", "van"))),
    "inference set": lambda store: store.add_inferences(
        small.dataset(), InferenceSet("b", small.objects([0]))
    ),
    "replaced dataset": lambda store: store.put_dataset(
        small.dataset(classes=("car", "van"), labelled=(0,)), [InferenceSet("a", small.objects([2, 2]))]
    ),
    "replaced set": lambda store: store.put_inferences(
        small.dataset(), InferenceSet("a", small.objects([0, 2]))
    ),
    "removal": lambda store: store.remove("street", "val"),
    "removal of a project": lambda store: store.remove("street"),
    "renamed set": lambda store: store.rename("street", "val", "a", new="b"),
    "renamed dataset": lambda store: store.rename("street", "val", new="test"),
    "renamed project": lambda store: store.rename("street", new="road"),
}


def prepare(root: Path, action: str) -> None:
    """Make the store as it is before the action."""
    root.mkdir()
    if action != "first upload":
        Store(root).add_dataset(small.dataset())
        Store(root).add_inferences(small.dataset(), InferenceSet("a", small.objects([1])))


def at_step(n: int, act: Callable[[], None]) -> None:
    """Have the nth step from now on call `act` before it is done."""
    left = [n]
    for owner, name in STEPS:
        setattr(owner, name, _counted(getattr(owner, name), left, act))


def _counted(step: Callable[..., object], left: list[int], act: Callable[[], None]) -> Callable[..., object]:
    def counted(*args: object, **options: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            act()
        return step(*args, **options)

    return counted


def main(root: Path, action: str) -> None:
    prepare(root / "before", action)
    n = 0
    while True:
        n += 1
        shutil.copytree(root / "before", root / str(n))
        child = os.fork()
        if child == 0:
            at_step(n, lambda: os._exit(9))
            ACTIONS[action](Store(root / str(n)))
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            break
    sys.stdout.write(str(n - 1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
