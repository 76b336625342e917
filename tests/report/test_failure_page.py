"""What failed tasks have in common, on a page."""

from __future__ import annotations

from batchdoctor.report.failure_page import group_blocks
from batchdoctor.report.page import Counts


def test_exit_codes_say_how_many_were_killed_for_lack_of_memory() -> None:
    (counts,) = group_blocks("exit-code", {"137": 5, "139": 2, "1": 1}, 8, {"137": 3, "139": 2})
    assert isinstance(counts, Counts)
    assert [row.note for row in counts.rows] == [
        "SIGKILL: killed; the code does not say by whom; 3 of them OOMKilled",
        "OOMKilled: killed for lack of memory",
        "",
    ]
