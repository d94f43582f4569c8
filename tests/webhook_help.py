"""A receiver of webhooks to test against: a real server that answers as it is told, and remembers what it was sent."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gewu_platform.records.journal import canonical
from gewu_platform.service.engine import Engine

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """`answers` are used up one by one, then everything is taken with 204. `came` is set whenever something arrives."""

    port: int = 0
    answers: list[Answer] = field(default_factory=list)
    arrived: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    acknowledged: Counter[str] = field(default_factory=Counter)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/told?by=gewu"

    def keys(self) -> list[str]:
        return [key for key, _, _ in self.arrived]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["webhook-id"]
            receiver.arrived.append(
                (key, {name.lower(): value for name, value in self.headers.items()}, content)
            )
            receiver.came.release()
            answer = receiver.answers.pop(0) if receiver.answers else take
            answer(self)
            if answer is take:
                receiver.acknowledged[key] += 1

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # a sender that was killed hangs up
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def take(handler: BaseHTTPRequestHandler) -> None:
    """Acknowledge."""
    handler.send_response(204)
    handler.end_headers()


def fail(handler: BaseHTTPRequestHandler) -> None:
    """Something went wrong over there."""
    handler.send_response(500)
    handler.send_header("Content-Length", "4")
    handler.end_headers()
    handler.wfile.write(b"oops")


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def send_elsewhere(url: str) -> Answer:
    """Redirect to `url`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def wait_for(event: threading.Event) -> Answer:
    """Say nothing until `event`, then hang up."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        event.wait(30)
        handler.close_connection = True

    return answer


def say_something(
    engine: Engine,
    count: int = 1,
    kind: str = "closed",
    *,
    clock: int = 1,
    due_at: str | None = None,
    **columns: int | str,
) -> None:
    """Rows of the outbox, as a change of cases leaves them; for supervisor1 unless `columns` say otherwise."""

    def work() -> None:
        store = engine.store
        to = columns or {"user": store.db.User.get(name="supervisor1").id}
        due = due_at or engine.now().isoformat()
        for number in range(count):
            body = {"number": f"N-{number}", "title": "垃圾", "step": "handle", "due_at": due, "clock": clock}
            store.db.Outbox(kind=kind, body=canonical(body), created_at=engine.now(), **to)

    engine.store.retrying(work)


def read_body(content: bytes) -> dict[str, Any]:
    return dict(json.loads(content))
