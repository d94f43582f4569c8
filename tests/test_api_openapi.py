"""The description of the API is valid, whole, and true of the answers."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from site_help import make_site

from gewu_platform.service.engine import Engine

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def site(engine: Engine) -> Flask:
    return make_site(engine)


@pytest.fixture
def described(site: Flask) -> Any:
    return site.test_client().get("/api/v1/openapi.json").json


def test_the_description_is_valid_openapi(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(described).validate()


def test_every_call_is_described(site: Flask, described: Any) -> None:
    routes = {
        method.lower()
        + " "
        + rule.rule.removeprefix("/api/v1")
        .replace("uuid:", "")
        .replace("int:", "")
        .replace("<", "{")
        .replace(">", "}")
        for rule in site.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {
        f"{method} {path}" for path, methods in described["paths"].items() for method in methods
    } == routes
    for methods in described["paths"].values():
        for operation in methods.values():
            assert operation["summary"].endswith(".")
            assert "default" in operation["responses"]


def test_operation_ids_are_unique_and_lists_say_how_they_page(described: Any) -> None:
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    for path in ("/items", "/cases", "/places", "/visits"):
        names = {each["name"] for each in described["paths"][path]["get"]["parameters"]}
        assert {"limit", "after"} <= names
