"""Sends reports for `bench_ingest` from a process of its own, over connections that stay open.

Reads one JSON command a line: port, token, method, paths, bodies (one for each path) and how many connections share
them. Answers with the seconds until the last answer, the seconds each answer took, the statuses and the answers.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from typing import Any


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_send_all(json.loads(line))) + "\n")
        sys.stdout.flush()


def _send_all(command: dict[str, Any]) -> dict[str, Any]:
    requests = [
        _request(command, path, body) for path, body in zip(command["paths"], command["bodies"], strict=True)
    ]
    connections = command["connections"]
    answers: list[tuple[float, int, bytes]] = []
    ready = threading.Barrier(connections + 1)

    def work(share: list[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", command["port"])) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.wait()
            for request in share:
                began = time.perf_counter()
                connection.sendall(request)
                status, body = _read(connection)
                answers.append((time.perf_counter() - began, status, body))

    threads = [threading.Thread(target=work, args=(requests[n::connections],)) for n in range(connections)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return {
        "seconds": time.perf_counter() - began,
        "took": [took for took, _, _ in answers],
        "statuses": sorted({status for _, status, _ in answers}),
        "answers": [json.loads(body) for _, _, body in answers],
    }


def _request(command: dict[str, Any], path: str, body: object) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"{command['method']} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {command['token']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def _read(connection: socket.socket) -> tuple[int, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0].split(b":")[1]):
        body += _more(connection)
    return int(head.split(b" ", 2)[1]), body


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise ConnectionError("the server hung up")
    return chunk


if __name__ == "__main__":
    main()
