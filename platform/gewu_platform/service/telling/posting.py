"""One signed POST to an address of another system, as Standard Webhooks describes it.

Made on `http.client`: it follows no redirect, reads no proxy from the environment, and lets us connect to the very address
that was looked at, so that no name can turn into another machine between looking and connecting.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 5.0
"""Seconds for connecting, and for each wait for a byte."""
PATIENCE = 10.0
"""Seconds for all of it: a receiver that answers byte by byte is hung up on."""
LONGEST_BODY = 64 * 1024
"""Bytes that are sent at most."""
LONGEST_ANSWER = 2048
"""Bytes of an answer that are read; what matters is its status."""
SECRET_PREFIX = "whsec_"


class Undelivered(Exception):
    """The message was not acknowledged; the text says why, in the words of the network."""


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent where: `key` is the id by which the receiver knows that it has it already, `sent_at` epoch seconds."""

    url: str
    secret: str
    key: str
    sent_at: int
    body: str


def post(message: Post, *, private: bool = False) -> None:
    """Send it once; Undelivered unless it was answered with a 2xx. `private` allows addresses that are not public."""
    content = message.body.encode()
    if len(content) > LONGEST_BODY:
        raise Undelivered(f"the body has {len(content)} bytes, more than {LONGEST_BODY}")
    try:
        answer, said = _exchange(message, content, private)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undelivered(f"{type(error).__name__}: {error}"[:500]) from error
    if not 200 <= answer.status < 300:
        text = said.decode("utf-8", "replace").replace("\0", "")
        raise Undelivered(f"{answer.status} {answer.reason}: {text}"[:500])


def _exchange(message: Post, content: bytes, private: bool) -> tuple[http.client.HTTPResponse, bytes]:
    parts = urlsplit(message.url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, private)
    over = threading.Event()
    timer = threading.Timer(PATIENCE, _hang_up, (connection.sock, over))
    timer.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, content, _headers(message, content))
        answer = connection.getresponse()
        said = answer.read(LONGEST_ANSWER)
    finally:
        timer.cancel()
        connection.close()
    if over.is_set():
        # What was read up to then ends in the middle, although it may look like an answer.
        raise TimeoutError(f"no whole answer within {PATIENCE:g} s")
    return answer, said


def _hang_up(connection: socket.socket, over: threading.Event) -> None:
    over.set()
    with suppress(OSError):  # it has ended by itself
        connection.shutdown(socket.SHUT_RDWR)


def sign(secret: str, key: str, sent_at: int, content: bytes) -> str:
    """The signature: HMAC-SHA256 over `key.sent_at.content`, with the secret that stands after `whsec_` in Base64."""
    signed = f"{key}.{sent_at}.".encode() + content
    made = hmac.new(base64.b64decode(secret.removeprefix(SECRET_PREFIX)), signed, hashlib.sha256)
    return "v1," + base64.b64encode(made.digest()).decode()


def _headers(message: Post, content: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "gewu-webhook/1",
        "webhook-id": message.key,
        "webhook-timestamp": str(message.sent_at),
        "webhook-signature": sign(message.secret, message.key, message.sent_at, content),
    }


def _connection(scheme: str, host: str, port: int | None, private: bool) -> http.client.HTTPConnection:
    if scheme == "http":
        plain = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        plain.sock = _socket_to(host, plain.port, private)
        return plain
    if scheme != "https":
        raise ValueError("only http and https addresses are told")
    context = ssl.create_default_context()
    secure = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
    bare = _socket_to(host, secure.port, private)
    try:
        secure.sock = context.wrap_socket(bare, server_hostname=host)
    except BaseException:
        bare.close()
        raise
    return secure


def _socket_to(host: str, port: int, private: bool) -> socket.socket:
    """A connection to the first address of `host` that answers; ValueError where one of them is not allowed."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in found:
        if not private and not _is_public(address):
            raise ValueError(f"{address[0]} is no public address; the setting private_webhooks allows it")
    last: OSError | None = None
    for family, kind, protocol, _, address in found:
        made = socket.socket(family, kind, protocol)
        made.settimeout(TIMEOUT)
        try:
            made.connect(address)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last or OSError(f"{host} has no address")


def _is_public(address: Any) -> bool:
    ip = ipaddress.ip_address(str(address[0]).split("%", maxsplit=1)[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global and not ip.is_multicast)
