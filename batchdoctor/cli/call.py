"""One call of one command: its shared options, its world, and what it does with both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from batchdoctor.cli.world import World
from batchdoctor.core.text.visible import harmless
from batchdoctor.errors import ExitCode
from batchdoctor.report.formats import Format

if TYPE_CHECKING:
    from batchdoctor.report.document import Document, Ending
    from batchdoctor.service.client import Client


class AuthMode(StrEnum):
    """Values of `--auth`."""

    AUTO = "auto"
    KEY = "key"
    ENTRA = "entra"


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """Values of the options that many commands take."""

    output: Format = Format.TABLE
    verbose: bool = False
    account_endpoint: str | None = None
    account_name: str | None = None
    account_key_file: str | None = None
    auth: AuthMode | None = None
    timeout: float = 60.0


class Call(msgspec.Struct):
    """A command under way."""

    path: str
    world: World
    shared: Shared

    @property
    def command(self) -> str:
        """The words of the command, without the name of the program."""
        return self.path.partition(" ")[2]

    def client(self) -> Client:
        """Open the account that options, environment and az's configuration name."""
        from batchdoctor.cli.connect import connect

        return connect(self)

    def write(self, document: Document) -> Ending:
        """Write a document to standard output in the format asked for.

        Interrupted on the way it still gets its end, with what is known by then.
        """
        interruption = self.world.interruption
        with interruption.deferred():
            return self._write(
                replace(
                    document,
                    items=interruption.until_asked(document.items),
                    ending=lambda: self._ending(document),
                )
            )

    def _ending(self, document: Document) -> Ending:
        from batchdoctor.report.document import Problem

        ending = document.ending()
        if not self.world.interruption.cut:
            return ending
        return replace(ending, problems=[*ending.problems, Problem(self.command, "interrupted")])

    def _write(self, document: Document) -> Ending:
        write: Callable[[str], object] = self.world.output.write
        if self.shared.output is Format.TABLE:
            from batchdoctor.report.table import write_table  # and with it rich

            return write_table(document, write, self.world.terminal())
        from batchdoctor.report.machine import MACHINE_FORMATS

        if self.world.stdout.isatty():
            # A pipe gets every character as it is; a terminal must not obey any of them.
            return MACHINE_FORMATS[self.shared.output](
                document, lambda text: self.world.output.write(harmless(text))
            )
        return MACHINE_FORMATS[self.shared.output](document, write)


def worst(statuses: Sequence[ExitCode]) -> ExitCode:
    """The status that says most: an incomplete answer comes before findings, those before done."""
    trouble = [status for status in statuses if status not in {ExitCode.OK, ExitCode.FINDINGS}]
    if trouble:
        return max(trouble)
    return max(statuses, default=ExitCode.OK)
