"""The command `mcp`: the questions of an account as tools for an agent."""

from __future__ import annotations

from contextlib import redirect_stdout

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.errors import ExitCode, UsageError

app = verb()


@command(app, "mcp", live=True, writes=False)
def mcp(call: Call) -> int:
    """Give an agent the questions of an account as tools, which change nothing.

    It speaks the Model Context Protocol on standard input and output, and is started by the
    agent's program, which is told this command line. Ends when standard input does.

    Example: batchdoctor mcp --profile prod
    """
    if call.shared.account_key_file == "-":
        raise UsageError(
            "Standard input is where the agent speaks, and no place for a key.",
            hint="--account-key-file FILE, or AZURE_BATCH_ACCESS_KEY",
        )
    try:
        from batchdoctor.mcp.server import serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"The SDK for agents is not installed ({error.name}).",
            hint="pip install 'batchdoctor[mcp]'",
        ) from error
    from batchdoctor.mcp.session import Session

    with call.client() as client:
        session = Session(client, call.world.now, call.world.environ, call.shared.timeout)
        if call.world.stdin.isatty():
            call.world.note("# an agent's program speaks here, not a person; Ctrl-C ends it")
        # While a command runs, what anybody prints goes to its help; the SDK takes the real stream.
        with redirect_stdout(call.world.stdout):
            serve(session, call.world.stdin.fileno())
    return ExitCode.OK
