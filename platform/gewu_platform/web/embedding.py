"""Data inside a page: JSON that a script on it reads, safe to stand between tags."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup


def embed_json(value: Mapping[str, Any] | Sequence[Any]) -> Markup:
    """`value` for a `<script type="application/json">`: nothing in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
