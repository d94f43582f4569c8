"""WTForms classes made from questions: one meaning with `gewu_dsl.answers`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import COVER, FIRE_EXIT, RENTAL
from strategies_model import items, quick, sheets
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField, SelectMultipleField

from gewu_dsl.answers import answers_from_form, check_answers, submitted_answers
from gewu_dsl.artifact import version_of
from gewu_dsl.model import Item, Question
from gewu_dsl.rules import compile_rules
from gewu_platform.web.question_forms import item_form, register_form


@pytest.fixture(autouse=True, scope="module")
def site() -> Iterator[Flask]:
    """Forms speak the language of a request."""
    app = Flask(__name__)
    Babel(app, default_locale="zh")
    with app.test_request_context("/"):
        yield app


def form_of(item: Item, texts: Any) -> Any:
    return item_form(item, version_of(item))(MultiDict(texts))


def test_an_item_has_one_class_for_each_version() -> None:
    assert item_form(FIRE_EXIT, "1") is item_form(FIRE_EXIT, "1")
    assert item_form(FIRE_EXIT, "1") is not item_form(FIRE_EXIT, "2")
    assert register_form(RENTAL, Form, "a.") is register_form(RENTAL, Form, "a.")


def test_a_form_asks_what_the_item_asks() -> None:
    form = form_of(FIRE_EXIT, {})
    assert [field.name for field in form] == [question.name for question in FIRE_EXIT.questions]
    exit_, lamp = form.answer_field("exit"), form.answer_field("lamp")
    assert isinstance(exit_, SelectField)
    assert [(each.value, each.label) for each in exit_.choices][1:] == [
        (choice.name, choice.label) for choice in FIRE_EXIT.question("exit").choices
    ]
    assert [str(each.label) for each in lamp.choices][1:] == ["是", "否", "不适用"]
    assert isinstance(form_of(COVER, {}).answer_field("finding"), SelectMultipleField)


def test_what_is_refused_stands_at_its_field() -> None:
    form = form_of(FIRE_EXIT, [("exit", "locked"), ("people", "9999")])
    assert not form.validate()
    assert form.answer_field("people").errors == ["不能大于 2000"]
    assert form.answer_field("lamp").errors == ["请填写此项"]
    assert form.answer_field("width").errors == [], "it is not shown"


def test_a_must_stands_at_the_question_it_concerns() -> None:
    form = form_of(
        FIRE_EXIT, [("exit", "blocked"), ("width", "0.2"), ("people", "3"), ("lamp", "yes"), ("shot", "a")]
    )
    assert not form.validate()
    assert form.errors == {"answers.width": ["净宽小于 0.3 米请核对单位"]}


def test_no_name_of_a_question_hides_a_part_of_the_form() -> None:
    names = ("data", "errors", "validate", "rules", "meta", "_fields", "process", "answers", "csrf_token")
    item = Item("a.b", "a", "A", questions=tuple(Question(name, "text", name) for name in names))
    form = form_of(item, dict.fromkeys(names, "x"))
    assert form.validate()
    assert form.answers() == dict.fromkeys(names, "x")


def as_texts(value: Any) -> list[str]:
    """An answer as a browser sends it."""
    if isinstance(value, list | tuple):
        return [text for each in value for text in as_texts(each)]
    if isinstance(value, dict):
        return [",".join(str(each) for each in value.values())]
    return [] if value is None else [str(value)]


@quick(40)
@given(st.data())
def test_a_form_refuses_what_a_sheet_is_refused_for_and_keeps_what_it_keeps(data: st.DataObject) -> None:
    item = data.draw(items())
    answers = data.draw(sheets(item, wrong=True))
    texts = {name: as_texts(value) for name, value in answers.items()}
    form = form_of(item, [(name, text) for name, each in texts.items() for text in each])
    rules = compile_rules(item)
    sheet = answers_from_form(item, texts)
    refused = check_answers(rules, sheet)
    assert form.validate() is not bool(refused)
    for question in item.questions:
        expected = [each.message for each in refused if each.question == question.name]
        assert list(form.answer_field(question.name).errors) == expected
    assert form.submitted() == submitted_answers(rules, sheet)
