"""The listening socket and its connections: reads requests, sends bytes, breaks wires on order."""

from __future__ import annotations

import errno
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from batchdoctor.sandbox.wire.messages import Delivery, Request

Respond = Callable[[Request], tuple[bytes, bytes, Delivery]]

_LARGEST_BODY = 4 * 1024 * 1024
_HOLD_STEP = 0.05
_PART = 64 * 1024
# How a client that goes away, or does not like the certificate, shows itself.
_GONE = (ConnectionError, TimeoutError, ssl.SSLError)


class Server(ThreadingTCPServer):
    """Listens on loopback; one thread a connection, all of them ended by `stop`."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.respond = respond
        self.tls = tls
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads_of_connections: set[threading.Thread] = set()
        self._guard = threading.Lock()
        self.crash: Exception | None = None

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection; the handshake is left to the connection's own thread."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._guard:
            self._open.add(connection)
        return connection, address

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection in its thread, and let `stop` know of the thread."""
        thread = threading.current_thread()
        with self._guard:
            self._threads_of_connections.add(thread)
        super().process_request_thread(request, client_address)
        with self._guard:
            self._threads_of_connections.discard(thread)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - inherited
        """Keep the first crash of a handler for `Sandbox.stop`; a client may go away any time."""
        error = sys.exception()
        gone = isinstance(error, _GONE) or getattr(error, "errno", None) == errno.ENOTCONN
        if isinstance(error, Exception) and not gone:
            with self._guard:
                self.crash = self.crash or error

    def stop(self) -> None:
        """End all connections, also those that hold their answer back, and stop listening."""
        self.stopping.set()
        self.shutdown()
        with self._guard:
            connections, threads = list(self._open), list(self._threads_of_connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in threads:
            thread.join()
        self.server_close()


class _Connection(BaseHTTPRequestHandler):
    """One connection, kept alive from request to request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Do the handshake first: its failure ends this thread only."""
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is inherited
        """Write nothing to standard error."""

    def _exchange(self) -> None:
        request = self._read()
        if request is None:
            return
        head, body, delivery = self.server.respond(request)
        self._deliver(request, head, body, delivery)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _exchange  # noqa: N815

    def _read(self) -> Request | None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY or "transfer-encoding" in headers:
            self._refuse(b"411 Length Required")
            return None
        body = self.rfile.read(int(length)) if int(length) else b""
        try:
            return Request.parse(self.command, self.path, headers, body)
        except ValueError:  # not a URL
            self._refuse(b"400 Bad Request")
            return None

    def _refuse(self, status: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    def _deliver(self, request: Request, head: bytes, body: bytes, delivery: Delivery) -> None:
        if delivery.without_length:
            lines = head.split(b"\r\n")
            head = b"\r\n".join(line for line in lines if not line.startswith(_FRAMING))
        if delivery.without_last_chunk:
            body = body.removesuffix(b"0\r\n\r\n")
        of_head, of_body = min(delivery.part, 1), max(delivery.part - 1, 0)
        head = head[: int(len(head) * of_head)]
        data = memoryview(head + body[: int(len(body) * of_body)])
        step = delivery.drop or _PART
        for start in range(0, len(data), step):
            part = data[start : start + step]
            # Counted first: a client may be done before this thread is. One that hangs up in the
            # middle ends the count.
            request.sent = max(start + len(part) - len(head), 0)
            self.connection.sendall(part)
            if delivery.drop and self.server.stopping.wait(delivery.delay):
                break
        self._end(delivery)

    def _end(self, delivery: Delivery) -> None:
        if delivery.end == "keep":
            return
        self.close_connection = True
        if delivery.end == "hold":
            self._hold(delivery.hold)
        if delivery.end == "reset":
            # What was sent must be read before the reset overtakes it.
            self.server.stopping.wait(delivery.delay)
            self._reset()

    def _hold(self, longest: float) -> None:
        """Keep the connection open and silent until the client or the sandbox gives up."""
        self.connection.settimeout(_HOLD_STEP)
        for _ in range(int(longest / _HOLD_STEP)):
            if self.server.stopping.is_set():
                return
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _reset(self) -> None:
        """Close without the usual farewell, so that the other side sees a reset."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        socket.close(self.connection.detach())


_FRAMING = (b"Content-Length:", b"Transfer-Encoding:")
