"""The way in and the way out: run one command line and end with its exit status."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run `sys.argv` as batchdoctor and end the process."""
    arguments = sys.argv[1:]
    try:
        status = _version() if arguments == ["--version"] else _run(arguments)
    except KeyboardInterrupt:  # while the modules were still being imported
        status = 130
    _leave_output_behind()
    # The process ends: to look for cycles once more takes a fifth of a small command.
    gc.freeze()
    sys.exit(status)


def _version() -> int:
    """Answered before anything is imported, since scripts ask for it often."""
    from batchdoctor import __version__

    try:
        os.write(1, f"batchdoctor {__version__}\n".encode())
    except BrokenPipeError:
        return 141
    except OSError as error:
        os.write(2, f"error: The output could not be written: {error.strerror}.\n".encode())
        return 1
    return 0


def _run(arguments: list[str]) -> int:
    # What is imported stays: to look for cycles in it takes a twentieth of a small command.
    gc.set_threshold(50_000, 20, 20)
    from batchdoctor.cli.main import run
    from batchdoctor.cli.world import process_world

    return run(arguments, process_world())


def _leave_output_behind() -> None:
    """Spare the interpreter its last attempt to write what could not be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    main()
