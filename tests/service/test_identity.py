"""Tokens over TLS from a managed identity's endpoint, and what is said when there is none."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from batchdoctor.errors import AccessError, UnreachableError, UsageError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service.account import Account, AccountOptions, EntraIdentity, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.identity import LIMITS, TokenSource, summarise
from batchdoctor.service.retry import RetryPolicy

CANARY = "canary-token-that-must-never-be-shown"
SCOPE = "https://batch.core.windows.net//.default"


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox("bad-job", auth="token", tls=True, token=CANARY) as box:
        for name, value in box.environment().items():
            monkeypatch.setenv(name, value)
        yield box


def client_of(box: Sandbox) -> Client:
    account = resolve_account(AccountOptions(), box.environment())
    assert isinstance(account.credential, EntraIdentity)
    return Client(account, retry=RetryPolicy(sleep=lambda _seconds: None))


def test_a_managed_identitys_token_opens_the_account(box: Sandbox) -> None:
    with client_of(box) as client:
        assert len(list(client.jobs())) == 4
    assert box.requests[-1].headers["authorization"] == f"Bearer {CANARY}"


def test_an_expired_token_is_renewed_once_in_the_middle(box: Sandbox) -> None:
    box.add_fault(Fault(FaultKind.EXPIRED_TOKEN, route="GET /jobs*", after=1))
    with client_of(box) as client:
        jobs = [job.id for job in client.jobs()]
        assert all(list(client.tasks(job)) for job in jobs)
    assert box.unfired_faults() == []


def test_a_token_taken_back_by_the_service_is_replaced(box: Sandbox) -> None:
    with client_of(box) as client:
        before = list(client.jobs())
        box.accept_tokens("another")
        assert list(client.jobs()) == before
    assert box.requests[-1].headers["authorization"] == "Bearer another"


def test_a_token_that_is_refused_again_is_an_error(box: Sandbox) -> None:
    box.add_fault(Fault(FaultKind.EXPIRED_TOKEN, route="GET /jobs", times=None))
    with client_of(box) as client, pytest.raises(AccessError) as caught:
        list(client.jobs())
    asked = [request for request in box.requests if request.path == "/jobs"]
    assert len(asked) == 2
    assert CANARY not in f"{caught.value!r} {caught.value.message} {caught.value.hint}"


def test_a_certificate_nobody_trusts_is_refused_on_the_first_try(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = resolve_account(
        AccountOptions(auth="key", name="sandbox"),
        {"AZURE_BATCH_ENDPOINT": box.url, "AZURE_BATCH_ACCESS_KEY": box.key},
    )
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    events: list[object] = []
    retry = RetryPolicy(hook=events.append)
    with Client(account, retry=retry) as client, pytest.raises(UnreachableError) as caught:
        list(client.jobs())
    assert "the TLS certificate of 127.0.0.1 was not accepted" in caught.value.message
    assert "REQUESTS_CA_BUNDLE" in (caught.value.hint or "")
    assert events == []


def test_a_missing_file_of_certificates_is_named(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = resolve_account(
        AccountOptions(auth="key", name="sandbox"),
        {"AZURE_BATCH_ENDPOINT": box.url, "AZURE_BATCH_ACCESS_KEY": box.key},
    )
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with Client(account) as client, pytest.raises(UsageError, match="REQUESTS_CA_BUNDLE"):
        list(client.jobs())


def test_a_token_is_not_sent_over_plain_http() -> None:
    account = Account("http://127.0.0.1:9", "sandbox", EntraIdentity(SCOPE))
    with Client(account) as client, pytest.raises(UsageError, match="not sent over plain http"):
        list(client.jobs())


def test_a_wrong_name_of_a_credential_is_a_matter_of_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "nonsense")
    with pytest.raises(UsageError) as caught:
        TokenSource(EntraIdentity(SCOPE)).get_token_info(SCOPE)
    assert "dev, prod or the name of one credential" in (caught.value.hint or "")


def test_a_silent_metadata_service_does_not_hold_us(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, seconds in (("connection_timeout", 0.1), ("read_timeout", 0.1), ("retry_total", 0)):
        monkeypatch.setitem(LIMITS, name, seconds)
    for name in [name for name in os.environ if name.startswith(("AZURE_", "IDENTITY_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", host)
        with pytest.raises(AccessError, match="No Microsoft Entra token could be had"):
            TokenSource(EntraIdentity(SCOPE)).get_token_info(SCOPE)
    assert capfd.readouterr().err == ""


def test_a_failed_chain_is_told_in_one_line_with_a_fix_for_each_way() -> None:
    report = (
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\n"
        "Attempted credentials:\n"
        "\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment "
        "variables are not fully configured.\n"
        "Visit https://aka.ms/azsdk/python/identity/environmentcredential/troubleshoot to "
        "troubleshoot this issue.\n"
        "\tManagedIdentityCredential: ManagedIdentityCredential authentication unavailable, no "
        "response from the IMDS endpoint.\n"
        "\tBrokerCredential: InteractiveBrowserBrokerCredential unavailable.\n"
        "\tAzureCliCredential: Please run 'az login' to set up an account\n"
        "To mitigate this issue, please refer to the troubleshooting guidelines here.\n"
    )
    assert summarise(report) == (
        "Environment: Environment variables are not fully configured "
        "(set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET); "
        "ManagedIdentity: no response from the IMDS endpoint "
        "(works on Azure machines that have an identity); "
        "AzureCli: Please run 'az login' to set up an account (az login)."
    )
    assert summarise("Something else\nin two lines") == "Something else"


def test_the_connections_over_which_tokens_came_are_closed() -> None:
    class Credential:
        closed = 0

        def close(self) -> None:
            self.closed += 1

    one, other = Credential(), Credential()
    source = TokenSource(EntraIdentity("scope"))
    source._credential = one
    source.renew()
    source._credential = other
    source.close()
    assert (one.closed, other.closed) == (1, 1)
