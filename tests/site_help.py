"""A site over an engine and clients that are signed in to it, for tests of pages and calls."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sample_town import PASSWORD
from werkzeug.test import TestResponse

from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import people
from gewu_platform.web.site import SiteOptions, create_site

USER_OF = {
    "worker": "worker1",
    "acceptor": "acceptor1",
    "dispatcher": "dispatcher1",
    "handler": "handler1",
    "supervisor": "supervisor1",
    "author": "author1",
    "approver": "approver1",
    "roster": "roster1",
    "auditor": "auditor1",
}
"""One user of each role of the sample town."""


class Client(FlaskClient):
    """Reads each answer to its end, so that no file stays open behind it."""

    def open(self, *given: Any, **more: Any) -> TestResponse:
        return super().open(*given, **{"buffered": True, **more})


def make_site(engine: Engine, **options: Any) -> Flask:
    """The site as it is served, so that an error is answered and not raised."""
    engine.files.mkdir(exist_ok=True)
    site = create_site(engine, SiteOptions(secret_key="a secret for tests", **options))
    site.test_client_class = Client
    return site


def csrf_of(answer: TestResponse) -> str:
    """The token that a page hands to its forms."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', answer.text)
    assert found is not None, answer.text[:500]
    return found[1]


def sign_in(site: Flask, name: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which `name` is signed in; its requests carry the page's CSRF token in the header."""
    client = site.test_client()
    token = csrf_of(client.get("/sign-in"))
    answer = client.post("/sign-in", data={"name": name, "password": password, "csrf_token": token})
    assert answer.status_code == 302, answer.text
    client.environ_base["HTTP_X_CSRFTOKEN"] = csrf_of(client.get("/notices"))
    return client


def with_token(site: Flask, engine: Engine, name: str) -> FlaskClient:
    """A program that calls with an API token of `name`."""
    client = site.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {people.issue_token(engine, SYSTEM, name)}"
    return client


def photo(colour: str = "teal") -> bytes:
    """A small picture."""
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return file.getvalue()


def put_report(client: FlaskClient, submission: str | None = None, **changes: Any) -> TestResponse:
    """Send a report of mixed waste with its photo, as a phone does: the file first, then the form."""
    submission = submission or str(uuid4())
    body = {
        "item": "sanitation.waste",
        "place": "shop-1",
        "answers": {"bins": "mixed", "weight": 60, "shot": ["shot-1.jpg"], "lid": "yes"},
        **changes,
    }
    stored = client.put(
        f"/api/v1/submissions/{submission}/files/shot-1.jpg", data=photo(), content_type="image/jpeg"
    )
    assert stored.status_code in (201, 409), stored.text
    return client.put(f"/api/v1/submissions/{submission}", json=body)
