"""Where account settings are looked for: options, environment, and az's own configuration file."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from batchdoctor.errors import UsageError
from batchdoctor.machine import home_folder
from batchdoctor.service.small_file import read_small


class Setting(msgspec.Struct, frozen=True):
    """A value and where it was found; the value may be a secret, so it is never shown."""

    value: str
    origin: str

    def __repr__(self) -> str:
        return f"Setting({self.origin})"


class Profile(msgspec.Struct, frozen=True):
    """Settings of an account under a name: endpoint, account, key_file, auth.

    Changes to a `protected` one want the name of their pool typed. `named_by` tells who asked for
    this one. Without a name there is no profile.
    """

    name: str | None = None
    settings: Mapping[str, Setting] = msgspec.field(default_factory=dict)
    protected: bool = False
    named_by: str = ""


def az_config_path(environment: Mapping[str, str]) -> Path | None:
    """Return the path of az's configuration file, or None where no home folder is known."""
    folder = environment.get("AZURE_CONFIG_DIR", "").strip()
    if folder:
        return Path(folder) / "config"
    home = home_folder(environment)
    return home / ".azure" / "config" if home else None


def read_az_config(path: Path | None, section: str = "batch") -> dict[str, Setting]:
    """Read a section that az writes, as `az batch account login` does; absent file: no settings.

    Raises `UsageError` for a file that cannot be read. Its lines may hold an account key, so the
    error never quotes one.
    """
    if path is None:
        return {}
    try:
        text = read_small(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None
    import configparser  # few accounts are found this way

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
        found = dict(parser.items(section)) if parser.has_section(section) else {}
    except configparser.Error as error:
        raise _unreadable(path, error) from None
    return {
        name: Setting(value.strip(), f"{path} [{section}] {name}")
        for name, value in found.items()
        if value and value.strip()
    }


def _unreadable(path: Path, error: Exception) -> UsageError:
    why = error.strerror if isinstance(error, OSError) else "it is not a valid INI file"
    return UsageError(
        f"az's configuration file {path} could not be read: {why}.",
        hint="Repair it, or point AZURE_CONFIG_DIR at another folder.",
    )


# What others call the settings that az has a name for, in the order in which they are asked:
# Snakemake, Nextflow, and the service itself on a node of a pool.
# https://github.com/snakemake/snakemake-executor-plugin-azure-batch/blob/main/docs/further.md
# https://docs.seqera.io/nextflow/reference/config/azure
# https://learn.microsoft.com/azure/batch/batch-compute-node-environment-variables
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "endpoint": ("SNAKEMAKE_AZURE_BATCH_ACCOUNT_URL", "AZ_BATCH_ACCOUNT_URL"),
    "account": ("AZURE_BATCH_ACCOUNT_NAME", "AZ_BATCH_ACCOUNT_NAME"),
    "access_key": ("AZURE_BATCH_ACCOUNT_KEY", "AZ_BATCH_ACCOUNT_KEY"),
}


class Sources(msgspec.Struct, frozen=True):
    """Everything behind the command line: a profile, the environment, and what az stored."""

    profile: Mapping[str, Setting]
    environment: Mapping[str, str]
    stored: Mapping[str, Setting]
    stored_in: str

    def first_found(
        self, option: str | None, option_name: str, variable: str, key: str, *, profile: str
    ) -> Setting | None:
        """Return the first of option, profile, environment variable and stored setting, or None.

        An empty variable counts as not set. An empty option is an error: `--account-endpoint "$EP"`
        with an unset EP must not fall through to another account.
        """
        if option is not None:
            if not option.strip():
                raise UsageError(f"{option_name} is empty.", hint=f"Give {option_name} a value.")
            return Setting(option.strip(), f"option {option_name}")
        return self.profile.get(profile) or self.variable(variable) or self.stored.get(key)

    def of_others(self, key: str) -> Setting | None:
        """Return what a variable of another program says, to be asked when az's names do not."""
        found = (self.variable(name) for name in OTHER_NAMES[key])
        return next((setting for setting in found if setting), None)

    def variable(self, name: str) -> Setting | None:
        """Return a variable of the environment, or None where it is not set or empty."""
        value = self.environment.get(name, "").strip()
        return Setting(value, f"environment {name}") if value else None


def find_sources(environment: Mapping[str, str], profile: Mapping[str, Setting]) -> Sources:
    """Read az's configuration file and put it behind the profile and the environment."""
    path = az_config_path(environment)
    return Sources(
        profile=profile,
        environment=environment,
        stored=read_az_config(path),
        stored_in=f"[batch] of {path or 'az config'}",
    )


# An account key has 88 characters. A device never ends.
_LONGEST_KEY = 4096


def read_key_file(path: str, read_stdin: Callable[[], str], named_by: str) -> Setting:
    """Read an account key from a file, or from standard input for `-`."""
    origin = f"{named_by} " + ("- (standard input)" if path == "-" else path)
    try:
        text = read_stdin() if path == "-" else read_small(path, _LONGEST_KEY)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise _too_long(origin) from None
        raise UsageError(
            f"The account key file {path} could not be read: {error.strerror}.",
            hint="it is a file that holds nothing but the key.",
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"The account key file {path} is not a text file.") from None
    if not text.strip():
        raise UsageError(f"No account key was found in {origin}: it is empty.")
    if len(text) > _LONGEST_KEY:
        raise _too_long(origin)
    return Setting(text.strip(), origin)


def _too_long(origin: str) -> UsageError:
    return UsageError(f"{origin} is too long to be an account key.")
