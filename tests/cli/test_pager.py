"""Long pages go through a pager on a terminal, in real ones; never in a pipe."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from batchdoctor.cli.pager import pager_of
from batchdoctor.sandbox import Sandbox

PAGER = """
import select, signal, sys
signal.signal(signal.SIGINT, lambda *_: print("PAGER SAW CTRL-C", flush=True))
lines = 0
for line in sys.stdin:
    lines += 1
print(f"PAGER HAS {lines} LINES", flush=True)
terminal = open("/dev/tty")
while not select.select([terminal], [], [], 0.05)[0]:  # a signal is told between two looks
    pass
terminal.readline()
"""


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of an account that is served, and of a pager that tells what it does."""
    script = tmp_path / "pager.py"
    script.write_text(PAGER)
    with Sandbox("night-shift") as sandbox:
        yield {
            **os.environ,
            **sandbox.environment(),
            "PAGER": f"{sys.executable} {script}",
            "NO_COLOR": "1",
        }


def spawned(environ: dict[str, str], *argv: str, rows: int = 24) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable,
        ["-m", "batchdoctor", *argv],
        env=environ,
        encoding="utf-8",
        timeout=60,
        dimensions=(rows, 80),
    )


def ended(child: pexpect.spawn[str]) -> int:
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus is not None
    return child.exitstatus


def test_a_page_longer_than_the_screen_is_paged(environ: dict[str, str]) -> None:
    child = spawned(environ, "nodes", "list")
    child.expect(r"PAGER HAS (\d+) LINES")
    assert isinstance(child.match, re.Match)
    assert int(child.match[1]) > 24
    child.sendline("")
    assert ended(child) == 0


def test_ctrl_c_in_the_pager_is_the_pagers(environ: dict[str, str]) -> None:
    child = spawned(environ, "nodes", "list")
    child.expect("PAGER HAS")
    child.sendintr()
    child.expect("PAGER SAW CTRL-C")
    child.sendintr()
    child.expect("PAGER SAW CTRL-C")
    child.sendline("")
    rest = ended(child)
    assert (rest, "interrupted" in str(child.before)) == (0, False)


def test_a_page_that_fits_is_printed(environ: dict[str, str]) -> None:
    child = spawned(environ, "pools", "list", rows=50)
    assert ended(child) == 0
    assert "PAGER" not in str(child.before)
    assert "5 pools: 5 steady." in str(child.before)


@pytest.mark.parametrize(
    ("argv", "settings"),
    [
        (["--no-pager"], {}),
        ([], {"BATCHDOCTOR_PAGER": ""}),
        ([], {"PAGER": "cat"}),
        ([], {"TERM": "dumb"}),
        ([], {"PAGER": "/no/such/pager"}),
        (["-o", "jsonl"], {}),
    ],
)
def test_whoever_wants_no_pager_has_none(
    environ: dict[str, str], argv: list[str], settings: dict[str, str]
) -> None:
    child = spawned({**environ, **settings}, "nodes", "list", *argv)
    assert ended(child) == 0
    assert "PAGER" not in str(child.before)
    assert "tvm-129948156_8" in str(child.before)


def test_less_is_left_with_q_and_ends_where_the_page_fits(environ: dict[str, str]) -> None:
    del environ["PAGER"]
    child = spawned(environ, "nodes", "list")
    child.expect("STATE")
    child.expect(":")
    child.send("q")
    assert ended(child) in {0, 141}


def test_which_pager_is_asked_is_the_readers_word() -> None:
    assert pager_of({}) == ["less"]
    assert pager_of({"PAGER": "most -s"}) == ["most", "-s"]
    assert pager_of({"PAGER": "most", "BATCHDOCTOR_PAGER": "more"}) == ["more"]
    assert pager_of({"PAGER": "less", "BATCHDOCTOR_PAGER": ""}) == []
    assert pager_of({"PAGER": "cat"}) == []


def test_a_pager_is_sent_no_links_and_a_page_that_fits_has_them(environ: dict[str, str]) -> None:
    environ = {**environ, "BATCHDOCTOR_LINKS": "1", "PAGER": "cat -v"}
    del environ["NO_COLOR"]
    child = spawned(environ, "explain", "deallocated")
    child.expect_exact("\x1b]8;;https://")
    assert ended(child) == 0
    child = spawned(environ, "explain", "DiskFull")
    child.expect_exact("2 meanings.")
    assert "]8;;" not in str(child.before)
    assert ended(child) == 0


def test_a_terminal_of_unknown_size_has_no_pager(environ: dict[str, str]) -> None:
    child = spawned(environ, "explain", "DiskFull", rows=0)
    child.expect_exact("2 meanings.")
    assert "PAGER HAS" not in str(child.before)
    assert ended(child) == 0
