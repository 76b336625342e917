"""Runs one command line: the only place that turns errors into an exit status."""

from __future__ import annotations

import io
import os
import re
import traceback
from collections.abc import Sequence
from contextlib import redirect_stdout
from itertools import pairwise
from typing import Any, cast

import typer

from batchdoctor.cli.app import build_app
from batchdoctor.cli.error_text import error_text
from batchdoctor.cli.forms import as_meant
from batchdoctor.cli.help_pages import page_of
from batchdoctor.cli.interruption import before_the_end
from batchdoctor.cli.neighbours import neighbour
from batchdoctor.cli.watch_words import with_seconds
from batchdoctor.cli.world import ReaderGoneError, Session, World
from batchdoctor.errors import BatchdoctorError, ExitCode, RefusedError, UsageError
from batchdoctor.work.files.halves import HALVES

# What typer raises for a wrong command line. typer carries its own copy of click and exports of
# these errors only the subclasses, so their base is taken from one of them.
_WrongUsage = cast("type[Exception]", typer.BadParameter.__mro__[2])

# `-o json`, `-vo json`, `-ojson`, `--output json`, `--output=json`.
_OUTPUT = re.compile(r"--output|-[a-zA-Z]*o")
_OUTPUT_WITH_VALUE = re.compile(r"(?:--output=|-[a-np-zA-Z]*o)(jsonl?)")
_NO_COMMAND = re.compile(r"No such command '(.*?)'")
_VERBOSE = re.compile(r"-[a-np-zA-Z]*v")


def run(argv: Sequence[str], world: World) -> int:
    """Run the command line `argv` and give the exit status. Raises nothing."""
    with before_the_end(HALVES.end) as ended:
        try:
            words = as_meant(argv)
            page = page_of(words, world.terminal().width)
            status = _status_of(words, world) if page is None else _show(page, world)
            world.output.flush()
        except ReaderGoneError:
            status = ExitCode.BROKEN_PIPE
        except BatchdoctorError as error:
            status = _fail(error, argv, world)
        except KeyboardInterrupt:
            status = ExitCode.INTERRUPTED
        finally:
            world.progress_line.close()
    return ended.status(status)


def _show(page: str, world: World) -> int:
    world.output.write(page)
    return ExitCode.OK


def _status_of(argv: Sequence[str], world: World) -> int:
    # typer prints help itself, past the one place that knows what a broken output means.
    help_text = io.StringIO()
    try:
        with redirect_stdout(help_text):
            status = build_app(*argv[:2])(
                args=with_seconds(argv),
                prog_name="batchdoctor",
                standalone_mode=False,
                obj=Session(world, run),
            )
        world.output.write(help_text.getvalue())
    except ReaderGoneError:
        raise
    except BatchdoctorError as error:
        world.output.flush()
        return _fail(error, argv, world)
    except (KeyboardInterrupt, typer.Abort):
        world.note("interrupted")
        return ExitCode.INTERRUPTED
    except _WrongUsage as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            world.tell(str(getattr(error, "message", error)))
            return ExitCode.USAGE
        return _fail(_usage_error(error), argv, world)
    except Exception as error:  # the last resort: a bug must end in a sentence too
        return _unforeseen(error, argv, world)
    return int(status or 0)


def _fail(error: BatchdoctorError, argv: Sequence[str], world: World) -> int:
    world.tell(error_text(error, as_json=_wants_json(argv)))
    return error.exit_code


def _unforeseen(error: Exception, argv: Sequence[str], world: World) -> int:
    """Tell what is the caller's, such as a path that cannot be; all else is a mistake of ours."""
    told = _callers_word(error, argv, world) or _callers_path(error)
    if told is not None:
        return _fail(told, argv, world)
    status = _fail(_bug(error), argv, world)
    if _wants_detail(argv):
        _tell_trace(error, world)
    return status


def _tell_trace(cause: BaseException, world: World) -> None:
    """Where it happened; the values in it come from elsewhere, like any other text."""
    for line in "".join(traceback.format_exception(cause)).rstrip().split("\n"):
        world.note(line)


def _usage_error(error: BaseException) -> UsageError:
    """The words of typer's own error, and the help of the command they are about."""
    message: str = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "batchdoctor"
    if unknown := _NO_COMMAND.match(message):
        return _unknown_command(unknown[1], path, context)
    return UsageError(message or "A command is missing.", hint=f"{path} --help")


def _unknown_command(word: str, path: str, context: Any) -> UsageError:
    """Whoever mistypes a command is told the one that was meant, or none."""
    noun = path.partition(" ")[2]
    meant = neighbour(word, list(context.command.commands), noun)
    return UsageError(
        f"No such command {word!r}{f' below {noun}' if noun else ''}.",
        hint=f"did you mean {path} {meant}?" if meant else f"{path} --help",
    )


def _callers_word(error: Exception, argv: Sequence[str], world: World) -> BatchdoctorError | None:
    """Which word of the caller's is no UTF-8; Python keeps such bytes as halves of characters."""
    if not isinstance(error, UnicodeEncodeError):
        return None
    words = {f"The argument {word!r}": word for word in argv}
    words |= {f"The variable {name}": value for name, value in world.environ.items()}
    odd = next((name for name, word in words.items() if not _is_unicode(word)), None)
    if odd is None:
        return None
    return UsageError(
        f"{odd} is not in UTF-8, and only UTF-8 can be used there.", hint="write it in UTF-8"
    )


def _is_unicode(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _callers_path(error: Exception) -> BatchdoctorError | None:
    """What the system says of a path is told as it is: most paths come from the caller."""
    if not isinstance(error, OSError) or error.filename is None or not error.strerror:
        return None
    name = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename
    return UsageError(f"{name} cannot be used: {error.strerror}.", hint="name another path")


def _bug(error: Exception) -> RefusedError:
    return RefusedError(
        f"batchdoctor itself failed: {type(error).__name__}: {error}",
        hint="this is a bug; run the command again with -v to see where it happened, "
        "and report that with what batchdoctor --version -v says",
    )


def _wants_json(argv: Sequence[str]) -> bool:
    """Whether `-o json` stands on the command line, which may be wrong in every other way."""
    words = list(argv)
    if "--json" in words:
        return True
    asked = [word for before, word in pairwise(words) if _OUTPUT.fullmatch(before)]
    asked += [found[1] for word in words if (found := _OUTPUT_WITH_VALUE.fullmatch(word))]
    return any(word.lower() in {"json", "jsonl"} for word in asked)


def _wants_detail(argv: Sequence[str]) -> bool:
    return any(word == "--verbose" or _VERBOSE.match(word) for word in argv)
