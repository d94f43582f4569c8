"""A compiler that remembers gives what one without a memory gives, edit after edit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl import compiler, tree
from gewu_dsl.compiler import Compiler, compile_sources
from gewu_dsl.model import Department, Office
from gewu_dsl.names import Known
from gewu_dsl.parse import parse
from gewu_dsl.parse.reader import Reader

DEPARTMENT = """\
department parks "Parks"
  office squad "Squad" at town
  accept 15 minutes
place lawn "Lawn"
  ask grade one of (good, bad) "Grade"
"""
ITEM = """
# {name}
item parks.{name} "A bench"
  for lawn
  ask state one of (whole, broken, gone) "State"
  ask width decimal "Width" unit m from 0 to 5 when state = broken
  check lamp "Lamp"
  severity minor  route squad  handle 3 workdays  close "Mended" with photo
  finding broken "Broken" when state = broken
    severity major when width > 2   minor otherwise
    handle 2 hours when severity = major   1 workday otherwise
  finding gone "Gone" when state = gone and place.grade = bad
  example "broken" given state = broken, width = 3, lamp = yes expect broken severity major
  example "gone" given state = gone, lamp = yes, place.grade = bad expect gone
  example "lamp" given state = whole, lamp = no expect lamp
"""
PACK = {
    "department.gewu": DEPARTMENT,
    "one.gewu": ITEM.format(name="one"),
    "more.gewu": "".join(ITEM.format(name=name) for name in ("two", "three")),
}
EDITS = st.tuples(
    st.sampled_from(sorted(PACK)),
    st.integers(0, 10_000),
    st.sampled_from(["insert", "delete", "line", "repeat", "drop", "restore"]),
    st.sampled_from(
        [
            "x",
            "1",
            " ",
            "\n",
            '"',
            "(",
            "　",
            "item parks.",
            "\nitem parks.new “New”\n",
            "# note\n",
            "\nplace ",
            "部门",
        ]
    ),
)


def edit(text, original, at, how, what):
    """The text after one edit at about that place."""
    at %= len(text) + 1
    lines = text.split("\n")
    line = at % len(lines)
    match how:
        case "insert":
            return text[:at] + what + text[at:]
        case "delete":
            return text[:at] + text[at + 1 :]
        case "line":
            return "\n".join(lines[:line] + lines[line + 1 :])
        case "repeat":
            return "\n".join(lines[: line + 1] + lines[line:])
        case "drop":
            return text[:at]
    return original


@settings(max_examples=8, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=5))
def test_every_result_is_that_of_compiling_from_scratch(edits):
    remembering, sources = Compiler(), dict(PACK)
    assert remembering.compile_sources(sources).diagnostics == ()
    for file, *how in edits:
        sources[file] = edit(sources[file], PACK[file], *how)
        assert remembering.compile_sources(sources) == compile_sources(sources)


@settings(max_examples=20, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=6))
def test_a_text_is_read_again_as_it_would_be_read_alone(edits):
    reader, text = Reader("more.gewu"), PACK["more.gewu"]
    reader.read(text)
    for _, *how in edits:
        text = edit(text, PACK["more.gewu"], *how)
        again, alone = reader.read(text), parse(text, "more.gewu")
        assert again == alone
        places = [[node.span for node in tree.walk(each.tree)] for each in (again, alone)]
        assert places[0] == places[1]


def count(monkeypatch, name):
    """How often a stage of the compiler runs from here on."""
    runs: list[object] = []
    stage = getattr(compiler, name)

    def counted(*arguments):
        runs.append(arguments)
        return stage(*arguments)

    monkeypatch.setattr(compiler, name, counted)
    return runs


def test_an_edited_item_is_the_only_one_that_is_worked_on(monkeypatch):
    remembering = Compiler()
    remembering.compile_sources(PACK)
    stages = [
        count(monkeypatch, name)
        for name in ("check_item", "lower_item", "check_meaning", "diagnose_examples")
    ]
    edited = {**PACK, "one.gewu": PACK["one.gewu"].replace("A bench", "A swing")}
    assert remembering.compile_sources(edited).item("parks.one").item.title == "A swing"
    assert [len(runs) for runs in stages] == [1, 1, 1, 1]
    remembering.compile_sources(edited)
    assert [len(runs) for runs in stages] == [1, 1, 1, 1]


def test_items_behind_an_edit_move_without_being_proved_again(monkeypatch):
    remembering = Compiler()
    remembering.compile_sources(PACK)
    proofs = count(monkeypatch, "check_meaning")
    moved = {**PACK, "more.gewu": "\n\n" + PACK["more.gewu"]}
    result = remembering.compile_sources(moved)
    assert result == compile_sources(moved)
    assert len(proofs) == 3, "those of compiling from scratch"


def test_an_edited_register_is_felt_by_every_item_that_reads_it():
    remembering = Compiler()
    remembering.compile_sources(PACK)
    edited = {**PACK, "department.gewu": DEPARTMENT.replace("bad", "poor")}
    codes = {(each.file, each.code) for each in remembering.compile_sources(edited).diagnostics}
    assert {("one.gewu", "G202"), ("more.gewu", "G202")} <= codes


@pytest.mark.parametrize("gone", ["one.gewu", "department.gewu"])
def test_a_file_taken_away_is_forgotten(gone):
    remembering = Compiler()
    remembering.compile_sources(PACK)
    rest = {file: text for file, text in PACK.items() if file != gone}
    assert remembering.compile_sources(rest) == compile_sources(rest)


def test_what_other_packs_declare_may_change_between_two_calls():
    remembering = Compiler()
    text = {"a.gewu": DEPARTMENT + ITEM.format(name="one").replace("route squad", "route roads.crew")}
    known = Known((Department("roads", "Roads", (Office("roads", "crew", "Crew", "town"),)),))
    for each in (Known(), known, Known()):
        assert remembering.compile_sources(text, each) == compile_sources(text, each)
