"""The environment's word that nothing may be changed from here."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.errors import DeclinedError

READ_ONLY = "BATCHDOCTOR_READ_ONLY"


def refuse_when_read_only(environ: Mapping[str, str], change: str) -> None:
    """Raise DeclinedError if the environment forbids changes; `change` names its object too."""
    if environ.get(READ_ONLY, "") not in {"", "0"}:
        raise DeclinedError(
            f"{change} was not done: {READ_ONLY} forbids changes.",
            hint=f"unset {READ_ONLY} to allow them, or add --dry-run to see what would be done",
        )
