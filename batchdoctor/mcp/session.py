"""One agent's session with an account: a call of a tool comes in, a page or an error goes out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from batchdoctor.account import Account
from batchdoctor.core.text.gate import json_line
from batchdoctor.errors import BatchdoctorError, NotFoundError, RefusedError, UsageError
from batchdoctor.mcp.pages import Pages
from batchdoctor.mcp.tools import TOOLS, Tool
from batchdoctor.report.error_document import error_document
from batchdoctor.service.client import Client
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.changes.read_only import READ_ONLY
from batchdoctor.work.reading.nearest import with_nearest
from batchdoctor.work.surroundings import Quiet

_BY_NAME: Mapping[str, Tool] = {tool.name: tool for tool in TOOLS}


class Told(msgspec.Struct, frozen=True):
    """What a call came to: JSON as text and as a value, and whether it is an error."""

    text: str
    value: dict[str, Any]
    failed: bool


class Outside(Quiet):
    """The surroundings of one call after the other, each of which may be called off."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now, self._wait)
        self.called_off = threading.Event()
        """Whether nobody waits any more for the call that is under way."""

    def stop_if_asked(self) -> None:
        """Raise KeyboardInterrupt if the call was called off: what reads ends as with Ctrl-C."""
        if self.called_off.is_set():
            raise KeyboardInterrupt

    def _wait(self, seconds: float) -> None:
        self.called_off.wait(seconds)
        self.stop_if_asked()


class Session:
    """Answers calls, one at a time. Nothing can be changed from here, whatever is called."""

    def __init__(
        self,
        client: Client,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        timeout: float = 60.0,
    ) -> None:
        self._client = client
        self._timeout = timeout
        self._outside = Outside(now)
        # The lock of the last resort, on top of there being no tool that could change a thing.
        self.account = Account(Asking(client, self._outside, {**environ, READ_ONLY: "1"}))
        self._pages = Pages()
        self._turn = threading.Lock()

    def call(self, name: str, arguments: Mapping[str, Any], called_off: threading.Event) -> Told:
        """Answer a call; every error becomes an answer too. Waits for the call before it."""
        with self._turn:
            self._outside.called_off = called_off
            try:
                self._outside.stop_if_asked()
                return _told(self._page(name, arguments), failed=False)
            except NotFoundError as error:
                return _told(error_document(with_nearest(error, self._client)), failed=True)
            except BatchdoctorError as error:
                return _told(error_document(error), failed=True)
            except (ValueError, OSError) as error:
                # Names of another form, paths that cannot be read.
                return _told(error_document(UsageError(str(error))), failed=True)
            except KeyboardInterrupt:
                stopped = RefusedError("The call was called off.", hint="call it again")
                return _told(error_document(stopped), failed=True)
            except Exception as error:  # a bug must end in a sentence too
                return _told(error_document(_bug(error)), failed=True)

    def _page(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        tool = _BY_NAME.get(name)
        if tool is None:
            raise UsageError(f"No such tool {name!r}.", hint="one of: " + ", ".join(_BY_NAME))
        asked = _checked(tool, arguments)
        cursor: str | None = getattr(asked, "cursor", None)
        if cursor is not None:
            return self._pages.turned(name, cursor)
        # What was repeated for one answer is not told, nor held against, the next one.
        self._client.retry = RetryPolicy(self._timeout, sleep=self._outside.sleep)
        self._client.notices.clear()
        answer = tool.ask(self.account, asked)
        host = self.account.host if tool.of_account else None
        return self._pages.first(name, answer, host, self._outside.now())


def _checked(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    try:
        return msgspec.convert(arguments, tool.takes)
    except msgspec.ValidationError as error:
        keys = ", ".join(tool.takes.__struct_encode_fields__)
        raise UsageError(f"{tool.name}: {error}.", hint=f"it takes: {keys}") from error


def _told(value: dict[str, Any], *, failed: bool) -> Told:
    text = json_line(value)
    return Told(text, msgspec.json.decode(text), failed)


def _bug(error: Exception) -> RefusedError:
    return RefusedError(
        f"batchdoctor itself failed: {type(error).__name__}: {error}",
        hint="this is a bug; the same question on the command line with -v shows where",
    )
