"""Connections that keep the caller's credential and give up on headers that trickle.

Imports requests and urllib3, so it is itself imported only when a first request is sent.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse


def open_session(*, proxies: bool) -> requests.Session:
    """Return a session that takes certificates from the environment, but nothing from `~/.netrc`.

    A netrc entry for the host, or a default one, would replace the Authorization header. With
    `proxies` the environment's proxies are used, without it none, whoever names one.
    """
    session = _Session()
    session.auth = lambda request: request
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter() if proxies else _DirectAdapter())
    return session


class _Session(requests.Session):
    """A session that goes where it is told: an answer that leads elsewhere is only an answer.

    Even who follows none has requests look at where it leads, and fail where that is no URL.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - its name
        return None


class _PlainConnection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3 overrides it so too
        return _headers_in_time(self, super().getresponse)


class _TlsConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3 overrides it so too
        return _headers_in_time(self, super().getresponse)


def _headers_in_time(
    connection: HTTPConnection, receive: Callable[[], HTTPResponse]
) -> HTTPResponse:
    """Bound the wait for the headers as a whole; a socket's timeout bounds each packet only."""
    seconds = connection.timeout or 0.0
    cut = threading.Event()
    timer = threading.Timer(seconds, _cut, [connection.sock, cut])
    timer.daemon = True
    with contextlib.suppress(RuntimeError):  # where no thread can start, each packet is bounded
        timer.start()
    try:
        response = receive()
    except Exception as error:
        if cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if cut.is_set():
        # Headers that end too early look complete to http.client.
        response.close()
        raise TimeoutError
    return response


def _cut(sock: socket.socket, cut: threading.Event) -> None:
    cut.set()
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """An adapter whose connections, direct or through a proxy, are the ones above."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
        return manager


class _DirectAdapter(_Adapter):
    """An adapter that no proxy setting reaches: this computer's own addresses mean itself."""

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().send(*args, **kwargs | {"proxies": None})
