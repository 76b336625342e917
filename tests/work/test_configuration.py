"""Profiles: settings of an account under a name, behind options and before the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.core.names import AccountName
from batchdoctor.errors import UsageError
from batchdoctor.service.account import Account, AccountOptions, SharedKey, resolve_account
from batchdoctor.work.configuration import read_profile
from tests.box import Open

KEY = "c2VjcmV0IGtleQ=="
OTHER = {
    "AZURE_BATCH_ENDPOINT": "env.westeurope.batch.azure.com",
    "AZURE_BATCH_ACCESS_KEY": "b3RoZXI=",
    "AZURE_BATCH_ACCOUNT": "env",
}


def written(folder: Path, text: str) -> dict[str, str]:
    """The environment of a user with this configuration file, who has another account set."""
    file = folder / "config.toml"
    file.write_text(text)
    (folder / "prod.key").write_text(KEY)
    return {"BATCHDOCTOR_CONFIG": str(file), **OTHER}


def account(environ: dict[str, str], wanted: str | None = None, **options: str) -> Account:
    profile = read_profile(environ, wanted)
    return resolve_account(AccountOptions(profile=profile, **options), environ)


PROD = """
[profile.prod]
endpoint = "prod.westeurope.batch.azure.com"
key_file = "prod.key"
protected = true
"""


def test_a_profile_beats_the_environment_and_says_so(tmp_path: Path) -> None:
    found = account(written(tmp_path, PROD), "prod")
    assert (found.host, found.credential) == ("prod.westeurope.batch.azure.com", SharedKey(KEY))
    file = tmp_path / "config.toml"
    assert found.origins["endpoint"] == f"profile prod, endpoint in {file}"
    assert found.origins["key"] == f"profile prod, key_file in {file} {tmp_path / 'prod.key'}"


def test_an_account_knows_the_profile_that_names_its_endpoint(tmp_path: Path) -> None:
    environ = written(tmp_path, PROD)
    title = account(environ, "prod").title
    assert title == AccountName("prod.westeurope.batch.azure.com", "prod", "prod", protected=True)
    elsewhere = account(environ, "prod", endpoint="given.westeurope.batch.azure.com", name="given")
    assert elsewhere.title == AccountName("given.westeurope.batch.azure.com", "given")
    assert account(environ).title == AccountName("env.westeurope.batch.azure.com", "env")


def test_an_option_beats_the_profile(tmp_path: Path) -> None:
    options = {"endpoint": "given.westeurope.batch.azure.com", "name": "given"}
    found = account(written(tmp_path, PROD), "prod", **options)
    assert (found.host, found.name) == ("given.westeurope.batch.azure.com", "given")


@pytest.mark.parametrize(
    ("named_by", "text"),
    [({"BATCHDOCTOR_PROFILE": "prod"}, PROD), ({}, f'default_profile = "prod"\n{PROD}')],
    ids=["the environment", "the file"],
)
def test_a_profile_may_be_named_by(tmp_path: Path, named_by: dict[str, str], text: str) -> None:
    found = account(written(tmp_path, text) | named_by)
    assert found.host == "prod.westeurope.batch.azure.com"


def test_without_a_name_there_is_no_profile(tmp_path: Path) -> None:
    assert account(written(tmp_path, PROD)).host == "env.westeurope.batch.azure.com"


def test_a_key_file_of_a_profile_beats_the_way_to_sign_in_of_the_environment(
    tmp_path: Path,
) -> None:
    found = account(written(tmp_path, PROD) | {"AZURE_BATCH_AUTH_MODE": "aad"}, "prod")
    assert found.credential == SharedKey(KEY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PROD, "There is no profile 'test' in {file}; there: prod."),
        ("", "There is no profile 'test' in {file}; there: none."),
        (
            '[profile.test]\nkey = "c2VjcmV0"\n',
            "The profile test in {file} has settings that it may not have: key.",
        ),
        (
            "[profile.test]\nendpoint = 3\n",
            "endpoint of the profile test in {file} is not a text.",
        ),
        (
            '[profile.test]\nprotected = "yes"\n',
            "protected of the profile test in {file} is neither true nor false.",
        ),
        ("profile = 1\n", "There is no profile 'test' in {file}; there: none."),
    ],
)
def test_a_profile_that_cannot_be_used_is_told_without_its_values(
    tmp_path: Path, text: str, told: str
) -> None:
    environ = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_profile(environ, "test")
    assert caught.value.message == told.format(file=tmp_path / "config.toml")


def test_a_command_takes_a_profile(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    own = box.sandbox.environment()
    (tmp_path / "key").write_text(own["AZURE_BATCH_ACCESS_KEY"])
    file = tmp_path / "config.toml"
    file.write_text(
        f'[profile.box]\nendpoint = "{own["AZURE_BATCH_ENDPOINT"]}"\n'
        f'account = "{own["AZURE_BATCH_ACCOUNT"]}"\nkey_file = "key"\n'
    )
    nowhere = dict.fromkeys(own, "")
    argv = ("auth", "check", "--profile", "box", "-o", "json")
    result = box.run(*argv, environ={**nowhere, "BATCHDOCTOR_CONFIG": str(file)})
    assert (result.status, result.stderr) == (0, "")
    assert result.json()["summary"]["origins"]["endpoint"] == f"profile box, endpoint in {file}"
