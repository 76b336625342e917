"""`node show`: one node, what is wrong with it, and what to type next."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import Pool
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import FailOn, FailOnSeverity, node_names
from batchdoctor.core.checked import Span
from batchdoctor.core.names import NodeName
from batchdoctor.core.suspicion.node_story import NodeStory
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.node_page import NodeAnswer
from batchdoctor.work.changes.unended import tell_unended
from batchdoctor.work.diagnosis.node import read_node
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.reading.whereabouts import located

app = noun("node")


OneNode = Annotated[str, typer.Argument(help="NODE with --pool, or POOL/NODE.", metavar="NODE")]


def one_node(call: Call, node: str, pool: str | None, *, anywhere: bool = False) -> NodeName:
    """The one node that was named, `anywhere` perhaps without its pool. Raises UsageError."""
    names = node_names([node], pool, call.world, anywhere=anywhere)
    if len(names) > 1:
        raise UsageError("This takes one node only.", hint="name a single POOL/NODE")
    return names[0]


@command(app, "show", live=True, watched=True)
def show(
    call: Call,
    node: Annotated[str, typer.Argument(help="NODE, of any pool, or POOL/NODE.", metavar="NODE")],
    pool: Pool = None,
    fail_on: FailOnSeverity = None,
) -> int:
    """Show one node: state, errors explained, start task, recent tasks, next step.

    Example: batchdoctor node show render/tvm-1
    """
    name = one_node(call, node, pool, anywhere=True)
    with call.client() as client:
        (name,) = located(client, [name])
        reading = Reading(call.world, client)
        story = read_node(reading, name)
        head = call.head(client, at=story.at, span=Span(story.node.allocation_time, story.at))
        call.write(NodeAnswer(head, story, reading.problems).document())
        call.finish(reading)
        tell_unended(call.journal(client), [str(name)])
    return worst([reading.status, status_of_node(story, fail_on)])


def status_of_node(story: NodeStory, fail_on: FailOn | None) -> ExitCode:
    """A broken node is an error, one that fails more than its pool a warning, the rest a note."""
    found = {
        FailOn.ERROR: bool(story.broken),
        FailOn.WARNING: bool(story.broken or story.failing),
        FailOn.ANY: bool(story.reasons),
    }
    return ExitCode.FINDINGS if fail_on and found[fail_on] else ExitCode.OK
