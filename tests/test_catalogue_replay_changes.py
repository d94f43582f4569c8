"""What a new version of an item would have decided differently, counted over the reports there have been."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import FIRE_EXIT
from strategies_model import contexts, items, quick, sheets

from gewu_dsl.model import Branch, Duration, Finding, Item
from gewu_dsl.rules import compile_rules
from gewu_item_catalog.replay.changes import ABSENT, DECIDED, Change, compare

LOCKED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"exit": "locked", "people": people, "shot": ["a.jpg"], "lamp": "yes"}, {}) for people in (3, 40, 50)
]


def with_limit(item: Item, finding: str, limit: Duration) -> Item:
    findings = [
        replace(each, limits={**each.limits, "handle": (Branch(limit),)}) if each.name == finding else each
        for each in item.findings
    ]
    return replace(item, findings=tuple(findings))


def described(
    item: Item, answers: dict[str, Any], context: dict[str, Any]
) -> dict[tuple[str | None, str], str]:
    """The naive reading: one report, decided by itself, as pairs of what and how."""
    decision = compile_rules(item).decide(answers, context)
    if decision.refused or decision.excluded is not None:
        return {(None, "outcome"): "refused" if decision.refused else str(decision.excluded)}
    told: dict[tuple[str | None, str], str] = {(None, "outcome"): DECIDED}
    for each in decision.findings:
        told[each.name, "finding"] = each.name
        handlers = [each.route.handler, *each.route.fallbacks] if each.route.handler else []
        told[each.name, "route"] = " else ".join(map(str, handlers)) or ABSENT
        told[each.name, "severity"] = each.severity or ABSENT
        told |= {(each.name, step): str(limit) for step, limit in each.limits.items()}
        told[each.name, "with"] = ", ".join(each.route.assisting) or ABSENT
        told[each.name, "stages"] = ", ".join(f"{one.name} {one.limit}" for one in each.stages) or ABSENT
        closing = each.closing
        told[each.name, "close"] = (
            ", ".join([closing.text, *map(str, closing.evidence)]) if closing else ABSENT
        )
    return told


def differences(
    before: dict[tuple[str | None, str], str], after: dict[tuple[str | None, str], str]
) -> dict[tuple[str | None, str], tuple[str, str]]:
    """What differs; a finding that only one of them has differs in itself alone, a report refused by one in that."""
    if before[None, "outcome"] != after[None, "outcome"]:
        return {(None, "outcome"): (before[None, "outcome"], after[None, "outcome"])}
    found = {}
    for key in {**before, **after}:
        name, clause = key
        one_sided = ((name, "finding") in before) != ((name, "finding") in after)
        if before.get(key) != after.get(key) and (clause == "finding" or not one_sided):
            found[key] = (before.get(key, ABSENT), after.get(key, ABSENT))
    return found


@quick(40)
@given(st.data())
def test_the_counted_changes_are_those_of_the_single_reports(data: st.DataObject) -> None:
    before = data.draw(items())
    other = data.draw(items())
    after = replace(before, findings=_limited_otherwise(before, other), musts=before.musts[:1])
    reports = data.draw(st.lists(st.tuples(sheets(before), contexts()), max_size=8))
    told = [differences(described(before, *report), described(after, *report)) for report in reports]
    expected = Counter((*key, *values) for each in told for key, values in each.items())
    comparison = compare(before, after, reports)
    assert comparison.reports == len(reports)
    assert comparison.alike == sum(not each for each in told)
    assert {(c.finding, c.clause, c.before, c.after): c.reports for c in comparison.changes} == expected
    for change in comparison.changes:
        assert told[change.example][change.finding, change.clause] == (change.before, change.after)


def _limited_otherwise(before: Item, other: Item) -> tuple[Finding, ...]:
    """At most two of the findings, with the limits of another item's, which read nothing."""
    limits = [each.limits for each in other.findings]
    return tuple(
        replace(
            each, limits={step: tuple(Branch(b.value) for b in listed) for step, listed in limits[0].items()}
        )
        for each in before.findings[:2]
    )


def test_a_changed_limit_is_one_change_with_its_reports() -> None:
    after = with_limit(FIRE_EXIT, "locked", Duration("days", 9))
    comparison = compare(FIRE_EXIT, after, LOCKED)
    assert comparison.alike == 0
    assert set(comparison.changes) == {
        Change("locked", "handle", "1 workday", "9 days", 1, 0),
        Change("locked", "handle", "2 hours", "9 days", 2, 1),
    }


def test_the_same_version_changes_nothing() -> None:
    assert compare(FIRE_EXIT, FIRE_EXIT, LOCKED).changes == ()


def test_no_reports_are_no_changes() -> None:
    assert compare(FIRE_EXIT, with_limit(FIRE_EXIT, "locked", Duration("days", 9)), []).reports == 0
