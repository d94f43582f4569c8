"""One POST: signed as the standard says, to allowed addresses only, and never for long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from webhook_help import Receiver, receiving

from gewu_platform.service.telling import posting
from gewu_platform.service.telling.posting import Post, Undelivered, post, sign


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "[::1]",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "0.0.0.0",
    ],
)
def test_no_spelling_of_an_inner_address_is_public(host: str) -> None:
    with pytest.raises(Undelivered, match="no public address"):
        post(Post(f"http://{host}:9/", "whsec_AAAA", "msg_1", 1, "{}"))


def test_a_body_that_is_too_long_is_not_sent(receiver: Receiver) -> None:
    with pytest.raises(Undelivered, match="65536"):
        post(Post(receiver.url, "whsec_AAAA", "msg_1", 1, "x" * 70_000), private=True)
    assert receiver.arrived == []


def test_a_receiver_that_answers_byte_by_byte_is_hung_up_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PATIENCE", 0.2)
    over = threading.Event()

    def drip(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not over.wait(0.02):
            handler.wfile.write(b"x")

    receiver.answers.append(drip)
    try:
        with pytest.raises(Undelivered, match="no whole answer"):
            post(Post(receiver.url, "whsec_AAAA", "msg_1", 1, "{}"), private=True)
    finally:
        over.set()


def test_the_signature_is_that_of_the_standard() -> None:
    # The example in the specification of Standard Webhooks.
    secret, key, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    assert sign(secret, key, at, b'{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
