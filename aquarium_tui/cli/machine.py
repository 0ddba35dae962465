"""For scripts and agents: everything the command line offers as JSON, and what this machine has."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from inspect import signature
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import typer

from aquarium_tui import __version__
from aquarium_tui.cli.exit_codes import EXIT_CODES
from aquarium_tui.demo import DemoTask, demo_store
from aquarium_tui.query.fields import QueryField
from aquarium_tui.report.certainty import JsonObject

FORMAT = 1
"""The version of the document of `--spec`; it changes when a key changes its meaning."""

_CONVENTIONS = {
    "delta": "Other minus base, always.",
    "matrices": "Rows are label classes, columns are inferred classes; background is last on both.",
    "background": "Its row holds spurious inferences, its column missed labels.",
    "cells": "--cell takes LABEL:INFERRED, as car:van, background:car (spurious), car:background (missed).",
    "own_fields": "In queries, metadata of frames is frame.NAME and attributes of labels are label.NAME; in "
    "tables, metadata is meta_NAME. `show` lists metadata and classes.",
    "undefined": "null in JSON, empty in CSV, – in text.",
    "certainty": "sure: q ≤ .05, 95 % interval without 0; weak: may be chance; few: too few to tell.",
    "averages": "In report.total of JSON, the first average stands itself, the others under their names.",
    "streams": "Results go to stdout, everything else to stderr. Nothing but open and demo needs a terminal.",
    "demos": "Set AQUARIUM_HOME to the home of a demo under tasks, and every command works on its place.",
}
"""What holds for all commands and documents."""
_ENVIRONMENT = {
    "AQUARIUM_HOME": "The folder of the store; without it, the data folder of the platform.",
    "AQUARIUM_CONFIG": "The file of settings; `config` prints where it is.",
    "AQUARIUM_USER": "Who reviews; without it, the user of the system.",
    "NO_COLOR": "If it is not empty, nothing is in colour.",
}
_PACKAGES = ("textual", "rich", "textual-image", "numpy", "pillow", "duckdb", "pyarrow", "typer")
_TYPES = {str: "text", int: "integer", float: "number", bool: "boolean", Path: "path"}


def print_spec(context: typer.Context) -> None:
    """Print commands, options, fields, figures and exit codes as JSON."""
    from aquarium_tui.gate import RULE_GRAMMAR
    from aquarium_tui.query.fields import AGGREGATES, ENTITIES, OBJECT, OPERATORS
    from aquarium_tui.query.parser import QUERY_GRAMMAR

    document = {
        "format": FORMAT,
        "program": "aquarium-tui",
        "version": __version__,
        "options": list(_parameters(context.command)),
        "commands": list(_commands(context)),
        "exit_codes": {str(code): sentence for code, sentence in EXIT_CODES.items()},
        "conventions": _CONVENTIONS,
        "environment": _ENVIRONMENT,
        "rules": RULE_GRAMMAR,
        "queries": {
            "grammar": QUERY_GRAMMAR,
            "words": {each.text: each.sentence for each in (*ENTITIES, OBJECT, *OPERATORS, *AGGREGATES)},
        },
        "tasks": {task: _task(task) for task in get_args(DemoTask)},
    }
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=True) + "\n")


def _commands(context: typer.Context) -> Iterator[JsonObject]:
    group: Any = context.command
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            for inner, one in command.commands.items():
                yield _command(f"{name} {inner}", one)
        else:
            yield _command(name, command)


def _command(name: str, command: Any) -> JsonObject:  # noqa: ANN401
    return {"name": name, "help": command.help or "", "parameters": list(_parameters(command))}


def _parameters(command: Any) -> Iterator[JsonObject]:  # noqa: ANN401
    """Its parameters; their types are read from its signature, as Typer's own names for them change."""
    declared = signature(command.callback, eval_str=True).parameters
    for each in command.params:
        if each.name not in declared:
            continue  # --help and its like
        type_, choices = _type(declared[each.name].annotation)
        argument, flag = each.param_type_name == "argument", bool(getattr(each, "is_flag", False))
        default = each.default
        yield {
            "name": (each.metavar or each.name) if argument else each.opts[0],
            "kind": "argument" if argument else "flag" if flag else "option",
            "also": [] if argument else [*each.opts[1:], *each.secondary_opts],
            "help": getattr(each, "help", "") or "",
            "type": type_,
            "choices": choices,
            "required": bool(each.required),
            "repeatable": bool(each.multiple),
            "default": default if isinstance(default, bool | int | float | str) else None,
        }


