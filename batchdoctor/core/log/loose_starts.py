"""Which runs those starts belong to that name no requeue count, as all starts up to 2026.

A task that is requeued starts again, often on another node, and its old starts differ in nothing
but node and time. So starts are kept apart by node until all that is known of a task is together;
only then each is given to the run that ended there, and those that are left are runs of their own.
Of two starts on one node nothing tells whether they are two runs or one told twice: they are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from batchdoctor.core.log.attempt import (
    ENDED,
    EVENTS,
    LOOSE,
    START,
    Names,
    NodeName,
    halves_of,
)
from batchdoctor.core.log.attempt_key import (
    REQUEUES,
    RETRIES,
    VERSION,
    Key,
    Recent,
    joined,
    parts,
)


def paired(names: Names, rows: Mapping[Key, Recent]) -> tuple[dict[Key, Recent], dict[Key, Key]]:
    """Give each start its run; `rows` are all that is known of some tasks.

    Also of each start that became a run of its own the key that it was waiting under.
    """
    found, waited = dict(rows), dict[Key, Key]()
    # Most tasks have one row, of which nothing need be put together.
    tasks = [key[0] for key in rows]
    if len(set(tasks)) == len(tasks):
        return found, waited
    several = {task for task, times in Counter(tasks).items() if times > 1}
    groups: dict[tuple[int, int, int], dict[Key, Recent]] = {}
    for key, recent in rows.items():
        if key[0] in several:
            name = (key[0], key[1] & VERSION, key[2] >> RETRIES)
            groups.setdefault(name, {})[key] = recent
    for group in groups.values():
        if len(group) > 1 and any(packed & LOOSE for packed, _ in group.values()):
            for key in group:
                del found[key]
            waited |= _pair(names, group)
            found |= group
    return found, waited


def _pair(names: Names, group: dict[Key, Recent]) -> dict[Key, Key]:
    """Put the runs of one version and retry in place of their parts; where starts waited."""
    told = [part for key, recent in group.items() for part in parts(names, key, *recent)]
    starts: dict[Key, Recent] = {}
    runs: dict[Key, Recent] = {}
    for key, packed, when in told:
        kept = starts if packed & EVENTS == LOOSE else runs
        kept[key] = joined(names, kept.get(key), packed, when)
    _match(names, starts, runs)
    waited = _number(names, starts, runs)
    group.clear()
    group |= runs
    return waited


def _match(names: Names, starts: dict[Key, Recent], runs: dict[Key, Recent]) -> None:
    """Give starts to the runs of one version and retry: to those of the same node first."""
    for same_node in (True, False):
        for key in sorted(starts, key=lambda key: _order(names, starts[key])):
            run = _run_of(names, starts[key], runs, same_node=same_node)
            if run is not None:
                runs[run] = joined(names, runs[run], *starts.pop(key))


def _run_of(
    names: Names, start: Recent, runs: Mapping[Key, Recent], *, same_node: bool
) -> Key | None:
    """The first run without a start that this one may be of."""
    for key in sorted(runs, key=lambda key: key[2]):
        packed = runs[key][0]
        # A requeue may be told with the number of the next run, except the first.
        if packed & LOOSE or (_is_requeue_only(packed) and key[2] & REQUEUES):
            continue
        if names.node(packed) == names.node(start[0]) if same_node else not packed & START:
            return key
    return None


def _number(names: Names, starts: Mapping[Key, Recent], runs: dict[Key, Recent]) -> dict[Key, Key]:
    """Make runs of the starts that are left, with requeue counts that are free."""
    taken = {key[2] & REQUEUES for key in runs if not _is_requeue_only(runs[key][0])}
    versioned = next((key[1] for key in runs), None)
    free = (number for number in range(REQUEUES + 1) if number not in taken)
    waited = {}
    for key in sorted(starts, key=lambda key: _order(names, starts[key])):
        task, own, tag = key
        run = (task, own if versioned is None else versioned, tag | next(free, REQUEUES))
        packed, when = starts[key]
        # Where a requeue was told from is where the run before was.
        runs[run] = packed | runs.get(run, (0, 0))[0] & EVENTS, when
        waited[run] = key
    return waited


def _is_requeue_only(packed: int) -> bool:
    return not packed & (ENDED | START | LOOSE)


def _order(names: Names, start: Recent) -> tuple[int, NodeName]:
    return halves_of(start[1])[0], names.node(start[0])
