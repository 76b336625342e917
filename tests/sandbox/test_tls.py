"""Bearer tokens, which are taken over TLS only."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from time import time
from typing import Any

import pytest
from azure.batch import BatchClient
from azure.core.credentials import AccessToken, AzureNamedKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ManagedIdentityCredential

from batchdoctor.errors import UsageError
from batchdoctor.sandbox import Sandbox

pytest.importorskip("trustme")


class FixedToken:
    """A credential that has one token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        return AccessToken(self.token, int(time()) + 3600)


def connect(sandbox: Sandbox, credential: Any) -> BatchClient:
    trusted = str(sandbox.certificate_file)
    return BatchClient(sandbox.url, credential, connection_verify=trusted, retry_total=0)


@pytest.fixture
def token_sandbox(start: Callable[..., Sandbox]) -> Sandbox:
    return start("healthy", auth="token", tls=True)


def test_a_token_opens_the_account_and_another_does_not(token_sandbox: Sandbox) -> None:
    with connect(token_sandbox, FixedToken(token_sandbox.token)) as client:
        assert client.get_job("render-20261120").id == "render-20261120"
    with (
        connect(token_sandbox, FixedToken("made-up")) as client,
        pytest.raises(ClientAuthenticationError) as caught,
    ):
        client.get_job("render-20261120")
    assert caught.value.status_code == 401


def test_a_token_expires_when_the_sandbox_accepts_others(token_sandbox: Sandbox) -> None:
    with connect(token_sandbox, FixedToken("old")) as client:
        token_sandbox.accept_tokens("old")
        assert client.get_job("render-20261120").id == "render-20261120"
        token_sandbox.accept_tokens("new")
        with pytest.raises(ClientAuthenticationError):
            client.get_job("render-20261120")


def test_an_account_that_takes_tokens_refuses_keys(token_sandbox: Sandbox) -> None:
    credential = AzureNamedKeyCredential(token_sandbox.account_name, token_sandbox.key)
    with connect(token_sandbox, credential) as client, pytest.raises(HttpResponseError) as caught:
        client.get_job("render-20261120")
    assert caught.value.status_code == 403
    assert "SharedKey is not allowed" in str(caught.value)


def test_keys_are_taken_over_tls_too_and_links_stay_there(start: Callable[..., Sandbox]) -> None:
    sandbox = start("healthy", tls=True)
    credential = AzureNamedKeyCredential(sandbox.account_name, sandbox.key)
    with connect(sandbox, credential) as client:
        tasks = list(client.list_tasks("render-20261120", max_results=9))
    assert len(tasks) == 60
    assert tasks[0].url.startswith("https://127.0.0.1:")


def test_a_client_that_does_not_trust_the_authority_gets_nowhere(token_sandbox: Sandbox) -> None:
    with (
        BatchClient(token_sandbox.url, FixedToken("x"), retry_total=0) as client,
        pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get_job("render-20261120")
    assert list(token_sandbox.requests) == []


def test_the_environment_is_enough_for_a_real_credential(
    token_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in token_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    with (
        ManagedIdentityCredential() as credential,
        BatchClient(token_sandbox.url, credential, retry_total=0) as client,
    ):
        assert client.get_job("render-20261120").id == "render-20261120"


def test_the_certificate_is_gone_when_the_sandbox_is() -> None:
    with Sandbox("healthy", tls=True) as sandbox:
        file = sandbox.certificate_file
        assert file is not None
        assert file.read_text(encoding="ascii").startswith("-----BEGIN CERTIFICATE-----")
    assert not file.exists()


def test_without_the_optional_package_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *arguments: Any) -> Any:
        if name == "trustme":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError, match="trustme") as caught, Sandbox("healthy", tls=True):
        pass
    assert caught.value.hint == "pip install 'batchdoctor[tls]'"
