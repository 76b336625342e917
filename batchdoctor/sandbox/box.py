"""The sandbox itself: starts and stops the account, and says how to reach it."""

from __future__ import annotations

import errno
import hashlib
import ssl
import tempfile
import threading
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from batchdoctor.errors import UsageError
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.account.uploads import uploads
from batchdoctor.sandbox.api.call import Settings
from batchdoctor.sandbox.certificate import make_certificate
from batchdoctor.sandbox.clock import ticks, utc_now
from batchdoctor.sandbox.diagnostic_log import log_lines
from batchdoctor.sandbox.faults.fault import Fault
from batchdoctor.sandbox.faults.plan import FaultPlan
from batchdoctor.sandbox.identity import IDENTITY_HEADER, TOKEN_PATH
from batchdoctor.sandbox.protocol.authentication import Door
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.running.agent import Agent
from batchdoctor.sandbox.running.mishap import Mishap, Mishaps
from batchdoctor.sandbox.scenario.expand import expand
from batchdoctor.sandbox.scenario.load import Scenario, load_scenario
from batchdoctor.sandbox.service import Service
from batchdoctor.sandbox.wire.blob import put_blob
from batchdoctor.sandbox.wire.messages import Delivery, Request
from batchdoctor.sandbox.wire.server import Server

DEFAULT_KEY = b64encode(hashlib.sha512(b"a key that opens nothing but a sandbox").digest()).decode()
DEFAULT_TOKEN = "a-token-that-opens-nothing-but-a-sandbox"  # noqa: S105
# How long after its answer a change of a node was seen to show, in seconds.
LAG = 3.5
_POLL = 0.02


