"""`node logs`: have nodes send the logs of their Batch agent to a blob container."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import Care, Nodes, Pool, Wait, WaitTimeout
from batchdoctor.cli.consent import agree, announce, announce_where
from batchdoctor.cli.error_text import with_refusals_told
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import names_in_short, node_names, parse_when
from batchdoctor.core.text.wording import listed, plural
from batchdoctor.errors import UsageError, worst
from batchdoctor.report.log_uploads import LogUploads
from batchdoctor.service.small_file import read_small
from batchdoctor.work.changes.log_upload import LogsWanted, uploaded_logs
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.unended import tell_unended

app = noun("node")


CONTAINER = "BATCHDOCTOR_LOGS_CONTAINER"

Container = Annotated[str | None, typer.Option(help="Container, with --identity.", metavar="URL")]
ContainerFile = Annotated[
    str | None,
    typer.Option(
        help="File of its signed URL; BATCHDOCTOR_LOGS_CONTAINER.",
        metavar="FILE",
    ),
]
Identity = Annotated[
    str | None,
    typer.Option(help="Resource id of the pool's identity that may write.", metavar="ID"),
]
SinceWhen = Annotated[str, typer.Option(help="Logs since then: 6h, 2d or a time.", metavar="WHEN")]
SinceBoot = Annotated[bool, typer.Option("--since-boot", help="Logs since the node's last boot.")]


@command(app, "logs", live=True)
def logs(
    call: Call,
    node: Nodes,
    pool: Pool = None,
    container: Container = None,
    container_file: ContainerFile = None,
    identity: Identity = None,
    since: SinceWhen = "1d",
    since_boot: SinceBoot = False,
    wait: Wait = False,
    wait_timeout: WaitTimeout = 300.0,
    *,
    care: Care,
) -> int:
    """Have nodes send the logs of their Batch agent to a blob container.

    Example: batchdoctor node logs render/tvm-1 --container-file sas.txt --since-boot --wait
    """
    names = node_names(node, pool, call.world)
    if not care.dry_run:
        refuse_when_read_only(call.world.environ, f"node logs {names_in_short(names)}")

    wanted = LogsWanted(
        container=_container(call, container, container_file, identity),
        identity=identity,
        since=None if since_boot else parse_when(since, "--since", call.world.now()),
        wait_seconds=wait_timeout if wait else None,
        dry_run=care.dry_run,
    )
    where = wanted.container.partition("?")[0]
    to_write, kept = not care.dry_run, not care.no_journal
    with (
        call.client() as client,
        closing(call.journal(client, to_write=to_write, kept=kept)) as journal,
    ):
        tell_unended(journal, map(str, names))
        announce_where(call.world, client.account.title)
        for name in names:
            announce(call.world, f"will have {name} send its agent's logs to {where}")
        if to_write:
            pools = sorted({name.pool_id for name in names})
            deed = f"send the logs of {plural(len(names), 'node')} of {listed(pools)}"
            agree(call.world, client.account.title, deed, pools, care.consent)
        head = call.head(client)
        uploads = uploaded_logs(call.world, client, journal, names, wanted)
        answer = LogUploads(head, where, with_refusals_told(call, uploads))
        call.write(answer.document())
        return worst(answer.statuses)


def _container(call: Call, given: str | None, file: str | None, identity: str | None) -> str:
    """The container's address. Raises UsageError for a signature on the command line."""
    if given and "sig" in parse_qs(urlsplit(given).query):
        raise UsageError(
            "A signed URL on the command line can be read by every user of this computer.",
            hint=f"put it into a file and name that with --container-file, or set {CONTAINER}",
        )
    text = given or _from_file(call, file) or call.world.environ.get(CONTAINER, "").strip()
    if not text.startswith(("https://", "http://")):
        raise UsageError(
            "No container for the logs is known.",
            hint="give --container-file FILE, or --container URL --identity ID",
        )
    if not identity and "sig" not in parse_qs(urlsplit(text).query):
        raise UsageError(
            "The container's URL has no signature, so the node may not write to it.",
            hint="add a signature with the right to write, or --identity ID",
        )
    return text


def _from_file(call: Call, file: str | None) -> str | None:
    if file is None:
        return None
    try:
        return (call.world.stdin.read() if file == "-" else read_small(file)).strip()
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not a text file.") from error
    except OSError as error:
        raise UsageError(f"{file} could not be read: {error.strerror}.") from error
