"""Tests of text columns: each distinct word is looked at once."""

import marshal
import operator
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Text
from aquarium_tui.query.schema import RowMask

Hits = NDArray[np.bool_]
"""`(words,)`: which words of a column's dictionary pass a test."""

MAX_PATTERN = 1_000
"""The longest pattern, in characters."""

SECONDS = 2.0
"""The longest that one pattern may take over all words."""

_STEPS = 2_000_000
_FORKS = re.compile(r"[*+?{|]")
_UNRULY = re.compile(r"\)\s*[*+{]|\\[1-9]|\(\?(?:P=|\(|#|[a-zA-Z-]*x)")
_CHILD = """
import marshal, re, sys
pattern, words = marshal.load(sys.stdin.buffer)
find = re.compile(pattern).search
sys.stdout.write("".join("01"[find(word) is not None] for word in words))
"""


class TooSlowError(Exception):
    """A pattern did not finish in `SECONDS`."""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search with.

    Raises:
        re.error: It is no regular expression, or longer than `MAX_PATTERN`.
    """
    if len(pattern) > MAX_PATTERN:
        raise re.error(f"it is longer than {MAX_PATTERN:,} characters", pattern, MAX_PATTERN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (OverflowError, RecursionError) as error:
        raise re.error("it repeats or nests too much", pattern, 0) from error


def search(pattern: re.Pattern[str], words: Sequence[str]) -> Hits:
    """`(words,)`: which words hold a match of `pattern`, as Python's `re.search` finds it.

    Python's matcher can need exponential time and cannot be interrupted. A pattern that may is run in a
    process of its own, which is ended when the time is up.

    Raises:
        TooSlowError: The time was up.
    """
    longest = max(map(len, words), default=0)
    return _in_child(pattern, words) if runs_away(pattern.pattern, longest) else _here(pattern, words)


def runs_away(pattern: str, longest: int) -> bool:
    """Whether one word of `longest` characters might take noticeable time.

    A matcher that goes back visits at most the ways of placing the pattern's forks in the word, unless a
    repeated group or a back-reference multiplies them.
    """
    forks = len(_FORKS.findall(pattern))
    return bool(_UNRULY.search(pattern)) or comb(longest + 2 * forks + 1, forks + 1) > _STEPS


def _here(pattern: re.Pattern[str], words: Sequence[str]) -> Hits:
    hits = np.zeros(len(words), bool)
    end = time.monotonic() + SECONDS
    for i, word in enumerate(words):
        hits[i] = pattern.search(word) is not None
        if time.monotonic() > end:
            raise TooSlowError
    return hits


def _in_child(pattern: re.Pattern[str], words: Sequence[str]) -> Hits:
    command = [sys.executable, "-I", "-S", "-c", _CHILD]
    sent = marshal.dumps((pattern.pattern, list(words)))
    try:
        done = subprocess.run(command, input=sent, capture_output=True, timeout=SECONDS, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise TooSlowError from error
    return np.asarray(np.frombuffer(done.stdout, np.uint8) == ord("1"))


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
