"""How many processes may read at once on this machine."""

from __future__ import annotations

import os

# More than this many read faster than any disk delivers.
_MOST = 16


def processors() -> int:
    """Processors that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, _MOST)
