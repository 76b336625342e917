"""The words of one example of each group of failures, below the counts of the groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import FailureGroupWithStderr
from batchdoctor.report.page import Block, Verbatim

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause


class Words(Protocol):
    """What one task said last."""

    @property
    def lines(self) -> tuple[str, ...] | None:
        """Its last lines; None where they could not be read."""

    @property
    def place(self) -> str | None:
        """Where they stand."""

    @property
    def cause(self) -> Cause | None:
        """The cause that they tell."""


# Reads what the example of each group said.
Examples = Callable[[Mapping[str, Failure]], Mapping[str, Words]]


def example_blocks(groups: Sequence[FailureGroupWithStderr]) -> Sequence[Block]:
    """What the examples said, under the key of their group."""
    return [
        Verbatim(f"{group.key}: {group.name} says", list(group.stderr) or ["(empty)"])
        for group in groups
        if group.stderr is not None
    ]
