"""Regular expressions on many words, fenced: none can keep the program waiting for ever."""

import marshal
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from math import comb

import numpy as np

from aquarium_tui.query.texts import Hits

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
