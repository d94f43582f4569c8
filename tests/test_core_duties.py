"""The table of duties fits the loop it describes."""

from __future__ import annotations

import pytest

from gewu_platform.core.duties import DUTIES, FINAL, OPEN, STATES, STEP_OF
from gewu_platform.core.lifecycle import EVENT_KINDS
from gewu_platform.core.naming import COMMAND_WORDS, STATE_WORDS, STEP_WORDS


def test_every_open_state_waits_for_a_step_and_no_final_one_does() -> None:
    assert set(STEP_OF) == set(OPEN)
    assert not set(STEP_OF) & FINAL


def test_every_state_and_command_has_its_words() -> None:
    assert set(STATE_WORDS) == set(STATES)
    assert set(COMMAND_WORDS) == set(DUTIES)
    assert set(STEP_WORDS) == set(STEP_OF.values())


def test_each_command_makes_an_event_of_its_own() -> None:
    assert set(EVENT_KINDS) == set(DUTIES)
    assert len(set(EVENT_KINDS.values())) == len(DUTIES)


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_no_command_starts_from_a_final_state(name: str) -> None:
    duty = DUTIES[name]  # type: ignore[index]
    assert duty.states
    assert not set(duty.states) & FINAL
    assert duty.leads_to in STATES


def test_who_judges_a_result_is_kept_apart_from_who_made_it() -> None:
    assert {name for name, duty in DUTIES.items() if duty.apart == "handled"} == {
        "verify",
        "rework",
        "close",
        "void",
    }
    assert {name for name, duty in DUTIES.items() if duty.apart == "reporter"} == {"handle", "confirm"}


def test_the_system_takes_only_the_automatic_steps() -> None:
    assert {name for name, duty in DUTIES.items() if "system" in duty.roles} == {"accept", "file", "dispatch"}


def test_whatever_turns_a_case_back_needs_a_reason() -> None:
    assert {name for name, duty in DUTIES.items() if duty.needs_reason} == {
        "refuse",
        "return",
        "rework",
        "void",
    }
