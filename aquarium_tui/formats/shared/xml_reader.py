"""XML that may be hostile: without document types and entities, which can expand without end."""

from pathlib import Path
from xml.etree import ElementTree as Xml

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.format import read_text
from aquarium_tui.model.names import visible

_ENTITIES = ("<!DOCTYPE", "<!ENTITY")
Element = Xml.Element


def read_xml(path: Path, root: str) -> Element:
    """The outermost element of the file at `path`, which must be called `root`.

    Raises:
        InputError: The file cannot be read, is not well-formed, declares entities, or has another element.
    """
    text = read_text(path)
    if any(word in text for word in _ENTITIES):
        raise InputError("it has a document type or entities, which are not read")
    try:
        found = Xml.fromstring(text)
    except Xml.ParseError as error:
        raise InputError(f"not well-formed: {visible(str(error))}") from error
    if found.tag != root:
        raise InputError(f"its element is <{visible(found.tag)}>, not <{root}>")
    return found
