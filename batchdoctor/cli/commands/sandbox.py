"""The noun `sandbox`: a Batch account in a box, for training and for testing scripts."""

from __future__ import annotations

import shlex
import signal
from threading import Event
from typing import Annotated

import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.noun import noun
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.machine import ending_signals
from batchdoctor.report.scenarios import scenarios_document
from batchdoctor.sandbox import LAG, Mishap, Sandbox, describe, scenario_names

app = noun("sandbox")


@command(app, "serve", writes=False)
def serve(
    call: Call,
    port: Annotated[
        int, typer.Option(help="Port on loopback; 0 takes a free one.", min=0, max=65535)
    ] = 0,
    scenario: Annotated[
        str, typer.Option(help="What state the account is in.", metavar="NAME|FILE.toml")
    ] = "night-shift",
    size: Annotated[
        int | None, typer.Option(help="Number of tasks in the scenario big.", min=1, metavar="N")
    ] = None,
    key_auth: Annotated[bool, typer.Option("--key-auth", help="Take a key (default).")] = False,
    token: Annotated[
        bool, typer.Option("--token", help="Take a bearer token; needs --tls.")
    ] = False,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https with a certificate.")] = False,
    run_jobs: Annotated[
        bool,
        typer.Option("--run-jobs", help="Run tasks that are created, as processes here."),
    ] = False,
    mishap: Annotated[
        list[str] | None,
        typer.Option(help="node-lost, node-cut-off, end-unheard.", metavar="KIND[:TASK]"),
    ] = None,
) -> int:
    """Serve until interrupted; prints what to export in another terminal.

    Scenarios of your own: .github/SCENARIOS.md. Jobs can be created, pools not; nothing is deleted.

    Example: batchdoctor sandbox serve --scenario bad-node
    """
    if token and (key_auth or not tls):
        raise UsageError(
            "A bearer token is taken over TLS only, and not beside a key.",
            hint="batchdoctor sandbox serve --token --tls",
        )
    if mishap and not run_jobs:
        raise UsageError("--mishap befalls tasks that run.", hint="add --run-jobs")
    mishaps = [Mishap.of(text) for text in mishap or ()]
    ended = _end_when_asked()
    with Sandbox(
        scenario,
        port=port,
        size=size,
        auth="token" if token else "key",
        tls=tls,
        lag=LAG,
        run_jobs=run_jobs,
        mishaps=mishaps,
    ) as sandbox:
        for name, value in sandbox.environment().items():
            call.world.output.write(f"export {name}={shlex.quote(value)}\n")
        call.world.output.flush()
        call.world.note(f"# serving the scenario {scenario}; end it with Ctrl-C")
        if run_jobs:
            call.world.note("# tasks that are created run as processes of yours, on this computer")
        ended.wait()
    return ExitCode.OK


def _end_when_asked() -> Event:
    """An event that Ctrl-C or a request to terminate sets, so that the server is closed first."""
    ended = Event()
    for ending in (signal.SIGINT, *ending_signals()):
        signal.signal(ending, lambda *_: ended.set())
    return ended


@command(app, "events", writes=False)
def events(
    call: Call,
    scenario: Annotated[
        str, typer.Option(help="What state the account is in.", metavar="NAME|FILE.toml")
    ] = "night-shift",
    size: Annotated[
        int | None, typer.Option(help="Number of tasks in the scenario big.", min=1, metavar="N")
    ] = None,
    old_starts: Annotated[
        bool, typer.Option("--old-starts", help="Starts name no requeue count, as until 2026.")
    ] = False,
) -> int:
    """Print the diagnostic log that the account would have kept.

    Example: batchdoctor sandbox events | batchdoctor events parse -
    """
    with Sandbox(scenario, size=size, now=call.world.now) as sandbox:
        for line in sandbox.diagnostic_log(old_starts=old_starts):
            call.world.output.write(line + "\n")
    return ExitCode.OK


@command(app, "scenarios")
def scenarios(call: Call) -> int:
    """Which scenarios are there?

    Example: batchdoctor sandbox scenarios
    """
    described = {name: describe(name) for name in scenario_names()}
    call.write(scenarios_document(call.head(), described))
    return ExitCode.OK
