"""Forms as HTML: every question there, labelled, escaped, and free of script."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import COVER, FIRE_EXIT
from strategies_model import TYPES, items, questions_of, quick, sheets

from gewu_dsl.answers import answers_from_form, check_answers, normalise_answers
from gewu_dsl.emit.html import form_html, page_html
from gewu_dsl.model import ATTACHED, Choice, Item, Question
from gewu_dsl.rules import compile_rules

VOID = {"input", "br", "meta", "link"}


class Reader(HTMLParser):
    """Elements in order, and what a browser would post."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.posted: dict[str, list[str]] = {}
        self._area: str | None = None
        self.feed(text)
        self.close()
        assert self.open == [], "an element is left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        assert len(fields) == len(attrs), f"an attribute twice in {attrs}"
        self.elements.append((tag, fields))
        if tag not in VOID:
            self.open.append(tag)
        name = fields.get("name") or ""
        if tag == "input" and (fields.get("type") not in ("radio", "checkbox") or "checked" in fields):
            self.posted.setdefault(name, []).append(fields.get("value") or "")
        if tag == "textarea":
            self._area = name
            self.posted[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.posted[self._area][0] += data

    def with_(self, attribute: str) -> list[dict[str, str | None]]:
        return [fields for _, fields in self.elements if attribute in fields]


def test_every_question_is_there_once_in_order() -> None:
    reader = Reader(form_html(FIRE_EXIT))
    asked = [(fields["data-question"], fields["data-type"]) for fields in reader.with_("data-question")]
    assert asked == [(question.name, question.type) for question in FIRE_EXIT.questions]
    assert [fields["data-question"] for fields in reader.with_("data-conditional")] == ["width", "shot"]


def test_every_input_has_a_label_and_points_at_its_errors() -> None:
    questions = tuple(questions_of(type_, f"q{index}", None, False) for index, type_ in enumerate(TYPES))
    reader = Reader(form_html(Item("a.b", "a", "t", questions=questions)))
    ids = [fields["id"] for fields in reader.with_("id")]
    assert len(ids) == len(set(ids))
    labelled = {fields["for"] for tag, fields in reader.elements if tag == "label"}
    inputs = {fields.get("id") for tag, fields in reader.elements if tag in ("input", "textarea")}
    assert {id_ for id_ in inputs if id_} <= labelled
    assert labelled <= set(ids)
    for fields in reader.with_("aria-describedby"):
        assert set((fields["aria-describedby"] or "").split()) <= set(ids)
    groups = [tag for tag, _ in reader.elements if tag in ("fieldset", "legend")]
    assert groups == ["fieldset", "legend"] * 4


def test_a_check_offers_yes_no_and_not_applicable() -> None:
    text = form_html(FIRE_EXIT)
    offered = [fields["value"] for fields in Reader(text).with_("value") if fields.get("name") == "lamp"]
    assert offered == ["yes", "no", "na"]
    assert "不适用" in text
    assert "Not applicable" in form_html(FIRE_EXIT, language="en")


def test_photos_come_from_the_camera_and_bounds_go_along() -> None:
    (shot,) = [fields for fields in Reader(form_html(FIRE_EXIT)).with_("accept") if fields["name"] == "shot"]
    assert (shot["accept"], shot["capture"], shot["data-at-least"], shot["data-at-most"]) == (
        "image/*", "environment", "1", "9",
    )  # fmt: skip
    assert "multiple" in shot


def test_private_answers_are_not_remembered_by_the_browser() -> None:
    (field,) = [
        fields for fields in Reader(form_html(FIRE_EXIT)).with_("name") if fields["name"] == "owner_id"
    ]
    assert field["autocomplete"] == "off"


def test_hidden_questions_never_block_the_form() -> None:
    required = {fields["name"] for fields in Reader(form_html(FIRE_EXIT)).with_("required")}
    assert required == {"exit", "people", "lamp"}


def test_whatever_an_author_or_a_worker_writes_is_escaped() -> None:
    evil = '"><script>alert(1)</script>'
    question = Question("q", "one_of", evil, (Choice(evil, evil),), section=evil, unit=evil, hint=evil)
    other = Question(evil, "integer", evil, unit=evil, private=True)
    item = Item("a.b", "a", evil, number=evil, basis=(evil,), questions=(question, other))
    for text in (
        form_html(item, values={evil: evil, "q": evil}, errors={"q": evil, evil: [evil]}, action=evil),
        page_html(item),
    ):
        assert "<script" not in text
        Reader(text.removeprefix("<!doctype html>"))


def test_there_is_no_script_handler_or_style_in_a_form() -> None:
    reader = Reader(form_html(FIRE_EXIT, action="/report"))
    assert not [tag for tag, _ in reader.elements if tag in ("script", "style")]
    assert not [
        name for _, fields in reader.elements for name in fields if name.startswith("on") or name == "style"
    ]


def test_refusals_stand_at_their_questions_in_the_readers_language() -> None:
    refused = check_answers(compile_rules(FIRE_EXIT), {"exit": "clear", "people": 5000, "lamp": "yes"})
    assert "不能大于 2000" in form_html(FIRE_EXIT, errors=refused)
    assert "May not be more than 2000" in form_html(FIRE_EXIT, errors=refused, language="en")
    assert 'aria-invalid="true"' in form_html(FIRE_EXIT, errors=refused)


@quick(40)
@given(st.data())
def test_a_form_shown_again_posts_the_answers_it_was_given(data: st.DataObject) -> None:
    item = data.draw(items())
    answers = normalise_answers(item, data.draw(sheets(item)))
    posted = answers_from_form(item, Reader(form_html(item, values=answers)).posted)
    files = {question.name for question in item.questions if question.type in ATTACHED}
    expected = {name: value for name, value in answers.items() if name not in files}
    assert {name: sorted(v) if isinstance(v, list) else v for name, v in posted.items()} == {
        name: sorted(v) if isinstance(v, list) else v for name, v in expected.items()
    }


def test_a_page_stands_alone() -> None:
    text = page_html(COVER)
    assert text.startswith("<!doctype html>")
    assert "http" not in text
    assert "上水井盖" in text
    assert 'lang="en"' in page_html(COVER, "en")
