"""Sets of faults as data files: those of the package by name, any other by path."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from batchdoctor.errors import UsageError
from batchdoctor.sandbox.faults.fault import Fault

_FOLDER = "fault_sets"


def fault_set_names() -> list[str]:
    """Return the names of the fault sets in the package."""
    folder = resources.files("batchdoctor.sandbox") / _FOLDER
    names = (item.name for item in folder.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def load_faults(name: str | Path) -> list[Fault]:
    """Return the faults of a set: a table `[[faults]]` for each, members as `Fault` has them.

    Raises UsageError when there is no such set, and for members that a fault has not.
    """
    try:
        data = tomllib.loads(_text(name))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"The faults in '{name}' cannot be read: {error}.") from None
    return [Fault.from_data(fault) for fault in data.get("faults", [])]


def _text(name: str | Path) -> str:
    if str(name) in fault_set_names():
        file = resources.files("batchdoctor.sandbox") / _FOLDER / f"{name}.toml"
        return file.read_text(encoding="utf-8")
    try:
        if Path(name).exists() and not Path(name).is_file():
            raise OSError(f"{name} is no file")
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"There is no set of faults '{name}', and no such file.",
            hint=f"Sets: {', '.join(fault_set_names())}.",
        ) from None
