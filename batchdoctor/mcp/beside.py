"""Work that blocks, done beside an event loop: nothing of it keeps the program from ending."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def beside(work: Callable[[], Result]) -> Result:
    """What `work`, which must raise nothing, comes to in a thread that nobody waits for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def give(result: Result) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        result = work()
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(give, result)

    threading.Thread(target=run, daemon=True).start()
    return await done


async def lines_of(descriptor: int) -> AsyncGenerator[str, None]:
    """The lines of a descriptor as they come; a wait for the next one can be called off.

    A buffered stream would not do: a thread that reads one keeps the interpreter from ending. From
    then on the descriptor itself is empty, so that no program that is started takes a line away.
    """
    with io.FileIO(os.dup(descriptor)) as raw:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, descriptor)
        os.close(nothing)
        rest = b""
        while block := await beside(lambda: raw.read(65_536) or b""):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace")
        if rest:
            yield rest.decode("utf-8", "replace")
