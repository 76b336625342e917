"""A file whose name is there only when all of its bytes are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

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
    handle, part = HALVES.new(
        lambda: tempfile.mkstemp(prefix=prefix, suffix=".part", dir=target.parent)
    )
    try:
        with os.fdopen(handle, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        part.chmod(0o666 & ~_MASK if mode is None else mode)
        HALVES.finish(part, target)
    except BaseException:  # an interrupted download must not leave its half behind either
        HALVES.drop(part)
        raise


def _umask() -> int:
    """The process's mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


# Read once, because reading it changes it for a moment, and threads write files meanwhile.
_MASK = _umask()
