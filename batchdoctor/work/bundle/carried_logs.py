"""The event logs that a bundle carries, to be read as those of a folder are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import BufferedReader, BytesIO, RawIOBase
from typing import cast

from batchdoctor.events.source import Source
from batchdoctor.work.bundle.manifest import Part
from batchdoctor.work.bundle.opened import Bundle


def carried_logs(bundle: Bundle) -> Sequence[Source]:
    """Each log as a source, which is checked when it is opened; raises InputError then."""
    return [
        Source(part.of[0] if part.of else part.path, opener=partial(_opened, bundle, part))
        for part in bundle.parts("log")
    ]


def _opened(bundle: Bundle, part: Part) -> BufferedReader:
    return BufferedReader(cast("RawIOBase", BytesIO(bundle.data(part))))
