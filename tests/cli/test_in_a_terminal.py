"""In a real terminal: what is shown while one waits, and what Ctrl-C leaves behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest

from batchdoctor.sandbox import Fault
from tests.box import Box, Open

GONE = "\r\x1b[K"


def opened(box: Box | None, *argv: str, **environ: str) -> pexpect.spawn[str]:
    """A command in a terminal of 80 columns and 24 lines."""
    own: Mapping[str, str] = box.sandbox.environment() if box else {}
    return pexpect.spawn(
        sys.executable,
        ["-m", "batchdoctor", *argv],
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 80),
        env={
            **os.environ,
            **own,
            "TERM": "xterm",
            "CI": "",
            "COLUMNS": "",
            "BATCHDOCTOR_PAGER": "cat",
            **environ,
        },
    )


def rest_of(terminal: pexpect.spawn[str]) -> tuple[int | None, str]:
    """The exit status, and what stood on the screen from the last line that was taken away."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus, str(terminal.before).rpartition(GONE)[2]


def test_a_throttled_request_says_so_and_goes_on(open_box: Open) -> None:
    box = open_box("bad-node")
    box.order(Fault("throttled", "GET /jobs", retry_after="2"))
    terminal = opened(box, "tasks", "failed", "--by", "code")
    terminal.expect_exact("throttled, waiting 1 s")
    status, shown = rest_of(terminal)
    assert (status, "throttled" in shown) == (0, False)
    assert "failed tasks in" in shown


def test_a_port_that_nobody_listens_on_is_given_up_after_three_tries(open_box: Open) -> None:
    box = open_box("bad-node")
    terminal = opened(box, "triage", "-v", AZURE_BATCH_ENDPOINT="http://127.0.0.1:9")
    status, shown = rest_of(terminal)
    assert status == 6
    lines = " ".join(shown.replace("\r\n", "").split())
    assert "127.0.0.1 refused the connection; gave up after 3 attempts." in lines
    # An expected error is told in words, however much is asked for.
    assert "Traceback" not in lines


def slow(box: Box) -> Box:
    """The same account, whose pages of tasks take half a second each."""
    box.order(Fault("drip", "GET /jobs/{id}/tasks", times=None, delay=0.02, drop=16384))
    return box


def test_a_long_listing_has_a_bar_with_count_and_share(open_box: Open) -> None:
    box = slow(open_box("big", size=12_000))
    terminal = opened(box, "nodes", "suspect", "--exact")
    terminal.expect(r"reading job sweep-\d+  .*━.*  \d,000 of \d,\d00 tasks  \d+%")
    status, shown = rest_of(terminal)
    assert (status, "reading" in shown) == (0, False)


def test_ctrl_c_takes_the_bar_away_and_says_what_is_missing(open_box: Open) -> None:
    box = slow(open_box("big", size=12_000))
    terminal = opened(box, "nodes", "suspect", "--exact")
    terminal.expect("reading job")
    terminal.sendintr()
    status, shown = rest_of(terminal)
    assert status == 130
    assert "interrupted" in shown
    assert [word for word in ("reading job", "Traceback") if word in shown] == []


def test_nothing_is_left_on_the_screen_of_a_wait_that_was_interrupted(open_box: Open) -> None:
    box = open_box("bad-node")
    box.order(Fault("throttled", "GET /pools", retry_after="50"))
    terminal = opened(box, "triage")
    terminal.expect_exact("throttled, waiting 49 s")
    terminal.sendintr()
    assert rest_of(terminal) == (130, "interrupted\r\n")


def test_no_line_is_drawn_over_a_question(open_box: Open) -> None:
    box = open_box("bad-node")
    node = next(n for n in box.sandbox.store.pool("render-linux").nodes if n.state == "idle")
    terminal = opened(box, "node", "reboot", f"render-linux/{node.id}")
    terminal.expect_exact("[y/N] ")
    # A second and a half of silence: a line would have come by now.
    assert terminal.expect([r"\x1b\[K", pexpect.TIMEOUT], timeout=1.5) == 1
    terminal.sendline("n")
    assert rest_of(terminal)[0] == 5


@pytest.mark.parametrize(("form", "times"), [("table", 1), ("csv", 1)])
def test_what_could_not_be_read_is_told_once(open_box: Open, form: str, times: int) -> None:
    box = open_box("bad-node")
    box.order(Fault("not-allowed", "GET /jobs/{id}/tasks", times=1, after=1))
    status, shown = rest_of(opened(box, "tasks", "failed", "-o", form))
    assert status == 4
    assert " ".join(shown.split()).count("does not have sufficient permissions") == times


def test_a_log_that_says_nothing_is_told_and_can_be_interrupted(tmp_path: Path) -> None:
    fifo = tmp_path / "log"
    os.mkfifo(fifo)
    terminal = opened(None, "events", "parse", str(fifo))
    with fifo.open("wb"):  # who would write is there, and silent
        terminal.expect_exact("reading ")
        terminal.sendintr()
        assert rest_of(terminal) == (130, "interrupted\r\n")
