"""What `auth check` finds out, and what it must not tell."""

from __future__ import annotations

import base64
import json

import pytest

from batchdoctor.sandbox import Fault
from tests.box import Open


def token(**claims: object) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts), "sig"])


def test_a_key_that_works_is_told_without_the_key(open_box: Open) -> None:
    box = open_box()
    result = box.run("auth", "check", "-o", "json")
    document = result.json()
    assert result.status == 0
    assert [(item["check"], item["outcome"]) for item in document["items"]] == [
        ("credential", "ok"),
        ("connection", "ok"),
        ("clock", "ok"),
        ("read pools", "ok"),
        ("read node counts", "ok"),
        ("read nodes", "ok"),
        ("read jobs", "ok"),
        ("read tasks", "ok"),
    ]
    assert document["summary"]["origins"]["key"] == "environment AZURE_BATCH_ACCESS_KEY"
    assert box.sandbox.key not in result.stdout + result.stderr
    table = box.run("auth", "check")
    assert "key       *** (environment AZURE_BATCH_ACCESS_KEY)" in table.stdout
    assert table.stdout.endswith("The account can be used.\n")


WHY = "the key is not this account's, since the service computes another signature"
WRONG_KEY = {"AZURE_BATCH_ACCESS_KEY": base64.b64encode(b"x" * 64).decode()}


def test_a_wrong_key_is_a_failed_credential_in_one_sentence(open_box: Open) -> None:
    result = open_box().run("auth", "check", "-o", "json", environ=WRONG_KEY)
    assert result.status == 4
    assert result.json()["items"] == [
        {
            "check": "credential",
            "outcome": "failed",
            "message": f"Could not read the account: {WHY} (AuthenticationFailed)",
            "hint": "The key is from environment AZURE_BATCH_ACCESS_KEY; copy it again from the "
            "Keys page of sandbox, where it may have been renewed.",
        }
    ]


def test_a_wrong_key_is_told_in_one_sentence_by_every_command(open_box: Open) -> None:
    told = open_box().run("triage", environ=WRONG_KEY).stderr
    error, hint = told.splitlines()
    assert error.startswith(f"error: Could not list the pools: {WHY}. (AuthenticationFailed, ")
    assert hint == (
        "hint: Check that the key belongs to this account name and endpoint: batchdoctor auth check"
    )


def test_a_key_is_not_called_well_where_nobody_answers(open_box: Open) -> None:
    nobody = {"AZURE_BATCH_ENDPOINT": "http://127.0.0.1:9"}
    result = open_box().run("auth", "check", "-o", "json", environ=nobody)
    outcomes = {item["check"]: item["outcome"] for item in result.json()["items"]}
    assert (result.status, outcomes) == (6, {"credential": "skipped", "connection": "failed"})


def test_a_clock_that_is_far_off_is_no_wrong_key(open_box: Open) -> None:
    box = open_box()
    box.order(Fault("clock-skew", "GET /pools", times=None, skew=3600))
    result = box.run("auth", "check", "-o", "json", environ=WRONG_KEY)
    (clock,) = result.json()["items"]
    assert (clock["check"], clock["outcome"], result.status) == ("clock", "failed", 4)
    assert "this computer's clock is 60 min behind the service's" in clock["message"]


@pytest.mark.parametrize(
    ("route", "failed", "lacks"),
    [
        ("GET /jobs*", ["read jobs"], "jobs/read"),
        ("GET /pools", ["read pools"], "pools/read"),
    ],
)
def test_what_the_role_of_an_identity_lacks_is_named(
    open_box: Open, monkeypatch: pytest.MonkeyPatch, route: str, failed: list[str], lacks: str
) -> None:
    box = open_box(auth="token", tls=True)
    for name, value in box.sandbox.environment().items():
        monkeypatch.setenv(name, value)
    box.order(Fault("not-allowed", route, times=None))
    result = box.run("auth", "check", "-o", "json")
    items = {item["check"]: item for item in result.json()["items"]}
    assert [name for name, item in items.items() if item["outcome"] == "failed"] == failed
    assert items["connection"]["outcome"] == "ok"
    assert items[failed[0]]["message"] == (
        f"not allowed: the role lacks Microsoft.Batch/batchAccounts/{lacks} "
        "(InsufficientAccountPermissions)"
    )
    assert result.status == 4
    page = box.run("auth", "check").stdout
    assert "Batch Data Reader" in " ".join(page.split())


def test_a_clock_that_is_off_is_a_warning(open_box: Open) -> None:
    box = open_box()
    box.order(Fault("clock-skew", "GET /pools", times=2, skew=300))
    result = box.run("auth", "check", "-o", "json")
    clock = next(item for item in result.json()["items"] if item["check"] == "clock")
    assert (result.status, clock["outcome"]) == (0, "warning")
    assert "behind the service" in clock["message"]
    assert 290 < result.json()["summary"]["clockSkewSeconds"] < 310


def test_what_the_identity_may_not_do_is_told_and_the_rest_goes_on(open_box: Open) -> None:
    box = open_box()
    box.order(Fault("expired-token", "GET /jobs"))
    result = box.run("auth", "check", "-o", "json")
    outcomes = {item["check"]: item["outcome"] for item in result.json()["items"]}
    assert result.status == 4
    assert (outcomes["read jobs"], outcomes["read tasks"]) == ("failed", "skipped")


def test_a_token_is_read_and_never_shown(open_box: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = token(tid="tenant-1", upn="kim@example.org", aud="batch")
    box = open_box(auth="token", tls=True, token=secret)
    # azure-identity and requests read the process's own environment.
    for name, value in box.sandbox.environment().items():
        monkeypatch.setenv(name, value)
    result = box.run("auth", "check", "-o", "json", "-v")
    summary = result.json()["summary"]
    assert (result.status, summary["tenant"]) == (0, "tenant-1")
    assert "as kim@example.org" in result.json()["items"][0]["message"]
    assert secret not in result.stdout + result.stderr
    assert secret.split(".")[1] not in result.stdout + result.stderr


@pytest.mark.parametrize("chosen", ["ManagedIdentityCredential", "prod"])
def test_the_member_of_the_chain_that_gave_the_token_is_named(
    open_box: Open, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    box = open_box(auth="token", tls=True)
    environ = {**box.sandbox.environment(), "AZURE_TOKEN_CREDENTIALS": chosen}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    result = box.run("auth", "check", "-o", "json")
    first = result.json()["items"][0]
    assert (result.status, first["check"]) == (0, "token")
    assert result.json()["summary"]["tokenFrom"] == "ManagedIdentityCredential"
    assert first["message"].endswith(", from ManagedIdentityCredential")


def test_no_member_of_a_chain_is_named_for_a_key_or_without_a_token(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = open_box(auth="token", tls=True)
    environ = {**box.sandbox.environment(), "IDENTITY_HEADER": "wrong"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    refused = box.run("auth", "check", "-o", "json", environ=environ)
    assert refused.status == 4
    assert refused.json()["summary"]["tokenFrom"] is None
    assert open_box().run("auth", "check", "-o", "json").json()["summary"]["tokenFrom"] is None
