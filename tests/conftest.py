"""What every test starts from: an environment without the settings of whoever runs it."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

# Accounts in a box, and commands that are run against them.
pytest_plugins = ["tests.box"]

# A runner in the background may ignore these, and so would each program that the tests end by them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Windows has no such signal.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# How long an example takes says more about the machine than about the code.
settings.register_profile("explore", deadline=None, max_examples=3000)
# The same examples each time, so that a failure is of the change at hand; to look further:
# pytest --hypothesis-profile explore
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")

# Settings that change what batchdoctor, the Azure libraries or a terminal library would do.
SCRUBBED_PREFIXES = (
    "AZURE_",
    "AZ_BATCH_",
    "SNAKEMAKE_",
    "BATCHDOCTOR_",
    "CLICOLOR",
    "FORCE_COLOR",
    "IDENTITY_",
    "MSI_",
    "NO_COLOR",
    "TTY_",
    "XDG_",
)
SCRUBBED = (
    "ALL_PROXY",
    "CI",
    "COLUMNS",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LINES",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
)


@pytest.fixture(autouse=True)
def scrubbed_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No account, no colour setting and no home of the person who runs the tests."""
    for name in list(os.environ):
        if name.upper().startswith(SCRUBBED_PREFIXES) or name.upper() in SCRUBBED:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("TERM", "xterm-256color")
