"""What is read once and by one thread: the catalogs, whichever thread needs them first.

msgspec works out an enumeration at its first use, and two threads that do so at the same moment end
the process (segmentation fault, seen with msgspec 0.22 and Python 3.11).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from threading import RLock
from typing import TypeVar

Read = TypeVar("Read")

# One for all: a catalog may need another one, and what they share is worked out once.
READING = RLock()


def read_once(read: Callable[[], Read]) -> Callable[[], Read]:
    """Have a function without arguments run once, and give what it gave then.

    What it raises is not kept.
    """
    kept = cache(read)

    @wraps(read)
    def given() -> Read:
        with READING:
            return kept()

    return given
