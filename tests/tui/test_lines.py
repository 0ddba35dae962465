"""Text that does not fit loses whole words, the least important first."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from aquarium_tui.model.numbers import counted
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.widgets.lines import fitting
from tests.tui.screen import lines, sees

WORDS = st.lists(st.sampled_from(["truck", "→", "van", "1 204", "行人", "p < .001", "a" * 30]), min_size=1)


@given(WORDS, st.integers(0, 60))
def test_whole_words_are_left_out(words: list[str], room: int) -> None:
    text = " " + "   ".join(words)
    shown = "".join(part for part, _ in fitting([[(text, "")]], room))
    assert cell_len(shown) <= room
    kept = shown.removesuffix("…").split()
    if len(kept) > 1:
        assert kept == text.split()[: len(kept)]


def test_a_shorter_form_comes_before_cutting() -> None:
    forms = [[("one   two   three", "")], [("one two", "")], [("one", "")]]
    assert fitting(forms, 17)[0][0] == "one   two   three"
    assert fitting(forms, 15)[0][0] == "one  two  three"
    assert fitting(forms, 10)[0][0] == "one two"
    assert fitting(forms, 5)[0][0] == "one"


def test_nouns_agree_with_their_numbers() -> None:
    assert [counted(n, "frame") for n in (0, 1, 2)] == ["0 frames", "1 frame", "2 frames"]
    assert [counted(n, "class", "classes") for n in (1, 3)] == ["1 class", "3 classes"]


@pytest.mark.parametrize("width", [80, 100, 120])
async def test_header_and_verdict_have_no_half_words(make_app: Callable[[], AquariumApp], width: int) -> None:
    app = make_app()
    async with app.run_test(size=(width, 24)) as pilot:
        await sees(pilot, "car missed", "no clear difference on false alarms")
        header = lines(app)[0]
        assert "4 frames" in header
        verdict = next(line for line in lines(app) if "◆" in line)
        assert "…" not in verdict
        sentence = next(line for line in lines(app) if "car missed" in line)
        assert sentence.rstrip().endswith("too few frames to tell")
