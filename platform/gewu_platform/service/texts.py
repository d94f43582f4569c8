"""What people type, before it is kept or looked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from gewu_platform.service.problems import Problem

_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether every database keeps `text`: none does that holds NUL or half of a character."""
    return _UNKEPT.search(text) is None


def tidy(text: str) -> str:
    """`text` on one line: control characters gone (databases refuse some of them), white space single and inside only."""
    kept = "".join(letter if unicodedata.category(letter) not in ("Cc", "Cs") else " " for letter in text)
    return " ".join(kept.split())


def require_plain(value: object) -> None:
    """Problem invalid-body where a text inside `value` has characters that no database keeps: NUL, halves of pairs."""
    if not _is_plain(value):
        raise Problem("invalid-body", "文本中有不能保存的字符", "A text has characters that cannot be kept")


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, Mapping):
        return all(_is_plain(name) and _is_plain(inner) for name, inner in value.items())
    return all(map(_is_plain, value)) if isinstance(value, list | tuple) else True
