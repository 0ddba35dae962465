"""Names and text from outside."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import check_name, is_remote, joined, suggest_name, visible


@pytest.mark.parametrize("name", ["a", "model_a", "V2", "0", "_"])
def test_legal_names_pass(name):
    assert check_name(name, "project") == name


@pytest.mark.parametrize("name", ["", "model-a", "a b", "..", "a/b", "a\n", "\na", "ä", "a.b", "٣", "a\x00"])
def test_other_names_are_refused(name):
    with pytest.raises(UsageError, match="project"):
        check_name(name, "project")


def test_the_refusal_offers_a_legal_name_and_shows_what_is_unseen():
    with pytest.raises(UsageError) as caught:
        check_name("model-a\x1b[2J", "inference set")
    assert "\x1b" not in str(caught.value)
    assert "model_a_2J" in caught.value.hint


@given(st.text())
def test_suggestions_are_legal_or_empty(text):
    better = suggest_name(text)
    assert not better or check_name(better, "project") == better


@given(st.text(st.characters()))
def test_nothing_unseen_reaches_the_terminal(text):
    shown = visible(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in shown)
    assert len(shown) >= len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ok ünïcode 字", "ok ünïcode 字"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb", "a\\nb"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_escapes(text, shown):
    assert visible(text) == shown


def test_a_name_is_not_too_long_for_a_folder():
    assert check_name("a" * 100, "project") == "a" * 100
    with pytest.raises(UsageError, match=r'project "aaaaaaaaaaaaaaaaaaaa…" has 400 characters'):
        check_name("a" * 400, "project")


@pytest.mark.parametrize(
    ("root", "name", "place"),
    [
        ("/data", "cam/a.jpg", "/data/cam/a.jpg"),
        ("/data", "/elsewhere/a.jpg", "/elsewhere/a.jpg"),
        ("/data", "s3://bucket/a.jpg", "s3://bucket/a.jpg"),
        ("s3://bucket/images", "cam/a.jpg", "s3://bucket/images/cam/a.jpg"),
        ("/data", "", "/data"),
    ],
)
def test_an_image_is_in_its_folder_unless_its_name_says_where(root: str, name: str, place: str) -> None:
    assert joined(root, name) == place


def test_only_a_url_is_remote() -> None:
    assert is_remote("https://host/a.png")
    assert not any(map(is_remote, ("", "a.png", "/data/a.png", "c:/a.png", "cam/a://b.png")))
