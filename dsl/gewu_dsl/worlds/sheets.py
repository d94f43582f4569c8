"""Values as a whole answer sheet: everything else that the form asks filled in too, as the runtime takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gewu_dsl import model
from gewu_dsl.rules import Rules, normalise_context
from gewu_dsl.worlds.samples import Values, sample_answer, written_answer

Sheet = dict[str, dict[str, Any]]
"""`{"answers": …, "context": …}`, as `gewu decide` takes them."""


def write_sheet(rules: Rules, values: Values) -> Sheet:
    """The sheet with these values, and a plain answer to every other required question that is then shown."""
    questions = {question.name: question for question in rules.item.questions}
    answers: dict[str, Any] = {}
    context: dict[str, Any] = {}
    for leaf, value in values.items():
        if value is None:
            continue
        if isinstance(leaf, model.Answer):
            answers[leaf.question] = written_answer(questions[leaf.question], value)
        else:
            context[context_name(leaf)] = list(value) if isinstance(value, tuple) else value
    blank = {leaf.question for leaf in values if isinstance(leaf, model.Answer)} - set(answers)
    return {"answers": _complete(rules, answers, context, blank), "context": context}


def context_name(leaf: model.Expression) -> str:
    """What a sheet calls something that is read and is no answer."""
    match leaf:
        case model.PlaceAttribute(name):
            return f"place.{name}"
        case model.History(name, days):
            return f"{name}({days} days)"
        case model.Fact(name):
            return name
    raise TypeError(leaf)


def _complete(
    rules: Rules, answers: dict[str, Any], context: Mapping[str, Any], blank: set[str]
) -> dict[str, Any]:
    """One after another, in the order of the form: an answer may show or hide what comes behind it."""
    questions = rules.item.questions
    answers |= {
        each.name: sample_answer(each)
        for each in questions
        if each.when is None and not each.optional and each.name not in answers and each.name not in blank
    }
    later = [
        each for each in questions if each.when is not None and not each.optional and each.name not in blank
    ]
    facts = normalise_context(context)
    while later:
        shown = rules.shown(rules.read(answers, facts), facts)
        missing = next((each for each in later if each.name in shown and each.name not in answers), None)
        if missing is None:
            break
        answers[missing.name] = sample_answer(missing)
    kept = rules.read(answers, facts)
    return {each.name: answers[each.name] for each in questions if each.name in kept}
