"""What every test starts from: an environment without the settings of whoever runs it."""

from __future__ import annotations

import os

import pytest

# Settings that change what batchdoctor, the Azure libraries or a terminal library would do.
SCRUBBED_PREFIXES = (
    "AZURE_",
    "AZ_BATCH_",
    "BATCHDOCTOR_",
    "CLICOLOR",
    "FORCE_COLOR",
    "IDENTITY_",
    "MSI_",
    "NO_COLOR",
    "TTY_",
)
SCRUBBED = ("COLUMNS", "LINES", "CI", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY")


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
