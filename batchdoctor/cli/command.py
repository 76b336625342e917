"""Registers commands: the options that commands share are written once and arrive as one call."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from batchdoctor.cli.answers import answers_for
from batchdoctor.cli.call import AuthMode, Call, Shared
from batchdoctor.cli.examples import with_examples
from batchdoctor.cli.option_group import gathered, own_options, spread
from batchdoctor.cli.options import names_read
from batchdoctor.cli.world import World
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.report.formats import Format, UsualFormat

_DEFAULT_TIMEOUT = 60.0
# The last line of a page of help, by whether the command asks the service.
_EPILOG = {
    True: "Account and output options: batchdoctor help options",
    False: "Output options: batchdoctor help options",
}

EVERY_COMMAND: dict[str, tuple[Any, object]] = {
    "output": (
        Annotated[
            UsualFormat,
            typer.Option(
                "-o",
                "--output",
                help="table, json, jsonl, csv, tsv, ids or markdown.",
                metavar="FORMAT",
                hidden=True,
            ),
        ],
        UsualFormat(Format.TABLE.value),
    ),
    "as_json": (
        Annotated[bool, typer.Option("--json", help="The same as -o json.", hidden=True)],
        False,
    ),
    "no_pager": (
        Annotated[
            bool,
            typer.Option("--no-pager", help="Print a long page, not in a pager.", hidden=True),
        ],
        False,
    ),
    "verbose": (
        Annotated[
            bool,
            typer.Option("-v", "--verbose", help="Tell of each retry and setting.", hidden=True),
        ],
        False,
    ),
}

_OF_FINDINGS: tuple[Any, object] = (
    Annotated[
        Format,
        typer.Option(
            "-o",
            "--output",
            help="table, json, jsonl, csv, tsv, ids, markdown, prometheus or junit.",
            metavar="FORMAT",
            hidden=True,
        ),
    ],
    Format.TABLE,
)

WATCH: tuple[Any, object] = (
    Annotated[
        float | None,
        typer.Option(
            "--watch",
            help="Ask again each 30 or so many seconds.",
            metavar="[SECONDS]",
            min=5,
            max=86_400,
            hidden=True,
        ),
    ],
    None,
)

LIVE_COMMANDS: dict[str, tuple[Any, object]] = {
    "account_endpoint": (
        Annotated[
            str | None,
            typer.Option(
                help="Endpoint of the account, as in AZURE_BATCH_ENDPOINT.",
                metavar="URL",
                hidden=True,
            ),
        ],
        None,
    ),
    "account_name": (
        Annotated[
            str | None,
            typer.Option(
                help="Name of the account, as in AZURE_BATCH_ACCOUNT.", metavar="NAME", hidden=True
            ),
        ],
        None,
    ),
    "account_key_file": (
        Annotated[
            str | None,
            typer.Option(
                help="File with the account key; - reads standard input.",
                metavar="FILE",
                hidden=True,
            ),
        ],
        None,
    ),
    "auth": (
        Annotated[
            AuthMode | None,
            typer.Option(
                help="How to sign in: auto (default), key or entra.", metavar="HOW", hidden=True
            ),
        ],
        None,
    ),
    "profile": (
        Annotated[
            str | None,
            typer.Option(
                help="Settings of that name, as in BATCHDOCTOR_PROFILE.",
                metavar="NAME",
                hidden=True,
            ),
        ],
        None,
    ),
    "from_file": (
        Annotated[
            str | None,
            typer.Option(
                "--from",
                help="Answer from a bundle or saved answers, as in BATCHDOCTOR_FROM.",
                metavar="FILE",
                hidden=True,
            ),
        ],
        None,
    ),
    "timeout": (
        Annotated[
            float,
            typer.Option(
                help="Seconds that all retries of one request may take together.",
                metavar="SECONDS",
                hidden=True,
                min=1,
            ),
        ],
        _DEFAULT_TIMEOUT,
    ),
}


def verb() -> typer.Typer:
    """A place for one command that stands for itself, without a noun before it."""
    return typer.Typer(rich_markup_mode=None)


def command(
    app: typer.Typer,
    name: str,
    *,
    live: bool = False,
    writes: bool = True,
    negative_numbers: bool = False,
    of_findings: bool = False,
    watched: bool = False,
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a function `(call, own options...) -> exit status` as a command.

    A `live` command asks the service, so it takes the options of the account; one that `writes` no
    document takes no output format. With `negative_numbers` an argument such as `-9` is no option.
    One `of_findings` has the formats that only these can be written in, one that is `watched` may
    be asked again and again. An option of its own stands in the place of a shared one, a parameter
    that is an `OptionGroup` for several.
    """
    shared = {**(LIVE_COMMANDS if live else {}), **EVERY_COMMAND}
    if not writes:
        del shared["output"], shared["as_json"], shared["no_pager"]
    if of_findings:
        shared["output"] = _OF_FINDINGS
    if watched:
        shared["watch"] = WATCH

    def register(function: Callable[..., int]) -> Callable[..., int]:
        own = own_options(function)
        options = spread(own)
        replaced = {each.name for each in options}
        taken = {name: each for name, each in shared.items() if name not in replaced}

        def run(context: typer.Context, **values: Any) -> int:
            world: World = context.obj.world
            given = {key: values.pop(key) for key in taken}
            seconds = given.pop("watch", None)
            common = _shared(given)
            try:
                with answers_for(world, common.from_file, live=live) as (seen, replay):
                    asked = gathered(own, {**values, **names_read(values, seen)})
                    call = Call(context.command_path, seen, common, replay=replay)
                    if seconds is not None:
                        from batchdoctor.cli.watch import watch

                        return watch(call, seconds, lambda each: function(each, **asked))
                    status = function(call, **asked)
            except KeyboardInterrupt:  # of which typer would say nothing
                world.note("interrupted")
                return ExitCode.INTERRUPTED
            return ExitCode.INTERRUPTED if world.interruption.happened else status

        run.__signature__ = _signature(options, taken)  # type: ignore[attr-defined]  # typer reads it
        group = app.info.name if isinstance(app.info.name, str) else ""
        run.__doc__ = with_examples(function.__doc__, f"{group} {name}".strip())
        settings: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
        settings["ignore_unknown_options"] = negative_numbers
        app.command(name, context_settings=settings, epilog=_EPILOG[live])(run)
        return function

    return register


def _shared(values: dict[str, Any]) -> Shared:
    """The options that commands share; `--json` is the format json."""
    output = Format(values.pop("output", Format.TABLE))
    if values.pop("as_json", False):
        if output not in {Format.TABLE, Format.JSON}:
            raise UsageError("Two formats are asked for.", hint="give one of --json, -o")
        output = Format.JSON
    return Shared(output=output, **values)


def _signature(
    own: list[inspect.Parameter], shared: dict[str, tuple[Any, object]]
) -> inspect.Signature:
    keyword = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("context", keyword, annotation=typer.Context)
    common = [
        inspect.Parameter(name, keyword, annotation=annotation, default=default)
        for name, (annotation, default) in shared.items()
    ]
    return inspect.Signature([context, *(each.replace(kind=keyword) for each in own), *common])
