"""An agent that asks: a session in this process, and the SDK's own client beside a program."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from mcp import StdioServerParameters
from mcp.client.session import ClientSession
from mcp.client.stdio import stdio_client

import batchdoctor
from batchdoctor.mcp.session import Session, Told
from tests.box import Box

# A sober estimate: English has four characters a token, JSON full of ids fewer.
CHARACTERS_PER_TOKEN = 3.5


def session_of(box: Box, **more: str) -> Session:
    """A session with the account of a box, at the time of the box."""
    environ = {**box.sandbox.environment(), **more}
    client = batchdoctor.connect(environ=environ)._asking.client
    return Session(client, box.clock, environ)


def told(session: Session, tool: str, **arguments: Any) -> Told:
    return session.call(tool, arguments, threading.Event())


def page(session: Session, tool: str, **arguments: Any) -> Any:
    """The page that a tool answers with, which must be no error."""
    answer = told(session, tool, **arguments)
    assert not answer.failed, answer.text
    return answer.value


def with_client(
    argv: list[str],
    environ: Mapping[str, str],
    ask: Callable[[ClientSession], Awaitable[Any]],
    stderr: Path,
) -> Any:
    """What `ask` finds out from a program of its own, started with these arguments."""

    async def talk() -> Any:
        program = StdioServerParameters(
            command=sys.executable, args=["-m", "batchdoctor", *argv], env=dict(environ)
        )
        with stderr.open("w") as log:
            async with (
                stdio_client(program, errlog=log) as streams,
                ClientSession(*streams) as client,
            ):
                await client.initialize()
                return await ask(client)

    return asyncio.run(asyncio.wait_for(talk(), 60))
