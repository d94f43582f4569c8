"""Conditions that plainly can hold: a look at them saves the search for a report that shows it."""

from __future__ import annotations

from gewu_dsl import model

_ORDERED = frozenset({"integer", "decimal"})
Needs = frozenset[str]


class Freedom:
    """Which conditions can be made to hold by answering questions that nothing else constrains.

    One `must` may constrain a question through any other, so in an item that has some nothing is plain.
    """

    def __init__(self, item: model.Item) -> None:
        self._questions = {question.name: question for question in item.questions}
        self._constrained = bool(item.musts)

    def allows(self, condition: model.Expression) -> bool:
        """True only where some answers certainly make the condition hold; False tells nothing."""
        return not self._constrained and self._needs(condition, frozenset()) is not None

    def _needs(self, condition: model.Expression, taken: Needs) -> Needs | None:
        """The questions to answer so that the condition holds, none of them `taken`; None where it is not plain."""
        match condition:
            case model.And(operands):
                for operand in operands:
                    needs = self._needs(operand, taken)
                    if needs is None:
                        return None
                    taken |= needs
                return taken
            case model.Or(operands):
                return next((n for each in operands if (n := self._needs(each, taken)) is not None), None)
            case model.Compare(operator, model.Answer(name), model.Constant(value)):
                question = self._questions[name]
                return self._answered(question, taken) if _can_be(question, operator, value) else None
            case model.Among(model.Answer(name), _) | model.Includes(model.Answer(name), _):
                question = self._questions[name]
                return self._answered(question, taken) if question.choices else None
            case model.IsHazard(name):
                return self._answered(self._questions[name], taken)
        return None

    def _answered(self, question: model.Question, taken: Needs) -> Needs | None:
        """What to answer so that the question is shown and answered."""
        if question.name in taken:
            return None
        taken |= {question.name}
        return taken if question.when is None else self._needs(question.when, taken)


def _can_be(question: model.Question, operator: str, value: object) -> bool:
    """Whether an answer to the question can stand so to a written value."""
    if question.type in ("yes_no", "check", "one_of"):
        return operator == "=" or len(question.choices) != 1
    if question.type not in _ORDERED or not isinstance(value, int | float):
        return False
    low = -2e9 if question.minimum is None else question.minimum
    high = 2e9 if question.maximum is None else question.maximum
    if question.type == "integer" and not all(float(each).is_integer() for each in (low, high, value)):
        return False
    return {
        "=": low <= value <= high, "!=": low < high, "<": low < value, "<=": low <= value, ">": high > value,
        ">=": high >= value,
    }[operator]  # fmt: skip
