"""WTForms classes made from questions: an item's form, or the attributes of a register.

What may be submitted is decided by `gewu_dsl.answers` alone: a form reads its texts as an answer sheet, and every refusal
of that sheet stands at its field. So a form never has a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, ClassVar, TypeVar, cast

from flask_babel import lazy_gettext
from wtforms import (
    Form,
    MultipleFileField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import Field
from wtforms.form import BaseForm
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, TimeInput

from gewu_dsl.answers import Answers, answers_from_form, check_answers, submitted_answers
from gewu_dsl.artifact import version_of
from gewu_dsl.model import ATTACHED, Item, PlaceKind, Question
from gewu_dsl.rules import Rules, compile_rules
from gewu_dsl.validity import choice_names
from gewu_platform.web.words import language

_KEPT = 512
_ANSWERS = {"yes": lazy_gettext("是"), "no": lazy_gettext("否"), "na": lazy_gettext("不适用")}
_LONG = 200
"""Characters a text has room for on one line; a question that allows more gets a larger field."""

T = TypeVar("T")

_made: dict[tuple[Hashable, ...], Any] = {}


class Required(InputRequired):
    """Marks a field that has to be filled in; that it is, `check_answers` sees to."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Nothing is refused here."""


class Answered:
    """What a form of an item adds to its base. `rules` are the item's rules, `prefix` stands before the names of its
    questions in HTML; `context` is set before validating where conditions read it, `partial` where blanks are allowed.
    """

    rules: ClassVar[Rules]
    prefix: ClassVar[str]
    context: Mapping[str, Any] | None = None
    partial = False

    def answer_field(self, question: str) -> Field:
        """The field of a question."""
        return cast(Any, self)[_key(self.prefix, question)]

    def answers(self) -> Answers:
        """The sheet as it was typed."""
        item = self.rules.item
        return answers_from_form(item, {q.name: _texts(self.answer_field(q.name)) for q in item.questions})

    def submitted(self) -> Answers:
        """The sheet as it is kept: without answers to questions that are not shown."""
        return submitted_answers(self.rules, self.answers(), self.context)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the sheet may be submitted; each refusal is put at its field, or among the errors of the form."""
        valid: bool = cast(Any, super()).validate(extra_validators)
        refusals = check_answers(self.rules, self.answers(), self.context, partial=self.partial)
        for refused in refusals:
            words = refused.message_en if language() == "en" else refused.message
            if refused.question is None:
                cast(Any, self).form_errors.append(words)
            else:
                field = self.answer_field(refused.question)
                field.errors = [*field.errors, words]
        return valid and not refusals


def item_form(item: Item, version: str, base: type[Form] = Form, prefix: str = "") -> type[Any]:
    """The form class of one version of an item, made once: `base`, and a field for each question."""

    def make() -> type[Any]:
        fields = {
            _key(prefix, each.name): question_field(each, name=f"{prefix}{each.name}")
            for each in item.questions
        }
        rules = compile_rules(item, version=version)
        return type(
            f"{base.__name__}Answered", (Answered, base), {**fields, "rules": rules, "prefix": prefix}
        )

    return _once((item.name, version, cast(Hashable, base), prefix), make)


def register_form(kind: PlaceKind, base: type[Form], prefix: str) -> type[Any]:
    """The same for the attributes of a register."""
    item = Item(kind.kind, "", kind.label, questions=kind.attributes)
    return item_form(item, version_of(kind), base, prefix)


def question_field(question: Question, name: str) -> Any:
    """The unbound field of a question, called `name` in HTML; its choices, and how it is typed."""
    unit = f"（{question.unit}）" if question.unit else ""
    shared: dict[str, Any] = {
        "label": f"{question.label}{unit}",
        "description": question.hint or "",
        "name": name,
        "validators": [] if question.optional or question.when else [Required()],
    }
    if question.type in ATTACHED:
        return MultipleFileField(**shared)
    match question.type:
        case "one_of" | "yes_no" | "check":
            return SelectField(
                choices=[SelectChoice("", "—"), *_choices(question)], validate_choice=False, **shared
            )
        case "any_of":
            widgets = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
            return SelectMultipleField(choices=_choices(question), validate_choice=False, **widgets, **shared)
        case "integer" | "decimal":
            keys = "numeric" if question.type == "integer" else "decimal"
            return StringField(render_kw={"inputmode": keys, "autocomplete": "off"}, **shared)
        case "date" | "time":
            return StringField(widget=DateInput() if question.type == "date" else TimeInput(), **shared)
        case "location":
            return StringField(render_kw={"placeholder": "23.02,113.75"}, **shared)
    if (question.at_most or 0) > _LONG:
        return TextAreaField(render_kw={"rows": 3}, **shared)
    return StringField(render_kw={"autocomplete": "off"}, **shared)


def _choices(question: Question) -> list[SelectChoice]:
    labels = {**_ANSWERS, **{choice.name: choice.label for choice in question.choices}}
    return [SelectChoice(name, labels[name]) for name in choice_names(question)]


def _key(prefix: str, question: str) -> str:
    """Where a form keeps the field of a question: never where it keeps a part of its own."""
    return f"{prefix or 'answers.'}{question}"


def _texts(field: Field) -> list[str]:
    """What a browser sent for a field: texts, of files their names."""
    return [str(getattr(each, "filename", each)) for each in field.raw_data or ()]


def _once(key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """What was made before under this key; there are few, and versions that are gone are dropped together."""
    if key not in _made:
        if len(_made) >= _KEPT:
            _made.clear()
        _made[key] = make()
    made: T = _made[key]
    return made
