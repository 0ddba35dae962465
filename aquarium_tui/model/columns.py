"""Typed columns of tables; absent is a mask or a code, never a magic number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ValueType = Literal["number", "boolean", "date"]


@dataclass(frozen=True)
class Text:
    """Dictionary-coded text.

    Attributes:
        codes: `(n,)` int32, position in the dictionary, -1 where absent.
        offsets: `(words + 1,)` int64, where each word starts in `blob`.
        blob: uint8, the words of the dictionary as UTF-8, end to end.
    """

    codes: NDArray[np.int32]
    offsets: NDArray[np.int64]
    blob: NDArray[np.uint8]

    @classmethod
    def from_words(cls, words: Sequence[str], codes: NDArray[np.int32] | None = None) -> "Text":
        """A column whose dictionary is `words`; without codes, row i holds word i."""
        encoded = [word.encode("utf-8", "surrogatepass") for word in words]
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        if codes is None:
            codes = np.arange(len(words), dtype=np.int32)
        return cls(codes, offsets, np.frombuffer(b"".join(encoded), np.uint8))

    @classmethod
    def from_values(cls, values: Iterable[str | None]) -> "Text":
        """A column of `values`, each distinct one stored once, in order of first appearance."""
        words: dict[str, int] = {}
        codes = [-1 if v is None else words.setdefault(v, len(words)) for v in values]
        return cls.from_words(list(words), np.array(codes, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str | None:
        code = int(self.codes[row])
        return None if code < 0 else self.word(code)

    def __iter__(self) -> Iterator[str | None]:
        return (None if code < 0 else self.words[code] for code in self.codes.tolist())

    def word(self, code: int) -> str:
        """One word of the dictionary."""
        start, stop = self.offsets[code], self.offsets[code + 1]
        return bytes(self.blob[start:stop]).decode("utf-8", "surrogatepass")

    @cached_property
    def words(self) -> list[str]:
        """The whole dictionary."""
        return [self.word(code) for code in range(len(self.offsets) - 1)]

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """`(n,)` bool, true where absent."""
        return np.asarray(self.codes < 0)

    def take(self, rows: NDArray[Any]) -> "Text":
        """The column of those rows, over the same dictionary."""
        return Text(self.codes[rows], self.offsets, self.blob)


@dataclass(frozen=True)
class Values:
    """Numbers (float64), booleans (bool) or dates (datetime64[us], UTC), with a mask of the absent.

    Attributes:
        kind: What the values are.
        values: `(n,)`; what stands where `missing` is true means nothing.
        missing: `(n,)` bool.
    """

    kind: ValueType
    values: NDArray[Any]
    missing: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, row: int) -> object:
        return None if self.missing[row] else self.values[row].item()

    def take(self, rows: NDArray[Any]) -> "Values":
        """The column of those rows."""
        return Values(self.kind, self.values[rows], self.missing[rows])


Column = Text | Values
