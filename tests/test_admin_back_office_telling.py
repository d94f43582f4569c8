"""The back office keeps webhooks and shows what did not arrive; whatever is changed is in the journal, a secret never."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sample_town import PASSWORD, Clock
from webhook_help import Receiver, fail, receiving, say_something

from gewu_admin.back_office import add_back_office
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.history import auditing
from gewu_platform.service.problems import Problem
from gewu_platform.service.telling import webhooks
from gewu_platform.service.telling.delivering import deliver_waiting
from gewu_platform.service.telling.notices import drain_outbox
from gewu_platform.web.site import SiteOptions, create_site


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def signed_in(engine: Engine, name: str) -> FlaskClient:
    site = create_site(engine, SiteOptions(secret_key="k" * 40))
    add_back_office(site, engine)
    client = site.test_client()
    send(client, "/sign-in", name=name, password=PASSWORD)
    return client


def send(client: FlaskClient, url: str, source: str | None = None, /, **fields: str | list[str]) -> str:
    """The page after the form of `source` was sent to `url`."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(source or url).text)
    assert token, url
    return client.post(url, data={"csrf_token": token[1], **fields}, follow_redirects=True).text


def test_a_webhook_is_added_and_changed_and_its_secret_shown_once(engine: Engine, receiver: Receiver) -> None:
    client = signed_in(engine, "roster1")
    page = send(
        client,
        "/admin/webhooks/new/",
        name="指挥中心",
        url=receiver.url,
        kinds="overdue escalate",
        department="",
    )
    secret = re.search(r"whsec_[\w+/=]+", page)
    assert secret
    listed = client.get("/admin/webhooks/").text
    assert "指挥中心" in listed
    assert "escalate overdue" in listed
    assert "whsec_" not in listed + client.get("/admin/webhooks/details/?id=1").text
    page = send(
        client,
        "/admin/webhooks/edit/?id=1",
        url=receiver.url,
        kinds="",
        department="",
        active="y",
        new_secret="y",
    )
    new = re.search(r"whsec_[\w+/=]+", page)
    assert new
    assert new[0] != secret[0]
    entries = [entry for entry in auditing.read_journal(engine, SYSTEM) if entry.subject == "webhook:1"]
    assert [entry.kind for entry in entries] == ["webhook-added", "webhook-changed"]
    assert "whsec_" not in str(entries)


@pytest.mark.parametrize(
    ("url", "kinds", "department"),
    [
        ("ftp://there/", "", ""), ("https://", "", ""), ("https://a:b@there/", "", ""), ("http://there:99999/", "", ""),
        ("https://there/#x", "", ""), ("https://there/ x", "", ""), ("https://there/", "shouting", ""),
        ("https://there/", "", "nobody"), ("http://[::1/", "", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_what_is_no_webhook_is_refused(engine: Engine, url: str, kinds: str, department: str) -> None:
    with pytest.raises(Problem) as refused:
        webhooks.add_webhook(engine, SYSTEM, name="x", url=url, kinds=kinds.split(), department=department)
    assert refused.value.code == "invalid-body"
    assert [fault.where for fault in refused.value.errors] == [
        "kinds" if kinds else "department" if department else "url"
    ]


def test_dead_letters_are_shown_with_their_error_and_sent_again_or_dropped(
    engine: Engine, receiver: Receiver, clock: Clock
) -> None:
    telling = replace(engine, private_webhooks=True)
    webhooks.add_webhook(engine, SYSTEM, name="centre", url=receiver.url)
    say_something(engine, 2)
    drain_outbox(engine)
    receiver.answers += [fail] * 9
    dead = 0
    while dead < 2:
        clock.advance(days=1)
        dead += deliver_waiting(telling).dead
    receiver.answers.clear()
    client = signed_in(engine, "roster1")
    page = client.get("/admin/deliveries/").text
    assert page.count("500 Internal Server Error: oops") >= 2
    assert "未送达" in page
    for action, letter in (("resend", "1"), ("drop", "2")):
        send(client, "/admin/deliveries/action/", "/admin/deliveries/", action=action, rowid=[letter])
    assert deliver_waiting(telling).delivered == 1
    with engine.store.transaction():
        states = engine.store.execute("SELECT state FROM deliveries ORDER BY id").fetchall()
    assert [state for (state,) in states] == ["delivered", "dropped"]
    kinds = [
        entry.kind for entry in auditing.read_journal(engine, SYSTEM) if entry.subject.startswith("delivery:")
    ]
    assert kinds == ["delivery-resent", "delivery-dropped"]


def test_an_auditor_sees_the_letters_and_can_do_nothing_to_them(engine: Engine, receiver: Receiver) -> None:
    webhooks.add_webhook(engine, SYSTEM, name="centre", url=receiver.url)
    say_something(engine)
    drain_outbox(engine)
    client = signed_in(engine, "auditor1")
    assert "centre" in client.get("/admin/deliveries/").text
    send(client, "/admin/deliveries/action/", "/admin/deliveries/", action="drop", rowid=["1"])
    with engine.store.transaction():
        assert engine.store.execute("SELECT state FROM deliveries").fetchone()[0] == "waiting"
    assert client.get("/admin/webhooks/new/").status_code != 200
