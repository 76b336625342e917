"""Answers and broken exchanges, each translated into one of our errors by what it says."""

from __future__ import annotations

import errno
import json
import socket
import ssl
from datetime import UTC, datetime

import pytest

from batchdoctor.errors import (
    AccessError,
    BatchdoctorError,
    NotFoundError,
    RefusedError,
    StateError,
    UnreachableError,
    UsageError,
)
from batchdoctor.service.broken import fault_of_exception
from batchdoctor.service.faults import fault_of_answer, fault_of_body, parse_retry_after
from batchdoctor.service.wording import one_line, service_message, snippet

NOW = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)
DATE = "Sat, 21 Nov 2026 20:00:00 GMT"
KEY = "Y2FuYXJ5LWtleS10aGF0LW11c3QtbmV2ZXItYmUtc2hvd24tdG8tYW55b25lLWF0LWFsbC1ldmVyLW5vLW5vPQ=="


def refusal(code: str, message: object = "It is so.\nRequestId:1-2\nTime:2026-11-21") -> bytes:
    return json.dumps({"code": code, "message": message}).encode()


@pytest.mark.parametrize(
    ("status", "code", "kind", "passing"),
    [
        (400, "InvalidQueryParameterValue", RefusedError, False),
        (400, "InvalidPropertyValue", UsageError, False),
        (401, "AuthenticationFailed", AccessError, False),
        (403, "InsufficientAccountPermissions", AccessError, False),
        (404, "PoolNotFound", NotFoundError, False),
        (405, "UnsupportedHttpVerb", RefusedError, False),
        (409, "NodeBeingRebooted", StateError, False),
        (412, "ConditionNotMet", RefusedError, False),
        (408, "OperationTimedOut", UnreachableError, True),
        (429, "TooManyRequests", UnreachableError, True),
        (500, "InternalError", UnreachableError, True),
        (501, "NotImplemented", RefusedError, False),
        (502, "X", UnreachableError, True),
        (503, "ServerBusy", UnreachableError, True),
        (504, "X", UnreachableError, True),
    ],
)
def test_status_and_code_decide(
    status: int, code: str, kind: type[BatchdoctorError], passing: bool
) -> None:
    fault = fault_of_answer(status, {"request-id": "r-1", "Date": DATE}, refusal(code), now=NOW)
    assert (fault.kind, fault.passing, fault.code, fault.request_id) == (kind, passing, code, "r-1")
    assert fault.error("list the jobs").message == "Could not list the jobs: it is so."


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"lang": "en-US", "value": "The node is busy.\nRequestId:a\nTime:b"}, "the node is busy"),
        ("A plain string.", "a plain string"),
        (None, "the service answered TooMany"),
        ({"value": "IP address is not allowed."}, "IP address is not allowed"),
    ],
)
def test_the_message_is_the_services_sentence(message: object, told: str) -> None:
    fault = fault_of_answer(409, {}, refusal("TooMany", message), now=NOW)
    assert fault.why == told


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (502, b"", "HTTP 502 without a service error"),
        (
            502,
            b"<html><head><style>p {}</style></head><h1>Bad\x1b[31m   Gateway</h1>",
            "HTTP 502 without a service error ('Bad [31m Gateway')",
        ),
        (302, b"", "it was redirected (HTTP 302), which the Batch service never does"),
    ],
)
def test_an_answer_of_someone_else_is_shown_short_and_clean(
    status: int, body: bytes, told: str
) -> None:
    fault = fault_of_answer(status, {}, body, now=NOW)
    assert (fault.why, fault.code, fault.kind) == (told, None, UnreachableError)


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Sat, 21 Nov 2026 20:17:00 GMT", "this computer's clock is 17 min behind the service's"),
        ("Sat, 21 Nov 2026 19:30:00 GMT", "clock is 30 min ahead of the service's"),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_signature_with_a_wrong_clock_is_the_clocks_fault(
    date: str, told: str, status: int
) -> None:
    body = refusal("AuthenticationFailed")
    fault = fault_of_answer(status, {"Date": date}, body, now=NOW)
    assert told in fault.why
    assert "Set the clock" in str(fault.hint)


