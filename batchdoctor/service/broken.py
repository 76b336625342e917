"""Exchanges that ended without an answer: which trouble lies under the library's exception."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator, Mapping

from batchdoctor.errors import UnreachableError, UsageError
from batchdoctor.service.endpoint import is_loopback
from batchdoctor.service.faults import Fault
from batchdoctor.service.wording import one_line

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# What the libraries raise before they send anything through a proxy. Its address is never quoted.
_NO_PROXY_AT_ALL = frozenset(
    {"InvalidURL", "InvalidSchema", "LocationParseError", "ProxySchemeUnknown", "InvalidProxyURL"}
)


def fault_of_exception(
    error: BaseException, host: str, environment: Mapping[str, str] = os.environ
) -> Fault:
    """Translate what a transport raised instead of answering.

    The libraries wrap the cause several times over, each in its own way, so the whole chain is
    searched, for the most telling cause first.
    """
    if is_loopback(host):
        environment = {}  # no proxy stands between
    chain = list(_chain(error))
    names = {type(link).__name__ for link in chain}
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return _untrusted(link, host)
    if "ProxyError" in names or (names & _NO_PROXY_AT_ALL and _variables(environment)):
        return _proxy(chain, names, environment)
    if "NameResolutionError" in names or any(isinstance(link, socket.gaierror) for link in chain):
        return Fault(
            f"the name {host} could not be resolved",
            passing=True,
            nobody=True,
            brief="name not found",
            hint="Check the endpoint, the account's region and the network's DNS"
            + _via(environment),
        )
    if any(isinstance(link, ConnectionRefusedError) for link in chain):
        return Fault(
            f"{host} refused the connection",
            passing=True,
            nobody=True,
            brief="connection refused",
            hint="Check the endpoint and its port" + _via(environment),
        )
    if names & {"ConnectTimeoutError", "ConnectTimeout", "ServiceRequestTimeoutError"}:
        return Fault(
            f"{host} did not accept a connection in time",
            passing=True,
            brief="no connection",
            hint="A firewall or a private endpoint may stand between; check the network"
            + _via(environment),
        )
    return _after_connecting(error, chain, names, host)


def _after_connecting(
    error: BaseException, chain: list[BaseException], names: set[str], host: str
) -> Fault:
    if any(isinstance(link, TimeoutError) for link in chain) or "ReadTimeoutError" in names:
        return Fault(f"{host} did not answer in time", passing=True, acted=True, brief="no answer")
    if isinstance(error, OSError) and error.errno is None and "CA certificate" in str(error):
        return Fault(
            f"the file of trusted certificates named by {' or '.join(BUNDLES)} is missing",
            UsageError,
            hint=f"Correct or unset {' and '.join(BUNDLES)}.",
        )
    plain = [link for link in chain if isinstance(link, ssl.SSLError)]
    if plain and "EOF" not in type(plain[0]).__name__ and plain[0].reason == "WRONG_VERSION_NUMBER":
        return Fault(f"{host} does not speak TLS", hint="Check the endpoint and its port.")
    return Fault(
        f"the connection to {host} broke", passing=True, acted=True, brief="connection broken"
    )


def too_slow(host: str, seconds: float) -> Fault:
    """Return the fault of an answer that trickled in until its time was over."""
    return Fault(
        f"the answer of {host} was not complete after {seconds:.0f} s",
        passing=True,
        acted=True,
        brief="slow answer",
    )


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> Fault:
    return Fault(
        f"the TLS certificate of {host} was not accepted: {one_line(error.verify_message)}",
        hint="Behind a TLS-inspecting proxy set REQUESTS_CA_BUNDLE to the file of its certificate "
        "authority (SSL_CERT_FILE is not read); else check the endpoint and the clock.",
    )


def _proxy(chain: list[BaseException], names: set[str], environment: Mapping[str, str]) -> Fault:
    if names & _NO_PROXY_AT_ALL:
        proxies = _variables(environment)
        return Fault(
            f"what {proxies} names cannot be used as a proxy",
            UsageError,
            hint=f"It has the form http://HOST:PORT; correct or unset {proxies}.",
        )
    denied = any("407" in str(link) for link in chain)
    why = "wants a user name and password" if denied else "could not be used"
    return Fault(
        f"the proxy {why}",
        UnreachableError,
        passing=not denied,
        brief="no answer from the proxy",
        hint=f"Check {_variables(environment) or 'the proxy settings'}, or name the host in "
        "NO_PROXY.",
    )


def _variables(environment: Mapping[str, str]) -> str:
    """Name the proxy variables that are set; never their values, which may hold a password."""
    return " and ".join(name for name in PROXIES if environment.get(name))


def _via(environment: Mapping[str, str]) -> str:
    names = _variables(environment)
    return f", and the proxy that {names} names." if names else "."


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything that it wraps, each once."""
    waiting, seen = [error], set()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        wrapped = [getattr(link, name, None) for name in ("inner_exception", "reason")]
        wrapped += [link.__cause__, link.__context__, *link.args]
        waiting += [each for each in wrapped if isinstance(each, BaseException)]
