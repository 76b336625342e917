"""Which Batch account a command talks to, and as whom: settings in, one checked `Account` out."""

from __future__ import annotations

import base64
import binascii
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

import msgspec

from batchdoctor.core.names import AccountName, folded
from batchdoctor.errors import AccessError, UsageError
from batchdoctor.service.endpoint import cloud_of, is_address, parse_endpoint
from batchdoctor.service.settings import (
    OTHER_NAMES,
    Profile,
    Setting,
    Sources,
    az_config_path,
    find_sources,
    read_az_config,
    read_key_file,
)
from batchdoctor.service.storage import StorageSettings, storage_settings

# The contract's spellings and az's own, for both the option and the variable.
MODES = {"auto": "auto", "key": "key", "shared_key": "key", "entra": "entra", "aad": "entra"}


class AccountOptions(msgspec.Struct, frozen=True):
    """What the command line says about the account, and the profile; None is "not given"."""

    endpoint: str | None = None
    name: str | None = None
    key_file: str | None = None
    auth: str | None = None
    profile: Profile = Profile()


@dataclass(frozen=True, slots=True)
class SharedKey:
    """Sign each request with the account's key (base64)."""

    key: str = field(repr=False)


class EntraIdentity(msgspec.Struct, frozen=True):
    """Ask azure-identity's default chain for a token of `scope`.

    `authority` is the sign-in host of a sovereign cloud, None for azure-identity's own default.
    """

    scope: str
    authority: str | None = None


class Account(msgspec.Struct, frozen=True):
    """An account that can be talked to. `origins` says for each setting where it was found.

    `profile` is the one that names its endpoint, if one does.
    """

    endpoint: str
    name: str
    credential: SharedKey | EntraIdentity
    origins: Mapping[str, str] = msgspec.field(default_factory=dict)
    profile: Profile = Profile()
    storage: StorageSettings = msgspec.field(default_factory=StorageSettings)
    """The storage that holds what tasks saved, as far as it is named."""

    @property
    def title(self) -> AccountName:
        """What people call it."""
        return AccountName(self.host, self.name, self.profile.name, self.profile.protected)

    @property
    def host(self) -> str:
        """Host of the endpoint, with its port if it names one."""
        return urlsplit(self.endpoint).netloc


def resolve_account(
    options: AccountOptions,
    environment: Mapping[str, str],
    *,
    read_stdin: Callable[[], str] | None = None,
) -> Account:
    """Find endpoint, name and credential: options, profile, environment, `~/.azure/config`.

    A key file named on the command line beats an auth mode from the environment or az's file.
    Raises `UsageError` that names what is wrong and where it came from, `AccessError` when there is
    no key although one was asked for. Neither ever contains a key.
    """
    sources = find_sources(environment, options.profile.settings)
    endpoint = _endpoint(options, sources)
    url = parse_endpoint(endpoint.value, endpoint.origin)
    mode = _mode(options, sources)
    key = None
    if mode.value != "entra":
        key = _key(options, sources, url, read_stdin or sys.stdin.read)
        if key is None and mode.value == "key":
            raise _no_key(mode, sources)
    name = _name(options, sources, endpoint, url, needed=key is not None)
    origins = {"endpoint": endpoint.origin, "name": name.origin, "auth": mode.origin}
    if key is not None:
        origins["key"] = key.origin
    return Account(
        endpoint=f"{url.scheme}://{url.netloc}",
        name=name.value,
        credential=_shared_key(key) if key else _identity(url),
        origins=MappingProxyType(origins),
        profile=options.profile if endpoint is sources.profile.get("endpoint") else Profile(),
        storage=storage_settings(
            sources, read_az_config(az_config_path(environment), "storage"), url.hostname or ""
        ),
    )


def _endpoint(options: AccountOptions, sources: Sources) -> Setting:
    found = sources.first_found(
        options.endpoint,
        "--account-endpoint",
        "AZURE_BATCH_ENDPOINT",
        "endpoint",
        profile="endpoint",
    )
    found = found or sources.of_others("endpoint")
    if found:
        return found
    raise UsageError(
        "No Batch account endpoint is known: looked at --account-endpoint, AZURE_BATCH_ENDPOINT, "
        f"endpoint in {sources.stored_in}, and {' and '.join(OTHER_NAMES['endpoint'])}.",
        hint="Give --account-endpoint NAME.REGION.batch.azure.com, or try without an account: "
        "batchdoctor demo",
    )


