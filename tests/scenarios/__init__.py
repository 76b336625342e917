"""Accounts in the sandbox's own format: the kinds of trouble that people reported."""

from __future__ import annotations

from pathlib import Path

from batchdoctor.sandbox import Scenario, load_scenario

_FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in _FOLDER.glob("*.toml"))


def scenario(name: str) -> Scenario:
    """One of the accounts of this folder."""
    return load_scenario(str(_FOLDER / f"{name}.toml"))
