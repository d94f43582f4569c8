"""What people type, before it is kept or looked for."""

from __future__ import annotations

import unicodedata


def tidy(text: str) -> str:
    """`text` on one line: control characters gone (databases refuse some of them), white space single and inside only."""
    kept = "".join(letter if unicodedata.category(letter) not in ("Cc", "Cs") else " " for letter in text)
    return " ".join(kept.split())
