"""What differs between Linux, macOS and Windows: folders, permissions, signals, the terminal.

Nobody else asks which system this is, nor for what only some of them have.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

WINDOWS = os.name == "nt"
ONLY_MINE = 0o600
# What Ctrl-Z sends, where there is such a thing.
STOP: int | None = getattr(signal, "SIGTSTP", None)

# How a file is opened that may be of others: a link is not followed, and a pipe without a reader
# is not waited for. Windows has neither, but would turn the end of each line into two characters.
PLAIN_FILE_ONLY = 0
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
    PLAIN_FILE_ONLY |= getattr(os, _flag, 0)

# How one is opened that may be a pipe or a device on purpose: nobody is waited for.
WITHOUT_WAITING = 0
for _flag in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY"):
    WITHOUT_WAITING |= getattr(os, _flag, 0)

# Variables that name other places for settings, memory and data, on any system.
CONFIG_HOME, STATE_HOME, DATA_HOME = "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"
CACHE_HOME = "XDG_CACHE_HOME"


def home_folder(environ: Mapping[str, str]) -> Path | None:
    """The user's home, None where the environment names none.

    As `os.path.expanduser`, and so az, has it: on Windows a `HOME` that some shell sets is none.
    """
    names = ("USERPROFILE", "HOME") if WINDOWS else ("HOME", "USERPROFILE")
    named = next((environ[name] for name in names if environ.get(name)), None)
    return Path(named) if named else None


def config_home(environ: Mapping[str, str]) -> Path | None:
    """Where programs keep what a user sets: `XDG_CONFIG_HOME`, `APPDATA`, or `~/.config`."""
    return _base(environ, CONFIG_HOME, "APPDATA", ".config")


def state_home(environ: Mapping[str, str]) -> Path | None:
    """Where programs keep what they remember: `XDG_STATE_HOME`, `LOCALAPPDATA`, or below home."""
    return _base(environ, STATE_HOME, "LOCALAPPDATA", ".local/state")


def data_home(environ: Mapping[str, str]) -> Path | None:
    """Where other programs look for files of ours: `XDG_DATA_HOME`, `LOCALAPPDATA`, or below."""
    return _base(environ, DATA_HOME, "LOCALAPPDATA", ".local/share")


def cache_home(environ: Mapping[str, str]) -> Path | None:
    """Where programs keep what may be lost: `XDG_CACHE_HOME`, or `~/.cache` on any system.

    It is for scripts of shells, which look into the same folder wherever they run.
    """
    named = environ.get(CACHE_HOME, "")
    if Path(named).is_absolute():
        return Path(named)
    home = home_folder(environ)
    return home / ".cache" if home and home.is_absolute() else None


def _base(environ: Mapping[str, str], xdg: str, windows: str, below: str) -> Path | None:
    """https://specifications.freedesktop.org/basedir-spec/ : relative paths count as not set."""
    for name in (xdg, windows) if WINDOWS else (xdg,):
        named = environ.get(name, "")
        if Path(named).is_absolute():
            return Path(named)
    home = home_folder(environ)
    return home / below if home else None


def variables_of_home(folder: Path) -> dict[str, str]:
    """Variables for a program that shall take a folder for the user's home."""
    return {"USERPROFILE" if WINDOWS else "HOME": str(folder)}


def homes_below(folder: str) -> dict[str, str]:
    """Variables for whoever shall keep everything in one folder, and leave the user's alone."""
    return dict.fromkeys((CONFIG_HOME, STATE_HOME, DATA_HOME, CACHE_HOME), folder)


def keep_to_owner(handle: int) -> None:
    """Let only the user read an open file.

    A file system without permissions is no reason to write nothing down; on Windows a file in the
    user's own folder is the user's own.
    """
    change = getattr(os, "fchmod", None)
    if change is not None:
        with suppress(OSError):
            change(handle, ONLY_MINE)


def _mask_of_new_files() -> int:
    """The process's mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


# Read once, because reading it changes it for a moment, and threads write files meanwhile.
_MASK = _mask_of_new_files()


def lock(handle: int) -> None:
    """Wait until nobody else has locked an open file; where files have no locks, nothing waits.

    Raises OSError.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL}:
            raise


def lock_at_once(handle: int) -> bool:
    """Lock an open file; False where another program has it locked, or where files have no locks.

    The lock goes with the file, however the program ends.
    """
    try:
        import fcntl
    except ImportError:  # Windows, which removes no file that is open
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def taken_by_another(handle: int) -> bool:
    """Whether another program has locked an open file; if not, it is locked now.

    Where files have no locks nobody has.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def written_behind(handle: int, size: int) -> bytes:
    """What is behind so many bytes of a file that is open for writing only; nothing is not known.

    Only Linux gives a second way to an open file.
    """
    try:
        with Path(f"/proc/self/fd/{handle}").open("rb") as file:
            file.seek(size)
            return file.read()
    except OSError:
        return b""


def give_mode(path: Path, mode: int | None = None) -> None:
    """Give a file its permissions; None gives those that a new one would have. Raises OSError."""
    path.chmod(0o666 & ~_MASK if mode is None else mode)


def ending_signals() -> list[signal.Signals]:
    """The signals that ask a program to end and that this system has, Ctrl-C left out."""
    named = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP", "SIGBREAK"))
    return [each for each in named if each is not None]


def send_to_myself(number: int) -> None:
    """Send a signal to this process."""
    os.kill(os.getpid(), number)


def end_when_asked() -> None:
    """Have the signal by which one process ends another do so, whatever was to be done at it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def do_as_usual(number: int) -> None:
    """Have a signal do to this process what it does where nobody catches it: end it, or stop it."""
    signal.signal(number, signal.SIG_DFL)
    send_to_myself(number)


def can_fork() -> bool:
    """Whether a new process can go on with everything that this one has loaded.

    On macOS it could, but the system's own libraries do not survive it:
    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
    """
    return hasattr(os, "fork") and sys.platform != "darwin"


def size_of(stream: Any) -> os.terminal_size | None:
    """Columns and lines of the terminal behind a stream, None where there is none."""
    try:
        return os.get_terminal_size(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return None


def columns_of(stream: Any) -> int | None:
    """How wide the terminal behind a stream is, None where there is none."""
    size = size_of(stream)
    return size.columns if size else None


def read_unseen(question: str) -> str:
    """What is typed after a question, not shown as it is typed.

    Raises OSError where the terminal would show it.
    """
    import getpass  # one command in twenty asks for a secret
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(question)
        except getpass.GetPassWarning:
            raise OSError("this terminal would show what is typed") from None


def started_apart(
    argv: Sequence[str], folder: Path, environ: Mapping[str, str], out: IO[bytes], err: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start a program without a shell and without a terminal, so that it can be ended as a whole.

    Raises OSError.
    """
    import subprocess  # few commands start one

    return subprocess.Popen(  # noqa: S603 - what somebody asked to have run
        list(argv),
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        start_new_session=not WINDOWS,
    )


def end_with_children(process: subprocess.Popen[bytes]) -> None:
    """End a program that was started apart, and all that it has started, at once."""
    end_all = getattr(os, "killpg", None)
    if end_all is None:  # Windows, where the children are left
        with suppress(OSError):
            process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        end_all(process.pid, signal.SIGKILL)
