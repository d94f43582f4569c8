"""What is private, wherever a decision is told: its trace is read by more people than answers and attributes are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gewu_dsl.model import Item
from gewu_platform.service.engine import Engine

HIDDEN = "***"
"""What stands in place of a private value."""


def hidden_attributes(engine: Engine, kind: str, attributes: Iterable[str]) -> frozenset[str]:
    """Those of a place of `kind` that may not be shown: private ones, and whatever no pack that can be read declares."""
    known = engine.catalogue.kinds.get(kind)
    shown = {attribute.name for attribute in known.attributes if not attribute.private} if known else set()
    return frozenset(attributes) - shown


def masked_trace(
    item: Item, hidden: Iterable[str], trace: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A decision's trace without what it saw of private answers and of the place's `hidden` attributes."""
    private = {question.name for question in item.questions if question.private}
    private |= {f"place.{name}" for name in hidden}
    return [
        {
            **reason,
            "saw": {name: HIDDEN if name in private else value for name, value in reason["saw"].items()},
        }
        for reason in trace
    ]
