"""Made-up answers: valid sheets for any form and attributes for any register, without knowing what they ask."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from gewu_dsl.answers import check_answers, shown_questions
from gewu_dsl.model import ATTACHED, Question
from gewu_dsl.rules import Rules

TRIES = 40
REMARKS = ("现场已拍照", "负责人在场", "已口头告知", "门口处", "二楼走廊", "靠近路口")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁"
GIVEN = (
    "强",
    "芳",
    "伟",
    "敏",
    "静",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明",
    "丽",
    "超",
    "霞",
    "平",
    "刚",
    "桂英",
    "建国",
    "志远",
    "雨晴",
)
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def make_name(random_: random.Random) -> str:
    return random_.choice(SURNAMES) + random_.choice(GIVEN)


def fill_sheet(
    rules: Rules, context: Mapping[str, Any], random_: random.Random, *, calm: float, until: date
) -> dict[str, Any] | None:
    """Answers the form accepts, attached ones as counts; None where luck did not find any.

    `calm` is the share of questions answered with their first choice, or the harmless one of a check: most visits
    find nothing. A form of picked findings gets one finding unless it stays calm.
    """
    item = rules.item
    for _ in range(TRIES):
        answers: dict[str, Any] = {}
        for question in item.questions:
            if question.name not in shown_questions(rules, answers, context):
                continue
            if question.optional and question.name != "finding" and random_.random() < 0.5:
                continue
            value = _answer(question, random_, random_.random() < calm, until)
            if value is not None:
                answers[question.name] = value
        if not check_answers(rules, answers, context):
            return answers
    return None


def fill_attributes(attributes: tuple[Question, ...], random_: random.Random, until: date) -> dict[str, Any]:
    """Attributes of a place; optional ones now and then left out."""
    filled: dict[str, Any] = {}
    for attribute in attributes:
        if (
            attribute.type in ATTACHED
            or attribute.when is not None
            or (attribute.optional and random_.random() < 0.3)
        ):
            continue
        value = _answer(attribute, random_, random_.random() < 0.45, until)
        if value is not None:
            filled[attribute.name] = value
    return filled


def _answer(question: Question, random_: random.Random, calm: bool, until: date) -> Any:
    if question.type in ATTACHED:
        return max(1, question.at_least or 0)
    match question.type:
        case "check":
            return (
                "na"
                if random_.random() < 0.03
                else ({"yes": "no", "no": "yes"}[str(question.hazard)] if calm else question.hazard)
            )
        case "yes_no":
            return "yes" if calm else random_.choice(("yes", "no"))
        case "one_of":
            return question.choices[0].name if calm else random_.choice(question.choices).name
        case "any_of":
            names = [choice.name for choice in question.choices]
            if calm and question.optional:
                return None
            return random_.sample(names, min(len(names), max(1, question.at_least or 1)))
        case "integer" | "decimal":
            return _number(question, random_, calm)
        case "date":
            return until.isoformat()
        case "time":
            return f"{random_.randrange(8, 18):02d}:{random_.choice((0, 15, 30, 45)):02d}"
        case "location":
            return {"lat": 22.96, "lng": 113.71}
        case "person":
            return make_name(random_)
        case _:
            return _text(question, random_)


def _number(question: Question, random_: random.Random, calm: bool) -> float | int:
    low = question.minimum if question.minimum is not None else 0
    high = question.maximum if question.maximum is not None else low + 20
    value = low + (high - low) * (random_.betavariate(2, 8) if calm else random_.betavariate(1, 4))
    return round(value) if question.type == "integer" else round(value, 1)


def _text(question: Question, random_: random.Random) -> str:
    match question.matching:
        case "phone":
            return f"13{random_.randrange(10**9):09d}"
        case "id-card":
            return make_id_card(random_)
        case "uscc":
            return make_uscc(random_)
        case "plate":
            return f"粤S{random_.randrange(10**5):05d}"
        case _:
            text = random_.choice(REMARKS)
            return text * (-(-(question.at_least or 1) // len(text)))


def make_id_card(random_: random.Random) -> str:
    """A number whose check digit is right (GB 11643), of nobody."""
    born = f"{random_.randrange(1960, 2005)}{random_.randrange(1, 13):02d}{random_.randrange(1, 29):02d}"
    body = f"441990{born}{random_.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        body
        + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    )


def make_uscc(random_: random.Random) -> str:
    """A unified social credit code whose check character is right (GB 32100), of nobody."""
    body = "92441990MA" + "".join(random_.choice(USCC_LETTERS) for _ in range(7))
    total = sum(USCC_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + USCC_LETTERS[(31 - total % 31) % 31]
