"""By what kinds the list of all that can be explained may be asked for."""

from __future__ import annotations

from enum import StrEnum


class ListedKind(StrEnum):
    """Values of `--kind`: where a code is met, or what a word is if it is no code."""

    TASK = "task"
    START_TASK = "start-task"
    PREPARATION = "preparation"
    JOB = "job"
    NODE = "node"
    RESIZE = "resize"
    AUTOSCALE = "autoscale"
    REST = "rest"
    EXIT_CODE = "exit-code"
    MESSAGE = "message"
