"""Lists of the API: one page at a time, and where the next one begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Response, jsonify, request

from gewu_platform.api.documents import document
from gewu_platform.api.queries import page_limit
from gewu_platform.service.engine import Engine

T = TypeVar("T")


def answer_page(
    name: str,
    rows: Sequence[T],
    key: Callable[[T], Any],
    engine: Engine,
    language: str,
    limit: int | None = None,
) -> Response:
    """`{name: rows, "after": …}`, `rows` being at most the page that was asked for.

    `after` is the key of the last row where there may be more, and null on the last page.
    """
    most = page_limit(request.args) if limit is None else limit
    shown = rows[:most]
    after = key(shown[-1]) if len(rows) >= most and shown else None
    return jsonify({name: document(shown, engine.zone, language), "after": after})


def from_after(
    rows: Sequence[T], key: Callable[[T], Any], arguments: Mapping[str, str], read: Callable[[str], Any]
) -> list[T]:
    """The rows behind `after`, by key; all of them where it is not given."""
    ordered = sorted(rows, key=key)
    text = arguments.get("after")
    return ordered if not text else [row for row in ordered if key(row) > read(text)]
