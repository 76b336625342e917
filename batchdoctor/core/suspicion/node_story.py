"""One node with all that was read about it: what is against it, and what to type next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from batchdoctor.core.nodes.advice import NodeCommands, advice_for
from batchdoctor.core.nodes.boots import boot_reasons
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.nodes.trouble import broken_reasons, other_reasons
from batchdoctor.core.records import Node, same
from batchdoctor.core.remedies.node_error import steps_for
from batchdoctor.core.remedies.start_task import start_steps
from batchdoctor.core.suspicion.node_failures import failed_task_of
from batchdoctor.core.suspicion.node_item import NodeItem, node_item
from batchdoctor.core.text.step import Step, filled, run
from batchdoctor.core.words import Words

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause


class NodeStory(msgspec.Struct, frozen=True, kw_only=True):
    """A node as it was `at` a moment."""

    node: Node
    at: datetime
    failing: Reason | None = None
    """That more failed on it than on the others of its pool, if so."""
    words: Words | None = None
    """What a failed start task wrote last, and where; None where that is not known."""
    cause: Cause | None = None
    """What those words tell."""
    communication_mode: str | None = None
    """How the nodes of its pool communicate; not known unless advice depends on it."""

    @property
    def broken(self) -> list[Reason]:
        """Why it cannot be expected to run tasks."""
        return broken_reasons(self.node, self.at)

    @property
    def reasons(self) -> list[Reason]:
        """All that is worth knowing, the gravest first."""
        failing = [self.failing] if self.failing else []
        booted = boot_reasons(self.node, self.at)
        return [*self.broken, *failing, *other_reasons(self.node), *booted]

    @property
    def advice(self) -> tuple[Step, ...]:
        """What to do, the safest first."""
        node = self.node
        steps = advice_for(
            NodeCommands(node.pool_id, node.id),
            {reason.kind for reason in self.reasons},
            accused=False,
            disabled=same(node.scheduling_state, "disabled"),
            start_task_fails_everywhere=False,
            start_task=node.start_task_info,
            failed_task=failed_task_of(node),
            error_steps=steps_for(node.errors or (), node.pool_id, node.id),
            start_steps=start_steps(node, self.words.file if self.words else None),
            leaving=same(node.state, "leavingpool"),
            communication_mode=self.communication_mode,
        )
        of_cause = self._steps_of_cause()
        sentences = [step for step in of_cause if step.run is None]
        return tuple(dict.fromkeys([*sentences, *self._look(), *of_cause, *steps]))

    def _look(self) -> tuple[Step, ...]:
        """The step that reads on where a failed start task has words, which disturbs nothing."""
        file = self.words.file if self.words else None
        commands = NodeCommands(self.node.pool_id, self.node.id)
        return (run(commands.start_task_file(file)),) if file else ()

    def _steps_of_cause(self) -> tuple[Step, ...]:
        """What helps with the cause that the words of the start task tell."""
        if self.cause is None:
            return ()
        return filled(self.cause.entry.steps, {"POOL": self.node.pool_id, "NODE": self.node.id})

    @property
    def item(self) -> NodeItem:
        """The node as an item of an answer."""
        verdict: Literal["broken", "watch", "sound"] = "watch" if self.failing else "sound"
        return node_item(
            self.node,
            "broken" if self.broken else verdict,
            self.reasons,
            self.advice,
            self.at,
            words=self.words,
            cause=self.cause,
        )
