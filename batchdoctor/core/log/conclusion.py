"""What is known once a whole log has been read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from batchdoctor.core.log.summary import Summary
from batchdoctor.core.problem import Problem
from batchdoctor.core.suspicion.suspect_node import SuspectNode


class Conclusion(msgspec.Struct, frozen=True):
    """The log in numbers, the nodes that stand out, and what could not be read."""

    summary: Summary
    suspects: Sequence[SuspectNode]
    problems: Sequence[Problem]
