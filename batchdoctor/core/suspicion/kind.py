"""What kind of task an id stands for: its letters, without what numbers one task of many."""

from __future__ import annotations

import re
from functools import lru_cache

# Hexadecimal words that hold a digit, as parts of a UUID do, and everything that is no letter.
_VARYING = re.compile(r"(?<![A-Za-z0-9])(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]+(?![A-Za-z0-9])|[^A-Za-z]")
_PRIME, _OFFSET = 0x01000193, 0x811C9DC5


def kind_of(task_id: str) -> int:
    """Sixteen bits that tasks of one kind share: `small-0017` and `small-0018`, not `large-0017`.

    The compiled counting finds the same number.
    """
    head = task_id.rstrip("0123456789")
    # Digits that are a word of their own say nothing of the kind: most tasks share what is before.
    return _kind_of(task_id if head[-1:].isalnum() else head)


@lru_cache(maxsize=4096)
def _kind_of(task_id: str) -> int:
    letters = _VARYING.sub("", task_id)
    if not letters:
        return 0
    number = _OFFSET
    for letter in letters.encode():
        number = (number ^ letter) * _PRIME & 0xFFFFFFFF
    return (number ^ number >> 16) & 0xFFFF
