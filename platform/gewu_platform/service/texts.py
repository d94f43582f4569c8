"""What people type, before it is kept or looked for."""

from __future__ import annotations

import re
import unicodedata

_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether every database keeps `text`: none does that holds NUL or half of a character."""
    return _UNKEPT.search(text) is None


def tidy(text: str) -> str:
    """`text` on one line: control characters gone (databases refuse some of them), white space single and inside only."""
    kept = "".join(letter if unicodedata.category(letter) not in ("Cc", "Cs") else " " for letter in text)
    return " ".join(kept.split())