def test_a_refused_signature_with_a_right_clock_is_the_keys_fault() -> None:
    fault = fault_of_answer(403, {"Date": DATE}, refusal("AuthenticationFailed"), now=NOW)
    assert "auth check" in str(fault.hint)


@pytest.mark.parametrize(
    ("text", "date", "expected"),
    [
        ("7", DATE, 7.0),
        ("0", DATE, 0.0),
        ("86400", DATE, 86400.0),
        ("Sat, 21 Nov 2026 20:00:09 GMT", DATE, 9.0),
        ("Sat, 21 Nov 2026 21:00:09 GMT", "Sat, 21 Nov 2026 21:00:00 GMT", 9.0),
        ("Sat, 21 Nov 2026 20:00:09 GMT", "", 9.0),
        ("Sat, 21 Nov 2026 19:00:00 GMT", DATE, 0.0),
        *[
            (bad, DATE, None)
            for bad in ("soon", "inf", "nan", "-1", "1e9", "1, 2", "", "٣", "9" * 99)
        ],
    ],
)
def test_retry_after_is_a_number_or_a_date_and_nothing_else(
    text: str, date: str, expected: float | None
) -> None:
    assert parse_retry_after({"Retry-After": text, "Date": date}, NOW) == expected


def wrapped(inner: BaseException) -> Exception:
    """Wrap an exception the way azure-core, requests and urllib3 do."""
    try:
        try:
            raise inner
        except BaseException as error:
            raise ConnectionError(ValueError(error)) from error
    except ConnectionError as outer:
        return outer


@pytest.mark.parametrize(
    ("inner", "told", "passing", "acted"),
    [
        (
            socket.gaierror(-2, "unknown"),
            "the name acct.example could not be resolved",
            True,
            False,
        ),
        (ConnectionRefusedError(), "acct.example refused the connection", True, False),
        (TimeoutError(), "acct.example did not answer in time", True, True),
        (ConnectionResetError(), "the connection to acct.example broke", True, True),
        (OSError(errno.EPIPE, "x"), "the connection to acct.example broke", True, True),
        (ssl.SSLEOFError(8, "eof"), "the connection to acct.example broke", True, True),
    ],
)
def test_a_broken_exchange_is_told_by_what_lies_under_it(
    inner: BaseException, told: str, passing: bool, acted: bool
) -> None:
    fault = fault_of_exception(wrapped(inner), "acct.example", {})
    assert (fault.why, fault.passing, fault.acted) == (told, passing, acted)
    assert fault.kind is UnreachableError


def test_a_proxy_is_named_by_its_variable_and_never_by_its_value() -> None:
    class ProxyError(Exception):
        pass

    environment = {"HTTPS_PROXY": "http://user:secret@proxy:3128"}
    fault = fault_of_exception(wrapped(ProxyError("Tunnel failed: 407")), "acct", environment)
    told = f"{fault.why} {fault.hint}"
    assert "HTTPS_PROXY" in told
    assert "wants a user name and password" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    "text",
    [
        f"https://store.blob.core.windows.net/c?sv=2024&sig={KEY}&se=2026",
        f"AccountKey={KEY};EndpointSuffix=core.windows.net",
        f"SharedKey acct:{KEY}",
        f"the MAC signature '{KEY}' is wrong",
        "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl",
    ],
)
def test_secrets_in_what_the_service_says_are_masked(text: str) -> None:
    fault = fault_of_answer(403, {}, refusal("AuthenticationFailed", text), now=NOW)
    told = f"{fault.why} {fault_of_body(text.encode(), text).why} {one_line(text)}"
    assert not any(secret in told for secret in (KEY, KEY[:20], "eyJhbGciOiJub25l", "c2lnbmF0"))
    assert "***" in told


def test_paths_and_ids_are_not_taken_for_secrets() -> None:
    text = "/mnt/batch/tasks/workitems/nightly/job/averyveryverylongtaskname/wd is missing"
    assert one_line(text) == text


def test_texts_are_cut_to_one_short_clean_line() -> None:
    assert service_message("One.\nRequestId:abc\nTime:2026-11-21T20:00:00Z") == "One"
    assert snippet(b"\xff\xfe\x00<p>a</p>" + b"b" * 500).endswith("b…")
    assert len(snippet(b"x" * 500)) == 80