class Sandbox:
    """An Azure Batch account on loopback, for training and for tests.

    `scenario` is a name or a loaded scenario, `size` the number of tasks of a scenario that takes
    one. `now` gives the account's time; signatures are always judged by the computer's own clock.
    `page_size` makes pages shorter than the service's 1000, `range_status` is what a ranged
    download is answered with (200 or 206), `keep_requests` how many requests are remembered.

    With `run_jobs` the tasks that are created run as processes of this computer, each in a folder
    below one that goes with the sandbox; `mishaps` are what befalls them. Nothing of a scenario is
    ever run. Without, they are said to run where there is a `lag`, and wait where there is none.

    With a `lag`, in seconds, the account goes on as the service does: changes of nodes show that
    much later, and waiting tasks start where nodes are free. Without, nothing happens but what was
    asked for or had begun.
    """

    def __init__(
        self,
        scenario: Scenario | str = "night-shift",
        *,
        port: int = 0,
        size: int | None = None,
        key: str = DEFAULT_KEY,
        auth: Literal["key", "token"] = "key",
        tls: bool = False,
        token: str = DEFAULT_TOKEN,
        now: Callable[[], datetime] = utc_now,
        lag: float = 0.0,
        faults: Iterable[Fault] = (),
        page_size: int = 1000,
        range_status: int = 200,
        keep_requests: int = 10_000,
        run_jobs: bool = False,
        mishaps: Iterable[Mishap] = (),
    ) -> None:
        if auth == "token" and not tls:
            raise UsageError("The sandbox takes tokens over TLS only.", hint="Ask for TLS too.")
        loaded = load_scenario(scenario, size=size) if isinstance(scenario, str) else scenario
        self.scenario: Scenario = loaded
        self.account_name = "sandbox"
        self.key = key
        self.token = token
        self.requests: deque[Request] = deque(maxlen=keep_requests)
        self._auth, self._tls, self._port, self._now = auth, tls, port, now
        self._lag = lag
        self._tokens = {token} if tls else set()
        self._settings = Settings(b64decode(key), page_size, range_status)
        self._plan = FaultPlan()
        self._plan.add(faults)
        self._run_jobs = run_jobs
        self._mishaps = Mishaps(list(mishaps))
        self._agent: Agent | None = None
        self._server: Server | None = None
        self._service: Service | None = None
        self._thread: threading.Thread | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.certificate_file: Path | None = None

    def start(self) -> Self:
        """Begin to listen; the account's time begins now. Returns itself.

        Raises `UsageError` for a port that is in use.
        """
        if self._server is not None:
            return self
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def _open(self) -> None:
        context = self._make_certificate() if self._tls else None
        server = self._server = self._listen(context)
        store = self._expanded()
        self._service = Service(
            store, self._settings, self._now, self._plan, self.requests, self._door
        )
        if self._run_jobs:
            self._agent = self._started_agent(self._service)
        self._thread = threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
        self._thread.start()

    def _started_agent(self, service: Service) -> Agent:
        own = {"AZ_BATCH_ACCOUNT_NAME": self.account_name, "AZ_BATCH_ACCOUNT_URL": self.url}
        folder = self._own_folder() / "nodes"
        now = self._now
        return Agent(
            service.store, service.exclusive, lambda: ticks(now()), folder, own, self._mishaps
        ).start()

    def _expanded(self) -> Store:
        """Raises `UsageError` for a scenario that names what is not there, or is no time."""
        try:
            return expand(self.scenario, self.url, ticks(self._now()), self._lag)
        except (ServiceError, LookupError, ValueError, TypeError) as error:
            raise UsageError(
                f"The scenario {self.scenario.name} cannot be made: {error}.",
                hint="Pools and recipes must exist, and spans of time look like -40m.",
            ) from error

    def _listen(self, context: ssl.SSLContext | None) -> Server:
        try:
            return Server(self._port, self._respond, context)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise UsageError(
                f"The port {self._port} is in use.",
                hint="Name another port, or none for one that is free.",
            ) from None

    def stop(self) -> None:
        """End all connections and stop listening; what was recorded stays readable.

        Raises `RuntimeError` when a handler of ours crashed, which clients see as a lost answer.
        """
        crash = self._close()
        if crash is not None:
            raise RuntimeError("A handler of the sandbox crashed.") from crash

    def _close(self) -> Exception | None:
        """End everything, and return the first crash of a handler."""
        server, agent = self._server, self._agent
        if agent is not None:
            agent.stop()
        if server is not None and self._thread is not None:
            server.stop()
            self._thread.join()
        elif server is not None:
            server.server_close()
        if self._folder is not None:
            self._folder.cleanup()
        self._server = self._thread = self._folder = self._agent = None
        crashes = [each.crash for each in (server, agent) if each is not None and each.crash]
        return crashes[0] if crashes else None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.stop()
            return
        crash = self._close()
        if crash is not None:
            error.add_note(f"A handler of the sandbox crashed before: {crash!r}")

    @property
    def url(self) -> str:
        """Where it listens, for example `http://127.0.0.1:40123`; only while it does."""
        if self._server is None:
            raise UsageError("The sandbox has not been started.")
        port = self._server.server_address[1]
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"

    @property
    def store(self) -> Store:
        """The account's state, for tests that want to compare or to arrange something."""
        if self._service is None:
            raise UsageError("The sandbox has not been started.")
        return self._service.store

    def environment(self) -> dict[str, str]:
        """Return the environment variables with which a client uses this account."""
        variables = {
            "AZURE_BATCH_ENDPOINT": self.url,
            "AZURE_BATCH_ACCOUNT": self.account_name,
        }
        if self._auth == "key":
            variables |= {"AZURE_BATCH_AUTH_MODE": "shared_key", "AZURE_BATCH_ACCESS_KEY": self.key}
        else:
            # A managed identity's endpoint is how a credential chain gets the token by itself.
            variables |= {
                "AZURE_BATCH_AUTH_MODE": "aad",
                "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
                "IDENTITY_ENDPOINT": self.url + TOKEN_PATH,
                "IDENTITY_HEADER": IDENTITY_HEADER,
            }
        if self.certificate_file:
            variables["REQUESTS_CA_BUNDLE"] = str(self.certificate_file)
        return variables

    def add_fault(self, fault: Fault) -> None:
        """Order a fault."""
        self._plan.add([fault])

    def unfired_faults(self) -> list[Fault]:
        """Return the faults that have not struck as often as they were ordered."""
        return self._plan.unfired()

    def befall(self, mishap: Mishap) -> None:
        """Order a mishap of the tasks that really run."""
        self._mishaps.add(mishap)

    def outstanding_mishaps(self) -> list[Mishap]:
        """Return the mishaps that have not struck."""
        return list(self._mishaps.left)

    def accept_tokens(self, *tokens: str) -> None:
        """Accept these bearer tokens from now on, and no others: older ones have expired."""
        self._tokens = set(tokens)

    def diagnostic_log(self, *, old_starts: bool = False) -> Iterator[str]:
        """Yield the lines of the diagnostic log that this account would have kept so far.

        Its starts name no requeue count if they are to be `old_starts`, as those until 2026.
        """
        return log_lines(self.store, old_starts=old_starts)

    def put_task_file(self, job_id: str, task_id: str, path: str, content: bytes) -> None:
        """Let a task have a file (`stdout.txt`, `wd/result.csv`) with just this content."""
        task = self.store.task(job_id, task_id)
        task.files = {**(task.files or {}), path: content}

    def put_node_file(self, pool_id: str, node_id: str, path: str, content: bytes) -> None:
        """Let a node have a file (`startup/stderr.txt`) with just this content."""
        self.store.node(pool_id, node_id).files[path] = content

    def save_output_files(self) -> int:
        """Write the blobs that ended tasks have saved by their `outputFiles`; return how many.

        Each container is written to with the signature in its URL. Raises OSError where that fails.
        """
        saved = list(uploads(self.store))
        for upload in saved:
            put_blob(upload.url, upload.content)
        return len(saved)

    def _door(self) -> Door:
        return Door(
            self.account_name, self.key if self._auth == "key" else "", frozenset(self._tokens)
        )

    def _respond(self, request: Request) -> tuple[bytes, bytes, Delivery]:
        if self._service is None:
            raise UsageError("The sandbox has not been started.")
        return self._service.respond(request)

    def _make_certificate(self) -> ssl.SSLContext:
        context, self.certificate_file = make_certificate(self._own_folder())
        return context

    def _own_folder(self) -> Path:
        """A folder that goes with the sandbox."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="batchdoctor-")
        return Path(self._folder.name)
