"""The colours of a project's classes in pictures, and in everything that stands beside them."""

from dataclasses import dataclass

from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.picture import Color
from aquarium_tui.render.palette import Palette


@dataclass(frozen=True)
class ClassColors:
    """The colour of each class: its own, else one of the palette.

    Attributes:
        classes: The class map.
        palette: Colours for classes that name none.
    """

    classes: ClassMap
    palette: Palette

    def entry(self, position: int) -> Color:
        """The colour of the class at a position of the class map."""
        return self.classes.entries[position].color or self.palette.class_color(position)

    def evaluated(self, position: int) -> Color:
        """The colour of an evaluated class: that of its first entry in the class map."""
        return self.entry(self.classes.evaluated.tolist().index(position))

    def evaluated_hex(self, position: int) -> str:
        """The colour of an evaluated class as `#rrggbb`."""
        return "#" + bytes(self.evaluated(position)).hex()
