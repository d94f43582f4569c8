"""Levels as standards write them."""

from __future__ import annotations

from gewu_dsl.tree import Level

LEVELS: dict[str, Level] = {
    "一般": "minor", "轻微": "minor", "普通": "minor",
    "较大": "major", "较重": "major",
    "重大": "critical", "特大": "critical", "特别重大": "critical",
}  # fmt: skip
_ENGLISH: dict[str, Level] = {"minor": "minor", "major": "major", "critical": "critical"}


def read_level(text: str) -> Level | None:
    """The level a cell names, with or without 级, 隐患 or 情形 behind it; None for any other word."""
    bare = text.strip().lower()
    for ending in ("隐患", "情形", "问题", "级"):
        bare = bare.removesuffix(ending)
    return LEVELS.get(bare) or _ENGLISH.get(bare)
