"""The server that `gewu serve` and `gewu demo` run."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack

from waitress import wasyncore

from gewu_admin.serving import make_server

OPEN = 200
"""Connections that thirty-odd browsers keep open."""


def _answer(environ: object, start: Callable[..., object]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "4")])
    return [b"here"]


def test_many_open_connections_keep_nobody_out() -> None:
    server = make_server(_answer, "127.0.0.1", 0, 1)
    threading.Thread(target=server.run, daemon=True).start()
    address = ("127.0.0.1", server.effective_port)
    with ExitStack() as held:
        for _ in range(OPEN):
            held.enter_context(socket.create_connection(address, timeout=5))
        newest = held.enter_context(socket.create_connection(address, timeout=5))
        newest.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert newest.recv(100).startswith(b"HTTP/1.1 200")
    server.close()
    wasyncore.close_all(server._map)
