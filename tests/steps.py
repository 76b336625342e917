"""Advice as tests spell it: the words a reader sees, one a step."""

from __future__ import annotations

from collections.abc import Iterable

from batchdoctor.core.text.step import Step, run, say


def words(advice: Iterable[Step]) -> tuple[str, ...]:
    """What a reader sees of each step."""
    return tuple(map(str, advice))


def steps(*texts: str) -> tuple[Step, ...]:
    """Steps that are either a sentence or a bare command line."""
    return tuple(run(text) if text.startswith("batchdoctor ") else say(text) for text in texts)
