"""The noun `nodes`: which nodes should I not trust, and why?"""

from __future__ import annotations

from batchdoctor.cli.command import noun

app = noun("nodes", "Ask about many nodes.")
