"""A storage account of Azurite, for the tests of what is kept in one."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ACCOUNT = "devstoreaccount1"
# The key that every Azurite has; it opens nothing else.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def _program() -> str | None:
    local = Path(__file__).parents[1] / ".ci" / "node_modules" / ".bin" / "azurite-blob"
    return shutil.which("azurite-blob") or (str(local) if local.exists() else None)


@contextmanager
def emulated_storage(*options: str) -> Iterator[str]:
    """Start an account, and give the address of its blobs; skips the test where there is none.

    With `--cert` among the options it speaks TLS.
    """
    program = _program()
    if program is None or shutil.which("node") is None:
        pytest.skip("azurite-blob is not on the PATH (npm install azurite), or node is missing")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    usual = ["--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence"]
    where = ["--blobHost", "127.0.0.1", "--blobPort", str(port)]
    with subprocess.Popen(
        [program, *usual, *options, *where],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if re.search("successfully listens", line):
                break
        yield f"http{'s' * ('--cert' in options)}://127.0.0.1:{port}/{ACCOUNT}"
        process.terminate()
