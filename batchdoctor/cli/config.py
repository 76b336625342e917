"""The configuration file: where it is, and how it is read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchdoctor.errors import UsageError


def config_file(environ: Mapping[str, str]) -> Path:
    """`BATCHDOCTOR_CONFIG`, else `batchdoctor/config.toml` where programs keep their settings.

    https://specifications.freedesktop.org/basedir-spec/
    """
    if named := environ.get("BATCHDOCTOR_CONFIG"):
        return Path(named)
    base = environ.get("XDG_CONFIG_HOME", "")
    # A relative path there is to be ignored, says the specification.
    folder = Path(base) if base.startswith("/") else Path(environ.get("HOME", "/")) / ".config"
    return folder / "batchdoctor" / "config.toml"


def read_config(environ: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    """The settings and where they are from; empty when nobody made a file. Raises UsageError."""
    file = config_file(environ)
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), file
    except FileNotFoundError:
        if environ.get("BATCHDOCTOR_CONFIG"):
            raise UsageError(f"The configuration file {file} does not exist.") from None
        return {}, file
    except (OSError, ValueError) as error:
        raise UsageError(f"The configuration file {file} cannot be read: {error}.") from error
