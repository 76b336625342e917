"""Who is let in: signatures over requests, and their age."""

from __future__ import annotations

import base64
import http.client
from email.utils import formatdate
from time import time
from urllib.parse import urlsplit

import pytest
from azure.batch import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import VERSION, Answer, Wire

OTHER_KEY = base64.b64encode(b"x" * 64).decode()


def details(answer: Answer) -> dict[str, str]:
    return {value["key"]: value["value"] for value in answer.document["values"]}


def test_the_real_clients_signature_is_accepted(client: BatchClient) -> None:
    assert client.get_job("render-20261121").id == "render-20261121"


def test_a_signature_over_lower_case_query_names_is_accepted_too(wire: Wire) -> None:
    assert wire.get("/jobs", "timeOut=10").status == 200


def test_a_post_without_a_body_is_signed_with_the_length_zero(client: BatchClient) -> None:
    client.reactivate_task("ingest-20261121", "feed-031")
    assert client.get_task("ingest-20261121", "feed-031").state == "active"


def test_a_wrong_key_is_refused_as_the_service_does(sandbox: Sandbox) -> None:
    credential = AzureNamedKeyCredential(sandbox.account_name, OTHER_KEY)
    with (
        BatchClient(sandbox.url, credential) as client,
        pytest.raises(HttpResponseError) as caught,
    ):
        client.get_job("render-20261121")
    assert caught.value.status_code == 403
    assert caught.value.error is not None
    assert caught.value.error.code == "AuthenticationFailed"
    assert [request.status for request in sandbox.requests] == [403]


def test_the_refusal_shows_the_string_that_should_have_been_signed(sandbox: Sandbox) -> None:
    answer = Wire(sandbox, key=OTHER_KEY).get("/jobs")
    assert answer.status == 403
    assert (
        f"/sandbox/jobs\\n{VERSION.replace('=', ':')}"
        in details(answer)["AuthenticationErrorDetail"]
    )


def test_another_accounts_signature_is_refused(wire: Wire) -> None:
    answer = wire.get("/jobs", Authorization="SharedKey somebody:abc=")
    assert (answer.status, answer.document["code"]) == (403, "AuthenticationFailed")
    assert "somebody" in details(answer)["AuthenticationErrorDetail"]


@pytest.mark.parametrize("scheme", ["Basic Zm9v", "Bearer made-up", "nonsense", "SharedKey"])
def test_anything_else_in_the_authorization_header_is_refused(wire: Wire, scheme: str) -> None:
    answer = wire.get("/jobs", Authorization=scheme)
    assert answer.document["code"] == "AuthenticationFailed"
    assert answer.status == (403 if scheme == "SharedKey" else 401)


def test_without_authorization_the_answer_is_401_with_a_challenge(wire: Wire) -> None:
    answer = wire.get("/jobs", Authorization="")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(("age", "status"), [(14 * 60, 200), (16 * 60, 403), (-16 * 60, 403)])
def test_a_request_is_good_for_fifteen_minutes(wire: Wire, age: int, status: int) -> None:
    answer = wire.get("/jobs", ocp_date=formatdate(time() - age, usegmt=True))
    assert answer.status == status
    if status == 403:
        assert "15 minutes" in details(answer)["AuthenticationErrorDetail"]


@pytest.mark.parametrize("date", ["", "soon", "2026-11-21T06:00:00Z"])
def test_a_date_that_is_none_is_refused(wire: Wire, date: str) -> None:
    answer = wire.get("/jobs", ocp_date=date)
    assert answer.status == 403
    assert "ocp-date" in details(answer)["AuthenticationErrorDetail"]


def test_a_changed_query_breaks_the_signature(sandbox: Sandbox, wire: Wire) -> None:
    date = formatdate(usegmt=True)
    signature = wire.sign("GET", f"/jobs?{VERSION}", {"ocp-date": date})
    answer = wire.get("/jobs", "maxresults=5", ocp_date=date, Authorization=signature)
    assert answer.status == 403


def test_a_request_is_judged_by_the_headers_that_it_sent(sandbox: Sandbox, wire: Wire) -> None:
    """One client signs a length of 0 and sends it, another sends none and signs none."""
    node = sandbox.store.pool("render-linux").nodes[0].id
    target = f"/pools/render-linux/nodes/{node}/users/nobody?{VERSION}"
    for length in ({"Content-Length": "0"}, {}):
        headers = {"ocp-date": formatdate(usegmt=True), **length}
        headers["Authorization"] = wire.sign("DELETE", target, headers)
        connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
        try:
            connection.putrequest("DELETE", target, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            assert connection.getresponse().status == 404
        finally:
            connection.close()
