"""`config show` and `config profiles`: what is set, from where, and nothing that is secret."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.box import NOW, Run

KEY = base64.b64encode(b"a key that nobody may see").decode()
HEAD = f"offline  {NOW:%Y-%m-%d %H:%M} UTC"


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """A user with two profiles, and another account in the environment."""
    (tmp_path / "prod.key").write_text(KEY)
    file = tmp_path / "config.toml"
    file.write_text(
        '[profile.prod]\nendpoint = "prod.westeurope.batch.azure.com"\nkey_file = "prod.key"\n'
        'protected = true\n[profile.test]\nendpoint = "test.westus.batch.azure.com"\n'
        'auth = "entra"\n'
    )
    return {
        "BATCHDOCTOR_CONFIG": str(file),
        "AZURE_BATCH_ENDPOINT": "env.westeurope.batch.azure.com",
        "AZURE_BATCH_ACCESS_KEY": KEY,
        "BATCHDOCTOR_LOGS_CONTAINER": "https://a.example/c?sig=whoHasItMayWrite",
    }


def told(run: Run, environ: Mapping[str, str], *argv: str) -> dict[str, tuple[str | None, str]]:
    items = run("config", "show", *argv, "-o", "json", environ=environ).json()["items"]
    return {item["setting"]: (item["value"], item["origin"]) for item in items}


def test_each_setting_says_where_it_is_from(run_offline: Run, environ: Mapping[str, str]) -> None:
    file = environ["BATCHDOCTOR_CONFIG"]
    assert told(run_offline, environ) == {
        "profile": (None, "not set"),
        "endpoint": (
            "https://env.westeurope.batch.azure.com",
            "environment AZURE_BATCH_ENDPOINT",
        ),
        "name": ("env", "first label of the endpoint"),
        "auth": ("key", "default"),
        "key": ("***", "environment AZURE_BATCH_ACCESS_KEY"),
        "protected": ("no", "default"),
        "accepted findings": (None, "not set"),
        "configuration": (file, "environment BATCHDOCTOR_CONFIG"),
        "links": ("auto", "default"),
        "read-only": ("no", "default"),
        "logs container": ("***", "environment BATCHDOCTOR_LOGS_CONTAINER"),
    }


def test_a_profile_stands_between_options_and_environment(
    run_offline: Run, environ: Mapping[str, str]
) -> None:
    file = environ["BATCHDOCTOR_CONFIG"]
    settings = told(run_offline, environ, "--profile", "prod", "--account-name", "other")
    assert settings["profile"] == ("prod", "option --profile")
    assert settings["endpoint"][1] == f"profile prod, endpoint in {file}"
    assert settings["name"] == ("other", "option --account-name")
    assert settings["protected"] == ("yes", "profile prod")
    named = {**environ, "BATCHDOCTOR_PROFILE": "prod"}
    assert told(run_offline, named)["profile"] == ("prod", "environment BATCHDOCTOR_PROFILE")


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_no_secret_is_shown(run_offline: Run, environ: Mapping[str, str], form: str) -> None:
    result = run_offline("config", "show", "-v", "-o", form, environ=environ)
    assert result.status == 0
    for secret in (KEY, "whoHasItMayWrite"):
        assert secret not in result.stdout + result.stderr


def test_without_an_account_the_rest_is_shown_and_what_is_missing_told(run_offline: Run) -> None:
    result = run_offline("config", "show")
    assert result.status == 2
    assert result.stdout.endswith("\n7 settings; no account is named.\n")
    assert result.stderr.startswith("error: No Batch account endpoint is known: looked at")


def test_profiles_are_listed_with_their_marks(run_offline: Run, environ: Mapping[str, str]) -> None:
    chosen = {**environ, "BATCHDOCTOR_PROFILE": "prod"}
    result = run_offline("config", "profiles", environ={**chosen, "COLUMNS": "200"})
    assert result.stdout.splitlines() == [
        HEAD,
        "PROFILE  ENDPOINT                         AUTH",
        "prod     prod.westeurope.batch.azure.com  key    chosen, protected",
        "test     test.westus.batch.azure.com      entra",
        "",
        f"2 profiles in {environ['BATCHDOCTOR_CONFIG']}: batchdoctor triage --all-profiles",
    ]
    assert run_offline("config", "profiles", "-o", "ids", environ=environ).stdout == "prod\ntest\n"


def test_no_profile_is_no_error(run_offline: Run) -> None:
    result = run_offline("config", "profiles")
    assert (result.status, "none is needed." in result.stdout) == (0, True)
