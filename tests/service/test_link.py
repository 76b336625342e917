"""Where a link of the service leads, however it is written: to the account itself, or nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

from batchdoctor.errors import ExitCode, UnreachableError
from batchdoctor.service.account import Account, SharedKey
from batchdoctor.service.client import Client
from batchdoctor.service.link import target_of
from batchdoctor.service.retry import RetryPolicy
from tests.box import NOW, run_with

GOOD, EVIL = "GOOD", "EVIL"
# A job and a failed task alike.
FAILURE = {"category": "userError", "code": "FailureExitCode", "message": "", "details": []}
ITEM = {
    "state": "completed",
    "executionInfo": {"exitCode": 1, "result": "failure", "failureInfo": FAILURE},
}
# Pieces of which links are made that two readers may understand differently.
PIECES = st.sampled_from(
    [
        *("http://", "https://", "HTTP://", "//", "/", "\\", "http:", "javascript:", "ws://"),
        *(GOOD, EVIL, "127.0.0.1", "localhost", "[::1]", "[", "]", "@", ":", ":80", ":0", ":+1"),
        *("#", "?", "%", "%2f", "%5c", "%00", "%0d%0a", "..", ".", ";", "&", "=", "$skiptoken=1"),
        *("/jobs", "jobs", "?$skiptoken=1", "{", "}", "{endpoint}", " ", "\t", "\n", "\r\n", "\0"),
        *("\u2100", "\u3002", "\uff0f", "\uff20", "\u00ad", "\x7f", "\x85", "'", '"'),
    ]
)
LINKS = st.lists(st.one_of(PIECES, st.text(max_size=3)), min_size=1, max_size=8).map("".join)


class Listener(ThreadingHTTPServer):
    """Answers every read with one page; the first has a link, the others have none."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.link: str | None = None
        self.asked = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener

    def do_GET(self) -> None:
        listener = self.server
        listener.asked += 1
        page: dict[str, object] = {"id": "j", "value": [ITEM | {"id": f"item-{listener.asked}"}]}
        if listener.link and "maxresults" in self.path:
            page["odata.nextLink"], listener.link = listener.link, None
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@dataclass
class Two:
    """The account's own listener, and another that must never be asked."""

    good: Listener = field(default_factory=Listener)
    evil: Listener = field(default_factory=Listener)

    def offer(self, form: str) -> None:
        self.good.link = form.replace(GOOD, self.good.host).replace(EVIL, self.evil.host)


@pytest.fixture(scope="module")
def two() -> Iterator[Two]:
    listeners = Two()
    threads = [
        Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        for server in (listeners.good, listeners.evil)
    ]
    for thread in threads:
        thread.start()
    yield listeners
    for server in (listeners.good, listeners.evil):
        server.shutdown()
        server.server_close()


@given(form=LINKS)
@example(form="http://EVIL\\@GOOD/jobs")
@example(form="//EVIL\\@GOOD/jobs")
@example(form="http://GOOD//EVIL/jobs")
@example(form="http://GOOD/\\EVIL/jobs")
@example(form="http://GOOD:80\\@EVIL/jobs")
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_a_link_is_written_nobody_else_gets_a_request(two: Two, form: str) -> None:
    two.offer(form)
    account = Account(f"http://{two.good.host}", "acct", SharedKey("a2V5"))
    seen: list[str] = []
    with Client(account, retry=RetryPolicy(attempts=1)) as client:
        try:
            seen.extend(job.id for job in client.jobs())
        except UnreachableError as error:
            assert "the link to the next page" in error.message or "already" in error.message  # noqa: PT017
    assert seen
    assert two.evil.asked == 0


@given(form=LINKS)
def test_what_is_followed_is_read_by_every_library_as_the_account_itself(form: str) -> None:
    endpoint = "https://acct.westeurope.batch.azure.com"
    try:
        target = target_of(form.replace(GOOD, "acct.westeurope.batch.azure.com"), endpoint)
    except ValueError:
        return
    assert target.startswith("/")
    hosts = {urlsplit(endpoint + target).netloc, parse_url(endpoint + target).netloc}
    assert hosts == {"acct.westeurope.batch.azure.com"}


@pytest.mark.parametrize(
    "form",
    [
        "http://EVIL\\@GOOD/jobs?$skiptoken=1",
        "//EVIL/jobs",
        "http://GOOD@EVIL/jobs",
        "http://[::1/jobs",
        "http://[127.0.0.1]:80/jobs",
        "http://GOOD\u2100/jobs",
        "http://GOOD:99999999/jobs",
        "javascript:alert(1)",
    ],
)
def test_a_command_shows_what_it_read_and_says_that_it_is_not_all(two: Two, form: str) -> None:
    two.offer(form)
    environment = {
        "AZURE_BATCH_ENDPOINT": f"http://{two.good.host}",
        "AZURE_BATCH_ACCOUNT": "acct",
        "AZURE_BATCH_ACCESS_KEY": "a2V5",
    }
    result = run_with(environment, lambda: NOW)("tasks", "failed", "--job", "j", "-o", "json")
    document = result.json()
    assert result.status == ExitCode.UNREACHABLE
    assert [task["taskId"][:5] for task in document["items"]] == ["item-"]
    assert document["complete"] is False
    assert "the link to the next page" in result.stderr
    assert two.evil.asked == 0
