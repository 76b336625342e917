"""One call of one command: its shared options, its world, and what it does with both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from batchdoctor.cli.pager import paged
from batchdoctor.cli.world import World
from batchdoctor.core.checked import last_day
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.errors import NotFoundError, UsageError
from batchdoctor.report.formats import Format
from batchdoctor.report.head import OFFLINE, Head
from batchdoctor.report.terminal import Terminal
from batchdoctor.work.files.atomic_file import atomic_file
from batchdoctor.work.folders import names_folder, state_folder
from batchdoctor.work.remembered_names import remember

if TYPE_CHECKING:
    from datetime import datetime

    from batchdoctor.core.checked import Span
    from batchdoctor.core.text.step import Step
    from batchdoctor.replay import Replay
    from batchdoctor.report.document import Document, Ending
    from batchdoctor.service.account import Account
    from batchdoctor.service.client import Client
    from batchdoctor.service.retry_event import RetryEvent
    from batchdoctor.work.changes.journal import Journal
    from batchdoctor.work.reading.reading import Reading

Write = Callable[[str], object]


class AuthMode(StrEnum):
    """Values of `--auth`."""

    AUTO = "auto"
    KEY = "key"
    ENTRA = "entra"


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """Values of the options that many commands take."""

    output: Format = Format.TABLE
    no_pager: bool = False
    verbose: bool = False
    account_endpoint: str | None = None
    account_name: str | None = None
    account_key_file: str | None = None
    auth: AuthMode | None = None
    profile: str | None = None
    timeout: float = 60.0
    from_file: str | None = None


class Call(msgspec.Struct):
    """A command under way; with a `replay` its answers come from there, and not from an account."""

    path: str
    world: World
    shared: Shared
    replay: Replay | None = None
    hold: Callable[[Document[Any]], Ending] | None = None
    """Takes the document of a command that is watched, which then is written nowhere else."""

    @property
    def command(self) -> str:
        """The words of the command, without the name of the program."""
        return self.path.partition(" ")[2]

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client of the account, closed at the end; it connects at its first request.

        An id that does not exist is told with the nearest one that does.
        """
        from batchdoctor.service.client import Client
        from batchdoctor.service.retry import RetryPolicy

        if not isfinite(self.shared.timeout):
            raise UsageError("--timeout takes a number of seconds.", hint="--timeout 60")
        line = self.world.progress_line
        retry = RetryPolicy(
            self.shared.timeout,
            hook=self._tell_retry,
            asking=line.ask,
            recovered=line.recovered,
            sleep=self.world.sleep,
        )
        replay = self.replay
        with replay.client(retry) if replay else Client(self.account(), retry=retry) as client:
            try:
                yield client
            except NotFoundError as error:
                from batchdoctor.work.reading.nearest import with_nearest

                raise with_nearest(error, client) from error
            finally:
                self._remember(client)

    def _remember(self, client: Client) -> None:
        """Keep the names that were listed, for completion by the shell."""
        if not client.names.found or self.replay:
            return

        environ, profile = self.world.environ, self.shared.profile
        folder = names_folder(environ)
        if folder is None:
            return
        profile = profile or environ.get("BATCHDOCTOR_PROFILE")
        # The completion scripts know of the same variable.
        named = self.shared.account_endpoint or environ.get("AZURE_BATCH_ENDPOINT")
        pointer = f"profile.{profile}" if profile else None if named else "default"
        remember(folder, client.account.host, pointer, client.names.found)

    def account(self) -> Account:
        """The account that options, environment and az's configuration name. UsageError."""
        from batchdoctor.service.account import AccountOptions, resolve_account
        from batchdoctor.work.configuration import read_profile

        shared = self.shared
        account = resolve_account(
            AccountOptions(
                endpoint=shared.account_endpoint,
                name=shared.account_name,
                key_file=shared.account_key_file,
                auth=shared.auth,
                profile=read_profile(self.world.environ, shared.profile),
            ),
            self.world.environ,
            read_stdin=self.world.stdin.read,
        )
        if shared.verbose:
            for setting, origin in account.origins.items():
                self.world.note(f"{setting}: from {origin}")
        return account

    def _tell_retry(self, event: RetryEvent) -> None:
        if self.shared.verbose:
            self.world.note(
                f"retry: {event.operation}: attempt {event.attempt} failed: {event.cause}; "
                f"waiting {event.wait_seconds:.1f} s"
            )
        self.world.progress_line.troubled(event.told)

    def steps(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """What to type next, for the same account as this command was for."""
        if self.shared.profile is None:
            return tuple(steps)
        from batchdoctor.core.findings.of_account import with_profile

        return with_profile(steps, self.shared.profile)

    def head(
        self,
        client: Client | None = None,
        *,
        at: datetime | None = None,
        span: Span | None = None,
        left_out: tuple[str, ...] = (),
        source: str = OFFLINE,
    ) -> Head:
        """The start of this command's document, about an account or about none; `at` is now."""
        return Head(
            self.command,
            client.account.host if client else None,
            at or self.world.now(),
            where=client.account.title if client else None,
            source=source,
            span=span,
            left_out=left_out,
        )

    def last_day(self) -> datetime:
        """From when on to look where nobody says: 24 hours ago, later for a bundle of less."""
        return last_day(self.world.now(), self.replay.since if self.replay else None)

    def journal(self, client: Client, *, to_write: bool = False, kept: bool = True) -> Journal:
        """The journal of this user's changes to an account; one that is not `kept` stays as it is.

        Raises UsageError for one that is `to_write` and cannot be written to: no change is made
        that leaves no trace.
        """
        from batchdoctor.work.changes.journal import Journal

        if self.replay is not None and to_write:
            raise UsageError(
                f"Nothing was done: {self.replay.path} is no account that can be changed.",
                hint="leave out --from, and BATCHDOCTOR_FROM, to change the account itself",
            )
        journal = Journal(self.world, state_folder(self.world.environ), client.account.host, kept)
        return journal.require() if to_write else journal

    def write(self, document: Document[Any], out: Path | None = None) -> Ending:
        """Write a document in the format asked for, to standard output or to a file as a whole.

        Interrupted on the way it still gets its end, with what is known by then. Raises UsageError
        for a file that cannot be written.
        """
        if self.hold:
            if out:
                raise UsageError("What is watched goes to no file.", hint="--watch without --out")
            return self.hold(document)
        interruption = self.world.interruption
        with interruption.deferred():
            told = replace(
                document,
                items=interruption.until_asked(document.items),
                ending=lambda: self._ending(document),
            )
            if out is None:
                return self._write(told, self.world.output.write, self.world.terminal())
            with _whole(out) as write:
                return self._write(told, write, Terminal())

    def finish(self, reading: Reading) -> None:
        """Tell how an answer was made; what stands on the page before a person is told once."""
        on_page = self.shared.output is Format.TABLE and self.world.stdout.isatty()
        reading.finish(told=on_page)

    def _ending(self, document: Document[Any]) -> Ending:

        ending = document.ending()
        if not self.world.interruption.cut:
            return ending
        interrupted = Problem(self.command, "interrupted", ProblemKind.INTERRUPTED)
        return replace(ending, problems=[*ending.problems, interrupted])

    def _write(self, document: Document[Any], write: Write, terminal: Terminal) -> Ending:
        match self.shared.output:
            case Format.TABLE:
                from batchdoctor.report.table import write_table  # and with it rich

                to_a_person = write == self.world.output.write and self.world.stdout.isatty()
                if document.live or self.shared.no_pager or not to_a_person:
                    return write_table(document, write, terminal)

                with paged(self.world) as page:
                    return write_table(document, page.write, terminal)
            case Format.MARKDOWN:
                from batchdoctor.report.markdown import write_markdown

                return write_markdown(document, write)
            case Format.PROMETHEUS:
                from batchdoctor.report.prometheus import write_prometheus

                return write_prometheus(document, write)
            case Format.JUNIT:
                from batchdoctor.report.junit import write_junit

                return write_junit(document, write)
            case usual:
                from batchdoctor.report.machine import MACHINE_FORMATS

                return MACHINE_FORMATS[usual](document, write)


@contextmanager
def _whole(out: Path) -> Iterator[Write]:
    """Something to write to, which is there under its name only once all of it is."""
    try:
        with atomic_file(out) as sink:
            yield lambda text: sink.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror or error}.", hint="--out names another file"
        ) from error
