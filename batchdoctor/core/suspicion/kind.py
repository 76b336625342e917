"""What kind of task an id stands for: its letters, without what numbers one task of many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from operator import gt

# Hexadecimal words that hold a digit, as parts of a UUID do, and everything that is no letter.
_VARYING = re.compile(r"(?<![A-Za-z0-9])(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]+(?![A-Za-z0-9])|[^A-Za-z]")
_DIGITS = "0123456789"
_PRIME, _OFFSET = 0x01000193, 0x811C9DC5


def kind_of(task_id: str) -> int:
    """Sixteen bits that tasks of one kind share: `small-0017` and `small-0018`, not `large-0017`.

    The compiled counting finds the same number.
    """
    # Of digits at the end it only matters that there are some: most tasks share what is before.
    head = task_id.rstrip(_DIGITS)
    return _kind_of(task_id) if len(head) == len(task_id) else _numbered(head)


def kinds_in(task_ids: Sequence[str]) -> Iterable[int]:
    """The same of each of many ids."""
    heads = list(map(str.rstrip, task_ids, repeat(_DIGITS)))
    if all(map(gt, map(len, task_ids), map(len, heads))):
        return map(_numbered, heads)
    return map(kind_of, task_ids)


@lru_cache(maxsize=4096)
def _numbered(head: str) -> int:
    """The kind of ids that have some digits after this."""
    return _kind_of(head + "0")


@lru_cache(maxsize=4096)
def _kind_of(task_id: str) -> int:
    letters = _VARYING.sub("", task_id)
    if not letters:
        return 0
    number = _OFFSET
    for letter in letters.encode():
        number = (number ^ letter) * _PRIME & 0xFFFFFFFF
    return (number ^ number >> 16) & 0xFFFF
