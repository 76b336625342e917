"""What a list of failed tasks, and a search for bad nodes, had before them."""

from __future__ import annotations

from batchdoctor.core.checked import Checked, blind_spots
from batchdoctor.core.text.wording import plural

# Programs that fail now and then on one input in twenty are the background of any account.
RARE_SHARE = 0.05
_UNREAD = "not everything could be read"


def examined_jobs(jobs: int, *, whole: bool, cut: bool = False) -> tuple[Checked, ...]:
    """Jobs whose failed tasks were listed; `cut` says that the list was ended early on purpose."""
    problem = None if whole else _UNREAD
    if cut and whole:
        problem = "the list was cut by --limit"
    objects = jobs if jobs or whole else None
    return (Checked(check="failed-tasks", objects=objects, of="jobs", problem=problem),)


def examined_nodes(nodes: int, jobs: int, *, whole: bool) -> tuple[Checked, ...]:
    """Nodes whose state was looked at, and jobs whose failures were weighed against them."""
    problem = None if whole else _UNREAD
    return (
        Checked(
            check="node-states",
            objects=nodes if nodes or whole else None,
            of="nodes",
            problem=problem,
        ),
        Checked(
            check="node-failures",
            objects=jobs if jobs or whole else None,
            of="jobs",
            problem=problem,
        ),
    )


def examined_node(runs: int | None, *, compared: bool) -> tuple[Checked, ...]:
    """One node: its own state, and its counters of tasks, which an old node may not have."""
    failures = Checked(check="node-failures", objects=runs, of="tasks run since it was allocated")
    if runs is None:
        failures = Checked(
            check="node-failures",
            objects=None,
            of="tasks run since it was allocated",
            problem="the node does not count its tasks",
        )
    elif not compared:
        failures = Checked(
            check="node-failures",
            objects=runs,
            of="tasks run since it was allocated",
            problem="the other nodes of its pool could not be read to compare it with",
        )
    return (Checked(check="node-states", objects=1, of="nodes"), failures)


def no_failed_tasks(checked: tuple[Checked, ...], when: str) -> str:
    """The sentence for a list without any failed task."""
    jobs = checked[0].objects or 0
    among = f"{plural(jobs, 'job')} ({when})"
    if blind := blind_spots(checked):
        return f"No failed task was found in {among}, and that is not all: {'; '.join(blind)}."
    return f"No failed tasks in {among}."


def no_suspects(checked: tuple[Checked, ...], among: str) -> str:
    """The sentence for nodes of which none is accused."""
    if blind := blind_spots(checked):
        return f"No suspect node was found among {among}, and that is not all: {'; '.join(blind)}."
    return f"No suspect nodes among {among}."


def sound_node(checked: tuple[Checked, ...], aside: str, failed: int = 0) -> str:
    """The sentence for a node whose record has nothing against it.

    Why tasks `failed` there is not looked at: the disk of the node may be full, and they say so.
    """
    runs = next(check for check in checked if check.check == "node-failures")
    if failed > RARE_SHARE * (runs.objects or 0):
        return (
            f"Nothing wrong was found with the node itself{aside}; why {failed:,} of"
            f" {runs.objects or 0:,} {runs.of} failed is not looked at here."
        )
    if blind := blind_spots(checked):
        return f"Nothing wrong was found with the node itself{aside}; not known: {blind[0]}."
    return f"Nothing is wrong with the node itself{aside} (now, and in {runs.objects:,} {runs.of})."
