"""A file whose name is there only when all of its bytes are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from batchdoctor.machine import give_mode
from batchdoctor.work.files.halves import HALVES

# In bytes a name may have 255; a character has up to four.
_LONGEST_PREFIX = 50


@contextmanager
def atomic_file(target: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the name `target` at the end of the block.

    Who may read it says `mode`, or the process's mask. If the block fails, what was there before
    stays and no half is left behind. Raises OSError.
    """
    prefix = f".{target.name[:_LONGEST_PREFIX]}."
    handle, part = HALVES.new(target.parent, prefix)
    try:
        with os.fdopen(handle, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        give_mode(part, mode)
        HALVES.finish(part, target)
    except BaseException:  # an interrupted download must not leave its half behind either
        HALVES.drop(part)
        raise
