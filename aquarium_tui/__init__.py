"""Compare two models' inferences on one labelled dataset, in the terminal."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from aquarium_tui.client.opened import open_comparison as open  # noqa: A004

__all__ = ["__version__", "open"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """`open` is loaded when it is asked for, so that `--version` answers at once."""
    if name == "open":
        from aquarium_tui.client.opened import open_comparison

        return open_comparison
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
