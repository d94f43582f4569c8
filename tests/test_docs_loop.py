"""The operator's manual of the loop is true: its walks can be walked, its names are those of the code."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from loop_help import MIXED, PROOF, give, report, row_of, settle
from sample_town import Clock

from gewu_admin.cli import gewu
from gewu_platform.core.duties import DUTIES, STATES
from gewu_platform.core.presentations import PRESENTATIONS
from gewu_platform.core.refusals import REASONS
from gewu_platform.core.zones import to_local
from gewu_platform.service.desk.case_lists import TASK_KINDS
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.command_arguments import ARGUMENTS

PAGE = (Path(__file__).parent.parent / "docs" / "loop.md").read_text(encoding="utf-8")
WALKS = re.findall(r"^```walk\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TABLE = re.findall(r"^\| (.+) \|$", PAGE, re.MULTILINE)


def arguments_of(text: str, engine: Engine) -> dict[str, Any]:
    """`note=… until=+10 evidence` as arguments; a day is counted from today."""
    found: dict[str, Any] = {}
    for word in text.split():
        name, _, value = word.partition("=")
        assert name in ARGUMENTS, word
        if name == "evidence":
            found[name] = PROOF
        elif name == "until":
            day = to_local(engine.now(), engine.zone).date() + timedelta(days=int(value))
            found[name] = day.isoformat()
        else:
            found[name] = value
    return found


@pytest.mark.parametrize("walk", WALKS, ids=range(1, len(WALKS) + 1))
def test_every_walk_can_be_walked_as_it_stands(engine: Engine, clock: Clock, walk: str) -> None:
    settle(engine)
    case = report(engine, MIXED).cases[0].id
    for line in walk.splitlines():
        if line.startswith("+"):
            clock.advance(days=int(line.strip("+d ")))
            continue
        done, _, state = line.partition("→")
        who, command, *rest = done.split(maxsplit=2)
        give(engine, who, case, command, **arguments_of(rest[0] if rest else "", engine))
        assert row_of(engine, case)["state"] == state.strip(), line
        clock.advance(minutes=2)


def test_every_command_is_named_and_nothing_else_is_called_one() -> None:
    named = set(re.findall(r"`([a-z_-]+)`", PAGE))
    assert set(DUTIES) <= named, set(DUTIES) - named
    others = {*STATES, *PRESENTATIONS, *TASK_KINDS, *ARGUMENTS, *REASONS, "add_to", "why", "possible_in"}
    assert named - set(DUTIES) <= others, named - set(DUTIES) - others


def test_the_table_of_presentations_is_what_the_code_shows() -> None:
    rows = [row.split(" | ") for row in TABLE if any(f"`{name}`" in row for name in PRESENTATIONS)]
    assert [row[0].strip("`") for row in rows] == list(PRESENTATIONS)
    for row in rows:
        shown = PRESENTATIONS[row[0].strip("`")]
        assert row[2].split() == [step.words.zh for step in shown.steps]
        assert (row[3] == "无") == (not shown.automatic)


def test_the_commands_of_the_terminal_are_there() -> None:
    for line in sorted(set(re.findall(r"`gewu ([a-z ]+)`", PAGE))):
        assert CliRunner().invoke(gewu, [*line.split(), "--help"]).exit_code == 0, line
