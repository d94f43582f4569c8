"""Answer sheets: from a form or from JSON into one shape, and everything that can be wrong with one.

An answer sheet is a mapping from question names: a choice's name, a list of choices' names, a number, a text, an ISO
date, `HH:MM`, `{"lat": …, "lng": …}`; for attached types a list of file names, or only how many there are. A question
without an entry is blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gewu_dsl.decision import Decision, Refused
from gewu_dsl.model import ATTACHED, Item, Question
from gewu_dsl.rules import Rules, normalise_context
from gewu_dsl.validity import refusal, value_refusals

Answers = dict[str, Any]


def normalise_answers(item: Item, raw: Mapping[str, Any]) -> Answers:
    """The sheet without blanks: texts trimmed, empty ones and empty lists left out, true and false as yes and no.

    Names that are no question of the item are kept, for `check_answers` to refuse.
    """
    types = {question.name: question.type for question in item.questions}
    answers: Answers = {}
    for name, value in raw.items():
        kind = types.get(name, "text")
        if isinstance(value, str):
            value = value.strip()
        elif isinstance(value, bool) and kind in ("yes_no", "check"):
            value = "yes" if value else "no"
        elif isinstance(value, float) and kind == "integer" and value.is_integer():
            value = int(value)
        elif isinstance(value, list | tuple):
            value = [entry for entry in value if entry not in ("", None)]
        if not _is_blank(value, kind):
            answers[name] = value
    return answers


def answers_from_form(item: Item, form: Any) -> Answers:
    """The sheet of an HTML form.

    `form` maps names to a text or a list of texts, or has `getlist` (as web frameworks do). Numbers may have full-width
    digits; a text that is no number stays a text, and is refused as one. A location is `lat,lng` or `lat,lng,accuracy`.
    """
    answers: Answers = {}
    for question in item.questions:
        texts = [text for text in _texts(form, question.name) if text.strip()]
        if not texts:
            continue
        if question.type == "any_of" or question.type in ATTACHED:
            answers[question.name] = [text.strip() for text in texts]
        else:
            answers[question.name] = _from_text(question, texts[-1].strip())
    return normalise_answers(item, answers)


def split_given(item: Item, given: Mapping[str, Any]) -> tuple[Answers, dict[str, Any]]:
    """The answers and the context of an example: what is no question (`place.grade`, `open_cases` …) is context."""
    names = {question.name for question in item.questions}
    answers = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if name in names
    }
    context = {name: value for name, value in given.items() if name not in names}
    return normalise_answers(item, answers), normalise_context(context)


def shown_questions(
    rules: Rules, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """The questions that are on the form beside these answers, in its order."""
    facts = normalise_context(context)
    return rules.shown(rules.read(answers, facts), facts)


def check_answers(
    rules: Rules,
    answers: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
    *,
    partial: bool = False,
) -> list[Refused]:
    """Everything that may not be submitted, in the order of the form; empty for a good sheet.

    `partial` lets required questions be blank, for a sheet that is still being filled in. Answers to questions that are
    not shown are dropped on submission, so nothing is wrong with them. Takes a sheet of `normalise_answers`.
    """
    facts = normalise_context(context)
    sheet = rules.read(answers, facts)
    shown = set(rules.shown(sheet, facts))
    broken = set[str | None]()
    refused: list[Refused] = []
    for question in rules.item.questions:
        if question.name not in shown:
            continue
        value = answers.get(question.name)
        if value is None or _is_blank(value, question.type):
            if not question.optional and not partial:
                refused.append(refusal(question.name, "required"))
            continue
        found = value_refusals(question, value)
        if not found and question.name not in sheet and not question.optional and not partial:
            found = [refusal(question.name, "required")]  # dropped while it was hidden, and shown again since
        broken.update(problem.question for problem in found)
        refused += found
    refused += [problem for problem in rules.refusals(sheet, facts) if problem.question not in broken]
    names = {question.name for question in rules.item.questions}
    return refused + [refusal(name, "unknown") for name in answers if name not in names]


def submitted_answers(
    rules: Rules, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> Answers:
    """The answers to keep: normalised, without those to questions that are not shown."""
    facts = normalise_context(context)
    clean = normalise_answers(rules.item, answers)
    kept = rules.read(clean, facts)
    return {name: value for name, value in clean.items() if name in kept}


def decide_answers(
    rules: Rules,
    raw: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
    *,
    partial: bool = False,
    traced: bool = True,
) -> Decision:
    """Normalise, check, decide: a sheet that may not be submitted comes back refused, with no findings."""
    answers = normalise_answers(rules.item, raw)
    refused = check_answers(rules, answers, context, partial=partial)
    if refused:
        return Decision(rules.item.name, rules.version, refused=tuple(refused))
    return rules.decide(answers, context, traced=traced)


def masked_answers(item: Item, answers: Mapping[str, Any]) -> Answers:
    """The answers for somebody who may not read what is private: its text replaced by `***`."""
    private = {question.name for question in item.questions if question.private}
    return {name: "***" if name in private else value for name, value in answers.items()}


def _is_blank(value: Any, kind: str) -> bool:
    if value is None or value == "" or value == [] or value == {}:
        return True
    return kind in ATTACHED and value == 0 and not isinstance(value, bool)


def _texts(form: Any, name: str) -> list[str]:
    values: Iterable[Any] = form.getlist(name) if hasattr(form, "getlist") else form.get(name, ())
    return [values] if isinstance(values, str) else [str(value) for value in values]


def _from_text(question: Question, text: str) -> Any:
    if question.type in ("integer", "decimal"):
        return _number(text, whole=question.type == "integer")
    if question.type == "location":
        return _location(text)
    return text


def _number(text: str, *, whole: bool) -> int | float | str:
    plain = text.translate(_TYPED)
    if _NUMBER.fullmatch(plain) is None:
        return text
    number = float(plain)
    return int(number) if whole and number.is_integer() else number


def _location(text: str) -> dict[str, float] | str:
    try:
        parts = [float(part) for part in text.translate(_TYPED).split(",")]
    except ValueError:
        return text
    return dict(zip(("lat", "lng", "accuracy"), parts, strict=False)) if len(parts) in (2, 3) else text


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_TYPED = {ord("！") + index: ord("!") + index for index in range(94)} | str.maketrans("。−", ".-")
"""Full-width digits, signs and points, as the keyboards here type them. No more: 5² is not 52."""
