"""What a terminal may send, and what it should not: byte strings for tests of the keyboard."""

import random
from collections.abc import Iterator

# Each of these ended Textual's input thread, or hung the program, with Textual 8.2.8.
HARMFUL = {
    "a Latin-1 paste without brackets": b"caf\xe9",
    "a Latin-1 paste": b"\x1b[200~caf\xe9\xff\x1b[201~",
    "an old mouse report past column 95": b"\x1b[M \xa0!",
    "an old mouse report that looks like UTF-8": b"\x1b[M \xc3\xa9",
    "half a character": b"\xe2\x82",
    "an 8-bit control sequence": b"\x9b31m",
    "a window without pixels, then the mouse": b"\x1b[48;24;80;0;0t\x1b[<0;5;5M\x1b[<0;5;5m",
    "a window without cells": b"\x1b[48;0;0;0;0t",
    "a huge window": b"\x1b[48;99999;99999;999990;999990t",
    "a key with a count of twelve digits": b"\x1b[999999999999;5A",
    "a key beyond Unicode": b"\x1b[1114112u",
    "half a surrogate pair": b"\x1b[55296;1u\x1b[97;1;55296u",
    "a mouse far away": b"\x1b[<0;99999999;99999999M\x1b[<0;99999999;99999999m",
}
_FINALS = b"ABCDHFPQRSZuczmMtTnyI~$"
_STARTS = b"\x1b[ \x1b[< \x1b[? \x1b[M \x1bO \x1bP \x1b] \x1b_G \x9b \x1b\x1b".split()


def random_strings(seed: int, count: int) -> Iterator[bytes]:
    """Byte strings, half of them like sequences that terminals send; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.randrange(4)
        if kind == 0:
            yield chance.randbytes(chance.randrange(1, 40))
        elif kind == 1:
            yield chance.choice(list(HARMFUL.values()))[: chance.randrange(1, 20)]
        else:
            known = ("", "0", "1", "27", "48", str(chance.randrange(10**12)))
            numbers = [chance.choice(known) for _ in range(chance.randrange(6))]
            text = chance.choice(";;;:").join(numbers).encode()
            yield chance.choice(_STARTS) + text + bytes([chance.choice(_FINALS)])
