"""Lines come in as they are written, and nothing that blocks keeps the program from ending."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import aclosing

from batchdoctor.mcp.beside import beside, lines_of


def test_lines_come_whole_and_the_last_one_needs_no_end() -> None:
    read, write = os.pipe()

    async def lines() -> list[str]:
        os.write(write, b'{"a":1}\n{"caf\xc3')
        found: list[str] = []
        async with aclosing(lines_of(read)) as coming:
            async for line in coming:
                if not found:
                    os.write(write, b'\xa9":2}\n\xff\nlast')
                    os.close(write)
                found.append(line)
        return found

    assert asyncio.run(lines()) == ['{"a":1}', '{"café":2}', "\ufffd", "last"]
    # What is started meanwhile finds nothing to read.
    assert os.read(read, 10) == b""
    os.close(read)


def test_a_wait_for_a_line_can_be_called_off() -> None:
    read, write = os.pipe()

    async def waits() -> None:
        await asyncio.wait_for(anext(lines_of(read)), 0.05)

    try:
        asyncio.run(waits())
    except TimeoutError:
        pass
    else:
        raise AssertionError
    os.close(write)
    os.close(read)


def test_work_is_done_beside_and_left_alone_when_nobody_waits() -> None:
    go, done = threading.Event(), threading.Event()

    def work() -> str:
        go.wait(20)
        done.set()
        return "done"

    async def leaves() -> None:
        await asyncio.wait_for(beside(work), 0.05)

    try:
        asyncio.run(leaves())
    except TimeoutError:
        pass
    else:
        raise AssertionError
    go.set()
    assert done.wait(20)
    assert asyncio.run(beside(lambda: 7)) == 7
