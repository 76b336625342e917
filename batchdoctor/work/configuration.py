"""The user's own configuration file: where it is, how it is read, and the profiles in it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from batchdoctor.errors import UsageError
from batchdoctor.service.settings import Profile, Setting
from batchdoctor.service.small_file import read_small
from batchdoctor.work.folders import config_folder

PROFILE = "BATCHDOCTOR_PROFILE"
_PROFILE_KEYS = frozenset({"endpoint", "account", "key_file", "auth", "protected"})


class Profiles(msgspec.Struct, frozen=True):
    """The accounts that have a name in the configuration file, in its order."""

    file: Path
    found: Mapping[str, Profile]


def config_file(environ: Mapping[str, str]) -> Path:
    """`BATCHDOCTOR_CONFIG`, else `batchdoctor/config.toml` where programs keep their settings."""
    if named := environ.get("BATCHDOCTOR_CONFIG"):
        return Path(named)
    # Without a home there is no file, and no such file will be found.
    return (config_folder(environ) or Path("/.config/batchdoctor")) / "config.toml"


def read_config(environ: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    """The settings and where they are from; empty when nobody made a file. Raises UsageError."""
    file = config_file(environ)
    try:
        return tomllib.loads(read_small(file)), file
    except FileNotFoundError:
        if environ.get("BATCHDOCTOR_CONFIG"):
            raise UsageError(f"The configuration file {file} does not exist.") from None
        return {}, file
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"The configuration file {file} cannot be read: {error}.") from error


def read_profile(environ: Mapping[str, str], name: str | None) -> Profile:
    """The settings of an account under a name: `name`, `BATCHDOCTOR_PROFILE`, `default_profile`.

    Without a name where none of them names one. Raises UsageError for a profile that is not there,
    or that holds what does not belong there: a key is kept in a file of its own.
    """
    asked = name if name is not None else environ.get(PROFILE, "").strip() or None
    named = asked is not None or environ.get("BATCHDOCTOR_CONFIG")
    if not named and not os.path.lexists(config_file(environ)):
        return Profile()
    config, file = read_config(environ)
    wanted = asked if asked is not None else config.get("default_profile")
    if wanted is None:
        return Profile()
    profiles = config.get("profile", {})
    found = profiles.get(wanted) if isinstance(profiles, dict) else None
    if not isinstance(found, dict):
        known = ", ".join(sorted(profiles)) if isinstance(profiles, dict) and profiles else "none"
        raise UsageError(
            f"There is no profile {wanted!r} in {file}; there: {known}.",
            hint=f"add [profile.{wanted}] with endpoint = ... to that file",
        )
    origin = f"default_profile in {file}"
    if asked is not None:
        origin = "option --profile" if name is not None else f"environment {PROFILE}"
    return _profile(found, str(wanted), file, origin)


def read_profiles(environ: Mapping[str, str]) -> Profiles:
    """All profiles of the configuration file; none where nobody made one. Raises UsageError."""
    config, file = read_config(environ)
    tables = config.get("profile", {})
    found = {
        name: _profile(table, name, file, str(file))
        for name, table in (tables.items() if isinstance(tables, dict) else ())
        if isinstance(table, dict)
    }
    return Profiles(file, found)


def _profile(found: Mapping[str, Any], name: str, file: Path, named_by: str) -> Profile:
    settings = _settings(found, name, file)
    return Profile(name, settings, _is_protected(found, name, file), named_by)


def _is_protected(found: Mapping[str, Any], name: str, file: Path) -> bool:
    protected = found.get("protected", False)
    if not isinstance(protected, bool):
        raise UsageError(
            f"protected of the profile {name} in {file} is neither true nor false.",
            hint="protected = true",
        )
    return protected


def _settings(found: Mapping[str, Any], name: str, file: Path) -> dict[str, Setting]:
    if odd := sorted(found.keys() - _PROFILE_KEYS):
        raise UsageError(
            f"The profile {name} in {file} has settings that it may not have: {', '.join(odd)}.",
            hint=f"it takes {', '.join(sorted(_PROFILE_KEYS))}; a key belongs into its key_file",
        )
    settings = {}
    for key, value in found.items():
        if key == "protected":
            continue
        if not isinstance(value, str) or not value.strip():
            raise UsageError(f"{key} of the profile {name} in {file} is not a text.")
        # A path in the file is meant from where the file is.
        path = str(file.parent / Path(value).expanduser()) if key == "key_file" else value.strip()
        settings[key] = Setting(path, f"profile {name}, {key} in {file}")
    return settings
