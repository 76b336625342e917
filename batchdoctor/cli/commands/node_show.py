"""`node show`: one node, what is wrong with it, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.change_options import Pool
from batchdoctor.cli.options import node_names
from batchdoctor.core.names import NodeName
from batchdoctor.errors import ExitCode, UsageError, worst

if TYPE_CHECKING:
    from batchdoctor.core.nodes.reason import Reason
    from batchdoctor.core.records import Node
    from batchdoctor.work.reading.reading import Reading

OneNode = Annotated[str, typer.Argument(help="NODE with --pool, or POOL/NODE.", metavar="NODE")]


def one_node(call: Call, node: str, pool: str | None) -> NodeName:
    """The one node that was named. Raises UsageError."""
    names = node_names([node], pool, call.world)
    if len(names) > 1:
        raise UsageError("This takes one node only.", hint="name a single POOL/NODE")
    return names[0]


def show(call: Call, node: OneNode, pool: Pool = None) -> int:
    """Show one node: state, errors explained, start task, recent tasks, next step.

    Example: batchdoctor node show render/tvm-1
    """
    from batchdoctor.report.node_page import NodeAnswer
    from batchdoctor.work.diagnosis.start_task_words import start_task_words
    from batchdoctor.work.reading.reading import Reading

    name = one_node(call, node, pool)
    with call.client() as client:
        reading = Reading(call.world, client)
        record = client.node(name.pool_id, name.node_id)
        reading.begun = True
        failing = _failing(reading, record)
        head = call.head(client)
        words = start_task_words(reading, record)
        call.write(NodeAnswer(head, record, failing, reading.problems, words).document())
        reading.finish()
    return worst([reading.status, ExitCode.OK])


def _failing(reading: Reading, node: Node) -> Reason | None:
    """Whether more failed on the node than on the others of its pool, which are listed for that."""
    from batchdoctor.core.suspicion.node_failures import may_fail_often, often_failed

    if not may_fail_often(node):
        return None
    pool = reading.client.nodes(node.pool_id)
    return often_failed(node, reading.each(f"the nodes of pool {node.pool_id}", pool))
