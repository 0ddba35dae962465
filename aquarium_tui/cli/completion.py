"""What the shell offers for arguments: datasets, sets, segments, cells, and the words of queries.

A shell asks at every Tab: whatever goes wrong offers nothing, and prints nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from aquarium_tui.errors import AquariumError, UsageError

if TYPE_CHECKING:
    from aquarium_tui.store import Store

Offered = tuple[str, str]
"""A word, and what it is."""


def _store() -> "Store":
    from aquarium_tui.store import Store

    return Store.default()


def _quietly(offers: Callable[[], Iterator[Offered]], begun: str) -> list[Offered]:
    """What begins with what has been typed; nothing where it cannot be found out."""
    found: list[Offered] = []
    with suppress(AquariumError, OSError):
        found = [(word, help_) for word, help_ in offers() if word.casefold().startswith(begun.casefold())]
    return found


def _datasets() -> Iterator[Offered]:
    store = _store()
    for project in store.projects():
        yield from ((f"{project}/{dataset}", "dataset") for dataset in store.datasets(project))


def datasets(incomplete: str) -> list[Offered]:
    """Every `PROJECT/DATASET`."""
    return _quietly(_datasets, incomplete)


def contents(incomplete: str) -> list[Offered]:
    """Every project, dataset and inference set, as `rm` and `rename` take them."""

    def offers() -> Iterator[Offered]:
        store = _store()
        yield from ((project, "project") for project in store.projects())
        for title, _ in _datasets():
            yield title, "dataset"
            if incomplete.startswith(title):
                sets = store.dataset_card(*title.split("/")).sets
                yield from ((f"{title}/{one.id}", "inference set") for one in sets)

    return _quietly(offers, incomplete)


def projects(incomplete: str) -> list[Offered]:
    """Every project."""
    return _quietly(lambda: ((project, "project") for project in _store().projects()), incomplete)


def _named(context: typer.Context) -> tuple[str, str]:
    """The dataset that the command line names so far.

    Raises:
        UsageError: It names none.
    """
    # Click has arguments as they stand where the last option still lacks its value.
    given = [context.params.get("dataset"), *context.args]
    named = next((word for word in given if isinstance(word, str) and "/" in word), "")
    project, _, dataset = named.partition("/")
    if not dataset:
        raise UsageError("No dataset is named yet.")
    return project, dataset


def sets(context: typer.Context, incomplete: str) -> list[Offered]:
    """The inference sets of the dataset."""

    def offers() -> Iterator[Offered]:
        for one in _store().dataset_card(*_named(context)).sets:
            yield one.id, f"inference set of {one.provenance.created[:10]}"

    return _quietly(offers, incomplete)


def segments(context: typer.Context, incomplete: str) -> list[Offered]:
    """The saved segments of the dataset."""

    def offers() -> Iterator[Offered]:
        from aquarium_tui.store import Segments

        found = Segments(_store().dataset_folder(*_named(context))).all(lambda error: None)
        yield from ((one.name, one.query or "frames chosen by hand") for one in found)

    return _quietly(offers, incomplete)


def cells(context: typer.Context, incomplete: str) -> list[Offered]:
    """The cells of the confusion, `LABEL:INFERRED`."""

    def offers() -> Iterator[Offered]:
        classes = _store().project(_named(context)[0]).class_map
        names = [*dict.fromkeys(classes.evaluated_names), "background"]
        label, colon, _ = incomplete.partition(":")
        if not colon:
            yield from ((f"{name}:", "label") for name in names)
        elif label in names:
            yield from ((f"{label}:{name}", f"{label} called {name}") for name in names)

    return _quietly(offers, incomplete)


def words_of_query(context: typer.Context, incomplete: str) -> list[Offered]:
    """What could come next in a query: fields, operators, values."""

    def offers() -> Iterator[Offered]:
        from aquarium_tui.query.suggestions import complete
        from aquarium_tui.session.choice import Choice
        from aquarium_tui.session.session import Session

        session = Session(_store())
        given = context.params
        chosen = Choice(*_named(context), base=given.get("base") or "", other=given.get("other") or "")
        schema = session.open(session.resume(chosen)).binding.schema
        found = complete(incomplete, len(incomplete), schema)
        before = incomplete[: found.start]
        yield from ((before + each.text, each.sentence or each.kind) for each in found.candidates)

    return _quietly(offers, "")
