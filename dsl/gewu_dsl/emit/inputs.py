"""The native input of each type of question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from gewu_dsl.identifiers import PATTERNS
from gewu_dsl.model import ATTACHED, Question
from gewu_dsl.validity import LONGEST_TEXT, choice_names
from gewu_dsl.words import Language

_CHOICE_WORDS = {
    "zh": {"yes": "是", "no": "否", "na": "不适用"},
    "en": {"yes": "Yes", "no": "No", "na": "Not applicable"},
}
_BUTTONS = {
    "zh": {"locate": "获取位置", "located": "位置", "sign": "手写签名", "scan": "扫码"},
    "en": {"locate": "Locate", "located": "Position", "sign": "Sign here", "scan": "Scan"},
}
_FILES = {
    "photo": 'accept="image/*" capture="environment"',
    "video": 'accept="video/*" capture="environment"',
    "audio": 'accept="audio/*" capture',
    "signature": 'accept="image/*"',
    "file": "",
}


@dataclass(frozen=True, slots=True)
class Field:
    """What every input of a question shares; all of it is already escaped."""

    id: str
    name: str
    described_by: str
    invalid: bool
    required: bool

    def attributes(self, css: str) -> str:
        """The common attributes of an input with the class `css`."""
        marks = f'class="{css}{" is-invalid" if self.invalid else ""}" name="{self.name}"'
        marks += f' aria-describedby="{self.described_by}"'
        marks += ' aria-invalid="true"' if self.invalid else ""
        return marks + (" required" if self.required else "")


def input_html(question: Question, language: Language, value: Any, field: Field) -> str:
    """The input or inputs of a question, showing `value`."""
    if question.type in ATTACHED:
        return _files(question, language, field)
    match question.type:
        case "one_of" | "yes_no" | "check":
            return _options(question, language, {value} if isinstance(value, str) else set(), field, "radio")
        case "any_of":
            picked = (
                {entry for entry in value if isinstance(entry, str)}
                if isinstance(value, list | tuple)
                else set()
            )
            return _options(question, language, picked, field, "checkbox")
        case "integer" | "decimal":
            return _number(question, value, field)
        case "location":
            return _location(language, value, field)
        case _:
            return _text(question, language, value, field)


def _options(question: Question, language: Language, picked: set[str], field: Field, kind: str) -> str:
    words = _CHOICE_WORDS[language] if question.type in ("yes_no", "check") else {}
    labels = words or {choice.name: choice.label for choice in question.choices}
    lines = []
    for position, name in enumerate(choice_names(question)):
        required = field.required and kind == "radio"
        marks = f'class="form-check-input{" is-invalid" if field.invalid else ""}" name="{field.name}"'
        marks += (
            f' value="{escape(name)}"'
            + (" checked" if name in picked else "")
            + (" required" if required else "")
        )
        option_id = f"{field.id}-{position}"
        lines.append(
            f'<div class="form-check py-2"><input type="{kind}" id="{option_id}" {marks}>'
            f'<label class="form-check-label w-100" for="{option_id}">{escape(labels[name])}</label></div>'
        )
    return "\n".join(lines)


def _number(question: Question, value: Any, field: Field) -> str:
    whole = question.type == "integer"
    marks = f'id="{field.id}" {field.attributes("form-control form-control-lg")}'
    marks += f' type="text" inputmode="{"numeric" if whole else "decimal"}" autocomplete="off"'
    bounds = (("min", question.minimum), ("max", question.maximum))
    marks += "".join(f' data-{name}="{bound}"' for name, bound in bounds if bound is not None)
    number = f"<input {marks}{_value(value)}>"
    if not question.unit:
        return number
    return f'<div class="input-group">{number}<span class="input-group-text">{escape(question.unit)}</span></div>'


def _text(question: Question, language: Language, value: Any, field: Field) -> str:
    marks = f'id="{field.id}" {field.attributes("form-control form-control-lg")}'
    if question.type in ("date", "time"):
        return f'<input type="{question.type}" {marks}{_value(value)}>'
    longest = LONGEST_TEXT if question.at_most is None else question.at_most
    marks += f' maxlength="{longest}"' + (' autocomplete="off"' if question.private else "")
    if question.matching:
        kind = "tel" if question.matching == "phone" else "text"
        return f'<input type="{kind}" {marks} pattern="{escape(PATTERNS[question.matching])}"{_value(value)}>'
    if question.type == "scan":
        button = f'<button type="button" class="btn btn-lg" data-scan>{_BUTTONS[language]["scan"]}</button>'
        return f'<div class="input-group"><input type="text" {marks}{_value(value)}>{button}</div>'
    if question.type == "person":
        return f'<input type="text" {marks}{_value(value)}>'
    return f'<textarea rows="2" {marks}>{escape(value if isinstance(value, str) else "")}</textarea>'


def _files(question: Question, language: Language, field: Field) -> str:
    several = "" if question.at_most == 1 else " multiple"
    bounds = (("at-least", question.at_least), ("at-most", question.at_most))
    limits = "".join(f' data-{name}="{bound}"' for name, bound in bounds if bound is not None)
    marks = f'id="{field.id}" {field.attributes("form-control form-control-lg")} {_FILES[question.type]}'
    chosen = f'<input type="file" {marks.rstrip()}{several}{limits}>'
    if question.type != "signature":
        return chosen
    button = f'<button type="button" class="btn btn-lg" data-sign>{_BUTTONS[language]["sign"]}</button>'
    return f'<div class="input-group">{chosen}{button}</div>'


def _location(language: Language, value: Any, field: Field) -> str:
    text = value if isinstance(value, str) else ""
    if isinstance(value, Mapping):
        text = ",".join(str(value[part]) for part in ("lat", "lng", "accuracy") if part in value)
    words = _BUTTONS[language]
    return (
        f'<div class="input-group"><input type="hidden" name="{field.name}" value="{escape(text)}">'
        f'<output class="form-control form-control-lg" aria-label="{words["located"]}" data-located>{escape(text)}</output>'
        f'<button type="button" id="{field.id}" class="btn btn-lg" aria-describedby="{field.described_by}" data-locate>'
        f"{words['locate']}</button></div>"
    )


def _value(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f' value="{escape(str(value))}"'
