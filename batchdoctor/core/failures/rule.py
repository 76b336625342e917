"""What a rule of classification is made of."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from batchdoctor.core.failures.signs import Evidence
from batchdoctor.core.meaning.category import Category


class Rule(msgspec.Struct, frozen=True):
    """One line of the table."""

    name: str
    matches: Callable[[Evidence], bool]
    category: Category
    reason: str
    """A sentence; may name the {code}, the {exit} code, the {limit}, the {job_end}, the {node}.
    What the details tell is the {quote}."""
    guessed: bool = False
