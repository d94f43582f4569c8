"""The published JSON Schema of an item's artifact: what `artifact.to_json` writes, and nothing else.

It is made from the classes of the model, field by field, so it is never behind them. A field that may be left out is one
with a default; an expression is told by its class in `is`.

What is valid, `artifact.from_json` reads. It reads a little more: any name of a step, any spelling of an ISO date.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Hashable, Mapping
from datetime import date
from functools import cache
from typing import Any, cast

from gewu_dsl import model
from gewu_dsl.emit.json_schema import DIALECT
from gewu_dsl.model import Branch, Item

IDENTIFIER = "urn:gewu:artifact"

_NODES: dict[str, type[Any]] = {node.__name__: node for node in typing.get_args(model.Expression)}
_SIMPLE: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    types.NoneType: {"type": "null"},
    date: {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
}


def artifact_schema(*, versioned: bool = False) -> dict[str, Any]:
    """The schema (draft 2020-12), closed; `versioned` for an artifact with its `version` beside its fields."""
    writer = _Writer()
    item = writer.fields(Item, {})
    if versioned:
        item["properties"] = {
            "version": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
            **item["properties"],
        }
        item["required"] = ["version", *item["required"]]
    return {
        "$schema": DIALECT,
        "$id": IDENTIFIER,
        "title": "入格事项 · Gewu item",
        **item,
        "$defs": dict(sorted(writer.definitions.items())),
    }


class _Writer:
    """Collects a definition for every class that is met on the way."""

    def __init__(self) -> None:
        self.definitions: dict[str, dict[str, Any]] = {}

    def fields(self, kind: type[Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """An object with the fields of a class; `known` are hints that its generic parameters give."""
        hints = {**_hints(cast(Hashable, kind)), **known}
        properties = {field.name: self.of(hints[field.name]) for field in dataclasses.fields(kind)}
        required = [field.name for field in dataclasses.fields(kind) if _is_required(field)]
        if kind in _NODES.values():
            properties = {"is": {"const": kind.__name__}, **properties}
            required = ["is", *required]
        schema: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
        return {**schema, "additionalProperties": False}

    def of(self, hint: Any) -> dict[str, Any]:
        """The schema of a value with this type."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._union(arguments)
        if origin is tuple:
            return {"type": "array", "items": self.of(arguments[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(*arguments)
        if origin is typing.Literal:
            return {"enum": list(arguments)}
        if origin is Branch:
            value = arguments[0]
            name = value.__name__ if isinstance(value, type) else "Severity"
            return self._reference(f"Branch-of-{name}", Branch, {"value": value})
        if dataclasses.is_dataclass(hint):
            return self._reference(cast(type[Any], hint).__name__, hint, {})
        return dict(_SIMPLE[hint])

    def _union(self, hints: tuple[Any, ...]) -> dict[str, Any]:
        if set(_NODES.values()) <= set(hints):
            expression = self._expression()
            return {"anyOf": [expression, {"type": "null"}]} if types.NoneType in hints else expression
        return {"anyOf": [self.of(hint) for hint in hints]}

    def _mapping(self, key: Any, content: Any) -> dict[str, Any]:
        schema = {"type": "object", "additionalProperties": self.of(content)}
        if typing.get_origin(key) is typing.Literal:
            schema["propertyNames"] = self.of(key)
        return schema

    def _expression(self) -> dict[str, Any]:
        if "Expression" not in self.definitions:
            self.definitions["Expression"] = {}
            self.definitions["Expression"] = {"oneOf": [self.of(node) for node in _NODES.values()]}
        return {"$ref": "#/$defs/Expression"}

    def _reference(self, name: str, kind: Any, known: Mapping[str, Any]) -> dict[str, Any]:
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.fields(kind, known)
        return {"$ref": f"#/$defs/{name}"}


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(kind, vars(model))