def _mode(options: AccountOptions, sources: Sources) -> Setting:
    found = sources.first_found(
        options.auth, "--auth", "AZURE_BATCH_AUTH_MODE", "auth_mode", profile="auth"
    )
    if found is None:
        return Setting("auto", "default")
    mode = MODES.get(found.value.lower())
    if mode is None:
        raise UsageError(
            f"{found.value!r} from {found.origin} is not a way to sign in.",
            hint="--auth takes auto, key or entra; AZURE_BATCH_AUTH_MODE takes shared_key or aad.",
        )
    if mode == "entra" and options.auth is None and options.key_file is not None:
        return Setting("key", "option --account-key-file")
    named = sources.profile.get("key_file")
    if mode == "entra" and options.auth is None and named and "auth" not in sources.profile:
        return Setting("key", named.origin)
    return Setting(mode, found.origin)


def _key(
    options: AccountOptions, sources: Sources, url: SplitResult, read_stdin: Callable[[], str]
) -> Setting | None:
    found = sources.first_found(
        options.key_file,
        "--account-key-file",
        "AZURE_BATCH_ACCESS_KEY",
        "access_key",
        profile="key_file",
    )
    if found and options.key_file is not None:
        return read_key_file(options.key_file, read_stdin, "option --account-key-file")
    if found and found is sources.profile.get("key_file"):
        return read_key_file(found.value, read_stdin, found.origin)
    # Beside a name of another account it is the key of that.
    named = sources.of_others("account")
    if found is None and (named is None or _label(url) in {None, folded(named.value)}):
        return sources.of_others("access_key")
    return found


def _label(url: SplitResult) -> str | None:
    """The first label of an endpoint, which is the account's name; None where none tells it."""
    host = url.hostname or ""
    label, _, rest = host.partition(".")
    return label if rest and not is_address(host) else None


def _no_key(mode: Setting, sources: Sources) -> AccessError:
    return AccessError(
        f"No account key was found, and {mode.origin} asks for one: looked at --account-key-file, "
        f"AZURE_BATCH_ACCESS_KEY, access_key in {sources.stored_in}, and "
        f"{' and '.join(OTHER_NAMES['access_key'])}.",
        hint="Set AZURE_BATCH_ACCESS_KEY, or sign in with az login and use --auth entra.",
    )


def _name(
    options: AccountOptions, sources: Sources, endpoint: Setting, url: SplitResult, *, needed: bool
) -> Setting:
    found = sources.first_found(
        options.name, "--account-name", "AZURE_BATCH_ACCOUNT", "account", profile="account"
    )
    label = _label(url)
    # The name in the environment is that of its account, not of the one that a profile names.
    of_another = (
        label is not None and endpoint is sources.profile.get("endpoint") and not options.name
    )
    if found and not (of_another and found is not sources.profile.get("account")):
        return _checked_name(found)
    if label is not None:
        return Setting(label, "first label of the endpoint")
    if found := sources.of_others("account"):
        return _checked_name(found)
    if needed:
        raise UsageError(
            f"The account name cannot be taken from the endpoint {url.netloc}, and none was found "
            f"in --account-name, AZURE_BATCH_ACCOUNT, account in {sources.stored_in} or "
            f"{' or '.join(OTHER_NAMES['account'])}.",
            hint="Give --account-name NAME, or set AZURE_BATCH_ACCOUNT.",
        )
    return Setting(url.hostname or "", "host of the endpoint")


def _checked_name(name: Setting) -> Setting:
    """Raise UsageError for what no account is called, before it is signed into a header."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name.value):
        raise UsageError(
            f"The account name {name.value!r} from {name.origin} cannot be one: it is made of "
            "lowercase letters and digits.",
            hint="Give --account-name NAME, or correct AZURE_BATCH_ACCOUNT.",
        )
    return name


def _shared_key(key: Setting) -> SharedKey:
    try:
        decoded = base64.b64decode(key.value, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if not decoded:
        raise UsageError(
            f"The account key from {key.origin} is not valid base64.",
            hint="Copy it again from the Keys page of the account, without quotes or blanks.",
        )
    return SharedKey(key.value)


def _identity(url: SplitResult) -> EntraIdentity:
    cloud = cloud_of(url.hostname or "")
    return EntraIdentity(scope=cloud.scope, authority=cloud.authority)
