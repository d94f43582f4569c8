"""Reading what a request brings."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from flask import Request

from gewu_platform.service.problems import Problem

DEEPEST = 32
"""Levels of nesting; no body of the contract needs more than five."""


def json_body(request: Request) -> dict[str, Any]:
    """The body as one JSON object; Problem `invalid-body` for anything else, or for what cannot be stored."""
    try:
        value = json.loads(
            request.get_data(cache=False) or b"null", parse_constant=_refuse_constant, parse_float=_read_float
        )
    except (ValueError, RecursionError) as error:
        raise Problem("invalid-body", "请求内容不是 JSON。", "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise Problem("invalid-body", "请求内容必须是一个 JSON 对象。", "The body must be one JSON object.")
    _check_content(value)
    return value


def _check_content(value: dict[str, Any]) -> None:
    """Refuse nesting that later steps would have to recurse into, and texts that are no texts."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if depth > DEEPEST:
            raise Problem("invalid-body", "请求内容嵌套过深。", "The body is nested too deeply.")
        if isinstance(each, dict):
            waiting += [(name, depth) for name in each]
            waiting += [(inner, depth + 1) for inner in each.values()]
        elif isinstance(each, list):
            waiting += [(inner, depth + 1) for inner in each]
        elif isinstance(each, str) and not _is_storable(each):
            raise Problem("invalid-body", "文本里有不能使用的字符。", "A text holds an unusable character.")


def _is_storable(text: str) -> bool:
    """Neither NUL, which no database keeps in a text, nor half of a character."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text))


def _read_float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _refuse_constant(name: str) -> None:
    """NaN and Infinity are not JSON, and no rule can compare them."""
    raise ValueError(name)
