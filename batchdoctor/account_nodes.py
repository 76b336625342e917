"""The part of the Python face that changes nodes: their scheduling, their machines, their users.

https://learn.microsoft.com/rest/api/batchservice/nodes
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from batchdoctor.core.answer import Answer
from batchdoctor.core.changed import ChangedNode, SentLogs
from batchdoctor.core.names import NodeName
from batchdoctor.core.nodes.login import NodeLogin
from batchdoctor.work.answers import changes
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.changes import actions
from batchdoctor.work.changes.change import Wanted
from batchdoctor.work.changes.log_upload import LogsWanted
from batchdoctor.work.changes.login import UserWanted

Nodes = str | NodeName | Sequence[str | NodeName]
Tasks = Literal["requeue", "terminate", "taskcompletion", "retaineddata"]


class AccountNodes:
    """Changes to nodes: each is made once, and written into the journal.

    Raises NotFoundError where none of them exists, StateError where none allows it.
    """

    _asking: Asking

    def disable(
        self,
        nodes: Nodes,
        tasks: Literal["requeue", "terminate", "taskcompletion"] = "requeue",
        *,
        dry_run: bool = False,
        max_share: int = 50,
    ) -> Answer[ChangedNode]:
        """Keep new tasks off nodes; what runs there is requeued, ended, or left to finish."""
        return self._change(actions.DISABLE, nodes, tasks, dry_run=dry_run, share=max_share)

    def enable(self, nodes: Nodes, *, dry_run: bool = False) -> Answer[ChangedNode]:
        """Give nodes new tasks again."""
        return self._change(actions.ENABLE, nodes, "", dry_run=dry_run)

    def start(self, nodes: Nodes, *, dry_run: bool = False) -> Answer[ChangedNode]:
        """Start nodes that were deallocated."""
        return self._change(actions.START, nodes, "", dry_run=dry_run)

    def reboot(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Restart nodes, once each."""
        return self._change(actions.REBOOT, nodes, tasks, dry_run=dry_run, share=max_share)

    def reimage(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Put a fresh operating system on nodes."""
        return self._change(actions.REIMAGE, nodes, tasks, dry_run=dry_run, share=max_share)

    def deallocate(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Stop nodes and give their machines back."""
        return self._change(actions.DEALLOCATE, nodes, tasks, dry_run=dry_run, share=max_share)

    def remove(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Take nodes out of their pool for good."""
        return self._change(actions.REMOVE, nodes, tasks, dry_run=dry_run, share=max_share)

    def send_logs(
        self,
        nodes: Nodes,
        container: str,
        *,
        identity: str | None = None,
        since: datetime | None = None,
        dry_run: bool = False,
    ) -> Answer[SentLogs]:
        """Have nodes send their agent's logs to a container, by its signed URL. As `node logs`."""
        wanted = LogsWanted(
            container=container, identity=identity, since=since, wait_seconds=None, dry_run=dry_run
        )
        return changes.logs_sent(self._asking, _nodes(nodes), wanted)

    def make_user(
        self,
        node: str | NodeName,
        user: str,
        expiry: datetime,
        *,
        ssh_public_key: str | None = None,
        password: str | None = None,
        admin: bool = False,
        dry_run: bool = False,
    ) -> Answer[NodeLogin]:
        """Make a user of a node that expires, and say where it logs in. As `node login`."""
        wanted = UserWanted(
            name=NodeName.of(node),
            user=user,
            expiry=expiry,
            admin=admin,
            ssh_public_key=ssh_public_key,
            password=password,
        )
        return changes.user_made(self._asking, wanted, dry_run=dry_run)

    def remove_user(
        self, node: str | NodeName, user: str, *, dry_run: bool = False
    ) -> Answer[NodeLogin]:
        """Delete a user of a node. As `node login --remove`."""
        return changes.user_removed(self._asking, NodeName.of(node), user, dry_run=dry_run)

    def _change(
        self, action: actions.Action, nodes: Nodes, tasks: str, *, dry_run: bool, share: int = 100
    ) -> Answer[ChangedNode]:
        wanted = Wanted(option=tasks, dry_run=dry_run, max_share=share)
        return changes.changed_nodes(self._asking, action, _nodes(nodes), wanted)


def _nodes(nodes: Nodes) -> list[NodeName]:
    named = [nodes] if isinstance(nodes, str | NodeName) else nodes
    return [NodeName.of(each) for each in named]
