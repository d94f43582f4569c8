"""How often an item wants a place visited, by the same compiled rules that decide reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gewu_dsl.model import Branch, Duration, Finding, Item, VisitRule
from gewu_dsl.rules import compile_rules, normalise_context


class VisitRules:
    """The visit rules of `item`, compiled once.

    They are put to the rules executor as a finding that holds where the item applies, whose branches are the rules.
    """

    def __init__(self, item: Item) -> None:
        self.item = item
        branches = tuple(Branch(Duration("days", index), rule.when) for index, rule in enumerate(item.visits))
        asked = Finding("visit", "", item.applies, False, (), (), {"handle": branches})
        self._rules = compile_rules(
            Item(item.name, item.department, item.title, kinds=item.kinds, findings=(asked,))
        )

    def wanted(self, context: Mapping[str, Any]) -> VisitRule | None:
        """The rule that certainly holds for a place with these attributes (`place.grade` …), or None."""
        for outcome in self._rules.choices({}, normalise_context(context)):
            branch = outcome[-1]
            return self.item.visits[branch] if branch >= 0 else None
        return None
