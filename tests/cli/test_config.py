"""`config --check`, and what the shell is offered at Tab."""

import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from aquarium_tui.cli import completion
from aquarium_tui.cli.app import app
from tests.tui.scene import make_store


def check(path: Path, text: str) -> tuple[int, str]:
    path.write_text(text)
    run = CliRunner().invoke(app, ["config", "--check"], env={"AQUARIUM_CONFIG": str(path)})
    error = run.exception
    return run.exit_code, run.output + (str(error) if error else "")


def test_everything_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    code, told = check(path, 'theme = "nord"\n[keys]\n"metrics.next_view" = "Z"\n')
    assert code == 0
    assert "nothing to fix" in told
    code, told = check(
        path, 'theme = "plaid"\n[keys]\n"metrics.nxt_view" = "V"\n[[commands]]\nkey = "v"\nrun = "x"\n'
    )
    assert code
    assert 'no action "metrics.nxt_view"' in told
    assert "line 1: there is no theme plaid" in told
    assert "already means metrics.next_view" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[defaults]\nconfidence = 2", "line 2: confidence is set to 2"),
        ('[defaults]\nrule = "luck"', "line 2: rule is set to 'luck'"),
        ("[columns]\nframes = 3", "line 2: the columns of frames"),
        ('[themes.mine]\nbackground = "#000000"', "the theme mine has no primary colour"),
        ('[themes.mine]\nprimary = "red"', "line 2: primary is set to 'red'"),
        ('[[commands]]\nkey = "E"', "a command needs a key and what to run"),
        ('[[commands]]\nkey = "E"\nrun = "x"\noutput = "loud"', "output is set to 'loud'"),
        ("mouse = 1", "line 1: mouse is set to 1"),
    ],
)
def test_settings_of_tables_are_checked(tmp_path: Path, text: str, told: str) -> None:
    code, said = check(tmp_path / "config.toml", text)
    assert code
    assert told in said


def test_the_shell_is_offered_what_is_in_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    context = typer.Context(typer.main.get_command(app))
    context.params = {"dataset": "street/val"}

    def words(offered: list[tuple[str, str]]) -> list[str]:
        return [word for word, _ in offered]

    assert words(completion.datasets("st")) == ["street/val"]
    assert words(completion.contents("street/val/")) == ["street/val/model_a", "street/val/model_b"]
    assert words(completion.sets(context, "model")) == ["model_a", "model_b"]
    assert words(completion.cells(context, "ca")) == ["car:"]
    assert "car:background" in words(completion.cells(context, "car:"))
    assert "label.class" in words(completion.words_of_query(context, "label.cl"))
    assert 'label.class = "car"' in words(completion.words_of_query(context, "label.class = "))
    context.params = {}
    assert completion.sets(context, "") == []


def test_tab_completes_in_a_shell(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    asked = {
        **os.environ,
        "AQUARIUM_HOME": str(store.root),
        "_AQUARIUM_TUI_COMPLETE": "complete_bash",
        "COMP_WORDS": "aquarium-tui compare street/val --base ",
        "COMP_CWORD": "4",
    }
    run = CliRunner().invoke(app, [], prog_name="aquarium-tui", env=asked)
    assert run.output.split() == ["model_a", "model_b"]
