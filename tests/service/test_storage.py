"""Which credential goes to which host: a task may name any, and only some are trusted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.errors import AccessError, BatchdoctorError
from batchdoctor.service import blobs as blobs_module
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.files import properties
from batchdoctor.service.saved import blob_in
from batchdoctor.service.source import BlobFile
from batchdoctor.service.storage import StorageSettings, split_url

KEY = "Zm9vYmFyYmF6"
BATCH = {
    "AZURE_BATCH_ENDPOINT": "acct.westeurope.batch.azure.com",
    "AZURE_BATCH_ACCESS_KEY": "c2VjcmV0",
}
ENTRA = {"AZURE_BATCH_ENDPOINT": "acct.westeurope.batch.azure.com", "AZURE_BATCH_AUTH_MODE": "aad"}


def settings(tmp_path: Path, config: str = "", **environ: str) -> StorageSettings:
    (tmp_path / "config").write_text(config)
    known = {**BATCH, "AZURE_CONFIG_DIR": str(tmp_path), **environ}
    return resolve_account(AccountOptions(), known).storage


def test_an_account_is_named_as_az_names_it(tmp_path: Path) -> None:
    named = settings(tmp_path, AZURE_STORAGE_ACCOUNT="logs7", AZURE_STORAGE_KEY=KEY)
    assert (named.endpoint, named.key) == ("https://logs7.blob.core.windows.net", KEY)
    stored = settings(tmp_path, config=f"[storage]\naccount = other\nkey = {KEY}\n")
    assert (stored.endpoint, stored.key) == ("https://other.blob.core.windows.net", KEY)
    text = (
        f"DefaultEndpointsProtocol=https;AccountName=third;AccountKey={KEY};"
        "EndpointSuffix=core.chinacloudapi.cn"
    )
    whole = settings(tmp_path, AZURE_STORAGE_CONNECTION_STRING=text)
    assert (whole.endpoint, whole.key) == ("https://third.blob.core.chinacloudapi.cn", KEY)
    assert settings(tmp_path).endpoint is None


def test_the_cloud_of_the_batch_account_ends_the_name(tmp_path: Path) -> None:
    endpoint = {"AZURE_BATCH_ENDPOINT": "a.usgovvirginia.batch.usgovcloudapi.net"}
    named = settings(tmp_path, AZURE_STORAGE_ACCOUNT="logs", **endpoint)
    assert named.endpoint == "https://logs.blob.core.usgovcloudapi.net"
    assert not named.is_azure("https://x.blob.core.windows.net/c")


def test_no_secret_is_in_what_an_error_may_show(tmp_path: Path) -> None:
    shown = repr(settings(tmp_path, AZURE_STORAGE_ACCOUNT="logs", AZURE_STORAGE_KEY=KEY))
    blob = blob_in("https://a.example/c?sig=c2VjcmV0", "x", "x")
    assert KEY not in shown
    assert "c2VjcmV0" not in f"{blob!r} {blob}"


@pytest.mark.parametrize(
    "url",
    [
        "http://logs.blob.core.windows.net/c",
        "ftp://logs.blob.core.windows.net/c",
        "https://user:pass@logs.blob.core.windows.net/c",
        r"https://evil.example\@logs.blob.core.windows.net/c",
        "https://logs.blob.core.windows.net/c#x",
        "https://logs.blob.core.windows.net /c",
        "https://",
        "",
    ],
)
def test_what_libraries_read_in_different_ways_is_no_url(url: str) -> None:
    assert split_url(url) is None


@pytest.mark.parametrize(
    ("url", "key", "identity"),
    [
        ("https://logs.blob.core.windows.net/c/x", True, True),
        ("https://LOGS.blob.core.windows.net/c/x", True, True),
        # Azure's own, and another account: the key is not its.
        ("https://other.blob.core.windows.net/c/x", False, True),
        ("https://other.z12.blob.storage.azure.net/c/x", False, True),
        ("https://logs.blob.core.windows.net.evil.example/c/x", False, False),
        ("https://logs.blob.core.windows.netevil.example/c/x", False, False),
        ("https://evil.example/logs.blob.core.windows.net/c", False, False),
        ("https://logs.blob.core.chinacloudapi.cn/c/x", False, False),
        ("http://127.0.0.1:10000/logs/c/x", False, False),
    ],
)
def test_keys_and_tokens_go_to_azure_or_to_what_is_named(
    tmp_path: Path, url: str, key: bool, identity: bool
) -> None:
    named = settings(tmp_path, AZURE_STORAGE_ACCOUNT="logs", AZURE_STORAGE_KEY=KEY)
    assert (named.may_take_key(url), named.may_take_identity(url)) == (key, identity)


def test_a_key_without_a_name_goes_to_azure_alone(tmp_path: Path) -> None:
    known = settings(tmp_path, AZURE_STORAGE_KEY=KEY)
    assert known.may_take_key("https://logs.blob.core.windows.net/c")
    assert not known.may_take_key("https://evil.example/c")
    assert not known.may_take_key("http://127.0.0.1:9/c")


@pytest.fixture
def foreign() -> Iterator[tuple[str, list[Any]]]:
    """A host that a task named, and the requests that it got."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            got.append((self.path, dict(self.headers)))
            self.send_response(302 if "moved" in self.path else 403)
            self.send_header("Location", f"http://127.0.0.1:{port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}", got
    server.shutdown()
    server.server_close()


def looked_at(url: str, environ: dict[str, str]) -> BatchdoctorError:
    blob = blob_in(url, "stderr.txt", "stderr.txt")
    assert blob is not None
    with (
        Client(resolve_account(AccountOptions(), environ)) as client,
        pytest.raises(BatchdoctorError) as caught,
    ):
        properties(client, blob)
    return caught.value


@pytest.mark.parametrize("batch", [BATCH, ENTRA], ids=["key", "entra"])
def test_a_host_that_a_task_names_gets_nothing_but_its_own_signature(
    foreign: tuple[str, list[Any]], batch: dict[str, str]
) -> None:
    url, got = foreign
    environ = {
        **batch,
        "AZURE_STORAGE_ACCOUNT": "logs",
        "AZURE_STORAGE_KEY": KEY,
        "AZURE_STORAGE_SAS_TOKEN": "sig=b3duZWQ",
    }
    assert isinstance(looked_at(f"{url}/c?sv=1&sig=aXRz", environ), AccessError)
    assert isinstance(looked_at(f"{url}/c", environ), AccessError)
    assert [path for path, _ in got] == ["/c/stderr.txt?sv=1&sig=aXRz", "/c/stderr.txt"]
    assert not any("Authorization" in headers for _, headers in got)


def test_nobody_is_followed_elsewhere(foreign: tuple[str, list[Any]]) -> None:
    url, got = foreign
    looked_at(f"{url}/moved?sig=aXRz", BATCH)
    assert [path for path, _ in got] == ["/moved/stderr.txt?sig=aXRz"]


def test_an_error_does_not_repeat_the_signature(foreign: tuple[str, list[Any]]) -> None:
    url, _ = foreign
    error = looked_at(f"{url}/c?sig=aXRz", BATCH)
    nobody = looked_at("http://127.0.0.1:9/c?sig=aXRz", BATCH)
    told = " ".join(str(each) for each in (error, error.hint, nobody, nobody.hint))
    assert "aXRz" not in told
    assert "the signature of its URL does not give access" in error.message


def test_a_host_that_cannot_be_reached_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    looked_at("http://127.0.0.1:9/c?sig=aXRz", BATCH)
    assert slept == []


def test_a_key_user_is_never_made_to_sign_in(
    foreign: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_module.Blobs, "_token", lambda _self: pytest.fail("signed in"))
    blob = BlobFile("https://logs.blob.core.windows.net/c/x", "https://l/c", "x")
    with Client(resolve_account(AccountOptions(), BATCH)) as client:
        assert client.blobs._means(blob) == ["nothing"]
    with Client(resolve_account(AccountOptions(), ENTRA)) as client:
        assert client.blobs._means(blob) == ["identity"]
