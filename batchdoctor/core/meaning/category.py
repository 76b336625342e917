"""The kinds of task failure that batchdoctor tells apart; a closed set."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """Whose fault a task's failure is, in the spelling of the machine formats."""

    PREPROCESSING = "preprocessing"
    """The task could not start: resource files, packages, container image, command not found."""
    FILE_UPLOAD = "fileUpload"
    """The program ended and its output files could not be stored."""
    APPLICATION = "application"
    """The program ran and said no."""
    CONSTRAINT = "constraint"
    """Ended by a time limit or by request."""
    NODE = "node"
    """The node or the service failed the task."""
    UNKNOWN = "unknown"
    """Nothing tells."""
