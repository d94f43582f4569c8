"""The loop of a case holds its promises whatever anybody tries, in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.model import Evidence
from gewu_platform.core.duties import DUTIES, FINAL, STATES, STEP_OF
from gewu_platform.core.lifecycle import (
    Actor,
    Command,
    Given,
    Refusal,
    State,
    decide,
    event_from_json,
    event_to_json,
    evolve,
    lacking,
    open_case,
    possible,
)

REPORTER, GRID = 1, 10
NEEDS = (Evidence("photo", 1), Evidence("signature", 2, "worker"))

PEOPLE = (
    Actor(REPORTER, "worker", grids=frozenset({GRID})),
    Actor(2, "worker", grids=frozenset({GRID})),
    Actor(3, "worker", grids=frozenset({11})),
    Actor(4, "acceptor"),
    Actor(5, "acceptor", offices=frozenset({100})),
    Actor(6, "dispatcher"),
    Actor(7, "handler", offices=frozenset({100})),
    Actor(8, "handler", offices=frozenset({200})),
    Actor(REPORTER, "handler", offices=frozenset({100})),
    Actor(9, "supervisor"),
    Actor(None, "system"),
)

EVIDENCE = st.lists(
    st.builds(Given, st.just("photo"), st.none(), st.just("a.jpg"), st.sampled_from(["p1", "p2"]))
    | st.builds(
        Given, st.just("signature"), st.just("worker"), st.just("s.png"), st.sampled_from(["s1", "s2"])
    ),
    max_size=3,
).map(tuple)

COMMANDS = st.builds(
    Command, st.sampled_from(sorted(DUTIES)), st.sampled_from(PEOPLE), st.sampled_from([None, " ", "理由"]),
    st.sampled_from([None, "说明"]), st.sampled_from([None, 100, 200]), EVIDENCE,
)  # fmt: skip


def _try(state: State, command: Command) -> State | None:
    try:
        events = decide(state, command)
    except Refusal:
        return None
    for event in events:
        state = evolve(state, event)
    return state


def _ready(name: str, actor: Actor, office: int = 100) -> Command:
    """A command with everything it could need."""
    proof = (
        Given("photo", None, "a", "p1"),
        Given("signature", "worker", "b", "s1"),
        Given("signature", "worker", "c", "s2"),
    )
    return Command(name, actor, "理由", "说明", office, proof)  # type: ignore[arg-type]


def _walk(*steps: tuple[str, int], office: int = 100) -> State:
    """The state after commands by people of `PEOPLE`, all of which must be possible."""
    state = open_case(REPORTER, GRID, NEEDS)
    for name, person in steps:
        for event in decide(state, _ready(name, PEOPLE[person], office)):
            state = evolve(state, event)
    return state


TO_HANDLED = (("accept", 3), ("file", 3), ("dispatch", 5), ("handle", 6), ("confirm", 6))


@settings(max_examples=300, deadline=None)
@given(st.lists(COMMANDS, max_size=40))
def test_no_order_of_commands_by_anybody_breaks_a_promise(commands: list[Command]) -> None:
    state = open_case(REPORTER, GRID, NEEDS)
    handlers: set[int | None] = set()
    for command in commands:
        after = _try(state, command)
        if after is None:
            continue
        user = command.actor.user
        assert state.state not in FINAL, "a final case takes no command"
        if command.name in ("verify", "rework", "close", "void"):
            assert user not in handlers
            assert not command.actor.offices & state.offices
        if command.name in ("handle", "confirm"):
            assert user != REPORTER
            handlers.add(user)
        if command.name == "return":
            assert after.state == "returned"
            assert STEP_OF[after.state] == "dispatch"
        if command.name == "rework":
            assert after.office == state.office
            assert after.reworks == state.reworks + 1
        if after.state == "closed":
            assert not lacking(after)
        assert after.state in STATES
        assert (after.office is not None) or after.state not in (
            "dispatched",
            "handling",
            "handled",
            "verified",
            "closed",
        )
        state = after


@settings(max_examples=300, deadline=None)
@given(st.lists(COMMANDS, max_size=25), st.sampled_from(PEOPLE))
def test_possible_says_exactly_what_decide_would_allow(commands: list[Command], actor: Actor) -> None:
    state = open_case(REPORTER, GRID, NEEDS)
    for command in commands:
        state = _try(state, command) or state
    for name, refusal in possible(state, actor).items():
        if refusal is None:
            decide(state, _ready(name, actor))
        else:
            with pytest.raises(Refusal) as raised:
                decide(state, _ready(name, actor))
            assert raised.value.words == refusal
            assert raised.value.possible == DUTIES[name].states


@settings(max_examples=100, deadline=None)
@given(st.lists(COMMANDS, max_size=40))
def test_events_survive_the_journal(commands: list[Command]) -> None:
    state = again = open_case(REPORTER, GRID, NEEDS)
    for command in commands:
        try:
            events = decide(state, command)
        except Refusal:
            continue
        for event in events:
            state = evolve(state, event)
            again = evolve(again, event_from_json(event_to_json(event)))
    assert again == state


def test_every_state_can_be_reached() -> None:
    reached = {
        _walk().state,
        _walk(("accept", 3)).state,
        _walk(("refuse", 3)).state,
        _walk(("accept", 3), ("file", 3)).state,
        _walk(("accept", 3), ("void", 3)).state,
        _walk(*TO_HANDLED[:3]).state,
        _walk(*TO_HANDLED[:3], ("return", 6)).state,
        _walk(*TO_HANDLED[:4]).state,
        _walk(*TO_HANDLED).state,
        _walk(*TO_HANDLED, ("verify", 1)).state,
        _walk(*TO_HANDLED, ("verify", 1), ("close", 3)).state,
    }
    assert reached == set(STATES)


def test_a_return_without_a_reason_is_refused() -> None:
    state = _walk(*TO_HANDLED[:3])
    with pytest.raises(Refusal) as raised:
        decide(state, Command("return", PEOPLE[6], "  "))
    assert raised.value.code == "reason-missing"


def test_a_dispatch_to_nowhere_is_refused() -> None:
    with pytest.raises(Refusal) as raised:
        decide(_walk(("accept", 3), ("file", 3)), Command("dispatch", PEOPLE[5]))
    assert raised.value.code == "office-missing"


def test_closing_names_the_evidence_that_is_missing() -> None:
    state = State(
        "verified", REPORTER, GRID, NEEDS, office=100, evidence=(Given("signature", "worker", "s", "s1"),)
    )
    with pytest.raises(Refusal) as raised:
        decide(state, Command("close", PEOPLE[3]))
    assert raised.value.code == "evidence-missing"
    assert "照片 1 份" in raised.value.words.zh
    assert "网格员签名 1 份" in raised.value.words.zh
    assert [str(lack.need) for lack in raised.value.lacks] == ["photo>=1", "signature:worker>=2"]


def test_the_same_signature_handed_in_twice_counts_once() -> None:
    twice = (
        Given("signature", "worker", "a", "s1"),
        Given("signature", "worker", "b", "s1"),
        Given("photo", None, "p", "p1"),
    )
    state = State("verified", REPORTER, GRID, NEEDS, office=100, evidence=twice)
    assert [(lack.need.kind, lack.have) for lack in lacking(state)] == [("signature", 1)]


def test_evidence_may_come_with_the_closing_itself() -> None:
    state = State("verified", REPORTER, GRID, NEEDS, office=100)
    (event,) = decide(state, _ready("close", PEOPLE[3]))
    assert evolve(state, event).state == "closed"


def test_a_worker_of_another_grid_cannot_verify() -> None:
    assert possible(_walk(*TO_HANDLED), PEOPLE[2])["verify"] is not None


def test_an_acceptor_who_works_in_the_handling_office_cannot_verify_or_close() -> None:
    assert possible(_walk(*TO_HANDLED), PEOPLE[4])["verify"] is not None
    assert possible(_walk(*TO_HANDLED, ("verify", 1)), PEOPLE[4])["close"] is not None


def test_a_returned_case_keeps_who_sent_it_back() -> None:
    state = _walk(*TO_HANDLED[:3], ("return", 6))
    assert state.returned_by == {100}
    assert state.office == 100


def test_what_is_handed_in_before_anything_was_handled_proves_nothing() -> None:
    state = _walk(("accept", 3), ("file", 3), ("dispatch", 5), ("return", 6), ("dispatch", 5))
    assert (state.evidence, state.notes) == ((), 0)
    state = evolve(state, *decide(state, _ready("handle", PEOPLE[6])))
    assert (len(state.evidence), state.notes) == (3, 1)


def test_evidence_of_a_handling_that_failed_does_not_close_the_case() -> None:
    state = _walk(*TO_HANDLED, ("rework", 3))
    assert (state.evidence, state.notes) == ((), 0)
    state = evolve(state, *decide(state, _ready("handle", PEOPLE[6])))
    assert (len(state.evidence), state.notes) == (3, 1)
