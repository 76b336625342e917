"""The way in and the way out: run one command line and end with its exit status."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run `sys.argv` as batchdoctor and end the process."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        # Answered before anything is imported, since scripts ask for it often.
        from batchdoctor import __version__

        print(f"batchdoctor {__version__}")  # noqa: T201
        return
    try:
        status = _run(arguments)
    except KeyboardInterrupt:  # while the modules were still being imported
        status = 130
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    from batchdoctor.cli.main import run
    from batchdoctor.cli.world import process_world
    from batchdoctor.errors import ExitCode

    status = run(arguments, process_world())
    if status == ExitCode.BROKEN_PIPE:
        # Python flushes standard output once more on its way out, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    return status


if __name__ == "__main__":
    main()
