"""The JSON Schema of an item's answer sheets, the contract that is published for other systems."""

from __future__ import annotations

from typing import Any

from gewu_dsl.identifiers import PATTERNS
from gewu_dsl.model import ATTACHED, Item, Question
from gewu_dsl.rules.sheet import LARGEST
from gewu_dsl.validity import LONGEST_TEXT, choice_names

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_YES_NO = {"yes": "是", "no": "否", "na": "不适用"}


def answers_schema(item: Item) -> dict[str, Any]:
    """Schema (draft 2020-12) of a sheet as it is submitted: without blanks and without answers to hidden questions.

    What depends on other answers (required when shown, `must`) and check characters are left to `check_answers`.
    Decimals have no `multipleOf`: on doubles it refuses 19.99.
    """
    required = [q.name for q in item.questions if q.when is None and not q.optional]
    return {
        "$schema": DIALECT,
        "title": item.title,
        "type": "object",
        "properties": {question.name: question_schema(question) for question in item.questions},
        "required": required,
        "additionalProperties": False,
    }


def question_schema(question: Question) -> dict[str, Any]:
    """Schema of one answer."""
    schema: dict[str, Any] = {"title": question.label}
    if question.hint:
        schema["description"] = question.hint
    return {**schema, **_content(question)}


def _content(question: Question) -> dict[str, Any]:
    if question.type in ATTACHED:
        names = {"type": "array", "items": {"type": "string", "minLength": 1}, **_counts(question, "Items")}
        least, most = question.at_least or 0, question.at_most
        count = {"type": "integer", "minimum": least, "maximum": LARGEST if most is None else most}
        return {"anyOf": [names, count]}
    match question.type:
        case "one_of" | "yes_no" | "check":
            return _choice(question)
        case "any_of":
            return {
                "type": "array",
                "items": _choice(question),
                "uniqueItems": True,
                **_counts(question, "Items"),
            }
        case "integer" | "decimal":
            return _number(question)
        case "date":
            return {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
        case "time":
            return {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$"}
        case "location":
            return _location()
        case _:
            pattern = {"pattern": PATTERNS[question.matching]} if question.matching else {}
            text = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
            return {**text, **_counts(question, "Length"), **pattern}


def _choice(question: Question) -> dict[str, Any]:
    labels = _YES_NO if question.type in ("yes_no", "check") else {c.name: c.label for c in question.choices}
    options = [{"const": name, "title": labels[name]} for name in choice_names(question)]
    return {"type": "string", "oneOf": options} if options else {"not": {}}


def _counts(question: Question, what: str) -> dict[str, int]:
    bounds = {f"min{what}": question.at_least, f"max{what}": question.at_most}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _number(question: Question) -> dict[str, Any]:
    low = -LARGEST if question.minimum is None else question.minimum
    high = LARGEST if question.maximum is None else question.maximum
    return {"type": "integer" if question.type == "integer" else "number", "minimum": low, "maximum": high}


def _location() -> dict[str, Any]:
    def between(low: int, high: int) -> dict[str, Any]:
        return {"type": "number", "minimum": low, "maximum": high}

    return {
        "type": "object",
        "properties": {
            "lat": between(-90, 90),
            "lng": between(-180, 180),
            "accuracy": {"type": "number", "minimum": 0},
        },
        "required": ["lat", "lng"],
        "additionalProperties": False,
    }
