"""Items as JSON, and the version that is their hash.

The shape follows the model field by field; a field at its default is left out, so that a field added later leaves the
versions of older items alone. An expression carries its class in `is`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Hashable, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast

from gewu_dsl import model
from gewu_dsl.model import Branch, Department, Item, PlaceKind

T = TypeVar("T")

_NODES: dict[str, type[Any]] = {node.__name__: node for node in typing.get_args(model.Expression)}
_NODE_TYPES = frozenset(_NODES.values())


class ArtifactError(ValueError):
    """The JSON is not one that this module wrote."""


def to_json(item: Item) -> dict[str, Any]:
    """The item as plain JSON values."""
    return cast(dict[str, Any], _encode(item))


def to_text(item: Item) -> str:
    """What `to_json` gives, as one line of JSON."""
    return json.dumps(item, default=_unfold, separators=(",", ":"), ensure_ascii=False)


def from_json(data: Mapping[str, Any]) -> Item:
    """The item that `to_json` wrote; ArtifactError for anything else."""
    return decode(data, Item)


def canonical_bytes(item: Item | Department | PlaceKind) -> bytes:
    """One spelling for one meaning: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        item, default=_unfold, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def version_of(item: Item | Department | PlaceKind) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical_bytes(item)).hexdigest()[:16]


def _encode(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, tuple | list):
        return [_encode(content) for content in value]
    unfolded = value if type(value) is dict else _unfold(value)
    if type(unfolded) is dict:
        return {
            key: content if type(content) in _PLAIN else _encode(content) for key, content in unfolded.items()
        }
    return unfolded


def _unfold(value: Any) -> Any:
    """One level of a value as JSON has it: what it holds is left as it is (the hook of `json.dumps`)."""
    kind = type(value)
    fields = _fields_of(kind)
    if fields is None:
        return value.isoformat() if isinstance(value, date) else dict(value)
    unfolded: dict[str, Any] = {"is": kind.__name__} if kind in _NODE_TYPES else {}
    for name, default in fields:
        content = getattr(value, name)
        if content is not default and (type(content) is not type(default) or content != default):
            unfolded[name] = content
    return unfolded


_PLAIN = frozenset((str, int, float, bool, types.NoneType))
_FIELDS: dict[type, tuple[tuple[str, Any], ...] | None] = {}


def _fields_of(kind: type) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a class with their defaults, None for what is no dataclass; looked up once a class."""
    if kind not in _FIELDS:
        known = dataclasses.is_dataclass(kind)
        fields = dataclasses.fields(kind) if known else ()
        _FIELDS[kind] = tuple((field.name, _default_of(field)) for field in fields) if known else None
    return _FIELDS[kind]


def _default_of(field: dataclasses.Field[Any]) -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def decode(data: Any, kind: type[T]) -> T:
    """The value of the model whose JSON this is; ArtifactError for anything else."""
    try:
        return cast(T, _decode(data, kind))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ArtifactError(f"not the JSON of {kind.__name__}: {problem!r}") from problem


def _decode(data: Any, hint: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(data, typing.get_args(hint))
    if origin is tuple:
        return tuple(_decode(content, typing.get_args(hint)[0]) for content in _as(list, data))
    if origin is not None and issubclass(origin if isinstance(origin, type) else object, Mapping):
        content_hint = typing.get_args(hint)[1]
        return {key: _decode(content, content_hint) for key, content in _as(dict, data).items()}
    if origin is typing.Literal:
        if data not in typing.get_args(hint):
            raise ValueError(f"{data!r} is none of {typing.get_args(hint)}")
        return data
    if origin is Branch:
        return _decode_fields(data, Branch, {"value": typing.get_args(hint)[0]})
    if hint is date:
        return date.fromisoformat(data)
    if hint in _NODES.values():
        return _decode_node(data, hint)
    if dataclasses.is_dataclass(hint):
        return _decode_fields(data, cast(type[Any], hint), {})
    return data if hint is float else _as(hint, data)


def _as(kind: type[Any], data: Any) -> Any:
    if type(data) is not kind:
        raise TypeError(f"{data!r} is not a {kind.__name__}")
    return data


def _decode_union(data: Any, hints: tuple[Any, ...]) -> Any:
    if data is None and types.NoneType in hints:
        return None
    if isinstance(data, dict) and "is" in data:
        return _decode_node(data, _NODES[data["is"]])
    remaining = [hint for hint in hints if hint is not types.NoneType]
    if len(remaining) == 1:
        return _decode(data, remaining[0])
    for hint in remaining:
        if typing.get_origin(hint) is tuple and isinstance(data, list):
            return _decode(data, hint)
        if isinstance(hint, type) and type(data) is hint:
            return _decode(data, hint)
    raise TypeError(f"{data!r} is none of {remaining}")


def _decode_node(data: Any, node: type[Any]) -> Any:
    if _as(dict, data)["is"] != node.__name__:
        raise TypeError(f"{data['is']} is no {node.__name__}")
    return _decode_fields({key: content for key, content in data.items() if key != "is"}, node, {})


def _decode_fields(data: Any, kind: type[Any], known: Mapping[str, Any]) -> Any:
    hints = {**_hints(cast(Hashable, kind)), **known}
    unexpected = set(_as(dict, data)) - set(hints)
    if unexpected:
        raise KeyError(f"{kind.__name__} has no {sorted(unexpected)}")
    return kind(**{name: _decode(content, hints[name]) for name, content in data.items()})


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(kind, vars(model))
