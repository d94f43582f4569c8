"""Items as decision models, opened and executed by other people's engines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dmn_help import Drools, Feelin, decided, drools, feelin, inputs_of, told
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import FIRE_EXIT, RENTAL
from strategies_model import items, quick, sheets

from gewu_dsl.answers import split_given, submitted_answers
from gewu_dsl.emit.dmn import MODEL, dmn_xml
from gewu_dsl.model import (
    Answer,
    Branch,
    Choice,
    Compare,
    Constant,
    Exclude,
    Fact,
    Finding,
    Item,
    PlaceKind,
    Question,
    Route,
)
from gewu_dsl.rules import compile_rules
from gewu_item_catalog.catalogue import Catalogue, load_catalogue


@cache
def catalogue() -> Catalogue:
    return load_catalogue([Path(__file__).parent.parent / "plugins"])


def catalogue_items() -> list[Item]:
    return [compiled.item for pack in catalogue().packs for compiled in pack.items]


Report = tuple[Mapping[str, Any], Mapping[str, Any]]
"""Answers and the facts of the report."""


@pytest.fixture(scope="module")
def engine() -> Iterator[Feelin]:
    with feelin() as running:
        yield running


def contexts() -> st.SearchStrategy[dict[str, Any]]:
    """Facts of the types that registers and calendars hold them in."""
    place = {
        "grade": st.sampled_from(["strict", "lenient", 3]),
        "rooms": st.sampled_from([0, 2, 2.5, "many"]),
    }
    place["uses"] = st.sampled_from([["shop"], ["shop", "home"]])
    return st.fixed_dictionaries(
        {},
        optional={
            "place": st.fixed_dictionaries({}, optional=place),
            "area": st.fixed_dictionaries({}, optional={"class": st.sampled_from(["A", "B"])}),
            "reported": st.just({"at": "2026-02-13T16:00"}),
            "open_cases": st.integers(0, 3),
            "cases_in": st.fixed_dictionaries({}, optional={"30": st.integers(0, 3)}),
        },
    )


def exactly_computed() -> st.SearchStrategy[Item]:
    """Items whose numbers come out alike in doubles and in decimals, and whose names JavaScript keeps no use for."""
    inexact = ("1e+308", "900719925474099", "0.30000000000000004", "__proto__")
    return items().filter(lambda item: not any(each in repr(item) for each in inexact))


def assert_agrees(
    engine: Feelin | Drools, item: Item, reports: Sequence[Report], places: Sequence[PlaceKind] = ()
) -> None:
    rules = compile_rules(item)
    kept = [(submitted_answers(rules, *report), report[1]) for report in reports]
    problems, results = engine.run(dmn_xml(item, places=places), [inputs_of(item, *each) for each in kept])
    assert problems == [], item.name
    for report, result in zip(kept, results, strict=True):
        assert told(result["findings"]) == decided(rules, *report), (item.name, report)


@quick(15)
@given(st.data())
def test_another_engine_decides_any_item_as_we_do(engine: Feelin, data: st.DataObject) -> None:
    item = data.draw(exactly_computed())
    assert_agrees(
        engine, item, data.draw(st.lists(st.tuples(sheets(item), contexts()), min_size=1, max_size=3))
    )


def test_every_nineteenth_item_of_the_catalogue_is_decided_as_its_examples_say(engine: Feelin) -> None:
    places = tuple(catalogue().kinds.values())
    for item in catalogue_items()[::19]:
        assert_agrees(engine, item, [split_given(item, example.given) for example in item.examples], places)


@pytest.mark.parametrize("place", [{}, {"kind": "rental", "grade": "strict"}])
@pytest.mark.parametrize("lamp", [None, "no"])
@pytest.mark.parametrize("people", [None, 30, 31])
def test_a_whole_item_is_decided_alike(engine: Feelin, place: object, lamp: object, people: object) -> None:
    for exit_state in ("clear", "blocked", "locked"):
        answers = {"exit": exit_state, "width": 0.2 if people == 30 else 2, "people": people, "lamp": lamp}
        assert_agrees(
            engine, FIRE_EXIT, [({k: v for k, v in answers.items() if v is not None}, {"place": place})]
        )


@pytest.mark.soak
def test_drools_accepts_every_model_of_the_catalogue_and_decides_it_as_we_do() -> None:
    places = tuple(catalogue().kinds.values())
    with drools() as engine:
        for item in catalogue_items():
            assert_agrees(
                engine, item, [split_given(item, example.given) for example in item.examples], places
            )


@pytest.fixture(scope="module")
def kie() -> Iterator[Drools]:
    with drools() as running:
        yield running


@pytest.mark.soak
@quick(10)
@given(st.data())
def test_drools_decides_any_item_as_we_do(kie: Drools, data: st.DataObject) -> None:
    item = data.draw(exactly_computed())
    assert_agrees(kie, item, data.draw(st.lists(st.tuples(sheets(item), contexts()), min_size=1, max_size=3)))


# What a person sees in it


def test_a_table_has_a_column_for_each_thing_read_and_a_row_for_each_branch() -> None:
    model = ET.fromstring(dmn_xml(FIRE_EXIT, places=[RENTAL]))
    name = {"m": MODEL}
    decision = next(
        each for each in model.iterfind("m:decision", name) if each.get("name") == "locked_severity"
    )
    assert decision.get("label") == "疏散通道上锁 · 等级"
    table = decision.find("m:decisionTable", name)
    assert table is not None
    assert table.get("hitPolicy") == "FIRST"
    columns = [
        (each.get("label"), "".join(each.itertext()).strip()) for each in table.iterfind("m:input", name)
    ]
    rows = [
        [text.strip() for text in rule.itertext() if text.strip()] for rule in table.iterfind("m:rule", name)
    ]
    assert columns == [("现场人数", "people")]
    assert [row[:3] for row in rows] == [["> 30", '"critical"', "现场人数 > 30"], ["-", '"major"', "其他"]]
    assert all("《消防法》第二十八条" in row[3] for row in rows)


def test_a_blank_is_guarded_against_wherever_it_would_be_taken_for_an_answer() -> None:
    asked = (Question("state", "one_of", "State", (Choice("whole", "Whole"), Choice("gone", "Gone"))),)
    differs = Compare("!=", Answer("state"), Constant("whole"))
    severity = (Branch("critical", differs), Branch("minor"))
    route = (Branch(Route(("community",))),)
    item = Item(
        "a.b", "a", "A", questions=asked, findings=(Finding("f", "F", differs, False, severity, route, {}),)
    )
    text = dmn_xml(item)
    assert 'state != null and state != "whole"' in text
    assert 'not(null, "whole")' in text


def test_an_item_that_always_excludes_finds_nothing(engine: Feelin) -> None:
    always = (Exclude(Constant(True), "Not now"),)
    finding = Finding("f", "F", Compare("=", Fact("area.class"), Constant("A")), False, (), (), {})
    assert_agrees(
        engine, Item("a.b", "a", "A", excludes=always, findings=(finding,)), [({}, {"area": {"class": "A"}})]
    )


def test_names_that_mean_something_in_feel_are_set_apart() -> None:
    questions = tuple(Question(name, "integer", name) for name in ("date", "place", "findings", "count"))
    model = ET.fromstring(dmn_xml(Item("a.b", "a", "A", questions=questions)))
    names = [each.get("name") for each in model.iterfind("m:inputData", {"m": MODEL})]
    assert names == ["date_", "place_", "findings_", "count_"]


def test_control_characters_of_a_text_leave_the_model_well_formed() -> None:
    odd = "a\x00b\x0b <&'\">"
    item = Item("f.i", "f", odd, basis=(odd,), questions=(Question("a", "text", odd),))
    read = ET.fromstring(dmn_xml(item))
    assert str(read.get("name")).endswith("<&'\">")
