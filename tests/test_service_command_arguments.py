"""What comes with a command is read or refused at its name, whatever it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import Databases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loop_help import person, row_of
from river_help import found, opened_river
from sample_town import Clock

from gewu_platform.core.duties import DUTIES, CommandName
from gewu_platform.core.lifecycle import Command
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.loop.command_arguments import ARGUMENTS, read_command
from gewu_platform.service.problems import Problem


@pytest.fixture
def engine(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, dialect, clock, tmp_path)


def read(
    engine: Engine, case: int, name: CommandName, arguments: dict[str, Any], by: str = "acceptor1"
) -> Command:
    with engine.store.transaction():
        return read_command(engine, person(engine, by), load_case(engine, case), name, arguments)


def faults(engine: Engine, case: int, name: CommandName, arguments: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Problem) as refused:
        read(engine, case, name, arguments)
    assert refused.value.code == "invalid-body"
    return [(fault.where, fault.code) for fault in refused.value.errors]


def test_forms_and_programs_say_the_same(engine: Engine) -> None:
    case, into = found(engine, "silt"), found(engine, "silt")
    said = {
        "task": 2,
        "into": into,
        "until": date(2026, 4, 1),
        "result": "yes",
        "tier": "county",
        "severity": "major",
    }
    posted = {"task": "2", "into": str(into), "until": "2026-04-01", "result": "yes", "tier": "county",
              "severity": "major", "reason": "", "note": " ", "office": ""}  # fmt: skip
    assert read(engine, case, "merge", said) == read(engine, case, "merge", posted)
    by_number = read(engine, case, "merge", {"into": f" {row_of(engine, into)['number']} "})
    assert by_number.into == into


def test_only_a_dispatch_goes_to_an_office_and_asks_others_to_help(engine: Engine) -> None:
    case = found(engine, "dump")
    routed = read(engine, case, "dispatch", {})
    assert routed.office is not None
    assert len(routed.assisting) == 2
    station = routed.assisting[0]
    elsewhere = read(engine, case, "dispatch", {"office": station})
    # Who has the case does not assist it too; whom the rules sent it to is not asked either.
    assert (elsewhere.office, elsewhere.assisting) == (station, routed.assisting[1:])
    assert read(engine, case, "file", {"office": station}).office is None


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"until": "2026-13-01"}, ("until", "type")), ({"until": 5}, ("until", "type")),
        ({"task": "one"}, ("task", "type")), ({"task": True}, ("task", "type")), ({"task": 2**40}, ("task", "type")),
        ({"task": "٢"}, ("task", "type")), ({"result": "perhaps"}, ("result", "choice")),
        ({"tier": "moon"}, ("tier", "choice")), ({"severity": ["major"]}, ("severity", "choice")),
        ({"reason": "长" * 2001}, ("reason", "at_most")), ({"note": {}}, ("note", "type")), ({"x": 1}, ("x", "unknown")),
        ({"into": "20260302-000001-9"}, ("into", "choice")), ({"evidence": "photo"}, ("evidence", "type")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_at_its_name(
    engine: Engine, arguments: dict[str, Any], where: tuple[str, str]
) -> None:
    assert faults(engine, found(engine, "silt"), "merge", arguments) == [where]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates().map(str) | st.text(max_size=8)
    | st.sampled_from(["yes", "county", "minor", "1", "2", "\x00", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "name", "sha256"]), inner),
    max_leaves=5,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(DUTIES)),
    st.dictionaries(st.sampled_from(sorted(ARGUMENTS)) | st.text(max_size=3), ANYTHING, max_size=4),
)
def test_nothing_that_comes_breaks_the_reading(
    engine: Engine, name: CommandName, arguments: dict[str, Any]
) -> None:
    # Any other exception is a failure.
    with contextlib.suppress(Problem):
        assert read(engine, found_once(engine), name, arguments).name == name


def found_once(engine: Engine) -> int:
    """The id of the only case."""
    with engine.store.transaction():
        known = engine.store.execute("SELECT min(id) FROM cases").fetchone()[0]
    return int(known) if known is not None else found(engine, "silt")
