"""Bytes moved to read a file of 20 MB: its last lines, a look while it is followed, a download.

Run with `python -m pytest -n0 -s tests/benchmarks/test_bytes_moved.py`.
"""

from __future__ import annotations

from pathlib import Path

from batchdoctor.sandbox import Fault
from tests.box import Box, Open

OF_TASK = ("--job", "render-20261121", "--task", "frame-0001")
CONTENT = b"".join(b"%09d the line of a log that somebody waits for\n" % n for n in range(365_000))


def moved(box: Box) -> int:
    return sum(request.sent for request in box.sandbox.requests if "/files/" in request.path)


def test_bytes_moved(open_box: Open, tmp_path: Path) -> None:
    print(f"\n{'a file of':30} {len(CONTENT):>12,} bytes")
    for what, argv, cuts in (
        ("the last 3 lines", ("files", "tail", "stdout", "-n", "3"), 0),
        ("the last 1000 lines", ("files", "tail", "stdout", "-n", "1000"), 0),
        ("all of it", ("files", "get", "stdout", "--out", str(tmp_path / "0")), 0),
        ("all of it, cut nine times", ("files", "get", "stdout", "--out", str(tmp_path / "9")), 9),
    ):
        box = open_box("bad-node")
        box.sandbox.put_task_file("render-20261121", "frame-0001", "stdout.txt", CONTENT)
        if cuts:
            box.order(Fault("close-in-body", "GET /jobs/{j}/tasks/{t}/files/*", times=cuts))
        shown = len(box.run(*argv, *OF_TASK).output) or len(CONTENT)
        requests = len(box.sandbox.requests)
        print(f"{what:30} {moved(box):>12,} bytes for {shown:>12,} shown, {requests} requests")
        assert moved(box) <= max(shown * 1.3, shown + 66_000)
