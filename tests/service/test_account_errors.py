"""What is said when a setting of the account is missing or wrong, and what is never said."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.errors import AccessError, BatchdoctorError, UsageError
from batchdoctor.service.account import AccountOptions, resolve_account

CANARY = "Y2FuYXJ5LWtleS10aGF0LW11c3QtbmV2ZXItYmUtc2hvd24="
HOST = "acct.westeurope.batch.azure.com"


@pytest.mark.parametrize(
    ("options", "environment", "kind", "words"),
    [
        (
            AccountOptions(),
            {"HOME": "/home/someone"},
            UsageError,
            ["--account-endpoint", "AZURE_BATCH_ENDPOINT", "/home/someone/.azure/config"],
        ),
        (AccountOptions(endpoint=""), {"AZURE_BATCH_ENDPOINT": HOST}, UsageError, ["is empty"]),
        (
            AccountOptions(endpoint=HOST, auth="key"),
            {},
            AccessError,
            ["--account-key-file", "AZURE_BATCH_ACCESS_KEY", "access_key", "option --auth"],
        ),
        (
            AccountOptions(endpoint="http://acct.westeurope.batch.azure.com"),
            {},
            UsageError,
            ["plain http", "option --account-endpoint"],
        ),
        (AccountOptions(endpoint="http://10.0.0.1"), {}, UsageError, ["plain http"]),
        (AccountOptions(endpoint="http://127.0.0.1.evil.example"), {}, UsageError, ["plain http"]),
        (AccountOptions(endpoint="ftp://acct.example"), {}, UsageError, ["not an endpoint"]),
        (AccountOptions(endpoint=f"https://{HOST}/pools"), {}, UsageError, ["not an endpoint"]),
        (AccountOptions(endpoint=f"https://{HOST}:port"), {}, UsageError, ["not a URL"]),
        (
            AccountOptions(endpoint="http://127.0.0.1:8080"),
            {"AZURE_BATCH_ACCESS_KEY": CANARY},
            UsageError,
            ["--account-name", "AZURE_BATCH_ACCOUNT"],
        ),
        (
            AccountOptions(endpoint="localhost"),
            {"AZURE_BATCH_ACCESS_KEY": CANARY},
            UsageError,
            ["--account-name"],
        ),
        (
            AccountOptions(endpoint=HOST),
            {"AZURE_BATCH_AUTH_MODE": "kerberos"},
            UsageError,
            ["kerberos", "AZURE_BATCH_AUTH_MODE"],
        ),
        (
            AccountOptions(endpoint=HOST, key_file="/nowhere/key"),
            {},
            UsageError,
            ["/nowhere/key", "No such file"],
        ),
    ],
)
def test_an_error_names_the_setting_and_where_it_was_looked_for(
    options: AccountOptions,
    environment: dict[str, str],
    kind: type[BatchdoctorError],
    words: list[str],
) -> None:
    with pytest.raises(kind) as caught:
        resolve_account(options, environment)
    told = f"{caught.value.message} {caught.value.hint}"
    assert [word for word in words if word not in told] == []


@pytest.mark.parametrize(
    "config",
    [
        f"[batch]\naccess_key {CANARY}\nthis is no line of an INI file",
        f"{CANARY}\n[batch",
        f"[batch]\naccess_key = {CANARY}!!\nendpoint = {HOST}\n",
        f"[batch]\nendpoint = https://user:{CANARY}@{HOST}\n",
    ],
)
def test_no_error_about_azs_file_repeats_a_key(tmp_path: Path, config: str) -> None:
    (tmp_path / "config").write_text(config, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        resolve_account(AccountOptions(), {"AZURE_CONFIG_DIR": str(tmp_path)})
    assert CANARY not in f"{caught.value.message} {caught.value.hint} {caught.value!r}"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("key", ["not base64!", "äöü", "====", "abc"])
def test_a_key_that_is_not_base64_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_account(AccountOptions(endpoint=HOST), {"AZURE_BATCH_ACCESS_KEY": key})
    assert key not in caught.value.message
    assert "environment AZURE_BATCH_ACCESS_KEY" in caught.value.message


def test_an_empty_key_file_is_not_silently_another_sign_in() -> None:
    options = AccountOptions(endpoint=HOST, key_file="-")
    with pytest.raises(UsageError, match="it is empty"):
        resolve_account(options, {"AZURE_BATCH_ACCESS_KEY": CANARY}, read_stdin=lambda: "\n")
