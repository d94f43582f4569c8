"""Events survive the journal, and every one has an effect."""

from __future__ import annotations

from typing import get_args

from core_loop import (
    REACHED,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.model import TIERS
from gewu_platform.core.duties import STATES
from gewu_platform.core.lifecycle import (
    Event,
    Given,
    event_from_json,
    event_to_json,
    evolve,
)
from gewu_platform.core.tasks import Task, TaskKind

# Events as values

_TEXTS = st.none() | st.text(min_size=1, max_size=3)
_IDS = st.none() | st.integers(1, 9)
_DAYS = st.none() | st.dates()
_LISTS = st.lists(st.integers(1, 9), max_size=3).map(tuple)
EVENTS = st.builds(
    Event,
    st.sampled_from(["settled", "unsettled", "accepted", "refused", "filed", "check-asked", "check-answered", "dispatched", "returned", "handling", "confirmed", "assisted", "verified", "reworked", "closed", "informed", "voided", "merged", "joined", "extension-asked", "extended", "extension-denied", "parking-asked", "parked", "parking-denied", "resumed", "appealed", "appeal-granted", "appeal-denied", "urged", "acknowledged", "escalated", "regraded", "reopened", "adjusted", "added", "reminded", "overdue"]),
    _IDS, _IDS, _TEXTS, _TEXTS,
    st.lists(st.builds(Given, st.sampled_from(["photo", "note"]), _TEXTS, _TEXTS, _TEXTS, _TEXTS), max_size=2).map(tuple),
    st.lists(
        st.builds(Task, st.integers(1, 9), st.sampled_from(get_args(TaskKind)), _IDS, _TEXTS, _IDS, _TEXTS, _DAYS),
        max_size=2,
    ).map(tuple),
    _IDS, _TEXTS, _DAYS, st.none() | st.sampled_from(TIERS), _IDS, _TEXTS, _LISTS, _LISTS, _LISTS, _TEXTS,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_every_field_of_an_event_survives_the_journal(event: Event) -> None:
    assert event_from_json(event_to_json(event)) == event


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(REACHED)), st.lists(EVENTS, max_size=5))
def test_every_event_has_an_effect_on_every_state_even_if_none(start: str, events: list[Event]) -> None:
    state = REACHED[start]
    for event in events:
        state = evolve(state, event)
        assert state.state in STATES


def test_an_event_of_an_earlier_release_is_still_one() -> None:
    body = {
        "kind": "closed", "by": 4,
        "evidence": [{"kind": "photo", "by": None, "name": "a", "sha256": "h"}],
    }  # fmt: skip
    assert event_from_json(body) == Event("closed", 4, evidence=(Given("photo", None, "a", "h"),))