def _type(annotation: Any) -> tuple[str, list[str]]:  # noqa: ANN401
    """A word for a type, and the only values it takes, if they are few."""
    if get_origin(annotation) is Literal:
        return "text", [str(each) for each in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "text", [str(each.value) for each in annotation]
    if arguments := [each for each in get_args(annotation) if each is not NoneType]:
        return _type(arguments[0])  # Annotated, a list, or a type that may be left out
    return _TYPES.get(annotation, "text"), []


def _task(task: DemoTask) -> JsonObject:
    """Figures and fields of one kind of task, as the demo has them; a dataset adds its metadata to them."""
    from aquarium_tui.kinds import kind_of
    from aquarium_tui.session.session import Session

    store, choice = demo_store(task)
    view = Session(store).open(choice)
    comparison, kind = view.comparison, kind_of(view.comparison.dataset.project)
    report = kind.class_report(comparison)
    groups = [*kind.totals(comparison), *kind.slow_totals(comparison)]
    totals = {total.key for group in groups for total in group.totals}
    own = {f"frame.{name}" for name in comparison.dataset.frames.metadata}
    own |= {f"label.{name}" for name in comparison.dataset.labels.attributes}
    schema = view.binding.schema
    return {
        "demo": {
            "home": str(store.root),
            "place": f"{choice.project}/{choice.dataset}",
            "base": choice.base,
            "other": choice.other,
        },
        "words": dict(kind.glossary),
        "class_figures": [field.key for field in (*report.fields, *kind.slow_fields(comparison))],
        "averages": list(report.averages),
        "totals": [total.key for group in groups for total in group.totals],
        "of_rules": ["false_alarms", 'cell("LABEL", "INFERRED")'] if "spurious" in totals else [],
        "background": {"label": "spurious", "inferred": "missed"},
        "fields": [
            {
                "name": each.name,
                "type": each.kind.value,
                "of": each.scope.name.casefold(),
                "is": each.sentence,
                "values": _values(each),
            }
            for each in schema.fields.values()
            if each.name not in own
        ],
        "methods": [
            {"name": each.name, "classes": each.arguments, "is": each.sentence}
            for each in schema.methods.values()
        ],
    }


def _values(field: QueryField) -> list[str]:
    """The only values that a field takes, apart from names of classes, which are those of a project."""
    of_project = field.choices is None or field.choices.noun == "class"
    return [] if of_project or field.choices is None else list(field.choices.words)


def print_info() -> None:
    """Print versions, the store and the terminal, for a report of a fault."""
    from aquarium_tui.store import Store

    store = Store.default()
    size = shutil.get_terminal_size()
    facts = {
        "aquarium-tui": __version__,
        "python": f"{platform.python_version()} on {platform.platform()}",
        **{name: _version(name) for name in _PACKAGES},
        "store": f"{store.root}, {_contents(store)}",
        "terminal": f"{os.environ.get('TERM', 'not set')}, {size.columns} × {size.lines}, {_stream()}",
        "colours": os.environ.get("COLORTERM", "not said"),
        "inside": ", ".join(name for name in ("TMUX", "STY", "SSH_CONNECTION") if os.environ.get(name))
        or "–",
    }
    width = max(map(len, facts))
    for name, text in facts.items():
        typer.echo(f"{name:{width}}  {text}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _contents(store: Any) -> str:  # noqa: ANN401
    from aquarium_tui.errors import AquariumError
    from aquarium_tui.model.numbers import counted

    try:
        projects = store.projects()
        datasets = sum(len(store.datasets(project)) for project in projects)
    except AquariumError as error:
        return f"not readable: {error.message}"
    return f"{counted(len(projects), 'project')}, {counted(datasets, 'dataset')}"


def _stream() -> str:
    return "output is a terminal" if sys.stdout.isatty() else "output is not a terminal"
