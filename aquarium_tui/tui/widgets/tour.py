"""Three lines for someone who is here for the first time."""

from textual.widgets import Static

from aquarium_tui.tui.keymap import Keymap


class Tour(Static):
    """What the most important keys do; its screen shows and hides it.

    Args:
        keymap: The keys.
    """

    DEFAULT_CSS = "Tour { display: none; height: 3; background: $panel; color: $accent; }"

    def __init__(self, keymap: Keymap) -> None:
        def signs(*actions: str) -> str:
            return " ".join(map(keymap.sign, actions))

        views = signs("metrics.next_view", "metrics.list", "metrics.report")
        steps = signs("view.confidence_down", "view.confidence_up")
        lines = (
            f"{signs('go.in')} lists the samples of a cell, then the picture; {signs('go.back')} goes back.",
            f"{views} change what you see, {steps} the confidence; {signs('query.open')} asks for frames.",
            f"{signs('app.keys')} lists all keys and signs. {signs('go.back')} closes these lines for good.",
        )
        super().__init__("\n".join(f" {line}" for line in lines), markup=False)
