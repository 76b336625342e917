"""The noun `events`: what do these diagnostic-log events say?"""

from __future__ import annotations

from batchdoctor.cli.command import noun

app = noun("events", "Read diagnostic-log events.")
