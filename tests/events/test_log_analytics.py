"""Logs in Log Analytics, asked for over HTTP from a server that answers as the service does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.errors import AccessError, NotFoundError, UnreachableError
from batchdoctor.events import log_analytics
from batchdoctor.events.kql import query
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from tests.events.corpus import corpus
from tests.events.test_reading import PLAIN
from tests.events.wrappings import tables

pytest.importorskip("azure.monitor.query", reason="the extra `monitor` is not installed")

RECORDS = corpus().records


class Token(NamedTuple):
    token: str = "secret"
    expires_on: int = 2**31


class Credential:
    """A credential that is always signed in."""

    def get_token(self, *scopes: str, **_: Any) -> Token:
        assert scopes[0].endswith("/.default")
        return Token()


@dataclass
class Workspace:
    """What the server answers, and what it was asked."""

    answers: list[tuple[int, bytes]]
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    url: str = ""

    def log(self, selection: Selection | None = None) -> EventLog:
        chosen = selection or Selection()
        source = log_analytics.workspace_source(
            "w/1", chosen, endpoint=self.url, credential=Credential()
        )
        return EventLog(sources=[source], selection=chosen)


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(log_analytics, "RETRIES", 0)
    state = Workspace([])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            token = self.headers["Authorization"]
            state.asked.append((self.path, token, json.loads(body)))
            status, answer = state.answers.pop(0)
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield state
        server.shutdown()
        thread.join()


def test_the_rows_of_a_workspace_give_the_summary_of_the_log(workspace: Workspace) -> None:
    workspace.answers = [(200, tables(RECORDS))]
    log = workspace.log()
    assert (conclude(log.tally())[0], log.problems) == (PLAIN, [])


def test_events_and_failures_come_from_a_workspace_too(workspace: Workspace) -> None:
    workspace.answers = [(200, tables(RECORDS))] * 2
    events = [event.operation_name for event in workspace.log().events(Tally())]
    assert events == [record["operationName"] for record in RECORDS]
    assert len(list(workspace.log().failures(Tally()))) == PLAIN.failures


def test_the_workspace_is_asked_for_the_selected_events_only(workspace: Workspace) -> None:
    workspace.answers = [(200, tables(RECORDS))]
    selection = Selection(jobs=frozenset({"job-1"}))
    summary, _ = conclude(workspace.log(selection).tally())
    assert summary.jobs == 1
    assert workspace.asked == [
        ("/v1/workspaces/w%2F1/query", "Bearer secret", {"query": query(selection)})
    ]


def test_an_answer_that_was_cut_short_is_a_problem(workspace: Workspace) -> None:
    partial = tables(RECORDS)[:-1] + b', "error": {"code": "PartialError", "message": "too much"}}'
    workspace.answers = [(200, partial)]
    log = workspace.log()
    summary, _ = conclude(log.tally())
    assert summary.attempts == PLAIN.attempts
    assert [problem.subject for problem in log.problems] == ["workspace w/1"]
    assert "--since" in log.problems[0].message


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, AccessError), (401, AccessError), (404, NotFoundError), (500, UnreachableError)],
)
def test_a_refusal_is_one_of_our_errors(
    workspace: Workspace, status: int, error: type[Exception]
) -> None:
    body = {"error": {"code": "SomeCode", "message": "no"}}
    workspace.answers = [(status, json.dumps(body).encode())] * 2
    with pytest.raises(error, match="workspace w/1") as raised:
        workspace.log().tally()
    assert "secret" not in str(raised.value)
