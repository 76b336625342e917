"""`node login`: a user that expires, and the line or the file with which to log in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.commands.change_options import Care, Pool
from batchdoctor.cli.commands.nodes.login_files import check_rdp, public_key, ssh_line, write_rdp
from batchdoctor.cli.commands.nodes.show import OneNode, one_node
from batchdoctor.cli.consent import agree, announce, announce_where, ask_secret
from batchdoctor.cli.noun import noun
from batchdoctor.cli.options import is_span, parse_when
from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.login import LoginOutcome, NodeLogin
from batchdoctor.core.problem import Problem
from batchdoctor.core.records.access import PoolAccess
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.report.logins import LoginAnswer
from batchdoctor.service.access import pool_access
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.changes.login import UserWanted, make_user, remove_user, user_of
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.changes.unended import tell_unended

app = noun("node")


_SSH, _RDP = 22, 3389
Expires = Annotated[str, typer.Option(help="Ends after this long, such as 8h.", metavar="SPAN")]
SshKey = Annotated[
    Path | None, typer.Option(help="Public key; default: that of ~/.ssh.", metavar="FILE")
]
_USER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}")


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The user that was asked for."""

    name: NodeName
    user: str
    expiry: datetime
    ssh_key: Path | None
    admin: bool
    out: Path | None

    @property
    def rdp_file(self) -> Path:
        """Where the file for a remote desktop goes."""
        return self.out or Path(f"{self.name.node_id}.rdp")


@command(app, "login", live=True)
def login(
    call: Call,
    node: OneNode,
    pool: Pool = None,
    user: Annotated[str | None, typer.Option(help="Name of the user.", metavar="NAME")] = None,
    expires: Expires = "1d",
    ssh_key: SshKey = None,
    admin: Annotated[bool, typer.Option("--admin", help="Make it an administrator.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where to write the .rdp file.", metavar="FILE")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Delete the user again.")] = False,
    *,
    care: Care,
) -> int:
    """Create a user on a node that expires, and say how to log in.

    Example: batchdoctor node login render/tvm-1 --expires 8h
    """
    name = one_node(call, node, pool)
    user_name = _user_name(call, user)
    now = call.world.now()
    begin = parse_when(expires, "--expires", now)
    if (
        begin is None
        or not is_span(expires)
        or not timedelta() < now - begin <= timedelta(days=365)
    ):
        raise UsageError("--expires takes a span of up to a year.", hint="--expires 8h")
    if not care.dry_run:
        refuse_when_read_only(call.world.environ, f"node login {name}")
    with call.client() as client:
        journal = call.journal(client, to_write=not care.dry_run, kept=not care.no_journal)
        tell_unended(journal, [str(name)])
        client.node(name.pool_id, name.node_id)  # one that is not there needs no question
        if remove:
            return _remove(call, client, journal, name, user_name, care)
        wanted = _Wanted(
            name=name,
            user=user_name,
            expiry=now + (now - begin),
            ssh_key=ssh_key,
            admin=admin,
            out=out,
        )
        return _create(call, client, journal, wanted, care)


def _user_name(call: Call, user: str | None) -> str:
    """The name that was given, else the caller's own as far as a node takes it."""
    environ = call.world.environ
    name = user or environ.get("USER") or environ.get("LOGNAME") or "oncall"
    if user is None and (not _USER_NAME.fullmatch(name) or name in {"root", "admin"}):
        name = "oncall"
    if not _USER_NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be the name of a user.", hint="--user oncall")
    return name


def _remove(
    call: Call,
    client: Client,
    journal: Journal,
    name: NodeName,
    user: str,
    care: Care,
) -> int:
    announce_where(call.world, client.account.title)
    announce(call.world, f"will delete the user {user} of {name}")
    if care.dry_run:
        _write(call, client, user_of(name, user, LoginOutcome.PLANNED))
        return ExitCode.OK
    deed = f"delete the user {user} of {name}"
    agree(call.world, client.account.title, deed, [name.pool_id], care.consent)
    _write(call, client, remove_user(client, journal, name, user))
    return ExitCode.OK


def _create(
    call: Call,
    client: Client,
    journal: Journal,
    wanted: _Wanted,
    care: Care,
) -> int:
    name = wanted.name
    access = pool_access(client, name.pool_id)
    key = None if access.is_windows else public_key(call, wanted.ssh_key)
    if access.is_windows and wanted.ssh_key:
        raise UsageError("Windows nodes take no SSH key.", hint="leave out --ssh-key")
    announce_where(call.world, client.account.title)
    _announce(call, wanted, access)
    if care.dry_run:
        planned = user_of(name, wanted.user, LoginOutcome.PLANNED, wanted.expiry)
        _write(call, client, planned)
        return ExitCode.OK
    if access.is_windows:
        check_rdp(wanted.rdp_file)
    deed = f"create the user {wanted.user} on {name}"
    agree(call.world, client.account.title, deed, [name.pool_id], care.consent)
    password = None if key else ask_secret(call.world, f"Password for {wanted.user}: ")
    user = UserWanted(
        name=name,
        user=wanted.user,
        expiry=wanted.expiry,
        admin=wanted.admin,
        ssh_public_key=key[1] if key else None,
        password=password,
    )
    made = make_user(client, journal, access, user)
    if made.found:
        _tell_what_stays(call, wanted)
    login = _with_way_in(made.login, wanted, key[0] if key else None)
    _write(call, client, login, [made.problem] if made.problem else [])
    return made.status


def _announce(call: Call, wanted: _Wanted, access: PoolAccess) -> None:
    kind = "an administrator" if wanted.admin else "a user"
    announce(
        call.world,
        f"will create {kind} {wanted.user} on {wanted.name} until {wanted.expiry:%F %R} UTC",
    )
    port = _RDP if access.is_windows else _SSH
    if port not in access.open_ports:
        announce(
            call.world,
            f"warning: the pool opens no port {port} (no inbound NAT pool for it); pools made "
            "after 30 November 2025 have none of their own, so that the node may be reachable "
            "from its virtual network only",
        )


def _tell_what_stays(call: Call, wanted: _Wanted) -> None:
    """A user that is there gets a new key and end; its rights only a new user can have."""
    name = wanted.name
    remove = command_line("node", "login", str(name), "--user", wanted.user, "--remove")
    call.world.note(
        f"warning: a user {wanted.user} was found on {name}; whether it is an administrator "
        f"stays as it was. To make it anew, first: {remove}"
    )


def _with_way_in(login: NodeLogin, wanted: _Wanted, key: Path | None) -> NodeLogin:
    """The line with which to log in, or the file for a remote desktop."""
    if login.address is None:
        return login
    if login.protocol == "ssh":
        return replace(login, command=ssh_line(wanted.user, login.address, login.port, key))
    write_rdp(wanted.rdp_file, f"{login.address}:{login.port}", wanted.user)
    return replace(login, rdp_file=str(wanted.rdp_file))


def _write(call: Call, client: Client, login: NodeLogin, problems: Sequence[Problem] = ()) -> None:

    call.write(LoginAnswer(call.head(client), login, problems).document())
