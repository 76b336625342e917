"""Of what kinds the words are that can be explained, and by which a list of them is asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Kind = Literal["code", "exitCode", "nodeState", "message"]


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
