"""A certificate authority of its own for a sandbox that speaks TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

from batchdoctor.errors import UsageError


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server context for loopback, and the file with the authority to trust.

    Raises UsageError when the optional package that makes certificates is not installed.
    """
    try:
        import trustme
    except ImportError:
        raise UsageError(
            "The sandbox cannot speak TLS: the package 'trustme' is not installed.",
            hint="pip install 'batchdoctor[tls]'",
        ) from None
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost", "::1").configure_cert(context)
    file = folder / "sandbox-ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, file
