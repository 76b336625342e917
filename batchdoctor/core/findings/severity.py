"""How bad a finding is."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """The worst first."""

    ERROR = "error"
    """Work fails or stands still, and will until somebody acts."""
    WARNING = "warning"
    """Something is lost or about to be; somebody should look."""
    INFO = "info"
    """Worth knowing when looking for a cause."""
