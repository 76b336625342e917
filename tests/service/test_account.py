"""Where endpoint, name, key and mode of an account come from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from batchdoctor.service.account import (
    AccountOptions,
    EntraIdentity,
    SharedKey,
    resolve_account,
)

CANARY = "Y2FuYXJ5LWtleS10aGF0LW11c3QtbmV2ZXItYmUtc2hvd24="
OTHER_KEY = "b3RoZXIta2V5"
HOST = "acct.westeurope.batch.azure.com"


def home_with(folder: Path, text: str) -> dict[str, str]:
    azure = folder / ".azure"
    azure.mkdir()
    (azure / "config").write_text(text, encoding="utf-8")
    return {"HOME": str(folder)}


STORED = (
    "[core]\noutput = table\n[batch]\naccount = stored\n"
    f"endpoint = https://stored.westus.batch.azure.com\naccess_key = {CANARY}\n"
)


@pytest.mark.parametrize(
    ("options", "environment", "endpoint", "name", "origins"),
    [
        pytest.param(
            AccountOptions(endpoint=HOST, name="given"),
            {"AZURE_BATCH_ENDPOINT": "env.eastus.batch.azure.com", "AZURE_BATCH_ACCOUNT": "env"},
            f"https://{HOST}",
            "given",
            ("option --account-endpoint", "option --account-name"),
            id="options before environment",
        ),
        pytest.param(
            AccountOptions(),
            {"AZURE_BATCH_ENDPOINT": "env.eastus.batch.azure.com/", "AZURE_BATCH_ACCOUNT": "env"},
            "https://env.eastus.batch.azure.com",
            "env",
            ("environment AZURE_BATCH_ENDPOINT", "environment AZURE_BATCH_ACCOUNT"),
            id="environment before az's file",
        ),
        pytest.param(
            AccountOptions(),
            {"AZURE_BATCH_ENDPOINT": "", "AZURE_BATCH_ACCOUNT": "  "},
            "https://stored.westus.batch.azure.com",
            "stored",
            ("{config} [batch] endpoint", "{config} [batch] account"),
            id="an empty variable is not set",
        ),
        pytest.param(
            AccountOptions(),
            {"AZ_BATCH_ACCOUNT_URL": "https://node.eastus.batch.azure.com"},
            "https://stored.westus.batch.azure.com",
            "stored",
            ("{config} [batch] endpoint", "{config} [batch] account"),
            id="the node's own variable comes last",
        ),
        pytest.param(
            AccountOptions(endpoint=f"HTTPS://{HOST.upper()}///"),
            {},
            f"https://{HOST}",
            "stored",
            ("option --account-endpoint", "{config} [batch] account"),
            id="scheme, case and trailing slashes do not matter",
        ),
        pytest.param(
            AccountOptions(endpoint="http://127.0.0.1:8080"),
            {},
            "http://127.0.0.1:8080",
            "stored",
            ("option --account-endpoint", "{config} [batch] account"),
            id="plain http on loopback",
        ),
        pytest.param(
            AccountOptions(endpoint="http://[::1]:8080"),
            {},
            "http://[::1]:8080",
            "stored",
            ("option --account-endpoint", "{config} [batch] account"),
            id="plain http on loopback of version 6",
        ),
    ],
)
def test_each_setting_comes_from_the_first_place_that_has_it(
    tmp_path: Path,
    options: AccountOptions,
    environment: dict[str, str],
    endpoint: str,
    name: str,
    origins: tuple[str, str],
) -> None:
    home = home_with(tmp_path, STORED)
    account = resolve_account(options, home | environment)
    config = str(tmp_path / ".azure" / "config")
    assert (account.endpoint, account.name) == (endpoint, name)
    found = (account.origins["endpoint"], account.origins["name"])
    assert found == tuple(origin.format(config=config) for origin in origins)


def test_without_anything_else_the_variable_of_a_batch_node_names_the_endpoint() -> None:
    account = resolve_account(
        AccountOptions(), {"AZ_BATCH_ACCOUNT_URL": "https://node.eastus.batch.azure.com"}
    )
    assert account.endpoint == "https://node.eastus.batch.azure.com"
    assert account.name == "node"
    assert account.origins["name"] == "first label of the endpoint"


SNAKEMAKE = "SNAKEMAKE_AZURE_BATCH_ACCOUNT_URL"
NEXTFLOW_NAME, NEXTFLOW_KEY = "AZURE_BATCH_ACCOUNT_NAME", "AZURE_BATCH_ACCOUNT_KEY"


@pytest.mark.parametrize(
    ("environment", "origins"),
    [
        (
            {"AZ_BATCH_ACCOUNT_URL": f"https://{HOST}", "AZ_BATCH_ACCOUNT_KEY": CANARY},
            ("AZ_BATCH_ACCOUNT_URL", "first label of the endpoint", "AZ_BATCH_ACCOUNT_KEY"),
        ),
        (
            {SNAKEMAKE: HOST, NEXTFLOW_NAME: "acct", NEXTFLOW_KEY: CANARY},
            (SNAKEMAKE, "first label of the endpoint", NEXTFLOW_KEY),
        ),
        (
            {SNAKEMAKE: "http://127.0.0.1:8080", NEXTFLOW_NAME: "acct", NEXTFLOW_KEY: CANARY},
            (SNAKEMAKE, NEXTFLOW_NAME, NEXTFLOW_KEY),
        ),
        (
            # A key beside the name of another account is that account's.
            {SNAKEMAKE: HOST, NEXTFLOW_NAME: "other", NEXTFLOW_KEY: CANARY},
            (SNAKEMAKE, "first label of the endpoint", None),
        ),
        (
            {
                "AZURE_BATCH_ENDPOINT": HOST,
                "AZURE_BATCH_ACCOUNT": "acct",
                "AZURE_BATCH_ACCESS_KEY": OTHER_KEY,
                SNAKEMAKE: "other.eastus.batch.azure.com",
                NEXTFLOW_NAME: "other",
                NEXTFLOW_KEY: CANARY,
            },
            ("AZURE_BATCH_ENDPOINT", "AZURE_BATCH_ACCOUNT", "AZURE_BATCH_ACCESS_KEY"),
        ),
    ],
)
def test_names_that_others_have_are_read_after_azs(
    environment: dict[str, str], origins: tuple[str, str, str | None]
) -> None:
    account = resolve_account(AccountOptions(), environment)
    found = (account.origins["endpoint"], account.origins["name"], account.origins.get("key"))
    assert tuple(each and each.removeprefix("environment ") for each in found) == origins
    assert isinstance(account.credential, SharedKey) is (origins[2] is not None)


def test_azs_file_comes_before_names_that_others_have(tmp_path: Path) -> None:
    other = {SNAKEMAKE: HOST, NEXTFLOW_NAME: "acct", NEXTFLOW_KEY: OTHER_KEY}
    account = resolve_account(AccountOptions(), home_with(tmp_path, STORED) | other)
    assert account.name == "stored"
    assert account.credential == SharedKey(CANARY)


def test_azure_config_dir_moves_azs_file(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(STORED, encoding="utf-8")
    account = resolve_account(
        AccountOptions(), {"HOME": "/nowhere", "AZURE_CONFIG_DIR": str(tmp_path)}
    )
    assert account.name == "stored"
    assert account.origins["key"] == f"{tmp_path / 'config'} [batch] access_key"


@pytest.mark.parametrize(
    ("auth", "environment", "stored_mode", "expected", "origin"),
    [
        (None, {}, "", "key", "default"),
        (None, {}, "auth_mode = aad", "entra", "{config} [batch] auth_mode"),
        (None, {}, "auth_mode = shared_key", "key", "{config} [batch] auth_mode"),
        (
            None,
            {"AZURE_BATCH_AUTH_MODE": "aad"},
            "",
            "entra",
            "environment AZURE_BATCH_AUTH_MODE",
        ),
        (
            None,
            {"AZURE_BATCH_AUTH_MODE": "Shared_Key"},
            "auth_mode = aad",
            "key",
            "environment AZURE_BATCH_AUTH_MODE",
        ),
        ("entra", {"AZURE_BATCH_AUTH_MODE": "shared_key"}, "", "entra", "option --auth"),
        ("key", {"AZURE_BATCH_AUTH_MODE": "aad"}, "", "key", "option --auth"),
        ("auto", {"AZURE_BATCH_AUTH_MODE": "aad"}, "", "key", "option --auth"),
    ],
)
def test_the_mode_decides_between_key_and_identity(
    tmp_path: Path,
    auth: str | None,
    environment: dict[str, str],
    stored_mode: str,
    expected: str,
    origin: str,
) -> None:
    home = home_with(tmp_path, STORED + stored_mode + "\n")
    account = resolve_account(AccountOptions(auth=auth), home | environment)
    kind = "key" if isinstance(account.credential, SharedKey) else "entra"
    config = str(tmp_path / ".azure" / "config")
    assert (kind, account.origins["auth"]) == (expected, origin.format(config=config))


def test_auto_without_a_key_is_an_identity() -> None:
    account = resolve_account(AccountOptions(endpoint=HOST), {})
    assert account.credential == EntraIdentity("https://batch.core.windows.net//.default", None)
    assert "key" not in account.origins


def test_a_key_file_is_read_without_the_line_end(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{CANARY}\r\n", encoding="utf-8")
    options = AccountOptions(endpoint=HOST, key_file=str(file))
    account = resolve_account(options, {"AZURE_BATCH_ACCESS_KEY": OTHER_KEY})
    assert account.credential == SharedKey(CANARY)
    assert account.origins["key"] == f"option --account-key-file {file}"


def test_a_key_file_of_dash_is_standard_input() -> None:
    options = AccountOptions(endpoint=HOST, key_file="-")
    account = resolve_account(options, {}, read_stdin=lambda: CANARY + "\n")
    assert account.credential == SharedKey(CANARY)
    assert account.origins["key"] == "option --account-key-file - (standard input)"


def test_a_key_file_on_the_command_line_beats_a_stored_mode(tmp_path: Path) -> None:
    options = AccountOptions(endpoint=HOST, key_file="-")
    account = resolve_account(options, {"AZURE_BATCH_AUTH_MODE": "aad"}, read_stdin=lambda: CANARY)
    assert account.credential == SharedKey(CANARY)


def test_an_account_does_not_show_its_key() -> None:
    account = resolve_account(AccountOptions(endpoint=HOST), {"AZURE_BATCH_ACCESS_KEY": CANARY})
    assert CANARY not in f"{account!r} {account} {account.credential!r} {account.origins!r}"
    assert account.host == HOST


@pytest.mark.parametrize(
    ("host", "scope", "authority"),
    [
        (HOST, "https://batch.core.windows.net//.default", None),
        (
            "acct.chinaeast2.batch.chinacloudapi.cn",
            "https://batch.chinacloudapi.cn//.default",
            "login.chinacloudapi.cn",
        ),
        (
            "acct.usgovarizona.batch.usgovcloudapi.net",
            "https://batch.core.usgovcloudapi.net//.default",
            "login.microsoftonline.us",
        ),
        ("acct.example.org", "https://batch.core.windows.net//.default", None),
        ("acct.batch.azure.com.evil.example", "https://batch.core.windows.net//.default", None),
    ],
)
def test_the_endpoints_suffix_decides_where_tokens_come_from(
    host: str, scope: str, authority: str | None
) -> None:
    account = resolve_account(AccountOptions(endpoint=host), {})
    assert account.credential == EntraIdentity(scope, authority)


def test_resolving_an_account_imports_no_azure() -> None:
    code = (
        "import sys; import batchdoctor.service.account, batchdoctor.service.retry, "
        "batchdoctor.service.client, batchdoctor.service.actions, batchdoctor.service.files; "
        "sys.exit(any(name.split('.')[0] in {'azure', 'requests', 'msal'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
