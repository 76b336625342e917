"""What things are called: nodes and tasks by two ids, accounts by host, and which ids are the same.

Ids keep the case they were given and are compared without it
(https://learn.microsoft.com/rest/api/batchservice/pools/create-pool), so nothing may tell
`Render` from `render`.
"""

from __future__ import annotations

import msgspec


def same_id(left: str | None, right: str | None) -> bool:
    """Whether two ids of pools, jobs, tasks or nodes mean the same object; unknown ones never."""
    return left is not None and right is not None and folded(left) == folded(right)


def folded(an_id: str) -> str:
    """An id as a key: all spellings of one object give the same text."""
    return an_id.lower()


def _two_ids(text: str, form: str) -> tuple[str, str]:
    first, slash, second = text.partition("/")
    if not first or not slash or not second or "/" in second:
        raise ValueError(f"{text!r} is not of the form {form}")
    return first, second


class NodeName(msgspec.Struct, frozen=True, order=True):
    """A node and its pool, `POOL/NODE` in words; empty text is unknown."""

    pool_id: str
    node_id: str

    def __str__(self) -> str:
        return f"{self.pool_id}/{self.node_id}"

    @classmethod
    def of(cls, name: NodeName | str) -> NodeName:
        """The name that a text such as `POOL/NODE` spells. Raises ValueError for any other."""
        return name if isinstance(name, cls) else cls(*_two_ids(str(name), "POOL/NODE"))

    @property
    def key(self) -> tuple[str, str]:
        """The same for all spellings of one node."""
        return folded(self.pool_id), folded(self.node_id)


class TaskName(msgspec.Struct, frozen=True, order=True):
    """A task and its job, `JOB/TASK` in words."""

    job_id: str
    task_id: str

    def __str__(self) -> str:
        return f"{self.job_id}/{self.task_id}"

    @classmethod
    def of(cls, name: TaskName | str) -> TaskName:
        """The name that a text such as `JOB/TASK` spells. Raises ValueError for any other."""
        return name if isinstance(name, cls) else cls(*_two_ids(str(name), "JOB/TASK"))

    @property
    def key(self) -> tuple[str, str]:
        """The same for all spellings of one task."""
        return folded(self.job_id), folded(self.task_id)


# The hosts of Azure's public cloud; those of the others are told whole.
_PUBLIC = ".batch.azure.com"


class AccountName(msgspec.Struct, frozen=True):
    """An account for people: its host, the name it signs with, the profile that names it."""

    host: str
    name: str
    profile: str | None = None
    protected: bool = False

    @property
    def full(self) -> str:
        """The host; where that does not begin with the account's name, the name before it."""
        own = folded(self.name)
        tells = folded(self.host) == own or folded(self.host).startswith(f"{own}.")
        return self.host if tells else f"{self.name} at {self.host}"

    def __str__(self) -> str:
        """Without what all hosts of the public cloud end with: `prod.westeurope`."""
        return self.full.removesuffix(_PUBLIC)

    def with_profile(self, *, short: bool = True) -> str:
        """The account, and the profile that names it: `prod.westeurope (profile prod)`."""
        name = str(self) if short else self.full
        if self.profile is None:
            return name
        return f"{name} (profile {self.profile}{', protected' if self.protected else ''})"
