"""The OpenAPI 3.1 description of `/api/v1`, made from the routes themselves."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app
from werkzeug.routing import Rule

from gewu_platform.service.case_lists import FILTERS

PREFIX = "/api/v1"
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
_TYPES: dict[str | None, dict[str, Any]] = {
    None: {"type": "string"},
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}

SUBMISSION: dict[str, Any] = {
    "type": "object",
    "required": ["item", "answers"],
    "additionalProperties": False,
    "properties": {
        "item": {"type": "string"},
        "version": {"type": "string"},
        "place": {"type": "string"},
        "grid": {"type": "string"},
        "location": {
            "type": "object",
            "required": ["lon", "lat"],
            "properties": {"lon": {"type": "number"}, "lat": {"type": "number"}},
        },
        "answers": {"type": "object", "description": "As `/items/<name>/schema` says."},
        "reported_at": {"type": "string", "format": "date-time"},
        "files": {
            "type": "object",
            "description": "The SHA-256 of each attachment by its name, in lower-case hexadecimal digits.",
            "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        },
    },
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "code", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "question": {"type": ["string", "null"]},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
COMMAND: dict[str, Any] = {
    "type": "object",
    "required": ["command"],
    "properties": {
        "command": {"type": "string"},
        "reason": {"type": "string"},
        "note": {"type": "string"},
        "office": {"type": "integer"},
        "evidence": {"type": "array", "items": {"type": "object"}},
    },
}
RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "received_at", "version", "cases"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "received_at": {"type": "string", "format": "date-time"},
        "version": {"type": "string"},
        "excluded": {
            "type": ["string", "null"],
            "description": "Why the form was kept without opening a case.",
        },
        "cases": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "finding", "severity", "office", "state", "due"],
                "properties": {
                    "id": {"type": "integer"},
                    "number": {"type": "string"},
                    "finding": {"type": "string"},
                    "severity": {"type": ["string", "null"]},
                    "office": {"type": ["string", "null"]},
                    "state": {"type": "string"},
                    "due": {
                        "type": "object",
                        "additionalProperties": {"type": "string", "format": "date-time"},
                    },
                },
            },
        },
    },
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
        **dict.fromkeys(sorted(FILTERS - {"after"}), _TEXT),
    },
    "api.read_events": _PAGE,
    "api.list_visits": {**_PAGE, "day": _DAY},
    "api.list_places": {**_PAGE, "kind": _TEXT, "search": _TEXT},
    "api.read_figures": {"since": _DAY, "until": _DAY},
}
"""What may stand in the address of a call."""

_RECEIPT = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}}
DONE: dict[str, dict[str, Any]] = {
    "api.put_submission": {
        "201": {"description": "Taken.", **_RECEIPT},
        "200": {"description": "Taken before; the same receipt.", **_RECEIPT},
    },
    "api.put_file": {"201": {"description": "Stored.", "content": {"application/json": {}}}},
}
"""The answers of calls that do not simply say 200."""

BODIES: dict[str, dict[str, Any]] = {
    "api.put_submission": {"application/json": {"schema": {"$ref": "#/components/schemas/Submission"}}},
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
    "api.post_command": {"application/json": {"schema": {"$ref": "#/components/schemas/Command"}}},
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
            "schemas": {"Submission": SUBMISSION, "Receipt": RECEIPT, "Problem": PROBLEM, "Command": COMMAND},
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
