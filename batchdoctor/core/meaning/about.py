"""What the words of a program may say of the cause: a list that is closed, or only grows."""

from __future__ import annotations

from enum import StrEnum


class About(StrEnum):
    """What a message says of the cause."""

    NODE = "node"
    CODE = "code"
    INPUT = "input"
    STORAGE = "storage"
    NETWORK = "network"
    REGISTRY = "registry"
    PERMISSION = "permission"
    QUOTA = "quota"
    MEMORY = "memory"
    DISK = "disk"
    GPU = "gpu"
