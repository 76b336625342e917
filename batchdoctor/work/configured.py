"""Every setting that commands go by, with where it was found; a secret is only said to be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from batchdoctor.core.configured import ProfileItem, SettingItem
from batchdoctor.core.findings.acceptance import parse_settings
from batchdoctor.core.text.wording import plural
from batchdoctor.service.account import Account, EntraIdentity
from batchdoctor.service.settings import Profile
from batchdoctor.work.changes.read_only import READ_ONLY
from batchdoctor.work.configuration import Profiles, config_file, read_config

_SECRET = "***"  # noqa: S105 - what stands for one
_NOT_SET = "not set"
_LOGS = "BATCHDOCTOR_LOGS_CONTAINER"
_LINKS = "BATCHDOCTOR_LINKS"


def settings_told(
    environ: Mapping[str, str], profile: Profile, account: Account | None
) -> Iterator[SettingItem]:
    """The settings of an account, which is None where none is named, and those beside it.

    Raises UsageError for a configuration file that cannot be read.
    """
    yield _setting("profile", profile.name, profile.named_by)
    if account is not None:
        yield from _of_account(account)
    protected = f"profile {profile.name}" if profile.protected else "default"
    yield _setting("protected", "yes" if profile.protected else "no", protected)
    config, file = read_config(environ)
    accepted = len(parse_settings(config, str(file)).ignore)
    yield _setting("accepted findings", plural(accepted, "entry") if accepted else None, str(file))
    named = "environment BATCHDOCTOR_CONFIG" if environ.get("BATCHDOCTOR_CONFIG") else "default"
    yield _setting("configuration", str(config_file(environ)), named)
    links = environ.get(_LINKS)
    yield _setting("links", links or "auto", _variable(environ, _LINKS))
    read_only = environ.get(READ_ONLY, "") not in {"", "0"}
    yield _setting("read-only", "yes" if read_only else "no", _variable(environ, READ_ONLY))
    # The address of the container carries the right to write to it.
    logs = environ.get("BATCHDOCTOR_LOGS_CONTAINER")
    yield _setting(
        "logs container",
        _SECRET if logs else None,
        _variable(environ, "BATCHDOCTOR_LOGS_CONTAINER"),
    )


def _of_account(account: Account) -> Iterator[SettingItem]:
    is_token = isinstance(account.credential, EntraIdentity)
    values = {
        "endpoint": account.endpoint,
        "name": account.name,
        "auth": "entra" if is_token else "key",
        "key": _SECRET,
    }
    for name, origin in account.origins.items():
        yield _setting(name, values[name], origin)


def _variable(environ: Mapping[str, str], name: str) -> str:
    return f"environment {name}" if environ.get(name) else "default"


def _setting(name: str, value: str | None, origin: str) -> SettingItem:
    return SettingItem(setting=name, value=value, origin=origin if value else _NOT_SET)


def profiles_told(profiles: Profiles, chosen: Profile) -> Iterator[ProfileItem]:
    """The profiles of the configuration file, as they stand there."""
    for name, profile in profiles.found.items():
        values = {key: setting.value for key, setting in profile.settings.items()}
        yield ProfileItem(
            profile=name,
            endpoint=values.get("endpoint"),
            account=values.get("account"),
            auth=values.get("auth"),
            key_file=values.get("key_file"),
            protected=profile.protected,
            chosen=name == chosen.name,
        )
