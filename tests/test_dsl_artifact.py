"""Items as JSON, and the version that is their hash."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from items_by_hand import COVER, FIRE_EXIT
from strategies_model import items, quick

from gewu_dsl.artifact import ArtifactError, canonical_bytes, from_json, to_json, to_text, version_of
from gewu_dsl.model import Choice, Item, Must, Not, Question


@pytest.mark.parametrize("item", [FIRE_EXIT, COVER, Item("a.b", "a", "t")])
def test_an_item_survives_json(item: Item) -> None:
    assert from_json(json.loads(json.dumps(to_json(item)))) == item
    assert json.loads(to_text(item)) == to_json(item)


@quick(60)
@given(items())
def test_any_item_survives_json_with_its_version(item: Item) -> None:
    again = from_json(json.loads(canonical_bytes(item)))
    assert again == item
    assert version_of(again) == version_of(item)


def test_the_version_is_sixteen_hexadecimal_digits_of_the_content() -> None:
    version = version_of(FIRE_EXIT)
    assert len(version) == 16
    assert int(version, 16) >= 0
    assert version == version_of(replace(FIRE_EXIT))
    assert version != version_of(replace(FIRE_EXIT, title="别的"))


def test_canonical_bytes_are_sorted_compact_and_in_chinese() -> None:
    text = canonical_bytes(COVER).decode()
    assert text.startswith('{"department":"water","findings":[{"')
    assert "上水井盖" in text
    assert ": " not in text


def test_a_step_that_is_written_first_or_last_is_the_same_item() -> None:
    finding = FIRE_EXIT.findings[0]
    turned = replace(finding, limits=dict(reversed(finding.limits.items())))
    assert version_of(replace(FIRE_EXIT, findings=(turned, *FIRE_EXIT.findings[1:]))) == version_of(FIRE_EXIT)


def test_fields_at_their_default_leave_no_mark() -> None:
    assert to_json(Item("a.b", "a", "t")) == {"name": "a.b", "department": "a", "title": "t"}


def test_yes_and_one_stay_different() -> None:
    question = Question("q", "integer", "q", (Choice("a", "b"),), minimum=0)
    assert to_json(Item("a.b", "a", "t", questions=(question,)))["questions"][0]["minimum"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"questions": "none"},
        {"title": 3},
        {"since": "yesterday"},
        {"musts": [{"condition": {"is": "Exploit"}, "message": "", "questions": []}]},
        {"questions": [{"name": "q", "type": "colour", "label": "q"}]},
        {"musts": [{"condition": {"is": "Not"}, "message": "", "questions": []}]},
    ],
)
def test_json_of_anything_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ArtifactError):
        from_json({"name": "a.b", "department": "a", "title": "t", **change})


def test_expressions_are_tagged_with_their_class() -> None:
    data = to_json(Item("a.b", "a", "t", musts=(Must(Not(FIRE_EXIT.musts[0].condition), "m", ()),)))
    assert data["musts"][0]["condition"] == {
        "is": "Not",
        "operand": {
            "is": "Compare", "operator": ">", "left": {"is": "Answer", "question": "width"},
            "right": {"is": "Constant", "value": 0.3},
        },
    }  # fmt: skip
