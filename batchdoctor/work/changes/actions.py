"""The changes that can be made to nodes: what each is called, does, and ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from batchdoctor.core.nodes import goal as node_goal
from batchdoctor.core.nodes.goal import Goal
from batchdoctor.core.records import Node
from batchdoctor.service import actions
from batchdoctor.service.actions import ActionResult
from batchdoctor.service.client import Client

Act = Callable[[Client, str, Sequence[str], str], ActionResult]


class Action(msgspec.Struct, frozen=True):
    """A kind of change: its name for machines, and its sentences for people.

    `effects` says what each option does to the tasks that run on the node; there are none for a
    change that disturbs no task. `is_there` tells of a node before the change that it is as asked
    already, or on its way, so that `already` is all there is to say. `at_once` is how many nodes
    of a pool one request takes, and `restarts` whether the node's start task runs again.
    """

    name: str
    intent: str
    done: str
    already: str
    effects: Mapping[str, str]
    act: Act
    goal: Goal
    is_there: Callable[[Node], bool]
    at_once: int = 1
    restarts: bool = False

    @property
    def takes_out(self) -> bool:
        """Whether the pool has fewer schedulable nodes afterwards, for a while at least."""
        return bool(self.effects)


_EFFECTS = {
    "requeue": "stopped and queued again",
    "terminate": "ended as failed",
    "taskcompletion": "left to finish first",
}
_ALL_EFFECTS = {**_EFFECTS, "retaineddata": "left to finish, and their files kept as long as asked"}


def _each(act: Callable[[Client, str, str, str], ActionResult]) -> Act:
    return lambda client, pool_id, node_ids, option: act(client, pool_id, node_ids[0], option)


def _without_option(act: Callable[[Client, str, str], ActionResult]) -> Act:
    return lambda client, pool_id, node_ids, _option: act(client, pool_id, node_ids[0])


DISABLE = Action(
    name="disable",
    intent="disable scheduling on",
    done="scheduling disabled",
    already="scheduling was disabled already",
    effects=_EFFECTS,
    act=_each(actions.disable_scheduling),
    goal=node_goal.disabled,
    is_there=node_goal.is_disabled,
)
ENABLE = Action(
    name="enable",
    intent="enable scheduling on",
    done="scheduling enabled",
    already="scheduling was enabled already",
    effects={},
    act=_without_option(actions.enable_scheduling),
    goal=node_goal.enabled,
    is_there=node_goal.is_enabled,
)
REBOOT = Action(
    name="reboot",
    intent="reboot",
    done="reboot asked for",
    already="a reboot was under way already",
    effects=_ALL_EFFECTS,
    act=_each(actions.reboot),
    goal=node_goal.restarted,
    is_there=node_goal.is_rebooting,
    restarts=True,
)
REIMAGE = Action(
    name="reimage",
    intent="reimage",
    done="reimage asked for",
    already="a reimage was under way already",
    effects=_ALL_EFFECTS,
    act=_each(actions.reimage),
    goal=node_goal.restarted,
    is_there=node_goal.is_reimaging,
    restarts=True,
)
DEALLOCATE = Action(
    name="deallocate",
    intent="deallocate",
    done="deallocation asked for",
    already="it was stopped or stopping already",
    effects=_ALL_EFFECTS,
    act=_each(actions.deallocate),
    goal=node_goal.deallocated,
    is_there=node_goal.is_stopped,
)
START = Action(
    name="start",
    intent="start",
    done="start asked for",
    already="it was up or starting already",
    effects={},
    act=_without_option(actions.start),
    goal=node_goal.started,
    is_there=node_goal.is_started,
    restarts=True,
)
REMOVE = Action(
    name="remove",
    intent="remove",
    done="removal asked for",
    already="it was gone or leaving already",
    effects=_ALL_EFFECTS,
    act=actions.remove,
    goal=node_goal.removed,
    is_there=node_goal.is_leaving,
    at_once=actions.MOST_NODES_AT_ONCE,
)
# The changes that take nodes away from their tasks, and share their options.
LEAVING: Mapping[str, Action] = {each.name: each for each in (REBOOT, REIMAGE, DEALLOCATE, REMOVE)}
