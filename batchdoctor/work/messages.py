"""The messages that count for a user: the tables of their own files, then the catalog."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchdoctor.errors import UsageError
from batchdoctor.service.small_file import read_small
from batchdoctor.work.configuration import config_file, read_config

if TYPE_CHECKING:
    from batchdoctor.core.meaning.message_entry import MessageEntry
    from batchdoctor.core.meaning.messages import Messages

_HINT = (
    'a table looks like: [[message]] name = "mesh-empty" about = "input"'
    ' patterns = ["no cells in *"] means = "The mesh is empty."'
)


def own_messages(environ: Mapping[str, str], file: Path | None) -> tuple[MessageEntry, ...]:
    """The `[[message]]` tables of a file, then those of the configuration file.

    Raises UsageError, naming file, table and place, for what is wrong in one of them.
    """
    named = messages_file(file) if file else ()
    if not environ.get("BATCHDOCTOR_CONFIG") and not os.path.lexists(config_file(environ)):
        return named
    config, source = read_config(environ)
    own = _parsed(config, str(source)) if "message" in config else ()
    taken = {entry.name for entry in named}
    return (*named, *(entry for entry in own if entry.name not in taken))


def messages_file(file: Path) -> tuple[MessageEntry, ...]:
    """The tables of one file. Raises UsageError, also where there is none."""
    try:
        document = tomllib.loads(read_small(file))
    except FileNotFoundError:
        raise UsageError(
            f"There is no file {file}.", hint="--messages takes a TOML file of [[message]] tables"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"The messages in {file} cannot be read: {error}.", hint=_HINT) from error
    if "message" not in document:
        raise UsageError(f"There is no [[message]] table in {file}.", hint=_HINT)
    return _parsed(document, str(file))


def _parsed(document: Mapping[str, Any], source: str) -> tuple[MessageEntry, ...]:
    from batchdoctor.core.meaning.message_entry import parse_messages

    try:
        return parse_messages(document)
    except ValueError as error:
        raise UsageError(f"In {source}, {error}.", hint=_HINT) from error


def messages_for(environ: Mapping[str, str], file: Path | None = None) -> Callable[[], Messages]:
    """What gives the messages when they are needed; the user's own are checked at once.

    Raises UsageError, also for a file that is not there.
    """
    own = own_messages(environ, file)

    def messages() -> Messages:
        from batchdoctor.core.meaning.message_entry import message_catalog
        from batchdoctor.core.meaning.messages import Messages, known_messages

        return Messages(message_catalog(), own=own) if own else known_messages()

    return messages if not own else _once(messages)


def _once(make: Callable[[], Messages]) -> Callable[[], Messages]:
    made: list[Messages] = []

    def given() -> Messages:
        if not made:
            made.append(make())
        return made[0]

    return given
