"""After a change to nodes: what to type to see how it goes, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from batchdoctor.core.names import NodeName
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, quoted, run, say

# More names make a line that nobody copies.
_MOST_NAMED = 6
_BACK = {"disable": "enable", "enable": "disable", "deallocate": "start", "start": "deallocate"}
_NO_BACK = {
    "reboot": "There is no way back: the node comes up again by itself, and runs its start task.",
    "reimage": "There is no way back: what was on the node is gone, and its start task runs anew.",
}
_SEE, _UNDO = "To see how it goes", "The way back"

Targets = tuple[int | None, int | None]


def afterwards(
    action: str, names: Sequence[NodeName], targets: Mapping[str, Targets]
) -> tuple[Step, ...]:
    """Steps after an action on some nodes; what was said of the first stands for the others.

    `targets` are the dedicated and spot nodes that each pool of removed nodes was to have before.
    """
    pools = list(dict.fromkeys(name.pool_id for name in names))
    if len(names) == 1 and action != "remove":
        see = [run(command_line("node", "show", str(names[0])), _SEE)]
    else:
        see = [run(command_line("pool", "diagnose", pool), _SEE) for pool in pools]
    return (*see, *_way_back(action, names, pools, targets))


def _way_back(
    action: str, names: Sequence[NodeName], pools: Sequence[str], targets: Mapping[str, Targets]
) -> Iterator[Step]:
    if action in _NO_BACK:
        yield say(_NO_BACK[action])
    elif action == "remove":
        for pool in pools:
            if pool in targets:
                yield run(_resize(pool, targets[pool]), f"{_UNDO}, with new nodes")
            else:
                yield say(f"The formula of the pool {pool} decides whether new nodes come.")
    elif len(names) <= _MOST_NAMED:
        yield run(command_line("node", _BACK[action], *map(str, names)), _UNDO)
    elif action == "disable":
        for pool in pools:
            yield run(command_line("node", "enable", "--mine", pool=pool), _UNDO)
    else:
        yield say(f"{_UNDO} is node {_BACK[action]} with the same names.")


def _resize(pool: str, targets: Targets) -> str:
    """The line of az that asks for as many nodes as before.

    https://learn.microsoft.com/cli/azure/batch/pool#az-batch-pool-resize
    """
    options = ("--target-dedicated-nodes", "--target-low-priority-nodes")
    wanted = [f"{name} {count}" for name, count in zip(options, targets, strict=True) if count]
    return " ".join(["az batch pool resize --pool-id", quoted(pool), *wanted])
