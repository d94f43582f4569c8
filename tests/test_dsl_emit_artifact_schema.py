"""The published schema of artifacts: it is what is written, no more and no less."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from items_by_hand import COVER, FIRE_EXIT
from strategies_model import items, quick

from gewu_dsl.artifact import ArtifactError, from_json, to_json
from gewu_dsl.emit.artifact_schema import artifact_schema
from gewu_dsl.model import Item

SCHEMA = artifact_schema()
REFERENCE = jsonschema.Draft202012Validator(SCHEMA)


@cache
def fast() -> Any:
    return jsonschema_rs.Draft202012Validator(SCHEMA)


def as_sent(item: Item) -> Any:
    return json.loads(json.dumps(to_json(item)))


def test_it_is_a_schema_and_closed_everywhere() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, *(each for each in SCHEMA["$defs"].values() if each.get("type") == "object")]
    assert len(objects) > 30
    assert all(each["additionalProperties"] is False for each in objects)


def test_both_validators_take_what_is_written_of_whole_items() -> None:
    for item in (FIRE_EXIT, COVER):
        REFERENCE.validate(as_sent(item))
        fast().validate(as_sent(item))


@quick(40)
@given(items())
def test_any_item_is_valid(item: Item) -> None:
    assert fast().is_valid(as_sent(item))


def test_one_with_its_version_is_valid_under_the_schema_for_those() -> None:
    versioned = jsonschema.Draft202012Validator(artifact_schema(versioned=True))
    versioned.validate({"version": "0123456789abcdef", **as_sent(COVER)})
    assert not versioned.is_valid(as_sent(COVER))
    assert not REFERENCE.is_valid({"version": "0123456789abcdef", **as_sent(COVER)})


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in it."""
    inner = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    return [path, *(each for key, content in inner for each in places(content, (*path, key)))]


WRONG = st.sampled_from(
    [None, True, 7, -0.5, "", "maybe", [], ["x"], {}, {"is": "Answer"}, {"is": "Nothing"}, {"a": 1}]
)


def corrupted(document: Any, data: st.DataObject) -> Any:
    """The document with one value replaced, left out, or another put beside it."""
    damaged = copy.deepcopy(document)
    *path, last = data.draw(st.sampled_from(places(damaged)[1:]))
    parent = damaged
    for key in path:
        parent = parent[key]
    match data.draw(st.sampled_from(["replace", "replace", "remove", "add"])):
        case "replace":
            parent[last] = data.draw(WRONG)
        case "remove":
            del parent[last]
        case _:
            assume(isinstance(parent, dict) and "limits" not in path[-1:] and "given" not in path[-1:])
            parent["surprise"] = data.draw(WRONG)
    return damaged


@quick(120)
@given(st.data())
def test_it_refuses_what_cannot_be_read_and_nothing_else(data: st.DataObject) -> None:
    item = data.draw(st.one_of(st.just(FIRE_EXIT), st.just(COVER), items()))
    damaged = corrupted(as_sent(item), data)
    try:
        from_json(damaged)
        readable = True
    except ArtifactError:
        readable = False
    assert fast().is_valid(damaged) is readable, damaged


@quick(40)
@given(st.data())
def test_two_implementations_agree_on_damaged_ones(data: st.DataObject) -> None:
    damaged = corrupted(as_sent(data.draw(st.sampled_from([FIRE_EXIT, COVER]))), data)
    assert REFERENCE.is_valid(damaged) is fast().is_valid(damaged)


UNHEARD_STEP = {
    "name": "f", "title": "F", "picked": True, "when": None, "severity": [], "route": [], "limits": {"sleep": []},
}  # fmt: skip


@pytest.mark.parametrize("damage", [{"since": "20260131"}, {"findings": [UNHEARD_STEP]}])
def test_it_is_stricter_about_dates_and_steps_than_reading(damage: dict[str, Any]) -> None:
    document = {"name": "a.b", "department": "a", "title": "A", **damage}
    from_json(document)
    assert not fast().is_valid(document)
