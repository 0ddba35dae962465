"""Tests of text columns: each distinct word is looked at once."""

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Text
from aquarium_tui.query.patterns import Hits
from aquarium_tui.query.schema import RowMask

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def rows_with(text: Text, hits: Hits) -> RowMask:
    """`(n,)`: the rows whose word is among the hits; never an absent one."""
    found = np.flatnonzero(hits)
    if len(found) == 1:
        return np.asarray(text.codes == found[0])
    if len(found) == 0:
        return np.zeros(len(text), bool)
    if len(found) == len(hits):
        return np.asarray(text.codes >= 0)
    return np.asarray(np.append(hits, False)[text.codes])


def same_as(text: Text, word: str) -> Hits:
    """The words that are `word`: compared as bytes, without decoding the dictionary."""
    wanted = np.frombuffer(word.encode("utf-8", "surrogatepass"), np.uint8)
    hits = np.diff(text.offsets) == len(wanted)
    alike = np.flatnonzero(hits)
    letters = text.blob[text.offsets[alike, np.newaxis] + np.arange(len(wanted))]
    hits[alike] = (letters == wanted).all(axis=1)
    return np.asarray(hits)


def among(text: Text, words: Iterable[str]) -> Hits:
    """The words that are one of `words`."""
    wanted = set(words)
    return passing(text, wanted.__contains__)


def passing(text: Text, test: Callable[[str], bool]) -> Hits:
    """The words that pass a test."""
    return np.fromiter(map(test, text.words), bool, len(text.words))


def ranks(texts: Iterable[Text], key: Callable[[str], Any]) -> list[NDArray[np.int64]]:
    """Of each column `(n,)` int64 the rank of its word among all words of all columns, -1 where absent."""
    columns = list(texts)
    order = {word: i for i, word in enumerate(sorted({key(word) for text in columns for word in text.words}))}
    return [
        np.append(np.array([order[key(word)] for word in text.words], np.int64), -1)[text.codes]
        for text in columns
    ]
