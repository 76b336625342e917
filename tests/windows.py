"""A world as Windows has it, made on Linux: what its Python lacks is gone, what it refuses fails.

`python -m tests.windows FILE` runs the command lines of a JSON file in it, against an account in a
box, and prints what each came to; several words are one command line. It cannot tell how paths with
backslashes or a real console do.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess  # noqa: F401  # which could not be imported afterwards
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

# https://docs.python.org/3/library/os.html and signal.html: "Availability: Unix". What Python's own
# subprocess takes for granted on a POSIX system, on which this runs after all, stays.
_OF_OS = """
    O_CLOEXEC O_DIRECTORY O_NOCTTY O_NOFOLLOW O_NONBLOCK O_SYNC chown chroot ctermid fchmod fchown
    fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpgrp getpriority getresuid
    getsid getuid killpg lchown lockf mkfifo mknod nice openpty posix_fadvise posix_fallocate pread
    pwrite readv sched_getaffinity sched_setaffinity sendfile setpgid setsid setuid statvfs sync
    sysconf tcgetpgrp ttyname uname writev
"""
_OF_SIGNAL = """
    SIGALRM SIGCHLD SIGCONT SIGHUP SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1 SIGUSR2 SIGWINCH alarm
    pthread_kill pthread_sigmask setitimer siginterrupt sigwait
"""
_MODULES = "curses fcntl grp pty pwd readline resource syslog termios tty"
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
FORBIDDEN = re.compile(
    r'[<>:"|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE
)


def take_away(folder: Path) -> None:
    """Make this process's world one of Windows; names are judged below `folder` only."""
    for home, names in ((os, _OF_OS), (signal, _OF_SIGNAL), (socket, "AF_UNIX")):
        for name in names.split():
            if hasattr(home, name):
                delattr(home, name)
    import select

    for name in ("poll", "epoll"):
        delattr(select, name)
    for name in _MODULES.split():
        sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails
    shutil._use_fd_functions = False  # type: ignore[attr-defined]  # folders by handle
    if hasattr(shutil, "_rmtree_impl"):  # since Python 3.14 it was chosen before this
        shutil._rmtree_impl = shutil._rmtree_unsafe  # type: ignore[attr-defined]
    warnings.filterwarnings("error", category=EncodingWarning, module=r"batchdoctor\.")
    place = str(folder.resolve())

    def judge(event: str, args: tuple[Any, ...]) -> None:
        if event in {"open", "os.mkdir", "os.rename", "os.remove"}:
            for path in args[: 2 if event == "os.rename" else 1]:
                _judge(event, path, place)

    sys.addaudithook(judge)
    import batchdoctor.machine

    batchdoctor.machine.WINDOWS = True


def _judge(event: str, path: object, place: str) -> None:
    if not isinstance(path, str | bytes | os.PathLike):
        return
    name = str(Path(os.fsdecode(path)).absolute())
    if not name.startswith(place):
        return
    if any(FORBIDDEN.search(part) for part in name.removeprefix(place).split("/")):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)
    if event in {"os.rename", "os.remove"} and name in _open_files():
        raise PermissionError(errno.EACCES, "it is being used by another process", name)


def _open_files() -> set[str]:
    found = set()
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(handle.readlink()))
    return found


def main() -> None:
    """Run the command lines of a file, or one of words."""
    folder = Path(os.environ["USERPROFILE"])
    take_away(folder)
    if len(sys.argv) == len(["program", "file"]):
        _run_all(folder)
    else:
        from batchdoctor.__main__ import main as run_one

        run_one()


def _run_all(folder: Path) -> None:
    """Print as JSON what each came to: status, standard output, standard error."""
    # Only now: much is decided as modules are imported.
    from tests.command_lines import outcomes

    lines = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    names = ("USERPROFILE", "APPDATA", "LOCALAPPDATA")
    environ = {name: os.environ[name] for name in names}
    sys.stdout.write(json.dumps(outcomes(lines, environ, folder)))


if __name__ == "__main__":
    main()
