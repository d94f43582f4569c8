"""What can be wrong with one answer, said in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

from gewu_dsl.decision import Refused
from gewu_dsl.identifiers import MATCHES
from gewu_dsl.model import ATTACHED, Question
from gewu_dsl.rules.sheet import read_number

LONGEST_TEXT = 5000
"""Characters a text may have where its question does not say."""

_MESSAGES = {
    "required": ("请填写此项", "This question has to be answered"),
    "unknown": ("表单中没有此项", "The form has no such question"),
    "minimum": ("不能小于 {bound}", "May not be less than {bound}"),
    "maximum": ("不能大于 {bound}", "May not be more than {bound}"),
    "choice": ("请从所列选项中选择", "Choose from the options listed"),
    "id-card": ("身份证号码有误，请核对", "This is not a valid identity number"),
    "uscc": ("统一社会信用代码有误，请核对", "This is not a valid unified social credit code"),
    "phone": ("电话号码有误，请核对", "This is not a valid phone number"),
    "plate": ("车牌号有误，请核对", "This is not a valid number plate"),
    "at_least files": ("至少需要 {bound} 个附件", "At least {bound} files are needed"),
    "at_most files": ("最多 {bound} 个附件", "At most {bound} files are allowed"),
    "at_least choices": ("至少选择 {bound} 项", "Choose at least {bound}"),
    "at_most choices": ("最多选择 {bound} 项", "Choose at most {bound}"),
    "at_least characters": ("至少 {bound} 个字", "At least {bound} characters are needed"),
    "at_most characters": ("最多 {bound} 个字", "At most {bound} characters are allowed"),
    "integer": ("请填写整数", "Enter a whole number"),
    "decimal": ("请填写数字", "Enter a number"),
    "date": ("请填写日期，如 2026-01-31", "Enter a date such as 2026-01-31"),
    "time": ("请填写时刻，如 08:30", "Enter a time such as 08:30"),
    "location": ("请重新定位", "Locate again"),
    "files": ("附件格式有误", "The files are not listed as they should be"),
    "text": ("请填写文字", "Enter a text"),
}


def refusal(question: str, code: str, message: str | None = None, **details: object) -> Refused:
    """A refusal with the words for `message` (or `code`)."""
    zh, en = _MESSAGES[message or code]
    return Refused(question, code, zh.format(**details), en.format(**details))


def value_refusals(question: Question, value: Any) -> list[Refused]:
    """What is wrong with an answer that is not blank; empty where nothing is."""
    return _CHECKS[question.type](question, value)


def choice_names(question: Question) -> tuple[str, ...]:
    """The answers a choice question takes; none where it is no choice."""
    if question.choices:
        return tuple([choice.name for choice in question.choices])
    return _FIXED.get(question.type, ())


def _choice(question: Question, value: Any) -> list[Refused]:
    if not isinstance(value, str):
        return [refusal(question.name, "type", "choice")]
    return [] if value in choice_names(question) else [refusal(question.name, "choice")]


def _choices(question: Question, value: Any) -> list[Refused]:
    if not isinstance(value, list | tuple):
        return [refusal(question.name, "type", "choice")]
    names = choice_names(question)
    if any(name not in names for name in value) or len(set(value)) < len(value):
        return [refusal(question.name, "choice")]
    return _counted(question, len(value), "choices")


def _number(question: Question, value: Any) -> list[Refused]:
    number = read_number(value)
    whole = question.type == "integer"
    if number is None or (whole and number != int(number)):
        return [refusal(question.name, "type", question.type)]
    if question.minimum is not None and number < question.minimum:
        return [refusal(question.name, "minimum", bound=question.minimum)]
    if question.maximum is not None and number > question.maximum:
        return [refusal(question.name, "maximum", bound=question.maximum)]
    return []


def _text(question: Question, value: Any) -> list[Refused]:
    if not isinstance(value, str):
        return [refusal(question.name, "type", "text")]
    if question.matching and not MATCHES[question.matching](value):
        return [refusal(question.name, "matching", question.matching)]
    if question.at_most is None and len(value) > LONGEST_TEXT:
        return [refusal(question.name, "at_most", "at_most characters", bound=LONGEST_TEXT)]
    return _counted(question, len(value), "characters")


def _files(question: Question, value: Any) -> list[Refused]:
    if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
        return _counted(question, len(value), "files")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return _counted(question, value, "files")
    return [refusal(question.name, "type", "files")]


def _counted(question: Question, count: int, what: str) -> list[Refused]:
    if question.at_least is not None and count < question.at_least:
        return [refusal(question.name, "at_least", f"at_least {what}", bound=question.at_least)]
    if question.at_most is not None and count > question.at_most:
        return [refusal(question.name, "at_most", f"at_most {what}", bound=question.at_most)]
    return []


def _moment(question: Question, value: Any) -> list[Refused]:
    return [] if _is_moment(question.type, value) else [refusal(question.name, "type", question.type)]


def _location(question: Question, value: Any) -> list[Refused]:
    return [] if _is_location(value) else [refusal(question.name, "type", "location")]


def _is_moment(kind: str, value: Any) -> bool:
    if not isinstance(value, str) or len(value) != (10 if kind == "date" else 5) or not value.isascii():
        return False
    try:
        date.fromisoformat(value) if kind == "date" else time.fromisoformat(value)
    except ValueError:
        return False
    return value[2] == ":" if kind == "time" else value[4] == value[7] == "-"


def _is_location(value: Any) -> bool:
    if not isinstance(value, dict) or not set(value) <= {"lat", "lng", "accuracy"}:
        return False
    lat, lng = read_number(value.get("lat")), read_number(value.get("lng"))
    accuracy = read_number(value.get("accuracy", 0))
    if lat is None or lng is None or accuracy is None:
        return False
    return abs(lat) <= 90 and abs(lng) <= 180 and accuracy >= 0


_FIXED: dict[str, tuple[str, ...]] = {"yes_no": ("yes", "no"), "check": ("yes", "no", "na")}
_CHECKS: dict[str, Callable[[Question, Any], list[Refused]]] = {
    "one_of": _choice, "any_of": _choices, "yes_no": _choice, "check": _choice, "integer": _number, "decimal": _number,
    "date": _moment, "time": _moment, "location": _location, "text": _text, "scan": _text, "person": _text,
    **dict.fromkeys(ATTACHED, _files),
}  # fmt: skip
