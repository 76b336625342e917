"""`config paths`: where files are kept on this machine, and what uninstalling would leave."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import batchdoctor
from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.completion.places import place_of
from batchdoctor.cli.completion.scripts import SHELLS
from batchdoctor.cli.noun import noun
from batchdoctor.core.kept import KeptPath
from batchdoctor.errors import ExitCode
from batchdoctor.machine import CACHE_HOME, CONFIG_HOME, STATE_HOME, home_folder
from batchdoctor.report.kept_paths import kept_document
from batchdoctor.service.settings import az_config_path
from batchdoctor.work.configuration import config_file
from batchdoctor.work.folders import config_folder, names_folder, state_folder

app = noun("config")


@command(app, "paths")
def paths(call: Call) -> int:
    """Where are settings, journal and completion scripts kept, and what would be left behind?

    The format ids gives what uninstalling leaves, for xargs rm -r.

    Example: batchdoctor config paths
    """
    call.write(kept_document(call.head(), list(_kept(call.world.environ))))
    return ExitCode.OK


def _kept(environ: Mapping[str, str]) -> Iterator[KeptPath]:
    named = environ.get("BATCHDOCTOR_CONFIG")
    settings = config_file(environ) if named else config_folder(environ)
    texts = "config.toml: profiles, and findings that are accepted"
    if settings:
        variable = "BATCHDOCTOR_CONFIG" if named else CONFIG_HOME
        # A file that the user named may be of more than this machine.
        yield _item("settings", settings, texts, variable, deletable=not named)
    if journal := state_folder(environ):
        yield _item("journal", journal, "journal.jsonl: every change made", STATE_HOME)
    if names := names_folder(environ):
        yield _item("names", names, "names that a shell offers at TAB", CACHE_HOME)
    if home_folder(environ):
        for shell in SHELLS:
            script = place_of(shell, environ).script
            yield _item(f"completion-{shell}", script, f"batchdoctor completion {shell} --remove")
    if az := az_config_path(environ):
        yield _item("az", az, "az's own settings, only read", "AZURE_CONFIG_DIR", deletable=False)
    program = Path(batchdoctor.__file__).parent
    yield _item("program", program, f"batchdoctor {batchdoctor.__version__}", deletable=False)


def _item(
    name: str, path: Path, holds: str, named_by: str | None = None, *, deletable: bool = True
) -> KeptPath:
    return KeptPath(
        name=name,
        path=str(path),
        is_there=os.path.lexists(path),
        deletable=deletable,
        holds=holds,
        named_by=named_by,
    )
