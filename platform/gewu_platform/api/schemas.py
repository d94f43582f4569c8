"""What goes into the calls of `/api/v1` and comes out of them, as JSON Schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_type_hints

from gewu_dsl.model import SEVERITIES, TIERS
from gewu_platform.core.duties import DUTIES, STATES
from gewu_platform.core.refusals import REASONS
from gewu_platform.service.desk.case_lists import TASK_KINDS, Filters

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
        "add_to": {
            "type": "object",
            "description": "For a finding, the open case that the report is added to instead of opening another.",
            "additionalProperties": {"type": "integer", "minimum": 0},
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
        "possible_in": {
            "type": "array",
            "description": "The states in which the command is possible.",
            "items": {"type": "string", "enum": list(STATES)},
        },
        "reason": {"type": "string", "description": "What is against a command.", "enum": list(REASONS)},
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
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "reason": {"type": "string", "description": "Why; who it concerns reads it."},
    "note": {"type": "string", "description": "What was done, found or ordered."},
    "office": {
        "type": "integer",
        "description": "dispatch: where to, instead of the office it is routed to.",
    },
    "evidence": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["kind"],
            "properties": {
                "kind": {
                    "type": "string",
                    "description": "photo, video, note, signature:owner, signature:worker …",
                },
                "name": {"type": "string"},
                "sha256": {"type": "string", "description": "Of a file that was stored before."},
                "signer": {"type": "string", "description": "Whose signature it is, by name."},
            },
        },
    },
    "task": {"type": "integer", "description": "The number of the task that is answered, where several fit."},
    "result": {"type": "string", "enum": ["yes", "no"], "description": "answer: whether it is so."},
    "until": {
        "type": "string",
        "format": "date",
        "description": "park: the last day it rests is the day before.",
    },
    "tier": {"type": "string", "enum": list(TIERS), "description": "escalate: how far."},
    "into": {"type": "integer", "description": "merge: the case that goes on."},
    "severity": {"type": "string", "enum": list(SEVERITIES), "description": "regrade: the right one."},
}
COMMAND: dict[str, Any] = {
    "type": "object",
    "required": ["command"],
    "properties": {"command": {"type": "string", "enum": list(DUTIES)}, **_ARGUMENTS},
}
COMMANDS: dict[str, Any] = {
    "type": "object",
    "required": ["command", "cases"],
    "properties": {
        "command": {"type": "string", "enum": list(DUTIES)},
        "cases": {
            "type": "array",
            "minItems": 1,
            "maxItems": 200,
            "items": {"type": "integer", "minimum": 0},
        },
        **_ARGUMENTS,
    },
}
COMMAND_RESULTS: dict[str, Any] = {
    "type": "object",
    "required": ["results"],
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["case", "status"],
                "properties": {
                    "case": {"type": "integer"},
                    "number": {"type": "string"},
                    "status": {"type": "integer"},
                    "state": {"type": "string", "enum": list(STATES)},
                    "problem": {"$ref": "#/components/schemas/Problem"},
                },
            },
        }
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
                    "added": {
                        "type": "boolean",
                        "description": "No case was opened: the report went to this one.",
                    },
                    "similar": {
                        "type": "array",
                        "description": "Open cases that it may be the same as, the nearest first.",
                        "items": {"$ref": "#/components/schemas/SimilarCase"},
                    },
                },
            },
        },
    },
}
SIMILAR: dict[str, Any] = {
    "type": "object",
    "required": ["id", "number", "state", "opened_at", "days", "same_place"],
    "properties": {
        "id": {"type": "integer"},
        "number": {"type": "string"},
        "title": {"type": "string"},
        "state": {"type": "string"},
        "office_title": {"type": ["string", "null"]},
        "opened_at": {"type": "string", "format": "date-time"},
        "metres": {"type": ["number", "null"]},
        "days": {"type": "integer"},
        "same_place": {"type": "boolean"},
    },
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Submission": SUBMISSION,
    "Receipt": RECEIPT,
    "SimilarCase": SIMILAR,
    "Problem": PROBLEM,
    "Command": COMMAND,
    "Commands": COMMANDS,
    "CommandResults": COMMAND_RESULTS,
}
"""By the name under which the description refers to each."""

CHOICES: dict[str, list[str]] = {
    "state": list(STATES),
    "severity": list(SEVERITIES),
    "escalated_to": list(TIERS),
    "task": sorted(TASK_KINDS),
}
"""Filters that are one of a few words."""


def _filter(name: str, kind: Any) -> dict[str, Any]:
    if kind == bool | None:
        return {"type": "string", "enum": ["0", "1", "true", "false"]}
    if kind == int | None:
        return {"type": "integer", "minimum": 0}
    if kind == datetime | None:
        return {"type": "string", "format": "date-time"}
    return {"type": "string", **({"enum": CHOICES[name]} if name in CHOICES else {})}


CASE_FILTERS: dict[str, dict[str, Any]] = {
    name: _filter(name, kind) for name, kind in sorted(get_type_hints(Filters).items())
}
"""The filters of a list of cases as they stand in its address."""
