"""The OpenAPI 3.1 description of `/api/v1`, made from the routes themselves."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app
from werkzeug.routing import Rule

from gewu_platform.api.schemas import CASE_FILTERS, SCHEMAS

PREFIX = "/api/v1"
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
_TYPES: dict[str | None, dict[str, Any]] = {
    None: {"type": "string"},
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}

_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_PAGE: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    "after": {"type": "string", "description": "The `after` of the page before."},
}
QUERIES: dict[str, dict[str, dict[str, Any]]] = {
    "api.list_items": _PAGE,
    "api.list_cases": {
        **_PAGE,
        "order": {"type": "string", "enum": ["id", "due"], "default": "id"},
        **CASE_FILTERS,
    },
    "api.read_events": _PAGE,
    "api.list_visits": {**_PAGE, "day": _DAY},
    "api.list_places": {**_PAGE, "kind": _TEXT, "search": _TEXT},
    "api.read_figures": {"since": _DAY, "until": _DAY},
}
"""What may stand in the address of a call."""


def _json(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


_RECEIPT = _json("Receipt")
DONE: dict[str, dict[str, Any]] = {
    "api.put_submission": {
        "201": {"description": "Taken.", **_RECEIPT},
        "200": {"description": "Taken before; the same receipt.", **_RECEIPT},
    },
    "api.put_file": {"201": {"description": "Stored.", "content": {"application/json": {}}}},
    "api.post_commands": {"200": {"description": "A result each.", **_json("CommandResults")}},
}
"""The answers of calls that do not simply say 200."""

BODIES: dict[str, dict[str, Any]] = {
    "api.put_submission": _json("Submission")["content"],
    "api.post_submissions": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["submissions"],
                "properties": {
                    "submissions": {
                        "type": "array",
                        "maxItems": 200,
                        "items": {"$ref": "#/components/schemas/Submission"},
                    }
                },
            }
        }
    },
    "api.put_file": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    "api.post_command": _json("Command")["content"],
    "api.post_commands": _json("Commands")["content"],
}


def describe_api() -> dict[str, Any]:
    """The whole description; a call is there because its route is."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda each: each.rule):
        if not rule.endpoint.startswith("api."):
            continue
        path = _ARGUMENT.sub(r"{\2}", rule.rule.removeprefix(PREFIX))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gewu", "version": "1"},
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(rule: Rule) -> dict[str, Any]:
    view = current_app.view_functions[rule.endpoint]
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("api."),
        "summary": (view.__doc__ or rule.endpoint.removeprefix("api.").replace("_", " "))
        .strip()
        .split("\n")[0],
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": _TYPES.get(kind or None, {"type": "string"}),
            }
            for kind, name in _ARGUMENT.findall(rule.rule)
        ]
        + [
            {"name": name, "in": "query", "schema": schema}
            for name, schema in QUERIES.get(rule.endpoint, {}).items()
        ],
        "responses": {
            **DONE.get(rule.endpoint, {"200": {"description": "Done.", "content": {"application/json": {}}}}),
            "default": {
                "description": "A problem document.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if rule.endpoint in BODIES:
        operation["requestBody"] = {"required": True, "content": BODIES[rule.endpoint]}
    return operation
