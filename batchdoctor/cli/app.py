"""The tree of commands: which nouns there are; each noun's file says what it can do."""

from __future__ import annotations

from typing import Annotated

import typer

from batchdoctor import __version__
from batchdoctor.cli import (
    auth,
    completion,
    demo,
    events,
    explain,
    files,
    job,
    node,
    nodes,
    pool,
    sandbox,
    task,
    tasks,
    triage,
)

_NOUNS = (
    tasks.app,
    task.app,
    nodes.app,
    node.app,
    pool.app,
    job.app,
    files.app,
    auth.app,
    events.app,
    sandbox.app,
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"batchdoctor {__version__}")
        raise typer.Exit


def build_app() -> typer.Typer:
    """The whole command-line interface."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for each in _NOUNS:
        app.add_typer(each)
    triage.register(app)
    explain.register(app)
    demo.register(app)
    completion.register(app)

    @app.callback()
    def batchdoctor(
        version: Annotated[
            bool,
            typer.Option("--version", help="Show the version.", callback=_show_version),
        ] = False,
    ) -> None:
        """Say what is wrong in an Azure Batch account, and what to type next."""

    return app
