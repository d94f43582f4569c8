"""The whole loop, driven at random: whatever people and time do to cases, the engine says what the slow reference says.

After every step the two are compared: accepted or refused and why, state, holder, tasks, every clock with its due time, which timers wait
and what they did, what shows on the case. After every run the promises of `loop_invariants` have to hold. `make soak` takes more than
20,000 steps.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import CHEAP, Databases
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from loop_compare import stored
from loop_invariants import broken
from loop_town import PACKS, Both, build_loop_town, loop_catalogue
from loop_walk import Tally, Walk
from reference_clock import minute_of
from reference_rules import RULES
from sample_town import Clock

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.records.store import Store
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue.publishing import publish_catalogue
from gewu_platform.service.engine import Engine

Open = Callable[[], tuple[Engine, Clock]]

BEGINNINGS = (
    datetime(2026, 3, 2, 9, 0),  # a Monday morning
    datetime(2026, 4, 30, 16, 40),  # before Labour Day
    datetime(2026, 6, 5, 17, 59),  # Friday, a minute before closing time
    datetime(2026, 7, 4, 12, 30),  # a Saturday
    datetime(2026, 9, 30, 11, 7),  # before National Day: a week off, and a make-up Saturday after it
    datetime(2026, 10, 9, 23, 55),
    datetime(2026, 12, 30, 15, 0),  # the next year's arrangement is not published
)

DICE = st.randoms(use_true_random=True)
"""What happens is thrown, each step by dice of its own, so that a failing run still shrinks to the steps it takes."""


def loop_machine(open_town: Open, tally: Tally) -> type[RuleBasedStateMachine]:
    """A machine whose every run has a town of its own."""

    class Loop(RuleBasedStateMachine):
        walk: Walk

        @initialize(dice=DICE, beginning=st.sampled_from(BEGINNINGS))
        def begin(self, dice: random.Random, beginning: datetime) -> None:
            self.walk = Walk(Both(*open_town(), minute_of(beginning)), tally)
            self.walk.report(dice.choice)

        @rule(dice=DICE)
        def something_happens(self, dice: random.Random) -> None:
            self.walk.step(dice.choice)

        @invariant()
        def says_what_the_reference_says(self) -> None:
            self.walk.compare()

        def teardown(self) -> None:
            if hasattr(self, "walk"):
                found = broken(self.walk.both)
                self.walk.both.engine.store.close()
                assert not found, "\n".join(found)

    return Loop


@pytest.fixture
def open_town(databases: Databases, dialect: str, tmp_path: Path) -> Iterator[Open]:
    """Opens a new copy of the town, and throws the one before away."""
    opened: list[str] = []

    def fill(url: str) -> None:
        store = Store(url)
        store.migrate()
        build_loop_town(_engine(store, Clock()))
        store.close()

    def _engine(store: Store, clock: Clock) -> Engine:
        return Engine(store, loop_catalogue(), tmp_path, clock, ZoneInfo("Asia/Shanghai"), "zh", CHEAP)

    def open_one() -> tuple[Engine, Clock]:
        _drop()
        opened.append(databases.copy(dialect, "loop", fill))
        clock = Clock()
        return _engine(Store(opened[-1]), clock), clock

    def _drop() -> None:
        while opened:
            databases.drop(opened.pop())

    yield open_one
    _drop()


def drive(open_town: Open, runs: int, steps: int, *, derandomize: bool = True) -> Tally:
    tally = Tally()
    run_state_machine_as_test(
        loop_machine(open_town, tally),
        settings=settings(
            max_examples=runs, stateful_step_count=steps, derandomize=derandomize, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        ),
    )  # fmt: skip
    return tally


def test_engine_and_reference_agree_after_every_step(open_town: Open, dialect: str) -> None:
    """1,500 steps on SQLite, 300 on PostgreSQL."""
    tally = drive(open_town, runs=25 if dialect == "sqlite" else 5, steps=60)
    assert tally.accepted.total() > tally.steps / 5


def test_a_definition_published_in_mid_run_moves_no_running_case(open_town: Open, tmp_path: Path) -> None:
    """Every limit and office of the items is another now; what runs goes on as it was decided, regrading and rework included."""
    engine, clock = open_town()
    pick = random.Random(4).choice
    walk = Walk(Both(engine, clock, minute_of(BEGINNINGS[0])), Tally())
    for finding in ("silt", "dump", "flood"):
        case = walk.both.report(finding, 200, "worker1", "g1")
        for by, name in (
            ("acceptor1", "accept"),
            ("acceptor1", "file"),
            ("dispatcher1", "dispatch"),
            ("bureau1", "handle"),
        ):
            walk.both.command(case.id, name, by)
    before = stored(engine)
    walk.both.engine = _published_otherwise(engine, tmp_path / "packs")
    assert stored(engine) == before
    for step in range(40):
        if step % 4:
            walk.sensible(pick)
        else:
            walk.wait(pick)
            walk.sweep(pick)
        walk.compare()
    assert walk.tally.accepted.total() > 15


def _published_otherwise(engine: Engine, packs: Path) -> Engine:
    for pack in PACKS:
        shutil.copytree(pack, packs, dirs_exist_ok=True)
    source = packs / "river" / "department.gewu"
    text = source.read_text(encoding="utf-8").partition("  example ")[0]
    for old, new in (
        ("2 hours", "9 hours"), ("4 work hours when", "7 work hours when"), ("3 workdays", "8 workdays"),
        ("2 workdays otherwise", "6 workdays otherwise"), ("1 workday", "5 workdays"), ("30 minutes", "3 hours"),
        ("at 80% remind", "at 40% remind"), ("route bureau   with station, community", "route station"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    source.write_text(text, encoding="utf-8")
    newer = replace(engine, catalogue=load_catalogue([packs]))
    publish_catalogue(newer, SYSTEM)
    return newer


@pytest.mark.soak
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_engine_and_reference_agree_in_20_000_steps_and_every_command_was_tried(open_town: Open) -> None:
    tally = drive(open_town, 340, 60, derandomize=False)
    print(f"\n{tally.told()}")  # noqa: T201 (the soak's figures)
    assert tally.steps >= 20_000
    assert {name: tally.accepted[name] for name in RULES if tally.accepted[name] < 10} == {}
    assert {name: tally.refused[name] for name in RULES if tally.refused[name] < 10} == {}
