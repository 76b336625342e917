"""What logging in to a node takes from here and leaves here: a public key, a line, an .rdp file."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from batchdoctor.cli.call import Call
from batchdoctor.errors import UsageError
from batchdoctor.machine import ONLY_MINE, home_folder
from batchdoctor.service.small_file import read_small

_KEYS = ("id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub")


def public_key(call: Call, given: Path | None) -> tuple[Path, str] | None:
    """A public key and its file; None when there is none, and a password must do.

    Raises UsageError for a given file that is none.
    """
    home = home_folder(call.world.environ)
    for path in [given] if given else [home / ".ssh" / name for name in _KEYS if home]:
        try:
            text = read_small(path).strip()
        except OSError as error:
            if given:
                raise UsageError(f"{path} could not be read: {error.strerror}.") from error
            continue
        except UnicodeDecodeError:
            text = ""
        if "PRIVATE KEY" in text or not re.match(r"(ssh|ecdsa|sk)-\S+ \S+", text):
            raise UsageError(f"{path} is not a public key.", hint="name the file that ends in .pub")
        return path, text
    return None


def ssh_line(user: str, address: str | None, port: int | None, key: Path | None) -> str:
    """The command with which to log in over SSH, quoted for a shell."""
    identity = ("-i", str(key.with_suffix(""))) if key else ()
    return shlex.join(("ssh", *identity, "-p", str(port), f"{user}@{address}"))


def check_rdp(path: Path) -> None:
    """Raise UsageError where `write_rdp` could not make its file; none is left behind."""
    os.close(_new_file(path))
    path.unlink()


def write_rdp(path: Path, address: str, user: str) -> None:
    """Write a file for remote desktop clients, readable by its owner only. Raises UsageError."""
    lines = (f"full address:s:{address}", f"username:s:.\\{user}", "prompt for credentials:i:1")
    try:
        with os.fdopen(_new_file(path), "w", encoding="utf-8", newline="") as file:
            file.write("".join(f"{line}\r\n" for line in lines))
    except OSError as error:
        raise _unwritable(path, error) from error


def _new_file(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_MINE)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path} could not be written: {error.strerror}.", hint="name another file with --out"
    )
