"""Every table and example of the guide to queries is what the program does."""

import re
from pathlib import Path

import pytest

from aquarium_tui.compare.objects.fields import FRAME_FIELDS, OBJECT_FIELDS
from aquarium_tui.query import parser
from aquarium_tui.query.fields import AGGREGATES, FRAME_WORDS, NOTE, OPERATORS, REVIEW_WORDS, FieldType, Scope
from aquarium_tui.query.query import check, compile_query
from tests.narrow import present
from tests.query.street import STREET

GUIDE = (Path(__file__).parents[2] / "docs" / "query.md").read_text()
BINDING = STREET.binding()
LETTERS = "ABCDEFGHIJKLM"


def tables(*head: str) -> list[list[str]]:
    """The rows of all tables of the guide with that head."""
    lines = GUIDE.splitlines()
    rows: list[list[str]] = []
    for i, line in enumerate(lines):
        if cells(line) == list(head):
            for row in lines[i + 2 :]:
                if not row.startswith("|"):
                    break
                rows.append(cells(row))
    return rows


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


EXAMPLES = tables("query", "frames", "objects")
RECIPES = re.findall(r"```query\n(.*?)```", GUIDE, re.DOTALL)


def test_there_are_examples():
    assert len(EXAMPLES) > 50
    assert len(RECIPES) >= 8


@pytest.mark.parametrize(("query", "frames", "objects"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_an_example_selects_what_the_guide_says(query, frames, objects):
    text = query.strip("`").strip() if query.startswith("``") else query[1:-1]
    found = BINDING.select(text)
    ids = BINDING.comparison.dataset.frames.id
    assert ", ".join(str(ids[row]) for row in found.frame_order) == frames.replace("none", "")
    if objects == "all of theirs":
        assert compile_query(text, BINDING.schema).scope == Scope.FRAME
        assert found.objects.tolist() == found.frames[BINDING.frame].tolist()
    else:
        assert ", ".join(LETTERS[row] for row in found.object_order) == objects.replace("none", "")


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_is_understood(recipe):
    assert check(recipe, BINDING.schema) is None


def test_the_first_recipe_finds_what_it_says():
    found = BINDING.select(RECIPES[0])
    assert [LETTERS[row] for row in found.object_order] == ["D"]


def test_the_frames_are_those_of_the_guide():
    shown = [
        [
            frame.id,
            frame.weather or "",
            "" if frame.speed is None else f"{frame.speed:g}",
            "" if frame.night is None else str(frame.night).lower(),
            f"{frame.taken:%Y-%m-%d %H:%M}" if frame.taken else "",
            ", ".join(tag for tag, rows in STREET.tags.items() if i in rows),
        ]
        for i, frame in enumerate(STREET.frames)
    ]
    assert tables("frame", "weather", "speed", "night", "taken", "tags") == shown


def test_the_objects_are_those_of_the_guide():
    def word(name: str, row: int) -> str:
        return str(BINDING.column(name)[row] or "")

    def inference(side: str, row: int) -> str:
        sure = BINDING.column(f"{side}.confidence")[row]
        return "" if sure is None else f"{word(f'{side}.class', row)} {sure:.2f}"

    shown = [
        [
            LETTERS[row],
            str(BINDING.comparison.dataset.frames.id[frame]),
            word("label.class", row),
            inference("base", row),
            inference("other", row),
            word("base.outcome", row),
            word("other.outcome", row),
            word("change", row),
        ]
        for row, frame in enumerate(BINDING.frame)
    ]
    head = ("object", "frame", "label", "base", "other", "under base", "under other", "change")
    assert tables(*head) == shown


def test_every_field_operator_and_function_is_in_the_guide():
    fields = [[f"`frame.{word.name}`", str(word.type), word.sentence] for word in FRAME_WORDS]
    fields += [[f"`object.{word.name}`", str(word.type), word.sentence] for word in REVIEW_WORDS]
    fields += [[f"`{NOTE.name}`", str(NOTE.type), NOTE.sentence]]
    fields += [
        [" ".join(f"`{field.name(entity)}`" for entity in field.entities), str(field.type), field.sentence]
        for field in OBJECT_FIELDS
        if field.asked
    ]
    fields += [
        [
            " ".join(f"`{e}.{field.key}`" for e in ("base", "other", "delta")),
            str(FieldType.NUMBER),
            field.sentence,
        ]
        for field in FRAME_FIELDS
        if field.asked and not field.arguments
    ]
    assert tables("field", "type", "is") == fields
    terms = [[f"`{term.text}`", term.sentence] for term in (*OPERATORS, *AGGREGATES)]
    assert tables("word", "means") == terms


def test_the_grammar_is_that_of_the_parser():
    assert parser.QUERY_GRAMMAR in GUIDE


def test_the_mistake_of_the_guide_reads_so():
    shown = re.search(r"```\n(label\.class = \"cyclst\"\n *\^)\n(.*?)\n```", GUIDE)
    assert shown
    error = present(check('label.class = "cyclst"', BINDING.schema))
    assert (error.pointed(), error.message) == shown.groups()
