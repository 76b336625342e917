"""URLs of containers taken apart and put together again, and where their signatures come from."""

from __future__ import annotations

import pytest

from batchdoctor.errors import UsageError
from batchdoctor.events.blobs import SIGNED_URLS_VARIABLE, address_of, signature_of

ACCOUNT = "https://a.blob.core.windows.net"
EMULATED = "http://127.0.0.1:10000/devstoreaccount1"


@pytest.mark.parametrize("account", [ACCOUNT, EMULATED])
@pytest.mark.parametrize(
    "rest", ["logs", "logs/y=2026", "logs/resourceId=/X/d=01/", "logs/a%20b%3F/c"]
)
def test_a_url_comes_back_as_it_was(account: str, rest: str) -> None:
    url = f"{account}/{rest}"
    assert address_of(url).url == url
    signed = address_of(f"{url}?sp=r&sig=x%3D")
    assert (signed.url, signed.signed_url) == (url, f"{url}?sp=r&sig=x%3D")


def test_a_folder_is_not_the_beginning_of_other_names() -> None:
    assert address_of(f"{ACCOUNT}/logs/d=1/").prefix == "d=1/"
    assert address_of(f"{ACCOUNT}/logs/").prefix == ""


def test_a_signature_is_that_of_the_url_or_of_the_nearest_one_around_it() -> None:
    environ = {
        SIGNED_URLS_VARIABLE: f"{ACCOUNT}/logs?sig=all {ACCOUNT}/logs/deep?sig=deep"
        f" {EMULATED}/logs?sig=here"
    }
    asked = {
        f"{ACCOUNT}/logs?sig=own": "sig=own",
        f"{ACCOUNT}/logs": "sig=all",
        f"{ACCOUNT}/logs/deep/er": "sig=deep",
        f"{ACCOUNT}/logs/other": "sig=all",
        f"{ACCOUNT}/counts": "",
        f"{EMULATED}/logs/deep": "sig=here",
    }
    assert {url: signature_of(address_of(url), environ) for url in asked} == asked
    assert signature_of(address_of(f"{ACCOUNT}/logs"), {}) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "https://ACCOUNT.Blob.Core.Windows.net/logs/A",
            "https://account.blob.core.windows.net/logs/A",
        ),
        ("https://a.blob.core.windows.net:443/logs", "HTTPS://a.blob.core.windows.net/logs/"),
        ("http://localhost:80/dev/logs", "http://LOCALHOST/dev/logs"),
        ("http://[::1]:80/dev/logs", "http://[::1]/dev/logs"),
    ],
)
def test_an_address_is_one_however_its_host_is_written(one: str, other: str) -> None:
    assert address_of(one) == address_of(other)
    assert address_of(address_of(one).url) == address_of(one)


def test_a_port_of_its_own_is_kept_and_one_that_is_no_number_is_refused() -> None:
    assert address_of("http://[::1]:10000/dev/logs").url == "http://[::1]:10000/dev/logs"
    with pytest.raises(UsageError, match=r"a\.net:x: its port is no number"):
        address_of("https://a.net:x/logs")
