"""A user of a node that expires: made, found again, deleted, each written down in the journal."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.login import LoginOutcome, NodeLogin
from batchdoctor.core.problem import Problem, problem_of
from batchdoctor.core.records.access import PoolAccess
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.service.access import NodeUser, delete_user, put_user, remote_login
from batchdoctor.service.client import Client
from batchdoctor.service.once import Effect
from batchdoctor.work.changes.journal import Journal


class UserWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The user that is asked for; it signs in with the key, or with the password."""

    name: NodeName
    user: str
    expiry: datetime
    admin: bool = False
    ssh_public_key: str | None = None
    password: str | None = None


class UserMade(msgspec.Struct, frozen=True):
    """The user and where to log in; one that was `found` keeps the rights that it had."""

    login: NodeLogin
    found: bool = False
    problem: Problem | None = None
    status: ExitCode = ExitCode.OK


def user_of(
    name: NodeName, user: str, outcome: LoginOutcome, expiry: datetime | None = None
) -> NodeLogin:
    """What became of a user, without a way in."""
    return NodeLogin(
        pool_id=name.pool_id, node_id=name.node_id, user=user, expiry_time=expiry, outcome=outcome
    )


def make_user(client: Client, journal: Journal, access: PoolAccess, wanted: UserWanted) -> UserMade:
    """Make a user, or give it a new end and key, and ask where the node takes logins.

    That the address could not be had is a problem: the user is there all the same.
    """
    name = wanted.name
    options = {"user": wanted.user}
    with journal.sending(str(name), "login", options):
        result = put_user(client, name.pool_id, name.node_id, _user(wanted))
    journal.note(str(name), "login", "done", options=options, request_id=result.request_id)
    login = user_of(name, wanted.user, LoginOutcome.THERE, wanted.expiry)
    try:
        where = remote_login(client, name.pool_id, name.node_id)
    except BatchdoctorError as error:
        told = problem_of(f"address of {name}", error)
        return UserMade(login, result.found, told, error.exit_code)
    protocol = "rdp" if access.is_windows else "ssh"
    login = replace(login, protocol=protocol, address=where.address, port=where.port)
    return UserMade(login, result.found)


def _user(wanted: UserWanted) -> NodeUser:
    return NodeUser(
        name=wanted.user,
        expiry_time=wanted.expiry,
        is_admin=wanted.admin,
        ssh_public_key=wanted.ssh_public_key,
        password=wanted.password,
    )


def remove_user(client: Client, journal: Journal, name: NodeName, user: str) -> NodeLogin:
    """Delete a user; that there was none is a success that says so."""
    options = {"user": user}
    with journal.sending(str(name), "login --remove", options):
        result = delete_user(client, name.pool_id, name.node_id, user)
    gone = result.outcome is Effect.ALREADY
    outcome = LoginOutcome.GONE if gone else LoginOutcome.DELETED
    journal.note(
        str(name), "login --remove", outcome, options=options, request_id=result.request_id
    )
    return user_of(name, user, outcome)
